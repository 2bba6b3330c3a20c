"""The rows of one bundle, to be looked up by what they are about."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from analyzer.derive.health import may_be_failing
from analyzer.derive.merge import (
    distinct_containers,
    distinct_mounts,
    distinct_pods,
    distinct_probes,
    distinct_references,
    in_namespace,
    namespaces_of_pods,
)
from analyzer.derive.owners import Owned, Owner, complete_owners, owner_of
from analyzer.derive.pulls import with_image_owners
from analyzer.model import (
    Container,
    Evidence,
    FileEntry,
    Mount,
    Node,
    Object,
    Pod,
    Probe,
    Quote,
    Record,
    Reference,
    Usage,
)

__all__ = [
    "EPOCH",
    "Facts",
    "Owner",
    "derived",
    "mount_quote",
    "owner_of",
    "quote",
    "quotes",
]

Row = TypeVar("Row", bound=Owned)

LARGEST_COUNT: Final = 2**62  # sums of counts that a hostile bundle states still fit their column
EPOCH: Final = dt.datetime(1904, 1, 1, tzinfo=dt.UTC)  # sorts what has no time before the rest


@dataclass(frozen=True, slots=True)
class Facts:
    """All rows, each pod, container, mount, probe and need once, from all files that tell of it.

    Pods of a fragment may have no namespace (None) or no name (""). `records` has the order of the evidence.
    """

    records: tuple[Record, ...]
    pods: tuple[Pod, ...]
    containers: tuple[Container, ...]
    probes: tuple[Probe, ...]
    mounts: tuple[Mount, ...]
    references: tuple[Reference, ...]
    nodes: tuple[Node, ...]
    objects: tuple[Object, ...]
    usages: tuple[Usage, ...]
    files: tuple[FileEntry, ...]
    present: dt.datetime | None  # what "now" means in this bundle; else the last time that any record has
    _owners: tuple[Owner, ...] = ()  # of each record, completed
    _ids_by_owner: dict[Owner, list[int]] = field(default_factory=dict)
    _ids_by_pod: dict[Owner, list[int]] = field(default_factory=dict)
    _ids_by_name: dict[str, list[int]] = field(default_factory=dict)
    _failing: dict[Owner, bool] = field(default_factory=dict)  # what was asked so far
    _records_in: dict[str, list[Record]] = field(default_factory=dict)  # by path, once anybody has asked
    _files_of: dict[Owner, list[FileEntry]] = field(default_factory=dict)  # by pod, likewise
    _pods: dict[Owner, Pod] = field(default_factory=dict)
    _containers: dict[Owner, Container] = field(default_factory=dict)
    _containers_by_pod: dict[Owner, list[Container]] = field(default_factory=dict)
    _mounts_by_pod: dict[Owner, list[Mount]] = field(default_factory=dict)
    _probes_by_owner: dict[Owner, list[Probe]] = field(default_factory=dict)
    _references_by_pod: dict[Owner, list[Reference]] = field(default_factory=dict)
    _objects: dict[tuple[str, str], list[Object]] = field(default_factory=dict)
    _instances: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, evidence: Evidence) -> Facts:
        """Merge and index the rows of `evidence`."""
        records = evidence.records
        said_pods, said_containers = evidence.pods, evidence.containers
        spaces = namespaces_of_pods(said_pods, said_containers, records)
        pods = distinct_pods(in_namespace(said_pods, spaces))
        containers = distinct_containers(in_namespace(said_containers, spaces))
        mounts = distinct_mounts(in_namespace(evidence.mounts, spaces))
        probes = distinct_probes(in_namespace(evidence.probes, spaces))
        references = distinct_references(in_namespace(evidence.references, spaces))
        objects = evidence.objects
        files = evidence.files
        by_kind: dict[tuple[str, str], list[Object]] = defaultdict(list)
        for thing in objects:
            by_kind[thing.kind, thing.namespace or ""].append(thing)
        unindexed = cls(
            records=(),
            pods=pods,
            containers=containers,
            probes=probes,
            mounts=mounts,
            references=references,
            nodes=evidence.nodes,
            objects=objects,
            usages=evidence.usages,
            files=files,
            present=evidence.present,
            _pods={Owner(p.namespace or "", p.name): p for p in pods},
            _containers={owner_of(c): c for c in containers},
            _containers_by_pod=_by_pod(containers),
            _mounts_by_pod=_by_pod(mounts),
            _probes_by_owner=_by_owner(probes),
            _references_by_pod=_by_pod(references),
            _objects=dict(by_kind),
            _instances={f.path: f.instance for f in files if f.instance is not None},
        )
        return unindexed.with_records(records)

    def with_records(self, records: tuple[Record, ...]) -> Facts:
        """The same bundle with these records, in their order, in place of the ones before."""
        completed = complete_owners(records, self.pods, self.containers, self.mounts)
        owners = with_image_owners(records, completed, self.containers)
        by_owner: dict[Owner, list[int]] = defaultdict(list)
        by_pod: dict[Owner, list[int]] = defaultdict(list)
        for i, owner in enumerate(owners):
            by_owner[owner].append(i)
            by_pod[owner.whole_pod].append(i)
        by_name: dict[str, list[int]] = defaultdict(list)
        for i, record in enumerate(records):
            if record.name is not None:
                by_name[record.name].append(i)
        return replace(
            self,
            records=records,
            present=self.present or max((t for r in records if (t := r.timestamp)), default=None),
            _owners=owners,
            _ids_by_owner=dict(by_owner),
            _ids_by_pod=dict(by_pod),
            _ids_by_name=dict(by_name),
            _failing={},
            _records_in={},
        )

    def owned_records(self) -> Iterable[tuple[Owner, Record]]:
        """Every record with its owner, completed where only one container or pod of the bundle fits."""
        return zip(self._owners, self.records, strict=True)

    def records_of(self, owner: Owner) -> Sequence[Record]:
        """Records about exactly this owner."""
        return [self.records[i] for i in self._ids_by_owner.get(owner, ())]

    def ids_of(self, owner: Owner) -> Sequence[int]:
        """Indexes into `records` (record ids) of what is about a container, or about a pod and its containers."""
        return (self._ids_by_owner if owner.container else self._ids_by_pod).get(owner, ())

    def named(self, kind: str, name: str) -> list[Record]:
        """Records about objects of this kind and name, in any namespace."""
        return [r for i in self._ids_by_name.get(name, ()) if (r := self.records[i]).kind == kind]

    def records_in(self, path: str) -> Sequence[Record]:
        """What one file says, in the order of its lines."""
        if not self._records_in:
            for record in self.records:
                self._records_in.setdefault(record.path, []).append(record)
        return self._records_in.get(path, ())

    def files_of(self, owner: Owner) -> Sequence[FileEntry]:
        """The files that are the owner's pod's, as their paths say."""
        if not self._files_of:
            for file in self.files:
                if file.pod is not None:
                    self._files_of.setdefault(Owner(file.namespace or "", file.pod), []).append(file)
        return self._files_of.get(owner.whole_pod, ())

    def pod_records(self, owner: Owner) -> Sequence[Record]:
        """Records about the owner's pod or any of its containers."""
        return [self.records[i] for i in self._ids_by_pod.get(owner.whole_pod, ())]

    def logs(self, owner: Owner) -> list[Record]:
        """Kept lines of a container's own log, in time order (undated lines in file order)."""
        found = [r for r in self.records_of(owner) if r.source in ("container_log", "text")]
        return sorted(found, key=lambda r: (r.timestamp or EPOCH, self.rank_of(r.path), r.path, r.line))

    def rank_of(self, path: str) -> int:
        """0 for rotated and previous logs, 1 for the current one."""
        return 0 if self._instances.get(path) in ("previous", "rotated") else 1

    def is_previous(self, path: str) -> bool:
        """Whether a file is the log of the life before the present one."""
        return self._instances.get(path) == "previous"

    def pod(self, owner: Owner) -> Pod | None:
        """The owner's pod."""
        return self._pods.get(owner.whole_pod)

    def container(self, owner: Owner) -> Container | None:
        """The owner's container."""
        return self._containers.get(owner)

    def containers_of(self, owner: Owner) -> Sequence[Container]:
        """All containers of the owner's pod: init containers and sidecars first, in their order."""
        return self._containers_by_pod.get(owner.whole_pod, ())

    def container_names(self, owner: Owner) -> set[str]:
        """Names of all containers of the owner's pod: from its object, else from its logs."""
        named = {c.container for c in self.containers_of(owner)}
        logs = {f.container for f in self.files_of(owner)}
        return named or {name for name in logs if name}

    def mounts_of(self, owner: Owner) -> list[Mount]:
        """Mounts of one container."""
        return [m for m in self.pod_mounts(owner) if m.container == owner.container]

    def pod_mounts(self, owner: Owner) -> Sequence[Mount]:
        """Mounts of all containers of the owner's pod."""
        return self._mounts_by_pod.get(owner.whole_pod, ())

    def probes_of(self, owner: Owner) -> Sequence[Probe]:
        """Probes of one container."""
        return self._probes_by_owner.get(owner, ())

    def references_of(self, owner: Owner) -> Sequence[Reference]:
        """What the owner's pod needs."""
        return self._references_by_pod.get(owner.whole_pod, ())

    def objects_of(self, kind: str, namespace: str) -> Sequence[Object]:
        """Objects of a kind in a namespace ("" for cluster-scoped ones)."""
        return self._objects.get((kind, namespace), ())

    def object(self, kind: str, namespace: str, name: str) -> Object | None:
        """One object."""
        return next((o for o in self.objects_of(kind, namespace) if o.name == name), None)

    def node(self, name: str | None) -> Node | None:
        """One node."""
        return next((n for n in self.nodes if name and (n.node == name or n.node.split(".")[0] == name)), None)

    def is_failing(self, owner: Owner) -> bool:
        """Whether nothing in the bundle says that this container, or pod, is well."""
        known = self._failing.get(owner)
        if known is None:
            known = may_be_failing(self.container(owner), self.pod(owner), self.present)
            self._failing[owner] = known
        return known

    def is_down(self, pod: Owner) -> bool:
        """Whether nothing says that all containers of a pod are well; init containers have had their turn."""
        containers = [c for c in self.containers_of(pod) if c.kind != "init"]
        if containers:
            return any(self.is_failing(pod.of(c.container)) for c in containers)
        return self.is_failing(pod)


def quote(record: Record) -> Quote:
    """The line a record stands on."""
    return Quote(
        path=record.path,
        line=record.line,
        text=record.text or record.message,
        source=record.source,
        timestamp=record.timestamp,
    )


def quotes(record: Record) -> tuple[Quote, ...]:
    """All the lines a record stands on."""
    return record.cites or (quote(record),)


def mount_quote(mount: Mount) -> Quote:
    """The line of a mountPath."""
    return Quote(path=mount.path, line=mount.line, text=mount.text or mount.mount_path, source="object")


def derived(  # noqa: PLR0913 - the parts of a record
    reason: str,
    message: str,
    decisive: Record,
    owner: Owner,
    cites: Sequence[Quote] = (),
    *,
    count: int = 1,
    node: str | None = None,
    first: dt.datetime | None = None,
) -> Record:
    """A record of ours: `message` about `owner`, standing on the line of `decisive`."""
    quotes = list(dict.fromkeys([quote(decisive), *cites]))
    return Record(
        source="derived",
        message=message,
        path=decisive.path,
        line=decisive.line,
        text=decisive.text or decisive.message,
        timestamp=decisive.timestamp,
        timestamp_error_seconds=decisive.timestamp_error_seconds,
        first_timestamp=first or min((q.timestamp for q in quotes if q.timestamp), default=decisive.first_timestamp),
        count=min(count, LARGEST_COUNT),
        level="error",
        namespace=owner.namespace or None,
        kind="Pod" if owner.pod or owner.container else None,
        name=owner.pod or None,
        container=owner.container or None,
        node=node or decisive.node,
        reason=reason,
        exit_code=decisive.exit_code,
        before=decisive.before,
        after=decisive.after,
        cites=tuple(quotes),
    )


def _by_pod(values: Iterable[Row]) -> dict[Owner, list[Row]]:
    found: dict[Owner, list[Row]] = defaultdict(list)
    for value in values:
        found[owner_of(value).whole_pod].append(value)
    return dict(found)


def _by_owner(values: Iterable[Row]) -> dict[Owner, list[Row]]:
    found: dict[Owner, list[Row]] = defaultdict(list)
    for value in values:
        found[owner_of(value)].append(value)
    return dict(found)
