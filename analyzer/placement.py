"""What a path says about a file, before anybody has looked inside."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a file stands in its layout: which kind of file it is and whose."""

    layout: str  # must-gather, var-log, flat, ...
    why: str  # the reason, for `podtopsy files`: 'path matches namespaces/<ns>/pods/<pod>/...'
    role: str = "unknown"
    """container_log, kubelet_log, runtime_log, kernel_log, control_plane_log, node_log: bulk logs of that source;
    structured: events, objects, describe; host, command, collector: facts about a host, what a command printed, what
    the collector says of its own work; unknown: the content decides."""
    namespace: str | None = None
    pod: str | None = None
    container: str | None = None
    node: str | None = None
    uid: str | None = None
    instance: str | None = None  # current, previous, rotated
    stem: str | None = None  # "<pod>-<container>" or "<container>" of a flat name, not yet told apart
