"""The scene of the stand-in player: simulated classrooms, each with one ML-Agents agent."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from envs.classroom import TERMS
from envs.constants import Constants
from envs.observed_class import FILLED_IN
from envs.simulation import Simulation
from unity_bridge.build import BuildSettings
from unity_bridge.channel_messages import Message
from unity_bridge.layout import Floats, Layout
from unity_bridge.masks import Bools
from unity_bridge.told_events import told

Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Moment:
    """What n agents say in one message: that their course is over, or that they ask what to do."""

    agents: NDArray[np.int64]  # (n,) numbers, which agents keep from course to course
    vectors: dict[str, Floats]  # every field that the scene sends by name, (n, size)
    report: Floats  # (n, size) the course in figures; rows valid where it is over
    forbidden: Bools  # (n, sum of the branches) as on the wire
    rewards: Doubles  # (n,) since the agent was last heard
    done: bool
    interrupted: Bools  # (n,) ended by the limit on decisions, not by the course


class SimulatedAreas:
    """B classrooms that ask for their next decision all at once, when the last has been played.

    Args:
        count: B.
        settings: Of the build.
    """

    def __init__(self, count: int, settings: BuildSettings) -> None:
        course, curriculum = settings.course, settings.curriculum
        self.settings = settings
        self.layout = Layout(course.learners, curriculum.size)
        self.simulation = Simulation(
            count,
            course,
            curriculum,
            Constants(),
            on_illegal="circulate",  # a build has nobody to complain to; the bridge checks before
            threads=settings.threads,
        )
        self._told = list[Message]()
        self._everybody = np.ones(count, np.bool_)
        self._no_report = np.zeros((count, self.layout.size("report")), np.float32)

    def seed(self, seeds: NDArray[np.int64], episode: int = 0) -> None:
        """Draw the classes of these seeds (B,), from that episode, from the next reset on."""
        self.simulation.seed(seeds, episode)

    def reset(self, *, spread: bool = False) -> Moment:
        """Start a new course in every classroom, or spread them over the course."""
        self.simulation.start()
        if spread:
            self.simulation.spread()
        return self._asking(new=self._everybody)

    def step(self, actions: NDArray[np.int64]) -> list[Moment]:
        """Play one decision (B, 3 + 2 S): first the agents whose course is over, then all ask."""
        simulation = self.simulation
        simulation.step(actions)
        if self.settings.blind:
            self._told = [said for b in range(simulation.batch) for said in told(simulation, b)]
        finished = simulation.done.copy()
        over = finished | self._at_the_limit()
        if not over.any():
            return [self._asking(new=over)]
        ending = self._ending(over, finished)
        simulation.start(over)
        return [ending, self._asking(new=over)]

    @property
    def told(self) -> list[Message]:
        """What a blind scene says of the last decision on the classroom channel."""
        return self._told

    def nothing(self) -> NDArray[np.int64]:
        """Actions (B, 3 + 2 S) that are all zero: the tutor walks about, tasks go on."""
        return np.zeros((self.simulation.batch, len(self.layout.branches)), np.int64)

    def _at_the_limit(self) -> Bools:
        limit, decisions = self.settings.most_decisions, self.simulation.world.state.clock.decisions
        reached: Bools = (decisions >= limit) & (limit > 0)  # (B,)
        return reached

    def _asking(self, new: Bools) -> Moment:
        """All agents; to the first observation of the `new` (B,) no decision has led."""
        outcome = self._outcome()
        for name, values in outcome.items():
            if name != "phi":
                values[new] = 0.0
        rewards = np.where(new, 0.0, self.simulation.outcome.reward)
        return self._moment(outcome, self._no_report, rewards, self._everybody)

    def _ending(self, over: Bools, finished: Bools) -> Moment:
        """The agents whose course is over (B,); an interrupted course has no report."""
        report = self.layout.pack("report", self.simulation.finish()._asdict())
        report[~finished] = 0.0
        rewards = self.simulation.outcome.reward
        return self._moment(self._outcome(), report, rewards, over, over & ~finished)

    def _outcome(self) -> dict[str, Doubles]:
        """What the last decision led to, and the scores expected now: parts (B, ...) by name."""
        outcome = self.simulation.outcome
        return {
            "minutes": outcome.minutes.copy(),
            **{name: outcome.terms[:, n].copy() for n, name in enumerate(TERMS)},
            "learner_reward": outcome.learner_reward.copy(),
            "phi": self.simulation.world.state.tally.expected.copy(),
        }

    def _moment(
        self,
        outcome: dict[str, Doubles],
        report: Floats,
        rewards: Doubles,
        rows: Bools,
        interrupted: Bools | None = None,
    ) -> Moment:
        """What the agents of some classrooms, rows (B,), say now; the other arguments are (B, ...).

        Only agents whose course is over can have been interrupted; for the others it is None.
        """
        observation = self.simulation.observation
        vectors = self.layout.flatten(observation)
        if self.settings.blind:
            vectors |= {name: np.zeros_like(vectors[name]) for name in FILLED_IN}
        else:
            vectors |= {"outcome": self.layout.pack("outcome", outcome), "report": report}
        return Moment(
            agents=np.flatnonzero(rows),
            vectors={name: vector[rows] for name, vector in vectors.items()},
            report=report[rows],
            forbidden=self.layout.wire_mask(observation)[rows],
            rewards=rewards[rows],
            done=interrupted is not None,
            interrupted=(np.zeros_like(rows) if interrupted is None else interrupted)[rows],
        )
