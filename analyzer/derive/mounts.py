"""Where a file that a container misses really is, told from the mounts of its pod."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from analyzer.derive.facts import Facts, Owner, derived, mount_quote, quote
from analyzer.derive.missed import LINES as MISSED_LINES
from analyzer.derive.missed import Missed, missed_files
from analyzer.derive.paths import (
    base,
    covering,
    in_volume,
    is_one_edit,
    is_under,
    join,
    parent,
    relative,
    seen_through,
)
from analyzer.derive.writers import LINES as WRITER_LINES
from analyzer.derive.writers import Written, writers
from analyzer.model import Mount, Quote, Record

LINES: tuple[str, ...] = (*MISSED_LINES, *WRITER_LINES)

TOKEN_DIRECTORY: Final = "/var/run/secrets/kubernetes.io/serviceaccount"

_WRITABLE: Final = ("emptyDir", "persistentVolumeClaim", "ephemeral", None)
_OBJECTS: Final = ("configMap", "secret", "projected")
_KIND_OF_VOLUME: Final = {"configMap": "ConfigMap", "secret": "Secret"}


def missing_files_explained(facts: Facts) -> list[Record]:
    """The file that a container misses is elsewhere: the first explanation that the mounts prove."""
    out = []
    for missed in missed_files(facts):
        found = next((r for explain in EXPLANATIONS if (r := explain(facts, missed)) is not None), None)
        if found is not None:
            out.append(found)
    return out


def written_elsewhere(facts: Facts, missed: Missed) -> Record | None:
    """Another container wrote the file on a volume that the reader mounts, at a path where the reader does not look."""
    here = facts.mounts_of(missed.owner)
    for written in writers(facts, missed):
        there = covering(written.path, facts.mounts_of(written.owner))
        if there is None:
            continue
        for mount in (m for m in here if m.volume == there.volume):
            seen = seen_through(in_volume(written.path, there), mount)
            if seen == missed.path and covering(seen, here) == mount:
                return None
            if seen is not None and covering(seen, here) != mount:
                seen = None
            place = f"so the file is at {seen} there" if seen else "where the file cannot be seen"
            message = (
                f"{_name(facts, written.owner)} wrote {written.path} on volume {there.volume}, which it mounts at "
                f"{_at(there)}; {missed.owner.container} mounts the same volume at {_at(mount)}, {place}, and "
                f"{missed.owner.container} looks for {missed.path}"
            )
            return _record("ConfigWrittenElsewhere", message, missed, [*_line(written), there, mount])
    return None


def written_elsewhere_by_logs(facts: Facts, missed: Missed) -> Record | None:
    """The bundle holds no mounts of this pod, but another container's log says that it wrote the file, and where."""
    if facts.pod_mounts(missed.owner) or any(c.image for c in facts.containers_of(missed.owner)):
        return None
    written = next((w for w in writers(facts, missed) if w.record and _is_before(w.record, missed.record)), None)
    if written is None:
        return None
    wrote = f"container {written.owner.container} wrote {written.path}"
    if written.path == missed.path:
        message = f"{wrote}, and {missed.owner.container} of the same pod does not find it: it sees another volume"
        return _record("VolumeNotMountedHere", message, missed, _line(written))
    message = (
        f"{wrote}, and {missed.owner.container} of the same pod looks for {missed.path}; the bundle does not hold the "
        "mounts that would join the two"
    )
    return _record("ConfigWrittenElsewhere", message, missed, _line(written))


def _is_before(one: Record, other: Record) -> bool:
    return one.timestamp is not None and other.timestamp is not None and one.timestamp < other.timestamp


def volume_not_mounted_here(facts: Facts, missed: Missed) -> Record | None:
    """The path lies in a volume that only other containers of the pod mount there."""
    here = facts.mounts_of(missed.owner)
    if (not here and facts.container(missed.owner) is None) or is_under(missed.path, TOKEN_DIRECTORY):
        return None
    others = [m for m in facts.pod_mounts(missed.owner) if m.container != missed.owner.container]
    there = [m for m in others if m.mount_path != "/" and is_under(missed.path, m.mount_path)]
    own = covering(missed.path, here)
    there = [m for m in there if own is None or len(m.mount_path) > len(own.mount_path)]
    if not there or any(m.volume == own.volume for m in there if own):
        return None
    volume = covering(missed.path, there)
    assert volume is not None
    holders = [m for m in there if m.volume == volume.volume]
    elsewhere = next((m for m in here if m.volume == volume.volume), None)
    names = _and([m.container for m in holders])
    verb = "mounts" if len(holders) == 1 else "mount"
    absent = f"mounts it at {_at(elsewhere)}" if elsewhere else "does not mount it"
    message = (
        f"{missed.owner.container} looks for {missed.path}, which lies in volume {volume.volume}: {names} {verb} it at "
        f"{_at(volume)}, {missed.owner.container} {absent}"
    )
    written = [w for w in writers(facts, missed) if w.path == missed.path][:1]
    cites = [line for w in written for line in _line(w)] + [*holders] + ([elsewhere] if elsewhere else [])
    return _record("VolumeNotMountedHere", message, missed, cites)


def written_to_other_volume(facts: Facts, missed: Missed) -> Record | None:
    """Another container wrote the file to a place on no volume that the reader mounts."""
    here = facts.mounts_of(missed.owner)
    own = covering(missed.path, here)
    if own is not None and own.volume_type not in _WRITABLE:
        return None
    for written in writers(facts, missed):
        writer = facts.container(written.owner)
        there = covering(written.path, facts.mounts_of(written.owner))
        if base(written.path) != base(missed.path) or (there and any(m.volume == there.volume for m in here)):
            continue
        if own is None and (writer is None or writer.kind != "init"):
            continue
        where = f"on volume {there.volume}" if there else "on its own file system, on no volume"
        looks = f" on volume {own.volume}" if own else ""
        not_shared = f", which {missed.owner.container} does not mount" if there else ""
        message = (
            f"{_name(facts, written.owner)} wrote {written.path} {where}{not_shared}; "
            f"{missed.owner.container} looks for {missed.path}{looks}"
        )
        return _record("ConfigWrittenToOtherVolume", message, missed, [*_line(written), there, own])
    return None


def config_mounted_elsewhere(facts: Facts, missed: Missed) -> Record | None:
    """The ConfigMap or Secret that has the file is mounted here, at another path or as an item one letter away."""
    own: list[tuple[Mount, str]] = []
    for mount in facts.mounts_of(missed.owner):
        if (mount.volume_type in _OBJECTS and mount.volume_type != "projected") or mount.items:
            own += [(mount, file) for file in _files(facts, missed.owner, mount)]
    if any(file == missed.path for _, file in own):
        return None
    wanted = base(missed.path)
    same = [(m, f) for m, f in own if base(f) == wanted]
    # without items the file is named after its key, so a near miss there is a key that is not there
    near = [(m, f) for m, f in own if m.items and _is_misspelt(f, missed.path)]
    for mount, file in (*same, *near):
        kind = _KIND_OF_VOLUME.get(mount.volume_type or "", "volume")
        name = mount.referent if kind != "volume" and mount.referent else mount.volume
        message = (
            f"{missed.owner.container} looks for {missed.path}, but {kind} {name} is mounted at {_at(mount)}, so its "
            f"file is {file}"
        )
        return _record("ConfigMountedElsewhere", message, missed, [mount])
    return None


def key_absent_in_mount(facts: Facts, missed: Missed) -> Record | None:
    """The path lies right in a mounted ConfigMap or Secret that has no such key."""
    mount = covering(missed.path, facts.mounts_of(missed.owner))
    kind = _KIND_OF_VOLUME.get(mount.volume_type or "") if mount else None
    if mount is None or kind is None or mount.items or mount.sub_path or not mount.referent:
        return None
    thing = facts.object(kind, missed.owner.namespace, mount.referent)
    key = relative(missed.path, mount.mount_path)
    if not key or "/" in key or (thing is not None and (not thing.keys or key in thing.keys)):
        return None
    if missed.record.level in ("info", "debug") or key.endswith(".d"):  # it looked, and went on without
        return None
    # a key is a file as long as the object is mounted, so where the file is not there the key is not either
    only = (
        f", only {_and(list(thing.keys))}"
        if thing is not None
        else f": the whole of it is there as files, and {key} is not"
    )
    message = (
        f"{missed.owner.container} looks for {missed.path}, but {kind} {mount.referent}, mounted at "
        f"{mount.mount_path}, has no key {key}{only}"
    )
    return _record("KeyAbsent", message, missed, [mount])


def host_path_lacks_file(facts: Facts, missed: Missed) -> Record | None:
    """The path lies in a hostPath mount that shows another directory of the node under this path."""
    mount = covering(missed.path, facts.mounts_of(missed.owner))
    if mount is None or mount.volume_type != "hostPath" or not mount.referent:
        return None
    host = join(mount.referent, in_volume(missed.path, mount))
    if missed.path in (host, mount.mount_path):
        return None
    message = (
        f"{missed.owner.container} looks for {missed.path}; its volume {mount.volume} shows the node's directory "
        f"{mount.referent} at {mount.mount_path}, so the node has no {host}"
    )
    return _record("HostPathLacksFile", message, missed, [mount])


EXPLANATIONS: Final = (
    written_elsewhere,
    written_elsewhere_by_logs,
    volume_not_mounted_here,
    written_to_other_volume,
    config_mounted_elsewhere,
    key_absent_in_mount,
    host_path_lacks_file,
)


def _files(facts: Facts, owner: Owner, mount: Mount) -> list[str]:
    """The paths of the files that a ConfigMap, Secret or projected volume shows under `mount`."""
    places = [item.partition("=")[2] or item for item in mount.items]
    kind = _KIND_OF_VOLUME.get(mount.volume_type or "")
    if not places and kind and mount.referent:
        thing = facts.object(kind, owner.namespace, mount.referent)
        places = list(thing.keys) if thing else []
    return [seen for place in places if (seen := seen_through(place, mount)) is not None]


def _is_misspelt(file: str, wanted: str) -> bool:
    return parent(file) == parent(wanted) and is_one_edit(base(file), base(wanted))


def _name(facts: Facts, owner: Owner) -> str:
    container = facts.container(owner)
    mount = next((m for m in facts.mounts_of(owner)), None)
    kind = container.kind if container else mount.container_kind if mount else "main"
    return {"init": "init container ", "sidecar": "sidecar "}.get(kind, "container ") + owner.container


def _at(mount: Mount) -> str:
    return f"{mount.mount_path} (subPath {mount.sub_path})" if mount.sub_path else mount.mount_path


def _and(names: list[str]) -> str:
    names = list(dict.fromkeys(names))
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1] if names else ""


def _line(written: Written) -> list[Record]:
    return [written.record] if written.record else []


def _record(reason: str, message: str, missed: Missed, lines: Sequence[Record | Mount | None]) -> Record:
    cites: list[Quote] = []
    for line in lines:
        if isinstance(line, Record):
            cites.append(quote(line))
        elif line is not None:
            cites.append(mount_quote(line))
    cites += [quote(r) for r in missed.others]
    return derived(reason, message, missed.record, missed.owner, cites, count=missed.count)
