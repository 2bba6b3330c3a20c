"""Node objects as rows.

Fields: https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/node-v1/.
"""

from __future__ import annotations

from analyzer.ingest import quantity, statuses
from analyzer.ingest.documents import Entry
from analyzer.ingest.fields import Fields, boolean, instant, mapping, maps, pairs, text
from analyzer.ingest.gather import Gathered
from analyzer.ingest.locate import Locator, Span
from analyzer.ingest.statuses import Place
from analyzer.model import Node


def read(entry: Entry, locator: Locator, out: Gathered) -> None:
    """The node row, and a record for each condition in the bad state."""
    fields, span = entry.fields, Span(entry.start, entry.end)
    name = text(fields, "metadata", "name") or ""
    place = locator.find(locator.child(span, "metadata"), "name", name)
    conditions = maps(fields, "status", "conditions")
    by_type = {text(c, "type"): c for c in conditions}
    ready = by_type.get("Ready")
    allocatable = mapping(fields, "status", "allocatable")
    info = mapping(fields, "status", "nodeInfo")
    out.nodes.append(
        Node(
            node=name,
            path=out.path,
            line=locator.line(locator.start(span) if place is None else place),
            is_ready=None if ready is None else text(ready, "status") == "True",
            reason=text(ready, "reason"),
            message=text(ready, "message"),
            ready_changed_at=instant(ready, "lastTransitionTime"),
            pressures=tuple(p for p in statuses.PRESSURES if text(by_type.get(p), "status") == "True"),
            is_unschedulable=(boolean(fields, "spec", "unschedulable") or False) if "spec" in fields else None,
            taints=tuple(taint(t) for t in maps(fields, "spec", "taints")),
            labels=pairs(fields, "metadata", "labels"),
            memory_allocatable_bytes=quantity.to_bytes(text(allocatable, "memory")),
            cpu_allocatable_millicores=quantity.to_millicores(text(allocatable, "cpu")),
            pods_allocatable=quantity.to_count(text(allocatable, "pods")),
            kubelet_version=text(info, "kubeletVersion"),
            container_runtime=text(info, "containerRuntimeVersion"),
            os_image=text(info, "osImage"),
            architecture=text(info, "architecture"),
        )
    )
    spans = locator.elements(locator.child(locator.child(span, "status"), "conditions"), len(conditions))
    for condition, part in zip(conditions, spans, strict=True):
        _condition(condition, name, locator, part, out)


def taint(fields: Fields) -> str:
    """key=value:effect, as kubectl writes it: without "=" when there is no value."""
    key, value, effect = text(fields, "key") or "", text(fields, "value"), text(fields, "effect") or ""
    return f"{key}={value}:{effect}" if value else f"{key}:{effect}"


def _condition(condition: Fields, node: str, locator: Locator, span: Span, out: Gathered) -> None:
    kind, status = text(condition, "type") or "", text(condition, "status") or ""
    if not statuses.is_bad_node_condition(kind, status):
        return
    reason, message = text(condition, "reason"), text(condition, "message")
    place = locator.find(span, "message", message)
    if place is None:
        place = locator.find(span, "type", kind)
    if place is None:
        place = locator.start(span)
    said = ": ".join(part for part in (reason, message) if part) or f"condition {kind} is {status}"
    at = Place(locator.line(place), locator.text(place))
    changed_at = instant(condition, "lastTransitionTime")
    out.records.append(statuses.of_node_condition(node, out.path, kind, said, at, changed_at))
