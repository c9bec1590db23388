"""Answer logs as files, for the tests of commands that read them."""

from pathlib import Path

from envs.logs import AnswerLog


def write_pid(file: Path, log: AnswerLog, learners: int) -> None:
    """Write the first learners of a log in the ASSISTments pid format."""
    lines = []
    for learner in range(learners):
        rows = log.learner == learner
        lines.append(f"{rows.sum()},{learner}")
        columns = (values[rows] for values in (log.item, log.skill, log.correct))
        lines.extend(",".join(str(v) for v in column) for column in columns)
    file.write_text("\n".join(lines) + "\n")
