"""Was going on with a policy on the refitted population worth it? The better of two is kept."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from agents.checkpoint import MODEL
from agents.evaluation import gains, try_out
from agents.improvement import Improvement, improvement
from agents.learner_population import LearnerPopulation
from agents.pretrained import HEADS
from agents.run_folder import CONFIG
from agents.trained_run import TrainedRun
from envs.curricula import find
from envs.whole_file import write_whole

BEFORE: Final = "before"
REFITTED: Final = "refitted"
RULE: Final = (
    "new where the low end of the 95 % interval of its gain over the last one, with the same "
    f"unseen classes of the {REFITTED} population, is above 0; else last"
)


@dataclass(frozen=True, kw_only=True)
class Trial:
    """The last policy and its continuation with the same classes of one population."""

    last: float
    """Mean NLG (delayed) of the last policy."""
    new: float
    improvement: Improvement
    """Of the new policy over the last."""

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {"last": self.last, "new": self.new, "improvement": self.improvement.as_dict()}


def try_both(
    last: TrainedRun, new: TrainedRun, refitted: LearnerPopulation, classes: int
) -> dict[str, Trial]:
    """Let both policies teach the same classes of the last one's and of the refitted population.

    The classes are those for choices (`envs.seeds`), since one of the policies is chosen by them:
    what is kept can be compared on the classes for evaluation afterwards without favour.
    """
    config, tutors = last.config, [last.tutor, new.tutor]
    curriculum, found = find(config.curriculum), {}
    for name, population in ((BEFORE, config.population), (REFITTED, refitted)):
        constants = population.constants
        taught = try_out(tutors, config.course, curriculum, classes, constants=constants)
        before, after = (gains([outcome]) for outcome in taught)  # (1, N) each
        found[name] = Trial(
            last=float(before.mean()),
            new=float(after.mean()),
            improvement=improvement(after, before),
        )
    return found


def keeps_new(trials: Mapping[str, Trial]) -> bool:
    """Whether the new policy gains surely more on the population that the records are from.

    Without proof the last one stays: see RULE.
    """
    return trials[REFITTED].improvement.difference.low > 0


def keep(run: Path, folder: Path) -> None:
    """Copy what makes a run of `run` into `folder`, a file at a time, whole or not at all."""
    for name in (CONFIG, f"{MODEL}.safetensors", f"{MODEL}.json", HEADS):
        if (run / name).exists():
            write_whole(folder / name, partial(shutil.copyfile, run / name))
