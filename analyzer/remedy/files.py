"""Mounts and groups with which a container finds, and may use, its files."""

from __future__ import annotations

import re
from typing import Final

from analyzer.derive.facts import mount_quote
from analyzer.derive.missed import Missed, missed_files
from analyzer.derive.paths import base, covering, in_volume, is_under, parent, relative
from analyzer.derive.writers import writers
from analyzer.diagnosis import Patch
from analyzer.model import Mount
from analyzer.remedy.manifest import diff_of_mount, of_container, of_template, text
from analyzer.remedy.scene import Advice, Scene, Told

_as_user: Final = re.compile(r"runs as user (\d{1,10}) and is denied (/\S{1,400}) on volume")


def mounts(scene: Scene) -> Advice:
    """The mount that brings the missed file to where it is looked for: the first that the paths prove."""
    for missed in missed_files(scene.facts):
        if missed.owner != scene.owner or not any(missed.path in r.message for r in scene.records):
            continue
        for explain in (_written_elsewhere, _not_mounted, _object_elsewhere):
            found = explain(scene, missed)
            if found is not None:
                return found
    return Advice()


def group(scene: Scene) -> Advice:
    """A volume that another user owns is opened to the pod's group by fsGroup."""
    for match, _ in scene.said(_as_user):
        user, path = match[1], match[2]
        mount = covering(path, scene.facts.mounts_of(scene.owner))
        if mount is None or mount.volume_type == "hostPath":  # the kubelet changes no directory of the node
            continue
        lines = ["securityContext:", f"  fsGroup: {user}  # was not set"]
        because = (
            f"{scene.about.container} runs as user {user}; with an fsGroup the kubelet gives volume {mount.volume} to "
            f"that group and the processes join it. Any group id will do; {user} is that of the user."
        )
        statement = f"With an fsGroup set, user {user} would have been allowed to write {path}."
        told = Told(statement=statement, cites=(mount_quote(mount),))
        return Advice(patch=(of_template(scene, lines, because),), told=(told,))
    return Advice()


def _written_elsewhere(scene: Scene, missed: Missed) -> Advice | None:
    """The writer mounts the volume so that what it writes lies where the reader looks."""
    here = covering(missed.path, scene.facts.mounts_of(missed.owner))
    if here is None:
        return None
    wanted = in_volume(missed.path, here)
    for written in writers(scene.facts, missed):
        there = covering(written.path, scene.facts.mounts_of(written.owner))
        if there is None or there.volume != here.volume or there.sub_path or here.sub_path:
            continue
        own = relative(written.path, there.mount_path)
        if own == wanted or not written.path.endswith(f"/{wanted}"):
            continue
        place = written.path.removesuffix(f"/{wanted}")
        if not place or place == "/":
            continue
        because = (
            f"{written.owner.container} writes {written.path}. With the volume mounted at {place} that file is "
            f"{wanted} on the volume, which {missed.owner.container} sees as {missed.path}."
        )
        patch = _moved(scene, there, place, because)
        statement = (
            f"Had {written.owner.container} mounted volume {there.volume} at {place} instead of {there.mount_path}, "
            f"{missed.owner.container} would have found {missed.path}."
        )
        return Advice(patch=(patch,), told=(Told(statement=statement, cites=(mount_quote(there), mount_quote(here))),))
    return None


def _not_mounted(scene: Scene, missed: Missed) -> Advice | None:
    """The volume that other containers have at the path is mounted in the reader too."""
    others = [m for m in scene.facts.pod_mounts(missed.owner) if m.container != missed.owner.container]
    there = covering(missed.path, [m for m in others if m.mount_path != "/"])
    here = covering(missed.path, scene.facts.mounts_of(missed.owner))
    if there is None or (
        here is not None and (here.volume == there.volume or is_under(here.mount_path, there.mount_path))
    ):
        return None
    name = missed.owner.container
    elsewhere = next((m for m in scene.facts.mounts_of(missed.owner) if m.volume == there.volume), None)
    because = (
        f"{there.container} mounts volume {there.volume} at {there.mount_path}; {name} looks for {missed.path} there."
    )
    if elsewhere is not None:
        patch = _moved(scene, elsewhere, there.mount_path, because)
    else:
        lines = ["volumeMounts:", f"- name: {text(there.volume)}", f"  mountPath: {text(there.mount_path)}"]
        lines += [f"  subPath: {text(there.sub_path)}"] if there.sub_path else []
        patch = of_container(scene, lines, because)
    statement = f"With volume {there.volume} mounted at {there.mount_path}, {name} would have seen {missed.path}."
    return Advice(patch=(patch,), told=(Told(statement=statement, cites=(mount_quote(there),)),))


def _object_elsewhere(scene: Scene, missed: Missed) -> Advice | None:
    """A ConfigMap or Secret that has a file of this name is mounted in another directory."""
    for mount in scene.facts.mounts_of(missed.owner):
        kind = {"configMap": "ConfigMap", "secret": "Secret"}.get(mount.volume_type or "")
        thing = scene.facts.object(kind, scene.about.namespace, mount.referent or "") if kind else None
        files = [i.partition("=")[2] for i in mount.items] or list(thing.keys if thing else ())
        if base(missed.path) not in files or mount.sub_path or parent(missed.path) == mount.mount_path:
            continue
        place = parent(missed.path)
        because = (
            f"{kind} {mount.referent} holds {base(missed.path)}; mounted at {place} it is {missed.path}. The mount "
            "hides whatever else the image has in that directory."
        )
        statement = f"Mounted at {place} instead of {mount.mount_path}, the file would have been {missed.path}."
        told = Told(statement=statement, cites=(mount_quote(mount),))
        return Advice(patch=(_moved(scene, mount, place, because),), told=(told,))
    return None


def _moved(scene: Scene, mount: Mount, place: str, because: str) -> Patch:
    changed = [f"-mountPath: {text(mount.mount_path)}", f"+mountPath: {text(place)}"]
    return diff_of_mount(scene, mount.container, mount.volume, changed, because)
