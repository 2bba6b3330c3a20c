"""Where and when terms of rules were true: the lines that the screen saw, proved and timed as they are asked for.

Rules are judged place by place. Most of what the screen sees is never asked for: a rule that needs two terms is not
looked into where one of them is missing.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from analyzer.cre.evaluate import Hit
from analyzer.cre.events import EventLine
from analyzer.cre.proof import Proof
from analyzer.cre.rule import Term
from analyzer.cre.terms import Slow, prover
from analyzer.diagnosis import EvidenceLine, ObjectRef
from analyzer.encoding import decode
from analyzer.ingest.clock import in_year
from analyzer.ingest.logline import LogHints, LogLine, parse_line
from analyzer.model import SoughtLine, Whose

SHOWN_CHARACTERS: Final = 4096
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_AHEAD: Final = dt.timedelta(days=92)

Place = tuple[str, ...]
"""Whose log it is: namespace, pod, container where the bundle tells, else the path. All files of one are one place."""

EVENTS: Final[Place] = ("", "events")  # of the cluster


class Timeline:
    """What was seen, by place and term."""

    def __init__(
        self,
        lines: Sequence[SoughtLine],
        terms: Sequence[Term],
        events: Sequence[EventLine] = (),
        present: dt.datetime | None = None,
        slow: Slow | None = None,
    ) -> None:
        """`present` tells the year of times without one; what `numbers` of the lines mean are the `terms`.

        `slow` is told which terms took too long.
        """
        self._slow: Slow = {} if slow is None else slow
        self._lines = lines
        self._present = present
        self._events = events
        self._paths = {path: number for number, path in enumerate(sorted({line.path for line in lines}))}
        self._seen: dict[Place, dict[Term, list[int]]] = defaultdict(lambda: defaultdict(list))
        self._whose: dict[Place, tuple[Whose, str]] = {}
        self._times: dict[int, tuple[int, dt.datetime | None]] = {}
        self._hits: dict[tuple[Place, Term], list[Hit]] = {}
        for number, line in enumerate(lines):
            place = _place_of(line)
            self._whose.setdefault(place, (line.whose, line.path))
            for term in line.numbers:
                self._seen[place][terms[term]].append(number)
        for number, event in enumerate(events):
            for held in event.terms:
                self._seen[EVENTS][held].append(len(lines) + number)

    def places(self) -> list[Place]:
        """Where anything was seen, in order."""
        return sorted(self._seen)

    def whose(self, place: Place) -> tuple[Whose, str]:
        """Whose log a place is, and the path of the first file of it."""
        return self._whose.get(place, (Whose(source="event"), ""))

    def may_hold(self, place: Place, term: Term) -> int:
        """How many lines of a place may hold a term."""
        return len(self._seen[place].get(term, ()))

    def hits(self, place: Place, term: Term) -> list[Hit]:
        """The lines of a place that hold a term, in time order."""
        if (place, term) not in self._hits:
            numbers = self._seen[place].get(term, ())
            if place == EVENTS:
                found = [self._event(number) for number in numbers]
            else:
                found = [self._hit(number) for number in self._proved(numbers, term)]
            self._hits[place, term] = sorted(found)
        return self._hits[place, term]

    def _event(self, number: int) -> Hit:
        return Hit(_nanoseconds(self._events[number - len(self._lines)].time), (len(self._paths), number), (number,))

    def _hit(self, number: int) -> Hit:
        line = self._lines[number]
        return Hit(self._time(number)[0], (self._paths[line.path], line.line), (number,))

    def _proved(self, numbers: Sequence[int], term: Term) -> list[int]:
        """Those of the lines that the term is true of; of an entry of several lines, one of them."""
        proves, found, entries = prover(term, self._slow), list[int](), set[tuple[str, int]]()
        for number in numbers:
            line = self._lines[number]
            text = decode(line.raw)
            if proves(text) or (text.startswith('{"log":') and proves(_read(text, line.whose).message)):
                found.append(number)
            elif line.entry and (line.path, line.begins) not in entries and proves(decode(line.entry)):
                entries.add((line.path, line.begins))
                found.append(number)
        return found

    def _time(self, number: int) -> tuple[int, dt.datetime | None]:
        """Where a line stands on the axis, and the time that it tells.

        A line without a time follows the line before it by a nanosecond; in a log without any time that makes the
        order of its lines the only thing that counts, and every window wide enough.
        """
        if number not in self._times:
            line = self._lines[number]
            stamp = self._stamp(line) if line.timed_by else None
            time = line.line if stamp is None else _nanoseconds(stamp)
            if stamp is None and number and self._lines[number - 1].path == line.path:
                time = self._time_before(number)
            self._times[number] = (time, stamp)
        return self._times[number]

    def _time_before(self, number: int) -> int:
        """For a line without a time: that of the last line before it that has one, and a little more."""
        line = self._lines[number]
        for earlier in range(number - 1, -1, -1):
            other = self._lines[earlier]
            if other.path != line.path:
                break
            known = self._times.get(earlier)
            if known is not None or other.timed_by:
                return (known or self._time(earlier))[0] + line.line - other.line
        return line.line

    def _stamp(self, line: SoughtLine) -> dt.datetime | None:
        told = _read(decode(line.timed_by), line.whose)
        if told.timestamp is not None and told.is_yearless and self._present is not None:
            return in_year(told.timestamp, self._present + _AHEAD) or told.timestamp
        return told.timestamp

    def proof(self, number: int) -> Proof:
        """What a line shows."""
        if number >= len(self._lines):
            return self._events[number - len(self._lines)].proof
        line = self._lines[number]
        text, whose = decode(line.raw), line.whose
        read = _read(text, whose)
        quote = EvidenceLine(
            path=line.path,
            line=line.line,
            timestamp=self._time(number)[1],
            timestamp_error_seconds=0.0,
            source=read.source,
            text=text[:SHOWN_CHARACTERS],
        )
        about = ObjectRef(
            namespace=whose.namespace,
            kind="Pod" if whose.pod else "",
            name=whose.pod,
            container=whose.container,
            node=whose.node or read.node or "",
        )
        return Proof(quote, about)

    def stamp(self, number: int) -> dt.datetime | None:
        """The time that a line tells."""
        if number >= len(self._lines):
            return self._events[number - len(self._lines)].time
        return self._time(number)[1]


def _place_of(line: SoughtLine) -> Place:
    whose = line.whose
    return (whose.namespace, whose.pod, whose.container) if whose.pod else (line.path,)


def _read(text: str, whose: Whose) -> LogLine:
    hints = LogHints(
        source=whose.source,
        namespace=whose.namespace or None,
        pod=whose.pod or None,
        container=whose.container or None,
        node=whose.node or None,
    )
    return parse_line(text, hints)


def _nanoseconds(time: dt.datetime | None) -> int:
    return 0 if time is None else (time - _EPOCH) // dt.timedelta(microseconds=1) * 1000
