"""The same seed gives the same trajectory, however the classrooms are batched and run."""

import os
import subprocess
import sys

import numba
import numpy as np
import pytest
from numpy.typing import NDArray

from envs.constants import Constants
from envs.course import Course
from envs.curriculum import builtin
from envs.draws import key, mix, normal, normal_quantile, uniform
from envs.learners.family import FAMILIES
from envs.simulation import Simulation

ALGEBRA = builtin("algebra-16")
SCRIPT = """
import numba
import numpy as np
from tests.test_reproducibility import trajectory
values, _ = trajectory({batch}, 1, decisions=4, family={family!r})
np.save({path!r}, values)
"""


def trajectory(
    batch: int, threads: int, *, decisions: int = 30, seed: int = 5, family: str = "calibrated"
) -> tuple[NDArray[np.float64], Simulation]:
    """Belief, readings and rewards of a fixed sequence of actions, (decisions, B, ...)."""
    course = Course(lessons=2, family=family)
    simulation = Simulation(batch, course, ALGEBRA, Constants(), threads=threads)
    simulation.seed(np.arange(seed, seed + batch))
    simulation.start()
    rows = []
    for n in range(decisions):
        actions = np.zeros((batch, 19), np.int64)
        actions[:, 0] = (0, 1, 0, 3, 5, 6, 7, 2)[n % 8]
        actions[:, 2] = 0 if n % 8 in (0, 2, 6) else n % 16
        allowed = simulation.masks.task_mask[:, :, 1] > 0
        actions[:, 3::2] = np.where(allowed, 1 + n % 4, 0)
        actions[:, 4::2] = np.where(allowed, n % 16, 0)
        simulation.step(actions)
        seen = simulation.observation
        parts = [seen[name].reshape(batch, -1) for name in KEYS]
        rows.append(np.concatenate([*parts, simulation.outcome.learner_reward], axis=1))
    return np.array(rows, np.float64), simulation


EVERY_FAMILY = "+".join(FAMILIES)
KEYS = ("belief", "prospects", "gaze", "evidence", "face")


@pytest.fixture(scope="module")
def reference() -> NDArray[np.float64]:
    return trajectory(64, 1)[0]


@pytest.mark.parametrize(("batch", "threads"), [(1, 1), (7, 1), (7, 2), (64, 2)])
def test_trajectory_does_not_depend_on_batch_or_threads(
    reference: NDArray[np.float64], batch: int, threads: int
) -> None:
    np.testing.assert_array_equal(trajectory(batch, threads)[0], reference[:, :batch])


@pytest.mark.parametrize(("family", "batch"), [("calibrated", 1), (EVERY_FAMILY, 8)])
def test_plain_python_gives_the_compiled_trajectory(
    family: str, batch: int, tmp_path: object
) -> None:
    path = f"{tmp_path}/plain.npy"
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1"}
    script = SCRIPT.format(path=path, family=family, batch=batch)
    command = [sys.executable, "-W", "error", "-c", script]
    subprocess.run(command, env=environment, check=True)  # noqa: S603  # our own interpreter
    plain = np.load(path)
    compiled, _ = trajectory(batch, 1, decisions=4, family=family)
    np.testing.assert_allclose(plain, compiled, rtol=1e-5, atol=1e-6)


def test_a_mixture_of_families_does_not_depend_on_batch_or_threads() -> None:
    many, simulation = trajectory(64, 2, family=EVERY_FAMILY)
    assert set(simulation.world.family) == set(range(len(FAMILIES)))
    few, _ = trajectory(9, 1, family=EVERY_FAMILY)
    np.testing.assert_array_equal(few, many[:, :9])


def test_saved_state_continues_the_same_course() -> None:
    whole, _ = trajectory(3, 1, decisions=12)
    _, simulation = trajectory(3, 1, decisions=6)
    saved = simulation.state_dict()
    other = Simulation(3, Course(lessons=2), ALGEBRA, Constants())
    other.seed(np.array([900, 901, 902]))
    other.start()
    other.load_state_dict(saved)
    for each in (simulation, other):
        each.step(np.zeros((3, 19), np.int64))
    for name, array in simulation.observation.items():
        np.testing.assert_array_equal(array, other.observation[name], err_msg=name)
    assert whole.shape[0] == 12
    del saved["state.mind" if "state.mind" in saved else next(iter(saved))]
    with pytest.raises(ValueError, match="expected shape"):
        other.load_state_dict(saved)


def test_draws_are_uniform_normal_and_uncorrelated() -> None:
    low, high = key(3, 0, 0), key(3, 0, 1)
    draws = np.array([[normal(low, high, t, i, 6) for i in range(40)] for t in range(2000)])
    n = draws.size
    assert abs(draws.mean()) < 4 / np.sqrt(n)
    assert abs(draws.var() - 1) < 4 * np.sqrt(2 / n)
    assert abs((draws[1:] * draws[:-1]).mean()) < 4 / np.sqrt(n)
    assert abs((draws[:, 1:] * draws[:, :-1]).mean()) < 4 / np.sqrt(n)
    other = np.array([[normal(low, high, t, i, 7) for i in range(40)] for t in range(2000)])
    assert abs((draws * other).mean()) < 4 / np.sqrt(n)


def test_seeds_episodes_and_halves_give_different_keys() -> None:
    keys = [key(s, e, h) for s in (*range(50), 2**40, 2**41) for e in range(5) for h in range(2)]
    assert len(set(keys)) == len(keys)
    assert len({mix(x) for x in range(100_000)}) == 100_000
    assert 0.0 < uniform(*keys[:2], 10, 3, 2) < 1.0


def test_normal_quantile_agrees_with_scipy() -> None:
    from scipy.stats import norm  # noqa: PLC0415  # the oracle of this test alone

    p = np.concatenate([np.geomspace(1e-9, 0.02, 200), np.linspace(0.02, 0.999, 500)])
    ours = np.array([normal_quantile(float(x)) for x in p])
    np.testing.assert_allclose(ours, norm.ppf(p), rtol=0, atol=1e-7)


@pytest.mark.parametrize(
    ("tracer", "family"),
    [("gaussian", "calibrated"), ("bkt", "calibrated"), ("none", EVERY_FAMILY)],
)
def test_a_copy_goes_on_as_the_original_does(tracer: str, family: str) -> None:
    """The search of the references and any look ahead start from copies."""
    course = Course(lessons=1, tracer=tracer, family=family)
    simulation = Simulation(3, course, ALGEBRA, Constants())
    simulation.seed(np.arange(3))
    simulation.start()
    rows = np.array([2, 0, 0, 1])
    copy = Simulation(4, course, ALGEBRA, Constants())
    work = np.zeros((3, 19), np.int64)
    work[:, 3::2] = 3  # everybody practises the first concept
    for n in range(6):
        if n == 3:
            copy.take(simulation, rows)
        simulation.step(work)
        if n >= 3:
            copy.step(work[rows])
    for name, original in simulation.observation.items():
        np.testing.assert_array_equal(copy.observation[name], original[rows], err_msg=name)
    np.testing.assert_array_equal(copy.outcome.reward, simulation.outcome.reward[rows])


def test_kernels_of_one_classroom_are_those_of_many() -> None:
    """Else every kernel compiles twice: once to train, and minutes again to watch or inspect."""
    one, many = (Simulation(n, Course(), ALGEBRA, Constants()) for n in (1, 3))
    assert numba.typeof(one.world) == numba.typeof(many.world)
