"""The timeline of a diagnosis in the page's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from analyzer import wording
from analyzer.derive.memory import size
from analyzer.diagnosis import Bar, Cause, Lane, Mark, MemoryPoint, Timeline
from reports import lanes
from reports.visible import one_line

KINDS: Final = {
    "main": "container",
    "init": "init container",
    "sidecar": "sidecar",
    "ephemeral": "ephemeral container",
    "pod": "pod",
    "node": "node",
}
STATES: Final = {"not_ready": "not ready", "unknown": "not known", "unavailable": "too few replicas"}


def chart(timeline: Timeline, causes: Sequence[Cause]) -> lanes.Chart | None:
    """The lanes of the page; None when nothing has a time."""
    if timeline.start is None or timeline.end is None or timeline.window is None or not timeline.lanes:
        return None
    numbers = {cause.rank: number for number, cause in enumerate(causes, start=1)}
    titles = {cause.rank: f"Diagnosis {number}: {cause.title}" for number, cause in enumerate(causes, start=1)}
    groups = titles if len({lane.rank for lane in timeline.lanes if lane.rank}) > 1 else {}
    previous = None
    out = []
    for lane in timeline.lanes:
        group = groups.get(lane.rank, "The bundle" if groups and lane.kind == "source" else "")
        out.append(_lane(lane, "" if group == previous else group, numbers))
        previous = group
    return lanes.Chart(
        start=timeline.start,
        end=timeline.end,
        window=timeline.window,
        lanes=tuple(out),
        folded=timeline.folded_diagnoses,
    )


def _lane(lane: Lane, group: str, numbers: Mapping[int, int]) -> lanes.Lane:
    title, about = _words(lane)
    return lanes.Lane(
        kind=lane.kind,
        group=one_line(group),
        title=one_line(title),
        about=one_line(about),
        note=_note(lane),
        is_cause=lane.is_cause,
        bars=tuple(map(_bar, lane.bars)),
        marks=tuple(_mark(mark, numbers) for mark in lane.marks),
        restarts=lane.restarts,
        levels=_levels(lane.memory),
    )


def _words(lane: Lane) -> tuple[str, str]:
    """What the lane is called, and what it is."""
    if lane.kind == "probe":
        return f"{lane.about} probe", f"of {lane.container}"
    if lane.kind == "memory":
        limits = sorted({p.limit_bytes for p in lane.memory if p.limit_bytes})
        return "memory", f"of {lane.container}" + (f", limit {size(limits[-1])}" if limits else "")
    if lane.kind == "pressure":
        return "pressure", f"on {lane.name}"
    if lane.kind == "folded":
        what = wording.count(lane.folded, f"more {lane.about}")
        return what, f"of {lane.name}, folded" if lane.name else "folded"
    if lane.kind == "source":
        return "events", "that the bundle holds"
    if lane.container:
        return lane.container, f"{KINDS.get(lane.kind, 'container')} of {lane.name}"
    if lane.kind == "object":
        return lane.name, f"{lane.about} in {lane.namespace}" if lane.namespace else lane.about
    return lane.name, f"{KINDS.get(lane.kind, lane.kind)} in {lane.namespace}" if lane.namespace else lane.kind


def _note(lane: Lane) -> str:
    if not lane.restart_count:
        return ""
    known = len(lane.restarts)
    dated = "" if known >= lane.restart_count else f", {known} with a known time" if known else ", without times"
    return f"{wording.count(lane.restart_count, 'restart')}{dated}"


def _bar(bar: Bar) -> lanes.Bar:
    name = STATES.get(bar.state, bar.state)
    text = bar.label.partition(", after")[0].removeprefix("waiting: ").removeprefix("terminated: ")
    return lanes.Bar(
        state=bar.state,
        start=bar.start,
        end=bar.end,
        text=one_line(name if bar.state in ("unknown", "running", "kept") else text),
        label=one_line(bar.label),
        is_start_known=bar.is_start_known,
    )


def _mark(mark: Mark, numbers: Mapping[int, int]) -> lanes.Mark:
    more = f" (and {wording.count(mark.others, 'unlike one')})" if mark.others else ""
    return lanes.Mark(
        severity="end" if mark.kind == "end" else mark.severity,
        time=mark.time,
        until=mark.until,
        label=one_line(mark.label) + more,
        count=mark.count,
        anchor=f"e{numbers[mark.rank]}-{mark.evidence + 1}" if mark.rank in numbers else "",
    )


def _levels(points: Sequence[MemoryPoint]) -> tuple[lanes.Level, ...]:
    highest = max((max(p.used_bytes, p.limit_bytes or 0) for p in points), default=0)
    return tuple(
        lanes.Level(
            time=p.time,
            fraction=p.used_bytes / highest if highest else 0.0,
            label=f"{size(p.used_bytes)}" + (f" of {size(p.limit_bytes)}" if p.limit_bytes else ""),
            has_limit=bool(p.limit_bytes),
        )
        for p in points
    )
