"""The incidents through time: one lane a resource, the cause first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from analyzer.derive.facts import Facts
from analyzer.diagnosis import Cause, Lane, Mark, Timeline, Unexplained
from analyzer.timeline import marks as marking
from analyzer.timeline.cast import MOST_DIAGNOSES, cast
from analyzer.timeline.drafts import Draft, drafts_of, sources_of
from analyzer.timeline.spans import Span, bars

__all__ = ["timeline"]

MOST_MARKS: Final = 1500  # on all lanes together
FINEST: Final = 240  # places side by side that a drawing of the incident can tell apart
FEWEST_MARKS: Final = 10  # a lane may always have
LONGEST_PRELUDE: Final = dt.timedelta(hours=6)  # before the first trace of the incident, or three times its length


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """The time shown, and how finely."""

    first: dt.datetime
    last: dt.datetime
    step: dt.timedelta  # closer marks cannot be told apart
    most: int  # marks on one lane


def timeline(facts: Facts, causes: Sequence[Cause], leads: Sequence[Unexplained]) -> Timeline:
    """The lanes of the diagnoses, or of the leads where there is no diagnosis."""
    actors = cast(facts, causes, leads)
    if not actors:
        return Timeline()
    sources = sources_of(facts, causes)
    found = _each_mark_once([draft for actor in actors for draft in drafts_of(actor, sources)])
    found = _with_the_rest_of_the_quotes(found, causes[:MOST_DIAGNOSES])
    window = _window(causes, found)
    if window is None:
        return Timeline()
    first, last = _reach(found, window, facts.present)
    show = _Frame(
        first=first,
        last=last,
        step=max(window[1] - window[0], (last - first) / 20) / FINEST,
        most=max(FEWEST_MARKS, MOST_MARKS // len(found)),
    )
    lanes = [_finished(draft, show) for draft in found]
    return Timeline(
        start=first,
        end=last,
        window=window,
        lanes=(*(lane for lane in lanes if _says_something(lane)), *_kept_events(facts, first, last)),
        folded_diagnoses=max(0, len(causes) - MOST_DIAGNOSES),
    )


def _with_the_rest_of_the_quotes(drafts: list[Draft], causes: Sequence[Cause]) -> list[Draft]:
    """Every dated line that a diagnosis quotes stands on some lane: those of other resources on its first one."""
    told = {(m.rank, m.evidence) for d in drafts for m in d.marks if m.rank}
    left = marking.of_causes(causes, told)
    out = []
    done: set[int] = set()
    for draft in drafts:
        mine = () if draft.lane.rank in done else tuple(m for m in left if m.rank == draft.lane.rank)
        done.add(draft.lane.rank)
        out.append(replace(draft, marks=(*draft.marks, *mine)))
    return out


def _each_mark_once(drafts: Sequence[Draft]) -> list[Draft]:
    """What a ReplicaSet says stands on its own lane or else on its Deployment's, not on both."""
    out: list[Draft] = []
    told: set[Mark] = set()
    for draft in drafts:
        is_object = draft.lane.kind == "object"
        out.append(replace(draft, marks=tuple(m for m in draft.marks if m not in told)) if is_object else draft)
        told |= set(draft.marks) if is_object else set()
    return out


def _window(causes: Sequence[Cause], drafts: Sequence[Draft]) -> tuple[dt.datetime, dt.datetime] | None:
    """From the first to the last trace: as the diagnoses say, else from what the lanes hold."""
    told = causes[:MOST_DIAGNOSES]
    times = [t for c in told for t in (c.first_seen, c.last_seen, *(s.timestamp for s in c.chain)) if t is not None]
    times = times or [t for d in drafts for m in d.marks if m.severity != "info" for t in (m.time, m.until)]
    times = times or [t for d in drafts for s in d.spans for t in (s.start, s.end) if t is not None]
    return (min(times), max(times)) if times else None


def _reach(
    drafts: Sequence[Draft], window: tuple[dt.datetime, dt.datetime], present: dt.datetime | None
) -> tuple[dt.datetime, dt.datetime]:
    """The time shown: from what led up to the incident until the bundle was collected."""
    begin, end = window
    earliest = begin - max(LONGEST_PRELUDE, 3 * (end - begin))
    times = [t for d in drafts for m in d.marks for t in (m.time, m.until)]
    times += [t for d in drafts for s in d.spans for t in (s.start, s.end) if t is not None]
    first = min([begin, *(t for t in times if t >= earliest)])
    last = max([end, *times, *([present] if present else [])])
    if first == last:  # all at one instant: show the minute around it
        first, last = first - dt.timedelta(seconds=30), last + dt.timedelta(seconds=30)
    return first, last


def _finished(draft: Draft, show: _Frame) -> Lane:
    found = bars(draft.spans, show.first, show.last, draft.born, draft.died) if draft.has_states or draft.spans else ()
    if not draft.has_states:
        found = tuple(b for b in found if b.state != "unknown")
    return replace(
        draft.lane, bars=found, marks=marking.gathered(draft.marks, show.first, show.last, show.step, show.most)
    )


def _says_something(lane: Lane) -> bool:
    return bool(lane.marks or lane.memory or lane.is_cause or any(b.state != "unknown" for b in lane.bars))


def _kept_events(facts: Facts, first: dt.datetime, last: dt.datetime) -> Iterable[Lane]:
    """Since when the bundle has events at all: the API server keeps them for an hour by default (--event-ttl)."""
    times = [r.timestamp for r in facts.records if r.source == "event" and r.timestamp is not None]
    if times and min(times) <= last:
        span = Span(state="kept", start=min(times), end=last, label="the bundle holds events of this time")
        lane = Lane(kind="source", namespace="", name="events", about="event")
        yield replace(lane, bars=bars([span], first, last, None, None))
