"""Requests of a whole pod against what the nodes have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from analyzer.derive.facts import Facts, Owner, derived
from analyzer.derive.memory import size
from analyzer.model import Container, Node, Pod, Record

LINES: tuple[str, ...] = ()

_RESOURCES: Final = ("cpu", "memory")


@dataclass(frozen=True, slots=True)
class _Ask:
    """What a pod asks of one resource, in millicores or bytes, with its parts in words."""

    amount: int
    parts: str


def pod_requests_exceed_nodes(facts: Facts) -> list[Record]:
    """All containers of a pod together request more than any node has."""
    out = []
    for pod in facts.pods:
        owner = Owner(pod.namespace or "", pod.name)
        if not _is_pending(pod):
            continue
        decisive = _decisive(facts, owner)
        containers = facts.containers_of(owner)
        for resource in _RESOURCES:
            ask = _ask(containers, resource)
            sentence = _against_nodes(facts.nodes, resource, ask.amount)
            if ask.amount and sentence and decisive is not None:
                message = f"pod {pod.name} requests {ask.parts} of {resource}, and {sentence}"
                record = derived("PodRequestsExceedNodes", message, decisive, owner)
                out.append(replace(record, node=None))  # the scheduler's host is not the pod's node
    return out


def taints_keep_pods_off(facts: Facts) -> list[Record]:
    """Every node of the bundle has a taint that the pending pod does not tolerate, or is cordoned."""
    out = []
    for pod in facts.pods:
        if not _is_pending(pod) or not facts.nodes or pod.is_scheduled is not False:
            continue
        against = {n.node: _against(n, pod) for n in facts.nodes}
        if not all(against.values()):
            continue
        owner = Owner(pod.namespace or "", pod.name)
        told = "; ".join(f"{node} has {taint}" for node, taint in sorted(against.items()))
        message = f"pod {pod.name} tolerates no node: {told}"
        decisive = _decisive(facts, owner) or _of_pod(pod)
        out.append(replace(derived("NoNodeTolerated", message, decisive, owner), node=None))
    return out


def _against(node: Node, pod: Pod) -> str | None:
    """What keeps the pod off the node, in words, or None."""
    if node.is_unschedulable:
        return "been cordoned"
    taints = [t for t in node.taints if t.endswith((":NoSchedule", ":NoExecute"))]
    return next((f"the taint {t}" for t in taints if not any(_tolerates(o, t) for o in pod.tolerations)), None)


def _tolerates(toleration: str, taint: str) -> bool:
    """Tolerations are written as describe does: `key=value:effect`, `key:effect op=Exists`, `op=Exists`."""
    words = toleration.replace("op=Exists", "").strip()
    if not words:
        return True
    key, _, effect = words.partition(":")
    taint_key, _, taint_effect = taint.rpartition(":")
    names_it = key in (taint_key, taint_key.partition("=")[0]) or key.partition("=")[0] == taint_key.partition("=")[0]
    return names_it and effect in ("", taint_effect)


def _of_pod(pod: Pod) -> Record:
    """The place of a pod whose events and conditions say nothing."""
    return Record(
        source="pod_condition", message=f"pod {pod.name} is pending", path=pod.path, line=pod.line, text=pod.text
    )


def _is_pending(pod: Pod) -> bool:
    return pod.node is None and (pod.is_scheduled is False or pod.phase == "Pending")


def _decisive(facts: Facts, owner: Owner) -> Record | None:
    """The line that says that no node has room: the scheduler's event, else the pod's condition."""
    told = [r for r in facts.pod_records(owner) if r.reason in ("FailedScheduling", "Unschedulable")]
    told = [r for r in told if "Insufficient" in r.message] or told
    events = [r for r in told if r.source == "event"]
    return next(iter((events or told)[-1:]), None)


def _ask(containers: Sequence[Container], resource: str) -> _Ask:
    """A pod's effective request: the larger of all that run together and of each init container in its turn.

    Sidecars count for what starts after them
    (https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers).
    """
    together = [c for c in containers if c.kind in ("main", "sidecar") and request_of(c, resource)]
    sidecars = [c for c in together if c.kind == "sidecar"]
    inits = [c for c in containers if c.kind == "init" and request_of(c, resource)]
    asks = [together, *([i, *(s for s in sidecars if s.position < i.position)] for i in inits)]
    largest = max(asks, key=lambda cs: sum(request_of(c, resource) for c in cs))
    amount = sum(request_of(c, resource) for c in largest)
    words = " + ".join(f"{c.container} {_words(resource, request_of(c, resource))}" for c in largest)
    total = f" = {_words(resource, amount)}" if len(largest) > 1 else ""
    return _Ask(amount, words + total)


def request_of(container: Container, resource: str) -> int:
    """The request; a limit alone stands for it, as the API server defaults it."""
    if resource == "cpu":
        asked, limit = container.cpu_request_millicores, container.cpu_limit_millicores
    else:
        asked, limit = container.memory_request_bytes, container.memory_limit_bytes
    return asked if asked is not None else limit or 0


def _against_nodes(nodes: Sequence[Node], resource: str, amount: int) -> str | None:
    """Why no node can take the amount, or None when one can or it is not known."""
    have = {n.node: _allocatable(n, resource) for n in nodes}
    known = {name: value for name, value in sorted(have.items()) if value is not None}
    if not known or len(known) < len(have):
        return None
    largest = max(known, key=lambda name: (known[name], name))
    if amount > known[largest]:
        return f"the largest node, {largest}, has {_words(resource, known[largest])} allocatable"
    free = {n.node: f for n in nodes if (f := free_of(n, resource)) is not None}
    if len(free) < len(nodes):
        return None
    freest = max(free, key=lambda name: (free[name], name))
    if amount > free[freest]:
        left = max(free[freest], 0)
        return (
            f"the node with most left, {freest}, has {_words(resource, left)} not yet requested of "
            f"{_words(resource, known[freest])} allocatable"
        )
    return None


def _allocatable(node: Node, resource: str) -> int | None:
    return node.cpu_allocatable_millicores if resource == "cpu" else node.memory_allocatable_bytes


def free_of(node: Node, resource: str) -> int | None:
    """What the node has of cpu (millicores) or memory (bytes) that no pod has requested; None when not known."""
    have = _allocatable(node, resource)
    taken = node.cpu_requested_millicores if resource == "cpu" else node.memory_requested_bytes
    return None if have is None or taken is None else have - taken


def _words(resource: str, amount: int) -> str:
    return f"{amount}m" if resource == "cpu" else size(amount)
