"""Whose log it is, where the file name alone could not tell, and which logs say the same twice."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Final

from analyzer.model import Container, FileEntry, Pod, Record

_INSECURE: Final = ".insecure.log"  # fetched again without verifying the kubelet's certificate
Owner = tuple[str | None, str, str]  # namespace, pod ("" unknown), container ("" unknown)

_PREVIOUS: Final = re.compile(r"(?:/|[._-])previous\.log$|_previous\.log$|-prev\.log$")
_ROTATED: Final = re.compile(r"/rotated/|\.log\.[0-9][\w.-]*$")
_SAFE: Final = "[bcdfghjklmnpqrstvwxz2456789]"  # of names that are made: k8s.io/apimachinery/pkg/util/rand
_MADE: Final = re.compile(
    rf"([a-z0-9][a-z0-9.-]{{0,200}}?-{_SAFE}{{8,10}}-{_SAFE}{{5}})(?:[-_.]([a-z0-9][a-z0-9-]{{0,62}}))?$"
)
_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$")  # a container's name: RFC 1123 label


def owners_of_stems(
    stems: Iterable[str], containers: Iterable[Container], pods: Iterable[Pod] = ()
) -> dict[str, Owner]:
    """The container each stem of a flat log file name means; stems that fit none, or several, are left out.

    A stem is `<pod>-<container>`, `<pod>_<container>`, `<namespace>_<pod>_<container>` or the like; failing
    that, the pod's name where the pod has one container, with or without its namespace, or a container's name that
    only one pod has. Of a pod whose containers are not known, the pod alone is found.
    """
    sought = sorted(set(stems))
    if not sought:
        return {}
    listed = {(p.namespace, p.name) for p in pods if p.name}
    spaces: dict[str, set[str]] = {}
    for namespace, name in listed:
        spaces.setdefault(name, set()).update([namespace] if namespace else [])
    whole: dict[str, set[Owner]] = {}
    of_pods: dict[str, set[Owner]] = {}
    alone: dict[str, set[Owner]] = {}
    known: set[str] = set()
    for row in containers:
        known.add(row.pod)
        found_in = spaces.get(row.pod, set())
        owner = (row.namespace or (next(iter(found_in)) if len(found_in) == 1 else None), row.pod, row.container)
        for mark in "-_.":
            whole.setdefault(f"{row.pod}{mark}{row.container}", set()).add(owner)
            for namespace_mark in "-_.":
                prefix = f"{owner[0]}{namespace_mark}{row.pod}"
                whole.setdefault(f"{prefix}{mark}{row.container}", set()).add(owner)
                of_pods.setdefault(prefix, set()).add(owner)
        of_pods.setdefault(row.pod, set()).add(owner)
        alone.setdefault(row.container, set()).add(owner)
    for namespace, name in listed:
        if name not in known:
            for stem in (name, *(f"{namespace}{mark}{name}" for mark in "-_.")):
                of_pods.setdefault(stem, set()).add((namespace, name, ""))
    found: dict[str, Owner] = {}
    for stem in sought:
        for table in (whole, of_pods, alone):
            fitting = table.get(stem, set())
            if len(fitting) == 1:
                found[stem] = next(iter(fitting))
            if fitting:
                break
    return found


def attribute(
    records: Sequence[Record],
    files: Sequence[FileEntry],
    stems: dict[str, str],
    containers: Sequence[Container],
    pods: Sequence[Pod] = (),
) -> tuple[list[Record], list[FileEntry]]:
    """Fill in what the layout left open: `stems` has the stem of each path that has one."""
    owners = owners_of_stems(stems.values(), containers, pods)
    if not containers:  # then a log's name is all that tells whose it is
        owners = {stem: _named(stem) for stem in stems.values() if _LABEL.match(stem)} | owners
    by_path = {path: owners[stem] for path, stem in stems.items() if stem in owners}
    namespaces = _namespaces(containers)
    if not by_path and not namespaces:
        return list(records), list(files)
    return (
        [_with_owner(record, by_path.get(record.path), namespaces) for record in records],
        [_with_owner_file(entry, by_path.get(entry.path), namespaces) for entry in files],
    )


def _named(stem: str) -> Owner:
    """What a name alone tells: a pod that a Deployment made, else a container."""
    made = _MADE.fullmatch(stem)
    return (None, made[1], made[2] or "") if made else (None, "", stem)


def _namespaces(containers: Sequence[Container]) -> dict[tuple[str, str], str]:
    """(Pod, container) -> namespace, where only one namespace has such a pair."""
    found: dict[tuple[str, str], set[str]] = {}
    for row in containers:
        if row.namespace:
            found.setdefault((row.pod, row.container), set()).add(row.namespace)
    return {pair: next(iter(names)) for pair, names in found.items() if len(names) == 1}


def _with_owner(record: Record, owner: Owner | None, namespaces: dict[tuple[str, str], str]) -> Record:
    if owner is not None and record.name is None and (not owner[2] or record.container in (None, owner[2])):
        namespace, pod = record.namespace or owner[0], owner[1] or None
        container = owner[2] or record.container
        return replace(record, namespace=namespace, kind="Pod" if pod else None, name=pod, container=container)
    if record.namespace is None and record.kind == "Pod" and record.name and record.container:
        namespace = namespaces.get((record.name, record.container))
        return replace(record, namespace=namespace) if namespace else record
    return record


def _with_owner_file(entry: FileEntry, owner: Owner | None, namespaces: dict[tuple[str, str], str]) -> FileEntry:
    if owner is not None and entry.pod is None:
        return replace(entry, namespace=owner[0], pod=owner[1] or None, container=owner[2] or None)
    if entry.namespace is None and entry.pod and entry.container:
        return replace(entry, namespace=namespaces.get((entry.pod, entry.container)))
    return entry


_PAGE: Final = "event-filter.html"
_STATE_SOURCES = frozenset({"container_status", "pod_condition", "node_condition", "object", "event"})


def _preference(path: str) -> tuple[int, str]:
    """Which file's copy is kept: a previous log says that it is of an earlier life, the insecure twin says less.

    Of a rotated log and the current one it is the current: what the pod says now stands in one file.
    """
    rank = 3 if path.endswith(_INSECURE) else 0 if _PREVIOUS.search(path) else 2 if _ROTATED.search(path) else 1
    return rank, path


def _without_pages(records: Sequence[Record]) -> Sequence[Record]:
    """Without what a page of events repeats of the events that are there: it says less of them."""
    pages = [r for r in records if r.source == "event" and r.path.endswith(_PAGE)]
    if not pages:
        return records
    said = {(r.reason, r.message) for r in records if r.source == "event" and not r.path.endswith(_PAGE)}
    dropped = {id(r) for r in pages if (r.reason, r.message) in said}
    first: dict[tuple[object, ...], str] = {}  # the page of all images stands beside that of each image
    for r in sorted(pages, key=lambda r: r.path):
        if first.setdefault((r.namespace, r.name, r.reason, r.message, r.timestamp), r.path) != r.path:
            dropped.add(id(r))
    return [r for r in records if id(r) not in dropped]


def without_copies(records: Sequence[Record]) -> list[Record]:
    """Records that another file of the bundle has too, kept once: from the previous log, else from the first path.

    previous.log and previous.insecure.log are one log fetched twice; a rotated log may overlap the current one; a
    pod in back-off has the same life in current.log and previous.log; a pod stands in pods.yaml and in a file of
    its own. Equal lines inside one file are honest repeats and stay. Without a timestamp only a log line of the
    same number in the insecure twin is known to be a copy.
    """
    records = _without_pages(records)
    twins = {(r.path, r.line, r.message) for r in records if r.path.endswith("/previous.log")}
    owner: dict[tuple[object, ...], str] = {}
    kept: list[Record] = []
    of_path: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        of_path[record.path].append(record)
    by_line = attrgetter("line")
    best_first = (sorted(of_path[path], key=by_line) for path in sorted(of_path, key=_preference))
    ordered = [record for same in best_first for record in same]
    if len(of_path) == 1:
        return ordered
    for record in ordered:
        is_dated_log = record.source in ("container_log", "control_plane_log") and record.timestamp is not None
        if record.name and (is_dated_log or record.source in _STATE_SOURCES):
            what = (record.source, record.reason, record.timestamp, record.age_seconds, record.message, record.count)
            whose = (record.namespace, record.kind, record.name, record.container, record.exit_code)
            if owner.setdefault((*whose, *what), record.path) != record.path:
                continue
        original = record.path.removesuffix(_INSECURE) + ".log" if record.path.endswith(_INSECURE) else record.path
        if original != record.path and (original, record.line, record.message) in twins:
            continue
        kept.append(record)
    return kept
