"""Figures for TensorBoard: where the policy looks, and what the tutor does over a course."""

from collections.abc import Sequence
from io import BytesIO
from typing import Final

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

from envs.activities import ACTIVITIES, Activity

THIRDS: Final = ("early", "middle", "late")
MOST_LABELS: Final = 48
"""More tokens than this are labelled at every second, third, ... place."""
_COLOURS: Final = (
    "#9aa5ad",
    "#4477aa",
    "#66ccee",
    "#ccbb44",
    "#aa3377",
    "#228833",
    "#ee6677",
    "#dddddd",
)
"""One an activity: the bright scheme of Tol (2021), for colour-blind readers, and greys."""


def attention_map(
    weights: NDArray[np.float64], rows: Sequence[str], columns: Sequence[str], title: str
) -> NDArray[np.uint8]:
    """Draw attention weights as a heat map.

    Args:
        weights: (R, T) share of each row token's attention that goes to each token.
        rows: R names, who looks.
        columns: T names, at what.
        title: What is shown.

    Returns:
        (H, W, 3) picture.
    """
    figure = Figure(figsize=(1.6 + 0.25 * min(len(columns), 60), 0.6 + 0.25 * min(len(rows), 60)))
    axes = figure.add_subplot()
    image = axes.imshow(weights, cmap="cividis", vmin=0.0, aspect="auto")
    every = -(-len(columns) // MOST_LABELS), -(-len(rows) // MOST_LABELS)
    axes.set_xticks(range(0, len(columns), every[0]), columns[:: every[0]], rotation=60, ha="right")
    axes.set_yticks(range(0, len(rows), every[1]), rows[:: every[1]])
    axes.tick_params(labelsize=8)
    axes.set_xlabel("looked at")
    axes.set_ylabel("who looks")
    axes.set_title(title, fontsize=10)
    figure.colorbar(image, label="share of attention")
    return _picture(figure)


def activity_bars(shares: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Draw the share of time of each activity in the early, middle and late third of a course.

    Args:
        shares: (3, A) shares; every row sums to 1.

    Returns:
        (H, W, 3) picture.
    """
    figure = Figure(figsize=(7.0, 1.6))
    axes = figure.add_subplot()
    left = np.zeros(len(THIRDS))
    for activity in range(ACTIVITIES):
        name = Activity(activity).name.lower()
        axes.barh(THIRDS, shares[:, activity], left=left, color=_COLOURS[activity], label=name)
        left += shares[:, activity]
    axes.invert_yaxis()
    axes.set_xlim(0.0, 1.0)
    axes.set_xlabel("share of the teaching time")
    axes.set_title("The tutor's own activity over the course", fontsize=10)
    axes.legend(ncols=4, fontsize=8, frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.35))
    return _picture(figure)


def _picture(figure: Figure) -> NDArray[np.uint8]:
    """Render with as much room around the axes as the words need."""
    file = BytesIO()
    figure.savefig(file, format="png", bbox_inches="tight")
    return np.asarray(Image.open(file).convert("RGB"), np.uint8)
