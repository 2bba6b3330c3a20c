"""Event objects of the API as records.

core/v1 Event and events.k8s.io/v1 Event carry the same facts under different names
(https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/).
"""

from __future__ import annotations

import re
from typing import Final

from analyzer.ingest.documents import Entry
from analyzer.ingest.fields import Fields, moment, number, part, string
from analyzer.ingest.locate import Locator, Span
from analyzer.model import Record

_CONTAINER: Final = re.compile(r"spec\.(?:initContainers|containers|ephemeralContainers)\{([^}]*)\}")


def is_event(entry: Entry, kind: str | None) -> bool:
    """Whether this is an Event, also in the compact form of Insights archives; audit events are not."""
    event = entry.fields
    if kind is not None:
        group = string(event, "apiVersion") or "v1"
        return kind == "Event" and (group == "v1" or group.startswith("events.k8s.io/"))
    is_timed = "lastTimestamp" in event or "involvedObject" in event or "regarding" in event
    return is_timed and "reason" in event and ("message" in event or "note" in event)


_SAID: Final = re.compile(  # pkg/kubelet/kuberuntime
    r"""(?:failed to start container|failed to "StartContainer" for|\bfor Container|\bof container) """
    r"""["']([a-z0-9][a-z0-9-]{0,62})["']|^spec\.(?:initContainers|containers)\{([a-z0-9][a-z0-9-]{0,62})\}: """
)


def container_said(message: str) -> str | None:
    """The container that a sentence of the kubelet names in its middle."""
    match = _SAID.search(message)
    return match and (match.group(1) or match.group(2))


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
    about = part(event, "involvedObject") or part(event, "regarding")
    message_key = "message" if "message" in event or "note" not in event else "note"
    message, reason = string(event, message_key), string(event, "reason")
    kind, name = string(about, "kind"), string(about, "name")
    span = Span(entry.start, entry.end)
    place = locator.find(span, message_key, message)
    if place is None:
        place = locator.find(span, "reason", reason)
    if place is None:
        place = locator.start(span)
    series = part(event, "series")
    at = moment(event, "eventTime")
    first = moment(event, "firstTimestamp") or moment(event, "deprecatedFirstTimestamp") or at
    last = (
        moment(series, "lastObservedTime")
        or moment(event, "lastTimestamp")
        or moment(event, "deprecatedLastTimestamp")
        or at
        or first
        or moment(part(event, "metadata"), "creationTimestamp")
    )
    return Record(
        source="event",
        message=message or "",
        path=path,
        line=locator.line(place),
        text=locator.text(place),
        timestamp=last,
        first_timestamp=first,
        count=number(series, "count") or number(event, "count") or number(event, "deprecatedCount") or 1,
        level="warning" if string(event, "type") == "Warning" else "info",
        namespace=_namespace(event, about, kind),
        kind=kind,
        name=name,
        container=container_in(string(about, "fieldPath")),
        node=_node(event, kind, name),
        reason=reason,
    )


def _namespace(event: Fields, about: Fields, kind: str | None) -> str | None:
    if kind == "Node":
        return None  # events about nodes are stored in "default", where the node does not live
    return string(about, "namespace") or string(part(event, "metadata"), "namespace") or string(event, "namespace")


def _node(event: Fields, kind: str | None, name: str | None) -> str | None:
    host = string(part(event, "source"), "host") or string(part(event, "deprecatedSource"), "host")
    if host:
        return host
    reporter = string(event, "reportingComponent") or string(event, "reportingController")
    if reporter == "kubelet":
        return string(event, "reportingInstance")
    return name if kind == "Node" else None
