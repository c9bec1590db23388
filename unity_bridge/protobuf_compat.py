"""mlagents-envs 0.28 with a modern protobuf: its message classes, built from its own descriptors.

The generated modules of mlagents-envs 0.28 (the only release for Python 3.11 and later) build every
descriptor field by field, which protobuf refuses since 4.21 and which before that was pure Python
and slow. Each of these modules also holds the serialized descriptor of its file. So the modules are
read, not run: the descriptors are registered in a pool of their own, protobuf's builder makes the
same modules of them as the code that a modern protoc writes, and they are put where
`import mlagents_envs` will look. No generated code of theirs is kept here.

The rest of what mlagents-envs 0.28 needs is declared in pyproject.toml: numpy 2 (`np.bool`) and
setuptools, which brings back `distutils` on Python 3.12.
"""

import ast
import importlib
import importlib.util
import sys
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.internal import builder

PACKAGE = "mlagents_envs.communicator_objects"
LEAF = f"{PACKAGE}.header_pb2"  # imports no other module of the package


def use_modern_protobuf() -> None:
    """Make `mlagents_envs` importable; does nothing where it is, or where that was done before.

    Raises:
        ModuleNotFoundError: mlagents-envs is not installed.
        ImportError: It is neither importable nor does it hold the expected descriptors.
    """
    if LEAF in sys.modules or _works_as_it_is():
        return
    package = importlib.import_module(PACKAGE)
    pool = DescriptorPool()
    for file in _dependencies_first(_descriptors(Path(package.__path__[0]))):
        module = _module(pool, file)
        sys.modules[module.__name__] = module
        setattr(package, module.__name__.rpartition(".")[2], module)


def _works_as_it_is() -> bool:
    """Whether the installed generated code and the installed protobuf are of one age.

    A failing import leaves nothing behind but the leaf's file in protobuf's default pool, which is
    not the pool used here.
    """
    try:
        importlib.import_module(LEAF)
    except (TypeError, AttributeError, ImportError) as refused:
        if isinstance(refused, ModuleNotFoundError) and refused.name == "mlagents_envs":
            raise
        return False
    return True


def _descriptors(folder: Path) -> dict[str, FileDescriptorProto]:
    """The files' descriptors by name: the `serialized_pb=_b('...')` argument in each module."""
    found: dict[str, FileDescriptorProto] = {}
    for path in sorted(folder.glob("*_pb2.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "serialized_pb":
                file = FileDescriptorProto.FromString(_literal(node.value))
                found[file.name] = file
    if not found:
        raise ImportError(
            f"{folder} holds no serialized descriptors; expected those of mlagents-envs 0.28: "
            "install mlagents-envs 0.28.0"
        )
    return found


def _literal(node: ast.expr) -> bytes:
    """The one string inside the expression; its text is bytes written as Latin-1."""
    text = next(n.value for n in ast.walk(node) if isinstance(n, ast.Constant))
    return text if isinstance(text, bytes) else str(text).encode("latin-1")


def _dependencies_first(files: dict[str, FileDescriptorProto]) -> Iterator[FileDescriptorProto]:
    waiting = dict(files)
    while waiting:
        ready = [f for f in waiting.values() if not waiting.keys() & set(f.dependency)]
        for file in ready:
            del waiting[file.name]
            yield file


def _module(pool: DescriptorPool, file: FileDescriptorProto) -> ModuleType:
    """The module that protoc would have written for the file, registered in `pool`."""
    pool.Add(file)
    descriptor = pool.FindFileByName(file.name)
    name = file.name.removesuffix(".proto").replace("/", ".") + "_pb2"
    module = importlib.util.module_from_spec(ModuleSpec(name, loader=None, origin=file.name))
    vars(module)["DESCRIPTOR"] = descriptor
    builder.BuildMessageAndEnumDescriptors(descriptor, vars(module))
    builder.BuildTopDescriptorsAndMessages(descriptor, name, vars(module))
    return module
