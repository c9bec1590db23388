"""Reading an observation by the names of `envs.spaces`, whatever its widths."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from agents.tutors.protocol import Observation
from envs import spaces
from envs.constants import SensorConstants
from envs.observing import MINUTES_SCALE

_NAMES: Final = {
    "course": spaces.COURSE,
    "behaviour": spaces.BEHAVIOUR,
    "evidence": spaces.EVIDENCE,
    "concepts": spaces.CONCEPT_FEATURES,
    "belief": spaces.BELIEF,
    "understanding": spaces.BELIEF,
    "prospects": spaces.PROSPECTS,
}


def feature(observation: Observation, key: str, name: str) -> NDArray[np.float32]:
    """One named feature of a key whose last axis is features, e.g. ("evidence", "last_result")."""
    values: NDArray[np.float32] = observation[key][..., _NAMES[key].index(name)]
    return values


def sensor(observation: Observation, modality: str, channel: str) -> NDArray[np.float32]:
    """Mean reading of one channel since the last decision, 0 where missing: (B, S)."""
    index = spaces.CHANNELS[modality].index(channel) * len(spaces.WINDOW)
    values: NDArray[np.float32] = observation[modality][..., index + spaces.WINDOW.index("mean")]
    return values


def present(observation: Observation, modality: str) -> NDArray[np.float32]:
    """1 where the modality delivered anything since the last decision: (B, S)."""
    values: NDArray[np.float32] = observation[modality][..., -1]
    return values


def attention(observation: Observation) -> NDArray[np.float64]:
    """Fused attention score of every learner, about -0.7 lapsed to +0.3 attending: (B, S).

    Every modality reads d' (attending - 0.7) + noise of unit sd, so the precision-weighted estimate
    of (attending - 0.7) is sum(d' reading) / (1 + sum(d'^2)), the 1 being a unit-precision prior.
    """
    sensitivity = SensorConstants()
    shape = observation["learner_present"].shape
    evidence, precision = np.zeros(shape), np.ones(shape)  # (B, S)
    for modality in spaces.MODALITIES:
        weight = float(getattr(sensitivity, modality))
        evidence += weight * sensor(observation, modality, "attention")
        precision += weight**2 * present(observation, modality)
    return evidence / precision


def minutes_since_cue(observation: Observation) -> NDArray[np.float64]:
    """Minutes since every learner's last cue: (B, S)."""
    return MINUTES_SCALE * feature(observation, "behaviour", "minutes_since_cue").astype(np.float64)


def topological_order(observation: Observation) -> NDArray[np.int64]:
    """Concepts by depth, so prerequisites first; absent concepts last: (B, C)."""
    depth = feature(observation, "concepts", "depth")
    absent = observation["concept_present"] < 1
    return np.argsort(np.where(absent, np.inf, depth), axis=1, kind="stable")


def days_to_test(observation: Observation) -> NDArray[np.float64]:
    """Days until the delayed post-test: (B,)."""
    return np.expm1(feature(observation, "course", "log1p_days_to_delayed_test").astype(np.float64))


def first_in_order(
    wanted: NDArray[np.bool_], order: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """First wanted concept along `order` for every learner, and whether there is one.

    Args:
        wanted: (B, S, C) which concepts qualify.
        order: (B, C) concept indices.

    Returns:
        Concept (B, S), the first of the order where none qualifies, and found (B, S).
    """
    ordered = np.take_along_axis(wanted, order[:, None, :], axis=2)  # (B, S, C)
    position = ordered.argmax(axis=2)  # (B, S)
    found: NDArray[np.bool_] = np.any(ordered, axis=2)  # (B, S)
    return np.take_along_axis(order, position, axis=1), found
