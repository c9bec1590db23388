"""Text, tables and pictures as Markdown with pictures beside it, and as one HTML file."""

import base64
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Final

import markdown  # type: ignore[import-untyped]
from matplotlib.figure import Figure

from envs.whole_file import write_text, write_whole

DOTS_PER_INCH: Final = 120
HTML: Final = Template(
    """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>$title</title><style>
body {font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem}
table {border-collapse: collapse; font-size: .9rem} img {max-width: 100%}
th, td {border-bottom: 1px solid #ccc; padding: .2rem .6rem; text-align: left}
</style></head><body>
$body
</body></html>
"""
)


@dataclass(frozen=True, kw_only=True)
class Table:
    """Cells as they are to be read; the first column names the row."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]

    def __str__(self) -> str:
        """As Markdown, where a bar within a cell must not end it."""
        lines = [self.head, ["---"] * len(self.head), *self.rows]
        cells = ([cell.replace("|", r"\|") for cell in line] for line in lines)
        return "\n".join("| " + " | ".join(line) + " |" for line in cells)


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A figure, and what it shows."""

    name: str
    """Of the file, without ending."""
    figure: Figure
    caption: str


Block = str | Table | Picture


@dataclass(frozen=True, kw_only=True)
class Section:
    """A heading and what stands below it."""

    title: str
    blocks: Sequence[Block]


def write_report(title: str, sections: Sequence[Section], folder: Path) -> list[Path]:
    """Write report.md with its pictures in `figures`, and report.html that holds everything.

    Args:
        title: First heading.
        sections: In order.
        folder: Made if it is missing.

    Returns:
        The two files.
    """
    linked = as_markdown(title, sections, lambda picture: _save(picture, folder))
    whole = markdown.markdown(as_markdown(title, sections, _embed), extensions=["tables"])
    write_text(folder / "report.md", linked)
    write_text(folder / "report.html", HTML.substitute(title=title, body=whole))
    return [folder / "report.md", folder / "report.html"]


def as_markdown(title: str, sections: Sequence[Section], address: Callable[[Picture], str]) -> str:
    """Write the report as Markdown; `address` says where a picture is found."""
    parts = [f"# {title}"]
    for section in sections:
        parts.append(f"## {section.title}")
        for block in section.blocks:
            if isinstance(block, Picture):
                parts.append(f"![{block.caption}]({address(block)})")
            else:
                parts.append(str(block))
    return "\n\n".join(parts) + "\n"


def _save(picture: Picture, folder: Path) -> str:
    path = Path("figures") / f"{picture.name}.png"
    write_whole(folder / path, lambda aside: aside.write_bytes(_png(picture)))
    return path.as_posix()


def _embed(picture: Picture) -> str:
    return "data:image/png;base64," + base64.b64encode(_png(picture)).decode("ascii")


def _png(picture: Picture) -> bytes:
    buffer = io.BytesIO()
    picture.figure.savefig(buffer, format="png", dpi=DOTS_PER_INCH)
    return buffer.getvalue()
