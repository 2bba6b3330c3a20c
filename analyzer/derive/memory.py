"""Kills for want of memory, joined with the containers they hit."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from analyzer.derive.facts import Facts, Owner, derived, owner_of, quote
from analyzer.derive.kills import LINES as KILL_LINES
from analyzer.derive.kills import Kill, container_id, kernel_kills, pod_uid
from analyzer.derive.uids import plain_uid, pod_uids
from analyzer.model import Record

LINES: tuple[str, ...] = (
    *KILL_LINES,
    r"eviction manager: .{0,40}(must evict|attempting to reclaim|pods? .{0,200} (is )?evicted)",
)

_LONGEST_COMM: Final = 15  # the kernel cuts a process name here
_low_on: Final = re.compile(
    r"(?i)node (?:was low on resource: (?P<resource>[a-z/-]{1,40})|had condition: \[(?P<condition>[^\]]{1,80})\])"
)
_consumer: Final = re.compile(r"Container ([a-z0-9][a-z0-9-]{0,62}) was using")
_threshold: Final = re.compile(r"Threshold quantity: (\S+), available: (\S+?)\.?(?:\s|$)")


def kills_explained(facts: Facts) -> list[Record]:
    """The kernel killed a process since its container, its pod or its node had no memory left: told apart by cgroup."""
    out = []
    node_wide = []
    for (owner, level), kills in by_victim(facts):
        if level in ("container", "unknown"):
            out += [_container_limit_hit(facts, owner, kills)] if owner.pod else []
        elif level == "pod":
            out.append(_pod_limit_hit(owner, kills))
        elif level in ("node", "kubepods"):
            node_wide.append(_node_out_of_memory(facts, owner, kills))
    node_wide += _system_ooms(facts, {r.node for r in node_wide})
    return [*out, *node_wide, *_unlimited_victims(facts, node_wide)]


def _container_limit_hit(facts: Facts, owner: Owner, kills: Sequence[Kill]) -> Record:
    """The container's own cgroup reached its limit."""
    container = facts.container(owner)
    limit = (container.memory_limit_bytes if container else None) or kills[-1].limit_bytes
    of = f" of {size(limit)}" if limit else ""
    whose = f"container {owner.container}" if owner.container else f"a container of pod {owner.pod}"
    message = f"{_words(kills[-1])} because {whose} reached its memory limit{of}"
    return _record("ContainerHitMemoryLimit", message, owner, kills)


def _pod_limit_hit(owner: Owner, kills: Sequence[Kill]) -> Record:
    """The cgroup of the pod as a whole reached its limit."""
    limit = kills[-1].limit_bytes
    of = f" of {size(limit)}" if limit else ""
    whose = f"pod {owner.pod}" if owner.pod else "its pod"
    message = f"{_words(kills[-1])} because {whose} as a whole reached its memory limit{of}"
    return _record("PodHitMemoryLimit", message, owner, kills)


def _node_out_of_memory(facts: Facts, owner: Owner, kills: Sequence[Kill]) -> Record:
    """The node had no memory left, or all its pods together reached what is set aside for pods."""
    last = kills[-1]
    node = f"node {last.node}" if last.node else "the node"
    why = f"{node} ran out of memory"
    if last.level == "kubepods":
        why = f"all pods on {node} together reached the memory set aside for pods"
    message = f"{_words(last)} because {why}{_victim_words(facts, owner)}"
    return _record("NodeRanOutOfMemory", message, owner, kills)


def evictions(facts: Facts) -> list[Record]:
    """The kubelet evicted a pod because its node was short of memory, disk or process ids."""
    out: dict[Owner, Record] = {}
    for owner, record in facts.owned_records():
        found = _low_on.search(record.message) if record.reason == "Evicted" and owner.pod else None
        if found is None:
            continue
        short = found["resource"] or found["condition"]
        pod = facts.pod(owner)
        node = record.node or (pod.node if pod else None)
        amounts = _threshold.search(record.message)
        numbers = f" (threshold {amounts[1]}, available {amounts[2]})" if amounts else ""
        at = f"node {node}" if node else "its node"
        state = f"was low on {short}" if found["resource"] else f"had condition {short}"
        message = f"the kubelet evicted pod {owner.pod} because {at} {state}{numbers}"
        consumers = _consumer.findall(record.message)
        whose = owner.of(consumers[0]) if len(consumers) == 1 else owner.whole_pod
        made = derived("EvictedByNodePressure", message, record, whose, node=node, count=record.count)
        if owner.whole_pod not in out or numbers:
            out[owner.whole_pod] = made
    return list(out.values())


def _system_ooms(facts: Facts, told: set[str | None]) -> Iterator[Record]:
    """Events `SystemOOM` of nodes of which no kernel line speaks."""
    seen = set(told)
    for record in facts.records:
        if record.source != "event" or record.reason != "SystemOOM":
            continue
        node = record.node or (record.name if record.kind == "Node" else None)
        if node not in seen and (node is not None or not seen):
            seen.add(node)
            message = f"node {node or '(unnamed)'} ran out of memory: {record.message}"
            made = derived("NodeRanOutOfMemory", message, record, Owner(), node=node, count=record.count)
            yield made


def _unlimited_victims(facts: Facts, reports: Sequence[Record]) -> Iterator[Record]:
    """Containers called OOMKilled that have no limit to hit, on a node that ran out of memory."""
    named = {(r.namespace, r.name, r.container) for r in reports}
    for container in facts.containers:
        is_killed = "OOMKilled" in (container.reason, container.last_reason)
        if not is_killed or container.memory_limit_bytes is not None or not container.image:
            continue
        same = [r for r in reports if r.node is not None and r.node == container.node]
        owner = owner_of(container)
        if not same or (container.namespace, container.pod, container.container) in named:
            continue
        status = next((r for r in facts.records_of(owner) if r.reason == "OOMKilled"), same[0])
        message = (
            f"container {container.container} was OOMKilled without a memory limit of its own, "
            f"and node {container.node} ran out of memory"
        )
        yield derived("NodeRanOutOfMemory", message, status, owner, same[0].cites, node=container.node)


def by_victim(facts: Facts) -> list[tuple[tuple[Owner, str], list[Kill]]]:
    """Kills by victim and level; where the victim is not known, by node. Victims that are well again are left out."""
    kills = kernel_kills(facts)
    uids = pod_uids(facts) if kills else {}
    found: dict[tuple[Owner, str, str], list[Kill]] = defaultdict(list)
    for kill in kills:
        owner = _victim(facts, uids, kill)
        found[owner, kill.level, "" if owner.pod else kill.node or ""].append(kill)
    ordered = sorted(found.items(), key=lambda kv: kv[0])
    return [((o, level), group) for (o, level, _), group in ordered if not o.pod or facts.is_failing(o)]


def _victim(facts: Facts, uids: dict[str, Owner], kill: Kill) -> Owner:
    """Whose process was killed: by container id, by the pod's uid and the process name, or by that name alone.

    Containers of earlier lives have ids that no object names any more: there the one OOMKilled one is meant.
    """
    cgroup = kill.task_cgroup or kill.oom_cgroup
    by_id = container_id(cgroup)
    same = [c for c in facts.containers if by_id and c.container_id and c.container_id.endswith(by_id)]
    if same:
        return owner_of(same[0])
    pod = uids.get(plain_uid(pod_uid(cgroup) or "")) if pod_uid(cgroup) else None
    if pod is not None:
        names = sorted(facts.container_names(pod))
        fits = names if len(names) == 1 else [n for n in names if n[:_LONGEST_COMM] == kill.process]
        fits = fits or [c.container for c in facts.containers_of(pod) if "OOMKilled" in (c.reason, c.last_reason)]
        return pod.of(fits[0]) if len(fits) == 1 else pod
    if cgroup:
        return Owner()
    owners = sorted({o for o, _ in facts.owned_records() if o.pod and o.container[:_LONGEST_COMM] == kill.process})
    return owners[0] if len(owners) == 1 else Owner()


def _words(kill: Kill) -> str:
    rss = f", which held {size(kill.rss_bytes)} of anonymous memory," if kill.rss_bytes else ""
    return f"the kernel killed process {kill.pid} ({kill.process}){rss}"


def _victim_words(facts: Facts, owner: Owner) -> str:
    if not owner.container:
        return f"; its victim was in pod {owner.pod}" if owner.pod else ""
    container = facts.container(owner)
    limit = container.memory_limit_bytes if container else None
    own = f", whose own limit is {size(limit)}" if limit else ""
    return f"; its victim was container {owner.container}{own}"


def size(number: int) -> str:
    """Bytes as a person writes them: 256Mi, 1.5Gi."""
    for unit, power in (("Gi", 30), ("Mi", 20), ("Ki", 10)):
        if number >= 1 << power:
            return f"{round(number / (1 << power), 1):g}{unit}"
    return f"{number} bytes"


def _record(reason: str, message: str, owner: Owner, kills: Sequence[Kill]) -> Record:
    last = kills[-1]
    first = next((t for k in kills if (t := k.decisive.timestamp)), None)
    cites = [quote(r) for r in last.lines if "invoked oom-killer" not in r.message]
    return derived(reason, message, last.decisive, owner, cites, count=len(kills), node=last.node, first=first)
