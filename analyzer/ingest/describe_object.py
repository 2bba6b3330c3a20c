"""Any other object, or a bare table of events, as `kubectl describe` prints it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from analyzer import timestamps
from analyzer.ingest import event_rows, quantity, workloads
from analyzer.ingest.describe_events import read_events
from analyzer.ingest.described import Block, Line
from analyzer.ingest.event_rows import About
from analyzer.ingest.gather import Gathered
from analyzer.ingest.kinds import KINDS
from analyzer.model import Object, Record

_SIGNATURES: Final = (
    ("Deployment", {"StrategyType"}),
    ("DaemonSet", {"Desired Number of Nodes Scheduled"}),
    ("StatefulSet", {"Update Strategy", "Pods Status"}),
    ("StatefulSet", {"Volume Claims"}),
    ("CronJob", {"Schedule", "Suspend"}),
    ("Job", {"Parallelism"}),
    ("ReplicaSet", {"Pods Status", "Replicas"}),
    ("PersistentVolume", {"Reclaim Policy"}),
    ("PersistentVolumeClaim", {"Access Modes", "StorageClass"}),
    ("StorageClass", {"Provisioner"}),
    ("ServiceAccount", {"Mountable secrets"}),
    ("Service", {"Type", "Endpoints"}),
    ("Endpoints", {"Subsets"}),
    ("PodDisruptionBudget", {"Allowed disruptions"}),
    ("HorizontalPodAutoscaler", {"Reference", "Metrics"}),
    ("Secret", {"Type", "Data"}),
    ("ConfigMap", {"Data"}),
)
"""Kinds by the keys that only they have; the first that fits wins."""

_QUOTA_ROW: Final = re.compile(r" *([a-z][\w./-]{1,120}) +(\d\S{0,30}) +(\d\S{0,30})$")
_CONDITION: Final = re.compile(r" *(\w{1,60}) +(True|False|Unknown)(?: +(\S{1,120}))?(?: +(.*))?$")
_REPLICAS: Final = re.compile(r"(\d{1,9}) (?:current|desired)(?:.*?(\d{1,9}) (?:available|desired))?")


def read_object(block: Block, out: Gathered) -> None:
    """The object's row and records; the number of lines that fit nowhere."""
    sections, left = _sections(block)
    out.unread += left
    kind = _kind(block, sections)
    name = block.value("Name") or block.name
    namespace = block.value("Namespace") or block.namespace
    if kind is not None and name is not None and kind in KINDS:
        _add(block, kind, name, namespace, sections, out)
    about = About(namespace=namespace, kind=kind, name=name)
    if "API Version" in sections:
        out.records.extend(_unmet(block, about, out.path))
    read_events(sections.get("Events", []), about, out)


def _unmet(block: Block, about: About, path: str) -> Iterator[Record]:
    """What a controller says of the conditions of its own kind that did not come about.

    kubectl prints the fields of such an object as a tree, in the order of their names: Type is the last of a condition.
    """
    told: Line | None = None
    reason, status = "", ""
    for line in block.lines:
        if line.key == "Message":
            told = line
        elif line.key == "Reason":
            reason = line.value
        elif line.key == "Status" and line.value:
            status = line.value
        elif line.key == "Type" and told is not None:
            if status in ("False", "Unknown"):
                yield Record(
                    source="event",
                    message=told.value,
                    path=path,
                    line=told.number,
                    text=told.text,
                    level="warning",
                    namespace=about.namespace,
                    kind=about.kind,
                    name=about.name,
                    reason=reason or None,
                )
            told, reason, status = None, "", ""


def _sections(block: Block) -> tuple[dict[str, list[Line]], list[int]]:
    out: dict[str, list[Line]] = {}
    margin = block.margin
    section = ""
    left: list[int] = []
    has_name = any(line.key == "Name" for line in block.lines)
    for line in block.lines:
        word = line.plain.strip()
        is_event = word.startswith(("Normal ", "Warning ", "FirstSeen ")) or (
            not has_name and event_rows.row(line.plain, About(), None, "", 0) is not None
        )
        if section == "Events":
            out["Events"].append(line)
        elif line.key == "Events" or (is_event and not has_name):
            section = "Events"
            out["Events"] = [line]
        elif word == "Data":  # of ConfigMaps and Secrets, underlined with =
            section = "Data"
            out["Data"] = []
        elif section == "Data":
            out["Data"].append(line)
        elif word.split()[:3] == ["Resource", "Used", "Hard"]:
            section = "Quota"
            out["Quota"] = []
        elif section == "Quota" and line.key is None:
            out["Quota"].append(line)
        elif line.key is not None and line.indent <= margin:
            section = line.key
            out.setdefault(section, [])
        elif section:
            out[section].append(line)
        elif word and not has_name and set(word) > set("- ") and not word.startswith("Type "):
            left.append(line.number)
            # Nothing around it says what it belongs to; a later table of events may still follow.
    return out, left


def _kind(block: Block, sections: dict[str, list[Line]]) -> str | None:
    if block.kind in KINDS:
        return block.kind
    if "Quota" in sections:
        return "ResourceQuota"
    declared = block.value("Kind")  # custom resources print their fields
    if declared is not None and "API Version" in sections:
        return declared
    found = set(sections)
    return next((kind for kind, wanted in _SIGNATURES if wanted <= found), None)


def _add(
    block: Block,
    kind: str,
    name: str,
    namespace: str | None,
    sections: dict[str, list[Line]],
    out: Gathered,
) -> None:
    named = next((line for line in block.lines if line.key == "Name"), block.lines[0])
    owner_kind, _, owner_name = (block.value("Controlled By") or "").partition("/")
    quota = [m for line in sections.get("Quota", []) if (m := _QUOTA_ROW.match(line.plain)) is not None]
    conditions = [
        (line, m) for line in sections.get("Conditions", []) if (m := _CONDITION.match(line.plain)) is not None
    ]
    replicas = _REPLICAS.search(block.value("Replicas") or "")
    wanted, ready = _replicas(replicas, kind)
    thing = Object(
        kind=kind,
        name=name,
        path=out.path,
        line=named.number,
        text=named.text,
        namespace=namespace,
        owner_kind=owner_kind or None,
        owner_name=owner_name or None,
        created_at=timestamps.parse_time(block.value("CreationTimestamp") or ""),
        phase=block.value("Status"),
        storage_class=block.value("StorageClass"),
        keys=_data_keys(sections.get("Data", [])) if kind in ("ConfigMap", "Secret") else (),
        labels=tuple(block.values("Labels")),
        selector=tuple(p for v in block.values("Selector") for p in v.split(",")),
        addresses=tuple((block.value("Endpoints") or "").split(",")) if block.value("Endpoints") else (),
        hard=tuple(f"{m.group(1)}={m.group(3)}" for m in quota),
        used=tuple(f"{m.group(1)}={m.group(2)}" for m in quota),
        replicas=wanted,
        ready_replicas=ready,
        conditions=tuple(
            f"{m.group(1)}={m.group(2)}:{m.group(3) or ''}" + (f": {m.group(4)}" if m.group(4) else "")
            for _, m in conditions
        ),
    )
    out.objects.append(thing)
    bad = workloads.BAD_STATUS.get(kind, {})
    for line, match in conditions:
        condition, status, reason, message = match.groups()
        if bad.get(condition) == status:
            said = message or f"condition {condition} is {status}"
            out.records.append(workloads.bad_state(thing, reason or condition, said, line.number, line.text))
    empty = next((line for line in block.lines if line.key == "Endpoints" and line.value == "<none>"), None)
    if kind == "Service" and empty is not None:
        said = f"Service {name} has no endpoints"
        out.records.append(workloads.bad_state(thing, workloads.NO_ENDPOINTS, said, empty.number, empty.text))
    if thing.phase in workloads.BAD_PHASES.get(kind, ()):
        at = next(line for line in block.lines if line.key == "Status")
        out.records.append(workloads.bad_phase(thing, at.number, at.text))


def _replicas(match: re.Match[str] | None, kind: str) -> tuple[int | None, int | None]:
    """'0 current / 2 desired' of a ReplicaSet, '2 desired | ... | 1 available | ...' of a Deployment."""
    if match is None:
        return None, None
    first, second = quantity.to_count(match.group(1)), quantity.to_count(match.group(2))
    return (second, first) if kind in ("ReplicaSet", "ReplicationController") else (first, second)


def _data_keys(lines: list[Line]) -> tuple[str, ...]:
    """Names alone: "password:  11 bytes" of a Secret, "app.conf:" above "----" of a ConfigMap."""
    keys = []
    for position, line in enumerate(lines):
        following = lines[position + 1].plain.strip() if position + 1 < len(lines) else ""
        is_underlined = bool(following) and set(following) == {"-"}
        if line.key is not None and line.indent == 0 and (is_underlined or line.value.endswith(" bytes")):
            keys.append(line.key)
    return tuple(sorted(set(keys)))
