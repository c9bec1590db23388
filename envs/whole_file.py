"""Write a file as a whole or not at all: aside first, then renamed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a file beside `path`, then put it in place; its folder is made if missing.

    Whoever reads `path` sees the old content or the new, never a part; and whoever may read the
    user's other files may read it too, which some libraries (safetensors) do not see to.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.partial")
    try:
        aside.touch()
        usual = aside.stat().st_mode
        write(aside)
        aside.chmod(usual)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write text in UTF-8."""
    write_whole(path, lambda aside: aside.write_text(text, encoding="utf-8"))


def write_json(path: Path, content: Any) -> None:
    """Write JSON, indented."""
    write_text(path, json.dumps(content, indent=2) + "\n")
