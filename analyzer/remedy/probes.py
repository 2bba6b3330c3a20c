"""Probe settings that would have passed."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from typing import Final

from analyzer.derive.facts import Owner, quote
from analyzer.derive.probe_stories import budget, port_of, probe_of
from analyzer.derive.starts import Need, last_life, listening, start_line, starts
from analyzer.diagnosis import Patch
from analyzer.model import Probe
from analyzer.remedy.manifest import of_container, text
from analyzer.remedy.scene import Advice, Scene, Told, cited

_which: Final = re.compile(r"\b(startup|liveness|readiness) probe\b")


def longer_start(scene: Scene) -> Advice:
    """The time that the observed starts took, against what the probe allows."""
    probe = _probe(scene)
    if probe is None:
        return Advice()
    allowed = f"the {probe.probe} probe allows {_s(budget(probe))}"
    observed = list(_observed(scene))
    needs = [n for n in observed if not n.is_estimate] or observed
    if not needs:
        return Advice(patch=(_startup(scene, probe, None),), told=tuple(_lived(scene, allowed)))
    longest = max(needs, key=lambda n: n.seconds)
    ran = math.ceil(longest.seconds / probe.period_seconds)
    would = _s(ran * probe.period_seconds)
    if longest.is_estimate:
        statement = (
            f"By its own estimate the start takes {_s(longest.seconds)}; {allowed}. {would} would have been enough."
        )
    else:
        passed = sum(n.seconds <= budget(probe) for n in needs)
        starts_ = f"{len(needs)} observed starts" if len(needs) > 1 else "observed start"
        statement = (
            f"The longest of {starts_} took {_s(longest.seconds)}; {allowed}, enough for {passed} of {len(needs)}. "
            f"{would} would have passed {len(needs)} of {len(needs)}."
            if len(needs) > 1
            else f"The one {starts_} took {_s(longest.seconds)}; {allowed}. {would} would have passed it."
        )
    told = Told(statement=statement, cites=(quote(longest.record),))
    return Advice(patch=(_startup(scene, probe, ran),), told=(told,))


def other_port(scene: Scene) -> Advice:
    """The probe asks a port where nothing listens, and the log says where something does."""
    probe = _probe(scene)
    places = listening(last_life(scene.facts, scene.owner))
    ports = {p.port for p in places}
    asked = port_of(scene.facts, scene.owner, probe)
    if probe is None or asked is None or len(ports) != 1 or asked in ports or places[-1].is_loopback:
        return Advice()
    (port,) = ports
    lines: list[str] = []
    for other in scene.facts.probes_of(scene.owner):
        if port_of(scene.facts, scene.owner, other) == asked and other.handler in ("httpGet", "tcpSocket", "grpc"):
            lines += [f"{other.probe}Probe:", f"  {other.handler}:", f"    port: {port}  # was {other.port}"]
    if not lines:
        return Advice()
    name = scene.about.container
    patch = of_container(scene, lines, f"The log of {name} says that it listens on port {port}, and on no other.")
    statement = f"Asked at port {port} instead of {asked}, the {probe.probe} probe would have found somebody there."
    return Advice(patch=(patch,), told=(Told(statement=statement, cites=(quote(places[-1].record),)),))


def _probe(scene: Scene) -> Probe | None:
    """The probe that the cause speaks of."""
    kind = next((m[1] for m, _ in scene.said(_which)), "liveness")
    return probe_of(scene.facts, scene.owner, kind)


def _observed(scene: Scene) -> Iterator[Need]:
    """Starts that logs tell of: of this container, and of the same one in other pods of its workload."""
    facts, own = scene.facts, scene.owner
    yield from _one_a_life(starts(facts, own))
    pod = scene.pod
    if pod is None or not pod.owner_name:
        return
    for other in facts.pods:
        same = (other.namespace, other.owner_kind, other.owner_name) == (pod.namespace, pod.owner_kind, pod.owner_name)
        if same and other.name != pod.name:
            yield from _one_a_life(starts(facts, Owner(other.namespace or "", other.name, own.container)))


def _one_a_life(needs: Sequence[Need]) -> list[Need]:
    """The longest time of each log file: parts of a start are logged before the whole of it."""
    longest: dict[str, Need] = {}
    for need in needs:
        path = need.record.path
        if path not in longest or need.seconds > longest[path].seconds:
            longest[path] = need
    return list(longest.values())


def _lived(scene: Scene, allowed: str) -> Iterator[Told]:
    """No start was seen to its end: the time it had, and how far it came."""
    container = scene.container
    line = start_line(last_life(scene.facts, scene.owner))
    if container is None or container.last_started_at is None or container.last_finished_at is None or line is None:
        return
    lived = (container.last_finished_at - container.last_started_at).total_seconds()
    if lived > 0:
        statement = (
            f"In its last life it had {_s(lived)} ({allowed}) and was still starting: the start needs more than "
            "that; how much more, no line says."
        )
        yield Told(statement=statement, cites=(quote(line), *cited(scene.records, 1)))


def _startup(scene: Scene, probe: Probe, periods: int | None) -> Patch:
    """A startupProbe that asks what `probe` asks, `periods` times; without them the number is the reader's."""
    own = probe_of(scene.facts, scene.owner, "startup")
    period = f"{probe.period_seconds:g}"
    count = str(periods) if periods is not None else f'"<seconds of the slowest start / {period}, rounded up>"'
    was = f"  # was {own.failure_threshold}" if own is not None and own is probe else ""
    lines = ["startupProbe:"]
    lines += [f"  {row}" for row in _handler(probe)] if own is None else []
    lines += [f"  periodSeconds: {period}", f"  failureThreshold: {count}{was}"]
    because = (
        f"{periods} × {period} s covers the start as far as it is known, with nothing to spare: add a reserve. "
        if periods is not None
        else "No start was seen to its end, so the number is yours to fill in. "
    ) + "Until the startup probe has passed once, the other probes wait."
    return of_container(scene, lines, because)


def _handler(probe: Probe) -> list[str]:
    """What is asked, as the other probe asks it."""
    if probe.handler == "exec":
        return ["exec:", f"  command: {json.dumps(list(probe.command))}"]
    port = probe.port or ""
    place = [f"  port: {port if port.isdecimal() else text(port)}"]
    if probe.handler == "httpGet":
        place = [f"  path: {text(probe.http_path or '/')}", *place]
        place += [f"  scheme: {text(probe.scheme)}"] if probe.scheme not in (None, "HTTP") else []
    return [f"{probe.handler or 'tcpSocket'}:", *place]


def _s(seconds: float) -> str:
    return f"{seconds:.3g} s" if seconds < 10 else f"{math.ceil(seconds)} s"
