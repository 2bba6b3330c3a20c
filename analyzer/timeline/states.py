"""The states of pods, nodes and other objects through time, as their conditions date them.

A condition tells since when it is as it is (lastTransitionTime), not what it was before: that stays unknown
(https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-conditions).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Final

from analyzer.derive.facts import Facts, Owner
from analyzer.ingest.statuses import PRESSURES
from analyzer.model import Pod, Record
from analyzer.timeline.spans import Span

FIRST_STATE: Final = dt.timedelta(seconds=5)  # a condition of this age at most was set when its pod was created
UNAVAILABLE: Final = frozenset({"MinimumReplicasUnavailable", "ProgressDeadlineExceeded", "FailedCreate"})


def of_pod(facts: Facts, owner: Owner, records: Sequence[Record]) -> Iterator[Span]:
    """Not scheduled, not ready, ready, failed, completed."""
    pod = facts.pod(owner)
    if pod is None:
        return
    scheduled = _scheduled(pod, records)
    if pod.created_at is not None and scheduled is not None:
        yield Span(state="waiting", start=pod.created_at, end=scheduled, label="waiting for a node")
    elif pod.phase == "Pending" and pod.is_scheduled is False:
        yield Span(state="waiting", start=pod.created_at, end=facts.present, label="Pending: waiting for a node")
        return
    if pod.phase in ("Succeeded", "Failed"):
        yield from _over(facts, owner, pod)
        return
    begin = scheduled or pod.created_at
    if pod.ready_at is None or pod.is_ready is None:
        return
    if pod.is_ready:
        yield Span(state="ready", start=pod.ready_at, end=facts.present, label="ready")
        if begin is not None and begin < pod.ready_at and not _has_restarted(facts, owner):
            yield Span(state="not_ready", start=begin, end=pod.ready_at, label="starting, not ready yet")
        return
    is_first = pod.created_at is not None and pod.ready_at - pod.created_at <= FIRST_STATE
    start = begin if is_first and begin is not None else pod.ready_at
    label = "not ready, and never was" if is_first else "not ready"
    yield Span(state="not_ready", start=start, end=facts.present, label=label)


def of_node(facts: Facts, name: str) -> Iterator[Span]:
    """Ready or not, since when."""
    node = facts.node(name)
    if node is None or node.is_ready is None:
        return
    state = "ready" if node.is_ready else "not_ready"
    reason = f": {node.reason}" if node.reason and not node.is_ready else ""
    label = f"{'ready' if node.is_ready else 'not ready'}{reason}"
    yield Span(state=state, start=node.ready_changed_at, end=facts.present, label=label)


def pressure_of(facts: Facts, records: Sequence[Record]) -> Iterator[Span]:
    """Short of memory, disk or process ids, since when."""
    for record in records:
        if record.source == "node_condition" and record.reason in PRESSURES:
            yield Span(state="pressure", start=record.timestamp, end=facts.present, label=record.reason)


def of_object(facts: Facts, records: Sequence[Record]) -> Iterator[Span]:
    """A workload that has fewer replicas than it asks for, since when."""
    told = [r for r in records if r.source == "object" and r.reason in UNAVAILABLE and r.timestamp]
    first = min(told, key=lambda r: (r.timestamp or dt.datetime.max, r.path, r.line), default=None)
    if first is not None:
        label = f"short of replicas: {first.reason}"
        yield Span(state="unavailable", start=first.timestamp, end=facts.present, label=label)


def _scheduled(pod: Pod, records: Sequence[Record]) -> dt.datetime | None:
    times = [r.timestamp for r in records if r.reason == "Scheduled" and r.timestamp and not r.timestamp_error_seconds]
    return max((t for t in times if pod.created_at is None or t >= pod.created_at), default=None)


def _over(facts: Facts, owner: Owner, pod: Pod) -> Iterator[Span]:
    ends = [c.finished_at for c in facts.containers_of(owner) if c.finished_at]
    end = max(ends, default=None) or pod.ready_at
    label = f"{pod.phase}: {pod.reason}" if pod.reason else f"{pod.phase}"
    state = "failed" if pod.phase == "Failed" else "completed"
    yield Span(state=state, start=end, end=facts.present, label=label)


def _has_restarted(facts: Facts, owner: Owner) -> bool:
    return any(c.restart_count for c in facts.containers_of(owner))
