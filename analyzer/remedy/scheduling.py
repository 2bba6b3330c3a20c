"""Requests, quotas and replicas that would have fitted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from analyzer.derive.memory import size
from analyzer.derive.scheduling import free_of, request_of
from analyzer.diagnosis import Patch
from analyzer.ingest.quantity import parse, to_bytes, to_millicores
from analyzer.remedy.manifest import kubectl, of_container, of_object, text
from analyzer.remedy.scene import Advice, Scene, Told, cited

_requests: Final = re.compile(r"requests .{1,400} of (cpu|memory), and ")
_insufficient: Final = re.compile(r"Insufficient (cpu|memory)\b")
_quota: Final = re.compile(
    r"exceeded quota: (?P<quota>[a-z0-9.-]{1,253}), requested: (?P<requested>\S{1,600}), used: (?P<used>\S{1,600}), "
    r"limited: (?P<limited>\S{1,600})"
)
_AMOUNT: Final = r"\d{1,20}(?:\.\d{1,9})?[A-Za-z]{0,2}"
_range: Final = re.compile(
    rf"(?P<which>maximum|minimum) (?P<resource>cpu|memory) usage per Container is (?P<bound>{_AMOUNT}), "
    rf"but (?P<what>limit|request) is (?P<given>{_AMOUNT})"
)
_scaled_down: Final = re.compile(
    r"Scaled down replica set (?P<name>\S{1,253}) (?:to 0 from (\d{1,6})|from (\d{1,6}) to 0)"
)


def fitting_request(scene: Scene) -> Advice:
    """The most that a node of the bundle has left, against what the pod requests."""
    resource = next((m[1] for e in (_requests, _insufficient) for m, _ in scene.said(e)), None)
    containers = [c for c in scene.facts.containers_of(scene.owner) if c.kind in ("main", "sidecar")]
    nodes = [n for n in scene.facts.nodes if not n.is_unschedulable and n.is_ready is not False]
    free = {n.node: left for n in nodes if (left := free_of(n, resource or "")) is not None}
    asked = sum(request_of(c, resource) for c in containers) if resource else 0
    if resource is None or not free or not asked:
        return Advice()
    roomiest = max(free, key=lambda name: (free[name], name))
    left = max(free[roomiest], 0)
    if left >= asked:
        return Advice()
    statement = (
        f"The pod requests {_words(resource, asked)} of {resource}; {roomiest}, the node with most left, has "
        f"{_words(resource, left)}. A request of {_words(resource, left)} would have fitted, or a node with "
        f"{_words(resource, asked - left)} more to give."
        if left
        else f"The pod requests {_words(resource, asked)} of {resource}, and no node has any left to promise."
    )
    told = (Told(statement=statement, cites=cited(scene.records)),)
    asking = [c for c in containers if request_of(c, resource)]
    if len(asking) != 1 or not left:
        return Advice(told=told)
    value = _words(resource, left) if resource == "cpu" else f"{left >> 20}Mi"
    lines = ["resources:", "  requests:", f"    {resource}: {value}  # was {_words(resource, asked)}"]
    because = (
        f"{_words(resource, left)} is what {roomiest} has left. Lower the request only if {asking[0].container} needs "
        "no more than that; otherwise a larger node is the fix."
    )
    return Advice(patch=(of_container(scene, lines, because, asking[0].container),), told=told)


def larger_quota(scene: Scene) -> Advice:
    """The quota that used and requested together would have fitted into."""
    for match, record in scene.said(_quota):
        requested, used, limited = (_amounts(match[name]) for name in ("requested", "used", "limited"))
        short = [
            (name, requested[name], used[name], limited[name])
            for name in sorted(requested)
            if name in used and name in limited and _exceeds(requested[name], used[name], limited[name])
        ]
        if not short:
            continue
        name, asked, taken, hard = short[0]
        needed = _sum(name, asked, taken)
        over = _difference(name, needed, hard)
        statement = (
            f"{name}: {asked} requested and {taken} in use are {needed}, {over} more than the {hard} that quota "
            f"{match['quota']} allows. With {needed} it would have been created, or with {over} less requested or used."
        )
        lines = ["spec:", "  hard:"]
        lines += [f"    {text(n)}: {_sum(n, a, t)}  # was {h}" for n, a, t, h in short]
        patch = of_object(
            "ResourceQuota",
            scene.about.namespace,
            match["quota"],
            lines,
            "What is in use and what was requested, added up: it lets this one pod in, with nothing to spare.",
        )
        return Advice(patch=(patch,), told=(Told(statement=statement, cites=cited([record])),))
    return Advice()


def within_range(scene: Scene) -> Advice:
    """The bound of the LimitRange against what the container asks."""
    for match, record in scene.said(_range):
        bound, what, resource = match["bound"], match["what"], match["resource"]
        side = "above" if match["which"] == "maximum" else "below"
        statement = (
            f"The {what} of {match['given']} of {resource} is {side} the "
            f"{match['which']} of {bound} that the namespace allows a container. {bound} would have been let in."
        )
        told = (Told(statement=statement, cites=cited([record])),)
        if not scene.about.container:
            return Advice(told=told)
        lines = ["resources:", f"  {what}s:", f"    {resource}: {bound}  # was {match['given']}"]
        because = f"{bound} is the {match['which']} that the LimitRange gives a container."
        return Advice(patch=(of_container(scene, lines, because),), told=told)
    return Advice()


def replicas_before(scene: Scene) -> Advice:
    """How many replicas there were before somebody, or something, scaled to zero."""
    for record in scene.facts.records:
        match = _scaled_down.search(record.message[:4096])
        if match is None or record.kind != "Deployment" or record.namespace != (scene.about.namespace or None):
            continue
        names = {scene.about.name, scene.workload[1] if scene.workload else ""}
        is_meant = record.name in names or any(record.name and record.name in r.message for r in scene.records)
        if not is_meant or not record.name:
            continue
        before = match[2] or match[3]
        statement = f"Deployment {record.name} had {before} replicas before it was scaled to 0."
        command = kubectl(scene.about.namespace, "scale", "deployment", record.name, f"--replicas={before}")
        patch = Patch(
            target=f"Deployment {record.name}",
            language="sh",
            text=command,
            command="",
            because=f"{before} is what the event of the scaling says there were before.",
        )
        return Advice(patch=(patch,), told=(Told(statement=statement, cites=cited([record])),))
    return Advice()


def _amounts(listed: str) -> Mapping[str, str]:
    """`limits.cpu=2,pods=10` by name."""
    pairs = (part.partition("=") for part in listed.split(","))
    return {name: value for name, equals, value in pairs if equals and parse(value) is not None}


def _exceeds(asked: str, taken: str, hard: str) -> bool:
    values = [parse(text) for text in (asked, taken, hard)]
    return None not in values and values[0] + values[1] > values[2]  # type: ignore[operator]


def _sum(name: str, one: str, other: str) -> str:
    if "cpu" in name:
        return f"{(to_millicores(one) or 0) + (to_millicores(other) or 0)}m"
    if "memory" in name or "storage" in name:
        return size_of((to_bytes(one) or 0) + (to_bytes(other) or 0))
    return str((to_bytes(one) or 0) + (to_bytes(other) or 0))


def _difference(name: str, one: str, other: str) -> str:
    if "cpu" in name:
        return f"{(to_millicores(one) or 0) - (to_millicores(other) or 0)}m"
    if "memory" in name or "storage" in name:
        return size_of((to_bytes(one) or 0) - (to_bytes(other) or 0))
    return str((to_bytes(one) or 0) - (to_bytes(other) or 0))


def size_of(number: int) -> str:
    """Bytes as an exact quantity: `4736Mi`."""
    for unit, power in (("Gi", 30), ("Mi", 20), ("Ki", 10)):
        if number and number % (1 << power) == 0:
            return f"{number >> power}{unit}"
    return str(number)


def _words(resource: str, amount: int) -> str:
    return f"{amount}m" if resource == "cpu" else size(amount)
