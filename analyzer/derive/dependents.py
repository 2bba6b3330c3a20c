"""Failing containers led back to the pods that they call and that are down themselves."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from analyzer.derive.calls import calls_in_vain, is_named_after
from analyzer.derive.facts import Facts, Owner
from analyzer.model import LOG_SOURCES, Pod, Record

# the resolver was asked and did not answer, as against "no such host", which is an answer
NO_ANSWER_FROM_DNS: Final = (
    r"(?i)\blookup\b.{0,300}(?:i/o timeout|connection refused|server misbehaving|no route to host)|"
    r":53\b.{0,60}(?:i/o timeout|connection refused|no route to host)|temporary failure in name resolution|"
    r"\beai_again\b|connection timed out; no servers could be reached"
)
LINES: tuple[str, ...] = (NO_ANSWER_FROM_DNS,)

_no_answer: Final = re.compile(NO_ANSWER_FROM_DNS)
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
    found = {(d.caller, d.pod): d for d in [*_by_service(facts), *_by_dns(facts)] if d.caller.whole_pod != d.pod}
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
        if record.source in LOG_SOURCES and owner.pod and owner.container and _no_answer.search(record.message)
    }
    return [Dependency(o, pod, r) for o, r in lines.items() if facts.is_failing(o) for pod in servers]


def _all_down(facts: Facts, pods: Sequence[Pod]) -> list[Owner]:
    """The pods, when none of them is well."""
    owners = [Owner(p.namespace or "", p.name) for p in pods if p.phase != "Succeeded"]
    return owners if all(_is_down(facts, o) for o in owners) else []


def _is_down(facts: Facts, pod: Owner) -> bool:
    containers = [c for c in facts.containers_of(pod) if c.kind != "init"]
    if containers:
        return any(facts.is_failing(pod.of(c.container)) for c in containers)
    return facts.is_failing(pod)


def _is_later(facts: Facts, dependency: Dependency) -> bool:
    """Whether the caller failed after the pod that it calls."""
    mine, theirs = _failing_since(facts, dependency.caller.whole_pod), _failing_since(facts, dependency.pod)
    return mine is not None and theirs is not None and mine > theirs


def _failing_since(facts: Facts, pod: Owner) -> dt.datetime | None:
    """The first warning about the pod."""
    told = [r for r in facts.pod_records(pod) if r.source == "event" and r.level == "warning"]
    return min((t for r in told if (t := r.first_timestamp or r.timestamp)), default=None)
