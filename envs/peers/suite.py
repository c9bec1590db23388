"""The benchmarks to train on by name, such as `envs.peers.suite:kss_10`: one learner's answers."""

from envs.one_learner import OneLearnerConceptsWrapper
from envs.peers.kss import KssEnv
from envs.peers.spaced_repetition import SpacedRepetitionEnv


def kss_5() -> OneLearnerConceptsWrapper:
    """KSS over 5 steps."""
    return OneLearnerConceptsWrapper(KssEnv(steps=5))


def kss_10() -> OneLearnerConceptsWrapper:
    """KSS over 10 steps."""
    return OneLearnerConceptsWrapper(KssEnv(steps=10))


def kss_20() -> OneLearnerConceptsWrapper:
    """KSS over 20 steps."""
    return OneLearnerConceptsWrapper(KssEnv(steps=20))


def kss_30() -> OneLearnerConceptsWrapper:
    """KSS over 30 steps."""
    return OneLearnerConceptsWrapper(KssEnv(steps=30))


def efc() -> OneLearnerConceptsWrapper:
    """Flashcards whose forgetting follows an exponential curve."""
    return OneLearnerConceptsWrapper(SpacedRepetitionEnv(model="efc"))


def hlr() -> OneLearnerConceptsWrapper:
    """Flashcards with half-life regression."""
    return OneLearnerConceptsWrapper(SpacedRepetitionEnv(model="hlr"))


def dash() -> OneLearnerConceptsWrapper:
    """Flashcards with DASH's time windows."""
    return OneLearnerConceptsWrapper(SpacedRepetitionEnv(model="dash"))
