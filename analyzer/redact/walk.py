"""The strings of any frozen value, in groups of adjacent lines, read or replaced."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar, cast

T = TypeVar("T")
_QUOTED: Final = frozenset(("before", "text", "after"))
_FIELDS: Final[dict[type[Any], tuple[bool, tuple[str, ...]]]] = {}  # a class never changes its fields
Change = Callable[[Sequence[str]], Sequence[str]]


def changed(value: T, change: Change) -> T:
    """`value` with every string in it changed; parts without a change stay the same objects.

    A quoted line and its neighbours (fields `before`, `text`, `after`) are given to `change` as one group.
    """
    return cast("T", _changed(value, change))


def _changed(value: object, change: Change) -> object:
    if isinstance(value, str):
        return change((value,))[0] if value else value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _of_dataclass(value, change)
    if isinstance(value, (tuple, list)):
        items = [_changed(item, change) for item in value]
        if all(new is old for new, old in zip(items, value, strict=True)):
            return value
        return tuple(items) if isinstance(value, tuple) else items
    if isinstance(value, dict):
        return {_changed(key, change): _changed(item, change) for key, item in value.items()}
    return value


def _of_dataclass(value: Any, change: Change) -> object:
    is_quote, names = _fields(type(value))
    updates = _quote(value, change) if is_quote else {}
    for name in names:
        old = getattr(value, name)
        if isinstance(old, (int, float)) or old is None:
            continue
        new = _changed(old, change)
        if new is not old and new != old:
            updates[name] = new
    return dataclasses.replace(value, **updates) if updates else value


def _fields(kind: type[Any]) -> tuple[bool, tuple[str, ...]]:
    """Whether objects of a class quote a line with its neighbours, and the names of their other fields."""
    if kind not in _FIELDS:
        names = tuple(field.name for field in dataclasses.fields(kind))
        is_quote = set(names) >= _QUOTED
        _FIELDS[kind] = is_quote, tuple(name for name in names if not is_quote or name not in _QUOTED)
    return _FIELDS[kind]


def _quote(value: Any, change: Change) -> dict[str, object]:
    before, text, after = (getattr(value, name) for name in ("before", "text", "after"))
    old = (*before, text, *after)
    new = tuple(change(old))
    if new == old:
        return {}
    middle = len(before)
    return {"before": new[:middle], "text": new[middle], "after": new[middle + 1 :]}
