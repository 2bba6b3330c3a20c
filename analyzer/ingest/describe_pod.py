"""A pod, or a piece of one, as `kubectl describe` prints it."""

from __future__ import annotations

from typing import Final

from analyzer import timestamps
from analyzer.ingest import described_container, statuses
from analyzer.ingest.describe_events import read_events
from analyzer.ingest.described import Block, Line
from analyzer.ingest.described_container import CONTAINER_KEYS, Draft
from analyzer.ingest.described_volume import references_of, volumes_of
from analyzer.ingest.event_rows import About
from analyzer.ingest.gather import Gathered
from analyzer.ingest.kinds import workload
from analyzer.ingest.statuses import Place
from analyzer.model import Pod

__all__ = ["CONTAINER_KEYS", "is_pod", "read_pod"]

_SECTIONS: Final = {
    "Init Containers": "init",
    "Containers": "main",
    "Ephemeral Containers": "ephemeral",
    "Conditions": "conditions",
    "Volumes": "volumes",
    "Events": "events",
}
_POD_KEYS: Final = frozenset({"QoS Class", "Node-Selectors", "Start Time", "IPs", "Init Containers", "Status"})
_TOP_KEYS: Final = _POD_KEYS | {
    "Name", "Namespace", "Priority", "Priority Class Name", "PriorityClassName", "Runtime Class Name", "Node",
    "Service Account", "Labels", "Annotations", "Reason", "Message", "IP", "Controlled By", "Created By",
    "Controllers", "SeccompProfile", "Security Policy", "Termination Grace Period", "Tolerations",
    "Topology Spread Constraints", "Readiness Gates", "NominatedNodeName", "QoS Tier", "Resource Claims",
    "Replication Controllers",
}  # fmt: skip
_TEMPLATE_KEYS: Final = frozenset({"Pod Template", "Pods Status", "Selector", "Replicas"})
_PHASES: Final = frozenset({"Pending", "Running", "Succeeded", "Failed", "Unknown"})


def is_pod(block: Block) -> bool:
    """Whether the keys are those of a pod, or of a container cut out of one."""
    keys = block.keys
    if block.kind not in (None, "Pod") and "Containers" not in keys:
        return False
    if keys & _TEMPLATE_KEYS and not keys & {"QoS Class", "Node-Selectors"}:
        return False
    if "Containers" in keys or "Init Containers" in keys or len(keys & _POD_KEYS) >= 2:
        return True
    has_container = any(line.key in ("State", "Last State", "Restart Count") for line in block.lines)
    return has_container or (block.kind == "Pod" and "Capacity" not in keys)


def read_pod(block: Block, out: Gathered) -> None:
    """All rows of one pod; the number of lines that fit nowhere."""
    parts, left = _parts(block)
    out.unread += left
    pod = _pod(block, parts["conditions"], out.path)
    if pod.name or block.keys & {"Node", "Status", "QoS Class", "Node-Selectors", "Conditions"}:
        out.pods.append(pod)
    volumes = volumes_of(parts["volumes"])
    drafts: list[Draft] = []
    for kind in ("init", "main", "ephemeral"):
        drafts += described_container.drafts_of(parts[kind], kind)
    for draft in drafts:
        described_container.add(draft, pod, volumes, out)
    account_line = next((line.number for line in block.lines if line.key == "Service Account"), pod.line)
    out.references.extend(references_of(parts["volumes"], pod, account_line))
    _conditions(parts["conditions"], pod, out)
    if pod.reason:
        line = next(line for line in block.lines if line.key == "Reason" and line.indent == block.margin)
        message = pod.message or f"pod {pod.name}: {pod.reason}"
        at = Place(line.number, line.text)
        out.records.append(statuses.of_condition(pod, pod.reason, message, at, None))
    about = About(namespace=pod.namespace, kind="Pod", name=pod.name or None, node=pod.node)
    read_events(parts["events"], about, out)


def _parts(block: Block) -> tuple[dict[str, list[Line]], list[int]]:
    """The lines by section; those of the pod itself stay in the block."""
    parts: dict[str, list[Line]] = {name: [] for name in _SECTIONS.values()}
    margin = block.margin
    section: str | None = None
    left: list[int] = []
    is_piece = not any(line.key in _SECTIONS or line.key == "Name" for line in block.lines)
    for line in block.lines:
        is_new = line.key in _SECTIONS and (line.indent <= margin or section is None)
        if is_new and line.key is not None:
            section = _SECTIONS[line.key]
        elif section == "events":
            parts["events"].append(line)
        elif line.key in _TOP_KEYS and line.indent <= margin and not is_piece:
            section = None
        elif is_piece and _is_event(line):  # a paste may begin with anything
            section = "events"
            parts[section].append(line)
        elif section is not None:
            parts[section].append(line)
        elif is_piece or line.key in CONTAINER_KEYS:
            section = "main"
            parts[section].append(line)
        elif line.plain and line.indent <= margin and not line.plain.startswith(("No events", "No volumes")):
            left.append(line.number)
    return parts, left


def _is_event(line: Line) -> bool:
    return line.key is None and line.plain.lstrip().startswith(("Normal ", "Warning ", "Type "))


def _pod(block: Block, conditions: list[Line], path: str) -> Pod:
    name = block.value("Name") or (block.name if block.kind == "Pod" else None) or ""
    node = block.value("Node")
    status = (block.value("Status") or "").split(" ")[0]
    owner_kind, _, owner_name = (block.value("Controlled By") or "").partition("/")
    labels = tuple(block.values("Labels"))
    template_hash = next((v.partition("=")[2] for v in labels if v.startswith("pod-template-hash=")), None)
    kind, owner = workload(owner_kind or None, owner_name or None, template_hash)
    states = {line.value.split()[0]: line.value.split()[-1] for line in conditions if line.value.split()}
    priority = block.value("Priority")
    first = next(line for line in block.lines if line.plain)
    named = next((line for line in block.lines if line.key == "Name"), first)
    return Pod(
        namespace=block.value("Namespace") or block.namespace,
        name=name,
        path=path,
        line=named.number,
        text=named.text,
        node=node.split("/")[0] if node else None,
        phase=status if status in _PHASES else None,
        reason=block.value("Reason"),
        message=block.value("Message"),
        owner_kind=kind,
        owner_name=owner,
        service_account=block.value("Service Account"),
        priority=int(priority) if priority and priority.lstrip("-").isdecimal() and len(priority) < 12 else None,
        is_ready=_is_true(states.get("Ready")),
        is_scheduled=_is_true(states.get("PodScheduled")),
        is_initialized=_is_true(states.get("Initialized")),
        created_at=timestamps.parse_time(block.value("Start Time") or ""),
        ip=block.value("IP"),
        node_selector=tuple(block.values("Node-Selectors")),
        tolerations=tuple(v.partition(" for ")[0] for v in block.values("Tolerations")),
        labels=labels,
    )


def _is_true(status: str | None) -> bool | None:
    return None if status not in ("True", "False") else status == "True"


def _conditions(lines: list[Line], pod: Pod, out: Gathered) -> None:
    """Conditions that are False; describe prints neither reason nor message."""
    for line in lines:
        words = line.plain.split()
        if len(words) != 2 or words[1] != "False" or (words[0] == "ContainersReady" and pod.is_ready is False):
            continue
        message = f"condition {words[0]} is False"
        out.records.append(statuses.of_condition(pod, words[0], message, Place(line.number, line.text), None))
