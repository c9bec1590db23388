"""Many classrooms in Unity builds as one Gymnasium vector environment."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from envs.classroom import Observation
from envs.legal_actions import legal, shown_masks
from envs.vector import Infos
from unity_bridge.channels import read_together
from unity_bridge.classroom_link import Arrays, ClassroomLink, Transition
from unity_bridge.connection import Player
from unity_bridge.faults import Fault
from unity_bridge.transport import Listening
from unity_bridge.workers import Restarting, Workers


class UnityClassroomVectorEnv(VectorEnv[Observation, NDArray[np.int64], NDArray[Any]]):
    """The classrooms of several builds stepped together, rows in the order of the builds.

    Spaces and infos are those of `envs.vector.ClassroomVectorEnv`, autoreset is SAME_STEP, and
    numbers have the precision of the wire, float32. Observation arrays are overwritten by the next
    step. What a simulation in the same process need not tell:

    - A classroom that did not ask in this step stands still: its row keeps its observation, with no
      reward and no minutes, and `infos["moved"]` (B,) is False. To a learner that counts time such
      a step has no weight.
    - So does the row of a build that failed, while it is started again in the background. When the
      new one is there, its rows are truncated and start anew; the `faults` so far say why.
    - An interrupted course (Max Step, a failed build) is truncated and has no final report:
      `infos["_final_info"]` is False there.

    Args:
        players: One for each build.
        listening: Interface, how long to wait; each build has a port of its own.
        restarting: How a build that failed is started again.
        on_illegal: "error" or "circulate".

    Raises:
        Fault: A build cannot be started; none is left running.
        ValueError: No player; or builds differ in learners or concepts.
    """

    metadata: dict[str, Any] = {"autoreset_mode": AutoresetMode.SAME_STEP, "render_modes": []}  # noqa: RUF012  # as gymnasium declares it

    def __init__(
        self,
        players: Sequence[Player],
        *,
        listening: Listening | None = None,
        restarting: Restarting | None = None,
        on_illegal: str = "error",
    ) -> None:
        if not players:
            raise ValueError("players is empty; expected at least one build")
        self.on_illegal = on_illegal

        def connect(number: int, waiting: Callable[[], None]) -> ClassroomLink:
            return ClassroomLink(players[number], listening, waiting)

        self.workers = Workers(connect, len(players), restarting or Restarting())
        layouts = [worker.link.layout for worker in self.workers.each]
        if len(set(layouts)) > 1:
            self.workers.close()
            raise ValueError(f"builds have {layouts}; expected the same learners and concepts")
        self.layout = layouts[0]
        self.num_envs = self.workers.each[-1].rows.stop
        self.single_observation_space = self.layout.observation_space
        self.single_action_space = self.layout.action_space
        self.observation_space = batch_space(self.single_observation_space, self.num_envs)
        self.action_space = batch_space(self.single_action_space, self.num_envs)
        self._observation = self._empty()
        self._outcome = np.zeros((self.num_envs, self.layout.size("outcome")), np.float32)
        self._seeded = False

    @property
    def faults(self) -> list[tuple[int, Fault]]:
        """What went wrong so far: worker and fault."""
        return self.workers.faults

    def statistics(self) -> dict[str, float]:
        """What C# code added to its StatsRecorder in any build since the last call."""
        links = [worker.link for worker in self.workers.each]
        return read_together(link.connection.channels.stats for link in links)

    @property
    def episodes(self) -> int:
        """Courses of the present seeds that have begun, in the classroom with the most."""
        return max(int(worker.begun.max()) for worker in self.workers.each)

    def reset(
        self,
        *,
        seed: int | list[int | None] | None = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[Observation, Infos]:
        """Start a new course in every classroom.

        Args:
            seed: As of `ClassroomVectorEnv`.
            options: spread and episode, see `channel_messages.Classes`.

        Raises:
            ValueError: There is another option.
        """
        options = {"spread": False, "episode": 0} | (options or {})
        if set(options) != {"spread", "episode"}:
            raise ValueError(f"options are {options}; expected spread and episode alone")
        spread, episode = bool(options["spread"]), int(options["episode"])
        self.workers.reset(self._seeds(seed), spread=spread, episode=episode)
        self._seeded = True
        for worker in self.workers.each:
            self._show(worker.link, worker.rows)
            self._outcome[worker.rows] = worker.link.outcome
        return self._observation, {"phi": self.layout.unpack("outcome", self._outcome)["phi"]}

    def step(
        self, actions: NDArray[np.int64]
    ) -> tuple[Observation, NDArray[Any], NDArray[Any], NDArray[Any], Infos]:
        """Play one decision (B, 3 + 2 S) in every classroom that asks.

        Returns:
            Observations, rewards (B,), terminated (B,), truncated (B,), infos of arrays.

        Raises:
            ValueError: An action is illegal; the message names classroom and rule.
            RuntimeError: `reset` was not called.
            Fault: A build failed too often in a row, or in a way that starting anew cannot mend.
        """
        if not self._seeded:
            raise RuntimeError("the courses have not started; call reset() first")
        taken = legal(actions, shown_masks(self._observation), self.on_illegal)
        whole = self._standing_still()
        for number, move in self.workers.step(taken).items():
            self._merge(move, whole, self.workers.each[number].rows)
            self._show(self.workers.each[number].link, self.workers.each[number].rows)
        for worker in self.workers.welcome():
            whole.truncated[worker.rows] = True
            whole.outcome[worker.rows] = worker.link.outcome
            self._show(worker.link, worker.rows)
        self._outcome = whole.outcome
        done = whole.terminated | whole.truncated
        infos: Infos = {"moved": whole.moved, **self.layout.unpack("outcome", whole.outcome)}
        if done.any():
            infos["final_obs"], infos["_final_obs"] = whole.final, done
            infos["final_info"] = self.layout.unpack("report", whole.report)
            infos["_final_info"] = whole.terminated
        return self._observation, whole.rewards, whole.terminated, whole.truncated, infos

    def close_extras(self, **kwargs: Any) -> None:
        """Stop all builds; called by `close`."""
        del kwargs
        self.workers.close()

    def _seeds(self, seed: int | list[int | None] | None) -> list[int] | None:
        if isinstance(seed, list):
            seeds = [own for own in seed if own is not None]
            if len(seeds) != self.num_envs or len(seed) != self.num_envs:
                raise ValueError(f"seed is {seed}; expected {self.num_envs} integers")
            return seeds
        if seed is None and self._seeded:
            return None
        first = int(self.np_random.integers(2**31)) if seed is None else seed
        return list(range(first, first + self.num_envs))

    def _standing_still(self) -> Transition:
        """What a step is where nothing is heard: what was last seen goes on."""
        nobody = np.zeros(self.num_envs, np.bool_)
        outcome = self._outcome.copy()
        outcome[:, : -self.layout.learners] = 0  # nothing passes; phi, the last, stays
        return Transition(
            moved=nobody,
            rewards=np.zeros(self.num_envs),
            terminated=nobody.copy(),
            truncated=nobody.copy(),
            outcome=outcome,
            report=np.zeros((self.num_envs, self.layout.size("report")), np.float32),
            final={key: array.copy() for key, array in self._observation.items()},
        )

    def _merge(self, move: Transition, whole: Transition, rows: slice) -> None:
        """Write one worker's transition into that of all."""
        for name in ("moved", "rewards", "terminated", "truncated", "outcome"):
            getattr(whole, name)[rows] = getattr(move, name)
        over = move.terminated | move.truncated
        whole.report[rows][move.terminated] = move.report[move.terminated]
        for key, array in whole.final.items():
            array[rows][over] = move.final[key][over]

    def _show(self, link: ClassroomLink, rows: slice) -> None:
        for key, array in self._observation.items():
            array[rows] = link.observation[key]

    def _empty(self) -> Arrays:
        spaces = self.layout.observation_space.spaces.items()
        return {
            key: np.zeros((self.num_envs, *(box.shape or ())), np.float32) for key, box in spaces
        }
