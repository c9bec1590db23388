"""Somebody's own environment, named on a command line as module:factory."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import gymnasium as gym

from envs.contract import ContractWrapper


def find_factory(env: str) -> Callable[[], gym.Env[Any, Any]]:
    """What `module:factory` names: anything callable without arguments, a class included.

    Args:
        env: Such as envs.classroom:ClassroomEnv; the module must be importable from here.

    Raises:
        ValueError: There is no such module, or no such callable in it.
    """
    module, _, name = env.partition(":")
    if not module or not name:
        raise ValueError(f"env is {env!r}; expected module:factory, as envs.classroom:ClassroomEnv")
    try:
        found = getattr(import_module(module), name, None)
    except ImportError as error:
        raise ValueError(f"env is {env!r}; expected an importable module: {error}") from error
    if not callable(found):
        raise ValueError(f"env is {env!r}; expected {name} to be a callable of {module}")

    def make() -> gym.Env[Any, Any]:
        made = found()
        if not isinstance(made, gym.Env):
            raise ValueError(f"env is {env!r}, which gives {made!r}; expected a gymnasium.Env")
        return made

    return make


def find_classroom(env: str) -> Callable[[], ContractWrapper]:
    """The same, with the whole contract of `envs.spaces`.

    Raises:
        ValueError: As `find_factory`; when called, as `envs.contract.ContractWrapper`.
    """
    make = find_factory(env)
    return lambda: ContractWrapper(make())
