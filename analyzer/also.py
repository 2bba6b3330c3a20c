"""What else the bundle says went wrong: lines that no diagnosis and no lead rests on, the worst first."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from typing import Final

from analyzer.cascade import lines_of
from analyzer.diagnosis import Also, Cause, ObjectRef, Unexplained
from analyzer.model import LOG_SOURCES, Record

MOST: Final = 200
TITLE_CHARACTERS: Final = 200
_LEVELS: Final = {"fatal": 0, "error": 1, "warning": 2}
_STATES: Final = ("container_status", "pod_condition", "node_condition")


def also(records: Sequence[Record], causes: Sequence[Cause], leads: Sequence[Unexplained]) -> Also:
    """Warnings, errors and last words besides; of those with the same words in one file the first."""
    parts: Iterable[Cause | Unexplained] = (*causes, *leads)
    told = {(line.path, line.line) for part in parts for line in part.evidence}
    found: dict[tuple[str, str, str | None], tuple[int, int]] = {}
    for number, record in enumerate(records):
        weight = _weight(record)
        if weight is not None and (record.path, record.line) not in told:
            found.setdefault((record.path, record.message, record.name), (weight, number))
    worst = heapq.nsmallest(MOST, found.values())
    return Also(records=tuple(_lead(records[number]) for _, number in worst), hidden=len(found) - len(worst))


def _lead(record: Record) -> Unexplained:
    title = record.reason or record.message.split("\n", 1)[0][:TITLE_CHARACTERS]
    return Unexplained(title=title, about=ObjectRef.of(record), evidence=tuple(lines_of(record)[:1]))


def _weight(record: Record) -> int | None:
    """0 the worst; None for what is nobody's trouble."""
    if record.source in LOG_SOURCES:
        return _LEVELS.get(record.level or "", 4)
    if record.source == "event" and record.level == "warning":
        return 2
    return 3 if record.source in _STATES and record.line else None
