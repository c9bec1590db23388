"""The class as a small table of plain text, with colours where the reader's terminal has them."""

from typing import Final

from envs.view_snapshot import ClassView, LearnerView

_COLOURS: Final = {"engaged": 32, "confused": 33, "frustrated": 31, "bored": 34}
"""ANSI colour codes of the affects."""
_HEADINGS: Final = (
    "learner",
    "does",
    "concept",
    "attention",
    "affect",
    "mastery",
    "underst.",
    "SSQ",
)
_BLOCKS: Final = " .:-=+*#%@"
"""From mastery 0 to 1, one character a concept."""
STRIP: Final = 48
"""More concepts than this are left out of the table's strip."""


def table(view: ClassView, *, colours: bool = False) -> str:
    """Write one classroom as lines of text; see `envs.view.as_text`."""
    rows = [_cells(learner) for learner in view.learners]
    widths = [max(len(row[i]) for row in (_HEADINGS, *rows)) for i in range(len(_HEADINGS))]
    lines = [_heading(view), "  ".join(map(str.ljust, _HEADINGS, widths)) + "  concepts"]
    for learner, row in zip(view.learners, rows, strict=True):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        if colours and learner.present:
            cells[4] = f"\x1b[{_COLOURS[learner.affect]}m{cells[4]}\x1b[0m"
        lines.append("  ".join(cells) + "  " + _strip(learner))
    if view.reason:
        lines.append(view.reason)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _heading(view: ClassView) -> str:
    when = f"Lesson {view.lesson} of {view.lessons}, minute {view.minute:g} of {view.minutes:g}"
    act = "The class comes in"
    if view.activity is not None:
        about = f": {view.concept}" if view.concept else ""
        act = f"{view.activity.name.capitalize()}{about}, {view.addressee}"
        act += f", {view.decision_minutes:g} min"
    return f"{when} | {act} | expected score {view.score:.1%}, gain {view.gain:+.3f}"


def _cells(learner: LearnerView) -> tuple[str, ...]:
    number = f"{learner.number}"
    if not learner.present:
        return number, "left", "", "", "", *_knowledge(learner), f"{learner.sickness:.0f}"
    looks = "here" if learner.attending else "away"
    return (
        number,
        learner.occupation.name.lower().replace("_", " "),
        learner.concept,
        f"{looks} {learner.attention:.0%}",
        learner.affect,
        *_knowledge(learner),
        f"{learner.sickness:.0f}",
    )


def _knowledge(learner: LearnerView) -> tuple[str, str]:
    return f"{learner.mastery.mean():.0%}", f"{learner.understanding:.0%}"


def _strip(learner: LearnerView) -> str:
    levels = (min(int(10 * share), 9) for share in learner.mastery[:STRIP])
    return "[" + "".join(_BLOCKS[level] for level in levels) + "]"
