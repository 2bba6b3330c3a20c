"""Pod objects as rows: the pod, its conditions, then its containers.

Fields: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/.
"""

from __future__ import annotations

from typing import Final

from analyzer.ingest import containers, statuses, volumes
from analyzer.ingest.documents import Entry
from analyzer.ingest.fields import Fields, boolean, instant, integer, maps, pairs, text
from analyzer.ingest.gather import Gathered
from analyzer.ingest.kinds import workload
from analyzer.ingest.locate import Locator, Span
from analyzer.ingest.statuses import Place
from analyzer.model import Pod

_HASH: Final = "pod-template-hash"


def read(entry: Entry, locator: Locator, out: Gathered, default_namespace: str | None) -> None:
    """All rows of one pod."""
    span = Span(entry.start, entry.end)
    pod = _pod(entry.fields, locator, span, out.path, default_namespace)
    out.pods.append(pod)
    spec_span, status_span = locator.child(span, "spec"), locator.child(span, "status")
    containers.read(entry.fields, pod, locator, spec_span, status_span, out)
    volumes.read(entry.fields, pod, locator, spec_span, out)
    _conditions(entry.fields, pod, locator, status_span, out)


def _pod(fields: Fields, locator: Locator, span: Span, path: str, default_namespace: str | None) -> Pod:
    name = text(fields, "metadata", "name") or ""
    metadata = locator.child(span, "metadata")
    place = locator.find(metadata, "name", name) if name else None
    owner = next(iter(maps(fields, "metadata", "ownerReferences")), {})
    owner_kind, owner_name = workload(
        text(owner, "kind"), text(owner, "name"), text(fields, "metadata", "labels", _HASH)
    )
    conditions = {text(c, "type"): c for c in maps(fields, "status", "conditions")}
    return Pod(
        namespace=text(fields, "metadata", "namespace") or default_namespace,
        name=name,
        path=path,
        line=locator.line(locator.start(span) if place is None else place),
        text=locator.text(locator.start(span) if place is None else place),
        uid=text(fields, "metadata", "uid"),
        node=text(fields, "spec", "nodeName"),
        phase=text(fields, "status", "phase"),
        reason=text(fields, "status", "reason"),
        message=text(fields, "status", "message"),
        owner_kind=owner_kind,
        owner_name=owner_name,
        restart_policy=text(fields, "spec", "restartPolicy"),
        service_account=text(fields, "spec", "serviceAccountName") or text(fields, "spec", "serviceAccount"),
        automount_token=boolean(fields, "spec", "automountServiceAccountToken"),
        priority=integer(fields, "spec", "priority"),
        fs_group=integer(fields, "spec", "securityContext", "fsGroup"),
        run_as_user=integer(fields, "spec", "securityContext", "runAsUser"),
        run_as_non_root=boolean(fields, "spec", "securityContext", "runAsNonRoot"),
        is_ready=boolean(conditions.get("Ready"), "status"),
        is_scheduled=boolean(conditions.get("PodScheduled"), "status"),
        is_initialized=boolean(conditions.get("Initialized"), "status"),
        created_at=instant(fields, "metadata", "creationTimestamp"),
        deleted_at=instant(fields, "metadata", "deletionTimestamp"),
        ready_at=instant(conditions.get("Ready"), "lastTransitionTime"),
        ip=text(fields, "status", "podIP"),
        node_selector=pairs(fields, "spec", "nodeSelector"),
        tolerations=tuple(_toleration(t) for t in maps(fields, "spec", "tolerations")),
        labels=pairs(fields, "metadata", "labels"),
        image_pull_secrets=tuple(
            secret for s in maps(fields, "spec", "imagePullSecrets") if (secret := text(s, "name"))
        ),
    )


def _toleration(fields: Fields) -> str:
    """key=value:effect; "op=Exists" alone tolerates everything."""
    key, effect = text(fields, "key"), text(fields, "effect")
    if text(fields, "operator") == "Exists":
        head = f"{key} op=Exists" if key and not effect else key or "op=Exists"
    else:
        head = f"{key or ''}={text(fields, 'value') or ''}"
    return f"{head}:{effect}" if effect else head


def _conditions(fields: Fields, pod: Pod, locator: Locator, status_span: Span, out: Gathered) -> None:
    """Records of conditions that are False, of a disruption, and of status.reason."""
    conditions = maps(fields, "status", "conditions")
    repeats = ("ContainersReady",) if pod.is_ready is False else ()  # it says what Ready says
    spans = locator.elements(locator.child(status_span, "conditions"), len(conditions))
    for condition, span in zip(conditions, spans, strict=True):
        kind, status, reason = text(condition, "type"), text(condition, "status"), text(condition, "reason")
        is_bad = status == "False" and reason != "PodCompleted" and kind not in repeats
        if kind is None or not (is_bad or (kind == "DisruptionTarget" and status == "True")):
            continue
        place = locator.find(span, "reason", reason)
        if place is None:
            place = locator.find(span, "type", kind)
        at = _place(locator, place, span)
        message = text(condition, "message") or f"condition {kind} is {status}"
        out.records.append(
            statuses.of_condition(pod, reason or kind, message, at, instant(condition, "lastTransitionTime"))
        )
    if pod.reason:
        place = locator.find(status_span, "reason", pod.reason)
        message = pod.message or f"pod {pod.name}: {pod.reason}"
        at = _place(locator, place, status_span)
        out.records.append(statuses.of_condition(pod, pod.reason, message, at, None))


def _place(locator: Locator, place: int | None, span: Span) -> Place:
    offset = locator.start(span) if place is None else place
    return Place(locator.line(offset), locator.text(offset))
