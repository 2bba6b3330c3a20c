"""Reads what `kubectl describe` prints: whole objects, several in a file, and pieces cut out of them.

Layouts: k8s.io/kubectl/pkg/describe/describe.go.
"""

from __future__ import annotations

import re
from typing import Final

from analyzer.ingest import described, event_rows
from analyzer.ingest.describe_node import is_node, read_node
from analyzer.ingest.describe_object import read_object
from analyzer.ingest.describe_pod import CONTAINER_KEYS, is_pod, read_pod
from analyzer.ingest.event_rows import About
from analyzer.ingest.gather import Gathered, count_lines, text_lines
from analyzer.ingest.harvest import Harvest
from analyzer.ingest.kinds import is_known, kind_of
from analyzer.placement import Placement

NAME: Final = "describe"
SAMPLE: Final = "    Last State:  Terminated   Reason: OOMKilled   Exit Code: 137"

_LINES_TO_SNIFF: Final = 200
_TELLING: Final = CONTAINER_KEYS | {
    "Namespace", "Labels", "Annotations", "Node", "Start Time", "Controlled By", "Containers", "Init Containers",
    "Conditions", "Volumes", "QoS Class", "Node-Selectors", "Tolerations", "Events", "Taints", "Unschedulable",
    "Allocatable", "Allocated resources", "System Info", "Pods Status", "Replicas", "Selector", "Exit Code",
    "Roles", "CreationTimestamp", "StorageClass", "Reason", "Finished", "Non-terminated Pods", "Type", "Mounts",
}  # fmt: skip
_STRONG: Final = frozenset(
    {"State", "Last State", "Restart Count", "QoS Class", "Node-Selectors", "Start Time", "Controlled By",
     "Pods Status", "Unschedulable", "Annotations", "Allocated resources", "Exit Code"}
)  # fmt: skip
_FILE_NAME: Final = re.compile(r"describe[-_. ]([a-z]+)")


def sniff(head: str, placement: Placement) -> bool:
    """Whether keys of describe, its table of events or rows of that table stand at the start."""
    if placement.role.endswith("_log"):
        return False
    lines = described.lines_of([line.rstrip("\r") for line in head.split("\n")[:_LINES_TO_SNIFF]])
    keys = {line.key for line in lines if line.key in _TELLING}
    if len(keys) >= 2 and (keys & _STRONG or "Events" in keys or "Namespace" in keys):
        return True
    return any(
        event_rows.header(line.plain) is not None or event_rows.row(line.plain, About(), None, "", 0) is not None
        for line in lines
    )


def parse(raw: bytes, path: str, placement: Placement) -> Harvest:
    """The rows of all objects and pieces; lines that fit nowhere are unparsed."""
    out = Gathered(path)
    lines = described.lines_of(text_lines(raw))
    for block in described.blocks(lines, _kind_in(path), placement.namespace):
        if is_pod(block):
            read_pod(block, out)
        elif is_node(block):
            read_node(block, out)
        else:
            read_object(block, out)
    return out.harvest(NAME, count_lines(raw), len(out.unread))


def _kind_in(path: str) -> str | None:
    """'describe-pod.txt' holds pods."""
    match = _FILE_NAME.search(path.rpartition("/")[2].lower())
    return kind_of(match.group(1)) if match and is_known(match.group(1)) else None
