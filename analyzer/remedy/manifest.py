"""Patches as YAML for kubectl, and as a diff where a patch cannot say it.

A patch is a strategic merge patch: lists of containers merge by name
(https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/). Mounts merge by
mountPath, so a changed path is shown as a diff. All names come from the bundle and are quoted wherever YAML or a shell
would read more into them.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Sequence
from typing import Final

from analyzer.diagnosis import Patch
from analyzer.relate import HASHED
from analyzer.remedy.scene import Scene

TEMPLATED: Final = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "DeploymentConfig")
_PLAIN: Final = re.compile(r"[A-Za-z./][A-Za-z0-9._/-]*")
_WORDS: Final = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})  # YAML 1.1 reads them


def text(value: str) -> str:
    """A string as YAML, in quotes unless it can be nothing else."""
    return value if _PLAIN.fullmatch(value) and value.lower() not in _WORDS else json.dumps(value)


def of_template(scene: Scene, lines: Sequence[str], because: str) -> Patch:
    """A patch of the pod's spec: `lines` are the YAML below it, without indentation of their own place."""
    target = _target(scene)
    kind = target[0] if target else "Pod"
    path: tuple[str, ...] = ("spec",)
    if kind == "CronJob":
        path = ("spec", "jobTemplate", "spec", "template", "spec")
    elif kind in TEMPLATED or kind == "Job":
        path = ("spec", "template", "spec")
    rows = [f"{'  ' * depth}{part}:" for depth, part in enumerate(path)]
    rows += ["  " * len(path) + line for line in lines]
    command = ""
    if target and (kind in TEMPLATED or kind == "CronJob"):  # neither pods nor the template of a Job can be changed
        command = kubectl(scene.about.namespace, "patch", kind.lower(), target[1], "--patch-file", "patch.yaml")
    return Patch(target=_words(scene), language="yaml", text=_joined(rows), command=command, because=because)


def of_container(scene: Scene, lines: Sequence[str], because: str, container: str = "") -> Patch:
    """A patch of one container of the pod's spec."""
    name = container or scene.about.container
    rows = [f"{_list_of(scene, name)}:", f"- name: {text(name)}", *(f"  {line}" for line in lines)]
    return of_template(scene, rows, because)


def diff_of_mount(scene: Scene, container: str, volume: str, changed: Sequence[str], because: str) -> Patch:
    """A diff of one volume mount; `changed` are its lines, each with `-`, `+` or a blank before it."""
    rows = [f" {_list_of(scene, container)}:", f" - name: {text(container)}", "   volumeMounts:"]
    rows += [f"   - name: {text(volume)}", *(f"{line[0]}    {line[1:]}" for line in changed)]
    return Patch(target=_words(scene), language="diff", text=_joined(rows), command="", because=because)


def of_object(kind: str, namespace: str, name: str, lines: Sequence[str], because: str) -> Patch:
    """A patch of an object that exists."""
    command = kubectl(namespace, "patch", kind.lower(), name, "--patch-file", "patch.yaml")
    target = f"{kind} {name}" + (f" in namespace {namespace}" if namespace else "")
    return Patch(target=target, language="yaml", text=_joined(lines), command=command, because=because)


def new_object(kind: str, namespace: str, name: str, lines: Sequence[str], because: str) -> Patch:
    """An object that is missing, of the core API."""
    rows = ["apiVersion: v1", f"kind: {kind}", "metadata:", f"  name: {text(name)}"]
    rows += [f"  namespace: {text(namespace)}"] if namespace else []
    target = f"new {kind} {name}" + (f" in namespace {namespace}" if namespace else "")
    command = kubectl(namespace, "apply", "-f", "object.yaml")
    return Patch(target=target, language="yaml", text=_joined([*rows, *lines]), command=command, because=because)


def kubectl(namespace: str, *words: str) -> str:
    """A kubectl command that a shell reads as it is meant."""
    return shlex.join(["kubectl", *(("-n", namespace) if namespace else ()), *words])


def mebibytes(number: int) -> str:
    """Bytes as a quantity of whole mebibytes, rounded up: `338Mi`."""
    return f"{-(-number // (1 << 20))}Mi"


def _joined(rows: Sequence[str]) -> str:
    """Rows as text; a value out of a bundle never begins a row of its own."""
    return "\n".join(" ".join(row.split("\n")) for row in rows)


def _target(scene: Scene) -> tuple[str, str] | None:
    """(kind, name) of what holds the pod's template, where it is known; a name's shape tells of Deployments alone."""
    pod, workload = scene.pod, scene.workload
    if workload is None:
        return None
    is_told = scene.about.kind != "Pod" or (pod is not None and pod.owner_kind is not None)
    is_told = is_told or (workload[0] == "Deployment" and HASHED.match(scene.about.name) is not None)
    return workload if is_told and workload[0] in (*TEMPLATED, "CronJob", "Job") else None


def _words(scene: Scene) -> str:
    target = _target(scene)
    place = f" in namespace {scene.about.namespace}" if scene.about.namespace else ""
    if target:
        return f"{target[0]} {target[1]}{place}"
    return f"the manifest that pod {scene.about.name} is made from{place}" if scene.about.pod else "the pod's manifest"


def _list_of(scene: Scene, container: str) -> str:
    found = scene.facts.container(scene.owner.of(container))
    mounts = [m.container_kind for m in scene.facts.mounts_of(scene.owner.of(container))]
    kind = found.kind if found is not None else next(iter(mounts), "main")
    return "initContainers" if kind in ("init", "sidecar") else "containers"
