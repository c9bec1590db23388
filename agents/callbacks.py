"""Looking into training: TensorBoard panels that say what the tutor does, to whom, and why."""

import json
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.logger import HParam, Image, TensorBoardOutputFormat

from agents.decision.facts import token_attention
from agents.decision.service import DecisionService
from agents.inspection_figures import THIRDS, activity_bars, attention_map
from agents.narration import Turn, narrate, service_chooser
from agents.ppo import ClassroomPPO
from agents.run_folder import REFERENCE
from envs.activities import ACTIVITIES, Activity
from envs.course import TUNING_SEED
from envs.simulation import Simulation
from envs.view import draw, readable

PICTURES: Final = 6
"""Pictures of one lesson: enough to see it unfold."""
RULES: Final = REFERENCE / "evaluation.json"
"""Results of the rules that come with the repository."""
DECISIONS: Final = 10
"""Decisions in the text panel."""
_ONLY_TENSORBOARD: Final = ("stdout", "log", "json", "csv")


class InspectionCallback(BaseCallback):
    """Lets the policy teach one fixed class of unseen learners now and then, and shows it.

    | tag | kind | shows |
    |---|---|---|
    | eval/nlg_of_class | scalar | normalised learning gain of the fixed class |
    | eval/<term> | scalar | reward terms of that course, before weights |
    | eval/nlg_rule_<name> | scalar | each rule's mean, as a constant line to compare with |
    | policy/share_<activity> | scalar | share of the teaching time |
    | policy/activities | image | the same in the early, middle and late third |
    | policy/attention_learners, _concepts | image | who looks at what: last layer, mean of heads \
and of the course's decisions |
    | eval/class_1 ... 6 | image | the class over the middle lesson |
    | eval/decisions | text | ten decisions and their reasons |
    | hparams | hparams | settings of the algorithm and of the network |

    Nothing here draws random numbers that training uses, so the run stays the same without it.

    Args:
        simulation: One classroom, used by nobody else.
        every: Rollouts between inspections, at least 1; one more follows at the very end.
        most_time: Share of the training time that inspections may take, in [0, 1]; one that would
            come earlier waits. Higher values give more panels in short runs.
        seed: Of the fixed class; by default one to choose settings on, never trained on and never
            met in `scripts.evaluate`.
        rules: A results file of `scripts.evaluate`, for the reference lines; without the file
            there are none.

    Raises:
        ValueError: `every`, `most_time` or the number of classrooms is out of range.
    """

    def __init__(
        self,
        simulation: Simulation,
        *,
        every: int = 8,
        most_time: float = 0.02,
        seed: int = TUNING_SEED,
        rules: Path = RULES,
    ) -> None:
        super().__init__()
        if every < 1:
            raise ValueError(f"every is {every}; expected at least 1 rollout")
        if simulation.batch != 1:
            raise ValueError(f"batch is {simulation.batch}; expected 1 classroom to inspect")
        if not 0.0 <= most_time <= 1.0:
            raise ValueError(f"most_time is {most_time}; expected a share in [0, 1]")
        self.simulation, self.every, self.seed = simulation, every, seed
        self.most_time = most_time
        self.rules = rule_results(rules) if rules.exists() else {}
        self.rollouts, self.due = 0, 0
        self.begin, self.spent = 0.0, 0.0

    def _on_training_start(self) -> None:
        self.begin, self.rollouts, self.due, self.spent = time.monotonic(), 0, 0, 0.0
        model = self._model()
        settings = _flat({"ppo": asdict(model.config), "policy": asdict(model.policy.config)})
        self._show("hparams", HParam(settings, {"eval/nlg_of_class": 0.0}))
        for output in self.logger.output_formats:
            if isinstance(output, TensorBoardOutputFormat):
                output.writer.add_custom_scalars(_layout(list(self.rules)))

    def _on_step(self) -> bool:
        return True

    def _on_rollout_end(self) -> None:
        affordable = self.spent <= self.most_time * (time.monotonic() - self.begin)
        if self.rollouts >= self.due and affordable:
            self.inspect()
            self.due = self.rollouts + self.every
        self.rollouts += 1

    def _on_training_end(self) -> None:
        self.inspect()
        self.logger.dump(self.num_timesteps)

    def _model(self) -> ClassroomPPO:
        if not isinstance(self.model, ClassroomPPO):
            raise TypeError(f"model is {type(self.model).__name__}; expected a ClassroomPPO")
        return self.model

    def _service(self) -> DecisionService:
        """The present policy's likeliest decisions, which no guard-rail changes."""
        curriculum = self.simulation.curriculum
        return DecisionService(self._model().policy, curriculum, guard_rails=None, seed=None)

    def inspect(self) -> None:
        """Teach the fixed class with the present policy and record every panel."""
        begin = time.monotonic()
        self.simulation.seed(np.array([self.seed]))
        self.simulation.start()
        turns = list(narrate(self.simulation, service_chooser(self._service())))
        self._record_figures(turns)
        self._record_attention(turns)
        for number, turn in enumerate(_middle_lesson(turns), 1):
            self._picture(f"eval/class_{number}", draw(turn.view))
        self._show("eval/decisions", decision_list(turns))
        self.spent += time.monotonic() - begin

    def _record_figures(self, turns: list[Turn]) -> None:
        self.logger.record("eval/nlg_of_class", turns[-1].view.gain)
        for term in turns[0].terms:
            self.logger.record(f"eval/{term}", sum(turn.terms[term] for turn in turns))
        for name, mean in self.rules.items():
            self._show(_rule_tag(name), mean)
        shares = activity_shares(turns)
        for activity, share in enumerate(shares.mean(axis=0)):
            self._show(f"policy/share_{Activity(activity).name.lower()}", float(share))
        self._picture("policy/activities", activity_bars(shares))

    def _record_attention(self, turns: list[Turn]) -> None:
        maps = [token_attention(turn.account.explanation) for turn in turns if turn.account]
        weights = np.mean(maps, axis=0)  # (T, T)
        concepts = [readable(c.name) for c in self.simulation.curriculum.concepts]
        learners = [f"learner {i + 1}" for i in range(len(weights) - 1 - len(concepts))]
        names, split = ["course", *learners, *concepts], 1 + len(learners)
        for tag, rows in (("learners", slice(1, split)), ("concepts", slice(split, None))):
            title = f"Attention of {tag}, mean over heads and a course"
            picture = attention_map(weights[rows], names[rows], names, title)
            self._picture(f"policy/attention_{tag}", picture)

    def _picture(self, tag: str, pixels: NDArray[np.uint8]) -> None:
        self._show(tag, Image(pixels, "HWC"))

    def _show(self, tag: str, value: Any) -> None:
        self.logger.record(tag, value, exclude=_ONLY_TENSORBOARD)


def rule_results(path: Path) -> dict[str, float]:
    """Mean normalised learning gain (delayed) of every rule and reference in a results file.

    Raises:
        ValueError: The file is not what `scripts.evaluate` writes.
    """
    try:
        tutors = json.loads(path.read_text(encoding="utf-8"))["tutors"]
        return {
            name: float(figures["nlg_delayed"]["mean"])
            for name, figures in tutors.items()
            if figures["kind"] != "policy"
        }
    except (KeyError, TypeError, json.JSONDecodeError) as error:
        raise ValueError(f"{path} holds no results of scripts.evaluate: {error!r}") from error


def activity_shares(turns: list[Turn]) -> NDArray[np.float64]:
    """Share of the time of each activity (3, A) in the early, middle and late third."""
    minutes = np.zeros((len(THIRDS), ACTIVITIES))
    for turn in turns:
        third = min(int(len(THIRDS) * turn.course_share), len(THIRDS) - 1)
        minutes[third, turn.decision.activity] += turn.minutes
    total = minutes.sum(axis=1, keepdims=True)  # (3, 1)
    return np.asarray(minutes / np.where(total > 0, total, 1.0))


def decision_list(turns: list[Turn]) -> str:
    """Ten decisions spread over the course, as a markdown list.

    No table: TensorBoard breaks its narrow columns after every letter.
    """
    lines = []
    for turn in (turns[i] for i in _spread(len(turns), DECISIONS)):
        view, value = turn.view, turn.decision.value
        when = f"lesson {view.lesson}, minute {view.minute - turn.minutes:g}"
        expected = "" if value is None else f"value {value:.3f}, "
        lines.append(f"- **{when}** ({expected}gain so far {view.gain:.3f}): {turn.sentence}")
    return "\n".join(lines)


def _middle_lesson(turns: list[Turn]) -> list[Turn]:
    """Turns spread over the lesson in the middle of the course."""
    lesson = (1 + turns[-1].view.lessons) // 2
    inside = [turn for turn in turns if turn.view.lesson == lesson]
    return [inside[i] for i in _spread(len(inside), PICTURES)]


def _spread(count: int, wanted: int) -> list[int]:
    """At most `wanted` places of 0 ... count - 1, evenly spread and each once."""
    return sorted({int(place) for place in np.linspace(0, count - 1, min(count, wanted))})


def _flat(settings: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested settings as one level, with names like policy.width; lists as words."""
    flat: dict[str, Any] = {}
    for name, value in settings.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[prefix + name] = ", ".join(value) if isinstance(value, list | tuple) else value
    return flat


def _rule_tag(name: str) -> str:
    return "eval/nlg_rule_" + name.replace(" ", "_")


def _layout(rules: list[str]) -> dict[str, dict[str, list[Any]]]:
    """TensorBoard's custom charts: the policy's gain with every rule's as a line."""
    lines = ["learner/nlg_delayed", *map(_rule_tag, rules)]  # means; one class would mislead
    shares = [f"policy/share_{activity.name.lower()}" for activity in Activity]
    return {
        "learning gain": {"policy and rules": ["Multiline", [f"^{tag}$" for tag in lines]]},
        "tutor": {"activities": ["Multiline", [f"^{tag}$" for tag in shares]]},
    }
