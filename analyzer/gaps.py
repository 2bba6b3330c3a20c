"""The kinds of evidence that a bundle lacks as a whole, for a diagnosis that is not sure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from analyzer.derive.facts import Facts
from analyzer.derive.health import has_pod_status, has_status
from analyzer.diagnosis import Missing, ObjectRef
from analyzer.shell import word
from patterns.schema import CAUSES

SURE: Final = 0.8  # from here on nothing more is asked for
MOST: Final = 3


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of evidence: how it is called, what it would tell, and the command for it."""

    what: str
    because: str
    command: str


_KINDS: Final = {
    "pods": _Kind(
        "the objects of the pods",
        "states, exit codes, limits, probes and mounts cannot be read from what is here",
        "kubectl get pods {where} -o yaml",
    ),
    "events": _Kind(
        "the events",
        "no event is here, and they tell what the kubelet and the scheduler tried, and when it ended",
        "kubectl get events {where} -o yaml   # they live one hour",
    ),
    "logs": _Kind(
        "the logs of the containers",
        "no word of a program itself is here, and the last ones before an exit mostly say why",
        "kubectl logs {where_one} POD --all-containers --previous   # and once without --previous",
    ),
    "nodes": _Kind(
        "the objects of the nodes",
        "conditions, pressure, taints and what is left to request are not known",
        "kubectl describe nodes",
    ),
    "kubelet": _Kind(
        "the journal of the kubelet and the kernel",
        "starts, mounts, probes and kills are told there long after events have expired",
        "journalctl -u kubelet -k --since '2 hours ago' --no-pager   # on the node",
    ),
    "services": _Kind(
        "the Services and their endpoints",
        "whether an address leads to a pod that is ready cannot be told",
        "kubectl get services,endpoints {where} -o yaml",
    ),
    "claims": _Kind(
        "the claims, volumes and storage classes",
        "what a claim waits for cannot be told",
        "kubectl get pvc,pv,storageclass {where} -o yaml",
    ),
}

_ASKED: Final = {
    "config": ("pods", "logs", "events"),
    "volume": ("claims", "events", "pods", "kubelet"),
    "memory": ("pods", "kubelet", "nodes", "events"),
    "probe": ("pods", "events", "logs"),
    "permission": ("pods", "logs", "events"),
    "image": ("events", "pods", "kubelet"),
    "scheduling": ("events", "nodes", "pods"),
    "node": ("nodes", "kubelet", "events"),
    "network": ("services", "pods", "logs", "events"),
    "control": ("kubelet", "logs", "nodes"),
    "app": ("logs", "pods", "events"),
}
"""Category of the first cause -> what would decide it, most telling first."""
_NODE_LOGS: Final = ("kubelet_log", "kernel_log", "node_log", "runtime_log")
_of_node: Final = re.compile(r"(?:kubelet|journal|messages|syslog|dmesg|kern)[^/]*$")
_WITHOUT: Final = ("pods", "events", "logs", "nodes", "kubelet")


def gaps(facts: Facts, cause: str | None, about: ObjectRef | None) -> Iterable[Missing]:
    """What would decide between `cause` (None: none was found) and another, most telling first."""
    category = next((name for name, classes in CAUSES.items() if cause in classes), None)
    asked = _WITHOUT if category is None else _ASKED[category]
    namespace = about.namespace if about is not None else ""
    one = f"-n {word(namespace, 'namespace')}" if namespace else "-n NAMESPACE"
    where = one if namespace else "-A"
    lacking = [kind for kind in asked if not _has(facts, kind)]
    for kind in (_KINDS[name] for name in lacking[:MOST]):
        yield Missing(
            what=kind.what,
            state="absent",
            because=kind.because,
            command=kind.command.format(where=where, where_one=one),
        )
    if not lacking:
        yield from _before(facts, where)


def _has(facts: Facts, kind: str) -> bool:
    if kind == "pods":
        return any(map(has_pod_status, facts.pods)) or any(map(has_status, facts.containers))
    if kind == "events":
        return any(r.source == "event" for r in facts.records)
    if kind == "logs":
        return any(f.container for f in facts.files) or any(r.source == "container_log" for r in facts.records)
    if kind == "nodes":
        return bool(facts.nodes)
    if kind == "kubelet":
        return any(_of_node.search(f.path) for f in facts.files) or any(r.source in _NODE_LOGS for r in facts.records)
    wanted = ("Service", "Endpoints", "EndpointSlice") if kind == "services" else ("PersistentVolumeClaim",)
    return any(o.kind in wanted for o in facts.objects)


def _before(facts: Facts, where: str) -> Iterable[Missing]:
    """All kinds are here: what is older than the oldest event is not."""
    times = [t for r in facts.records if r.source == "event" and (t := r.first_timestamp or r.timestamp)]
    if times:
        yield Missing(
            what=f"what happened before {min(times):%Y-%m-%d %H:%M:%S} UTC",
            state="expired",
            because="events live one hour, and this is the oldest one here",
            command=f"kubectl get events {where} -o yaml   # as soon as it happens again",
        )
