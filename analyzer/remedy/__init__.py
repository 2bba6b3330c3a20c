"""What would have held, and the change that makes it so, worked out from the evidence.

Nothing here is a rule of thumb in disguise: a number is in the bundle or computed from numbers that are, and the
sentence beside it says how. Where the evidence gives none, there is no patch, or one with `<...>` for the reader.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from analyzer.remedy import files, memory, objects, probes, scheduling, services
from analyzer.remedy.scene import Advice, Scene, Told

__all__ = ["Advice", "Scene", "Told", "remedy"]

Advisor = Callable[[Scene], Advice]

ADVISORS: Final[Mapping[str, Advisor]] = {
    "volume-mount-mismatch": files.mounts,
    "permission-denied-filesystem": files.group,
    "oom-container-limit": memory.limit,
    "oom-node": memory.held_by_victim,
    "node-pressure-eviction": memory.used_by_evicted,
    "probe-too-early": probes.longer_start,
    "probe-wrong-endpoint": probes.other_port,
    "insufficient-resources": scheduling.fitting_request,
    "quota-exceeded": scheduling.larger_quota,
    "limit-range": scheduling.within_range,
    "scaled-to-zero": scheduling.replicas_before,
    "service-misrouted": services.routed,
    "config-key-missing": objects.key,
    "configmap-missing": objects.whole,
    "secret-missing": objects.whole,
    "image-pull-auth": objects.pull_secret,
    "service-account-missing": objects.account,
    "sa-token-mount": objects.token,
}
"""By cause class; a class that is not here has nothing to compute."""


def remedy(scene: Scene, cause: str) -> Advice:
    """What can be computed for a cause of this class; empty where nothing can."""
    advisor = ADVISORS.get(cause)
    return advisor(scene) if advisor is not None else Advice()
