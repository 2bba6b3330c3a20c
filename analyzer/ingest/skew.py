"""How far the clocks of the nodes are from the API server's, from what both of them stamped.

An Event has the kubelet's time of what happened (firstTimestamp) and the API server's of storing it
(metadata.creationTimestamp); a Pod the API server's time of its making and the kubelet's of seeing it
(status.startTime). A thing is stored after it happened and seen after it was made, so no event may be stored before it
happened, no pod be seen before it was made: the least distance of each bounds the difference of the two clocks from
either side. All four are written in whole seconds. On real clusters with synchronised clocks both bounds are zero.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from analyzer.ingest.fields import Fields, moment, part, string
from analyzer.model import Clock, Note, Pod, Record

LEAST_SECONDS: Final = 2.0  # a smaller difference is the rounding of the stamps
_SECOND: Final = 1.0
_START: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MINUTE: Final = dt.timedelta(minutes=1)
_KEPT: Final = 3  # the least delayed minutes of a node
_CLOSE: Final = 2.0  # seconds between them: what waited for an API server that was away did so ever less long
_OF_THE_NODE: Final = frozenset(
    ("event", "container_status", "kubelet_log", "runtime_log", "kernel_log", "node_log", "container_log")
)
_MIRROR: Final = "kubernetes.io/config.mirror"  # of a static pod, which the kubelet knew before the API server


class Pair(NamedTuple):
    """One thing that both clocks stamped: the node's time less the API server's."""

    node: str
    is_start: bool  # of a pod, else of an event
    seconds: float
    minute: int  # in which the API server wrote: a burst of events counts once


@dataclass(frozen=True, slots=True)
class Pairs:
    """The pairs of one node and kind in one file: how many, and the least delayed."""

    node: str
    is_start: bool
    count: int
    least: tuple[tuple[float, int], ...]  # (distance in seconds, minute)


def of_event(event: Fields) -> Pair | None:
    """What an Event of a kubelet tells; None for others and where a stamp is missing."""
    source = part(event, "source")
    if source.get("component") != "kubelet":
        return None
    node, first = string(source, "host"), moment(event, "firstTimestamp")
    stored = moment(part(event, "metadata"), "creationTimestamp")
    if node is None or first is None or stored is None:
        return None
    return Pair(node, False, (first - stored).total_seconds(), (stored - _START) // _MINUTE)


def of_pod(pod: Fields) -> Pair | None:
    """What a Pod tells; None for static pods and where a stamp is missing."""
    metadata = part(pod, "metadata")
    node, seen = string(part(pod, "spec"), "nodeName"), moment(part(pod, "status"), "startTime")
    made = moment(metadata, "creationTimestamp")
    if node is None or seen is None or made is None or _MIRROR in part(metadata, "annotations"):
        return None
    return Pair(node, True, (seen - made).total_seconds(), (made - _START) // _MINUTE)


def least_of(pairs: Iterable[Pair]) -> tuple[Pairs, ...]:
    """Of each node and kind the pairs with the least delay."""
    counts: Counter[tuple[str, bool]] = Counter()
    minutes: dict[tuple[str, bool], dict[int, float]] = defaultdict(dict)
    for node, is_start, seconds, minute in pairs:
        counts[node, is_start] += 1
        best, nearer = minutes[node, is_start], min if is_start else max  # delay makes an event's distance smaller
        best[minute] = nearer(best.get(minute, seconds), seconds)
    return tuple(
        Pairs(*of, counts[of], _least(((seconds, minute) for minute, seconds in best.items()), of[1]))
        for of, best in minutes.items()
    )


def _least(found: Iterable[tuple[float, int]], is_start: bool) -> tuple[tuple[float, int], ...]:
    """The least delayed of each minute, the best few: delay makes a pod's distance larger and an event's smaller."""
    ordered = sorted(found, reverse=not is_start)
    minutes: dict[int, float] = {}
    for seconds, minute in ordered:
        minutes.setdefault(minute, seconds)
    return tuple((seconds, minute) for minute, seconds in list(minutes.items())[:_KEPT])


def clocks(files: Iterable[Sequence[Pairs]]) -> tuple[Clock, ...]:
    """The clocks that differ from the API server's by more than the error of the estimate, by node."""
    counts: dict[tuple[str, bool], int] = defaultdict(int)
    least: dict[tuple[str, bool], list[tuple[float, int]]] = defaultdict(list)
    for pairs in files:
        for of in pairs:
            counts[of.node, of.is_start] += of.count
            least[of.node, of.is_start] += of.least
    found = []
    for node in sorted({node for node, _ in least}):
        events = _bounds(least.get((node, False), ()), is_start=False)
        starts = _bounds(least.get((node, True), ()), is_start=True)
        low, high = max(events[0], starts[0]), min(events[1], starts[1])
        if events[0] > starts[1]:  # both are certain: the clock was set, or ran away, between the two
            low, high = starts[1], events[0]
        ahead, error = (low + high) / 2, (high - low) / 2
        if low <= high and abs(ahead) >= LEAST_SECONDS and abs(ahead) > error:
            pairs_seen = counts[node, False] + counts[node, True]
            found.append(Clock(node=node, ahead_seconds=ahead, error_seconds=error, pairs=pairs_seen))
    return tuple(found)


def _bounds(least: Sequence[tuple[float, int]], *, is_start: bool) -> tuple[float, float]:
    """Between what the node's clock is ahead, in seconds; infinite where nothing tells.

    One side is certain. The other one rests on the least delayed of three minutes being near each other: they then
    took next to no time. Where the certain side alone shows a difference, it is taken for no more than that.
    """
    if not least:
        return -float("inf"), float("inf")
    seconds = [s for s, _ in _least(least, is_start)]
    spread = abs(seconds[-1] - seconds[0])
    is_trusted = len(seconds) == _KEPT and spread <= _CLOSE
    best = seconds[0]
    shows_alone = best < -_SECOND if is_start else best > _SECOND
    slack = spread + _SECOND if is_trusted or shows_alone else float("inf")
    return (best - slack, best + _SECOND) if is_start else (best - _SECOND, best + slack)


def uncertain(records: Iterable[Record], pods: Iterable[Pod], found: Sequence[Clock]) -> tuple[Record, ...]:
    """The records, those of a node whose clock differs with the error that this makes."""
    if not found:
        return tuple(records)
    errors = {clock.node: abs(clock.ahead_seconds) + clock.error_seconds for clock in found}
    places = {(pod.namespace, pod.name): pod.node for pod in pods if pod.node}
    return tuple(_uncertain(record, errors, places) for record in records)


def _uncertain(record: Record, errors: Mapping[str, float], places: Mapping[tuple[str | None, str], str]) -> Record:
    node = record.node or (places.get((record.namespace, record.name or "")) if record.kind == "Pod" else None)
    error = errors.get(node or "", 0.0)
    if record.source not in _OF_THE_NODE or record.timestamp is None or error <= record.timestamp_error_seconds:
        return record
    return dataclasses.replace(record, timestamp_error_seconds=error)


def notes(found: Sequence[Clock], files: Iterable[tuple[str, Sequence[Pairs]]]) -> list[Note]:
    """A sentence for each clock that differs, with the first file that shows it."""
    paths: dict[str, str] = {}
    for path, pairs in files:
        for of in pairs:
            paths.setdefault(of.node, path)
    return [Note(path=paths[clock.node], problem=sentence(clock), is_of_source=True) for clock in found]


def sentence(clock: Clock) -> str:
    """'the clock of node worker-1 is 34 s ahead of the API server's (give or take 1 s, from 12 stamps of both)'."""
    which = "ahead of" if clock.ahead_seconds > 0 else "behind"
    return (
        f"the clock of node {clock.node} is {_span(abs(clock.ahead_seconds))} {which} the API server's (give or take "
        f"{_span(clock.error_seconds)}, from {clock.pairs} times that both wrote): its times are that uncertain"
    )


def _span(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 600 else str(dt.timedelta(seconds=round(seconds)))
