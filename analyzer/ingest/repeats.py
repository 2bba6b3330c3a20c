"""Repeated lines of one file, counted instead of kept.

The first five of a kind are kept as they are, then only the last one, with the number of those it stands
for: a warning written a hundred thousand times costs six records. Two lines are of a kind when the same
expressions hit them and they differ in numbers and hexadecimal ids alone.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

KEPT: Final = 5
MAX_KINDS: Final = 4000  # beyond that, lines of one file are told apart by their expressions alone
MAX_REFUSED: Final = 20  # lines of a kind that turned out to be no hit, after which the rest are believed to be none
_VARYING: Final = re.compile(rb"[0-9a-f]{8,}|-[0-9a-f]{4}(?=-)|[0-9]+")
_SHAPE_BYTES: Final = 2048

Item = TypeVar("Item")


@dataclass(slots=True)
class Kind(Generic[Item]):
    """The lines of one kind: how many were kept, and the ones that were not."""

    kept: int = 0
    refused: int = 0
    folded: int = 0
    first: Item | None = field(default=None)
    last: Item | None = field(default=None)


class Repeats(Generic[Item]):
    """The kinds of lines seen in one file, in order of their first appearance."""

    def __init__(self) -> None:
        """Nothing seen."""
        self._kinds: dict[Hashable, Kind[Item]] = {}

    def kind(self, owner: Hashable, raw: bytes) -> Kind[Item]:
        """The kind of a line; `owner` is what must be equal besides the line's shape."""
        key: Hashable = (owner, _VARYING.sub(b"#", raw[:_SHAPE_BYTES]))
        found = self._kinds.get(key)
        if found is None:
            if len(self._kinds) >= MAX_KINDS:
                key = (owner, None)
            found = self._kinds.setdefault(key, Kind())
        return found

    def folded(self) -> Iterator[Kind[Item]]:
        """Every kind with lines that were not kept."""
        return (kind for kind in self._kinds.values() if kind.folded)
