"""One row for each pod, container, mount or probe that several files of a bundle tell of."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Final, TypeVar

from analyzer.derive.owners import owner_of
from analyzer.model import Container, Mount, Pod, Probe, Record, Reference

Row = TypeVar("Row", Pod, Container, Mount, Probe, Reference)

_KINDS: Final = {"init": 0, "sidecar": 0, "main": 1, "ephemeral": 2}


def namespaces_of_pods(
    pods: Sequence[Pod], containers: Sequence[Container], records: Sequence[Record] = ()
) -> dict[str, str]:
    """The namespace of each pod name that only one namespace has."""
    found: dict[str, set[str]] = defaultdict(set)
    said = [(p.name, p.namespace) for p in pods] + [(c.pod, c.namespace) for c in containers]
    for name, namespace in [*said, *((r.name, r.namespace) for r in records if r.kind == "Pod")]:
        if name and namespace:
            found[name].add(namespace)
    return {name: next(iter(spaces)) for name, spaces in found.items() if len(spaces) == 1}


def in_namespace(values: Sequence[Row], namespaces: dict[str, str]) -> list[Row]:
    """The rows, with the namespace filled in that their file did not say."""
    return [_in_namespace(v, namespaces) for v in values]


def _in_namespace(value: Row, namespaces: dict[str, str]) -> Row:
    name = value.name if isinstance(value, Pod) else value.pod
    if value.namespace is not None or name not in namespaces:
        return value
    return dataclasses.replace(value, namespace=namespaces[name])


def distinct_pods(pods: Sequence[Pod]) -> tuple[Pod, ...]:
    """One row a pod; pods without a name are as many as their files."""
    return tuple(_merged(pods, lambda p: (p.namespace, p.name, "" if p.name else p.path)))


def distinct_containers(containers: Sequence[Container]) -> tuple[Container, ...]:
    """One row a container, init containers and sidecars first, in their order in the pod."""
    merged = _merged(containers, lambda c: (owner_of(c), "" if c.pod else c.path))
    return tuple(sorted(merged, key=lambda c: (owner_of(c).whole_pod, _KINDS.get(c.kind, 3), c.position, owner_of(c))))


def distinct_mounts(mounts: Sequence[Mount]) -> tuple[Mount, ...]:
    """One row a mount path of a container, from the file that says what the volume is (YAML rather than describe)."""
    ordered = sorted(mounts, key=lambda m: (m.volume_type is None, m.path, m.line))
    return tuple(_merged(ordered, lambda m: (owner_of(m), m.mount_path, "" if m.pod else m.path), is_first=True))


def distinct_probes(probes: Sequence[Probe]) -> tuple[Probe, ...]:
    """One row for each kind of probe of a container."""
    return tuple(_merged(probes, lambda p: (owner_of(p), p.probe, "" if p.pod else p.path)))


def distinct_references(references: Sequence[Reference]) -> tuple[Reference, ...]:
    """One row for each need of a pod."""
    return tuple(_merged(references, lambda r: (r.namespace, r.pod, r.container, r.kind, r.name, r.key, r.used_as)))


def _merged(values: Iterable[Row], key: Callable[[Row], Hashable], *, is_first: bool = False) -> list[Row]:
    """One row a key: the one that says most (or the first), what it leaves open filled in from the others."""
    groups: dict[Hashable, list[Row]] = defaultdict(list)
    for value in values:
        groups[key(value)].append(value)
    ordered = (g if is_first or len(g) == 1 else sorted(g, key=_said, reverse=True) for g in groups.values())
    return [_filled(group) for group in ordered]


def _filled(group: list[Row]) -> Row:
    first = group[0]
    missing: dict[str, Any] = {}
    for other in group[1:]:
        for name in first.__slots__:
            if name not in missing and not _is_said(getattr(first, name)) and _is_said(getattr(other, name)):
                missing[name] = getattr(other, name)
    return dataclasses.replace(first, **missing) if missing else first


def _said(row: Row) -> int:
    return sum(_is_said(getattr(row, name)) for name in row.__slots__)


def _is_said(value: object) -> bool:
    return value is not None and value not in ((), "")
