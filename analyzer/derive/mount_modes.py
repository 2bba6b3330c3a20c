"""What a mount does to the files under it: it hides them, forbids writing, belongs to another user."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from analyzer.derive.facts import Facts, Owner, derived, mount_quote
from analyzer.derive.paths import absolute_paths, base, covering, normal
from analyzer.derive.writers import others_in_pod
from analyzer.model import Container, Mount, Record

READ_ONLY: Final = r"(?i)read-only file ?system|\bEROFS\b"
DENIED: Final = r"(?i)permission denied|\bEACCES\b"
DIRECTORY: Final = r"(?i)is a directory|\bEISDIR\b|not a directory|\bENOTDIR\b"
LINES: tuple[str, ...] = (READ_ONLY, DENIED, DIRECTORY)

_read_only: Final = re.compile(READ_ONLY)
_denied: Final = re.compile(DENIED)
_directory: Final = re.compile(DIRECTORY)
_not_started: Final = re.compile(
    r"(?i)(?:exec|stat|start container process|chdir).{0,200}no such file|can't open file|cannot find module|"
    r"unable to access jarfile|could not find or load main class"
)
_NO_PROGRAM: Final = re.compile(  # of runtimes that do not say which file they looked for
    r"not possible to find any installed \.NET|Did you mean to run (?:dotnet|\.NET)|"
    r"command could not be loaded, possibly|(?i:missing script: )|"
    r"no such file or directory, open '/[^']{0,100}package\.json'"
)
_APP_DIRECTORIES: Final = (
    "/app",
    "/usr/src/app",
    "/srv",
    "/srv/app",
    "/opt/app",
    "/home/node/app",
    "/code",
    "/workspace",
)
_CODE: Final = re.compile(r"\.(?:js|mjs|cjs|py|jar|war|sh|rb|php|dll|pl)$")
_HIDING: Final = ("emptyDir", "configMap", "secret", "persistentVolumeClaim", "ephemeral", "projected")
_ALWAYS_READ_ONLY: Final = ("configMap", "secret", "projected", "downwardAPI")


def mounts_hiding_files(facts: Facts) -> list[Record]:
    """The program that cannot be found lies in a directory of the image over which a volume is mounted."""
    out = []
    for owner, record in _failing(facts, _not_started):
        for path in absolute_paths(record.message):
            mount = covering(path, facts.mounts_of(owner))
            if mount is None or not _hides(facts, owner, mount, path, record):
                continue
            what = f"{mount.volume_type} volume {mount.volume}"
            message = (
                f"{owner.container} starts {path}, but {what} is mounted at {mount.mount_path} and hides what the "
                f"image has there"
            )
            out.append(derived("MountHidesFiles", message, record, owner, [mount_quote(mount)]))
    for owner, record in _failing(facts, _NO_PROGRAM):
        for mount in facts.mounts_of(owner):
            if normal(mount.mount_path) in _APP_DIRECTORIES and mount.volume_type in _HIDING and not mount.sub_path:
                message = (
                    f"{owner.container} finds no program, and {mount.volume_type} volume {mount.volume} is mounted "
                    f"over {mount.mount_path}, where images keep theirs"
                )
                out.append(derived("MountHidesFiles", message, record, owner, [mount_quote(mount)]))
    return _once(out)


def _hides(facts: Facts, owner: Owner, mount: Mount, path: str, record: Record) -> bool:
    """A volume that nobody in the pod fills, over a path of code."""
    if mount.volume_type not in _HIDING or path == normal(mount.mount_path):
        return False
    container = facts.container(owner)
    is_own = container is not None and any(path in word for word in (*container.command, *container.args))
    if record.source in ("container_log", "text") and not (_CODE.search(path) or is_own):
        return False
    if any(m.volume == mount.volume for o in others_in_pod(facts, owner) for m in facts.mounts_of(o)):
        return False
    items = [item.partition("=")[2] for item in mount.items]
    return base(path) not in [base(i) for i in items] + list(_keys(facts, owner, mount))


def wrong_sub_paths(facts: Facts) -> list[Record]:
    """A directory was mounted where a file is expected, or the other way round, since subPath names no such file."""
    out = []
    for owner, record in _failing(facts, _directory):
        for mount in facts.mounts_of(owner):
            if not any(p == normal(mount.mount_path) for p in absolute_paths(record.message)):
                continue
            volume = _volume(mount)
            keys = _keys(facts, owner, mount)
            if mount.sub_path and keys and mount.sub_path not in keys:
                why = f"with subPath {mount.sub_path}, and {volume} has no such key, only {', '.join(keys)}"
            elif mount.sub_path:
                why = f"with subPath {mount.sub_path}, which is not of the kind the path needs"
            else:
                why = "as a whole, without a subPath, so a directory meets a file"
            message = f"{volume} is mounted in {owner.container} at {mount.mount_path} {why}"
            out.append(derived("WrongSubPath", message, record, owner, [mount_quote(mount)]))
    return _once(out)


def read_only_mounts(facts: Facts) -> list[Record]:
    """A container writes to a path under a mount that is read-only for it, or to its read-only root."""
    out = []
    for owner, record in _failing(facts, _read_only):
        mounts = facts.mounts_of(owner)
        container = facts.container(owner)
        for path in absolute_paths(record.message):
            mount = covering(path, mounts)
            if mount is not None and (mount.is_read_only or mount.volume_type in _ALWAYS_READ_ONLY):
                how = "with readOnly: true" if mount.is_read_only else f"a {mount.volume_type}, always read-only"
                message = (
                    f"{owner.container} writes to {path} on volume {mount.volume}, mounted at {mount.mount_path} {how}"
                )
                others = [m for m in _same_volume(facts, owner, mount) if not m.is_read_only]
                if mount.is_read_only and others:
                    message += f"; {others[0].container} mounts the same volume writable at {others[0].mount_path}"
                cites = [mount_quote(m) for m in (mount, *others[:1])]
                out.append(derived("ReadOnlyMount", message, record, owner, cites))
            elif mount is None and container is not None and container.is_read_only_root:
                message = (
                    f"{owner.container} writes to {path}, where no volume is mounted, and its root file system is "
                    f"read-only (readOnlyRootFilesystem: true)"
                )
                out.append(derived("ReadOnlyMount", message, record, owner))
    return _once(out)


def volumes_owned_by_others(facts: Facts) -> list[Record]:
    """Permission is denied on a volume to a container with a user of its own, in a pod without fsGroup."""
    out = []
    for owner, record in _failing(facts, _denied):
        pod = facts.pod(owner)
        container = facts.container(owner)
        user = _user(facts, container)
        if pod is None or container is None or pod.fs_group is not None or user in (None, 0):
            continue
        for path in absolute_paths(record.message):
            mount = covering(path, facts.mounts_of(owner))
            if mount is None or mount.volume_type not in ("emptyDir", "persistentVolumeClaim", "ephemeral", "hostPath"):
                continue
            others = [m for m in _same_volume(facts, owner, mount) if not m.is_read_only]
            foreign = [m for m in others if _user(facts, facts.container(owner.of(m.container))) != user]
            if mount.volume_type == "emptyDir" and not foreign:
                continue
            message = (
                f"{owner.container} runs as user {user} and is denied {path} on volume {mount.volume}, mounted at "
                f"{mount.mount_path}; the pod sets no fsGroup"
            )
            if foreign:
                other = _user(facts, facts.container(owner.of(foreign[0].container)))
                who = f"user {other}" if other is not None else "the user of its image"
                message += f", and {foreign[0].container} writes there as {who}"
            cites = [mount_quote(m) for m in (mount, *foreign[:1])]
            out.append(derived("VolumeOwnedByOther", message, record, owner, cites))
    return _once(out)


def _failing(facts: Facts, expression: re.Pattern[str]) -> Iterator[tuple[Owner, Record]]:
    """What failing containers say that matches, newest line last."""
    for owner, record in facts.owned_records():
        if owner.container and facts.is_failing(owner) and expression.search(record.message):
            yield owner, record


def _user(facts: Facts, container: Container | None) -> int | None:
    """securityContext.runAsUser of the container, else of its pod."""
    if container is None or container.run_as_user is not None:
        return container.run_as_user if container else None
    pod = facts.pod(Owner(container.namespace or "", container.pod))
    return pod.run_as_user if pod else None


def _same_volume(facts: Facts, owner: Owner, mount: Mount) -> list[Mount]:
    return [m for m in facts.pod_mounts(owner) if m.volume == mount.volume and m.container != owner.container]


def _keys(facts: Facts, owner: Owner, mount: Mount) -> tuple[str, ...]:
    """What subPath can name in a ConfigMap or Secret volume; () when not known."""
    if mount.items:
        return tuple(item.partition("=")[2] for item in mount.items)
    kind = {"configMap": "ConfigMap", "secret": "Secret"}.get(mount.volume_type or "")
    thing = facts.object(kind, owner.namespace, mount.referent or "") if kind else None
    return thing.keys if thing else ()


def _volume(mount: Mount) -> str:
    kind = {"configMap": "ConfigMap", "secret": "Secret"}.get(mount.volume_type or "")
    return f"{kind} {mount.referent}" if kind and mount.referent else f"volume {mount.volume}"


def _once(records: list[Record]) -> list[Record]:
    """One record for each sentence; the line that stands for it is the last one."""
    return list({(r.namespace, r.name, r.container, r.message): r for r in records}.values())
