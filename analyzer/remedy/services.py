"""Selectors and target ports that would have led somewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from analyzer.derive.calls import is_named_after
from analyzer.derive.services import PORT
from analyzer.model import Object, Pod
from analyzer.remedy.manifest import of_object, text
from analyzer.remedy.scene import Advice, Scene, Told, cited

_selects: Final = re.compile(r"\bService (?P<service>[a-z0-9-]{1,63}) selects ")
_sends: Final = re.compile(
    r"\bService (?P<service>[a-z0-9-]{1,63}) sends (?:port (?P<port>\d{1,5}) )?to "
    r"(?:targetPort |port |the port named )(?P<target>[a-z0-9-]{1,15})\b(?:, (?:and|which) (?P<rest>.{0,300}))?"
)
_listens: Final = re.compile(r"listens on port (\d{1,5})|(?:have port|declare) ([a-z0-9-]{1,15})$")


def routed(scene: Scene) -> Advice:
    """The Service's selector as its pods' labels are, or its target port as its pods listen."""
    for match, _ in scene.said(_selects):
        service = _service(scene, match["service"])
        found = _selector(scene, service) if service is not None else None
        if found is not None:
            return found
    for match, _ in scene.said(_sends):
        service = _service(scene, match["service"])
        found = _port(scene, service, match["target"], match["rest"] or "") if service is not None else None
        if found is not None:
            return found
    return Advice()


def _service(scene: Scene, name: str) -> Object | None:
    """The Service of this name in the cause's namespace, else the only one."""
    own = scene.facts.object("Service", scene.about.namespace, name)
    others = [o for o in scene.facts.objects if o.kind == "Service" and o.name == name]
    return own or (others[0] if len(others) == 1 else None)


def _selector(scene: Scene, service: Object) -> Advice | None:
    wanted = dict(_pairs(service.selector))
    pods = [p for p in scene.facts.pods if p.namespace == service.namespace and p.labels]
    meant = [p for p in pods if is_named_after(p, service.name)] or _nearest(pods, wanted)
    labels = [dict(_pairs(p.labels)) for p in meant]
    changes: dict[str, str] = {}
    for name, value in sorted(wanted.items()):
        theirs = {own.get(name) for own in labels}
        if theirs == {value}:
            continue
        if len(theirs) != 1 or None in theirs:
            return None
        changes[name] = str(theirs.pop())
    if not changes or not meant:
        return None
    names = f"pod {meant[0].name}" if len(meant) == 1 else f"{len(meant)} pods such as {meant[0].name}"
    lines = [
        "spec:",
        "  selector:",
        *(f"    {text(n)}: {text(v)}  # was {text(wanted[n])}" for n, v in changes.items()),
    ]
    because = f"These are the labels of {names}, which the Service seems to be meant for: make sure that it is."
    told = ", ".join(f"{n}={v}" for n, v in changes.items())
    statement = f"Selecting {told}, Service {service.name} would have found {names}."
    patch = of_object("Service", service.namespace or "", service.name, lines, because)
    return Advice(patch=(patch,), told=(Told(statement=statement, cites=cited(scene.records)),))


def _nearest(pods: Sequence[Pod], wanted: dict[str, str]) -> list[Pod]:
    """The pods that share most labels with the selector, and at least one."""
    shared = {p.name: len({*wanted.items()} & {*_pairs(p.labels)}) for p in pods}
    most = max(shared.values(), default=0)
    return [p for p in pods if most and shared[p.name] == most]


def _port(scene: Scene, service: Object, target: str, rest: str) -> Advice | None:
    served = _listens.search(rest)
    ports = [m["port"] for p in service.ports if (m := PORT.match(p)) and m["target"] == target]
    if served is None or len(ports) != 1:
        return None
    right = served[1] or served[2]
    value = right if right.isdecimal() else text(right)
    lines = ["spec:", "  ports:", f"  - port: {ports[0]}", f"    targetPort: {value}  # was {target}"]
    because = f"That is where the pods of Service {service.name} are served."
    statement = f"With targetPort {right}, calls to port {ports[0]} of Service {service.name} would have arrived."
    patch = of_object("Service", service.namespace or "", service.name, lines, because)
    return Advice(patch=(patch,), told=(Told(statement=statement, cites=cited(scene.records)),))


def _pairs(labels: Sequence[str]) -> list[tuple[str, str]]:
    return [(name, value) for name, _, value in (label.partition("=") for label in labels)]
