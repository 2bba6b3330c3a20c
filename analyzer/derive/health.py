"""Whether a container, a pod or a node is in a bad state now, in the words of its own status."""

from __future__ import annotations

import datetime as dt
import re

from analyzer.ingest.statuses import STARTING
from analyzer.model import Container, Node, Pod

STARTING_GRACE = dt.timedelta(seconds=120)  # a pod this young may still be starting
STEADY = dt.timedelta(minutes=10)
HISTORY = dt.timedelta(hours=1)  # one or two restarts before that are no incident
LONG_STEADY = dt.timedelta(hours=6)
RESTARTS_OF_A_LOOP = 50  # of a container that ends well each time: nobody updates or reboots so often
RESTARTS_THAT_COUNT = 3  # of a container that runs and is ready again
_ORDINAL = re.compile(r"-\d{1,4}$")  # of a StatefulSet's pod, which is never done
GOOD_STATUS = frozenset({"Running", "Completed", "Succeeded"})


def container_problem(
    container: Container, pod: Pod | None, now: dt.datetime | None, grace: dt.timedelta = STARTING_GRACE
) -> tuple[str, str, float] | None:
    """(title, reason, weight) of a container in a bad state, or None; one that starts is given `grace`."""
    name = f"container {container.container}" if container.container else "a container"
    restarts = container.restart_count or 0
    if pod is not None and pod.phase == "Succeeded":
        return None
    if container.state == "waiting":
        reason = container.reason or "Waiting"
        if reason in STARTING and _young(pod, now, grace):
            return None
        after = f" after {restarts} restarts" if restarts else ""
        return f"{name} is waiting: {reason}{after}", reason, 0.5 if reason in STARTING else 1.0
    if container.state == "terminated":
        if container.exit_code == 0 and (restarts < RESTARTS_THAT_COUNT or container.kind == "init"):
            return None
        if container.exit_code is None and container.reason is None:  # `crictl ps -a` shows all that ever ended
            ended = f"{name} has ended, after {restarts} restarts"
            return (ended, "Terminated", 0.6) if restarts >= RESTARTS_THAT_COUNT else None
        how = "" if container.exit_code is None else f" with exit code {container.exit_code}"
        return f"{name} ended{how}", container.reason or "Terminated", 1.0
    if container.kind == "init" and container.state == "running":
        # its pod waits for it: well while the pod is young, stuck when it is not
        return None if _young(pod, now, grace) else (f"init {name} has not completed", "NotCompleted", 0.5)
    if container.state is None and container.restart_count is None and container.last_exit_code == 0:
        return f"{name} ended with exit code 0 and was started again", "Completed", 0.6  # a piece cut out of a status
    if container.is_ready is False and container.state == "running":
        started = container.started_at
        if restarts == 0 and now is not None and started is not None and now - started < grace:
            return None
        return f"{name} runs but is not ready", "NotReady", 0.7
    return _restarted(container, name, restarts, pod.created_at if pod else None, now)


def _restarted(
    container: Container, name: str, restarts: int, created: dt.datetime | None, now: dt.datetime | None
) -> tuple[str, str, float] | None:
    """A container that runs again, but went down badly, recently, more than once."""
    if container.restart_count is None and not restarts and container.last_exit_code not in (0, None):
        # a piece cut out of a status: somebody thought that this state was worth pasting
        return f"{name} was started again", container.last_reason or "Error", 0.6
    if container.last_exit_code == 0 and container.kind == "main" and restarts >= RESTARTS_OF_A_LOOP:
        return f"{name} completed and was started again {restarts} times", "Completed", 0.5
    if not restarts or container.last_exit_code in (0, None) or _is_steady(container, restarts, created, now):
        return None
    if restarts < RESTARTS_THAT_COUNT and container.last_reason != "OOMKilled":
        return None
    times = "once" if restarts == 1 else f"{restarts} times"
    return f"{name} restarted {times}", container.last_reason or "Error", 0.6


def _is_steady(container: Container, restarts: int, created: dt.datetime | None, now: dt.datetime | None) -> bool:
    """It has run for ten minutes, and for twice as long as it used to run between restarts, or for hours.

    Ten minutes is when the kubelet forgets a restart back-off (MaxContainerBackOff's reset, twice 5 minutes, in
    pkg/kubelet/kubelet.go); a container that is killed every half hour is not well after ten of them.
    """
    started, ended = container.started_at, container.last_finished_at
    if now is None or started is None:
        return False
    runs = now - started
    if restarts < RESTARTS_THAT_COUNT or ended is None or created is None:
        return runs >= HISTORY
    return runs >= STEADY and runs >= min(2 * (ended - created) / restarts, LONG_STEADY)


def _young(pod: Pod | None, now: dt.datetime | None, grace: dt.timedelta = STARTING_GRACE) -> bool:
    return pod is not None and now is not None and pod.created_at is not None and now - pod.created_at < grace


def pod_problem(pod: Pod, now: dt.datetime | None) -> str | None:
    """A sentence on a pod that is down as a whole, or None."""
    if pod.phase == "Failed":
        return f"pod {pod.name} failed" + (f": {pod.reason}" if pod.reason else "")
    if pod.phase == "Pending":
        if pod.is_scheduled is False or pod.node is None:
            return f"pod {pod.name} is not scheduled"
        return None if _young(pod, now) else f"pod {pod.name} is pending"
    if pod.phase == "Unknown" or pod.reason == "NodeLost":
        return f"pod {pod.name} is in an unknown state"
    status = pod.reason or ""
    if completes_again(pod) and (pod.owner_kind == "Deployment" or _ORDINAL.search(pod.name)):
        return f"pod {pod.name} completes again and again"
    if status and status not in GOOD_STATUS and not status.startswith("Terminating"):
        return f"pod {pod.name} is {status}"
    if pod.phase == "Running" and pod.is_ready is False:
        return f"pod {pod.name} runs but is not ready"
    return None


def node_problem(node: Node) -> str | None:
    """A sentence on a node in a bad state, or None."""
    if node.is_ready is False:
        return f"node {node.node} is not ready"
    if node.pressures:
        return f"node {node.node} reports {', '.join(node.pressures)}"
    return None


def has_status(container: Container) -> bool:
    """The bundle holds the container's status, not its spec alone."""
    known = (container.state, container.is_ready, container.restart_count, container.last_reason)
    return any(value is not None for value in known)


def completes_again(pod: Pod) -> bool:
    """A table shows it completed after restarts: a Job's pod that is done at last, or one that exits for ever."""
    return pod.reason == "Completed" and pod.phase is None


def has_pod_status(pod: Pod) -> bool:
    """The bundle holds the pod's status, not its name alone, and that says whether it is well."""
    if completes_again(pod):
        return False
    return pod.phase is not None or pod.reason is not None or pod.is_ready is not None


def may_be_failing(container: Container | None, pod: Pod | None, now: dt.datetime | None) -> bool:
    """Nothing in the bundle says that this container (or pod, without one) is well."""
    if container is not None and has_status(container):
        return container_problem(container, pod, now, dt.timedelta(0)) is not None
    return pod is None or not has_pod_status(pod) or not pod.is_ready or pod_problem(pod, now) is not None
