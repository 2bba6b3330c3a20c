"""Who is on the timeline: the resources of each incident, the cause first, and the neighbours that suffered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from analyzer.derive.facts import Facts, Owner
from analyzer.diagnosis import Cause, ObjectRef, Unexplained, Victim
from analyzer.relate import workload_of

MOST_DIAGNOSES: Final = 5
MOST_PODS: Final = 8  # other pods of one diagnosis that get a lane each
MOST_CONTAINERS: Final = 12  # of one pod


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """One resource that gets a lane."""

    kind: str  # node, object, pod, init, sidecar, main, ephemeral, folded
    namespace: str = ""
    name: str = ""
    container: str = ""
    about: str = ""  # kind of an object, or of what is folded
    rank: int = 0
    is_cause: bool = False
    folded: tuple[Owner, ...] = ()
    is_whole: bool = False  # a pod whose containers have no lanes of their own

    @property
    def owner(self) -> Owner:
        """As the facts know it; a container or a pod only."""
        return Owner(self.namespace, self.name, self.container)

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes it one resource, whichever diagnosis names it."""
        kind = "container" if self.container else self.kind
        return (kind, self.namespace, self.name, self.container or self.about)


def cast(facts: Facts, causes: Sequence[Cause], leads: Sequence[Unexplained]) -> tuple[Actor, ...]:
    """The resources of the first diagnoses, or of the leads where there is no diagnosis; each resource once."""
    found: dict[tuple[str, str, str, str], Actor] = {}
    for cause in causes[:MOST_DIAGNOSES]:
        victims = [v for v in cause.victims if v.pod]
        for actor in _incident(facts, cause.rank, cause.about, cause.workload, victims):
            found.setdefault(actor.key, actor)
    if not causes:
        for lead in leads[:MOST_DIAGNOSES]:
            for actor in _incident(facts, 0, lead.about, workload_of(facts, lead.about), ()):
                found.setdefault(actor.key, actor)
    return tuple(found.values())


def _incident(
    facts: Facts, rank: int, about: ObjectRef, workload: tuple[str, str] | None, victims: Sequence[Victim]
) -> Iterator[Actor]:
    pods = sorted({Owner(v.namespace or "", v.pod or "") for v in victims})
    main = Owner(about.namespace, about.pod) if about.pod else (pods[0] if pods else None)
    yield from _cause(facts, rank, about)
    if workload is not None:
        space = about.namespace or (main.namespace if main else "")
        yield Actor(kind="object", namespace=space, name=workload[1], about=workload[0], rank=rank)
    if main is not None:
        yield Actor(kind="pod", namespace=main.namespace, name=main.pod, rank=rank)
        yield from _containers(facts, rank, main)
    pod = facts.pod(main) if main else None
    node = about.node or (pod.node if pod else None)
    if node:
        yield Actor(kind="node", name=node, rank=rank)
    others = [p for p in pods if p != main]
    yield from (
        Actor(kind="pod", namespace=p.namespace, name=p.pod, rank=rank, is_whole=True) for p in others[:MOST_PODS]
    )
    if rest := tuple(others[MOST_PODS:]):
        name = workload[1] if workload else ""
        space = rest[0].namespace if len({p.namespace for p in rest}) == 1 else ""
        yield Actor(kind="folded", namespace=space, name=name, about="pod", rank=rank, folded=rest)


def _cause(facts: Facts, rank: int, about: ObjectRef) -> Iterator[Actor]:
    """The lane of what the diagnosis is about."""
    space = about.namespace
    if about.pod and about.container:
        container = facts.container(Owner(space, about.pod, about.container))
        kind = container.kind if container else "main"
        yield Actor(kind=kind, namespace=space, name=about.pod, container=about.container, rank=rank, is_cause=rank > 0)
    elif about.pod:
        yield Actor(kind="pod", namespace=space, name=about.pod, rank=rank, is_cause=rank > 0)
    elif about.kind == "Node" or (about.node and not about.name):
        yield Actor(kind="node", name=about.name or about.node, rank=rank, is_cause=rank > 0)
    elif about.name:
        yield Actor(kind="object", namespace=space, name=about.name, about=about.kind, rank=rank, is_cause=rank > 0)


def _containers(facts: Facts, rank: int, pod: Owner) -> Iterator[Actor]:
    """Containers in the order in which they start; those that fail before those that are well, when too many."""
    known = list(facts.containers_of(pod))
    chosen = sorted(known, key=lambda c: not facts.is_failing(pod.of(c.container)))[:MOST_CONTAINERS]
    for container in known:
        if container in chosen:
            yield Actor(
                kind=container.kind, namespace=pod.namespace, name=pod.pod, container=container.container, rank=rank
            )
    rest = tuple(pod.of(c.container) for c in known if c not in chosen)
    if rest:
        yield Actor(kind="folded", namespace=pod.namespace, name=pod.pod, about="container", rank=rank, folded=rest)
    if not known:
        for name in sorted(facts.container_names(pod))[:MOST_CONTAINERS]:
            yield Actor(kind="main", namespace=pod.namespace, name=pod.pod, container=name, rank=rank)
