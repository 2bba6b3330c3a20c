"""Lines of one log that hold what the screen was told to search for besides, kept as they stand.

What is kept is bounded: of each thing sought, so many lines a file, the first ones.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from typing import Final

from analyzer.ingest.logline import LogHints
from analyzer.ingest.window import Joined, Line, Window
from analyzer.model import Note, SoughtLine
from analyzer.placement import Placement
from analyzer.screen import Screen

MOST_LINES: Final = 5_000  # of a file, for one thing sought
KEPT_BYTES: Final = 8 << 10  # of a line
_LOOKED_BACK: Final = 30  # lines before one without a time: a stack trace, a table
_HAS_TIME: Final = re.compile(rb'\d:\d\d:\d\d|\bts=\d|"(?:ts|time|t|timestamp|@timestamp)"\s{0,4}:')


class SoughtLines:
    """What was seen of it in one file so far."""

    def __init__(self, screen: Screen, path: str, placement: Placement) -> None:
        """For the file at `path`, of which the placement says whose it is."""
        sought = screen.sought
        self._path = path
        self._first = screen.first_sought
        self._is_idle = sought is None
        self._wanted = sought.wanted(path, placement) if sought is not None else frozenset[int]()
        self._counts: Counter[int] = Counter()
        self._lines: list[SoughtLine] = []
        self._left_out = 0

    def without_unwanted(self, hits: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """The hits of a block, less those of what nobody wants in this file."""
        if self._is_idle:
            return hits
        first, wanted = self._first, self._wanted
        return [hit for hit in hits if hit[1] < first or hit[1] - first in wanted]

    def is_among(self, indexes: Collection[int]) -> bool:
        """Something that is sought is one of the indexes that hit a line."""
        return not self._is_idle and max(indexes, default=0) >= self._first

    def take(
        self, window: Window, line: Line, joined: Joined | None, number: int, indexes: Collection[int], hints: LogHints
    ) -> None:
        """Keep a line, whole where the runtime has cut it."""
        numbers = [n for n in sorted(i - self._first for i in indexes if i >= self._first)]
        kept = tuple(n for n in numbers if self._counts[n] < MOST_LINES)
        if len(kept) < len(numbers):
            self._left_out += 1
        if not kept:
            return
        self._counts.update(kept)
        raw = (line.raw if joined is None else joined.raw)[:KEPT_BYTES]
        self._lines.append(
            SoughtLine(
                path=self._path,
                line=number,
                raw=raw,
                timed_by=_timed_by(window, line, raw),
                numbers=kept,
                source=hints.source,
                namespace=hints.namespace,
                pod=hints.pod,
                container=hints.container,
                node=hints.node,
            )
        )

    def lines(self) -> tuple[SoughtLine, ...]:
        """All that was kept, in the order of the file."""
        return tuple(self._lines)

    def notes(self) -> Iterator[Note]:
        """What to say of lines that were left out."""
        if self._left_out:
            problem = f"more than {MOST_LINES:,} lines hold the same term of a rule: of the lines behind, none is judged"
            yield Note(path=self._path, problem=problem, count=self._left_out, is_of_source=True)


def _timed_by(window: Window, line: Line, raw: bytes) -> bytes:
    """The line itself where it tells a time, else the nearest of those before it that does."""
    if _HAS_TIME.search(raw):
        return raw
    before = reversed(window.lines_before(line.start, _LOOKED_BACK))
    return next((other[:KEPT_BYTES] for other in before if _HAS_TIME.search(other[:KEPT_BYTES])), b"")
