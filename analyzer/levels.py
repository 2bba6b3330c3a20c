"""Quoted lines with what only their record knows: how grave they are, and what stood around them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from analyzer.diagnosis import Cause, EvidenceLine, Unexplained
from analyzer.model import Record

Place = tuple[str, int]


def with_records(
    causes: Sequence[Cause], unexplained: Sequence[Unexplained], records: Iterable[Record]
) -> tuple[tuple[Cause, ...], tuple[Unexplained, ...]]:
    """The same, each quoted line completed from the record that stands on it; derived ones only cite."""
    quoted = {(e.path, e.line) for c in causes for e in c.evidence}
    quoted |= {(e.path, e.line) for u in unexplained for e in u.evidence}
    own: dict[Place, Record] = {}
    for record in records:
        place = (record.path, record.line)
        if place in quoted and record.source != "derived":
            own.setdefault(place, record)

    def complete(line: EvidenceLine) -> EvidenceLine:
        record = own.get((line.path, line.line))
        if record is None:
            return line
        return replace(
            line,
            level=record.level or line.level,
            before=line.before or record.before,
            after=line.after or record.after,
        )

    return (
        tuple(replace(c, evidence=tuple(map(complete, c.evidence))) for c in causes),
        tuple(replace(u, evidence=tuple(map(complete, u.evidence))) for u in unexplained),
    )
