"""Zero-shot transfer: one policy, unchanged, in classes and curricula that it never met."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from agents.evaluation import evaluate, gains
from agents.statistics import Estimate, estimate
from agents.tutors.protocol import Tutor
from agents.tutors.registry import make_tutor, names
from envs.classroom import DEFAULT_CURRICULUM
from envs.course import Course
from envs.curricula import find

LEARNERS: Final = (1, 4, 16, 30, 40)
CONCEPTS: Final = (8, 32, 64, 128)
LESSONS: Final = (3, 12)
LARGER_BUILTIN: Final = "algebra-48"


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What is taught to whom."""

    course: Course = field(default_factory=Course)
    curriculum: str = DEFAULT_CURRICULUM
    """As `envs.curricula.find` reads it."""

    @property
    def name(self) -> str:
        """Learners, concepts and lessons in words."""
        course = self.course
        people = "1 learner" if course.learners == 1 else f"{course.learners} learners"
        return f"{people}, {find(self.curriculum).name}, {course.lessons} lessons"


AS_TRAINED: Final = Setting()
SETTINGS: Final = (
    AS_TRAINED,
    *(replace(AS_TRAINED, course=Course(learners=learners)) for learners in LEARNERS),
    *(replace(AS_TRAINED, curriculum=f"generated-{concepts}-0") for concepts in CONCEPTS),
    replace(AS_TRAINED, curriculum=LARGER_BUILTIN),
    *(replace(AS_TRAINED, course=Course(lessons=lessons)) for lessons in LESSONS),
)
"""One thing differs from what the default preset trains for, the rest stays."""


@dataclass(frozen=True, kw_only=True)
class Transfer:
    """How a policy does in one setting; figures are NLG on the delayed test."""

    setting: Setting
    trained: bool
    """Whether the policy was trained in this very setting."""
    concepts: int
    policy: Estimate
    best_rule: str
    """The rule with the highest mean on these very classes, which flatters it a little."""
    best_rule_nlg: Estimate
    ahead: Estimate
    """Policy minus best rule, class by class."""
    specialist: Estimate | None
    """A policy trained in this setting; None where there is none."""

    @property
    def share_of_specialist(self) -> float | None:
        """Mean gain of the policy over that of the specialist."""
        return None if self.specialist is None else self.policy.mean / self.specialist.mean

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON; policy, best_rule and specialist are means."""
        return {
            "setting": self.setting.name,
            "trained": self.trained,
            "learners": self.setting.course.learners,
            "concepts": self.concepts,
            "lessons": self.setting.course.lessons,
            "curriculum": find(self.setting.curriculum).name,
            "policy": self.policy.mean,
            "best_rule": self.best_rule_nlg.mean,
            "specialist": None if self.specialist is None else self.specialist.mean,
            "name_of_best_rule": self.best_rule,
            "share_of_specialist": self.share_of_specialist,
            "policy_interval": [self.policy.mean_low, self.policy.mean_high],
            "ahead": self.ahead.mean,
            "ahead_interval": [self.ahead.mean_low, self.ahead.mean_high],
        }


def transfer(
    policies: Sequence[Tutor],
    trained: Setting | None,
    settings: Iterable[Setting],
    specialists: Mapping[Setting, Sequence[Tutor]],
    classes: int,
    *,
    rules: Sequence[str] = tuple(names("rule")),
    workers: int = 1,
) -> Iterator[Transfer]:
    """Let policies, rules and specialists teach the same unseen classes of every setting.

    Args:
        policies: Runs (training seeds) of one policy.
        trained: Where they were trained; None: in several settings.
        settings: Where they teach.
        specialists: Runs of policies trained in a setting.
        classes: N of each setting, at least 1.
        rules: Names of the rules to compare with, with the settings they were tuned to.
        workers: Tutors that teach at the same time.
    """
    for setting in settings:
        curriculum = find(setting.curriculum)
        experts = specialists.get(setting, ())
        tutors = [*policies, *experts, *(make_tutor(name) for name in rules)]
        outcomes = evaluate(tutors, setting.course, curriculum, classes, workers=workers)
        first, second = len(policies), len(policies) + len(experts)
        ours, taught_there = gains(outcomes[:first]), outcomes[first:second]
        best = max(outcomes[second:], key=lambda outcome: float(gains([outcome]).mean()))
        yield Transfer(
            setting=setting,
            trained=setting == trained,
            concepts=curriculum.size,
            policy=estimate(ours),
            best_rule=best.name,
            best_rule_nlg=estimate(gains([best])),
            ahead=estimate(ours - gains([best])),
            specialist=estimate(gains(taught_there)) if experts else None,
        )
