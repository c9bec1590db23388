"""Episodes of random legal actions in a stranger's environment, remembered move by move."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from agents.tutors.random_choice import RandomLegal
from envs.contract import ContractWrapper, Observation

EPISODES: Final = 3
"""Episodes played with random legal actions."""
SCALE_EPISODES: Final = 32
"""Episodes from which the size of rewards is taken."""
MOST_DECISIONS: Final = 10_000
"""Decisions in all of them, and within which the first must end."""


class Move(NamedTuple):
    """One decision of an episode and what came of it."""

    before: Observation
    action: NDArray[np.int64]
    after: Observation
    reward: float
    info: Mapping[str, Any]
    ended: bool


class Play(NamedTuple):
    """Some episodes, up to the first error."""

    moves: list[Move]
    choices: list[Observation]
    """Every observation in which something was to be chosen; in the last one, perhaps nothing was
    legal, or the environment refused what was."""
    error: str | None

    @property
    def stuck(self) -> bool:
        """Whether it stopped because nothing was legal."""
        return bool(self.choices) and no_choice(self.choices[-1]) is not None


def play_randomly(env: ContractWrapper, seed: int = 0, episodes: int = EPISODES) -> Play:
    """Play episodes with random legal actions, or as much of them as the environment lets us."""
    tutor, play, ended = RandomLegal(seed), Play([], [], None), 0
    tutor.reset(1)

    def choose(observation: Observation) -> NDArray[np.int64] | None:
        play.choices.append(observation)
        if play.stuck:
            return None
        batch = {key: array[None] for key, array in observation.items()}
        return np.asarray(tutor.act(batch)[0])

    try:
        for move in _moves(env, choose, seed):
            play.moves.append(move)
            ended += move.ended
            if ended == episodes or len(play.moves) == MOST_DECISIONS:
                break
    except Exception as error:  # whatever a stranger's environment raises
        return play._replace(error=named(error))
    return play


def play_again(env: ContractWrapper, play: Play, seed: int = 0) -> list[Move]:
    """The same actions in another environment of the same seed."""
    actions = (move.action for move in play.moves)
    return list(_moves(env, lambda _: next(actions, None), seed))


def _moves(
    env: ContractWrapper,
    choose: Callable[[Observation], NDArray[np.int64] | None],
    seed: int,
) -> Iterator[Move]:
    """Episode after episode, until nothing is chosen any more."""
    observation, _ = env.reset(seed=seed)
    while (action := choose(observation)) is not None:
        after, reward, terminated, truncated, info = env.step(action)
        done = bool(terminated or truncated)
        yield Move(observation, action, after, float(reward), info, done)
        observation = env.reset()[0] if done else after


def reward_scale(env: ContractWrapper, gamma: float, fallback: float) -> float:
    """Factor that brings discounted returns near 1, where PPO's two losses are in balance.

    Of random episodes: a tutor that gains a hundred times as much needs a smaller one.

    Args:
        env: Whose rewards are of any size.
        gamma: Discount per minute.
        fallback: The factor where random episodes end in an error or without any reward.
    """
    squares, later = [], 0.0
    for move in reversed(play_randomly(env, episodes=SCALE_EPISODES).moves):
        later = move.reward + (0.0 if move.ended else gamma ** move.info["minutes"] * later)
        squares.append(later**2)
    size = float(np.sqrt(np.mean(squares))) if squares else 0.0
    return float(f"{1 / size:.2g}") if np.isfinite(size) and size > 0 else fallback


def no_choice(obs: Observation) -> str | None:
    """Name a mask that leaves a choice without a legal option; None where every choice has one."""
    allowed = obs["activity_mask"] > 0
    masks = {
        "activity_mask": obs["activity_mask"][None],
        "target_mask": obs["target_mask"][allowed],
        "concept_mask": obs["concept_mask"][allowed],
        "task_mask": obs["task_mask"],
        "task_concept_mask": obs["task_concept_mask"][obs["task_mask"].max(axis=0) > 0],
    }
    return next((key for key, mask in masks.items() if not (mask > 0).any(axis=-1).all()), None)


def nearest_legal(action: NDArray[np.int64], obs: Observation) -> NDArray[np.int64]:
    """The action (3 + 2 S,) with every illegal part replaced by its first legal option."""
    legal = action.copy()

    def choose(position: int, mask: NDArray[np.float32]) -> int:
        if mask[legal[position]] == 0:
            legal[position] = int(mask.argmax())
        return int(legal[position])

    activity = choose(0, obs["activity_mask"])
    choose(1, obs["target_mask"][activity])
    choose(2, obs["concept_mask"][activity])
    for learner, mask in enumerate(obs["task_mask"]):
        task = choose(3 + 2 * learner, mask)
        choose(4 + 2 * learner, obs["task_concept_mask"][task])
    return legal


def named(error: Exception) -> str:
    """What an error says, with its kind where that says more."""
    kind = "" if isinstance(error, ValueError | AssertionError) else f"{type(error).__name__}: "
    return f"{kind}{error}"
