"""Bulk logs: of any number of lines, the few that matter become records.

A line matters when the screen hits it, or when it is among the last of a container's log; with each hit go
two lines of context. Everything else is read, counted and forgotten: memory does not grow with the log.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from analyzer.archive import Rewound
from analyzer.encoding import decode, looks_binary, to_utf8, wide_encoding
from analyzer.ingest import blocks
from analyzer.ingest.blocks import Blocks, Scanned
from analyzer.ingest.harvest import Harvest
from analyzer.ingest.logline import LogHints, LogLine, parse_line
from analyzer.ingest.repeats import KEPT, MAX_REFUSED, Kind, Repeats
from analyzer.ingest.window import Joined, Line, Window
from analyzer.model import LOG_SOURCES, Note, Record
from analyzer.placement import Placement
from analyzer.screen import Screen
from analyzer.tarstream import Readable

NAME: Final = "log"
TEXT_CHARACTERS: Final = 4096  # of a quoted line
CONTEXT_CHARACTERS: Final = 1024
CONTEXT_LINES: Final = 2
LAST_WORDS: Final = 5
LONG_LINE_BYTES: Final = 64 << 10
LOOK_BYTES: Final = 64 << 10  # of a file, to see whether it is text
WIDE_BYTES: Final = 256 << 20  # of a UTF-16 file, which is read as a whole
_TIMED_LINES: Final = {"text": 5}  # of each end, looked at for a timestamp
_TIMED_LINES_OF_LOGS: Final = 50
_SECTION: Final = re.compile(
    r"==== START logs for container (?P<container>\S{1,63}) of pod (?P<namespace>[^/\s]{1,63})/(?P<pod>\S{1,253}) ===="
)
_SECTION_EDGE: Final = b"==== "


@dataclass(frozen=True, slots=True)
class _Hit:
    """A line that some expressions may match, with what is needed to make a record of it."""

    raw: bytes
    number: int
    before: tuple[bytes, ...]
    after: tuple[bytes, ...]
    hints: LogHints
    candidates: tuple[int, ...]


def read_log(stream: Readable, placement: Placement, screen: Screen, path: str) -> Harvest:
    """Everything worth keeping of one log; never raises for its content. `stream` is read to its end."""
    first = blocks.read_fully(stream, blocks.BLOCK_BYTES)
    whole: Readable = Rewound(first, stream)
    encoding = wide_encoding(first)
    if encoding is not None:
        data = blocks.read_fully(whole, WIDE_BYTES)
        rest = count_newlines(whole)
        harvest = _Log(placement, screen, path).read(io.BytesIO(to_utf8(data, encoding)))
        if not rest:
            return harvest
        note = Note(path=path, problem=f"{encoding} text beyond {WIDE_BYTES >> 20} MiB is not read")
        return replace(harvest, lines=harvest.lines + rest, skipped=rest, notes=(*harvest.notes, note))
    if first and looks_binary(first.lstrip(b"\0")[:LOOK_BYTES] or first[:1]):
        lines = count_newlines(whole)
        return Harvest(format="binary", lines=lines, skipped=lines)
    return _Log(placement, screen, path).read(whole)


def hints_of(placement: Placement) -> LogHints:
    """What the path tells about every line of the file."""
    source = placement.role if placement.role in LOG_SOURCES else "text"
    return LogHints(
        source=source,
        namespace=placement.namespace,
        pod=placement.pod,
        container=placement.container,
        node=placement.node,
    )


class _Log:
    """The reading of one log."""

    def __init__(self, placement: Placement, screen: Screen, path: str) -> None:
        self._hints = hints_of(placement)
        self._has_last_words = placement.role in ("container_log", "control_plane_log")
        self._timed_lines = _TIMED_LINES.get(self._hints.source, _TIMED_LINES_OF_LOGS)
        self._screen = screen
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
        self._ends_open = False  # the last line lacks its newline

    def read(self, stream: Readable) -> Harvest:
        source = Blocks(stream)
        for window, block in _windows(blocks.scanned(iter(source), self._screen)):
            if not self._offset:
                self._head = window.lines_after(0, self._timed_lines)
            self._lines += self._read_block(window, block)
            if not window.following:
                self._keep_tail(window)
            self._offset += len(block.data)
        lines = self._lines + (1 if self._ends_open else 0)
        self._read_repeats()
        if self._has_last_words:
            self._read_last_words(self._tail)
        notes = []
        if source.splits:
            problem = f"a line is longer than {blocks.MAX_LINE_BYTES >> 20} MiB: read in pieces"
            notes.append(Note(path=self._path, problem=problem, count=source.splits))
        if self._shortened:
            problem = f"a line is longer than {LONG_LINE_BYTES >> 10} KiB: only the surroundings of the match are kept"
            notes.append(Note(path=self._path, problem=problem, count=self._shortened))
        first, last = self._times()
        return Harvest(
            format="text" if self._hints.source == "text" else NAME,
            lines=lines,
            parsed=lines,
            first_timestamp=first.timestamp if first else None,
            last_timestamp=last.timestamp if last else None,
            is_yearless=any(line is not None and line.is_yearless for line in (first, last)),
            records=tuple(self._records),
            notes=tuple(notes),
        )

    def _read_block(self, window: Window, block: Scanned) -> int:
        """Take what the screen hit; gives the number of newlines in the block."""
        hits, position, number, done = block.hits, 0, self._lines + 1, 0
        structure = len(self._screen.expressions)
        while done < len(hits):
            line = window.line_at(hits[done][0])
            indexes: set[int] = set()
            while done < len(hits) and hits[done][0] <= line.end:
                indexes.add(hits[done][1])
                done += 1
            number += block.data.count(b"\n", position, line.start)
            position = line.start
            if structure + 1 in indexes:
                self._start_section(window, line, number)
                continue
            is_part = structure in indexes
            self._has_parts |= is_part
            joined = window.join(line) if self._has_parts else None
            if joined is not None:
                self._read_joined(window, joined, number)
            elif candidates := tuple(sorted(i for i in indexes if i < structure)):
                raw = _shortened(line.raw, hits[done - 1][0] - line.start)
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
        return _Hit(
            raw=raw,
            number=number,
            before=window.lines_before(start, CONTEXT_LINES),
            after=window.lines_after(end, CONTEXT_LINES),
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
        record = self._build(line, text, hit.number)
        return replace(record, before=_context(hit.before), after=_context(hit.after))

    def _parse(self, text: str, number: int, hints: LogHints) -> LogLine:
        return parse_line(text.lstrip("\ufeff") if number == 1 else text, hints)

    def _build(self, line: LogLine, text: str, number: int) -> Record:
        return Record(
            source=line.source,
            message=line.message,
            path=self._path,
            line=number,
            text=text[:TEXT_CHARACTERS],
            timestamp=line.timestamp,
            timestamp_error_seconds=line.timestamp_error_seconds,
            is_yearless=line.is_yearless,
            level=line.level,
            namespace=line.namespace,
            kind=line.kind,
            name=line.name,
            container=line.container,
            node=line.node,
            reason=line.reason,
        )

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

    def _start_section(self, window: Window, line: Line, number: int) -> None:
        """From here on the log is that of another container: `kubectl cluster-info dump` has one file a pod."""
        match = _SECTION.match(decode(line.raw))
        if match is None:
            return
        self._keep_latest(window)
        if self._has_last_words and self._hints.container:
            before = window.lines_before(line.start, LAST_WORDS * 2)
            self._read_last_words(list(enumerate(before, number - len(before))))
        self._hints = replace(self._hints, namespace=match["namespace"], pod=match["pod"], container=match["container"])

    def _keep_tail(self, window: Window) -> None:
        """The file's last lines with their numbers."""
        self._ends_open = not window.block.endswith(b"\n")
        lines = window.lines_before(len(window.block), max(self._timed_lines, 2 * LAST_WORDS))
        end = self._lines + (1 if self._ends_open else 0)
        self._tail = list(enumerate(lines, end - len(lines) + 1))

    def _read_last_words(self, tail: list[tuple[int, bytes]]) -> None:
        """The last lines of a container: what it said before it ended."""
        spoken = [(n, raw) for n, raw in tail if raw.strip() and not raw.startswith(_SECTION_EDGE)]
        for number, raw in spoken[-LAST_WORDS:]:
            if number not in self._recorded:
                text = decode(_shortened(raw, 0))
                self._add(self._build(self._parse(text, number, self._hints), text, number))

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


def _shortened(raw: bytes, at: int) -> bytes:
    """A long line's head and the surroundings of the match; all of a line that is not long."""
    if len(raw) <= LONG_LINE_BYTES:
        return raw
    head, around = raw[: LONG_LINE_BYTES // 2], raw[max(0, at - LONG_LINE_BYTES // 4) : at + LONG_LINE_BYTES // 4]
    return raw[:LONG_LINE_BYTES] if at < LONG_LINE_BYTES // 2 else head + b" ... " + around


def _context(lines: tuple[bytes, ...]) -> tuple[str, ...]:
    return tuple(decode(raw[: CONTEXT_CHARACTERS * 4])[:CONTEXT_CHARACTERS] for raw in lines)


def count_newlines(stream: Readable) -> int:
    """Lines of a stream that is read to its end for nothing but their number."""
    count, last = 0, b""
    while data := stream.read(blocks.BLOCK_BYTES):
        count += data.count(b"\n")
        last = data
    return count + (1 if last and not last.endswith(b"\n") else 0)
