"""The peers' benchmarks as a section of the report."""

from collections.abc import Mapping
from typing import Any, Final

from agents.peers.results import RIVALS
from agents.report.numbers import interval, or_dash, with_interval
from agents.report.page import Block, Section, Table

SCORES: Final = (
    "Fresh learners, the first of the same for everybody. KSS (Liu et al. 2019): "
    "E_p = (E_end - E_start) / (E_sup - E_start), which these papers define as the normalised "
    "learning gain; E is the number of target items mastered, tested without delay, E_sup all of "
    "them. NLG elsewhere in this report is the same ratio of the expected score on a delayed test, "
    "14 days after the last lesson unless a course says otherwise: forgetting counts there. "
    "Flashcards (Reddy, Levine and Dragan 2017): mean recall."
)
SEEN: Final = (
    "References see the hidden state. On KSS policies and rules see the answers, the goal and what "
    "is allowed next, and stock PPO sees no more. Our policy also gets what the environment tells: "
    "the prerequisite graph and the items' difficulties. Of the rules, first unmastered "
    "prerequisite reads the graph and round robin keeps its order; the fixed path looks at no "
    "answer, but was tuned on other learners' hidden states. With flashcards nothing is told but "
    "answers. Rules that know the model have the learners' population and equations besides."
)
WAYS: Final = (
    "A trained policy teaches by its likeliest choices or by sampled ones, whichever gained more "
    "on tuning learners, run by run: column tuned to."
)
COMPARED: Final = (
    "Differences of a policy to the best rule that sees only answers, and to the best one that "
    "knows the model, are learner by learner (95 % interval of the mean over the learners whom "
    "both taught, and over runs where there are several); these rules are the best on the same "
    "learners."
)
HEAD: Final = ("tutor", "kind", "trained on", "runs", "learners", "score")
OURS: Final = "attention"


def section(results: Mapping[str, Any]) -> Section:
    """From what `scripts.peers --json` wrote."""
    blocks: list[Block] = [SCORES, SEEN, WAYS, COMPARED]
    for name, tutors in results["benchmarks"].items():
        blocks += [f"**{name}**", table(tutors), *proof(tutors)]
    return Section(title="On other people's benchmarks", blocks=blocks)


def scores(results: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, float | None]:
    """Our policy's mean on the benchmarks, by other names; None where it was not trained."""
    found = results["benchmarks"]
    return {
        name: found.get(benchmark, {}).get(OURS, {}).get("mean")
        for name, benchmark in names.items()
    }


def table(tutors: Mapping[str, Any]) -> Table:
    """Everybody on one benchmark; beside the score its share of the best known, or times chance."""
    best_known = any("share_of_best" in each for each in tutors.values())
    relative = "share_of_best" if best_known else "times_random"
    rivals = {
        key: each[rule] for each in tutors.values() for rule, key in RIVALS.items() if rule in each
    }
    rows = [
        [
            tutor,
            each["kind"] + (", knows the model" if each.get("knows_model") else ""),
            trained_on(each) or "-",
            str(each["runs"]),
            str(each["learners"]),
            with_interval(each),
            _relative(each, relative),
            *(with_interval(each[key], sign="+") if key in each else "-" for key in rivals),
            str(each.get("setting", "-")),
        ]
        for tutor, each in tutors.items()
    ]
    differences = (f"minus {rule}" for rule in rivals.values())
    return Table(head=[*HEAD, relative.replace("_", " "), *differences, "tuned to"], rows=rows)


def _relative(tutor: Mapping[str, Any], figure: str) -> str:
    """A figure, with its interval where it has one."""
    value, within = tutor[figure], tutor.get(f"{figure}_interval")
    return or_dash(value) if value is None or within is None else interval(value, within)


def proof(tutors: Mapping[str, Any]) -> list[str]:
    """How far the best known is the optimum; nothing where no optimum was searched for."""
    return [
        f"{name}: proven to be the optimum for {each['share_proven']:.0%} of the learners; no "
        f"tutor can reach more than {each['upper_bound']:.3f} in the mean."
        for name, each in tutors.items()
        if "upper_bound" in each
    ]


def trained_on(tutor: Mapping[str, Any]) -> str:
    """Decisions of its trainings, each number once; nothing of who was not trained."""
    return " and ".join(f"{count:,}" for count in sorted(set(tutor.get("decisions", ()))))
