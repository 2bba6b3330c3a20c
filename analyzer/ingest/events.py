"""Event objects of the API as records.

core/v1 Event and events.k8s.io/v1 Event carry the same facts under different names
(https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/).
"""

from __future__ import annotations

import re
from typing import Final

from analyzer.ingest.documents import Entry
from analyzer.ingest.fields import Fields, instant, integer, mapping, text
from analyzer.ingest.locate import Locator, Span
from analyzer.model import Record

_CONTAINER: Final = re.compile(r"spec\.(?:initContainers|containers|ephemeralContainers)\{([^}]*)\}")


def is_event(entry: Entry) -> bool:
    """Whether this is an Event, also in the compact form of Insights archives; audit events are not."""
    group = text(entry.fields, "apiVersion") or "v1"
    if entry.kind is not None:
        return entry.kind == "Event" and (group == "v1" or group.startswith("events.k8s.io/"))
    event = entry.fields
    is_timed = "lastTimestamp" in event or "involvedObject" in event or "regarding" in event
    return is_timed and "reason" in event and ("message" in event or "note" in event)


def container_in(field_path: str | None) -> str | None:
    """'spec.containers{web}' -> 'web'."""
    match = _CONTAINER.search(field_path) if field_path else None
    return match.group(1) or None if match else None


def record(entry: Entry, locator: Locator, path: str) -> Record:
    """One event.

    The time is the last occurrence: series.lastObservedTime, else lastTimestamp, else eventTime, else
    firstTimestamp, else the object's creation (kubernetes/kubernetes issues 89689 and 36304).
    """
    event = entry.fields
    about = mapping(event, "involvedObject") or mapping(event, "regarding")
    message_key = "message" if "message" in event or "note" not in event else "note"
    message = text(event, message_key)
    reason = text(event, "reason")
    kind, name = text(about, "kind"), text(about, "name")
    span = Span(entry.start, entry.end)
    place = locator.find(span, message_key, message)
    if place is None:
        place = locator.find(span, "reason", reason)
    if place is None:
        place = locator.start(span)
    first = (
        instant(event, "firstTimestamp") or instant(event, "deprecatedFirstTimestamp") or instant(event, "eventTime")
    )
    last = (
        instant(event, "series", "lastObservedTime")
        or instant(event, "lastTimestamp")
        or instant(event, "deprecatedLastTimestamp")
        or instant(event, "eventTime")
        or first
        or instant(event, "metadata", "creationTimestamp")
    )
    count = integer(event, "series", "count") or integer(event, "count") or integer(event, "deprecatedCount") or 1
    return Record(
        source="event",
        message=message or "",
        path=path,
        line=locator.line(place),
        text=locator.text(place),
        timestamp=last,
        first_timestamp=first,
        count=count,
        level="warning" if text(event, "type") == "Warning" else "info",
        namespace=_namespace(event, about, kind),
        kind=kind,
        name=name,
        container=container_in(text(about, "fieldPath")),
        node=_node(event, kind, name),
        reason=reason,
    )


def _namespace(event: Fields, about: Fields, kind: str | None) -> str | None:
    if kind == "Node":
        return None  # events about nodes are stored in "default", where the node does not live
    return text(about, "namespace") or text(event, "metadata", "namespace") or text(event, "namespace")


def _node(event: Fields, kind: str | None, name: str | None) -> str | None:
    host = text(event, "source", "host") or text(event, "deprecatedSource", "host")
    if host:
        return host
    reporter = text(event, "reportingComponent") or text(event, "reportingController")
    if reporter == "kubelet":
        return text(event, "reportingInstance")
    return name if kind == "Node" else None
