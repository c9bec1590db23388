"""Messages of the classroom channel as bytes and back, by the rules of `channel_messages`."""

import json
import math
import typing
from dataclasses import fields
from typing import Any, Final

from unity_bridge.channel_messages import TYPES, VERSION, Message
from unity_bridge.faults import Garbled, WrongVersion

LARGEST: Final = 2**63 - 1
"""C#'s long, numpy's int64."""
_NAMES = {kind: name for name, kind in TYPES.items()}


def encode(message: Message) -> bytes:
    """The payload for a message.

    Raises:
        ValueError: A number is not finite.
    """
    return json.dumps(
        plain(message), ensure_ascii=False, allow_nan=False, separators=(",", ":")
    ).encode("utf-8")


def plain(message: Message) -> dict[str, Any]:
    """The JSON object of a message."""
    return {"type": _NAMES[type(message)], "version": VERSION, **_plain(message)}


def _plain(message: Any) -> dict[str, Any]:
    return {
        field.name: [_plain(v) if hasattr(v, "__dataclass_fields__") else v for v in value]
        if isinstance(value := getattr(message, field.name), tuple)
        else value
        for field in fields(message)
    }


def decode(payload: bytes) -> Message | None:
    """The message in a payload; None where its type is unknown here.

    Raises:
        Garbled: It is no JSON object in UTF-8, or a field is missing or of the wrong kind.
        WrongVersion: It is of another version of these messages.
    """
    try:
        found = json.loads(payload.decode("utf-8"), parse_constant=_refuse)
        if not isinstance(found, dict):
            raise ValueError(f"it is {type(found).__name__}; expected an object")
        name = _value("type", str, found.get("type"))
        version = _value("version", int, found.get("version"))
    except (ValueError, RecursionError) as broken:
        raise Garbled("A message of the classroom channel", str(broken)) from broken
    if version != VERSION:
        raise WrongVersion("the classroom channel", str(version), str(VERSION))
    try:
        return from_plain(TYPES[name], found) if name in TYPES else None
    except ValueError as broken:
        raise Garbled(f"A {name} message of the classroom channel", str(broken)) from broken


def _refuse(constant: str) -> None:
    raise ValueError(f"it holds {constant}; expected finite numbers")


def from_plain(kind: type[Any], found: dict[str, Any]) -> Any:
    """A message, or a part of one, from a JSON object.

    Raises:
        ValueError: A field is missing or of the wrong kind; the message names it.
    """
    hints = typing.get_type_hints(kind)
    missing = [field.name for field in fields(kind) if field.name not in found]
    if missing:
        raise ValueError(f"field {missing[0]} is missing")
    return kind(**{f.name: _value(f.name, hints[f.name], found[f.name]) for f in fields(kind)})


def _value(name: str, kind: Any, value: Any) -> Any:
    """The value of one field as its declared kind."""
    if typing.get_origin(kind) is tuple:
        if not isinstance(value, list):
            raise ValueError(f"field {name} is {value!r}; expected a list")
        return tuple(_value(name, typing.get_args(kind)[0], element) for element in value)
    if hasattr(kind, "__dataclass_fields__"):
        if not isinstance(value, dict):
            raise ValueError(f"field {name} holds {value!r}; expected an object")
        return from_plain(kind, value)
    return _plain_value(name, kind, value)


def _plain_value(name: str, kind: Any, value: Any) -> Any:
    """A number, truth or text as its declared kind."""
    if kind is float and type(value) is int and abs(value) <= LARGEST:
        return float(value)
    if type(value) is not kind:
        raise ValueError(f"field {name} is {value!r}; expected {kind.__name__}")
    if (kind is float and not math.isfinite(value)) or (kind is int and abs(value) > LARGEST):
        raise ValueError(f"field {name} is {value}; expected a finite number within 64 bits")
    if kind is str:
        value.encode("utf-8")  # half a surrogate pair has no place in a record
    return value
