"""Lines of one log that hold what the screen was told to search for besides.

What is true of no single line may be of an entry of several: a line with a time and those behind it without one, read
as one text. What is kept is bounded: of each thing sought, so many lines a file, the first ones.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from analyzer.encoding import decode
from analyzer.ingest.logline import LogHints, parse_line
from analyzer.ingest.window import Joined, Line, Window
from analyzer.model import Note, SoughtLine
from analyzer.placement import Placement
from analyzer.screen import Screen

MOST_LINES: Final = 5_000  # of a file, for one thing sought
KEPT_BYTES: Final = 8 << 10  # of a line
LOOKED_AT_BYTES: Final = 64 << 10  # of a line or an entry
_MOST_OF_ENTRY: Final = 30  # lines on either side
_BEGINS: Final = re.compile(
    rb'(?!\s)(?:[^\n]{0,160}?\d:\d\d:\d\d|[^\n]{0,400}?(?:\bts=\d|"(?:ts|time|t|timestamp|@timestamp)"\s{0,4}:))'
)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line with the lines that go on with it."""

    timed_by: bytes  # the line that begins it; b"" where none with a time is near
    before: tuple[bytes, ...]  # from the one that begins it
    after: tuple[bytes, ...]

    def text(self, raw: bytes) -> str:
        """All of it as one line of text."""
        return decode(b" ".join((*self.before, raw, *self.after))[:LOOKED_AT_BYTES])


class SoughtLines:
    """What was seen of it in one file so far."""

    def __init__(self, screen: Screen, path: str, placement: Placement) -> None:
        """For the file at `path`, of which the placement says whose it is."""
        self._path = path
        self._first = screen.first_sought
        self._sought = screen.sought
        self._wanted = screen.sought.wanted(path, placement) if screen.sought is not None else frozenset[int]()
        self._counts: Counter[int] = Counter()
        self._entries: dict[int, int] = {}  # thing sought -> first line of the entry that it was last true of
        self._lines: list[SoughtLine] = []
        self._left_out = 0

    def without_unwanted(self, hits: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """The hits of a block, less those of what nobody wants in this file."""
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
        """Keep a line, whole where the runtime has cut it, if what was seen in it is true."""
        numbers = sorted(i - self._first for i in indexes if i >= self._first)
        open_ = [n for n in numbers if self._counts[n] < MOST_LINES]
        self._left_out += len(open_) < len(numbers)
        if not open_:
            return
        raw = (line.raw if joined is None else joined.raw)[:LOOKED_AT_BYTES]
        text = decode(raw)
        entry = _entry(window, line)
        true = [n for n in open_ if self._is_true(n, text, hints)]
        if len(true) < len(open_) and (entry.before or entry.after):
            begins, whole = number - len(entry.before), entry.text(raw)
            for n in open_:
                if n not in true and self._entries.get(n) != begins and self._holds(n, whole):
                    self._entries[n] = begins
                    true.append(n)
        if true:
            self._counts.update(true)
            self._keep(raw, entry.timed_by, number, tuple(sorted(true)), hints)

    def _is_true(self, number: int, text: str, hints: LogHints) -> bool:
        """Of the line as it stands, or of the message in its envelope."""
        if self._holds(number, text):
            return True
        return text.startswith('{"log":') and self._holds(number, parse_line(text, hints).message)

    def _holds(self, number: int, text: str) -> bool:
        return self._sought is not None and self._sought.holds(number, text)

    def _keep(self, raw: bytes, timed_by: bytes, number: int, numbers: tuple[int, ...], hints: LogHints) -> None:
        self._lines.append(
            SoughtLine(
                path=self._path,
                line=number,
                raw=raw[:KEPT_BYTES],
                timed_by=timed_by[:KEPT_BYTES],
                numbers=numbers,
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
            problem = f"more than {MOST_LINES:,} lines hold the same term of a rule: those behind are not judged"
            yield Note(path=self._path, problem=problem, count=self._left_out, is_of_source=True)


def _entry(window: Window, line: Line) -> _Entry:
    """The entry that a line is of; the line alone where no time is near, for then nothing tells where one begins."""
    after: list[bytes] = []
    following = window.after(line.end)
    while following is not None and len(after) < _MOST_OF_ENTRY and not _BEGINS.match(following.raw):
        after.append(following.raw)
        following = window.after(following.end)
    if _BEGINS.match(line.raw):
        return _Entry(line.raw, (), tuple(after))
    before: list[bytes] = []
    earlier = window.before(line.start)
    while earlier is not None and len(before) < _MOST_OF_ENTRY:
        before.append(earlier.raw)
        if _BEGINS.match(earlier.raw):
            return _Entry(earlier.raw, tuple(reversed(before)), tuple(after))
        earlier = window.before(earlier.start)
    return _Entry(b"", (), ())
