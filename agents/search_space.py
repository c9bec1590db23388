"""Which settings of training a sweep may change, how far, and how they reach the training."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import reduce
from types import MappingProxyType
from typing import Any, Final, TypeVar

Settings = TypeVar("Settings")


@dataclass(frozen=True, kw_only=True)
class Interval:
    """Values between two ends, equally likely on a linear or a logarithmic scale."""

    low: float
    high: float
    logarithmic: bool = False


@dataclass(frozen=True, kw_only=True)
class Options:
    """One of some values, equally likely."""

    values: tuple[int, ...]


SPACE: Final[Mapping[str, Interval | Options]] = MappingProxyType(
    {
        "ppo.learning_rate": Interval(low=3e-4, high=3e-3, logarithmic=True),
        "ppo.gamma": Interval(low=0.85, high=0.99),
        "ppo.gae_lambda": Interval(low=0.6, high=0.98),
        "ppo.clip": Interval(low=0.1, high=0.3),
        "ppo.plan_weight": Interval(low=2, high=16, logarithmic=True),
        "ppo.entropy.activity": Interval(low=1e-3, high=3e-2, logarithmic=True),
        "ppo.entropy.plan": Interval(low=3e-4, high=1e-2, logarithmic=True),
        "ppo.epochs": Options(values=(2, 4, 6)),
        "ppo.batch": Options(values=(256, 512, 1024)),
    }
)
"""Of `agents.presets.TrainConfig`, by dotted name. The ends are chosen: about a factor of three
around the default preset's values, less where a value has a natural end."""


def within(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings, what left its interval put back to the nearer end."""
    limited = dict(settings)
    for name, values in SPACE.items():
        if isinstance(values, Interval):
            limited[name] = min(max(limited[name], values.low), values.high)
    return limited


def changed(config: Settings, settings: Mapping[str, Any]) -> Settings:
    """A copy of nested frozen settings with some values changed, by dotted name.

    Raises:
        ValueError: There is no such setting, or its value is out of range.
    """
    for name, value in settings.items():
        config = _with(config, name.split("."), value, name)
    return config


def present(config: Any) -> dict[str, Any]:
    """What nested settings have now for everything that a sweep may change."""
    return {name: reduce(getattr, name.split("."), config) for name in SPACE}


def as_flags(settings: Mapping[str, Any]) -> str:
    """The settings as words of a command line of `scripts.train`."""
    return " ".join(f"--{name.replace('_', '-')} {value}" for name, value in settings.items())


def _with(config: Any, path: list[str], value: Any, whole: str) -> Any:
    first, *rest = path
    if not is_dataclass(config) or first not in {field.name for field in fields(config)}:
        raise ValueError(f"setting is {whole!r}; expected one of {type(config).__name__}'s")
    inner = _with(getattr(config, first), rest, value, whole) if rest else value
    return replace(config, **{first: inner})  # type: ignore[type-var]  # an instance, as checked
