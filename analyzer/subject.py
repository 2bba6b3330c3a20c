"""What a cause is about: its namespace, pod, container and node, as far as anything in the bundle tells."""

from __future__ import annotations

import re

from analyzer.case import Case
from analyzer.derive.facts import Facts, Owner
from analyzer.diagnosis import ObjectRef
from analyzer.rank import Ranked

_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$")
_PODS_IN_WORDS = (  # how components name a pod inside a message
    re.compile(r"\bpods? \\*\"(?P<pod>[a-z0-9][a-z0-9.-]{1,252})(?:_(?P<namespace>[a-z0-9-]{1,63}))?\\*\""),
    re.compile(r"\b[Pp]od[ =:]\\*\"?(?P<namespace>[a-z0-9-]{1,63})/(?P<pod>[a-z0-9][a-z0-9.-]{1,252})"),
    re.compile(r"\b(?P<pod>[a-z0-9][a-z0-9.-]{1,252})_(?P<namespace>[a-z0-9-]{1,63})\([0-9a-f-]{8,36}\)"),
    re.compile(r"\bcreate Pod (?P<pod>[a-z0-9][a-z0-9.-]{1,252}) in\b"),
)


def subject(ranked: Ranked, case: Case) -> ObjectRef:
    """The object of the leading finding, its unknown parts from its message, the nearest failure, the only one."""
    ref = _located(ranked.lead.finding.about, ranked, case)
    nearest = _nearest(ranked, case)
    named = dict(ranked.lead.finding.captures)
    is_same = ref.name == nearest.name
    return ObjectRef(
        namespace=ref.namespace or named.get("namespace", "") or (nearest.namespace if is_same else ""),
        kind=ref.kind,
        name=ref.name,
        container=ref.container or named.get("container", "") or _container(ref, ranked, case),
        node=ref.node or named.get("node", "") or (nearest.node if is_same else "") or _node(ref, case.facts),
    )


def _node(ref: ObjectRef, facts: Facts) -> str:
    """The node that the pod is on: as its own row says, else the only one that its records name."""
    if not ref.pod:
        return ""
    owner = Owner(ref.namespace, ref.pod)
    row = facts.pod(owner)
    names = {facts.records[i].node or "" for i in facts.ids_of(owner)} - {""}
    return (row.node if row is not None else None) or (next(iter(names)) if len(names) == 1 else "")


def _nearest(ranked: Ranked, case: Case) -> ObjectRef:
    """What the nearest failure is about; of several alike, the one that the bundle lists first."""
    near, failures = ranked.near, case.failures
    best = min(
        near, key=lambda i: (-near[i].value, -failures[i].weight, _place(failures[i].about, case), i), default=None
    )
    return ObjectRef() if best is None else failures[best].about


def _place(ref: ObjectRef, case: Case) -> tuple[str, int]:
    pod = case.facts.pod(Owner(ref.namespace, ref.pod)) if ref.pod else None
    return ("", 0) if pod is None else (pod.path, pod.line)


def _located(ref: ObjectRef, ranked: Ranked, case: Case) -> ObjectRef:
    """A finding without a name, placed on the failure whose log it is, else on the pod that its message names."""
    if ref.name:
        return ref
    failed = _nearest(ranked, case)
    hurt = {case.failures[i].about.pod for i in ranked.explains} - {""}
    is_its_log = ref.container in ("", failed.container) or failed.name.startswith(f"{ref.container}-")
    if failed.name and is_its_log and (not ref.node or len(hurt) == 1):
        return ObjectRef(
            namespace=ref.namespace or failed.namespace,
            kind=failed.kind,
            name=failed.name,
            container=ref.container or failed.container,
            node=ref.node or failed.node,
        )
    is_event = all(case.facts.records[i].source == "event" for i in ranked.lead.finding.record_ids)
    return _in_words(ref, ranked, case.facts) if is_event or not ref.node else ref


def _in_words(ref: ObjectRef, ranked: Ranked, facts: Facts) -> ObjectRef:
    for i in ranked.lead.finding.record_ids:
        for words in _PODS_IN_WORDS:
            if found := words.search(facts.records[i].message[:4096]):
                namespace = found.groupdict().get("namespace") or ref.namespace
                return ObjectRef(
                    namespace=namespace, kind="Pod", name=found["pod"], container=ref.container, node=ref.node
                )
    return ref


def _container(ref: ObjectRef, ranked: Ranked, case: Case) -> str:
    """The one container that the other findings, else the failures, else anything here of the pod is about."""
    findings = {c.finding.about.container for c in (*ranked.same, *ranked.consequences) if _is_of(c.finding.about, ref)}
    failed = {case.failures[i].about.container for i in ranked.explains if _is_of(case.failures[i].about, ref)}
    owner = Owner(ref.namespace, ref.pod)
    listed = {c.container for c in case.facts.containers_of(owner)} if ref.pod else set()
    told = {case.facts.records[i].container or "" for i in case.facts.ids_of(owner)} if ref.pod else set()
    for names in (findings - {""}, failed - {""}, listed - {""}, told - {""}):
        if len(names) == 1:
            return next(iter(names))
        if names:
            return ""
    is_only_kernel = not case.facts.containers and not any(f.container for f in case.files.values())
    return _killed_process(ref, ranked) if not ref.name and is_only_kernel else ""


def _killed_process(ref: ObjectRef, ranked: Ranked) -> str:
    """Where only the kernel speaks, the process it killed is mostly called as its container is."""
    process = dict(ranked.lead.finding.captures).get("command", "")
    return process if not ref.container and _LABEL.match(process) else ""


def _is_of(other: ObjectRef, ref: ObjectRef) -> bool:
    return bool(ref.pod) and (other.kind, other.name) == (ref.kind, ref.name)
