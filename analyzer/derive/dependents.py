"""Failing containers led back to the pods that they call and that are down themselves."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from analyzer.derive.calls import IN_VAIN_WORDS, calls_in_vain, is_named_after
from analyzer.derive.control_plane import scheduler_pods, unscheduled
from analyzer.derive.facts import Facts, Owner
from analyzer.model import LOG_SOURCES, Pod, Record

_NETWORK_PODS: Final = re.compile(
    r"^(?:calico-node|canal|kube-flannel(?:-ds)?|flannel|cilium|aws-node|ovnkube-node|ovs-node|sdn|multus|weave-net|"
    r"antrea-agent|kube-router|kindnet|azure-cns|azure-npm|kube-ovn-cni|kube-proxy)-[a-z0-9]{5}$"
)
# the resolver was asked and did not answer, as against "no such host", which is an answer
NO_ANSWER_FROM_DNS: Final = (
    r"(?i)\blookup\b.{0,300}(?:i/o timeout|connection refused|server misbehaving|no route to host)|"
    r":53\b.{0,60}(?:i/o timeout|connection refused|no route to host)|temporary failure in name resolution|"
    r"\beai_again\b|connection timed out; no servers could be reached"
)
NO_NETWORK: Final = re.compile(
    NO_ANSWER_FROM_DNS + r"|i/o timeout|no route to host|network is unreachable|etimedout|connect(?:ion)? timed out|"
    r"failed to set ?up (?:network|pod)|network is not ready"
)
LINES: tuple[str, ...] = (NO_ANSWER_FROM_DNS,)

NO_ANSWER: Final = re.compile(NO_ANSWER_FROM_DNS)
_refused_at: Final = re.compile(
    r"(?i)(?<![\w.])(?!127\.|localhost|0\.0\.0\.0)(?P<host>[a-z0-9][\w.-]{0,200})\]?:(?P<port>\d{2,5})\b"
)
_USUAL_PORTS: Final = {
    "5432": "postgres",
    "6379": "redis",
    "3306": "mysql|mariadb|percona",
    "27017": "mongo",
    "5672": "rabbit",
    "9092": "kafka",
    "9200": "elastic|opensearch",
    "2181": "zookeeper",
    "4222": "nats",
    "11211": "memcached",
}  # where images declare no port
_DNS_PODS: Final = re.compile(r"^(?:coredns|kube-dns|dns-default|rke2-coredns-rke2-coredns)-")


@dataclass(frozen=True, slots=True)
class Dependency:
    """A failing container and a pod that it calls in vain, which is down as well."""

    caller: Owner  # the container that calls
    pod: Owner  # the pod behind what is called
    record: Record  # the caller's line


def dependencies(facts: Facts) -> tuple[Dependency, ...]:
    """Who waits for which pod that is down; of two pods that call each other, the later to fail is the caller.

    A Service with one pod that is well leaves its callers to another explanation.
    """
    every = (*_by_port(facts), *_by_service(facts), *_by_dns(facts), *_by_network(facts), *_by_scheduler(facts))
    found = {(d.caller, d.pod): d for d in every if d.caller.whole_pod != d.pod}
    calls = {(d.caller.whole_pod, d.pod) for d in found.values()}
    kept = [d for d in found.values() if (d.pod, d.caller.whole_pod) not in calls or _is_later(facts, d)]
    return tuple(sorted(kept, key=lambda d: (d.caller, d.pod)))


def _by_service(facts: Facts) -> list[Dependency]:
    out = []
    for call in calls_in_vain(facts):
        service = facts.object("Service", call.namespace, call.service)
        pods = [p for p in facts.pods if (p.namespace or "") == call.namespace]
        if service is not None and service.selector:
            behind = [p for p in pods if p.labels and {*service.selector} <= {*p.labels}]
        else:
            behind = [p for p in pods if is_named_after(p, call.service)]
        out += [Dependency(call.owner, pod, call.record) for pod in _all_down(facts, behind)]
    return out


def _by_dns(facts: Facts) -> list[Dependency]:
    servers = _all_down(facts, [p for p in facts.pods if p.namespace and _DNS_PODS.match(p.name)])
    if not servers:
        return []
    lines = {
        owner: record
        for owner, record in facts.owned_records()
        if record.source in LOG_SOURCES and owner.pod and owner.container and NO_ANSWER.search(record.message)
    }
    return [Dependency(o, pod, r) for o, r in lines.items() if facts.is_failing(o) for pod in servers]


def _by_port(facts: Facts) -> list[Dependency]:
    """Refused at a port that, in the caller's namespace, none but pods that are down serve."""
    out = []
    for owner, record in facts.owned_records():
        if record.source not in LOG_SOURCES or not owner.pod or not owner.container or not facts.is_failing(owner):
            continue
        if not IN_VAIN_WORDS.search(record.message):
            continue
        for match in _refused_at.finditer(record.message[:4096]):
            pods = [p for p in facts.pods if (p.namespace or "") == owner.namespace and p.name != owner.pod]
            serving = [p for p in pods if _serves(facts, Owner(p.namespace or "", p.name), match["port"])]
            out += [Dependency(owner, pod, record) for pod in _all_down(facts, serving)]
    return out


def _serves(facts: Facts, pod: Owner, port: str) -> bool:
    containers = [c for c in facts.containers_of(pod) if c.kind != "init"]
    if any(p.rpartition("=")[2].partition("/")[0] == port for c in containers for p in c.ports):
        return True
    usual = _USUAL_PORTS.get(port)
    return usual is not None and any(not c.ports and re.search(usual, c.image or "") for c in containers)


def _by_network(facts: Facts) -> list[Dependency]:
    """A pod without network, on a node whose network agent is down."""
    agents = {p.node: Owner(p.namespace or "", p.name) for p in network_agents(facts) if p.node}
    out = []
    for owner, record in facts.owned_records() if agents else ():
        pod = facts.pod(owner)
        agent = agents.get(pod.node or "") if pod is not None and owner.pod else None
        if agent is not None and facts.is_failing(owner) and NO_NETWORK.search(record.message):
            out.append(Dependency(owner, agent, record))
    return out


def network_agents(facts: Facts) -> list[Pod]:
    """The network plugins' own pods, and kube-proxy's, that are down, each on its node."""
    return [
        p
        for p in facts.pods
        if p.node and _NETWORK_PODS.match(p.name) and p.owner_kind in (None, "DaemonSet") and facts.is_down(_whole(p))
    ]


def _by_scheduler(facts: Facts) -> list[Dependency]:
    """Pods that no scheduler looks at, and the schedulers, which are down."""
    down = [o for o in scheduler_pods(facts) if facts.is_down(o)]
    if not down or len(down) < len(scheduler_pods(facts)):
        return []
    told = [(_whole(p), Record(source="object", message="", path=p.path, line=p.line)) for p in unscheduled(facts)]
    return [Dependency(pod, scheduler, record) for pod, record in told for scheduler in down]


def _whole(pod: Pod) -> Owner:
    return Owner(pod.namespace or "", pod.name)


def _all_down(facts: Facts, pods: Sequence[Pod]) -> list[Owner]:
    """The pods, when none of them is well."""
    owners = [Owner(p.namespace or "", p.name) for p in pods if p.phase != "Succeeded"]
    return owners if all(facts.is_down(o) for o in owners) else []


def _is_later(facts: Facts, dependency: Dependency) -> bool:
    """Whether the caller failed after the pod that it calls."""
    mine, theirs = _failing_since(facts, dependency.caller.whole_pod), _failing_since(facts, dependency.pod)
    return mine is not None and theirs is not None and mine > theirs


def _failing_since(facts: Facts, pod: Owner) -> dt.datetime | None:
    """The first warning about the pod."""
    told = [r for r in facts.pod_records(pod) if r.source == "event" and r.level == "warning"]
    return min((t for r in told if (t := r.first_timestamp or r.timestamp)), default=None)
