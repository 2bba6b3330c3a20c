"""The cluster's events as lines, for rules that look for them.

A rule of the source "k8s" asks for fields of an event (reason, type, reasonDetail) or for text of a line as
`kubectl get events` prints it: type, reason, object, message.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from analyzer.cre.proof import Proof
from analyzer.cre.rule import EVENT_SOURCES, Rule, Term, leaves, terms_of
from analyzer.cre.terms import Slow, prover
from analyzer.diagnosis import EvidenceLine, ObjectRef
from analyzer.model import Evidence, Record

MOST_TIMES: Final = 100  # that one event is counted


@dataclass(frozen=True, slots=True)
class EventLine:
    """One occurrence of an event, with the terms that it holds."""

    time: dt.datetime | None
    proof: Proof
    terms: frozenset[Term]


def event_lines(evidence: Evidence, rules: Sequence[Rule], slow: Slow) -> list[EventLine]:
    """Every occurrence of every event that holds a term of a rule which looks for events.

    `slow` is told which terms took too long.
    """
    asked = [leaf for rule in rules for leaf in leaves(rule.condition) if leaf.source in EVENT_SOURCES]
    terms = tuple(dict.fromkeys(term for leaf in asked for term in terms_of(leaf)))
    if not terms:
        return []
    events = [r for r in evidence.records if r.source == "event"]
    return [line for event in events for line in _lines(event, terms, slow)]


def _lines(event: Record, terms: Sequence[Term], slow: Slow) -> Iterator[EventLine]:
    kind = "Warning" if event.level in ("warning", "error", "fatal") else "Normal"
    reason, name = event.reason or "", f"{(event.kind or '').lower()}/{event.name or ''}"
    text = f"{kind}   {reason}   {name}   {event.message}"
    fields = {"reason": reason, "type": kind, "reasonDetail": event.message}
    held = frozenset(t for t in terms if (fields[t.field] == t.text if t.field in fields else prover(t, slow)(text)))
    if not held:
        return
    for time in _times(event):
        quote = EvidenceLine(
            path=event.path,
            line=event.line,
            timestamp=time,
            timestamp_error_seconds=event.timestamp_error_seconds,
            source=event.source,
            text=event.text or event.message,
        )
        yield EventLine(time, Proof(quote, ObjectRef.of(event)), held)


def _times(event: Record) -> Iterator[dt.datetime | None]:
    """When an event was: at its first and its last time, and as often as it was counted evenly in between."""
    first, last, count = event.first_timestamp or event.timestamp, event.timestamp, min(event.count, MOST_TIMES)
    if first is None or last is None or count < 2:
        yield last
        return
    for number in range(count):
        yield first + (last - first) * number / (count - 1)
