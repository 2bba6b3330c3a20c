"""Bulk reading of a journal written out field by field: the entries that matter become records.

The screen looks at each entry's message as it was logged, without the quoting of its notation.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from analyzer.encoding import decode
from analyzer.ingest import journal_export, journal_json, journal_verbose, sections
from analyzer.ingest.continuation import MOST_LINES
from analyzer.ingest.feed import Feed
from analyzer.ingest.harvest import Harvest
from analyzer.ingest.journal_entry import Entry
from analyzer.ingest.layer import Layer
from analyzer.ingest.log_record import CONTEXT_LINES, record_of, shortened
from analyzer.ingest.logline import LogHints, parse_inside
from analyzer.ingest.repeats import KEPT, Repeats
from analyzer.ingest.sought import SoughtLines
from analyzer.model import Note, Record
from analyzer.placement import Placement
from analyzer.screen import Screen
from analyzer.timestamps import Instant

READERS: Final[dict[str, Callable[[Feed], Iterator[Entry]]]] = {
    journal_export.NAME: journal_export.entries,
    journal_verbose.NAME: journal_verbose.entries,
    journal_json.NAME: journal_json.entries,
}
_SNIFFS: Final = (
    (journal_export.NAME, journal_export.sniff),
    (journal_verbose.NAME, journal_verbose.sniff),
    (journal_json.NAME, journal_json.sniff),
)
_ERRORS: Final = ("error", "fatal")
_MOST_ERRORS: Final = 500  # entries of one file that state an error and that no expression asks for
_SHOWN_UNREAD: Final = 5
_SHOWN: Final = 160  # characters of an unread line


@dataclass(frozen=True, slots=True)
class _Hit:
    entry: Entry
    layer: Layer
    candidates: tuple[int, ...]
    before: tuple[bytes, ...]
    after: tuple[bytes, ...]


def format_of(head: bytes) -> str | None:
    """The notation of a file that begins like this; None for all other text."""
    return next((name for name, sniff in _SNIFFS if sniff(head)), None)


def read(feed: Feed, notation: str, placement: Placement, screen: Screen, path: str) -> Harvest:
    """Everything worth keeping of one such file; never raises for its content."""
    reading = _Reading(path, _hints(placement), screen, SoughtLines(screen, path, placement))
    for before, entry, after in _between(READERS[notation](feed)):
        reading.take(entry, before, after)
    reading.finish()
    first, last = reading.first, reading.last
    return Harvest(
        format=notation,
        lines=feed.lines,
        parsed=feed.lines - reading.unread,
        unparsed=reading.unread,
        first_timestamp=first.timestamp if first else None,
        last_timestamp=last.timestamp if last else None,
        records=tuple(reading.records),
        notes=(*reading.notes(notation), *reading.sought.notes()),
        sought=reading.sought.lines(),
    )


def _hints(placement: Placement) -> LogHints:
    """A journal is no container's log, whatever its file is called."""
    hints = sections.hints_of(placement)
    return LogHints(node=hints.node) if hints.source in ("container_log", "control_plane_log") else hints


def _between(entries: Iterator[Entry]) -> Iterator[tuple[tuple[bytes, ...], Entry, tuple[bytes, ...]]]:
    """Each entry with the lines of its neighbours' messages."""
    before: deque[bytes] = deque(maxlen=CONTEXT_LINES)
    ahead: deque[Entry] = deque()
    is_over = False
    while True:
        while not is_over and len(ahead) <= CONTEXT_LINES:
            following = next(entries, None)
            if following is None:
                is_over = True
            else:
                ahead.append(following)
        if not ahead:
            return
        entry = ahead.popleft()
        yield tuple(before), entry, tuple(e.raw for e in ahead)
        before.append(entry.raw)


def _following(hit: _Hit) -> tuple[bytes, ...]:
    """The further lines of an entry's own message, then those of its neighbours."""
    _, *own = hit.layer.text.split("\n", MOST_LINES)
    lines = [line.encode("utf-8", "backslashreplace") for line in own[:MOST_LINES] if line.strip()]
    return (*lines, *hit.after[: max(0, CONTEXT_LINES - len(lines))])


@dataclass(slots=True)
class _Reading:
    path: str
    hints: LogHints
    screen: Screen
    sought: SoughtLines
    records: list[Record] = field(default_factory=list)
    unread: int = 0
    left_out: int = 0
    errors: int = 0
    first: Instant | None = None
    last: Instant | None = None
    _amiss: list[Entry] = field(default_factory=list)
    _repeats: Repeats[_Hit] = field(default_factory=Repeats)

    def take(self, entry: Entry, before: tuple[bytes, ...], after: tuple[bytes, ...]) -> None:
        if entry.layer is None:
            self.unread += entry.lines
            if len(self._amiss) < _SHOWN_UNREAD:
                self._amiss.append(entry)
            return
        self.left_out += entry.is_left_out
        if entry.layer.instant is not None:
            self.first = self.first or entry.layer.instant
            self.last = entry.layer.instant
        data = entry.layer.text.encode("utf-8", "surrogatepass")
        found = sorted({index for _, index in self.screen.scan(data)})
        candidates = tuple(index for index in found if index < len(self.screen.expressions))
        if self.sought.is_among(found):
            self.sought.take_message(data, entry.layer.instant, entry.number, found, self.hints)
        is_error = entry.layer.level in _ERRORS and self.errors < _MOST_ERRORS
        if candidates or is_error:
            self.errors += not candidates
            self._keep(_Hit(entry, entry.layer, candidates, before, after), data)

    def _keep(self, hit: _Hit, data: bytes) -> None:
        kind = self._repeats.kind(hit.candidates, data)
        if kind.kept >= KEPT:
            kind.folded += 1
            kind.first = kind.first or hit
            kind.last = hit
            return
        record = self._record(hit)
        if record is not None:
            kind.kept += 1
            self.records.append(record)

    def _record(self, hit: _Hit) -> Record | None:
        line = parse_inside(hit.layer, self.hints)
        confirm = self.screen.confirm
        if hit.candidates and not confirm(line.message, hit.candidates) and not confirm(hit.layer.text, hit.candidates):
            return None
        text = decode(shortened(hit.entry.raw, 0))
        return record_of(line, text, self.path, hit.entry.number, hit.before, _following(hit))

    def finish(self) -> None:
        """Make the records that stand for the lines that were not kept."""
        for kind in self._repeats.folded():
            if kind.first is None or kind.last is None:
                continue
            record = self._record(kind.last)
            if record is not None:
                stamp = kind.first.layer.instant if kind.folded > 1 else None
                first = stamp.timestamp if stamp else None
                self.records.append(replace(record, count=kind.folded, first_timestamp=first))

    def notes(self, notation: str) -> Iterator[Note]:
        if self.unread:
            problem = f"lines that are no {notation}"
            yield Note(path=self.path, problem=problem, line=self._amiss[0].number, count=self.unread)
        for entry in self._amiss:
            yield Note(path=self.path, problem=f"unread line: {decode(entry.raw)[:_SHOWN]}", line=entry.number)
        if self.left_out:
            problem = "messages that journalctl left out for their size: take the journal again with --all"
            yield Note(path=self.path, problem=problem, count=self.left_out, is_of_source=True)
