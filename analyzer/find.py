"""Patterns over records: which pattern is seen on which object."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import regex

from analyzer.derive.facts import EPOCH
from analyzer.derive.last_words import REASON as LAST_WORDS
from analyzer.derive.last_words import is_end_of_log
from analyzer.diagnosis import Finding, ObjectRef
from analyzer.model import Evidence, Record
from analyzer.screen import Screen, matches
from patterns.schema import Library, Match, Pattern, Selector

SEARCH_SECONDS = 1.0  # a capture that takes longer is given up; the match itself stands
PASTED = frozenset({"event", "pod_condition", "node_condition", "kubelet_log", "runtime_log", "control_plane_log"})
"""What is copied without the columns or headers that show where a line came from: a text may hold any of it."""


@dataclass(frozen=True, slots=True)
class _Hit:
    """One record that one selector of one pattern wants."""

    pattern: str
    selector: int
    record_id: int


def find(evidence: Evidence, library: Library, screen: Screen) -> tuple[Finding, ...]:
    """Every pattern seen, once for each object it is seen on, in (pattern, object) order.

    `screen` must hold all of `library.expressions`.
    """
    records = evidence.records
    hits = _without_known_words(_hits(records, library, screen), records, library)
    by_pattern: dict[str, list[_Hit]] = defaultdict(list)
    for hit in hits:
        by_pattern[hit.pattern].append(hit)
    found: list[Finding] = []
    for name in sorted(by_pattern):
        found += _findings(library.patterns[name], by_pattern[name], records)
    return tuple(sorted(found, key=lambda f: (f.pattern, f.about)))


class _Wanted:
    """The selectors by what is cheapest to look up: source with expression, or source with reason."""

    def __init__(self, library: Library, screen: Screen) -> None:
        numbers = {expression: i for i, expression in enumerate(screen.expressions)}
        self.by_expression: dict[tuple[str, int], list[tuple[str, int, Selector]]] = defaultdict(list)
        self.by_reason: dict[tuple[str, str | None], list[tuple[str, int, Selector]]] = defaultdict(list)
        for pattern in library.patterns.values():
            for i, selector in enumerate(pattern.match.selectors):
                entry = (pattern.id, i, selector)
                for source in _sources(selector):
                    if selector.message is not None and not selector.is_of_joins:
                        self.by_expression[source, numbers[selector.message]].append(entry)
                    else:
                        for reason in selector.reasons or (None,):
                            self.by_reason[source, reason].append(entry)

    def of(self, record: Record, matched: Iterable[int]) -> Iterable[tuple[str, int, Selector]]:
        source = "container_log" if is_end_of_log(record) else record.source
        for number in matched:
            yield from self.by_expression.get((record.source, number), ())
            if source != record.source:
                yield from self.by_expression.get((source, number), ())
        if record.reason is not None:
            yield from self.by_reason.get((record.source, record.reason), ())
        yield from self.by_reason.get((record.source, None), ())


def _sources(selector: Selector) -> Iterable[str]:
    """Those it names, and text, where it knows a component's sentence by its wording."""
    is_worded = selector.message is not None and not selector.is_of_joins and PASTED & {*selector.sources}
    return (*selector.sources, "text") if is_worded and "text" not in selector.sources else selector.sources


def _is_of(record: Record, selector: Selector) -> bool:
    sources = _sources(selector)
    return record.source in sources or (is_end_of_log(record) and "container_log" in sources)


def _hits(records: Sequence[Record], library: Library, screen: Screen) -> list[_Hit]:
    wanted = _Wanted(library, screen)
    found: dict[str, tuple[int, ...]] = {}
    out: list[_Hit] = []
    for record_id, record in enumerate(records):
        if record.message not in found:
            found[record.message] = screen.match(record.message)
        for name, number, selector in wanted.of(record, found[record.message]):
            # The index has settled the source, and the message or the reason.
            if all(holds(selector, record, part, True) for part in ("reason", "where", "message")):
                out.append(_Hit(name, number, record_id))
    return out


def holds(selector: Selector, record: Record, part: str, is_matched: bool) -> bool:
    """One part of a selector: source, reason, message (which the caller has matched) or where."""
    if part == "source":
        return record.source in _sources(selector)
    if part == "reason":
        is_written = record.source == "text" and any(reason in record.message for reason in selector.reasons)
        return not selector.reasons or record.reason in selector.reasons or is_written
    if part == "message":
        is_of_joins = selector.is_of_joins and selector.message is not None
        return matches(selector.message or "", record.message) if is_of_joins else is_matched
    return all(getattr(record, column) in allowed for column, allowed in selector.where)


def _without_known_words(hits: Sequence[_Hit], records: Sequence[Record], library: Library) -> list[_Hit]:
    """A log's last words are judged by few words only where no cause knows the line by its wording."""
    known = {
        (records[h.record_id].path, records[h.record_id].line)
        for h in hits
        if library.patterns[h.pattern].role == "cause" and records[h.record_id].source != "derived"
    }
    return [
        h
        for h in hits
        if (r := records[h.record_id]).reason != LAST_WORDS or r.source != "derived" or (r.path, r.line) not in known
    ]


def scope(ref: ObjectRef, on: str) -> tuple[str, ...]:
    """What two records must share to be on the same container, pod, node or namespace."""
    if on == "node":
        return (ref.node,)
    if on == "namespace":
        return (ref.namespace,)
    return (ref.namespace, ref.kind, ref.name, ref.container if on == "container" else "")


def _findings(pattern: Pattern, hits: Sequence[_Hit], records: Sequence[Record]) -> list[Finding]:
    if pattern.match.is_all:
        return _joint_findings(pattern, hits, records)
    return seen_on([hit.record_id for hit in hits], pattern, records)


def seen_on(record_ids: Iterable[int], pattern: Pattern, records: Sequence[Record]) -> list[Finding]:
    """The pattern on each object that these records are about."""
    groups: dict[ObjectRef, list[int]] = defaultdict(list)
    for number in record_ids:
        groups[_without_node(ObjectRef.of(records[number]))].append(number)
    return [_finding(pattern, ids, records) for _, ids in sorted(groups.items())]


def _without_node(ref: ObjectRef) -> ObjectRef:
    """Sources of one pod differ in whether they know its node; that must not split a finding."""
    if not ref.name:
        return ref
    return ObjectRef(namespace=ref.namespace, kind=ref.kind, name=ref.name, container=ref.container)


def _joint_findings(pattern: Pattern, hits: Sequence[_Hit], records: Sequence[Record]) -> list[Finding]:
    groups: dict[tuple[str, ...], list[_Hit]] = defaultdict(list)
    for hit in hits:
        groups[scope(ObjectRef.of(records[hit.record_id]), pattern.match.on)].append(hit)
    out = []
    for _, group in sorted(groups.items()):
        ids = _within(pattern.match, group, records)
        if ids:
            out.append(_finding(pattern, ids, records))
    return out


def _within(match: Match, group: Sequence[_Hit], records: Sequence[Record]) -> list[int]:
    """The record ids of a group that holds every selector within the window, else []."""
    if {h.selector for h in group} != set(range(len(match.selectors))):
        return []
    if match.within_seconds is None:
        return [h.record_id for h in group]
    near: set[int] = set()
    for first in (h for h in group if h.selector == 0):
        at = records[first.record_id].timestamp
        close = [h for h in group if _apart(at, records[h.record_id].timestamp) <= match.within_seconds]
        if {h.selector for h in close} == set(range(len(match.selectors))):
            near |= {h.record_id for h in close}
    return sorted(near)


def _apart(one: dt.datetime | None, other: dt.datetime | None) -> float:
    """Seconds between two instants; 0 when either is unknown, since nothing then speaks against."""
    return 0.0 if one is None or other is None else abs((one - other).total_seconds())


def _finding(pattern: Pattern, ids: Sequence[int], records: Sequence[Record]) -> Finding:
    ordered = sorted(set(ids), key=lambda i: (records[i].timestamp or EPOCH, i))
    seen = [records[i] for i in ordered]
    firsts = [t for r in seen if (t := r.first_timestamp or r.timestamp)]
    lasts = [t for r in seen if (t := r.timestamp)]
    ref = max((ObjectRef.of(r) for r in seen), key=lambda r: (bool(r.name), bool(r.container), bool(r.node)))
    captures = _captures(pattern, seen)
    return Finding(
        pattern=pattern.id,
        about=_named(ref, dict(captures)),
        record_ids=tuple(ordered),
        captures=captures,
        first_seen=min(firsts, default=None),
        last_seen=max(lasts, default=None),
        count=sum(r.count for r in seen),
    )


def _named(ref: ObjectRef, captured: Mapping[str, str]) -> ObjectRef:
    """The object that the message itself names, where the record names none."""
    if ref.name or "pod" not in captured:
        return ref
    return ObjectRef(
        namespace=ref.namespace or captured.get("namespace", ""),
        kind="Pod",
        name=captured["pod"],
        container=ref.container or captured.get("container", ""),
        node=ref.node,
    )


def _captures(pattern: Pattern, records: Sequence[Record]) -> tuple[tuple[str, str], ...]:
    """The named groups of the first record that fills any, sorted by name."""
    for record in records:
        for selector in pattern.match.selectors:
            if selector.message is None or "(?P<" not in selector.message or not _is_of(record, selector):
                continue
            try:
                match = regex.search(selector.message, record.message, timeout=SEARCH_SECONDS)
            except TimeoutError:
                continue
            if match:
                return tuple(sorted((k, v) for k, v in match.groupdict().items() if v))
    return ()
