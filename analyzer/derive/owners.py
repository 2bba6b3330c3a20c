"""Whose a record is: namespace, pod, container, completed where only one candidate fits."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Final, NamedTuple, Protocol

from analyzer.model import Container, Mount, Pod, Record

_CONTAINER_IN_MESSAGE: Final = re.compile(
    r"^Container ([a-z0-9][a-z0-9-]{0,62}) (?:failed|definition)|failed container[ =]([a-z0-9][a-z0-9-]{0,62})\b"
)


class Owner(NamedTuple):
    """A container of a pod, or the pod when `container` is ""; "" is unknown. A tuple, since most joins look it up."""

    namespace: str = ""
    pod: str = ""
    container: str = ""

    @property
    def whole_pod(self) -> Owner:
        """The pod without the container."""
        return Owner(self.namespace, self.pod)

    def of(self, container: str) -> Owner:
        """Another container of the same pod."""
        return Owner(self.namespace, self.pod, container)


class Owned(Protocol):
    """A row that says whose it is."""

    @property
    def namespace(self) -> str | None:  # noqa: D102
        ...

    @property
    def pod(self) -> str:  # noqa: D102
        ...

    @property
    def container(self) -> str | None:  # noqa: D102
        ...


def owner_of(row: Owned) -> Owner:
    """The owner a row names."""
    return Owner(row.namespace or "", row.pod, row.container or "")


def complete_owners(
    records: Sequence[Record], pods: Sequence[Pod], containers: Sequence[Container], mounts: Sequence[Mount]
) -> tuple[Owner, ...]:
    """Whose each record is; a missing namespace or pod is filled in where only one candidate exists."""
    stems = {c.container for c in containers}
    said = [_said_owner(r) for r in records]
    stems |= {o.container for o in said if o.container}
    said = [_by_file_name(o, r, stems) for o, r in zip(said, records, strict=True)]
    known = {Owner(p.namespace or "", p.name) for p in pods} | {owner_of(c) for c in containers}
    known |= {owner_of(m) for m in mounts} | {o for o in said if o.pod}
    known_pods = {o.whole_pod for o in known if o.pod}
    spaces: dict[str, set[str]] = defaultdict(set)
    holders: dict[str, set[Owner]] = defaultdict(set)
    for owner in known:
        if owner.pod and owner.namespace:
            spaces[owner.pod].add(owner.namespace)
    for owner in known:
        if owner.pod and owner.container:
            (namespace,) = spaces[owner.pod] if len(spaces[owner.pod]) == 1 else {owner.namespace}
            holders[owner.container].add(Owner(namespace, owner.pod))
    named = {o.pod for o in known_pods}
    only = next(iter(known_pods)) if len(known_pods) == 1 and len(named) == 1 else None

    def complete(owner: Owner) -> Owner:
        if owner.pod and not owner.namespace and len(spaces[owner.pod]) == 1:
            return Owner(next(iter(spaces[owner.pod])), owner.pod, owner.container)
        if owner.container and not owner.pod:
            fits = [o for o in holders.get(owner.container, ()) if owner.namespace in ("", o.namespace)]
            if len(fits) == 1:
                return fits[0].of(owner.container)
            if not fits and only is not None and not any(c.pod == only.pod for c in containers):
                return complete(only.of(owner.container))
        return owner

    return tuple(complete(o) for o in said)


def _said_owner(record: Record) -> Owner:
    pod = record.name or "" if record.kind in (None, "Pod") else ""
    container = record.container or ""
    if not container and pod and "ontainer" in record.message:
        found = _CONTAINER_IN_MESSAGE.search(record.message)
        container = next((g for g in found.groups() if g), "") if found else ""
    if not pod and record.kind not in (None, "Pod"):
        return Owner(record.namespace or "")
    return Owner(record.namespace or "", pod, container)


def _by_file_name(owner: Owner, record: Record, names: set[str]) -> Owner:
    """The container that a log such as `logs/web.previous.log` is named after, where the bundle knows one."""
    if owner.container or owner.pod or record.source != "container_log":
        return owner
    stem = record.path.rpartition("/")[2].partition(".")[0].removesuffix("-previous")
    return Owner(owner.namespace, "", stem) if stem in names else owner
