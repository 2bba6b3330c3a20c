"""Where the failures are, so that a finding is held against those alone that it may be near to.

A bundle of ten thousand pods has thousands of failures and of findings: each against each would take hours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from analyzer.case import Case
from analyzer.derive.dependents import Dependency
from analyzer.derive.facts import Owner
from analyzer.diagnosis import ObjectRef
from analyzer.relate import Workload, workload_of

Key = TypeVar("Key", bound=Hashable)
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Indexes of failures by what they are about, and the calls in vain by either end."""

    case: Case
    workloads: Sequence[Workload | None]  # of each failure
    by_name: Mapping[tuple[str, str], Sequence[int]]  # (kind, name)
    by_workload: Mapping[tuple[str, tuple[str, str]], Sequence[int]]  # (namespace, (kind, name))
    by_node: Mapping[str, Sequence[int]]
    by_pod: Mapping[Owner, Sequence[int]]
    by_caller: Mapping[Owner, Sequence[Dependency]]
    by_called: Mapping[Owner, Sequence[Dependency]]

    @classmethod
    def of(cls, case: Case) -> Places:
        """The failures and calls of the case."""
        abouts = [failure.about for failure in case.failures]
        workloads = [workload_of(case.facts, about) for about in abouts]
        return cls(
            case=case,
            workloads=workloads,
            by_name=_grouped(((a.kind, a.name), i) for i, a in enumerate(abouts)),
            by_workload=_grouped(((abouts[i].namespace, w), i) for i, w in enumerate(workloads) if w is not None),
            by_node=_grouped((a.node, i) for i, a in enumerate(abouts)),
            by_pod=_grouped((Owner(a.namespace, a.pod), i) for i, a in enumerate(abouts)),
            by_caller=_grouped((d.caller.whole_pod, d) for d in case.dependencies),
            by_called=_grouped((d.pod, d) for d in case.dependencies),
        )

    def around(self, about: ObjectRef) -> Iterable[int]:
        """Indexes, ascending, of all failures that `nearness` or a call in vain may join with what is about `about`."""
        if not about.name or about.kind not in ("Pod", "Node") or (about.kind == "Pod" and not about.namespace):
            return range(len(self.case.failures))
        workload = workload_of(self.case.facts, about)
        found = {*self.by_name.get((about.kind, about.name), ())}
        if workload is not None:
            for namespace in (about.namespace, ""):  # an unknown one may be the same
                found.update(self.by_workload.get((namespace, workload), ()))
        if about.kind == "Node":
            found.update(self.by_node.get(about.name, ()))
            if len(self.case.facts.nodes) == 1:
                found.update(self.by_node.get("", ()))  # what has no node has no other to go to
        for dependency in self.calls_of(about):
            found.update(self.by_pod.get(dependency.caller.whole_pod, ()))
        return sorted(found)

    def calls_of(self, about: ObjectRef) -> Sequence[Dependency]:
        """The calls in vain that end in a pod, or on a node."""
        if about.pod:
            return self.by_called.get(Owner(about.namespace, about.pod), ())
        if not about.node:
            return ()
        pods = ((d, self.case.facts.pod(d.pod)) for d in self.case.dependencies)
        return [d for d, pod in pods if pod is not None and pod.node == about.node]

    def calls_from(self, about: ObjectRef) -> Sequence[Dependency]:
        """The calls in vain of a pod."""
        return self.by_caller.get(Owner(about.namespace, about.pod), ())


def _grouped(pairs: Iterable[tuple[Key, Item]]) -> dict[Key, list[Item]]:
    found: dict[Key, list[Item]] = defaultdict(list)
    for key, item in pairs:
        found[key].append(item)
    return dict(found)
