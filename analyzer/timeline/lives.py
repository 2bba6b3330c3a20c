"""The lives of a container: when it ran, when it waited, how each life ended, and what lies in the dark.

A status tells the present and the last life alone; events, kernel reports and kubelet lines tell single moments
of the others. Two moments that are next to each other in the status bound one state; between other moments a
whole life may be hidden, so that nothing is said of the time between them unless all lives are accounted for.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from analyzer.derive.facts import Facts, Owner
from analyzer.derive.kills import Kill
from analyzer.model import Container, FileEntry, Record
from analyzer.timeline.spans import Span

SAME: Final = dt.timedelta(seconds=2)  # an event, a status and the kernel tell one moment within this
LONGEST_WAIT: Final = dt.timedelta(seconds=330)  # the kubelet's MaxContainerBackOff of five minutes, and its jitter
MOST_MOMENTS: Final = 80  # that are told one by one; of more, the first and last ones


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A life begins or ends."""

    time: dt.datetime
    is_start: bool
    label: str  # how it ended: "OOMKilled, exit code 137"; "" for a start
    is_stated: bool  # by the container's status, which knows both ends of a life


@dataclass(frozen=True, slots=True, kw_only=True)
class Lives:
    """What is known of a container's lives."""

    spans: tuple[Span, ...]
    ends: tuple[Moment, ...]
    restarts: tuple[dt.datetime, ...]


def lives(
    facts: Facts, owner: Owner, kills: Sequence[Kill], records: Sequence[Record], logs: Sequence[FileEntry]
) -> Lives:
    """The lives of the container `owner`; `logs` are the files of its log, each of one life."""
    container = facts.container(owner)
    moments = _few(_distinct(_moments(container, kills, records)))
    starts = [m.time for m in moments if m.is_start]
    count = container.restart_count if container else None
    is_whole = count is not None and len(starts) == count + 1
    spans = [s for a, b in itertools.pairwise(moments) if (s := _between(a, b, is_whole))]
    spans += _backing_off(moments, records)
    spans += _before(facts, owner, moments, is_whole)
    pod = facts.pod(owner)
    spans += _now(container, moments, facts.present, pod.created_at if pod else None)
    spans += _speaking(spans, logs)
    return Lives(
        spans=tuple(spans),
        ends=tuple(m for m in moments if not m.is_start and m.is_stated),
        restarts=tuple(_restarts(moments)),
    )


def ended(reason: str | None, exit_code: int | None) -> str:
    """`OOMKilled, exit code 137`."""
    parts = [reason or "", f"exit code {exit_code}" if exit_code is not None else ""]
    return ", ".join(p for p in parts if p) or "ended"


def _moments(container: Container | None, kills: Sequence[Kill], records: Sequence[Record]) -> Iterator[Moment]:
    if container is not None:
        for time in (container.started_at, container.last_started_at):
            if time is not None:
                yield Moment(time=time, is_start=True, label="", is_stated=True)
        if container.finished_at is not None:
            label = ended(container.reason, container.exit_code)
            yield Moment(time=container.finished_at, is_start=False, label=label, is_stated=True)
        if container.last_finished_at is not None:
            label = ended(container.last_reason, container.last_exit_code)
            yield Moment(time=container.last_finished_at, is_start=False, label=label, is_stated=True)
        if "OOMKilled" in (container.reason, container.last_reason):
            for kill in kills:
                if kill.decisive.timestamp is not None:
                    label = "killed by the kernel for its memory"
                    yield Moment(time=kill.decisive.timestamp, is_start=False, label=label, is_stated=False)
    for record in records:
        if record.source == "event" and record.reason == "Started" and not record.timestamp_error_seconds:
            for time in {record.first_timestamp, record.timestamp} - {None}:
                assert time is not None
                yield Moment(time=time, is_start=True, label="", is_stated=False)


def _distinct(moments: Iterable[Moment]) -> list[Moment]:
    """In time order; what several sources tell of one moment once, in the status' words."""
    out: list[Moment] = []
    for moment in sorted(moments, key=lambda m: (m.time, not m.is_stated, m.is_start, m.label)):
        same = next((i for i in range(len(out) - 1, max(-1, len(out) - 4), -1) if _is_same(out[i], moment)), None)
        if same is None:
            out.append(moment)
        elif moment.is_stated and not out[same].is_stated:
            out[same] = moment
    return sorted(out, key=lambda m: (m.time, m.is_start))


def _is_same(one: Moment, other: Moment) -> bool:
    return one.is_start == other.is_start and abs(other.time - one.time) <= SAME


def _few(moments: list[Moment]) -> list[Moment]:
    if len(moments) <= MOST_MOMENTS:
        return moments
    return [*moments[: MOST_MOMENTS // 2], *moments[-MOST_MOMENTS // 2 :]]


def _between(one: Moment, other: Moment, is_whole: bool) -> Span | None:
    """The state between two moments next to each other, where no life can be hidden between them."""
    if one.is_start and not other.is_start:
        label = f"running until: {other.label}" if other.label else "running"
        return Span(state="running", start=one.time, end=other.time, label=label)
    if not one.is_start and other.is_start and (is_whole or (one.is_stated and other.is_stated)):
        return Span(state="waiting", start=one.time, end=other.time, label=f"waiting for its restart after {one.label}")
    return None


def _backing_off(moments: Sequence[Moment], records: Sequence[Record]) -> Iterator[Span]:
    """The wait behind an end, as long as the kubelet's log says that it backs off."""
    said = sorted(
        r.timestamp for r in records if r.source == "kubelet_log" and r.reason == "CrashLoopBackOff" and r.timestamp
    )
    for one, other in itertools.pairwise(moments):
        if one.is_start:
            continue
        last = max((t for t in said if one.time < t <= min(other.time, one.time + LONGEST_WAIT)), default=None)
        if last is not None:
            yield Span(state="waiting", start=one.time, end=last, label="waiting: CrashLoopBackOff")


def _speaking(known: Sequence[Span], logs: Sequence[FileEntry]) -> list[Span]:
    """It ran while its log spoke, where nothing else tells of that time."""
    out = []
    for log in logs:
        first, last = log.first_timestamp, log.last_timestamp
        if first is None or last is None or log.instance not in ("current", "previous"):
            continue
        if not any((s.start is None or s.start < last) and (s.end is None or s.end > first) for s in known):
            out.append(Span(state="running", start=first, end=last, label="running, as its log tells"))
    return out


def _before(facts: Facts, owner: Owner, moments: Sequence[Moment], is_whole: bool) -> Iterator[Span]:
    """The wait for the first start."""
    pod, container = facts.pod(owner), facts.container(owner)
    born = pod.created_at if pod else None
    if born is None or not moments or not moments[0].is_start or moments[0].time < born:
        return
    if is_whole or (container is not None and container.restart_count == 0):
        yield Span(state="waiting", start=born, end=moments[0].time, label="waiting for its first start")


def _now(
    container: Container | None, moments: Sequence[Moment], present: dt.datetime | None, born: dt.datetime | None
) -> Iterator[Span]:
    """The state when the bundle was collected."""
    if container is None or container.state is None:
        return
    if container.state == "running":
        start = container.started_at or (moments[-1].time if moments and moments[-1].is_start else None)
        is_ready = container.is_ready
        label = "running" if is_ready is None else f"running, {'ready' if is_ready else 'not ready'} at collection"
        if start is not None:
            yield Span(state="running", start=start, end=present, label=label)
        return
    if container.state == "terminated":
        failed = bool(container.exit_code) or container.reason not in (None, "Completed")
        label = f"terminated: {ended(container.reason, container.exit_code)}"
        if container.finished_at is not None:
            yield Span(state="failed" if failed else "completed", start=container.finished_at, end=present, label=label)
        return
    last = container.last_finished_at or (moments[-1].time if moments and not moments[-1].is_start else None)
    label = f"waiting: {container.reason}" if container.reason else "waiting"
    if container.last_reason or container.last_exit_code is not None:
        label += f", after {ended(container.last_reason, container.last_exit_code)}"
    if last is not None:
        yield Span(state="waiting", start=last, end=present, label=label)
    elif not container.restart_count:
        yield Span(state="waiting", start=born, end=present, label=label)


def _restarts(moments: Sequence[Moment]) -> Iterator[dt.datetime]:
    """Where a life after the first known one began, or, if that is not known, where the one before it ended."""
    previous: Moment | None = None
    for moment in moments:
        if moment.is_start and previous is not None:
            yield moment.time
        elif not moment.is_start and previous is not None and not previous.is_start:
            yield previous.time
        previous = moment
