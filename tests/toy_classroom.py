"""A tiny classroom with the contract's spaces where the right plan can be read off the evidence."""

from typing import Any, ClassVar

import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from envs.activities import MINUTES, TASKS, USES_CONCEPT, Activity, Task
from envs.spaces import action_space, observation_space

Arrays = dict[str, NDArray[Any]]


def random_observation(learners: int, concepts: int, batch: int, seed: int = 0) -> Arrays:
    """Features at random; masks legal but irregular, the prerequisites a chain with a fork."""
    rng = np.random.default_rng(seed)
    space = observation_space(learners, concepts)
    obs = {
        key: rng.normal(size=(batch, *(box.shape or ()))).astype(np.float32)
        for key, box in space.spaces.items()
    }
    for name in ("gaze", "head", "face", "voice", "touch"):
        obs[name][..., -1] = rng.random((batch, learners)) < 0.7
        obs[name] *= obs[name][..., -1:]
    obs["prerequisites"][:] = np.triu(rng.random((concepts, concepts)) < 0.3, 1)
    obs["seats"][:] = np.eye(learners, k=1) + np.eye(learners, k=-1)
    obs["learner_present"][:] = obs["concept_present"][:] = 1
    for key in ("activity_mask", "target_mask", "concept_mask", "task_mask", "task_concept_mask"):
        obs[key][:] = rng.random(obs[key].shape) < 0.6
        obs[key][..., 0] = 1
    return obs


class ToyClassrooms(VectorEnv[Any, Any, Any]):
    """Each learner needs one concept, marked in the evidence; practising it is worth 0.1.

    The tutor's own activity earns 0.1 for everybody when it is `explain` to the learner whose hand
    is raised. Six decisions a course; with `truncate`, courses are cut short instead of ending.
    """

    metadata: ClassVar[dict[str, Any]] = {
        "render_modes": [],
        "autoreset_mode": AutoresetMode.SAME_STEP,
    }

    def __init__(
        self, num_envs: int, learners: int = 3, concepts: int = 4, *, truncate: bool = False
    ) -> None:
        self.num_envs, self.learners, self.concepts = num_envs, learners, concepts
        self.single_observation_space = observation_space(learners, concepts)
        self.single_action_space = action_space(learners, concepts)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self.truncate = truncate
        self.time = np.zeros(num_envs, np.int64)  # (B,)
        self.draws = np.random.default_rng(0)
        self.need = np.zeros((num_envs, learners), np.int64)  # (B, S)
        self.hand = np.zeros(num_envs, np.int64)  # (B,)

    def reset(self, *, seed: Any = None, options: Any = None) -> tuple[Arrays, dict[str, Any]]:
        """Start all courses."""
        del options
        if seed is not None:
            self.draws = np.random.default_rng(seed)
        self.time[:] = 0
        self._draw()
        return self._observe(), {}

    def step(self, actions: Any) -> tuple[Arrays, Any, Any, Any, dict[str, Any]]:
        """Play one decision."""
        row = np.arange(self.num_envs)
        minutes = MINUTES[actions[:, 0]]
        right = (actions[:, 3::2] == Task.PRACTISE_MATCHED) & (actions[:, 4::2] == self.need)
        addressed = (actions[:, 0] == Activity.EXPLAIN) & (actions[:, 1] == self.hand + 1)
        learner_reward = 0.1 * (right * 1.0 + addressed[:, None]) / self.learners  # (B, S)
        self.time += 1
        self._draw()
        done = self.time >= 6
        infos: dict[str, Any] = {"minutes": minutes, "learner_reward": learner_reward}
        infos["phi"] = learner_reward[row]
        if done.any():
            infos |= {"final_obs": self._observe(), "_final_obs": done.copy()}
            infos |= {"final_info": {"nlg_delayed": 0.1 * self.time}, "_final_info": done.copy()}
        self.time[done] = 0
        ended = (~done & done, done) if self.truncate else (done, ~done & done)
        return self._observe(), learner_reward.sum(1), *ended, infos

    def state_dict(self) -> Arrays:
        """Everything the next step depends on."""
        state = self.draws.bit_generator.state["state"]
        words = [str(state["state"]), str(state["inc"])]
        draws = np.frombuffer(",".join(words).ljust(100).encode(), np.uint8)
        return {"time": self.time, "need": self.need, "hand": self.hand, "draws": draws}

    def load_state_dict(self, state: Arrays) -> Arrays:
        """Go back to a saved state, and give its observation."""
        self.time, self.need, self.hand = (state[k].copy() for k in ("time", "need", "hand"))
        first, second = bytes(state["draws"]).decode().strip().split(",")
        whole = self.draws.bit_generator.state
        whole["state"] = {"state": int(first), "inc": int(second)}
        self.draws.bit_generator.state = whole
        return self._observe()

    def _draw(self) -> None:
        self.need = self.draws.integers(self.concepts, size=(self.num_envs, self.learners))
        self.hand = self.draws.integers(self.learners, size=self.num_envs)

    def _observe(self) -> Arrays:
        batch, learners, concepts = self.num_envs, self.learners, self.concepts
        obs = {
            key: np.zeros((batch, *(box.shape or ())), np.float32)
            for key, box in self.single_observation_space.spaces.items()
        }
        row, column = np.ogrid[:batch, :learners]
        obs["evidence"][row, column, self.need, 0] = 1
        obs["behaviour"][np.arange(batch), self.hand, 9] = 1
        obs["course"][:, 0] = 1 - self.time / 6
        obs["concepts"][:] = np.linspace(0, 1, concepts)[:, None]
        obs["activity_mask"][:] = obs["learner_present"][:] = obs["concept_present"][:] = 1
        obs["target_mask"][:, :, 0] = 1
        obs["target_mask"][:, Activity.EXPLAIN] = 1
        obs["target_mask"][:, Activity.EXPLAIN, 0] = 0
        obs["concept_mask"][:, :, 0] = 1
        obs["concept_mask"][:, USES_CONCEPT] = 1
        obs["task_mask"][:] = 1
        obs["task_concept_mask"][:] = (np.arange(TASKS) > 0)[:, None]
        obs["task_concept_mask"][:, 0, 0] = 1
        return obs
