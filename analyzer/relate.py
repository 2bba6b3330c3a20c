"""How near a finding is to a failure: the same container, pod, workload, node, namespace, or just the same bundle."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Final

from analyzer.derive.facts import Facts, Owner
from analyzer.diagnosis import ObjectRef

# Names that controllers make: <deployment>-<template hash>-<suffix>, <cronjob>-<minute>-<suffix>, <statefulset>-<n>
# (apimachinery's rand.String uses the alphabet bcdfghjklmnpqrstvwxz2456789).
HASHED = re.compile(r"(?P<owner>[a-z0-9.-]+?)-[a-z0-9]{6,10}-[a-z0-9]{5}$")
SUFFIXED = re.compile(r"(?P<owner>[a-z0-9.-]+?)-[a-z0-9]{5}$")
NUMBERED = re.compile(r"(?P<owner>[a-z0-9.-]+?)-\d{1,4}$")
REPLICA_SET = re.compile(r"(?P<owner>[a-z0-9.-]+?)-[a-z0-9]{6,10}$")


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near, 0 to 1, and in words."""

    value: float
    words: str


Workload = tuple[str, str]
"""(kind, name)."""
_near: Final = functools.lru_cache(maxsize=4096)(Nearness)  # of the pods of a workload each is as near to each


def workload_of(facts: Facts, ref: ObjectRef) -> Workload | None:
    """(kind, name) of what controls a pod, read from its owner, else from the shape of its name."""
    if ref.kind == "ReplicaSet":
        found = REPLICA_SET.match(ref.name)
        return ("Deployment", found["owner"]) if found else ("ReplicaSet", ref.name)
    if ref.kind in ("Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"):
        return ref.kind, ref.name
    if ref.kind != "Pod" or not ref.name:
        return None
    pod = facts.pod(Owner(ref.namespace, ref.name))
    if pod is not None and pod.owner_kind and pod.owner_name:
        return pod.owner_kind, pod.owner_name
    for shape, kind in ((HASHED, "Deployment"), (NUMBERED, "StatefulSet"), (SUFFIXED, "DaemonSet")):
        if found := shape.match(ref.name):
            return kind, found["owner"]
    return None


def nearness(facts: Facts, finding: ObjectRef, failure: ObjectRef) -> Nearness | None:
    """How near `finding` is to `failure`, or None when nothing joins them."""
    return joined(facts, finding, failure, workload_of(facts, finding), workload_of(facts, failure))


def joined(
    facts: Facts, finding: ObjectRef, failure: ObjectRef, mine: Workload | None, theirs: Workload | None
) -> Nearness | None:
    """nearness() of two whose workloads are known."""
    if finding.name and finding.name == failure.name and finding.kind == failure.kind:
        return _within_object(finding, failure) if _same_namespace(finding, failure) else None
    if not finding.name:
        return _nameless(finding, failure)
    if mine is not None and mine == theirs and _same_namespace(finding, failure):
        return _near(0.6, f"another object of {mine[0]} {mine[1]}")
    if finding.kind == "Node" and finding.name == failure.node:
        return _near(0.6, f"its node {finding.name}")
    if finding.kind == "Node" and failure.kind == "Pod" and not failure.node and len(facts.nodes) == 1:
        return _near(0.5, f"{finding.name}, the only node there is")
    if finding.kind not in ("Pod", "Node") and _same_namespace(finding, failure):
        return _near(0.35, f"the same namespace {failure.namespace}")
    return None


def _within_object(finding: ObjectRef, failure: ObjectRef) -> Nearness:
    if finding.container == failure.container:
        what = f"container {failure.container}" if failure.container else f"{failure.kind} {failure.name}"
        return _near(1.0, f"the same {what}" if failure.container else what)
    if not finding.container or not failure.container:
        return _near(0.8, f"the same {failure.kind.lower()} {failure.name}")
    return _near(0.6, f"another container of pod {failure.name}")


def _nameless(finding: ObjectRef, failure: ObjectRef) -> Nearness | None:
    if finding.container:
        if finding.container == failure.container:
            return _near(0.9, f"a log of container {failure.container}")
        if failure.kind == "Pod" and failure.name.startswith(f"{finding.container}-"):
            return _near(0.7, f"a log named like pod {failure.name}")
        return _near(0.4, "a log in the same bundle") if not failure.container else _near(0.3, "another log")
    if finding.node and failure.node and finding.node != failure.node:
        return _near(0.15, f"another node, {finding.node}")
    if finding.node and finding.node == failure.node:
        return _near(0.55, f"its node {finding.node}")
    return _near(0.35, "the same bundle")


def _same_namespace(one: ObjectRef, other: ObjectRef) -> bool:
    return not one.namespace or not other.namespace or one.namespace == other.namespace
