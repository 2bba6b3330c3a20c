"""Limits and requests of memory that would have held."""

from __future__ import annotations

import re
from typing import Final

from analyzer.derive.memory import size
from analyzer.ingest.quantity import to_bytes
from analyzer.remedy.manifest import mebibytes, of_container
from analyzer.remedy.scene import Advice, Scene, Told, cited

# what the Vertical Pod Autoscaler adds after an OOM kill: 20 %, and 100 MiB at least (its flags oom-bump-up-ratio and
# oom-min-bump-up-bytes, https://github.com/kubernetes/autoscaler/blob/master/vertical-pod-autoscaler/docs/flags.md)
BUMP_PERCENT: Final = 120
BUMP_BYTES: Final = 100 << 20

_limit: Final = re.compile(r"reached its memory limit of ([0-9.]{1,20}[KMG]i)$")
_rss: Final = re.compile(r"anon-rss:(\d{1,15})kB")
_using: Final = re.compile(
    r"[Cc]ontainer (?P<container>[a-z0-9][a-z0-9-]{0,62}) was using (?P<used>\d{1,20}(?:\.\d{1,9})?[A-Za-z]{0,2}), "
    r"(?:which exceeds its )?request (?:is|of) (?P<request>\d{1,20}(?:\.\d{1,9})?[A-Za-z]{0,2})"
)
_short_of: Final = re.compile(r"low on resource: (memory|ephemeral-storage)")


def limit(scene: Scene) -> Advice:
    """The limit it died at is too small; what would have held is above what it held when it was killed."""
    container, name = scene.container, scene.about.container
    stated = next((to_bytes(m[1]) for m, _ in scene.said(_limit)), None)
    was = (container.memory_limit_bytes if container else None) or stated
    if was is None or not name:
        return Advice()
    held = _largest(scene)
    kills = sum(r.count for r in scene.records if r.source == "derived") or None
    times = f" {kills} times" if kills and kills > 1 else ""
    holding = f", holding {size(held)} of anonymous memory" if held else ""
    statement = (
        f"Container {name} was killed{times} at its limit of {size(was)}{holding}. A limit that holds "
        "is above that; how far it would have grown, the bundle does not say."
    )
    peak = max(was, held or 0)
    raised = max(peak * BUMP_PERCENT // 100, peak + BUMP_BYTES)
    lines = ["resources:", "  limits:", f"    memory: {mebibytes(raised)}  # was {size(was)}"]
    if container is not None and container.memory_request_bytes == was:
        lines += ["  requests:", f"    memory: {mebibytes(raised)}  # was {size(was)}, the same as the limit"]
    because = (
        f"{size(peak)} is the most that was seen; the new value adds a fifth and at least 100Mi, as the Vertical Pod "
        "Autoscaler does after such a kill. If it is killed again, look for what grows before you raise it further."
    )
    return Advice(
        patch=(of_container(scene, lines, because),), told=(Told(statement=statement, cites=cited(scene.records)),)
    )


def held_by_victim(scene: Scene) -> Advice:
    """What the victim held against what it had asked for: the scheduler counts requests alone."""
    container, held = scene.container, _largest(scene)
    if container is None or held is None or not container.image:
        return Advice()
    asked = container.memory_request_bytes or 0
    if held <= asked:
        statement = (
            f"The victim held {size(held)}, no more than the {size(asked)} it had requested: look for what else grew "
            "on the node."
        )
    else:
        had = f"a request of {size(asked)}" if asked else "no memory request"
        statement = (
            f"The victim, container {container.container}, held {size(held)} with {had}: the scheduler counted on "
            f"{size(asked) if asked else 'nothing'}. A request of {mebibytes(held)} would have kept that much of a "
            "node free for it."
        )
    return Advice(told=(Told(statement=statement, cites=cited(scene.records)),))


def used_by_evicted(scene: Scene) -> Advice:
    """An eviction message says what each container used and requested."""
    short = next((m[1] for m, _ in scene.said(_short_of)), "memory")
    for match, record in scene.said(_using):
        used, asked = to_bytes(match["used"]), to_bytes(match["request"])
        if used is None or asked is None or used <= asked:
            continue
        name = match["container"]
        statement = (
            f"Container {name} used {match['used']} of {short} and had requested {match['request']}. With a request of "
            f"{mebibytes(used)} its pod would not have been among the first to go: the kubelet evicts those above "
            "their request first."
        )
        lines = ["resources:", "  requests:", f"    {short}: {mebibytes(used)}  # was {match['request']}"]
        because = f"{match['used']} is what the eviction message says it used."
        return Advice(
            patch=(of_container(scene, lines, because, name),),
            told=(Told(statement=statement, cites=cited([record])),),
        )
    return Advice()


def _largest(scene: Scene) -> int | None:
    """The most anonymous memory that a kernel line of the cause gives a killed process."""
    return max((int(m[1]) * 1024 for m, _ in scene.said(_rss)), default=None)
