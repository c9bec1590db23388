"""Decisions and feedback as JSON and back: a form with a version, read strictly."""

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import IntEnum
from types import UnionType
from typing import Any, Final, TypeVar, get_args, get_origin, get_type_hints

from agents.decision.decision import VERSION, Decision
from agents.decision.feedback import Feedback
from agents.decision.wording import sentence

KINDS: Final[Mapping[str, type]] = {"decision": Decision, "feedback": Feedback}
Told = TypeVar("Told", Decision, Feedback)


def to_json(told: Decision | Feedback) -> dict[str, Any]:
    """Plain data: version, kind, every field, and the sentence made of them.

    Activities and tasks are written by name in small letters.
    """
    words = sentence(told) if isinstance(told, Decision) else told.sentence
    return {"version": VERSION, "kind": _kind(type(told)), **_plain(told), "sentence": words}


def from_json(kind: type[Told], content: Mapping[str, Any]) -> Told:
    """Read what `to_json` wrote; the sentence, which follows from the rest, is left aside.

    Raises:
        ValueError: Another version or kind, a field that is missing, not known or of the wrong
            type; the message names it.
    """
    name = _kind(kind)
    for field, expected in (("version", VERSION), ("kind", name)):
        if content.get(field) != expected:
            raise ValueError(f"{field} is {content.get(field)!r}; expected {expected!r}")
    if not isinstance(content.get("sentence"), str):
        raise ValueError(f"sentence is {content.get('sentence')!r}; expected a string")
    rest = {k: v for k, v in content.items() if k not in {"version", "kind", "sentence"}}
    told: Told = _read(kind, rest, name)
    return told


def _kind(kind: type) -> str:
    return next(name for name, each in KINDS.items() if each is kind)


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value.name.lower() if isinstance(value, IntEnum) else value


def _read(hint: Any, value: Any, where: str) -> Any:
    """One value of a type, as `_plain` wrote it."""
    origin = get_origin(hint)
    if origin is UnionType:  # of a type and None
        return None if value is None else _read(get_args(hint)[0], value, where)
    if origin is tuple:
        return _read_tuple(get_args(hint), value, where)
    if is_dataclass(hint):
        return _read_fields(hint, value, where)
    if issubclass(hint, IntEnum):
        return _read_name(hint, value, where)
    number = hint is float and isinstance(value, int) and not isinstance(value, bool)
    if not number and type(value) is not hint:
        raise ValueError(f"{where} is {value!r}; expected {hint.__name__}")
    if hint is float and not math.isfinite(value):
        raise ValueError(f"{where} is {value!r}; expected a finite number")
    return hint(value)


def _read_tuple(kinds: tuple[Any, ...], value: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise ValueError(f"{where} is {value!r}; expected a list")
    if kinds[-1] is Ellipsis:
        kinds = kinds[:1] * len(value)
    if len(kinds) != len(value):
        raise ValueError(f"{where} has {len(value)} entries; expected {len(kinds)}")
    pairs = zip(kinds, value, strict=True)
    return tuple(_read(kind, each, f"{where}[{n}]") for n, (kind, each) in enumerate(pairs))


def _read_fields(kind: Any, value: Any, where: str) -> Any:
    if not isinstance(value, dict):
        raise ValueError(f"{where} is {value!r}; expected an object")
    hints = get_type_hints(kind)
    if missing := sorted(set(hints) - set(value)):
        raise ValueError(f"{where} lacks {', '.join(missing)}")
    if unknown := sorted(set(value) - set(hints)):
        raise ValueError(f"{where} has {', '.join(unknown)}; expected only {sorted(hints)}")
    return kind(
        **{name: _read(hint, value[name], f"{where}.{name}") for name, hint in hints.items()}
    )


def _read_name(kind: type[IntEnum], value: Any, where: str) -> IntEnum:
    names = {each.name.lower(): each for each in kind}
    if value not in names:
        raise ValueError(f"{where} is {value!r}; expected one of {', '.join(names)}")
    return names[value]
