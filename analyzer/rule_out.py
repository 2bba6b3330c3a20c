"""Why not the others: what a careful reader would ask about, and what speaks against it in this bundle."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from analyzer.case import Case
from analyzer.derive.facts import Facts, Owner
from analyzer.diagnosis import ObjectRef, RuledOut
from analyzer.failures import Failure
from analyzer.model import Record
from analyzer.rank import Ranked


@dataclass(frozen=True, slots=True)
class _Scene:
    """The records that could speak for or against an alternative."""

    facts: Facts
    failures: tuple[Failure, ...]  # those the cause explains
    records: tuple[Record, ...]  # about the failed pods
    nodes: frozenset[str]

    def any(self, test: Callable[[Record], bool]) -> bool:
        return any(test(r) for r in self.records)

    @property
    def has_events(self) -> bool:
        return self.any(lambda r: r.source == "event")


def ruled_out(ranked: Ranked, others: Sequence[Ranked], case: Case) -> tuple[RuledOut, ...]:
    """Consequences first, then weaker candidates, then twins for which the bundle holds the source but no sign."""
    out = [*_consequences(ranked), *_weaker(ranked, others), *_twins(ranked, case)]
    seen = {ranked.lead.pattern.cause}
    return tuple(r for r in out if not (r.cause in seen or seen.add(r.cause)))  # type: ignore[func-returns-value]


def _consequences(ranked: Ranked) -> Iterable[RuledOut]:
    for candidate in sorted(ranked.consequences, key=lambda c: (-c.total, c.pattern.id)):
        yield RuledOut(
            cause=candidate.pattern.cause or "",
            because=f"it was seen too ({candidate.pattern.title[0].lower()}{candidate.pattern.title[1:]}), "
            "but it follows from the root cause.",
        )


def _weaker(ranked: Ranked, others: Sequence[Ranked]) -> Iterable[RuledOut]:
    for other in others:
        if other.explains & ranked.explains and other.is_alternative:
            yield RuledOut(
                cause=other.lead.pattern.cause or "",
                because=f"{other.lead.pattern.title} is possible, but scores {other.lead.total:.1f} "
                f"against {ranked.lead.total:.1f}.",
            )


def _twins(ranked: Ranked, case: Case) -> Iterable[RuledOut]:
    scene = _scene(ranked, case)
    for cause, check in TWINS.get(_symptom(scene), ()):
        sentence = check(scene)
        if sentence:
            yield RuledOut(cause=cause, because=sentence)


def _scene(ranked: Ranked, case: Case) -> _Scene:
    facts = case.facts
    mine = tuple(case.failures[i] for i in sorted(ranked.explains))
    ids = {i for f in mine if f.about.pod for i in _ids(facts, f.about)}
    records = tuple(facts.records[i] for i in sorted(ids))
    nodes = {f.about.node for f in mine if f.about.node} | {r.node for r in records if r.node}
    return _Scene(facts, mine, records, frozenset(nodes))


def _ids(facts: Facts, ref: ObjectRef) -> Sequence[int]:
    return facts.ids_of(Owner(ref.namespace, ref.name))


def _symptom(scene: _Scene) -> str:
    """The family of twins that the failure belongs to: killed, pending, or not pulled."""
    if scene.any(lambda r: r.exit_code in (137, 143) or r.reason == "OOMKilled"):
        return "killed"
    if any(f.reason in ("Unschedulable", "Pending") for f in scene.failures):
        return "pending"
    if any("Image" in f.reason for f in scene.failures):
        return "not pulled"
    if any(f.reason in ("CrashLoopBackOff", "Error") for f in scene.failures):
        return "crashed"
    return ""


def _no_memory_limit_kill(scene: _Scene) -> str | None:
    if scene.any(lambda r: r.reason == "OOMKilled" or "emory cgroup out of memory" in r.message):
        return None
    return "No container status says OOMKilled, and no kernel line shows a kill in the pod's cgroup."


def _no_node_oom(scene: _Scene) -> str | None:
    told = [r for r in scene.facts.records if r.reason in ("SystemOOM", "NodeRanOutOfMemory")]
    if told or any(r.source == "kernel_log" and "constraint=CONSTRAINT_NONE" in r.message for r in scene.facts.records):
        return None
    memory = any("MemoryPressure" in n.pressures for n in scene.facts.nodes if n.node in scene.nodes)
    known = scene.nodes & {n.node for n in scene.facts.nodes}
    if memory or not known:
        return None
    return f"Node {min(known)} reports no memory pressure, and there is no system OOM event."


def _no_probe_kill(scene: _Scene) -> str | None:
    if not scene.has_events or scene.any(lambda r: r.reason == "Killing" and "probe" in r.message):
        return None
    return "The pod's events hold no Killing for a failed probe."


def _no_eviction(scene: _Scene) -> str | None:
    if scene.any(lambda r: r.reason in ("Evicted", "EvictedByNodePressure")):
        return None
    return "The pod's status does not say Evicted." if scene.failures and scene.failures[0].is_state else None


def _started(scene: _Scene) -> str | None:
    if scene.any(
        lambda r: r.source == "container_status" and r.exit_code is not None and "mage" not in (r.reason or "")
    ):
        return "The container has started and ended by itself, so its image was pulled and its entrypoint found."
    return None


def _scheduled(scene: _Scene) -> str | None:
    return f"The pod runs on node {min(scene.nodes)}." if scene.nodes else None


TWINS: dict[str, tuple[tuple[str, Callable[[_Scene], str | None]], ...]] = {
    "killed": (
        ("oom-container-limit", _no_memory_limit_kill),
        ("oom-node", _no_node_oom),
        ("probe-too-early", _no_probe_kill),
        ("node-pressure-eviction", _no_eviction),
    ),
    "crashed": (
        ("oom-container-limit", _no_memory_limit_kill),
        ("probe-too-early", _no_probe_kill),
        ("image-not-found", _started),
    ),
    "pending": (("node-pressure-eviction", _no_eviction),),
    "not pulled": (("insufficient-resources", _scheduled),),
}
"""Family of symptoms -> the causes that share it, each with the check that may rule it out."""
