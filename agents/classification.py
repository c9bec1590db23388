"""How well a score tells cases of two kinds apart."""

from dataclasses import asdict, dataclass

import numpy as np

from envs.answer_filter import area_under_curve
from envs.logs import Floats, Ints


@dataclass(frozen=True, kw_only=True)
class Classified:
    """Of N cases, those whose score is at least the threshold being called positive."""

    auc: float
    """Chance that a random positive case scores above a random negative one; of any threshold."""
    accuracy: float
    """Share called what they are; calling all the commoner kind gets its share."""
    precision: float
    """Share of positives among those called so; 0 where none is."""
    recall: float
    """Share of the positives that are called so."""
    f1: float
    """Harmonic mean of precision and recall."""
    positives: float
    """Share of the cases."""
    threshold: float
    cases: int

    def as_dict(self) -> dict[str, float]:
        """Plain numbers for JSON."""
        return asdict(self)


def classified(score: Floats, outcome: Ints, threshold: float) -> Classified:
    """Compare scores (N,) with what was so (N,), 1 for positive.

    Raises:
        ValueError: All cases are of one kind.
    """
    auc = area_under_curve(score, outcome)
    called, positive = score >= threshold, outcome == 1
    found = float((called & positive).sum())
    precision = found / max(1.0, float(called.sum()))
    recall = found / float(positive.sum())
    return Classified(
        auc=auc,
        accuracy=float((called == positive).mean()),
        precision=precision,
        recall=recall,
        f1=0.0 if found == 0 else 2.0 * precision * recall / (precision + recall),
        positives=float(positive.mean()),
        threshold=threshold,
        cases=score.size,
    )


def best_threshold(score: Floats, outcome: Ints) -> float:
    """The threshold with the highest F1 on these cases, to be used on others (N,), (N,).

    F1 is 2 TP / (positives + called) (Lipton, Elkan and Naryanaswamy 2014). Without a positive case
    there is none, and nothing is called positive.
    """
    order = np.argsort(-score, kind="stable")
    found = np.cumsum(outcome[order])
    called = np.arange(1, score.size + 1)
    last = np.append(np.diff(score[order]) != 0, True)  # equal scores are called together
    f1 = np.where(last, 2.0 * found / (outcome.sum() + called), -1.0)
    return float(score[order][f1.argmax()]) if found[-1] else float("inf")
