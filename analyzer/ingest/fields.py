"""Typed access to the fields of a parsed document, where a wrong type is the same as an absent field.

Objects of the Kubernetes API arrive as whatever somebody dumped: `items: null`, a string where a map is
expected, numbers for strings. These functions are the only way other modules look into them. `string`, `part`,
`parts`, `number`, `flag` and `moment` look up one key of a map: a list of ten thousand pods asks a million times.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar

import orjson

from analyzer import timestamps

Fields = Mapping[str, object]
"""A YAML or JSON map whose values nobody has looked at yet."""

_NOTHING: Final[Fields] = {}
_MOST_REMEMBERED: Final = 2048  # values, and bytes of one of them

In = TypeVar("In")
Out = TypeVar("Out")


def remembered(read: Callable[[In], Out]) -> Callable[[In], Out]:
    """`read`, called once for each different value: containers of one workload have the same probes and variables.

    `read` looks at nothing but the value, and what it gives is not None and never changes.
    """
    known: dict[bytes, Out] = {}

    def recall(value: In) -> Out:
        try:
            written = orjson.dumps(value)
        except TypeError:  # it is nested too deeply
            return read(value)
        found = known.get(written)
        if found is None:
            found = read(value)
            if len(written) <= _MOST_REMEMBERED:
                if len(known) == _MOST_REMEMBERED:
                    known.clear()
                known[written] = found
        return found

    return recall


def at(value: object, *path: str) -> object:
    """What stands at `path` below `value`, or None when any step is missing or no map."""
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def mapping(value: object, *path: str) -> Fields:
    """The map at `path`; an empty one when there is none."""
    found = at(value, *path)
    return found if isinstance(found, dict) else _NOTHING


def items(value: object, *path: str) -> Sequence[object]:
    """The list at `path`; an empty one when there is none."""
    found = at(value, *path)
    return found if isinstance(found, list) else ()


def maps(value: object, *path: str) -> list[Fields]:
    """The list at `path` with an empty map for each element that is none, so that positions stay."""
    return [item if isinstance(item, dict) else _NOTHING for item in items(value, *path)]


def text(value: object, *path: str) -> str | None:
    """The string at `path`, numbers and booleans written out; None when absent, empty, map or list."""
    value = at(value, *path)
    if value is None:
        return None
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else None


def string(fields: Fields, key: str) -> str | None:
    """text() of one key of a map."""
    found = fields.get(key)
    if found.__class__ is str:
        return found or None
    return None if found is None else text(found)


def part(fields: Fields, key: str) -> Fields:
    """mapping() of one key of a map."""
    found = fields.get(key)
    return found if isinstance(found, dict) else _NOTHING


def parts(fields: Fields, key: str) -> Sequence[Fields]:
    """maps() of one key of a map."""
    found = fields.get(key)
    if not found or not isinstance(found, list):
        return ()
    return [item if isinstance(item, dict) else _NOTHING for item in found]


def number(fields: Fields, key: str) -> int | None:
    """integer() of one key of a map."""
    found = fields.get(key)
    return None if found is None else integer(found)


def flag(fields: Fields, key: str) -> bool | None:
    """boolean() of one key of a map."""
    found = fields.get(key)
    return found if isinstance(found, bool) or found is None else boolean(found)


def moment(fields: Fields, key: str) -> dt.datetime | None:
    """instant() of one key of a map."""
    found = fields.get(key)
    return None if found is None else instant(found)


def texts(value: object, *path: str) -> tuple[str, ...]:
    """The strings of the list at `path`; elements that are no scalars are left out."""
    found = items(value, *path)
    return tuple([t for item in found if (t := text(item)) is not None]) if found else ()


def integer(value: object, *path: str) -> int | None:
    """The whole number at `path`, also when it was written as a string; None when it does not fit 64 bits."""
    found = at(value, *path)
    if isinstance(found, str):
        digits = found.lstrip("-")
        found = int(found) if digits.isdecimal() and len(digits) < 19 and len(found) - len(digits) < 2 else None
    if isinstance(found, bool) or not isinstance(found, int):
        return None
    return found if -(2**63) <= found < 2**63 else None


def boolean(value: object, *path: str) -> bool | None:
    """The boolean at `path`; also "True" and "False" as API conditions write them."""
    found = at(value, *path)
    if isinstance(found, bool):
        return found
    if isinstance(found, str) and found.lower() in ("true", "false"):
        return found.lower() == "true"
    return None


def instant(value: object, *path: str) -> dt.datetime | None:
    """The RFC 3339 time at `path` in UTC; None when absent, unreadable or Go's zero time."""
    found = at(value, *path)
    if not isinstance(found, str) or len(found) < 19:
        return None
    return timestamps.rfc3339(found)


def pairs(value: object, *path: str) -> tuple[str, ...]:
    """The map at `path` as sorted key=value strings, the way labels and selectors are written."""
    found = mapping(value, *path)
    return tuple(sorted([f"{key}={string(found, key) or ''}" for key in found])) if found else ()
