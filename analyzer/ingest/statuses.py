"""Bad states of containers and pods as records, alike for objects and describe texts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Final

from analyzer.model import Container, Pod, Quote, Record

STARTING: Final = frozenset({"ContainerCreating", "PodInitializing"})
"""Reasons for waiting that every container has while its pod starts."""


@dataclass(frozen=True, slots=True)
class Place:
    """A line that is cited: its number and its text."""

    line: int
    text: str
    more: tuple[Place, ...] = ()  # further lines that say the same thing's number or message


def of_container(container: Container, pod: Pod | None, state_at: Place, last_at: Place) -> list[Record]:
    """The present and the last state of one container, where they are worth telling."""
    out = []
    if container.state == "waiting" and container.reason:
        message = container.message or f"{_called(container)}: waiting, reason {container.reason}"
        level = "info" if container.reason in STARTING else "warning"
        out.append(replace(_record(container, state_at), message=message, level=level, reason=container.reason))
    elif container.state == "terminated" and _is_bad_end(container, pod, container.reason, container.exit_code):
        message = container.message or _ended(container, "terminated", container.reason, container.exit_code)
        if container.signal and not container.message:
            message += f", signal {container.signal}"
        out.append(
            replace(
                _record(container, state_at),
                message=message,
                level="warning" if container.reason == "Completed" else "error",
                reason=container.reason,
                exit_code=container.exit_code,
                timestamp=container.finished_at,
                cites=_cites(state_at, container.finished_at, container.path),
            )
        )
    reason, code = container.last_reason, container.last_exit_code
    if (reason is not None or code is not None) and _is_bad_end(container, pod, reason, code):
        out.append(
            replace(
                _record(container, last_at),
                message=container.last_message or _ended(container, "last state terminated", reason, code),
                level="warning" if reason == "Completed" else "error",
                reason=reason,
                exit_code=code,
                timestamp=container.last_finished_at,
                cites=_cites(last_at, container.last_finished_at, container.path),
            )
        )
    return out


def _is_bad_end(container: Container, pod: Pod | None, reason: str | None, exit_code: int | None) -> bool:
    if exit_code or (reason is not None and reason != "Completed"):
        return True
    if container.kind != "main" or container.owner_kind in ("Job", "CronJob"):
        return False
    is_over = pod is not None and (
        pod.phase == "Succeeded" or pod.restart_policy in ("Never", "OnFailure") or pod.deleted_at is not None
    )
    return not is_over and (reason is not None or exit_code is not None)


def _cites(at: Place, timestamp: dt.datetime | None, path: str) -> tuple[Quote, ...]:
    """All the lines of a state, where it stands on more than one."""
    if not at.more:
        return ()
    return tuple(
        Quote(path=path, line=p.line, text=p.text, source="container_status", timestamp=timestamp)
        for p in (at, *at.more)
    )


def _called(container: Container) -> str:
    return f"container {container.container}".rstrip()  # of a piece of describe the name may be unknown


def _ended(container: Container, state: str, reason: str | None, code: int | None) -> str:
    parts = [f"{_called(container)}: {state}"]
    if reason:
        parts.append(f"reason {reason}")
    if code is not None:
        parts.append(f"exit code {code}")
    return ", ".join(parts)


def _record(container: Container, at: Place) -> Record:
    """What every record about this container says."""
    return Record(
        source="container_status",
        message="",
        path=container.path,
        line=at.line,
        text=at.text,
        namespace=container.namespace,
        kind="Pod",
        name=container.pod or None,
        container=container.container or None,
        node=container.node,
    )


def of_condition(pod: Pod, reason: str | None, message: str, at: Place, timestamp: dt.datetime | None) -> Record:
    """A pod's condition in the bad state, or its status.reason."""
    return Record(
        source="pod_condition",
        message=message,
        path=pod.path,
        line=at.line,
        text=at.text,
        timestamp=timestamp,
        level="warning",
        namespace=pod.namespace,
        kind="Pod",
        name=pod.name or None,
        node=pod.node,
        reason=reason,
    )


BAD_WHEN_TRUE: Final = (
    "MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable",  # the kubelet's, the network's
    "OutOfDisk",  # until Kubernetes 1.12
    "KernelDeadlock", "ReadonlyFilesystem", "CorruptDockerOverlay2", "FrequentKubeletRestart",
    "FrequentDockerRestart", "FrequentContainerdRestart", "FrequentUnregisterNetDevice",  # node-problem-detector
)  # fmt: skip
PRESSURES: Final = BAD_WHEN_TRUE[:4]


def is_bad_node_condition(condition: str, status: str) -> bool:
    """Ready is bad unless True; pressures and node-problem-detector's conditions are bad when True."""
    if condition == "Ready":
        return status in ("False", "Unknown")
    return status == "True" and condition in BAD_WHEN_TRUE


def of_node_condition(
    node: str, path: str, condition: str, message: str, at: Place, timestamp: dt.datetime | None
) -> Record:
    """A node's condition in the bad state; `message` is the condition's reason and message."""
    return Record(
        source="node_condition",
        message=message,
        path=path,
        line=at.line,
        text=at.text,
        timestamp=timestamp,
        level="error" if condition == "Ready" else "warning",
        kind="Node",
        name=node or None,
        node=node or None,
        reason=condition,
    )
