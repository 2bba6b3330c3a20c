"""The reading of a log of one line an entry, block by block.

A line matters when the screen hits it, or when it is among the last of a container's log; with each hit go
two lines of context, and all of a stack trace. Everything else is counted and forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from analyzer.complaint import is_complaint
from analyzer.encoding import decode
from analyzer.ingest import blocks, continuation, parts, sections
from analyzer.ingest.blocks import Blocks, Scanned
from analyzer.ingest.harvest import Harvest
from analyzer.ingest.log_record import CONTEXT_LINES, LONG_LINE_BYTES, record_of, shortened
from analyzer.ingest.logline import LogHints, LogLine, parse_line
from analyzer.ingest.repeats import KEPT, MAX_REFUSED, Kind, Repeats
from analyzer.ingest.shape import Check, shape_of
from analyzer.ingest.sought import SoughtLines
from analyzer.ingest.window import Joined, Line, Window
from analyzer.model import SHORTENED, Note, Record
from analyzer.placement import Placement
from analyzer.screen import (
    BOOT_LINE,
    DOCKER_PART,
    FILE_LINE,
    PARTIAL_LINE,
    SECTION_LINE,
    STRUCTURE,
    SUPPRESSED_LINE,
    Screen,
)
from analyzer.tarstream import Readable

NAME: Final = "log"
LAST_WORDS: Final = 5
PASTE_LINES: Final = 60
"""Lines of a text that somebody copied; a log that was collected has more."""
_TIMED_LINES: Final = {"text": 5}  # of each end, looked at for a timestamp
_TIMED_LINES_OF_LOGS: Final = 50
_SUPPRESSED: Final = re.compile(r"Suppressed (\d{1,18}) messages from ([^\s,]{1,200})")
# A date that no calendar has, or one whose day and month change places from country to country.
_DOUBTFUL: Final = re.compile(
    r"\W?(?:\d{4}-(?:00|1[3-9]|[2-9]\d)-\d\d|\d{4}-\d\d-(?:00|3[2-9]|[4-9]\d)|\d{4}-02-3\d"
    r"|\d{4}-\d\d-\d\d[T ](?:2[5-9]|[3-9]\d):|\d{1,2}/\d{1,2}/\d{2,4},? \d{1,2}:\d\d)"
)
_PARTS: Final = {STRUCTURE.index(PARTIAL_LINE), STRUCTURE.index(DOCKER_PART)}
_HEADINGS: Final = {STRUCTURE.index(SECTION_LINE), STRUCTURE.index(FILE_LINE)}
_GAPS: Final = {STRUCTURE.index(SUPPRESSED_LINE), STRUCTURE.index(BOOT_LINE)}


@dataclass(frozen=True, slots=True)
class _Hit:
    """A line that some expressions may match, with what is needed to make a record of it."""

    raw: bytes
    number: int
    before: tuple[bytes, ...]
    after: tuple[bytes, ...]
    hints: LogHints
    candidates: tuple[int, ...]


class TextLog:
    """The reading of one log."""

    def __init__(self, placement: Placement, screen: Screen, path: str, longest: int = blocks.MAX_LINE_BYTES) -> None:
        """Of the file at `path`, whose placement says whose lines they are; lines above `longest` bytes are cut."""
        self._longest = longest
        self._of_file = self._hints = sections.hints_of(placement)
        self._placement = placement
        self._check = Check(None)
        self._gaps: list[Note] = []
        self._has_last_words = placement.role in ("container_log", "control_plane_log")
        self._timed_lines = _TIMED_LINES.get(self._hints.source, _TIMED_LINES_OF_LOGS)
        self._screen = screen
        self._sought = SoughtLines(screen, path, placement)
        self._path = path
        self._records: list[Record] = []
        self._recorded: set[int] = set()  # lines of the present block and its neighbours that have a record
        self._repeats: Repeats[_Hit] = Repeats()
        self._latest: dict[int, tuple[Kind[_Hit], int, int, bytes, int, tuple[int, ...]]] = {}
        self._joined_until: dict[bytes, int] = {}  # stream -> offset in the file up to which parts are joined
        self._has_parts = False
        self._shortened = 0  # lines that are too long to keep whole
        self._offset = 0
        self._lines = 0  # before the present block
        self._head: tuple[bytes, ...] = ()
        self._tail: list[tuple[int, bytes]] = []
        self._paste: list[tuple[int, bytes]] = []  # all lines, of a short one
        self._ends_open = False  # the last line lacks its newline

    def read(self, stream: Readable) -> Harvest:
        """All of it, to the end of the stream."""
        source = Blocks(stream, self._longest)
        for window, block in _windows(blocks.scanned(iter(source), self._screen)):
            if not self._offset:
                self._head = window.lines_after(0, self._timed_lines)
                self._check = Check(shape_of(block.data, self._placement))
            self._check.look(block.data, self._offset, self._lines)
            self._lines += self._read_block(window, block)
            if not window.following:
                self._keep_tail(window)
            self._offset += len(block.data)
        lines = self._lines + (1 if self._ends_open else 0)
        self._read_repeats()
        if self._has_last_words:
            self._read_last_words(self._tail)
        else:
            self._read_complaints()
        notes = [*self._gaps, *self._strange(), *self._sought.notes()]
        if source.splits:
            problem = f"a line is longer than {self._longest:,} bytes (--max-line-bytes): read in pieces"
            notes.append(Note(path=self._path, problem=problem, count=source.splits))
        if self._shortened:
            notes.append(Note(path=self._path, problem=SHORTENED, count=self._shortened))
        notes += self._doubtful_times()
        first, last = self._times()
        return Harvest(
            format="text" if self._hints.source == "text" else NAME,
            lines=lines,
            parsed=lines - self._check.count,
            unparsed=self._check.count,
            first_timestamp=first.timestamp if first else None,
            last_timestamp=last.timestamp if last else None,
            is_yearless=any(line is not None and line.is_yearless for line in (first, last)),
            has_zone=all(line is None or line.has_zone for line in (first, last)),
            records=tuple(self._records),
            notes=tuple(notes),
            sought=self._sought.lines(),
        )

    def _read_block(self, window: Window, block: Scanned) -> int:
        """Take what the screen hit; gives the number of newlines in the block."""
        hits, position, number, done = self._sought.without_unwanted(block.hits), 0, self._lines + 1, 0
        structure = len(self._screen.expressions)
        while done < len(hits):
            line = window.line_at(hits[done][0])
            indexes: set[int] = set()
            while done < len(hits) and hits[done][0] <= line.end:
                indexes.add(hits[done][1])
                done += 1
            number += block.data.count(b"\n", position, line.start)
            position = line.start
            found = {index - structure for index in indexes if index >= structure}
            if found & _HEADINGS and self._start_section(window, line, number):
                continue
            if found & _GAPS:
                self._note_gap(decode(line.raw[:LONG_LINE_BYTES]), number)
            self._has_parts |= bool(found & _PARTS)
            joined = window.join(line) if self._has_parts else None
            if self._sought.is_among(indexes):
                self._sought.take(window, line, joined, number, indexes, self._hints)
            if joined is not None:
                self._read_joined(window, joined, number)
            elif candidates := tuple(sorted(i for i in indexes if i < structure)):
                raw = shortened(line.raw, hits[done - 1][0] - line.start)
                self._shortened += len(raw) != len(line.raw)
                self._take(window, line.start, line.end, raw, number, candidates)
        self._keep_latest(window)
        return number - self._lines - 1 + block.data.count(b"\n", position)

    def _read_joined(self, window: Window, joined: Joined, number: int) -> None:
        """A message in parts is read once, at the first of its parts that is met."""
        start = self._offset + joined.start
        if start < self._joined_until.get(joined.stream, 0):
            return
        self._joined_until[joined.stream] = self._offset + joined.end
        candidates = self._screen.match(decode(joined.raw))
        if candidates:
            number = self._number_of(window, joined.start)
            self._take(window, joined.start, joined.end, joined.raw, number, candidates)

    def _number_of(self, window: Window, start: int) -> int:
        if start >= 0:
            return self._lines + 1 + window.block.count(b"\n", 0, start)
        return self._lines + 1 - window.previous.count(b"\n", start + len(window.previous))

    def _take(self, window: Window, start: int, end: int, raw: bytes, number: int, candidates: tuple[int, ...]) -> None:
        kind = self._repeats.kind((candidates, self._hints), raw)
        if kind.refused >= MAX_REFUSED and not kind.kept:
            return
        if kind.kept >= KEPT:
            kind.folded += 1
            kind.first = kind.first or self._hit(window, start, end, raw, number, candidates)
            self._latest[id(kind)] = (kind, start, end, raw, number, candidates)
            return
        record = self._record(self._hit(window, start, end, raw, number, candidates))
        if record is None:
            kind.refused += 1
            return
        kind.kept += 1
        self._add(record)

    def _hit(self, window: Window, start: int, end: int, raw: bytes, number: int, candidates: tuple[int, ...]) -> _Hit:
        after = window.lines_after(end, CONTEXT_LINES)
        if continuation.goes_on(raw, after):
            after = continuation.following(raw, window.lines_after(end, continuation.MOST_LINES), CONTEXT_LINES)
        return _Hit(
            raw=raw,
            number=number,
            before=window.lines_before(start, CONTEXT_LINES),
            after=after,
            hints=self._hints,
            candidates=candidates,
        )

    def _keep_latest(self, window: Window) -> None:
        """Give the last line of each repeated kind its context, once a block instead of once a line."""
        for kind, start, end, raw, number, candidates in self._latest.values():
            kind.last = self._hit(window, start, end, raw, number, candidates)
        self._latest.clear()

    def _record(self, hit: _Hit) -> Record | None:
        """The record of a line, or None when no expression matches its message or the line as it stands."""
        text = decode(hit.raw)
        line = self._parse(text, hit.number, hit.hints)
        if not self._screen.confirm(line.message, hit.candidates) and not self._screen.confirm(text, hit.candidates):
            return None
        return record_of(line, text, self._path, hit.number, hit.before, hit.after)

    def _parse(self, text: str, number: int, hints: LogHints) -> LogLine:
        return parse_line(text.lstrip("\ufeff") if number == 1 else text, hints)

    def _strange(self) -> Iterator[Note]:
        """What to say of lines that are not in the format of the file: how many, and how the first ones read."""
        if self._check.shape is not None and self._check.count:
            problem = f"lines that are no {self._check.shape.name} log lines"
            yield Note(path=self._path, problem=problem, line=self._check.first[0][0], count=self._check.count)
            for number, raw in self._check.first:
                yield Note(path=self._path, problem=f"unread line: {decode(raw[:200])[:160]}", line=number)

    def _note_gap(self, text: str, number: int) -> None:
        """Say that the log itself lacks something, or that the node booted anew."""
        suppressed = _SUPPRESSED.search(text)
        problem = "the node booted anew here"
        if suppressed is not None:
            problem = f"the log has a gap: journald left out {suppressed[1]} messages from {suppressed[2]}"
        self._gaps.append(Note(path=self._path, problem=problem, line=number, is_of_source=True))

    def _add(self, record: Record) -> None:
        self._records.append(record)
        self._recorded.add(record.line)

    def _read_repeats(self) -> None:
        for kind in self._repeats.folded():
            if kind.first is None or kind.last is None:
                continue
            record = self._record(kind.last)
            if record is not None:
                first = self._parse(decode(kind.first.raw), kind.first.number, kind.first.hints)
                stamp = first.timestamp if kind.folded > 1 else None
                self._add(replace(record, count=kind.folded, first_timestamp=stamp))

    def _start_section(self, window: Window, line: Line, number: int) -> bool:
        """From here on the log is that of another container, unit or file, when the line is such a heading."""
        hints = sections.hints_behind(decode(line.raw[:LONG_LINE_BYTES]), self._of_file)
        if hints is None:
            return False
        self._keep_latest(window)
        if self._has_last_words and self._hints.container:
            before = window.lines_before(line.start, LAST_WORDS * 2)
            self._read_last_words(list(enumerate(before, number - len(before))))
        self._hints = hints
        return True

    def _keep_tail(self, window: Window) -> None:
        """The file's last lines with their numbers."""
        self._ends_open = not window.block.endswith(b"\n")
        end = self._lines + (1 if self._ends_open else 0)
        self._tail = _last(window, max(self._timed_lines, 2 * LAST_WORDS), end)
        self._paste = _last(window, PASTE_LINES, end) if end <= PASTE_LINES else []

    def _read_last_words(self, tail: list[tuple[int, bytes]]) -> None:
        """The last lines of a container: what it said before it ended."""
        spoken: list[tuple[int, str, LogLine]] = []
        for number, raw in reversed(list(parts.joined(tail))):
            text = decode(shortened(raw, 0))
            line = self._parse(text, number, self._hints)
            if line.message.strip() and not raw.startswith(sections.EDGES):  # an empty line behind a stamp says nothing
                spoken.append((number, text, line))
            if len(spoken) == LAST_WORDS:
                break
        for number, text, line in reversed(spoken):
            if number not in self._recorded:
                self._add(record_of(line, text, self._path, number))

    def _read_complaints(self) -> None:
        """Of a short paste: somebody thought that its lines tell something."""
        for number, raw in self._paste:
            text = decode(shortened(raw, 0))
            if number not in self._recorded and is_complaint(text):
                self._add(record_of(self._parse(text, number, self._hints), text, self._path, number))

    def _doubtful_times(self) -> Iterator[Note]:
        """What to say of times at both ends of the file that are written and cannot be told."""
        ends = dict([*enumerate(self._head, 1), *self._tail])
        written = {n: decode(raw[:LONG_LINE_BYTES]) for n, raw in sorted(ends.items())}
        found = [
            number
            for number, text in written.items()
            if _DOUBTFUL.match(text) and self._parse(text, number, self._hints).timestamp is None
        ]
        if found:
            problem = "lines with a time that does not exist, or whose day and month cannot be told apart: not dated"
            yield Note(path=self._path, problem=problem, line=found[0], count=len(found))

    def _times(self) -> tuple[LogLine | None, LogLine | None]:
        """The first and the last line with a timestamp, looked for at both ends."""
        ends = [list(enumerate(self._head, 1)), list(reversed(self._tail))]
        found: list[LogLine | None] = []
        for end in ends:
            lines = (self._parse(decode(raw[:LONG_LINE_BYTES]), number, self._hints) for number, raw in end)
            found.append(next((line for line in lines if line.timestamp is not None), None))
        return found[0], found[1]


def _windows(stream: Iterator[Scanned]) -> Iterator[tuple[Window, Scanned]]:
    """Each block between its neighbours."""
    previous, current = b"", next(stream, None)
    while current is not None:
        following = next(stream, None)
        yield Window(previous, current.data, following.data if following else b""), current
        previous, current = current.data, following


def _last(window: Window, most: int, end: int) -> list[tuple[int, bytes]]:
    """Up to so many last lines of the window, with their numbers; that of the very last is `end`."""
    lines = window.lines_before(len(window.block), most)
    return list(enumerate(lines, end - len(lines) + 1))
