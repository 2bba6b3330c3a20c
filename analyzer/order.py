"""The one order of rows: that of their files and lines.

Every output follows from it, so two runs over the same bundle give the same bytes.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any, Final, TypeVar

Row = TypeVar("Row")

ORDER: Final = ("path", "line", "source", "reason", "message", "namespace", "name", "pod", "container")
"""The fields that rows are sorted by, those of them that a row has; what is not said stands before what is."""


def ordered(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Rows of one class, sorted; equal ones stay as they came."""
    found = list(rows)
    if found:
        found.sort(key=_key(type(found[0])))
    return tuple(found)


def _key(row: type[Any]) -> Callable[[Any], tuple[Any, ...]]:
    has = {field.name for field in dataclasses.fields(row)}
    names = [name for name in ORDER if name in has]
    fields, unsaid = attrgetter(*names), [0 if name == "line" else "" for name in names]

    def key(value: Any) -> tuple[Any, ...]:
        said: tuple[Any, ...] = fields(value)
        return tuple(u if s is None else s for s, u in zip(said, unsaid, strict=True)) if None in said else said

    return key
