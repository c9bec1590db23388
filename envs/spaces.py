"""The contract between a classroom and a tutor: what is observed, what can be chosen.

The simulated classroom, a Unity classroom and anybody's own environment offer these keys; a policy
reads the widths from the space. S learners, C concepts, A activities, K tasks.

| key | shape | holds |
|---|---|---|
| course | (G,) | share of the lesson left, of the course left, log days to the delayed post-test, \
minutes of the last decision, scene one-hot |
| gaze, head, face, voice, touch | (S, F_m) | per channel: mean, spread, trend of the sensor \
windows since the last decision; last feature `present` (a missing modality is all zeros) |
| behaviour | (S, F_b) | see `BEHAVIOUR` |
| evidence | (S, C, E) | see `EVIDENCE` |
| belief | (S, C, 2) | knowledge tracing's mean and spread (sd) of the logit mastery |
| understanding | (S, C, 2) | the same of the understanding in [0, 1] |
| prospects | (S, C, 10) | how much each occupation should add to the delayed score, by \
that belief: see `PROSPECTS` |
| concepts | (C, F_c) | see `CONCEPT_FEATURES` |
| prerequisites | (C, C) | 1 where the row is a prerequisite of the column |
| seats | (S, S) | 1 beside, 0.3 in the row behind, else 0 |
| activity_mask | (A,) | 1 = allowed |
| target_mask | (A, S + 1) | given the activity; column 0 is the class or nobody in particular |
| concept_mask | (A, C) | given the activity |
| task_mask | (S, K) | each learner's allowed tasks |
| task_concept_mask | (K, C) | given the task |
| learner_present, concept_present | (S,), (C,) | 0 for padding and for learners who left |

Action: MultiDiscrete([A, S + 1, C] + [K, C] * S): activity, target, concept, then each learner's
task and its concept.
"""

from typing import Final

import numpy as np
from gymnasium import spaces

from envs.activities import ACTIVITIES, TASKS

SCENES: Final = ("classroom", "assistant", "laboratory", "workshop", "game", "focus")
COURSE: Final = (
    "lesson_left",
    "course_left",
    "log1p_days_to_delayed_test",
    "decision_minutes",
    *(f"scene_{scene}" for scene in SCENES),
)
CHANNELS: Final = {
    "gaze": ("attention",),
    "head": ("attention", "sway"),
    "face": ("attention", "discomfort"),
    "voice": ("attention", "confusion"),
    "touch": ("attention",),
}
"""Channels of every modality, in sensor units (about unit noise); all but `attention` are side
channels: sway rises with sickness, discomfort with frustration and boredom, confusion with it."""
MODALITIES: Final = tuple(CHANNELS)
WINDOW: Final = ("mean", "spread", "trend")
BEHAVIOUR: Final = (
    "task_none",
    "task_worked_example",
    "task_practise_easier",
    "task_practise_matched",
    "task_practise_harder",
    "concept_depth",
    "minutes_on_concept",
    "answer_speed",
    "hints_asked",
    "hand_raised",
    "headset_on",
    "minutes_since_cue",
)
EVIDENCE: Final = (
    "log1p_attempts",
    "log1p_successes",
    "last_result",
    "log1p_hours_since_event",
    "quiz_share",
    "working_on",
    "log1p_minutes_taught",
)
CONCEPT_FEATURES: Final = (
    "syllabus_weight",
    "depth",
    "difficulty_mean",
    "difficulty_spread",
    "in_degree",
    "out_degree",
)
BELIEF: Final = ("mean", "spread")
PROSPECTS: Final = (
    "worked_example",
    "practice",
    "explain",
    "peer",
    "demonstrate",
    "worked_example_ahead",
    "practice_ahead",
    "explain_ahead",
    "peer_ahead",
    "demonstrate_ahead",
)
"""Points of 100 of the learner's delayed score per ten minutes, at the mean rate of the first five,
on the concept itself; `_ahead`: that it would open on what builds on the concept, were there time
to win all of it. Clipped at LIMIT, which only very short curricula come near."""


def sensor_width(modality: str) -> int:
    """Features of one modality: three per channel, and `present`."""
    return len(CHANNELS[modality]) * len(WINDOW) + 1


LIMIT: Final = 100.0
"""Prospects are clipped at it; no other feature comes near: logits and log hours are below 30,
readings below 10 noise sds."""


def _box(*shape: int, low: float = -LIMIT, high: float = LIMIT) -> spaces.Box:
    return spaces.Box(low, high, shape, np.float32)


def observation_space(learners: int, concepts: int) -> spaces.Dict:
    """The contract's observation space for S learners and C concepts."""
    sensors = {name: _box(learners, sensor_width(name)) for name in MODALITIES}
    return spaces.Dict(
        {
            "course": _box(len(COURSE)),
            **sensors,
            "behaviour": _box(learners, len(BEHAVIOUR)),
            "evidence": _box(learners, concepts, len(EVIDENCE)),
            "belief": _box(learners, concepts, len(BELIEF)),
            "understanding": _box(learners, concepts, len(BELIEF)),
            "prospects": _box(learners, concepts, len(PROSPECTS)),
            "concepts": _box(concepts, len(CONCEPT_FEATURES)),
            "prerequisites": _box(concepts, concepts, low=0, high=1),
            "seats": _box(learners, learners, low=0, high=1),
            "activity_mask": _box(ACTIVITIES, low=0, high=1),
            "target_mask": _box(ACTIVITIES, learners + 1, low=0, high=1),
            "concept_mask": _box(ACTIVITIES, concepts, low=0, high=1),
            "task_mask": _box(learners, TASKS, low=0, high=1),
            "task_concept_mask": _box(TASKS, concepts, low=0, high=1),
            "learner_present": _box(learners, low=0, high=1),
            "concept_present": _box(concepts, low=0, high=1),
        }
    )


def action_space(learners: int, concepts: int) -> spaces.MultiDiscrete:
    """The contract's action space: activity, target, concept, then (task, concept) per learner."""
    plan = [TASKS, concepts] * learners
    return spaces.MultiDiscrete(np.array([ACTIVITIES, learners + 1, concepts, *plan], np.int64))
