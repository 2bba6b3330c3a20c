"""Records as marks, gathered where they would stand too close to be told apart."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from analyzer.derive.facts import LARGEST_COUNT
from analyzer.diagnosis import Cause, Mark
from analyzer.model import LOG_SOURCES, Record

Places = Mapping[tuple[str, int], tuple[int, int]]  # path, line -> rank of a diagnosis, index of its evidence

LONGEST_LABEL: Final = 200
REFRAIN: Final = 4  # lines alike that are told as one
ALIKE: Final = 70  # characters at the beginning of two labels that are alike but for their numbers
_NUMBERS: Final = re.compile(r"[0-9][0-9a-f]*")
_STATES: Final = ("container_status", "pod_condition", "node_condition", "object")
_ECHOES: Final = frozenset({"CrashLoopBackOff", "ImagePullBackOff", "BackOff"})  # the kubelet's log calls them errors
_LOUD: Final = {"warning": "warning", "error": "error", "fatal": "error"}


def places(causes: Sequence[Cause]) -> Places:
    """Which lines the diagnoses quote, and where."""
    out: dict[tuple[str, int], tuple[int, int]] = {}
    for cause in causes:
        for index, line in enumerate(cause.evidence):
            out.setdefault((line.path, line.line), (cause.rank, index))
    return out


def of_records(records: Iterable[Record], quoted: Places, is_decisive: bool = False) -> list[Mark]:
    """A mark for every event, every line that complains and every line that is quoted; all, if they are decisive."""
    out = []
    for record in records:
        rank, index = quoted.get((record.path, record.line), (0, 0))
        if record.timestamp is None or record.source == "derived" or not (rank or is_decisive or _is_told(record)):
            continue
        first = record.first_timestamp or record.timestamp
        said = record.message if record.reason is None else f"{record.reason}: {record.message}"
        out.append(
            Mark(
                kind=_kind(record),
                severity=_severity(record),
                time=min(first, record.timestamp),
                until=record.timestamp,
                label=said[:LONGEST_LABEL],
                count=record.count,
                rank=rank,
                evidence=index,
            )
        )
    return out


def of_causes(causes: Iterable[Cause], told: set[tuple[int, int]]) -> list[Mark]:
    """Quoted lines with a time that no lane has a mark for yet; `told` are their ranks and indexes."""
    return [
        Mark(
            kind=_kind_of(line.source),
            severity="error",
            time=line.timestamp,
            until=line.timestamp,
            label=line.text.strip()[:LONGEST_LABEL],
            rank=cause.rank,
            evidence=index,
        )
        for cause in causes
        for index, line in enumerate(cause.evidence)
        if line.timestamp is not None and (cause.rank, index) not in told
    ]


def gathered(
    marks: Iterable[Mark], first: dt.datetime, last: dt.datetime, step: dt.timedelta, most: int
) -> tuple[Mark, ...]:
    """The marks in time order; alike ones that are less than a `step` apart are one mark with their count.

    More than `most` are gathered in longer steps. What a diagnosis quotes is not mixed with the rest, and no
    mark within the time shown is dropped.
    """
    shown = sorted((m for m in marks if m.until >= first and m.time <= last), key=_order)
    shown = _refrains(shown)
    found = _in_steps(shown, first, step)
    if len(found) > most:
        found = _in_steps(shown, first, max(step, (last - first) / max(1, most // 3)))
    return tuple(sorted(found, key=_order))


def _refrains(marks: Sequence[Mark]) -> list[Mark]:
    """What a lane says again and again as one mark from its first to its last time, as events count themselves."""
    said: dict[tuple[str, ...], list[Mark]] = defaultdict(list)
    for mark in marks:
        if not mark.rank and mark.kind in ("event", "log"):
            said[mark.kind, mark.severity, _NUMBERS.sub("#", mark.label)[:ALIKE]].append(mark)
    repeated = [group for group in said.values() if len(group) >= REFRAIN]
    gone = {id(mark) for group in repeated for mark in group}
    return [*(m for m in marks if id(m) not in gone), *map(_one, repeated)]


def _in_steps(marks: Sequence[Mark], first: dt.datetime, step: dt.timedelta) -> list[Mark]:
    groups: dict[tuple[object, ...], list[Mark]] = defaultdict(list)
    step = max(step, dt.timedelta(microseconds=1))
    for mark in marks:
        place = ((mark.time - first) // step, (mark.until - first) // step)
        apart = mark.kind if mark.kind in ("end", "kernel") else ""
        groups[mark.rank, mark.severity, apart, place].append(mark)
    return [_one(group) for group in groups.values()]


def _one(group: Sequence[Mark]) -> Mark:
    """Marks of one stretch of time as one; repeated ones, which have a span of their own, keep it."""
    if len(group) == 1:
        return group[0]
    labels: Counter[str] = Counter()
    for mark in group:
        labels[mark.label] += mark.count
    label = min(labels, key=lambda text: (-labels[text], text))
    lead = next(m for m in group if m.label == label)
    return Mark(
        kind=lead.kind,
        severity=lead.severity,
        time=min(m.time for m in group),
        until=max(m.until for m in group),
        label=label,
        count=min(sum(labels.values()), LARGEST_COUNT),
        others=len(labels) - 1,
        rank=lead.rank,
        evidence=lead.evidence,
    )


def _order(mark: Mark) -> tuple[object, ...]:
    return (mark.time, mark.until, mark.severity, mark.kind, mark.label, mark.rank, mark.evidence, mark.count)


def _is_told(record: Record) -> bool:
    if record.source in _STATES:
        return False  # bars tell states
    return record.source == "event" or record.level in _LOUD


def _severity(record: Record) -> str:
    if record.source in ("kernel_log", "container_status"):
        return "error"
    if record.reason in _ECHOES:
        return "warning"
    return _LOUD.get(record.level or "", "info")


def _kind(record: Record) -> str:
    return _kind_of(record.source)


def _kind_of(source: str) -> str:
    if source == "kernel_log":
        return "kernel"
    return "log" if source in LOG_SOURCES else "event"
