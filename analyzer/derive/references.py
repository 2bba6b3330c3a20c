"""Objects that a pod needs and that are not there, or lack what the pod needs of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from analyzer.derive.facts import Facts, Owner, derived, mount_quote
from analyzer.derive.paths import absolute_paths, is_under, normal
from analyzer.model import FileEntry, Record, Reference

LINES: tuple[str, ...] = (r"/var/run/secrets/kubernetes\.io/serviceaccount",)

TOKEN_DIRECTORY: Final = "/var/run/secrets/kubernetes.io/serviceaccount"

_PLURALS: Final = {
    "ConfigMap": "configmaps",
    "Secret": "secrets",
    "PersistentVolumeClaim": "persistentvolumeclaims",
    "Service": "services",
    "Pod": "pods",
}
_SHORT: Final = {"PersistentVolumeClaim": ("pvc", "pvcs"), "Service": ("svc",), "ConfigMap": ("cm",)}
_ABSENT: Final = {"ConfigMap": "ConfigMapAbsent", "Secret": "SecretAbsent", "PersistentVolumeClaim": "ClaimAbsent"}
_UNCREATED: Final = ("ContainerCreating", "PodInitializing", "CreateContainerConfigError", "CreateContainerError")
_AFTER_VOLUMES: Final = ("FailedCreatePodSandBox", "Pulling", "Pulled", "Created", "ErrImagePull", "ImagePullBackOff")
_token: Final = re.compile(r"(?i)no such file|not exist|cannot find|could not|can't open|unable to|ENOENT|failed")


def absent_referents(facts: Facts) -> list[Record]:
    """A failing pod needs a ConfigMap, Secret or claim that the bundle's listing of its namespace lacks."""
    out = []
    for owner, reference in _needs(facts):
        reason = _ABSENT.get(reference.kind)
        if reason is None or facts.object(reference.kind, owner.namespace, reference.name):
            continue
        if _is_not_asked_yet(facts, owner) or _is_asked_before(facts, owner, reference):
            continue
        if not is_listed(facts, reference.kind, owner.namespace):
            continue
        message = (
            f"pod {owner.pod} needs {reference.kind} {reference.name}{_for(reference)}, and namespace "
            f"{owner.namespace or '(unnamed)'} has no {reference.kind} of this name"
        )
        out.append(_record(reason, message, facts, owner, reference))
    return _once(out)


def absent_keys(facts: Facts) -> list[Record]:
    """A failing pod needs a key that its ConfigMap or Secret does not have."""
    out = []
    for owner, reference in _needs(facts):
        thing = facts.object(reference.kind, owner.namespace, reference.name)
        if reference.key is None or thing is None or not thing.keys or reference.key in thing.keys:
            continue
        if reference.kind not in ("ConfigMap", "Secret"):
            continue
        message = (
            f"pod {owner.pod} needs key {reference.key} of {reference.kind} {reference.name}{_for(reference)}, which "
            f"has only {', '.join(thing.keys)}"
        )
        out.append(_record("KeyAbsent", message, facts, owner, reference))
    return _once(out)


def unbound_claims(facts: Facts) -> list[Record]:
    """A pending pod needs a claim that is itself pending."""
    out = []
    for owner, reference in _needs(facts):
        claim = facts.object(reference.kind, owner.namespace, reference.name)
        if reference.kind != "PersistentVolumeClaim" or claim is None or claim.phase not in ("Pending", "Lost"):
            continue
        told = [r for r in facts.named("PersistentVolumeClaim", claim.name) if r.namespace == claim.namespace]
        told = [r for r in told if r.source == "event"] or told
        why = f": {told[-1].message}" if told else ""
        of = f" of storage class {claim.storage_class}" if claim.storage_class else ""
        message = f"pod {owner.pod} needs claim {claim.name}{of}, which is {claim.phase}{why}"
        decisive = told[-1] if told else _decisive(facts, owner, reference)
        out.append(derived("ClaimUnbound", message, decisive, owner.whole_pod))
    return _once(out)


def claims_pending_alone(facts: Facts) -> list[Record]:
    """Without a single pod in sight, a claim that is shown because it gets no volume.

    A claim of a class that waits for its first consumer is Pending on purpose.
    """
    if facts.pods:
        return []
    classes = {c.name: c for c in facts.objects_of("StorageClass", "")}
    out = []
    for claim in (o for o in facts.objects if o.kind == "PersistentVolumeClaim" and o.phase in ("Pending", "Lost")):
        told = [r for r in facts.records if r.kind == claim.kind and r.name == claim.name]
        at = next((r for r in told if r.source == "object"), None)
        of_class = classes.get(claim.storage_class or "")
        waits = [r.reason or "" for r in told if r.source == "event"] + [of_class.text if of_class else ""]
        if at is None or any("WaitForFirstConsumer" in words for words in waits):
            continue
        why = f", and no storage class {claim.storage_class} is listed" if classes and not of_class else ""
        message = f"claim {claim.name} is {claim.phase}{why}"
        record = derived("ClaimUnbound", message, at, Owner(claim.namespace or ""))
        out.append(replace(record, kind=claim.kind, name=claim.name))
    return _once(out)


def tokens_not_mounted(facts: Facts) -> list[Record]:
    """A container looks for its service account token, which its pod or account does not let mount."""
    out = []
    for owner, record in facts.owned_records():
        if TOKEN_DIRECTORY not in record.message or not _token.search(record.message) or not owner.container:
            continue
        if not any(is_under(p, TOKEN_DIRECTORY) for p in absolute_paths(record.message)):
            continue
        if not facts.is_failing(owner) or _has_token(facts, owner):
            continue
        pod = facts.pod(owner)
        others = [m for m in facts.pod_mounts(owner) if normal(m.mount_path) == TOKEN_DIRECTORY]
        if pod is not None and pod.automount_token is False:
            why, cites = f"pod {owner.pod} sets automountServiceAccountToken: false", []
        elif others:
            why = f"only {others[0].container} mounts the token, {owner.container} does not"
            cites = [mount_quote(others[0])]
        elif pod is not None and pod.uid and facts.container(owner) is not None:
            account = f" of service account {pod.service_account}" if pod.service_account else ""
            why, cites = f"the token{account} is not mounted in {owner.container}", []
        else:
            continue
        message = f"{owner.container} looks for its service account token in {TOKEN_DIRECTORY}, but {why}"
        out.append(derived("TokenNotMounted", message, record, owner, cites))
    return _once(out)


def is_listed(facts: Facts, kind: str, namespace: str) -> bool:
    """Whether the bundle holds the whole list of a kind in a namespace: a file named after the plural, or many objects.

    One object in a file of its own says nothing of what else there is, and a collector that brought not one object
    of the kind was not allowed to read it, or did not ask: every cluster has Secrets, Services and ConfigMaps.
    """
    if not any(thing.kind == kind for thing in facts.objects):
        return False
    by_path = Counter(thing.path for thing in facts.objects_of(kind, namespace))
    return any(n > 1 for n in by_path.values()) or any(_is_listing(f, kind, namespace, by_path) for f in facts.files)


def _is_listing(file: FileEntry, kind: str, namespace: str, objects: Mapping[str, int]) -> bool:
    """A file such as `namespaces/shop/core/secrets.yaml`, or `secrets.yaml` with one of this namespace."""
    if file.status != "parsed" or file.unparsed:
        return False
    parts = file.path.split("/")
    stem = parts[-1].partition(".")[0].lower().removeprefix("get-").removeprefix("kubectl-get-")
    is_kind = stem in (_PLURALS.get(kind, ""), *_SHORT.get(kind, ()))
    return is_kind and (file.namespace == namespace or namespace in parts[:-1] or file.path in objects)


def _needs(facts: Facts) -> Iterator[tuple[Owner, Reference]]:
    """What containers that were never created need and may not do without."""
    for reference in facts.references:
        owner = Owner(reference.namespace or "", reference.pod, reference.container or "")
        if not reference.is_optional and reference.pod and _is_not_created(facts, owner):
            yield owner, reference


def _is_not_created(facts: Facts, owner: Owner) -> bool:
    """Whether this container, or all of the pod's, still waits for what it needs.

    A container that pulls its image or has run already had its volumes.
    """
    waits = [
        c.state in (None, "waiting") and c.reason in (None, *_UNCREATED)
        for c in facts.containers_of(owner)
        if owner.container in ("", c.container)
    ]
    if waits:
        return all(waits) and facts.is_failing(owner.whole_pod)
    return facts.is_failing(owner.whole_pod)


def _is_not_asked_yet(facts: Facts, owner: Owner) -> bool:
    """No node has the pod yet, so nobody has looked for what it needs."""
    pod = facts.pod(owner)
    return pod is not None and bool(pod.uid) and pod.phase == "Pending" and pod.node is None


def _is_asked_before(facts: Facts, owner: Owner, reference: Reference) -> bool:
    """A volume that must have been there: the kubelet mounts them before it makes the sandbox or pulls an image.

    SyncPod in pkg/kubelet/kubelet.go waits for the volumes before it calls the runtime.
    """
    is_volume = reference.container is None and (reference.used_as or "").startswith("volume")
    return is_volume and any(r.reason in _AFTER_VOLUMES for r in facts.pod_records(owner))


def _has_token(facts: Facts, owner: Owner) -> bool:
    return any(normal(m.mount_path) == TOKEN_DIRECTORY for m in facts.mounts_of(owner))


def _for(reference: Reference) -> str:
    use = f" ({reference.used_as})" if reference.used_as else ""
    return f" for {reference.container}{use}" if reference.container else use


def _record(reason: str, message: str, facts: Facts, owner: Owner, reference: Reference) -> Record:
    about = owner if owner.container else owner.whole_pod
    return derived(reason, message, _decisive(facts, owner, reference), about)


def _decisive(facts: Facts, owner: Owner, reference: Reference) -> Record:
    """The line that names what is not there; without one, the place of the reference."""
    told = [
        r
        for r in facts.pod_records(owner)
        if r.source in ("event", "container_status", "pod_condition") and reference.name in r.message
    ]
    if told:
        quoting = [r for r in told if reference.name in r.text]
        return (quoting or told)[-1]
    return Record(
        source="object",
        message=f"{reference.kind} {reference.name} is needed here",
        path=reference.path,
        line=reference.line,
    )


def _once(records: list[Record]) -> list[Record]:
    return list({(r.namespace, r.name, r.container, r.message): r for r in records}.values())
