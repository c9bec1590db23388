"""The few figures of a report that a reader asks for first."""

from collections.abc import Mapping
from typing import Any, Final

from agents.report import matrix, optimum, peers

KSS: Final = {"5": "kss-5", "10": "kss-10", "20": "kss-20"}
FLASHCARDS: Final = ("efc", "hlr", "dash")


def headlines(found: Mapping[str, Any]) -> dict[str, Any]:
    """Of the results found, by section."""
    figures: dict[str, Any] = {}
    if "optimum" in found:
        figures["optimum"] = {"share": optimum.share(found["optimum"])}
    if "matrix" in found:
        figures["matrix"] = matrix.headline(found["matrix"])
    if "peers" in found:
        figures["kss"] = peers.scores(found["peers"], KSS)
        figures["spaced"] = peers.scores(found["peers"], {n: n for n in FLASHCARDS})
    if "transfer" in found:
        names = ("learners", "concepts", "lessons", "policy", "best_rule", "specialist")
        rows = found["transfer"]["transfer"]
        figures["transfer"] = [{name: row[name] for name in names} for row in rows]
    if "attention" in found:
        variants = found["attention"]["variants"]
        figures["attention"] = {name: each["nlg"]["mean"] for name, each in variants.items()}
    return figures
