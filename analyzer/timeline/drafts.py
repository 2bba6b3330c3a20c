"""The lanes of one resource: its states and what happened to it, not yet cut to the time shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from analyzer.derive.facts import Facts, Owner
from analyzer.derive.kills import Kill
from analyzer.derive.memory import by_victim
from analyzer.derive.probe_stories import Story, stories
from analyzer.diagnosis import Cause, Lane, Mark, MemoryPoint
from analyzer.model import FileEntry, Record
from analyzer.relate import REPLICA_SET
from analyzer.timeline import marks as marking
from analyzer.timeline import states
from analyzer.timeline.cast import Actor
from analyzer.timeline.lives import lives
from analyzer.timeline.marks import Places
from analyzer.timeline.spans import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A lane before it is known which time the timeline shows."""

    lane: Lane
    spans: tuple[Span, ...] = ()
    marks: tuple[Mark, ...] = ()
    born: dt.datetime | None = None
    died: dt.datetime | None = None
    has_states: bool = True  # times without a span are unknown, not empty


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What several lanes are told from."""

    facts: Facts
    quoted: Places
    kills: dict[Owner, list[Kill]]
    logs: dict[Owner, list[FileEntry]]
    by_object: dict[tuple[str, str], list[Record]] = field(default_factory=dict)  # kind and name -> records


def sources_of(facts: Facts, causes: Sequence[Cause]) -> Sources:
    """The bundle's records by what their lanes will be."""
    kills: dict[Owner, list[Kill]] = {}
    for (owner, _), found in by_victim(facts):
        kills.setdefault(owner, []).extend(found)
    by_object: dict[tuple[str, str], list[Record]] = {}
    for record in facts.records:
        if record.kind not in (None, "Pod") and record.name:
            by_object.setdefault((record.kind or "", record.name), []).append(record)
            if record.kind == "ReplicaSet" and (found_owner := REPLICA_SET.match(record.name)):
                by_object.setdefault(("Deployment", found_owner["owner"]), []).append(record)
    logs: dict[Owner, list[FileEntry]] = {}
    for file in facts.files:
        if file.container and file.pod:
            logs.setdefault(Owner(file.namespace or "", file.pod, file.container), []).append(file)
    return Sources(facts=facts, quoted=marking.places(causes), kills=kills, logs=logs, by_object=by_object)


def drafts_of(actor: Actor, sources: Sources) -> Iterable[Draft]:
    """The lane of one resource, and those that go with it."""
    lane = Lane(
        kind=actor.kind,
        namespace=actor.namespace,
        name=actor.name,
        container=actor.container,
        about=actor.about,
        rank=actor.rank,
        is_cause=actor.is_cause,
        folded=len(actor.folded),
    )
    if actor.kind == "folded":
        return [_folded(lane, actor, sources)]
    if actor.kind == "node":
        return _node(lane, sources)
    if actor.kind == "object":
        records = [
            r for r in sources.by_object.get((actor.about, actor.name), ()) if r.namespace in (None, actor.namespace)
        ]
        spans = tuple(states.of_object(sources.facts, records))
        return [
            Draft(lane=lane, spans=spans, marks=_marks(records, sources), has_states=bool(spans)),
        ]
    return _container(lane, actor.owner, sources) if actor.container else [_pod(lane, actor, sources)]


def _pod(lane: Lane, actor: Actor, sources: Sources) -> Draft:
    facts, owner = sources.facts, actor.owner
    is_whole = actor.is_whole or not facts.container_names(owner)  # nothing else tells what its containers say
    records = facts.pod_records(owner) if is_whole else facts.records_of(owner)
    pod = facts.pod(owner)
    return Draft(
        lane=lane,
        spans=tuple(states.of_pod(facts, owner, records)),
        marks=_marks(records, sources),
        born=pod.created_at if pod else None,
        died=pod.deleted_at if pod else None,
    )


def _container(lane: Lane, owner: Owner, sources: Sources) -> list[Draft]:
    facts = sources.facts
    records = facts.records_of(owner)
    told = stories(facts, ((owner, r) for r in records))
    probed = [r for story in told for f in story.failures for r in (f.record,)]
    rest = [r for r in records if not any(r is p for p in probed)] if probed else records
    kills = sources.kills.get(owner, [])
    life = lives(facts, owner, kills, records, sources.logs.get(owner, []))
    container, pod = facts.container(owner), facts.pod(owner)
    of_kernel = marking.of_records([k.decisive for k in kills], sources.quoted, is_decisive=True)
    ends = [
        Mark(kind="end", severity="error", time=m.time, until=m.time, label=f"ended: {m.label}")
        for m in life.ends
        if not _is_good(m.label)
    ]
    main = Draft(
        lane=replace(lane, restarts=life.restarts, restart_count=container.restart_count if container else None),
        spans=life.spans,
        marks=(*_marks(rest, sources), *of_kernel, *_quoted_ends(records, sources, ends)),
        born=pod.created_at if pod else None,
        died=pod.deleted_at if pod else None,
    )
    return [main, *_memory(lane, owner, kills, facts), *_probes(lane, told, sources)]


def _quoted_ends(records: Sequence[Record], sources: Sources, ends: Sequence[Mark]) -> list[Mark]:
    """The ends of lives; one that a diagnosis quotes already has a mark, from its status."""
    quoted = {r.timestamp for r in records if r.source == "container_status" and (r.path, r.line) in sources.quoted}
    return [m for m in ends if m.time not in quoted]


def _is_good(end: str) -> bool:
    return end.startswith("Completed") or end.endswith("exit code 0")


def _probes(lane: Lane, told: Sequence[Story], sources: Sources) -> list[Draft]:
    """One lane for each probe of the container that failed."""
    out = []
    for probe in ("startup", "liveness", "readiness"):
        failures = [f.record for story in told for f in story.of(probe)]
        found = [
            replace(mark, kind="probe", severity="warning")
            for mark in marking.of_records(_loud(failures), sources.quoted)
        ]
        if found:
            own = replace(lane, kind="probe", about=probe, is_cause=False)
            out.append(Draft(lane=own, marks=tuple(found), has_states=False))
    return out


def _loud(records: Iterable[Record]) -> list[Record]:
    """The kubelet logs a probe's failure at level info; it is one all the same."""
    return [replace(r, level="warning") if r.level in (None, "info") else r for r in records]


def _memory(lane: Lane, owner: Owner, kills: Sequence[Kill], facts: Facts) -> list[Draft]:
    """What the container held at each kill, as the kernel tells, and at the collection, as `kubectl top` tells."""
    points = [
        MemoryPoint(time=k.decisive.timestamp, used_bytes=used, limit_bytes=k.limit_bytes)
        for k in kills
        if k.decisive.timestamp is not None and (used := k.usage_bytes or k.rss_bytes)
    ]
    container = facts.container(owner)
    points += [
        MemoryPoint(
            time=facts.present,
            used_bytes=usage.memory_bytes,
            limit_bytes=container.memory_limit_bytes if container else None,
        )
        for usage in facts.usages
        if facts.present is not None
        and usage.memory_bytes is not None
        and (usage.namespace or "", usage.pod, usage.container) == (owner.namespace, owner.pod, owner.container)
    ]
    if not points:
        return []
    own = replace(lane, kind="memory", is_cause=False, memory=tuple(sorted(points, key=lambda p: p.time)))
    return [Draft(lane=own, has_states=False)]


def _node(lane: Lane, sources: Sources) -> list[Draft]:
    facts = sources.facts
    about = sources.by_object.get(("Node", lane.name), [])
    nobody = [k for owner, kills in sources.kills.items() if not owner.pod for k in kills]
    kernel = marking.of_records([k.decisive for k in nobody if k.node == lane.name], sources.quoted, is_decisive=True)
    spans = tuple(states.of_node(facts, lane.name))
    found = [Draft(lane=lane, spans=spans, marks=(*_marks(about, sources), *kernel))]
    pressure = tuple(states.pressure_of(facts, about))
    if pressure:
        own = replace(lane, kind="pressure", is_cause=False)
        found.append(Draft(lane=own, spans=pressure[:1], has_states=False))
    return found


def _folded(lane: Lane, actor: Actor, sources: Sources) -> Draft:
    """What warns of all the resources that have no lane of their own."""
    facts = sources.facts
    records = [facts.records[i] for owner in actor.folded for i in facts.ids_of(owner)]
    loud = [m for m in _marks(records, sources) if m.severity != "info" or m.rank]
    return Draft(lane=lane, marks=tuple(loud), has_states=False)


def _marks(records: Iterable[Record], sources: Sources) -> tuple[Mark, ...]:
    return tuple(marking.of_records(records, sources.quoted))
