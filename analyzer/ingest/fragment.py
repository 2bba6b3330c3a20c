"""Reads a piece of a pod's or workload's YAML or JSON that was cut out of its object: statuses and conditions.

`kubectl get pod -o yaml` is long, so people paste the part under `status:` that matters. It has no kind and no name,
starts in the middle of an indentation, and kubectl has folded its long messages.
"""

from __future__ import annotations

import re
from typing import Final

from analyzer.ingest import pods, statuses
from analyzer.ingest.documents import Entry, Unread, read
from analyzer.ingest.fields import Fields, instant, mapping, maps, text
from analyzer.ingest.gather import Gathered, count_lines
from analyzer.ingest.harvest import Harvest
from analyzer.ingest.locate import Locator, Span
from analyzer.ingest.statuses import Place
from analyzer.model import Record
from analyzer.placement import Placement

NAME: Final = "fragment"
SAMPLE: Final = "  lastState: {terminated: {exitCode: 137, reason: OOMKilled}}   (cut out of a pod's YAML or JSON)"

_TELLING: Final = re.compile(
    r'^[ \t-]{0,40}"?(?:containerStatuses|initContainerStatuses|lastState|terminated|waiting|conditions|phase'
    r'|lastTransitionTime)"? ?:',
    re.M,
)
_SAID: Final = re.compile(r'^[ \t-]{0,40}"?(?:reason"? ?: ?["\']?[A-Z]|exitCode"? ?: ?[1-9])', re.M)
_WHOLE: Final = re.compile(r'^(?:- )?"?(?:apiVersion|kind)"? ?:', re.M)
_STATUS_KEYS: Final = frozenset(
    {"containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses", "conditions", "phase"}
)
_CONTAINER_KEYS: Final = frozenset({"state", "lastState", "restartCount", "containerID"})
_STATE_KEYS: Final = frozenset({"waiting", "terminated", "running"})
_POD_CONDITIONS: Final = frozenset({"Ready", "PodScheduled", "Initialized", "ContainersReady", "DisruptionTarget"})
_NODE_REASONS: Final = frozenset({"NodeStatusUnknown", "NodeStatusNeverUpdated", "KubeletNotReady", "KubeletReady"})
_HEADS: Final = (b"", b"conditions:\n", b"containerStatuses:\n")  # a key that was left behind by the cut


def sniff(head: str, placement: Placement) -> bool:
    """Whether keys of a status stand there, with a reason, no object around them, and all of it can be read."""
    if placement.role.endswith("_log") or _WHOLE.search(head) or not (_TELLING.search(head) and _SAID.search(head)):
        return False
    return any(_as_pod(value) is not None for body in _bodies(head.encode()) for value in _values(body))


def parse(raw: bytes, path: str, placement: Placement) -> Harvest:
    """The containers and conditions of the piece; one that turns out not to be readable as a whole is unparsed."""
    out = Gathered(path)
    locator = Locator(raw)
    lines = count_lines(raw)
    whole = next((found for body in _bodies(raw) if (found := _values(body))), None)
    if whole is None:
        return out.harvest(NAME, lines, lines)
    whole = [condition for value in whole for condition in _conditions(value)] or whole
    if _are_of_node(whole):
        out.records += _of_node(whole, locator, raw, path)
        whole = []
    for value in whole:
        fields = _as_pod(value)
        if fields is None:
            continue
        pods.read(Entry(fields, 0, len(raw), "PodList"), locator, out, placement.namespace)
        out.records += [_of_workload(c, locator, raw, path) for c in maps(fields, "status", "conditions") if _is_bad(c)]
    out.pods = [pod for pod in out.pods if pod.name]
    return out.harvest(NAME, lines, 0)


def _bodies(raw: bytes) -> list[bytes]:
    """The piece as documents that it may have been a part of, the likeliest first."""
    kept = raw.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    first = next((line for line in kept if line.strip()), b"")
    margin = len(first) - len(first.lstrip(b" "))
    body = b"\n".join(line[min(margin, len(line) - len(line.lstrip(b" "))) :] for line in kept)
    if first.lstrip().startswith(b'"'):
        return [b"{" + body.strip().rstrip(b",") + b"}"]
    return [head + body for head in _HEADS]


def _values(body: bytes) -> list[Fields]:
    """The maps of a document that is read whole; nothing of one that is not."""
    parts = list(read(body))
    if any(isinstance(part, Unread) for part in parts):
        return []
    return [part.fields for part in parts if isinstance(part, Entry)]


def _as_pod(value: Fields) -> Fields | None:
    """The piece where it stands in a pod."""
    if mapping(value, "status"):
        return value
    if value.keys() & _STATUS_KEYS:
        return {"status": value}
    if value.keys() & _CONTAINER_KEYS:
        return {"status": {"containerStatuses": [value]}}
    if value.keys() & _STATE_KEYS:
        return {"status": {"containerStatuses": [{"state": value}]}}
    if {"type", "status", "reason"} <= value.keys():
        return {"status": {"conditions": [value]}}
    return None


def _conditions(value: Fields) -> list[Fields]:
    """Those of a status that has nothing else a pod's status has, and may be a node's."""
    status = mapping(value, "status") or value
    return list(maps(status, "conditions")) if not status.keys() & (_STATUS_KEYS - {"conditions"}) else []


def _are_of_node(values: list[Fields]) -> bool:
    """A list of conditions that only nodes have."""
    return all("type" in v and "status" in v for v in values) and any(
        text(v, "type") in statuses.BAD_WHEN_TRUE or text(v, "reason") in _NODE_REASONS for v in values
    )


def _of_node(values: list[Fields], locator: Locator, raw: bytes, path: str) -> list[Record]:
    out = []
    for value in values:
        kind, status, said = text(value, "type") or "", text(value, "status") or "", text(value, "message")
        if statuses.is_bad_node_condition(kind, status):
            place = locator.find(Span(0, len(raw)), "message", said) or 0
            at = Place(locator.line(place), locator.text(place))
            message = f"{text(value, 'reason') or kind}: {said or status}"
            out.append(statuses.of_node_condition("", path, kind, message, at, instant(value, "lastTransitionTime")))
    return out


def _is_bad(condition: Fields) -> bool:
    """A condition of a workload that did not come about."""
    kind, status = text(condition, "type"), text(condition, "status")
    return kind not in _POD_CONDITIONS and (kind == "ReplicaFailure") == (status == "True")


def _of_workload(condition: Fields, locator: Locator, raw: bytes, path: str) -> Record:
    reason = text(condition, "reason")
    place = locator.find(Span(0, len(raw)), "reason", reason) or 0
    said = locator.find(Span(0, len(raw)), "message", text(condition, "message"))
    at = place if said is None else said
    return Record(
        source="event",
        message=text(condition, "message") or f"condition {text(condition, 'type')}",
        path=path,
        line=locator.line(at),
        text=locator.text(at),
        timestamp=instant(condition, "lastTransitionTime"),
        level="warning",
        reason=reason,
    )
