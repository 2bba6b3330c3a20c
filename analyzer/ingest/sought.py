"""Lines of one log that may hold what the screen was told to search for besides.

Nothing is proved here, and little is looked at: a term may stand in every second line, and matter in none. A line is
kept with those that go on with it, if there are any: what is true of no single line may be of an entry of several, a
line with a time and those behind it without one. What is kept is bounded: so many lines a file for one thing sought.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from typing import Final

from analyzer.ingest.logline import LogHints
from analyzer.ingest.window import Joined, Line, Window
from analyzer.model import Note, SoughtLine, Whose
from analyzer.placement import Placement
from analyzer.screen import Screen
from analyzer.timestamps import Instant

MOST_LINES: Final = 2_000  # of a file, for one thing sought
MOST_OF_LONE: Final = 500  # the same, for what needs nothing beside it: the first few tell as much
KEPT_BYTES: Final = 8 << 10  # of a line, and of an entry
_MOST_OF_ENTRY: Final = 30  # lines on either side
_BEGINS: Final = re.compile(
    rb'(?!\s)(?:[^\n]{0,160}?\d:\d\d:\d\d|[^\n]{0,400}?(?:\bts=\d|"(?:ts|time|t|timestamp|@timestamp)"\s{0,4}:))'
)


class SoughtLines:
    """What was seen of it in one file so far."""

    def __init__(self, screen: Screen, path: str, placement: Placement) -> None:
        """For the file at `path`, of which the placement says whose it is."""
        self._path = path
        self._first = screen.first_sought
        self._sought = screen.sought
        self._wanted = screen.sought.wanted(path, placement) if screen.sought is not None else frozenset[int]()
        self._counts: Counter[int] = Counter()
        self._whose: dict[LogHints, Whose] = {}
        self._lines: list[SoughtLine] = []
        self._full: set[int] = set()

    def without_unwanted(self, hits: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """The hits of a block, less those of what nobody wants in this file, or no more of."""
        if self._sought is None:
            return hits
        first, wanted = self._first, self._wanted
        return [hit for hit in hits if hit[1] < first or hit[1] - first in wanted]

    def is_among(self, indexes: Collection[int]) -> bool:
        """Something that is sought is one of the indexes that hit a line."""
        return self._sought is not None and max(indexes, default=0) >= self._first

    def take(
        self, window: Window, line: Line, joined: Joined | None, number: int, indexes: Collection[int], hints: LogHints
    ) -> None:
        """Keep a line, whole where the runtime has cut it."""
        numbers = self._counted(indexes)
        raw = (line.raw if joined is None else joined.raw)[:KEPT_BYTES]
        timed_by, entry, begins = raw, b"", number
        begun = _BEGINS.match(raw) is not None
        if not begun or line.end >= len(window.block) or not _BEGINS.match(window.block, line.end):
            timed_by, before, after = _entry(window, line, begun)
            begins = number - len(before)
            if before or after:
                entry = b" ".join((*before, raw, *after))[:KEPT_BYTES]
        self._lines.append(
            SoughtLine(self._path, number, raw, timed_by[:KEPT_BYTES], entry, begins, numbers, self._of(hints))
        )

    def take_message(
        self, message: bytes, instant: Instant | None, number: int, indexes: Collection[int], hints: LogHints
    ) -> None:
        """Keep the message of a journal's entry."""
        stamp = instant.timestamp if instant is not None else None
        timed_by = stamp.isoformat().encode() if stamp is not None else b""
        wanted = [i for i in indexes if i - self._first in self._wanted]
        if wanted:
            numbers = self._counted(wanted)
            raw = message[:KEPT_BYTES]
            self._lines.append(SoughtLine(self._path, number, raw, timed_by, b"", number, numbers, self._of(hints)))

    def _counted(self, indexes: Collection[int]) -> tuple[int, ...]:
        """The numbers of what was seen; what was seen often enough is wanted no more."""
        numbers = tuple(sorted(i - self._first for i in indexes if i >= self._first))
        for number in numbers:
            self._counts[number] += 1
            lone = self._sought is not None and number in self._sought.lone
            if self._counts[number] >= (MOST_OF_LONE if lone else MOST_LINES):
                self._wanted -= {number}
                self._full.add(number)
        return numbers

    def _of(self, hints: LogHints) -> Whose:
        found = self._whose.get(hints)
        if found is None:
            found = self._whose[hints] = Whose(
                source=hints.source,
                namespace=hints.namespace or "",
                pod=hints.pod or "",
                container=hints.container or "",
                node=hints.node or "",
            )
        return found

    def lines(self) -> tuple[SoughtLine, ...]:
        """All that was kept, in the order of the file."""
        return tuple(self._lines)

    def notes(self) -> Iterator[Note]:
        """What to say of lines that were left out."""
        if self._full:
            problem = "more lines may hold the same term of a CRE rule than are looked at: those behind are not judged"
            yield Note(path=self._path, problem=problem, count=len(self._full), is_of_source=True)


def _entry(window: Window, line: Line, begun: bool) -> tuple[bytes, tuple[bytes, ...], tuple[bytes, ...]]:
    """The line that begins the entry of a line, the lines of it before and behind.

    The line alone where none with a time is near, for then nothing tells where an entry begins.
    """
    after: list[bytes] = []
    following = window.after(line.end)
    while following is not None and len(after) < _MOST_OF_ENTRY and not _BEGINS.match(following.raw):
        after.append(following.raw)
        following = window.after(following.end)
    if begun:
        return line.raw, (), tuple(after)
    before: list[bytes] = []
    earlier = window.before(line.start)
    while earlier is not None and len(before) < _MOST_OF_ENTRY:
        before.append(earlier.raw)
        if _BEGINS.match(earlier.raw):
            return earlier.raw, tuple(reversed(before)), tuple(after)
        earlier = window.before(earlier.start)
    return b"", (), ()
