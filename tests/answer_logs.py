"""Answer logs of made-up learners, and logs as files, for the tests of what reads them."""

from pathlib import Path

import numpy as np
from scipy.special import expit

from envs.logs import AnswerLog

LEARNERS, SKILLS, ANSWERS, ITEMS = 300, 6, 8, 5


def generated(seed: int) -> tuple[AnswerLog, np.ndarray, np.ndarray]:
    """A log of able and weak learners who learn, easiness and chance of every answer."""
    rng = np.random.default_rng(seed)
    skill = np.tile(np.repeat(np.arange(SKILLS), ANSWERS), LEARNERS)
    learner = np.repeat(np.arange(LEARNERS), SKILLS * ANSWERS)
    item = skill * ITEMS + rng.integers(0, ITEMS, skill.size)
    easiness = rng.normal(0, 1, SKILLS * ITEMS)[item]
    practice = np.log1p(np.tile(np.arange(ANSWERS), LEARNERS * SKILLS))
    chance = expit(rng.normal(0, 1.2, LEARNERS)[learner] + easiness + 0.4 * practice - 0.3)
    correct = (rng.random(skill.size) < chance).astype(np.int64)
    return AnswerLog(learner, skill, item, correct), easiness, chance


def write_pid(file: Path, log: AnswerLog, learners: int) -> None:
    """Write the first learners of a log in the ASSISTments pid format."""
    lines = []
    for learner in range(learners):
        rows = log.learner == learner
        lines.append(f"{rows.sum()},{learner}")
        columns = (values[rows] for values in (log.item, log.skill, log.correct))
        lines.extend(",".join(str(v) for v in column) for column in columns)
    file.write_text("\n".join(lines) + "\n")
