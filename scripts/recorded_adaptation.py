"""`scripts.adapt --from`: a deployed policy adapts to the classes of session records."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rich.table import Table

from agents.adaptation.adaptation import Adaptation
from agents.adaptation.guard import FEWEST_COURSES, Ruling
from agents.adaptation.in_force import teaching
from agents.adaptation.learner import AdaptationConfig
from agents.adaptation.recorded import RecordedCourse, replay, side_by_side
from agents.adaptation.rounds import Parts, Rounds
from agents.adaptation.shelf import digest
from agents.adaptation.study import old_population, usual_classes
from agents.adaptation.told_belief import ToldBelief
from agents.believed_learners import PLACES, BelievedLearners
from agents.trained_run import TrainedRun
from envs.constants import Constants
from envs.course import Course
from envs.curriculum import Curriculum
from scripts.recorded_sessions import same_setting, sized, whole_courses
from unity_bridge.session_record import read_lines, read_played

SEED: Final = 0
"""Of adapters and minibatches."""
VERDICTS: Final = {
    "candidate": "newest adapters over the deployed policy",
    "incumbent": "adapters in force over the deployed policy",
    "candidate over incumbent": "newest adapters over those in force",
    "taught": "tests of classes that adapters taught, over others",
}
"""What the guard's figures are of."""


@dataclass(frozen=True, kw_only=True)
class RecordedClasses:
    """Whole courses of classes of one size, of one policy with adapters or without."""

    course: Course
    curriculum: Curriculum
    courses: dict[str, RecordedCourse]
    """By key: a copy of a record is no other course."""


def read_classes(folders: Sequence[Path], policy: str) -> RecordedClasses:
    """Read the records of `scripts.unity play` and `scripts.watch --record`.

    Args:
        folders: At least one.
        policy: Digest of the deployed policy that must have taught.

    Raises:
        ValueError: A record cannot be read (the message names it), is of another policy, or differs
            from the first in course, curriculum or class size; or none holds a whole course.
    """
    _, course, curriculum = same_setting(folders, alike=("course", "curriculum"))
    found = dict[str, RecordedCourse]()
    for folder in folders:
        adapters, believed = _adapters(folder, policy), _believed(folder)
        for played in whole_courses(read_played(folder)):
            if any(each.choice is None for each in played):
                raise ValueError(
                    f"{folder} does not tell what the policy itself chose; expected a record by "
                    "scripts.watch or scripts.unity play of this version"
                )
            taught = RecordedCourse(tuple(played), adapters, believed)
            found[taught.key] = taught
    course = sized(course, [each.played for each in found.values()], folders)
    return RecordedClasses(course=course, curriculum=curriculum, courses=found)


def _adapters(folder: Path, policy: str) -> str | None:
    """Digest of the policy that taught, if with adapters."""
    first = next(read_lines(folder))
    if (taught := first.get("policy")) != policy:
        who = f"policy {taught[:12]}" if taught else "a rule, or an older record"
        raise ValueError(
            f"{folder} is of {first['tutor']} ({who}); expected the policy of the run that adapts, "
            f"{policy[:12]}"
        )
    adapters = first.get("adapters")
    return None if adapters is None else str(adapters["digest"])


def _believed(folder: Path) -> Constants:
    """What the belief took the learners for while they were taught."""
    told = next(read_lines(folder)).get("believed")
    return Constants() if told is None else BelievedLearners(**told).constants


def adapt_to(
    records: Sequence[Path], run: TrainedRun, folder: Path, config: AdaptationConfig
) -> tuple[Ruling, dict[str, Any]]:
    """One round of adaptation on all courses of the records, those of earlier rounds among them.

    Adapters learn anew from what is in force, on all live courses since the last change that was
    taken back; so all records are to be named each time, new ones beside the old.

    Args:
        records: Folders of sessions.
        run: Of the deployed policy.
        folder: For adapters, ledger and rounds.
        config: How to adapt.

    Returns:
        What the guard decided, and all figures for JSON.

    Raises:
        ValueError: As `read_classes`; or no course is left to learn from, or to judge by.
    """
    deployed, rounds = run.tutor.policy, Rounds(folder)
    classes = read_classes(records, digest(deployed))
    adapted = {key: own.adapters is not None for key, own in classes.courses.items()}
    parts = rounds.parts(adapted, config.held_back)
    if not parts.live or not parts.held_back:
        raise ValueError(
            f"records hold {len(parts.live)} courses to learn from and {len(parts.held_back)} to "
            f"judge by ({len(parts.set_aside)} from before the last rollback or undoing do not "
            "count); expected at least one of each: record more, without --adapters"
        )
    old, subject = old_population(run), classes.curriculum
    belief = ToldBelief(subject, usual_classes(run, classes.course, subject))
    made = Adaptation(deployed, run.config.ppo, folder, config, old, belief, SEED)
    made.looks = rounds.looks
    ruling = _round(made, classes, parts, rounds)
    return ruling, {
        "run": str(run.folder),
        "records": [str(record) for record in records],
        **{name: len(keys) for name, keys in parts._asdict().items()},
        "event": ruling.event,
        "reason": ruling.reason,
        "figures": ruling.figures,
        "teaches": made.ledger.now,
        **made.what_is_known(),
    }


def _round(made: Adaptation, classes: RecordedClasses, parts: Parts, rounds: Rounds) -> Ruling:
    """Learn from the live courses side by side, and judge by those held back."""
    course, curriculum, courses = classes.course, classes.curriculum, classes.courses
    live, held = (
        side_by_side([replay(courses[key], course, curriculum) for key in part])
        for part in (parts.live, parts.held_back)
    )
    made.start(len(parts.live), len(parts.held_back), course.learners)
    teaches = digest(made.policy)
    pairs = zip(made.live.course.tolist(), parts.live, strict=True)
    made.since = [number for number, key in pairs if courses[key].adapters == teaches]
    for move, events in live:
        made.see_live(move, events)
    for move, events in held:
        made.see_held_back(move, events)
    rounds.write(parts)  # before the verdict: whoever interrupts it has looked
    return made.finish()


def verdicts(ruling: Ruling, found: dict[str, Any]) -> Table:
    """What the guard saw, one row a comparison."""
    counts = f"{found['live']} courses learnt from, {found['held_back']} held back"
    shown = Table(
        "observable gain, NLG a course", title=f"{counts}, {found['set_aside']} set aside"
    )
    for title in ("mean", "low", "high", "courses"):
        shown.add_column(title, justify="right")
    for name, words in VERDICTS.items():
        if (own := ruling.figures.get(name)) is not None:
            known = own["courses"] >= FEWEST_COURSES
            numbers = [f"{own[n]:+.4f}" if known else "-" for n in ("mean", "low", "high")]
            shown.add_row(words, *numbers, str(own["courses"]))
    return shown


def learners_table(found: dict[str, Any]) -> Table:
    """What the courses tell of the learners, how a belief is told, and how much that foretells."""
    own, lapsed, usual = found["learners"], found["lapsed"], Constants()
    shown = Table("learners", title=f"{own['classes']} courses tell of their learners")
    for title in ("usual", "95 % interval"):
        shown.add_column(title, justify="right")
    before = {name: getattr(BelievedLearners(), name) for name in PLACES}
    for name, place in PLACES.items():
        seen = own[place]
        ends = f"{seen['low']:.3f} to {seen['high']:.3f}"
        shown.add_row(f"--believed.{name} {seen['value']:.3f}", f"{before[name]:.3f}", ends)
    if lapsed is not None:
        ends = f"{lapsed['low']:.0%} to {lapsed['high']:.0%}"
        share = f"{1 - usual.attention.usual_share:.0%}"
        shown.add_row(f"lapsed for {lapsed['value']:.0%} of the time", share, ends)
    shown.caption = f"intervals hold a prior about the usual values\n{_foretold(own)}"
    return shown


def _foretold(learners: dict[str, Any]) -> str:
    """Whether a told belief would be in force, and what that is worth."""
    better = learners["likelier"]
    if better["low"] is None:
        return "too few courses held back to say whether to tell a belief so (watch, unity play)"
    sure = "surely" if learners["told"] else "not surely"
    return (
        f"told so (watch, unity play), a belief foretells answers held back {sure} better: "
        f"{better['mean']:+.2f} nats a course, {better['low']:+.2f} at least.\n"
        "That taught better where learners were far from usual ones (6 nats), and no better or a "
        "little worse near them (README)"
    )


def told(ruling: Ruling, run: TrainedRun, folder: Path) -> str:
    """The decision, and who teaches next, in a sentence each."""
    event = ruling.event or "nothing changes"
    teaches = teaching(run.tutor.policy, folder)
    words = f"{event}: {ruling.reason}\n{run.folder} teaches {teaches}"
    if teaches.adapters is None:
        return words
    return f"{words}\nteach some courses without --adapters, too: by these they are judged"
