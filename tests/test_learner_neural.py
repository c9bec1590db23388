"""The neural learners: the classroom steps the trained network, and cannot fool it."""

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from agents.answer_network import AnswerNetwork, Answers
from envs.constants import Constants
from envs.course import Course
from envs.curriculum import builtin
from envs.learners import neural
from envs.learners.family import Result
from envs.learners.network import NETWORK, load_network, pack, width
from envs.simulation import Simulation
from envs.world import World

CONCEPTS = 16


def one_class(batch: int = 1) -> World:
    simulation = Simulation(batch, Course(family="neural"), builtin("algebra-16"), Constants())
    simulation.seed(np.arange(batch))
    simulation.start()
    return simulation.world


def beginner() -> World:
    """Learner 0 understands everything, and the network has read nothing of them."""
    w = one_class()
    w.state.hidden[0, 0] = 0.0
    w.state.knowledge.understanding[0, 0] = 1.0
    return w


def torch_network() -> AnswerNetwork:
    tensors = load_file(NETWORK)
    network = AnswerNetwork(tensors["learner.weight_hh_l0"].shape[1])
    network.load_state_dict(tensors)
    return network


def network_logit(c: int, easiness: float, w: World) -> float:
    z = w.network[0, -1, 0] + w.network[0, -1, 1] * easiness
    return float(z + neural.standing(0, 0, w) + neural.strength(0, 0, c, w))


def take(c: int, right: bool, difficulty: float, w: World, p: float, amount: float = 1.0) -> None:
    """Let learner 0 answer an item that was right with chance p."""
    w.state.mind[0, 0].ease = p
    neural.practise(0, 0, c, 1.0, amount, Result.RIGHT if right else Result.WRONG, difficulty, w)


def test_the_classroom_steps_the_network_as_torch_runs_it_over_the_whole_sequence() -> None:
    """Peers got other learners step by step than in one call: a state was lost between steps."""
    w, rng, size = beginner(), np.random.default_rng(0), 300
    concept, right = rng.integers(0, 3, size), rng.random(size) < 0.6
    easiness = rng.normal(0, 1.2, size)
    stepped = []
    for c, y, e in zip(concept, right, easiness, strict=True):
        stepped.append(network_logit(c, e, w))
        neural.read(0, 0, c, 1.0 if y else -1.0, e, w)
    pairs = [np.flatnonzero(concept == c) for c in range(3)]
    by_pair = np.full((3, max(map(len, pairs))), -1)
    for c, rows in enumerate(pairs):
        by_pair[c, : rows.size] = rows
    answers = Answers(
        rows=np.arange(size),
        right=torch.from_numpy(right.astype(np.float32)),
        easiness=torch.from_numpy(easiness.astype(np.float32)),
        by_learner=torch.arange(size)[None],
        by_pair=torch.from_numpy(by_pair),
    )
    with torch.no_grad():
        whole = torch_network()(answers).numpy()
    assert np.ptp(stepped) > 1.0
    np.testing.assert_allclose(stepped, whole, atol=2e-5)


def test_a_whole_opportunity_is_the_networks_own_step_on_the_concept() -> None:
    for right in (True, False):
        own, practised = beginner(), beginner()
        for w in (own, practised):
            for c, y in ((0, 1.0), (1, -1.0), (0, -1.0)):
                neural.read(0, 0, c, y, 0.2, w)
        easiness = float(own.curriculum.easiness[0]) - 0.3
        q = 1.0 / (1.0 + np.exp(-network_logit(0, easiness, practised)))
        neural.read(0, 0, 0, 1.0 if right else -1.0, easiness, own)
        take(0, right, 0.3, practised, q)
        after = own.state.hidden[0, 0, 0]
        np.testing.assert_allclose(practised.state.hidden[0, 0, 0], after, atol=1e-12)


@pytest.mark.parametrize("p", [0.05, 0.4, 0.9])
def test_what_answers_reveal_teaches_nothing_on_average(p: float) -> None:
    """However a tutor makes answers right more often, the mean state is that of study alone."""
    states = []
    for result in (Result.RIGHT, Result.WRONG, Result.STUDIED):
        w = beginner()
        for c, y in ((0, True), (1, False), (0, False)):
            take(c, y, 0.3, w, 0.5)
        w.state.mind[0, 0].ease = p
        neural.practise(0, 0, 0, 1.0, 0.4, result, 0.3, w)
        states.append(w.state.hidden[0, 0, : CONCEPTS + 1].copy())
    right, wrong, studied = states
    np.testing.assert_allclose(p * right + (1 - p) * wrong, studied, atol=1e-12)
    assert np.abs(right - wrong).max() > 0.01


def test_practice_teaches_and_what_it_taught_fades_but_nothing_else() -> None:
    """The calibrated family's fading stops at what practice had added, for good and weak alike."""
    w = beginner()
    before = neural.mastery(0, 0, 0, 1.0, w)
    for _ in range(12):
        w.state.mind[0, 0].ease = 0.5
        neural.practise(0, 0, 0, 1.0, 1.0, Result.STUDIED, 0.0, w)
    added = float(w.state.traces[0, 0, 0].learned)
    assert added > 0.3
    assert neural.mastery(0, 0, 0, 1.0, w) > before
    w.state.traits[0, 0].forgetting = 0.1
    fresh = neural.mastery(0, 0, 0, 1.0, w)
    week = neural.mastery(0, 0, 0, 1.0 + 168.0, w)
    assert fresh - week == pytest.approx(min(added, 0.1 * np.log1p(168.0)))
    assert fresh - neural.mastery(0, 0, 0, 1e30, w) == pytest.approx(added)
    assert neural.forgotten(0, 0, 5, 1e30, w) == 0.0


def test_practising_what_was_never_understood_is_mostly_wasted() -> None:
    added = []
    for understanding in (0.0, 1.0):
        w = beginner()
        w.state.knowledge.understanding[0, 0] = understanding
        take(0, True, 0.0, w, 0.5)
        added.append(float(w.state.traces[0, 0, 0].learned))
    assert added[0] == pytest.approx(w.constants.acquisition.blind_practice * added[1])


def test_the_history_tells_the_network_who_is_able() -> None:
    w = one_class(16)
    ability = w.state.traits.ability.ravel()
    standing = np.array([neural.standing(b, i, w) for b, i in np.ndindex(16, 8)])
    assert np.corrcoef(ability, standing)[0, 1] > 0.8
    assert 0.5 < standing.std() < 1.3


def test_a_network_that_lacks_a_tensor_is_refused_by_name() -> None:
    tensors = {name: tensor.numpy() for name, tensor in load_file(NETWORK).items()}
    assert width(load_network()) == tensors["learner.weight_hh_l0"].shape[1]
    with pytest.raises(ValueError, match="network lacks weight; it has concept"):
        pack({name: tensor for name, tensor in tensors.items() if name != "weight"})
    short = tensors | {"concept.bias_hh_l0": np.zeros(3)}
    with pytest.raises(ValueError, match=r"concept\.bias_hh_l0 has shape \(3,\); expected"):
        pack(short)
