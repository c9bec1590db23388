"""Whether an environment keeps the contract of `envs.spaces`: every check, and what was found."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, SupportsFloat, cast

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from gymnasium.utils.env_checker import check_env

from agents.random_play import (
    MOST_DECISIONS,
    Move,
    Play,
    named,
    nearest_legal,
    no_choice,
    play_again,
    play_randomly,
)
from agents.tutors.trained_policy import TrainedPolicy
from envs.contract import ContractWrapper
from envs.contract_sizes import AXES
from envs.course import EVALUATION_SEED
from envs.entry_point import find_factory
from envs.spaces import MODALITIES
from policies.policy import AttentionPolicy

TOLERANCE: Final = 1e-5
"""Relative, between the reward and the sum of the learners'."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One check; `found` is what was wrong, None where nothing was."""

    check: str
    expected: str
    found: str | None

    @property
    def passed(self) -> bool:
        """Whether the environment keeps this part."""
        return self.found is None


def conformance(make: Callable[[], gym.Env[Any, Any]]) -> list[Row]:
    """Run every check; those that need an earlier one are not run after it has failed.

    Args:
        make: Makes the environment as its author wrote it.

    Returns:
        One row a check, in order.
    """
    rows = [_attempt("factory", "gives a gymnasium.Env", lambda: make().close())]
    if rows[-1].passed:
        expected = "keys, shapes and action space agree"
        rows.append(_attempt("contract", expected, lambda: ContractWrapper(make()).close()))
    if not rows[-1].passed:
        return rows
    rows.append(_attempt("gymnasium", "Gymnasium's check_env passes", lambda: _checker(make())))
    env = ContractWrapper(make())
    play = play_randomly(env)
    if not play.choices:
        return [*rows, Row(check="reset", expected="gives an observation", found=play.error)]
    for name, expected, check in _CHECKS:
        rows.append(Row(check=name, expected=expected, found=check(env, play)))
    other = ContractWrapper(make())
    rows.append(
        Row(
            check="determinism",
            expected="the same seed and actions give the same episode",
            found=_difference(play, lambda: play_again(other, play)),
        )
    )
    expected = f"takes every seed from 0 on; {EVALUATION_SEED} and up are for evaluation"
    rows.append(_attempt("seeds", expected, lambda: other.reset(seed=EVALUATION_SEED)))
    expected = "an untrained attention policy decides legally"
    rows.append(_attempt("policy", expected, lambda: _decide(env, play)))
    env.close()
    other.close()
    return rows


def require_conformance(env: str) -> None:
    """Refuse an environment, named as module:factory, that fails a check.

    Raises:
        ValueError: It does, or there is none; the message names the first check that failed.
    """
    failed = [row for row in conformance(find_factory(env)) if not row.passed]
    if failed:
        raise ValueError(
            f"env is {env!r}, which fails the check of {failed[0].check}: {failed[0].found}; "
            f"expected: {failed[0].expected}. `python -m scripts.check_env {env}` shows all checks"
        )


class _AnyAction(gym.Wrapper[Any, Any, Any, Any]):
    """The environment as its author wrote it, but illegal actions are replaced by legal ones.

    Gymnasium's checker draws actions without looking at masks.
    """

    def __init__(self, env: gym.Env[Any, Any]) -> None:
        super().__init__(env)
        self.contract = ContractWrapper(env)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        obs, info = self.env.reset(seed=seed, options=options)
        self.seen = self.contract.observe(obs, info)
        return obs, info

    def step(self, action: Any) -> tuple[Any, SupportsFloat, bool, bool, dict[str, Any]]:
        legal = nearest_legal(self.contract.contract_action(action), self.seen)
        outcome = self.env.step(self.contract.own_action(legal))
        self.seen = self.contract.observe(outcome[0], outcome[4])
        return outcome


def _checker(env: gym.Env[Any, Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # recommendations; what is required raises
        check_env(_AnyAction(env), skip_render_check=True)
    env.close()


def _attempt(check: str, expected: str, run: Callable[[], object]) -> Row:
    try:
        run()
    except Exception as error:  # whatever a stranger's environment raises
        return Row(check=check, expected=expected, found=named(error))
    return Row(check=check, expected=expected, found=None)


def _legal(_: ContractWrapper, play: Play) -> str | None:
    where = f"decision {len(play.moves)}: "
    return None if play.error is None else where + play.error


def _ends(_: ContractWrapper, play: Play) -> str | None:
    if play.error is not None or play.stuck or any(move.ended for move in play.moves):
        return None
    return f"none of {len(play.moves)} decisions ended one"


def _inside(env: ContractWrapper, play: Play) -> str | None:
    boxes = cast("dict[str, spaces.Box]", cast("spaces.Dict", env.observation_space).spaces)
    seen = play.choices + [move.after for move in play.moves if move.ended]
    for observation in seen:
        for key, array in observation.items():
            box = boxes[key]
            if not np.isfinite(array).all():
                return f"{key} holds {array[~np.isfinite(array)][0]}"
            if not box.contains(array):
                outside = (array < box.low) | (array > box.high)
                return f"{key} holds {array[outside][0]}, outside its space"
    return None


def _masks(_: ContractWrapper, play: Play) -> str | None:
    for observation in play.choices:
        for key, array in observation.items():
            is_mask = key in AXES and key.endswith(("_mask", "_present"))
            if is_mask and not np.isin(array, (0, 1)).all():
                return f"{key} holds {array[~np.isin(array, (0, 1))][0]}"
        if (empty := no_choice(observation)) is not None:
            return f"{empty} allows nothing where something must be chosen"
    return None


def _modalities(_: ContractWrapper, play: Play) -> str | None:
    for observation in play.choices:
        for name in MODALITIES:
            present = observation[name][:, -1:]
            if not np.isin(present, (0, 1)).all():
                return f"the last feature of {name} is {present.max()}"
            if (observation[name] * (1 - present)).any():
                return f"{name} has readings where its last feature is 0"
    return None


def _reward(_: ContractWrapper, play: Play) -> str | None:
    return next((f"{m.reward}" for m in play.moves if not np.isfinite(m.reward)), None)


def _minutes(_: ContractWrapper, play: Play) -> str | None:
    lengths = [move.info["minutes"] for move in play.moves]
    return next((f"{m}" for m in lengths if not (np.isfinite(m) and m > 0)), None)


def _learner_reward(env: ContractWrapper, play: Play) -> str | None:
    for move in play.moves:
        each = move.info["learner_reward"]
        if not np.isfinite(move.reward):
            continue
        if each.shape != (env.sizes.learners,):
            return f"shape {each.shape}"
        slack = TOLERANCE * max(1.0, float(np.abs(each).sum()))
        if not abs(each.sum() - move.reward) <= slack:
            return f"sum {each.sum():g} where the reward is {move.reward:g}"
    return None


_CHECKS: Final = (
    ("legal actions", "whatever the masks allow is played", _legal),
    ("end", f"an episode ends within {MOST_DECISIONS} decisions", _ends),
    ("observation", "finite and within its space", _inside),
    ("masks", "0 or 1, a legal option for every choice", _masks),
    ("modalities", "last feature 1, or all features 0", _modalities),
    ("reward", "finite", _reward),
    ("minutes", "finite, above 0", _minutes),
    ("learner_reward", "finite, one a learner, the reward in sum", _learner_reward),
)


def _difference(play: Play, again: Callable[[], list[Move]]) -> str | None:
    if play.error is not None:
        return None
    try:
        repeated = again()
    except Exception as error:  # whatever a stranger's environment raises
        return named(error)
    for number, (first, second) in enumerate(zip(play.moves, repeated, strict=True)):
        one, two = _figures(first), _figures(second)
        for name, array in one.items():
            if not np.array_equal(array, two[name], equal_nan=True):
                return f"decision {number} differs in {name}"
    return None


def _figures(move: Move) -> dict[str, Any]:
    """What must be the same when a move is repeated."""
    before = {f"{key} before it": array for key, array in move.before.items()}
    return before | move.after | {"reward": move.reward, "end of the episode": move.ended}


def _decide(env: ContractWrapper, play: Play) -> None:
    policy = AttentionPolicy(env.observation_space, env.action_space, lambda _: 0.0)
    for observation in play.choices[:1]:
        batch = {key: array[None] for key, array in observation.items()}
        action = TrainedPolicy(policy, seed=0).act(batch)[0]
        if not np.array_equal(action, nearest_legal(action, observation)):
            raise ValueError(f"action {action.tolist()} is illegal")
