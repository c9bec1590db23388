"""What a linear reader finds in the policy's embedding of the sensors.

The hidden truth is the simulation's, at the moment of the decision; a probe is fitted on some
classes and judged on others (Alain and Bengio 2017).
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from agents.tutors.protocol import Tutor
from envs.affect import Affect
from envs.answer_filter import area_under_curve
from envs.spaces import MODALITIES
from envs.state import Records
from envs.vector import ClassroomVectorEnv
from policies.encoder import ModalityFusion

Found = dict[str, dict[str, float | None]]
"""AUC by set of modalities and state."""
SICK_SSQ: Final = 40.0
"""From here sickness costs attention (LEARNERS: only intense sickness matters)."""
PENALTY: Final = 1e-3
"""Of the squared weights; chosen: small, for some thousand moments and 16 features."""
STEPS: Final = 100
"""Most iterations of L-BFGS."""


class Moments(NamedTuple):
    """N moments of learners who were there."""

    sensors: dict[str, Tensor]  # (N, 1, F_m) by modality
    truth: dict[str, NDArray[np.bool_]]  # (N,) by state
    classroom: NDArray[np.int64]  # (N,)
    attended: NDArray[np.float64]  # (N,) share of the last decision, estimated from the sensors

    @property
    def fitted(self) -> NDArray[np.bool_]:
        """Moments (N,) on which probes are fitted: those of classrooms of even number."""
        even: NDArray[np.bool_] = self.classroom % 2 == 0
        return even


def hidden_states(mind: Records) -> dict[str, NDArray[np.bool_]]:
    """What sensors are to tell, of every learner (B, S)."""
    return {
        "lapsed": mind.lapsed == 1,
        "confused": mind.affect == Affect.CONFUSED,
        "frustrated or bored": mind.affect >= Affect.FRUSTRATED,
        "sick": mind.ssq > SICK_SSQ,
    }


def watch(tutor: Tutor, env: ClassroomVectorEnv, seed: int) -> Moments:
    """Let a tutor teach each class one course, and note sensors and truth at every decision."""
    obs, _ = env.reset(seed=seed)
    tutor.reset(env.num_envs)
    over = np.zeros(env.num_envs, np.bool_)
    sensors: dict[str, list[Tensor]] = {name: [] for name in MODALITIES}
    truth: dict[str, list[NDArray[np.bool_]]] = {}
    classroom, attended = [], []
    while not over.all():
        obs, _, done, _, _ = env.step(tutor.act(obs))
        over |= done
        there = (obs["learner_present"] > 0) & ~over[:, None]  # (B, S)
        for name, rows in sensors.items():
            rows.append(torch.from_numpy(obs[name][there]).unsqueeze(1))
        for name, values in hidden_states(env.simulation.world.state.mind).items():
            truth.setdefault(name, []).append(values[there])
        classroom.append(np.nonzero(there)[0])
        attended.append(env.simulation.world.events.attended[there].astype(np.float64))
    return Moments(
        {name: torch.cat(rows) for name, rows in sensors.items()},
        {name: np.concatenate(rows) for name, rows in truth.items()},
        np.concatenate(classroom),
        np.concatenate(attended),
    )


def conditions() -> dict[str, tuple[str, ...]]:
    """Modalities that are there, by condition: all, each alone, each missing."""
    alone = {f"{name} alone": (name,) for name in MODALITIES}
    without = {f"no {n}": tuple(other for other in MODALITIES if other != n) for n in MODALITIES}
    return {"all": MODALITIES, **alone, **without}


def probe(fusion: ModalityFusion, moments: Moments) -> Found:
    """AUC of every state by condition; None where one of the two kinds never occurs.

    Fitted on classrooms of even number, judged on the others.
    """
    found: Found = {}
    for condition, kept in conditions().items():
        features = embedding(fusion, moments.sensors, kept)
        found[condition] = {
            state: _judged(features, values, moments.fitted)
            for state, values in moments.truth.items()
        }
    return found


def scores(fusion: ModalityFusion, moments: Moments, state: str) -> NDArray[np.float64]:
    """How much every moment (N,) looks like a state, with all modalities: log odds less a constant.

    Fitted on classrooms of even number.
    """
    features = embedding(fusion, moments.sensors, MODALITIES)
    learnt = torch.from_numpy(moments.truth[state][moments.fitted]).float()
    weights = logistic_weights(features[torch.from_numpy(moments.fitted)], learnt)
    return (features @ weights).numpy().astype(np.float64)


@torch.no_grad()
def embedding(
    fusion: ModalityFusion, sensors: Mapping[str, Tensor], kept: tuple[str, ...]
) -> Tensor:
    """The fused embedding (N, e) with all but some modalities missing, standardised."""
    obs = {name: rows if name in kept else 0 * rows for name, rows in sensors.items()}
    fused: Tensor = fusion(obs).squeeze(1)
    return (fused - fused.mean(0)) / fused.std(0).clamp(min=1e-6)


def _judged(features: Tensor, values: NDArray[np.bool_], fitted: NDArray[np.bool_]) -> float | None:
    learnt, judged = values[fitted], values[~fitted]
    if any(part.all() or not part.any() for part in (learnt, judged)):
        return None
    weights = logistic_weights(features[fitted], torch.from_numpy(learnt).float())
    scores = (features[~fitted] @ weights).numpy().astype(np.float64)
    return area_under_curve(scores, judged.astype(np.int64))


def logistic_weights(features: Tensor, labels: Tensor) -> Tensor:
    """Weights (F,) of a ridge logistic regression with intercept: features (N, F), labels (N,)."""
    weights = torch.zeros(features.shape[1] + 1, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=STEPS, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        logits = features @ weights[:-1] + weights[-1]
        error = functional.binary_cross_entropy_with_logits(logits, labels)
        error = error + PENALTY * weights[:-1].square().sum()
        torch.autograd.backward(error)
        return error

    optimizer.step(loss)  # type: ignore[no-untyped-call]  # torch's gap
    return weights.detach()[:-1]
