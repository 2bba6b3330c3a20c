"""How much of what went wrong in the incident's window the named causes account for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from analyzer.case import Case
from analyzer.derive.facts import owner_of
from analyzer.diagnosis import Cause, Explained
from analyzer.model import LOG_SOURCES, Record
from analyzer.rank import Ranked
from analyzer.relate import workload_of

Window = tuple[dt.datetime, dt.datetime]

TROUBLE = frozenset({"warning", "error", "fatal"})


def explained(case: Case, ranked: Sequence[Ranked], causes: Sequence[Cause]) -> Explained:
    """The share of warning events, bad log lines and restarts, each as often as its source counts it.

    A signal is explained when a cause, or what followed from it, rests on its line, or when it is about an object
    whose failure a cause explains. Where nothing failed there is no window.
    """
    window = _window(case, causes)
    found = {i for f in case.findings for i in f.record_ids}
    counted = [i for i, r in enumerate(case.facts.records) if _is_signal(r, i in found) and _is_within(r, window)]
    known = frozenset(_known(case, ranked))
    named = [case.facts.records[i] for i in counted if i in known]
    pods = {(ref.namespace, ref.pod) for r in ranked for i in r.explains if (ref := case.failures[i].about).pod}
    restarts = {owner_of(c): c.restart_count or 0 for c in case.facts.containers}
    restarts_named = sum(n for owner, n in restarts.items() if (owner.namespace, owner.pod) in pods)
    events = sum(r.count for r in named if r.source == "event")
    lines = sum(r.count for r in named if r.source != "event")
    return Explained(
        window=window,
        warnings=sum(case.facts.records[i].count for i in counted) + sum(restarts.values()),
        explained=events + lines + restarts_named,
        pods=len(pods),
        events=events,
        lines=lines,
        restarts=restarts_named,
    )


def _is_signal(record: Record, is_found: bool) -> bool:
    """A warning event, or a log line that says it is bad or that a pattern knows."""
    if record.source == "event":
        return record.level in TROUBLE
    return record.source in LOG_SOURCES and (is_found or record.level in TROUBLE)


def _is_within(record: Record, window: Window | None) -> bool:
    """It happened in the window, or nobody knows when."""
    first, last = record.first_timestamp or record.timestamp, record.timestamp
    return window is None or first is None or last is None or (first <= window[1] and last >= window[0])


def _window(case: Case, causes: Sequence[Cause]) -> Window | None:
    """From the first thing that the failures and their causes say to the last, or to now where it still fails."""
    known = [f.since for f in case.failures] + [t for c in causes for t in (c.first_seen, c.last_seen)]
    times = [t for t in known if t is not None]
    if not times:
        return None
    still = case.facts.present if any(f.is_state for f in case.failures) else None
    return min(times), max([*times, still] if still else times)


def _rests_on(ranked: Ranked) -> set[int]:
    """The records of a cause, of those that say the same, and of what followed."""
    return {i for c in (ranked.lead, *ranked.same, *ranked.consequences) for i in c.finding.record_ids}


def _known(case: Case, ranked: Sequence[Ranked]) -> Iterable[int]:
    """The records that a cause rests on, and those about what it explains: a pod, its workload, a node."""
    for group in ranked:
        yield from _rests_on(group)
    hurt = {case.failures[i].about for r in ranked for i in r.explains}
    named = {(ref.namespace, ref.name) for ref in hurt}
    named |= {(ref.namespace, found[1]) for ref in hurt if (found := workload_of(case.facts, ref))}
    for i, (owner, record) in enumerate(case.facts.owned_records()):
        about = (owner.namespace, owner.pod) if owner.pod else (record.namespace or "", record.name or "")
        if about in named:
            yield i
