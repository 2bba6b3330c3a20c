"""The one order of rows: that of their files and lines.

Every output follows from it, so two runs over the same bundle give the same bytes.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterable
from itertools import groupby
from operator import attrgetter
from typing import Any, Final, TypeVar

Row = TypeVar("Row")
_Key = Callable[[Any], Any]

ORDER: Final = ("path", "line", "source", "reason", "message", "namespace", "name", "pod", "container")
"""The fields that rows are sorted by, those of them that a row has; what is not said stands before what is."""
_PLACE: Final = 2  # of them say where a row stands, and tell most rows apart


def ordered(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Rows of one class, sorted; equal ones stay as they came."""
    found = list(rows)
    if not found:
        return ()
    kind: Any = type(found[0])
    place, whole = _keys(kind)
    found.sort(key=place)
    out: list[Row] = []
    for _, same in groupby(found, place):
        group = list(same)
        out += sorted(group, key=whole) if len(group) > 1 else group
    return tuple(out)


@functools.cache  # a row class never changes
def _keys(row: type[Any]) -> tuple[_Key, _Key]:
    """What to sort a class by: the place in the files, and all of ORDER."""
    fields = {field.name: field for field in dataclasses.fields(row)}
    names = [name for name in ORDER if name in fields]
    unsaid = [0 if name == "line" else "" for name in names]
    said = attrgetter(*names)

    def whole(value: Any) -> tuple[Any, ...]:
        return tuple(u if s is None else s for s, u in zip(said(value), unsaid, strict=True))

    may_lack_line = "line" in fields and fields["line"].default is None
    return (whole if may_lack_line else attrgetter(*names[:_PLACE])), whole
