"""Which stage of a pod's start a record complains of: what a pod has since passed is no longer its problem.

The kubelet takes a pod through scheduling, sandbox, volumes, image and start in this order (syncPod in
pkg/kubelet/kuberuntime/kuberuntime_manager.go); each stage retries until it passes, so a complaint of an
earlier stage is history once a later one is reached.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from analyzer.derive.facts import Facts, Owner
from analyzer.model import Container, Record

_STAGES = (
    ("scheduling", re.compile(r"\d+/\d+ nodes are available|^FailedScheduling")),
    ("sandbox", re.compile(r"pod sandbox|FailedCreatePodSandBox|CreatePodSandbox|network is not ready", re.IGNORECASE)),
    ("volumes", re.compile(r"MountVolume\.|Unable to (?:attach or )?mount volumes|AttachVolume\.")),
    ("image", re.compile(r"[Pp]ull(?:ing)? image|[Bb]ack-off pulling|ErrImagePull|ImagePullBackOff")),
)
_REASONS = {
    "FailedScheduling": "scheduling",
    "FailedCreatePodSandBox": "sandbox",
    "NetworkNotReady": "sandbox",
    "FailedMount": "volumes",
    "FailedAttachVolume": "volumes",
    "ErrImagePull": "image",
    "ImagePullBackOff": "image",
}


def stage_of(record: Record) -> str | None:
    """The stage that an event or a kubelet's line complains of, or None."""
    if record.source not in ("event", "kubelet_log"):
        return None
    if record.reason in _REASONS:
        return _REASONS[record.reason]
    return next((name for name, words in _STAGES if words.search(record.message)), None)


def is_past(record: Record, facts: Facts) -> bool:
    """The record complains of a stage that its pod has passed, as the pod's present state shows."""
    stage = stage_of(record)
    if stage is None or record.kind != "Pod" or not record.name:
        return False
    owner = Owner(record.namespace or "", record.name)
    pod = facts.pod(owner)
    if stage == "scheduling" and pod is not None and pod.phase != "Failed":
        return pod.is_scheduled is True or pod.node is not None
    containers = facts.containers_of(owner)
    if stage == "image" and record.container:
        return any(has_started(c) for c in containers if c.container == record.container)
    return _all_started(containers) if stage == "image" else any(has_started(c) for c in containers)


def has_started(container: Container) -> bool:
    """The container has run at least once: image, volumes and sandbox were there."""
    if container.reason in ("ImagePullBackOff", "ErrImagePull"):
        return False
    return (
        bool(container.restart_count)
        or container.state in ("running", "terminated")
        or (container.last_exit_code is not None)
    )


def _all_started(containers: Sequence[Container]) -> bool:
    return bool(containers) and all(has_started(c) for c in containers)
