"""The C reference computes what our kernel computes, or the ratio of their speeds means nothing."""

from pathlib import Path

import numpy as np
import pytest

from agents.speed import c_reference
from envs.constants import Constants
from envs.course import Course
from envs.curriculum import builtin
from envs.simulation import Simulation
from tests.random_teaching import legal_action

WITHOUT = "needs a C compiler named cc on the path"


@pytest.mark.skipif(c_reference.compiler() is None, reason=WITHOUT)
def test_the_c_reference_writes_the_same_prospects(tmp_path: Path) -> None:
    simulation = Simulation(4, Course(), builtin("algebra-16"), Constants())
    simulation.seed(np.arange(4))
    simulation.start()
    rng = np.random.default_rng(0)
    for _ in range(30):
        simulation.step(legal_action(simulation.observation, rng))
    both = c_reference.contest(simulation, tmp_path)
    ours = both.numba().copy()
    assert np.abs(ours).max() > 0.1
    np.testing.assert_allclose(both.c(), ours, rtol=1e-5, atol=1e-5)


def test_without_a_compiler_there_is_no_ratio(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(c_reference, "compiler", lambda: None)
    simulation = Simulation(1, Course(), builtin("algebra-16"), Constants())
    assert c_reference.ratio_to_c(simulation, 1) is None


def test_a_compiler_that_fails_costs_no_other_measurement(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Some compile no -march=native, or have no headers; the benchmark's other rows must stay."""
    monkeypatch.setattr(c_reference, "compiler", lambda: "false")
    simulation = Simulation(1, Course(), builtin("algebra-16"), Constants())
    assert c_reference.ratio_to_c(simulation, 1) is None
    assert "not compared with C: false fails" in caplog.text
