"""A node, or a piece of one, as `kubectl describe` prints it."""

from __future__ import annotations

import re
from typing import Final

from analyzer import timestamps
from analyzer.ingest import event_rows, quantity, statuses
from analyzer.ingest.describe_events import read_events
from analyzer.ingest.described import Block, Line
from analyzer.ingest.event_rows import About
from analyzer.ingest.gather import Gathered
from analyzer.ingest.statuses import Place
from analyzer.model import Node, Object

_NODE_KEYS: Final = frozenset(
    {"Roles", "Taints", "Unschedulable", "System Info", "Allocatable", "Capacity", "Allocated resources",
     "Non-terminated Pods", "PodCIDR", "ProviderID", "Lease", "ExternalID"}
)  # fmt: skip
_DATE: Final = r"(?:<unset>|<unknown>|[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4})"
_CONDITION: Final = re.compile(
    rf" *(?P<type>\w{{1,60}}) +(?P<status>True|False|Unknown)"
    rf"(?: +(?P<heartbeat>{_DATE}) +(?P<changed>{_DATE}) +(?P<reason>\w{{1,120}})(?: +(?P<message>.*))?)?$"
)
_ALLOCATED: Final = re.compile(r" *(cpu|memory) +(\S{1,40}) +\(\d{1,6}%\)")
_ALLOCATED_OLD: Final = re.compile(r" *(\S{1,40}) \(\d{1,6}%\)\s+\S{1,40} \(\d{1,6}%\)\s+(\S{1,40}) \(\d{1,6}%\)")


def is_node(block: Block) -> bool:
    """Whether the keys or conditions are those of a node."""
    if block.kind == "Node" or len(block.keys & _NODE_KEYS) >= 2:
        return True
    is_conditions = any(_is_condition(line) for line in block.lines)
    return is_conditions or (block.kind is None and bool(block.keys & _NODE_KEYS) and "Name" not in block.keys)


def _is_condition(line: Line) -> bool:
    words = line.plain.split(None, 2)
    return len(words) >= 2 and words[0] in statuses.BAD_WHEN_TRUE and words[1] in ("True", "False", "Unknown")


def read_node(block: Block, out: Gathered) -> None:
    """The node's rows; the number of lines that fit nowhere."""
    sections, left = _sections(block)
    out.unread += left
    name = block.value("Name") or (block.name if block.kind == "Node" else None) or _holder(sections) or ""
    conditions = [m for line in sections.get("Conditions", []) if (m := _condition_of(line)) is not None]
    if name or conditions or block.keys & _NODE_KEYS:
        out.nodes.append(_node(block, name, conditions, sections, out.path))
    for line, match in conditions:
        kind, reason, message = match["type"], match["reason"], match["message"]
        if statuses.is_bad_node_condition(kind, match["status"]) or _is_lost(match, conditions):
            said = ": ".join(p for p in (reason, message) if p) or f"condition {kind} is {match['status']}"
            changed_at = timestamps.parse_time(match["changed"] or "")
            at = Place(line.number, line.text)
            out.records.append(statuses.of_node_condition(name, out.path, kind, said, at, changed_at))
    out.objects.extend(_lease(sections, name, out.path))
    about = About(kind="Node", name=name or None, node=name or None)
    read_events(sections.get("Events", []), about, out)


def _sections(block: Block) -> tuple[dict[str, list[Line]], list[int]]:
    """The lines below each key at the margin; conditions and events of pieces by their look."""
    out: dict[str, list[Line]] = {}
    margin = block.margin
    section = ""
    left: list[int] = []
    for line in block.lines:
        if section == "Events" and not (line.key in _NODE_KEYS and line.indent <= margin):
            out["Events"].append(line)
        elif line.key is not None and line.indent <= margin:
            section = line.key
            out.setdefault(section, [])
        elif section:
            out[section].append(line)
        elif _is_condition(line):
            out.setdefault("Conditions", []).append(line)
        elif line.plain.lstrip().startswith(("Normal ", "Warning ")) or event_rows.header(line.plain) is not None:
            section = "Events"
            out["Events"] = [line]
        elif line.plain and not line.plain.lstrip().startswith(("Type ", "----")):
            left.append(line.number)
    return out, left


def _condition_of(line: Line) -> tuple[Line, re.Match[str]] | None:
    match = _CONDITION.match(line.plain)
    return (line, match) if match is not None else None


def _is_lost(match: re.Match[str], conditions: list[tuple[Line, re.Match[str]]]) -> bool:
    """Whether the node controller set this condition for a silent kubelet, and Ready was not pasted with it.

    Source: k8s.io/kubernetes/pkg/controller/nodelifecycle (NodeStatusUnknown, NodeStatusNeverUpdated).
    """
    said = match["status"] == "Unknown" and match["reason"] in ("NodeStatusUnknown", "NodeStatusNeverUpdated")
    return said and all(other["type"] != "Ready" for _, other in conditions)


def _holder(sections: dict[str, list[Line]]) -> str | None:
    """The Lease of a node is held by the node."""
    lease = sections.get("Lease", [])
    return next((line.value for line in lease if line.key == "HolderIdentity" and line.value != "<unset>"), None)


def _lease(sections: dict[str, list[Line]], name: str, path: str) -> list[Object]:
    """The node's Lease, where its RenewTime was printed."""
    return [
        Object(
            kind="Lease",
            name=name,
            namespace="kube-node-lease",
            path=path,
            line=line.number,
            text=line.text,
            renewed_at=renewed_at,
        )
        for line in sections.get("Lease", [])
        if line.key == "RenewTime" and name and (renewed_at := timestamps.parse_time(line.value))
    ]


def _node(
    block: Block,
    name: str,
    conditions: list[tuple[Line, re.Match[str]]],
    sections: dict[str, list[Line]],
    path: str,
) -> Node:
    by_type = {match["type"]: match for _, match in conditions}
    ready = by_type.get("Ready")
    allocatable = {line.key: line.value for line in sections.get("Allocatable", []) if line.key}
    system = {line.key: line.value for line in sections.get("System Info", []) if line.key}
    requested = _requested(sections.get("Allocated resources", []))
    unschedulable = block.value("Unschedulable")
    is_lost = any(_is_lost(match, conditions) for _, match in conditions)
    first = next(line for line in block.lines if line.plain)
    return Node(
        node=name,
        path=path,
        line=next((line for line in block.lines if line.key == "Name"), first).number,
        is_ready=ready["status"] == "True" if ready else (False if is_lost else None),
        reason=ready["reason"] if ready else None,
        message=ready["message"] if ready else None,
        ready_changed_at=timestamps.parse_time(ready["changed"] or "") if ready else None,
        pressures=tuple(p for p in statuses.PRESSURES if p in by_type and by_type[p]["status"] == "True"),
        is_unschedulable=None if unschedulable is None else unschedulable == "true",
        taints=tuple(block.values("Taints")),
        labels=tuple(block.values("Labels")),
        memory_allocatable_bytes=quantity.to_bytes(allocatable.get("memory")),
        cpu_allocatable_millicores=quantity.to_millicores(allocatable.get("cpu")),
        pods_allocatable=quantity.to_count(allocatable.get("pods")),
        memory_requested_bytes=quantity.to_bytes(requested.get("memory")),
        cpu_requested_millicores=quantity.to_millicores(requested.get("cpu")),
        kubelet_version=system.get("Kubelet Version"),
        container_runtime=system.get("Container Runtime Version"),
        os_image=system.get("OS Image"),
        architecture=system.get("Architecture"),
    )


def _requested(lines: list[Line]) -> dict[str, str]:
    """The Requests of "Allocated resources": one row a resource, before 1.11 one row for all."""
    out = {}
    for line in lines:
        match = _ALLOCATED.match(line.plain)
        if match is not None:
            out[match.group(1)] = match.group(2)
            continue
        old = _ALLOCATED_OLD.match(line.plain)
        if old is not None:
            out["cpu"], out["memory"] = old.groups()
    return out
