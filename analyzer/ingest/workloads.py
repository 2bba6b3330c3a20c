"""Every other API object as one row, with records of the conditions that are in a bad state."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from analyzer.ingest import confidential
from analyzer.ingest.documents import Entry
from analyzer.ingest.fields import Fields, boolean, instant, integer, mapping, maps, pairs, text, texts
from analyzer.ingest.gather import Gathered
from analyzer.ingest.kinds import KINDS
from analyzer.ingest.locate import Locator, Span
from analyzer.ingest.statuses import Place
from analyzer.model import Object, Record

BAD_STATUS: Final[Mapping[str, Mapping[str, str]]] = {
    "Deployment": {"ReplicaFailure": "True", "Progressing": "False", "Available": "False"},
    "ReplicaSet": {"ReplicaFailure": "True"},
    "ReplicationController": {"ReplicaFailure": "True"},
    "DeploymentConfig": {"ReplicaFailure": "True", "Progressing": "False", "Available": "False"},
    "Job": {"Failed": "True", "FailureTarget": "True"},
    "HorizontalPodAutoscaler": {"AbleToScale": "False", "ScalingActive": "False"},
    "Namespace": {
        "NamespaceDeletionDiscoveryFailure": "True",
        "NamespaceDeletionGroupVersionParsingFailure": "True",
        "NamespaceDeletionContentFailure": "True",
        "NamespaceContentRemaining": "True",
        "NamespaceFinalizersRemaining": "True",
    },
    "APIService": {"Available": "False"},
    "ClusterOperator": {"Degraded": "True", "Available": "False"},
    "ClusterVersion": {"Failing": "True", "Available": "False"},
    "MachineConfigPool": {"Degraded": "True", "NodeDegraded": "True", "RenderDegraded": "True"},
}
"""Conditions that a reader would call a failure, by kind: the status that is bad."""

NO_ENDPOINTS: Final = "NoEndpoints"
"""Our word for a Service whose description lists no endpoint."""

BAD_PHASES: Final[Mapping[str, tuple[str, ...]]] = {
    "PersistentVolumeClaim": ("Pending", "Lost"),
    "PersistentVolume": ("Failed",),
    "Namespace": ("Terminating",),
}


_WANTED: Final = frozenset(
    {"Ready", "Available", "Healthy", "Succeeded", "Synced", "Reconciled", "Accepted", "ResolvedRefs", "Programmed"}
)
_UNWANTED: Final = re.compile(r"(?:Failed|Failing|Failure|Degraded|Stalled|Unhealthy|Error|Invalid)$")
"""Types of conditions of kinds that are not the API's own: those that should be True, and those that should not."""


def read(entry: Entry, kind: str, locator: Locator, out: Gathered, default_namespace: str | None) -> None:
    """The row and the records of one object; kinds outside `KINDS` hold nothing of interest."""
    fields, span = entry.fields, Span(entry.start, entry.end)
    name = text(fields, "metadata", "name") or ""
    if kind not in KINDS:
        if name and any(map(_is_unmet, maps(fields, "status", "conditions"))):
            at = Place(locator.line(locator.start(span)), "")
            out.records.extend(
                _unmet(fields, _object(fields, kind, name, out.path, at, default_namespace), locator, span)
            )
        return
    place = locator.find(locator.child(span, "metadata"), "name", name) if name else None
    offset = locator.start(span) if place is None else place
    if kind == "Lease" and (renewed := text(fields, "spec", "renewTime")):
        offset = locator.find(locator.child(span, "spec"), "renewTime", renewed) or offset
    at = Place(locator.line(offset), locator.text(offset))
    thing = _object(fields, kind, name, out.path, at, default_namespace)
    out.objects.append(thing)
    if kind == "Secret":
        out.keyed.extend(confidential.written_in(fields))
        out.keep_secrets(confidential.of_secret(fields), confidential.in_object(thing))
    out.records.extend(_bad_conditions(fields, thing, locator, span))
    if thing.phase in BAD_PHASES.get(kind, ()):
        found = locator.find(locator.child(span, "status"), "phase", thing.phase)
        offset = offset if found is None else found
        out.records.append(bad_phase(thing, locator.line(offset), locator.text(offset)))


def _object(fields: Fields, kind: str, name: str, path: str, at: Place, default_namespace: str | None) -> Object:
    owner = next(iter(maps(fields, "metadata", "ownerReferences")), {})
    return Object(
        kind=kind,
        name=name,
        path=path,
        line=at.line,
        text=at.text,
        namespace=text(fields, "metadata", "namespace") or default_namespace,
        uid=text(fields, "metadata", "uid"),
        owner_kind=text(owner, "kind"),
        owner_name=text(owner, "name"),
        created_at=instant(fields, "metadata", "creationTimestamp"),
        phase=_phase(fields, kind),
        storage_class=text(fields, "spec", "storageClassName"),
        keys=_keys(fields) if kind in ("ConfigMap", "Secret") else (),
        labels=pairs(fields, "metadata", "labels"),
        selector=_selector(fields),
        ports=_ports(fields) if kind == "Service" else (),
        addresses=_addresses(fields, kind),
        renewed_at=instant(fields, "spec", "renewTime") if kind == "Lease" else None,
        hard=_limits(fields) if kind == "LimitRange" else _amounts(fields, "hard"),
        used=_amounts(fields, "used"),
        replicas=_first_integer(fields, ("spec", "replicas"), ("status", "desiredNumberScheduled")),
        ready_replicas=_first_integer(fields, ("status", "readyReplicas"), ("status", "numberReady")),
        conditions=tuple(_condition(c) for c in maps(fields, "status", "conditions")),
    )


def _phase(fields: Fields, kind: str) -> str | None:
    if kind != "Job":
        return text(fields, "status", "phase")
    states = [text(c, "type") for c in maps(fields, "status", "conditions") if text(c, "status") == "True"]
    return next((s for s in ("Failed", "Complete") if s in states), None)


def _keys(fields: Fields) -> tuple[str, ...]:
    """Names of the data alone; the values are nobody's business."""
    return tuple(sorted(k for part in ("data", "binaryData", "stringData") for k in mapping(fields, part)))


def _selector(fields: Fields) -> tuple[str, ...]:
    for path in (("spec", "selector", "matchLabels"), ("spec", "podSelector", "matchLabels")):
        found = pairs(fields, *path)
        if found:
            return found
    plain = mapping(fields, "spec", "selector")
    return () if "matchExpressions" in plain else pairs(plain)


def _ports(fields: Fields) -> tuple[str, ...]:
    return tuple(
        f"{text(p, 'port')}/{text(p, 'protocol') or 'TCP'}->{text(p, 'targetPort') or text(p, 'port')}"
        for p in maps(fields, "spec", "ports")
    )


def _addresses(fields: Fields, kind: str) -> tuple[str, ...]:
    """Ready addresses of Endpoints and EndpointSlices, cluster IPs of a Service; namespace/name of the services that
    webhooks call.
    """
    if kind == "Service":
        found = [text(fields, "spec", "clusterIP"), *texts(fields, "spec", "clusterIPs")]
        found = [a for a in found if a != "None"]
    elif kind == "Endpoints":
        found = [text(a, "ip") for s in maps(fields, "subsets") for a in maps(s, "addresses")]
    elif kind == "EndpointSlice":
        ready = [e for e in maps(fields, "endpoints") if boolean(e, "conditions", "ready") is not False]
        found = [a if isinstance(a, str) else None for e in ready for a in _list(e, "addresses")]
    elif kind.endswith("WebhookConfiguration"):
        services = [mapping(w, "clientConfig", "service") for w in maps(fields, "webhooks")]
        found = [f"{text(s, 'namespace')}/{text(s, 'name')}" for s in services if s]
    elif kind == "APIService":
        service = mapping(fields, "spec", "service")
        found = [f"{text(service, 'namespace')}/{text(service, 'name')}"] if service else []
    else:
        return ()
    return tuple(sorted({a for a in found if a}))


def _list(fields: Fields, key: str) -> list[object]:
    value = fields.get(key)
    return value if isinstance(value, list) else []


def _amounts(fields: Fields, key: str) -> tuple[str, ...]:
    return pairs(fields, "status", key) or pairs(fields, "spec", key)


def _limits(fields: Fields) -> tuple[str, ...]:
    """A LimitRange as Type.bound.resource=quantity."""
    return tuple(
        f"{text(limit, 'type')}.{bound}.{pair}"
        for limit in maps(fields, "spec", "limits")
        for bound in ("min", "max", "default", "defaultRequest", "maxLimitRequestRatio")
        for pair in pairs(limit, bound)
    )


def _first_integer(fields: Fields, *paths: tuple[str, str]) -> int | None:
    return next((n for p in paths if (n := integer(fields, *p)) is not None), None)


def _condition(fields: Fields) -> str:
    """Type=Status:Reason: message."""
    head = f"{text(fields, 'type') or ''}={text(fields, 'status') or ''}:{text(fields, 'reason') or ''}"
    message = text(fields, "message")
    return f"{head}: {message}" if message else head


def _bad_conditions(fields: Fields, thing: Object, locator: Locator, span: Span) -> list[Record]:
    bad = BAD_STATUS.get(thing.kind, {})
    conditions = maps(fields, "status", "conditions")

    def is_bad(condition: Fields) -> bool:
        status = text(condition, "status")
        return status is not None and bad.get(text(condition, "type") or "") == status

    return _told(conditions, is_bad, thing, locator, span) if any(map(is_bad, conditions)) else []


def _told(
    conditions: Sequence[Fields], is_bad: Callable[[Fields], bool], thing: Object, locator: Locator, span: Span
) -> list[Record]:
    """A record of each bad condition, at its message where it has one."""
    out = []
    parts = locator.elements(locator.child(locator.child(span, "status"), "conditions"), len(conditions))
    for condition, part in zip(conditions, parts, strict=True):
        if not is_bad(condition):
            continue
        kind, status = text(condition, "type") or "", text(condition, "status")
        reason, message = text(condition, "reason"), text(condition, "message")
        place = locator.find(part, "message", message)
        if place is None:
            place = locator.find(part, "type", kind)
        if place is None:
            place = locator.start(part)
        out.append(
            bad_state(
                thing,
                reason or kind,
                message or f"condition {kind} is {status}",
                locator.line(place),
                locator.text(place),
                condition,
            )
        )
    return out


def _is_unmet(condition: Fields) -> bool:
    kind, status = text(condition, "type") or "", text(condition, "status")
    if kind in _WANTED:
        return status == "False"
    return status in ("True", None) and _UNWANTED.search(kind) is not None  # some kinds have no status to tell


def _unmet(fields: Fields, thing: Object, locator: Locator, span: Span) -> list[Record]:
    """What a controller says of the conditions of its own kind, as it would say it in an event."""
    conditions = maps(fields, "status", "conditions")
    return [replace(r, source="event") for r in _told(conditions, _is_unmet, thing, locator, span)]


def bad_state(
    thing: Object, reason: str, message: str, line: int, line_text: str, condition: Fields | None = None
) -> Record:
    """A record of an object's bad state."""
    return Record(
        source="object",
        message=message,
        path=thing.path,
        line=line,
        text=line_text,
        timestamp=instant(condition, "lastTransitionTime") or instant(condition, "lastUpdateTime"),
        level="warning",
        namespace=thing.namespace,
        kind=thing.kind,
        name=thing.name or None,
        reason=reason,
    )


def bad_phase(thing: Object, line: int, line_text: str) -> Record:
    """A record of an object's bad phase."""
    message = f"{thing.kind} {thing.name} is {thing.phase}"
    if thing.storage_class:
        message += f", storage class {thing.storage_class}"
    return bad_state(thing, thing.phase or "", message, line, line_text)
