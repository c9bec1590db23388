"""Figures as PNG files, whole or not at all."""

from pathlib import Path

from matplotlib.figure import Figure

from envs.whole_file import write_whole


def save_picture(figure: Figure, path: Path) -> Path:
    """Draw into a PNG file of 150 dots an inch; gives the path back."""
    write_whole(path, lambda aside: figure.savefig(aside, format="png", dpi=150))
    return path
