"""Results: paths refused before any work where nothing could be written, and what made them."""

import shlex
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

from tyro.constructors import PrimitiveConstructorSpec

from envs.whole_file import write_json


def _refuse_below_a_file(path: Path) -> None:
    """A folder cannot be made where a file is in the way."""
    for parent in path.parents:
        if parent.exists() and not parent.is_dir():
            raise ValueError(f"path is {path}; expected a folder in place of the file {parent}")


def _file(path: Path) -> None:
    if path.is_dir():
        raise ValueError(f"path is {path}, a folder; expected a file to write")


def _folder(path: Path) -> None:
    if path.exists() and not path.is_dir():
        raise ValueError(f"path is {path}, a file; expected a folder")


def _path(metavar: str, check: Callable[[Path], None]) -> PrimitiveConstructorSpec[Path | None]:
    def read(words: list[str]) -> Path:
        path = Path(words[0])
        check(path)
        _refuse_below_a_file(path)
        return path

    return PrimitiveConstructorSpec(
        nargs=1,
        metavar=metavar,
        instance_from_str=read,
        is_instance=lambda value: value is None or isinstance(value, Path),
        str_from_instance=lambda path: [str(path)],
    )


OutputFile = Annotated[Path | None, _path("FILE", _file)]
"""A file that is there is written anew, as a whole; None: nothing is written."""
OutputFolder = Annotated[Path | None, _path("FOLDER", _folder)]
"""Made if it is missing."""


def write_results(path: Path, results: Mapping[str, Any]) -> None:
    """Write results as JSON, with the command that is running, so that anybody can repeat it."""
    command = ["python", "-m", f"scripts.{Path(sys.argv[0]).stem}", *sys.argv[1:]]
    write_json(path, {"command": shlex.join(command), **results})
