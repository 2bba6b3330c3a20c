"""What is in a bad state: nothing is diagnosed without one of these."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analyzer.derive.facts import Facts, Owner, owner_of
from analyzer.derive.health import (
    HISTORY,
    RESTARTS_THAT_COUNT,
    completes_again,
    container_problem,
    has_pod_status,
    has_status,
    node_problem,
    pod_problem,
)
from analyzer.diagnosis import Finding, ObjectRef
from analyzer.model import LOG_SOURCES, Container, Node, Pod, Record
from analyzer.recovery import has_recovered, worked_on
from patterns.schema import Library

WORKLOADS = frozenset(
    {"Pod", "Node", "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "PersistentVolumeClaim"}
)

_NOT_KILLED = re.compile(r"\bKill(?:PodSandbox|Container)Error\b")

SILENT = {
    "ComponentLeaseExpired": "{} no longer renews its lease",
    "NodeLeaseExpired": "the kubelet of {} no longer renews its lease",
    "UnseenByControllers": "no controller has taken up {}",
}
"""Reasons of derived records that are failures themselves, with what is said of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One object in a bad state."""

    about: ObjectRef
    title: str
    reason: str  # the API's word for it, or the symptom pattern's id
    weight: float  # how bad: 1 down, 0.5 not started yet
    since: dt.datetime | None
    record_ids: tuple[int, ...]
    is_state: bool  # read from an object's state; else told by events and logs alone


def failures(
    facts: Facts, findings: Sequence[Finding], library: Library, now: dt.datetime | None
) -> tuple[Failure, ...]:
    """All failures, once an object, in object order; `now` is when the bundle was collected."""
    out: dict[ObjectRef, Failure] = {}
    told = _told_failures(facts, findings, library)
    words = () if any(map(has_pod_status, facts.pods)) else _word_failures(facts, findings, library)
    for failure in [*_state_failures(facts, now), *told, *words]:
        out.setdefault(failure.about, failure)
    return tuple(sorted(out.values(), key=lambda f: f.about))


def _state_failures(facts: Facts, now: dt.datetime | None) -> Iterable[Failure]:
    for container in facts.containers:
        pod = facts.pod(owner_of(container))
        if pod is not None and _job_went_on(facts, pod):
            continue
        found = container_problem(container, pod, now) or _probe_kills(facts, container, now)
        if found:
            yield _container_failure(facts, container, *found)
    for pod in facts.pods:
        if facts.containers_of(Owner(pod.namespace or "", pod.name)) and pod.phase not in ("Failed", "Pending"):
            continue
        title = None if _job_went_on(facts, pod) else pod_problem(pod, now) or _lasting(facts, pod)
        if title:
            yield _pod_failure(facts, pod, title)
    for i, record in enumerate(facts.records):
        if record.source == "derived" and record.kind == "Service":
            yield _service_failure(record, i)
        elif record.source == "derived" and record.reason in SILENT:
            yield _silence(record, i)
    for node in facts.nodes:
        title = node_problem(node)
        if title:
            yield _node_failure(facts, node, title)


def _job_went_on(facts: Facts, pod: Pod) -> bool:
    """A pod of a Job that failed, whose Job is complete all the same: a later pod did the work."""
    if pod.phase != "Failed" or pod.owner_kind != "Job" or not pod.owner_name:
        return False
    job = facts.object("Job", pod.namespace or "", pod.owner_name)
    if job is not None and job.phase is not None:
        return job.phase == "Complete"
    others = [p for p in facts.pods if (p.namespace, p.owner_name) == (pod.namespace, pod.owner_name)]
    return any(p.phase == "Succeeded" for p in others)


def _lasting(facts: Facts, pod: Pod) -> str | None:
    """A sentence on a pod whose state is that of one that is done, where the rest of the bundle says otherwise."""
    if completes_again(pod) and _exits_zero(facts, pod):
        return f"pod {pod.name} completes again and again"
    if (pod.reason or "").startswith("Terminating") and _outlives_its_end(facts, pod):
        return f"pod {pod.name} cannot be ended"
    return None


def _outlives_its_end(facts: Facts, pod: Pod) -> bool:
    """The kubelet says that it tried to kill what is left of the pod, and could not."""
    told = facts.pod_records(Owner(pod.namespace or "", pod.name))
    return any(r.reason == "FailedKillPod" or _NOT_KILLED.search(r.message) for r in told)


def _exits_zero(facts: Facts, pod: Pod) -> bool:
    return any(r.reason == "ExitsZero" and r.source == "derived" for r in facts.named("Pod", pod.name))


def _probe_kills(facts: Facts, container: Container, now: dt.datetime | None) -> tuple[str, str, float] | None:
    """It runs, but the kubelet keeps killing it: a program that obeys SIGTERM leaves exit code 0 behind."""
    restarts = container.restart_count or 0
    if restarts < RESTARTS_THAT_COUNT or now is None:
        return None
    kills = [r for i in facts.ids_of(owner_of(container)) if _is_probe_kill(r := facts.records[i], container)]
    if not any(r.timestamp is not None and now - r.timestamp < HISTORY for r in kills):
        return None
    return f"container {container.container} was killed by its probe, {restarts} restarts", "ProbeKill", 0.6


def _is_probe_kill(record: Record, container: Container) -> bool:
    is_killing = (
        record.source == "event" and record.reason == "Killing" and "probe, will be restarted" in record.message
    )
    return is_killing and record.container in (None, container.container)


def _container_failure(facts: Facts, container: Container, title: str, reason: str, weight: float) -> Failure:
    ids = facts.ids_of(owner_of(container))
    shown = tuple(i for i in ids if facts.records[i].source == "container_status")
    since = container.last_finished_at or container.finished_at or container.started_at
    return Failure(
        about=ObjectRef(
            namespace=container.namespace or "",
            kind="Pod",
            name=container.pod,
            container=container.container,
            node=container.node or "",
        ),
        title=title,
        reason=reason,
        weight=weight,
        since=since,
        record_ids=shown,
        is_state=True,
    )


def _pod_failure(facts: Facts, pod: Pod, title: str) -> Failure:
    ids = facts.ids_of(Owner(pod.namespace or "", pod.name))
    shown = tuple(i for i in ids if facts.records[i].source in ("pod_condition", "container_status"))
    return Failure(
        about=ObjectRef(namespace=pod.namespace or "", kind="Pod", name=pod.name, node=pod.node or ""),
        title=title,
        reason=pod.reason or pod.phase or "NotReady",
        weight=1.0,
        since=pod.created_at,
        record_ids=shown,
        is_state=True,
    )


def _service_failure(record: Record, record_id: int) -> Failure:
    """Every pod runs, and a Service leads nowhere: what the derivation found is the failure."""
    return Failure(
        about=ObjectRef(namespace=record.namespace or "", kind="Service", name=record.name or ""),
        title=f"Service {record.name} leads nowhere",
        reason=record.reason or "",
        weight=0.8,
        since=None,
        record_ids=(record_id,),
        is_state=True,
    )


def _silence(record: Record, record_id: int) -> Failure:
    """A part of the control plane, or a kubelet, that has stopped: others may not have noticed yet."""
    return Failure(
        about=ObjectRef.of(record),
        title=SILENT[record.reason or ""].format(record.name),
        reason=record.reason or "",
        weight=0.9,
        since=None,
        record_ids=(record_id,),
        is_state=True,
    )


def _node_failure(facts: Facts, node: Node, title: str) -> Failure:
    shown = tuple(
        i for i, r in enumerate(facts.records) if r.source == "node_condition" and node.node in (r.name, r.node)
    )
    return Failure(
        about=ObjectRef(kind="Node", name=node.node, node=node.node),
        title=title,
        reason=node.reason or "NotReady",
        weight=1.0,
        since=node.ready_changed_at,
        record_ids=shown,
        is_state=True,
    )


def _told_failures(facts: Facts, findings: Sequence[Finding], library: Library) -> Iterable[Failure]:
    """Symptoms that events or logs tell of objects whose present state the bundle does not hold."""
    for finding in findings:
        pattern = library.patterns[finding.pattern]
        if pattern.role != "symptom" or not _is_telling(facts, finding.about) or has_recovered(facts, finding):
            continue
        if not _is_readiness_alone(facts, finding):
            yield _told(finding, pattern.title)


def _is_readiness_alone(facts: Facts, finding: Finding) -> bool:
    """Readiness misses in logs: without a pod's state nobody knows that it did not become ready later."""
    records = [facts.records[i] for i in finding.record_ids]
    return finding.pattern == "probe-failed" and all(
        r.source in LOG_SOURCES and "eadiness" in r.message for r in records
    )


def _is_telling(facts: Facts, ref: ObjectRef) -> bool:
    """A symptom of this may be believed: its state is not known, and in a bundle with pods it has a name."""
    if is_known_well(facts, ref):
        return False
    return not facts.pods or ref.kind in WORKLOADS or bool(ref.node and not ref.kind)


def _word_failures(facts: Facts, findings: Sequence[Finding], library: Library) -> Iterable[Failure]:
    """In a bundle without a single object, what the logs say is all there is to go by."""
    for finding in findings:
        pattern = library.patterns[finding.pattern]
        if pattern.role != "cause" or is_known_well(facts, finding.about) or has_recovered(facts, finding):
            continue
        if not worked_on(facts, finding):
            yield _told(finding, pattern.title)


def _told(finding: Finding, title: str) -> Failure:
    return Failure(
        about=finding.about,
        title=title[0].lower() + title[1:],
        reason=finding.pattern,
        weight=0.8,
        since=finding.first_seen,
        record_ids=finding.record_ids[:1],
        is_state=False,
    )


def is_known_well(facts: Facts, ref: ObjectRef) -> bool:
    """The bundle holds this object's state (and then that decides), or its namespace's pods without it."""
    if ref.kind == "Pod" and ref.name:
        return _has_state(facts, Owner(ref.namespace, ref.name)) or _lists_pods_of(facts, ref.namespace)
    if ref.kind == "Node" or (not ref.name and ref.node):
        return facts.node(ref.name or ref.node) is not None
    if ref.kind and ref.name:
        return _is_satisfied(facts, ref)
    return False


def _lists_pods_of(facts: Facts, namespace: str) -> bool:
    """The bundle has pods of this namespace, so a pod that is not among them is gone."""
    return bool(namespace) and any(p.namespace == namespace and p.phase for p in facts.pods)


def _has_state(facts: Facts, owner: Owner) -> bool:
    """More is known of the pod than its name: how it is."""
    pod = facts.pod(owner)
    if pod is None:
        return False
    return has_pod_status(pod) or any(has_status(c) for c in facts.containers_of(owner))


def _is_satisfied(facts: Facts, ref: ObjectRef) -> bool:
    """The object is in the bundle, and has what it asked for."""
    thing = facts.object(ref.kind, ref.namespace, ref.name)
    if thing is None:
        return False
    if thing.replicas is not None:
        return (thing.ready_replicas or 0) >= thing.replicas
    return thing.phase in ("Bound", "Complete", "Active")
