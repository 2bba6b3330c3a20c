"""The lines that hold terms of rules, on an axis of time."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from analyzer.cre.evaluate import Hit
from analyzer.cre.events import EventLine
from analyzer.cre.proof import Proof
from analyzer.cre.rule import Term
from analyzer.diagnosis import EvidenceLine, ObjectRef
from analyzer.encoding import decode
from analyzer.ingest.clock import in_year
from analyzer.ingest.logline import LogHints, parse_line
from analyzer.model import SoughtLine

SHOWN_CHARACTERS: Final = 4096
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_AHEAD: Final = dt.timedelta(days=92)

Place = tuple[str, ...]
"""Whose log it is: namespace, pod, container where the bundle tells, else the path. Rules are judged place by place."""

EVENTS: Final[Place] = ("", "events")  # of the cluster


@dataclass(frozen=True, slots=True)
class Moment:
    """A line with the terms that it holds, and when it was."""

    hit: Hit
    proof: Proof
    terms: frozenset[Term]


def moments(
    lines: Sequence[SoughtLine], terms: Sequence[Term], present: dt.datetime | None
) -> dict[Place, list[Moment]]:
    """Every line that holds a term, by place and in time order; `present` tells the year of times without one.

    A line without a time follows the line before it by a nanosecond; in a log without any time that makes the order
    of its lines the only thing that counts, and every window wide enough.
    """
    found: dict[Place, list[Moment]] = defaultdict(list)
    path, at, time = "", 0, 0  # of what was last met
    paths = {path: number for number, path in enumerate(sorted({line.path for line in lines}))}
    for number, line in enumerate(lines):
        text = decode(line.raw)
        hints = LogHints(
            source=line.source, namespace=line.namespace, pod=line.pod, container=line.container, node=line.node
        )
        read = parse_line(text, hints)
        told = read if line.timed_by == line.raw else parse_line(decode(line.timed_by), hints)
        stamp = told.timestamp
        if stamp is not None and told.is_yearless and present is not None:
            stamp = in_year(stamp, present + _AHEAD) or stamp
        untimed = time + line.line - at if path == line.path else line.line
        time = untimed if stamp is None else _nanoseconds(stamp)
        path, at = line.path, line.line
        about = ObjectRef(
            namespace=line.namespace or "",
            kind="Pod" if line.pod else "",
            name=line.pod or "",
            container=line.container or "",
            node=line.node or read.node or "",
        )
        quote = EvidenceLine(
            path=line.path,
            line=line.line,
            timestamp=stamp,
            timestamp_error_seconds=0.0,
            source=read.source,
            text=text[:SHOWN_CHARACTERS],
        )
        hit = Hit(time, (paths[line.path], line.line), (number,))
        found[place_of(line)].append(Moment(hit, Proof(quote, about), frozenset(terms[n] for n in line.numbers)))
    return {place: sorted(found[place], key=lambda m: m.hit) for place in sorted(found)}


def event_moments(events: Sequence[EventLine], first: int) -> list[Moment]:
    """Events of the cluster in time order; `first` is the number of the first of them among all lines."""
    found = [
        Moment(Hit(_nanoseconds(event.time), (len(events), number), (first + number,)), event.proof, event.terms)
        for number, event in enumerate(events)
    ]
    return sorted(found, key=lambda m: m.hit)


def _nanoseconds(time: dt.datetime | None) -> int:
    return 0 if time is None else (time - _EPOCH) // dt.timedelta(microseconds=1) * 1000


def place_of(line: SoughtLine) -> Place:
    """All files of one container are one place."""
    if line.pod:
        return (line.namespace or "", line.pod, line.container or "")
    return (line.path,)


def hits_of(found: Iterable[Moment], terms: Iterable[Term]) -> Mapping[Term, list[Hit]]:
    """The hits of each of the terms, in time order."""
    wanted = frozenset(terms)
    hits: dict[Term, list[Hit]] = {term: [] for term in wanted}
    for moment in found:
        for term in moment.terms & wanted:
            hits[term].append(moment.hit)
    return hits
