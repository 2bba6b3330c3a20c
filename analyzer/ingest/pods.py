"""Pod objects as rows: the pod, its conditions, then its containers.

Fields: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from analyzer.ingest import containers, statuses, volumes
from analyzer.ingest.documents import Entry
from analyzer.ingest.fields import Fields, flag, moment, number, pairs, part, parts, remembered, string
from analyzer.ingest.gather import Gathered
from analyzer.ingest.kinds import workload
from analyzer.ingest.locate import Located, Locator, Span
from analyzer.ingest.statuses import Place
from analyzer.model import Pod

_HASH: Final = "pod-template-hash"
_NOTHING: Final[Fields] = {}
_PARTS: Final = ("metadata", "spec", "status")
_IN_SPEC: Final = (*(spec for spec, _, _ in containers.LISTS), "volumes")
_IN_STATUS: Final = (*(status for _, status, _ in containers.LISTS), "conditions")


def read(entry: Entry, locator: Locator, out: Gathered, default_namespace: str | None) -> None:
    """All rows of one pod."""
    whole = locator.located(entry.fields, Span(entry.start, entry.end), _PARTS)
    spec = locator.located(part(entry.fields, "spec"), whole.at("spec"), _IN_SPEC)
    status = locator.located(part(entry.fields, "status"), whole.at("status"), _IN_STATUS)
    pod = _pod(whole, spec.fields, status.fields, locator, out.path, default_namespace)
    out.pods.append(pod)
    slots = containers.slots(spec, status, locator)
    containers.read(slots, pod, locator, out)
    volumes.read(spec, slots, pod, locator, out)
    _conditions(status, pod, locator, out)


def _pod(
    whole: Located, spec: Fields, status: Fields, locator: Locator, path: str, default_namespace: str | None
) -> Pod:
    metadata = part(whole.fields, "metadata")
    name = string(metadata, "name") or ""
    place = locator.find(whole.at("metadata"), "name", name) if name else None
    offset = locator.start(whole.span) if place is None else place
    owner = next(iter(parts(metadata, "ownerReferences")), _NOTHING)
    template_hash = string(part(metadata, "labels"), _HASH)
    owner_kind, owner_name = workload(string(owner, "kind"), string(owner, "name"), template_hash)
    conditions = {string(c, "type"): c for c in parts(status, "conditions")}
    ready = conditions.get("Ready", _NOTHING)
    security = part(spec, "securityContext")
    return Pod(
        namespace=string(metadata, "namespace") or default_namespace,
        name=name,
        path=path,
        line=locator.line(offset),
        text=locator.text(offset),
        uid=string(metadata, "uid"),
        node=string(spec, "nodeName"),
        phase=string(status, "phase"),
        reason=string(status, "reason"),
        message=string(status, "message"),
        owner_kind=owner_kind,
        owner_name=owner_name,
        restart_policy=string(spec, "restartPolicy"),
        service_account=string(spec, "serviceAccountName") or string(spec, "serviceAccount"),
        automount_token=flag(spec, "automountServiceAccountToken"),
        priority=number(spec, "priority"),
        fs_group=number(security, "fsGroup"),
        run_as_user=number(security, "runAsUser"),
        run_as_non_root=flag(security, "runAsNonRoot"),
        is_ready=flag(ready, "status"),
        is_scheduled=flag(conditions.get("PodScheduled", _NOTHING), "status"),
        is_initialized=flag(conditions.get("Initialized", _NOTHING), "status"),
        created_at=moment(metadata, "creationTimestamp"),
        deleted_at=moment(metadata, "deletionTimestamp"),
        ready_at=moment(ready, "lastTransitionTime"),
        ip=string(status, "podIP"),
        node_selector=pairs(spec, "nodeSelector"),
        tolerations=_tolerations(parts(spec, "tolerations")),
        labels=pairs(metadata, "labels"),
        image_pull_secrets=tuple([secret for s in parts(spec, "imagePullSecrets") if (secret := string(s, "name"))]),
    )


@remembered
def _tolerations(tolerations: Sequence[Fields]) -> tuple[str, ...]:
    return tuple([_toleration(t) for t in tolerations])


def _toleration(fields: Fields) -> str:
    """key=value:effect; "op=Exists" alone tolerates everything."""
    key, effect = string(fields, "key"), string(fields, "effect")
    if string(fields, "operator") == "Exists":
        head = f"{key} op=Exists" if key and not effect else key or "op=Exists"
    else:
        head = f"{key or ''}={string(fields, 'value') or ''}"
    return f"{head}:{effect}" if effect else head


def _conditions(status: Located, pod: Pod, locator: Locator, out: Gathered) -> None:
    """Records of conditions that are False, of a disruption, and of status.reason."""
    conditions = parts(status.fields, "conditions")
    repeats = ("ContainersReady",) if pod.is_ready is False else ()  # it says what Ready says
    spans: list[Span] = []
    for position, condition in enumerate(conditions):
        kind, said, reason = string(condition, "type"), string(condition, "status"), string(condition, "reason")
        is_bad = said == "False" and reason != "PodCompleted" and kind not in repeats
        if kind is None or not (is_bad or (kind == "DisruptionTarget" and said == "True")):
            continue
        spans = spans or locator.elements(status.at("conditions"), len(conditions))
        span = spans[position]
        place = locator.find(span, "reason", reason)
        if place is None:
            place = locator.find(span, "type", kind)
        at = _place(locator, place, span)
        message = string(condition, "message") or f"condition {kind} is {said}"
        out.records.append(
            statuses.of_condition(pod, reason or kind, message, at, moment(condition, "lastTransitionTime"))
        )
    if pod.reason:
        place = locator.find(status.span, "reason", pod.reason)
        message = pod.message or f"pod {pod.name}: {pod.reason}"
        at = _place(locator, place, status.span)
        out.records.append(statuses.of_condition(pod, pod.reason, message, at, None))


def _place(locator: Locator, place: int | None, span: Span) -> Place:
    offset = locator.start(span) if place is None else place
    return Place(locator.line(offset), locator.text(offset))
