"""Speed and size of the simulated classrooms, and what each part of a decision costs."""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from agents.speed.c_reference import everybody_foreseen
from envs.activities import STEPS, Activity, Task
from envs.classroom import DEFAULT_CURRICULUM
from envs.constants import Constants
from envs.course import Course
from envs.curricula import find
from envs.simulation import Simulation

REPEATS: Final = 5
FIRST_STEP: Final = """
import gymnasium
env = gymnasium.make("envs:ALS/Classroom-v0")
env.reset(seed=0)
env.step(env.action_space.sample(None) * 0)
"""


def make_simulation(
    batch: int, curriculum: str = DEFAULT_CURRICULUM, **settings: Any
) -> Simulation:
    """B default classrooms, begun."""
    simulation = Simulation(batch, Course(**settings), find(curriculum), Constants())
    simulation.seed(np.arange(batch))
    simulation.start()
    return simulation


def decisions_per_second(simulation: Simulation, seconds: float) -> float:
    """Decisions of all classrooms together: the tutor circulates (2 min), everybody practises."""
    begin, decisions = time.perf_counter(), 0
    while time.perf_counter() - begin < seconds:
        simulation.step(practising(simulation, decisions))
        decisions += 1
        if simulation.done.any():
            simulation.start(simulation.done)
    return simulation.batch * decisions / (time.perf_counter() - begin)


def practising(simulation: Simulation, number: int) -> NDArray[np.int64]:
    """Actions (B, 3 + 2 S) of the decision of that number: tasks and concepts in turns."""
    actions = np.zeros_like(simulation.actions)
    allowed = simulation.masks.task_mask[:, :, Task.PRACTISE_MATCHED] > 0
    actions[:, 3::2] = np.where(allowed, 1 + number % 4, 0)
    actions[:, 4::2] = np.where(allowed, number % simulation.curriculum.size, 0)
    return actions


def environment_speed(batch: int, seconds: float) -> float:
    """Median decisions per second of B default classrooms on one thread."""
    simulation = make_simulation(batch)
    rates = [decisions_per_second(simulation, seconds) for _ in range(REPEATS + 1)]
    return statistics.median(rates[1:])


def inner_steps(decisions: float) -> dict[str, float]:
    """The same speed in steps of 30 s, of classrooms and of their learners."""
    steps = decisions * int(STEPS[Activity.CIRCULATE])
    return {"classroom_steps_per_s": steps, "learner_steps_per_s": steps * Course().learners}


def parts_of_a_decision(batch: int, decisions: int) -> dict[str, float]:
    """Microseconds of processor time of one classroom's decision, by part; the least of turns.

    Everybody practises, as in `decisions_per_second`. `lesson` is the learners, sensors, reward,
    observation and masks; `prospects` what the belief promises; `tracing` the rest, which is
    knowledge tracing.
    """
    whole, untraced = make_simulation(batch), make_simulation(batch, tracer="none")

    def cost(work: Callable[[int], object]) -> float:
        begin = time.thread_time()
        for number in range(decisions):
            work(number)
        return 1e6 * (time.thread_time() - begin) / (decisions * batch)

    turns = []
    for _ in range(REPEATS):
        for simulation in (whole, untraced):
            simulation.start()
        lesson = cost(lambda number: untraced.step(practising(untraced, number)))
        prospects = cost(lambda _: everybody_foreseen(whole))
        both = cost(lambda number: whole.step(practising(whole, number)))
        turns.append((lesson, prospects, both))
    lesson, prospects, all_of_it = np.min(turns, axis=0).tolist()
    return {
        "lesson": lesson,
        "prospects": prospects,
        "tracing": all_of_it - lesson - prospects,
    }


def bytes_per_classroom(simulation: Simulation) -> float:
    """Memory of one classroom's state, observation, masks, belief and events."""
    arrays = simulation.state_dict().values()
    return sum(array.nbytes for array in arrays) / simulation.batch


def start_up_seconds() -> float:
    """From starting Python to the first decision of one classroom, kernels in the cache: median."""
    times = []
    for _ in range(REPEATS):
        begin = time.perf_counter()
        subprocess.run([sys.executable, "-c", FIRST_STEP], check=True)  # noqa: S603  # this Python
        times.append(time.perf_counter() - begin)
    return statistics.median(times[1:])
