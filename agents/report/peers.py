"""The peers' benchmarks as a section of the report."""

from collections.abc import Mapping
from typing import Any, Final

from agents.report.numbers import with_interval
from agents.report.page import Block, Section, Table

ABOUT: Final = (
    "KSS (Liu et al. 2019): E_p, the share of what was left to gain, as that paper defines it. "
    "Flashcards (Reddy, Levine and Dragan 2017): mean recall. References see the hidden state; "
    "policies and rules see the answers, and the belief planner and the recall threshold with "
    "typical parameters also know the model behind them."
)
HEAD: Final = ("tutor", "kind", "runs", "learners", "score")
OURS: Final = "attention"


def section(results: Mapping[str, Any]) -> Section:
    """From what `scripts.peers --json` wrote."""
    blocks: list[Block] = [f"Fresh learners, the first of the same for everybody. {ABOUT}"]
    for name, tutors in results["benchmarks"].items():
        rows = [
            [tutor, each["kind"], str(each["runs"]), str(each["learners"]), with_interval(each)]
            for tutor, each in tutors.items()
        ]
        blocks += [
            f"**{name}**",
            Table(head=HEAD, rows=rows),
        ]
    return Section(title="On other people's benchmarks", blocks=blocks)


def scores(results: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, float | None]:
    """Our policy's mean on the benchmarks, by other names; None where it was not trained."""
    found = results["benchmarks"]
    return {
        name: found.get(benchmark, {}).get(OURS, {}).get("mean")
        for name, benchmark in names.items()
    }
