"""Whether the optional packages are there that writing and running a model need."""

import importlib.util
from typing import Final

NEEDED: Final = ("onnx", "onnxruntime")
INSTALL: Final = "pip install -e '.[onnx]'"


def missing() -> list[str]:
    """Names of the packages that are not installed."""
    return [name for name in NEEDED if importlib.util.find_spec(name) is None]
