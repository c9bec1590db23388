"""The class that Python simulates beside a scene is in step with it."""

from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np

from envs.activities import Occupation, Task
from envs.constants import Constants
from envs.course import Course
from envs.curriculum import builtin
from envs.legality import write_masks
from envs.simulation import Simulation
from scripts import unity
from unity_bridge.build import BuildSettings, write_build
from unity_bridge.session_record import read_lines
from unity_bridge.twin import Twin

COURSE, CURRICULUM = Course(learners=3, lessons=1, minutes=10), builtin("algebra-16")
SHORT = ("--lessons", "1", "--minutes", "10", "--courses", "1")


def test_the_digital_twin_answers_as_the_scenes_own_learners_of_the_same_seed(
    tmp_path: Path,
) -> None:
    """The scene here simulates the same class by itself, so that the two can be compared.

    A twin out of step would show figures that have nothing to do with what is taught to them.
    """
    settings = BuildSettings(course=COURSE, classrooms=1, blind=True)
    asked = ["play", "--build", str(write_build(tmp_path / "build", settings)), *SHORT]
    assert unity.main([*asked, "--folder", str(tmp_path / "session")]) == 0
    foreseen, happened = list[dict[str, Any]](), list[dict[str, Any]]()
    lines = list(read_lines(tmp_path / "session"))
    for line in lines:
        foreseen += line["answers"] if line["type"] == "puppets" else []
        if line["type"] == "answer":
            assert not line["simulated"]  # the scene's own learners stand for people
            happened.append({name: line[name] for name in foreseen[0]} | {"simulated": True})
    moment = itemgetter("time", "learner")
    assert sorted(happened, key=moment) == sorted(foreseen, key=moment)
    assert happened
    shown = [line["puppets"] for line in lines if line["type"] == "puppets"]
    assert len(shown) == sum(line["type"] == "decision" for line in lines)
    assert all([own["learner"] for own in puppets] == [1, 2, 3] for puppets in shown)
    worked = [puppets[0]["fatigue"] for puppets in shown]
    assert worked == sorted(worked)
    assert 0 < worked[-1] <= 1


def test_the_twin_follows_who_is_there() -> None:
    """A person's leaving is not foreseen: the twin must not play a plan that the scene forbids."""
    simulation = Simulation(1, COURSE, CURRICULUM, Constants())
    simulation.start()
    everybody = {key: array[0].copy() for key, array in simulation.observation.items()}
    columns = simulation.world.timetable.columns
    write_masks(0, np.array([1, 0, 1]), columns, simulation.masks)
    seen = {key: array[0].copy() for key, array in simulation.observation.items()}
    twin = Twin(2, COURSE, CURRICULUM, 0)
    twin.begin()
    action = np.array([0, 0, 0, Task.PRACTISE_MATCHED, 1, 0, 0, Task.WORKED_EXAMPLE, 1])
    said = [twin.play(seen, action) for _ in range(3)][-1]
    assert said.classroom == 2
    assert [own.learner for own in said.puppets] == [1, 3]
    occupations = [Occupation(own.occupation) for own in said.puppets]
    assert occupations == [Occupation.PRACTISE_MATCHED, Occupation.WORKED_EXAMPLE]
    assert {own.learner for own in said.answers} == {1}
    action[5] = Task.WORKED_EXAMPLE
    said = twin.play(everybody, action)  # learner 2 has come back
    assert [own.learner for own in said.puppets] == [1, 2, 3]
