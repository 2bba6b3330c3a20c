"""Whose lines a log holds, as its path and the headings inside it say.

Sources: `kubectl cluster-info dump` (kubectl's clusterinfo_dump.go) heads each container's log with "==== START logs
for container c of pod ns/p ===="; `minikube logs` (minikube pkg/minikube/logs) heads each unit's with "==> kubelet
<==" or "==> etcd [1c2d3e4f5a6b] <=="; `tail` heads each file's with "==> path <=="; `kubectl logs` (kubectl
pkg/polymorphichelpers) says which container of the pod it chose: "Defaulted container "web" out of: web, proxy".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from analyzer.ingest.logline import LogHints
from analyzer.layout import CONTROL_PLANE, place
from analyzer.model import LOG_SOURCES
from analyzer.placement import Placement

SAMPLES: Final = (
    ("kubectl cluster-info dump", "==== START logs for container app of pod shop/web-0 ===="),
    ("minikube logs", "==> kubelet <=="),
    ("tail -n +1 *.log", "==> /var/log/messages <=="),
    ("kubectl logs POD", 'Defaulted container "web" out of: web, proxy'),
)
"""(What writes it, its heading)."""

EDGES: Final = (b"==== ", b"==> ", b"Defaulted container ", b"Defaulting container ")
_DUMP: Final = re.compile(
    r"==== START logs for container (?P<container>\S{1,63}) of pod (?P<namespace>[^/\s]{1,63})/(?P<pod>\S{1,253}) ===="
)
_DEFAULTED: Final = re.compile(
    r"Defaulted container \"(?P<chosen>[a-z0-9-]{1,63})\" out of: (?P<others>[^\n]{1,4000})"
    r"|Defaulting container name to (?P<named>[a-z0-9-]{1,63})\."
)
_COMMAND: Final = re.compile(r"(?:.{0,80}[$#>%~] {1,5})?(?:kubectl|oc|kc|k) (?:.{1,120} )?logs? (?P<asked>.{1,300})$")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9.-]{0,252}")
_VALUED: Final = frozenset({"-c", "--container", "-n", "--namespace", "--tail", "--since", "-l", "--context"})
_FILE: Final = re.compile(r"==> (\S[^\n]{0,200}?)(?: (\[[0-9a-f]{6,64}\]))? <==\r?$")
_UNITS: Final[Mapping[str, str]] = {
    "kubelet": "kubelet_log",
    "dmesg": "kernel_log",
    "docker": "runtime_log",
    "containerd": "runtime_log",
    "cri-o": "runtime_log",
}


def hints_of(placement: Placement) -> LogHints:
    """What the path tells about every line of the file."""
    source = placement.role if placement.role in LOG_SOURCES else "text"
    return LogHints(
        source=source,
        namespace=placement.namespace,
        pod=placement.pod,
        container=placement.container,
        node=placement.node,
    )


def hints_behind(heading: str, hints: LogHints) -> LogHints | None:
    """What holds for the lines behind a heading, `hints` being those of the file; None when it is no heading."""
    dump = _DUMP.match(heading)
    if dump is not None:
        return replace(hints, **dump.groupdict())
    defaulted = _DEFAULTED.match(heading)
    if defaulted is not None:
        return _of_the_default(defaulted, hints)
    command = _COMMAND.match(heading.rstrip("\r\n"))
    if command is not None:
        return _of_the_command(command["asked"], hints)
    named = _FILE.match(heading)
    if named is None:
        return None
    name, identity = named.groups()
    if "/" in name or name.endswith(".log"):
        return hints_of(place(name))
    unit = name.lower()
    if unit in CONTROL_PLANE:
        return LogHints(source="control_plane_log", namespace="kube-system", container=name, node=hints.node)
    if identity:  # minikube shows the containers of its own pods
        return LogHints(source="container_log", namespace="kube-system", container=name, node=hints.node)
    return LogHints(source=_UNITS.get(unit, "text"), node=hints.node)


def _of_the_command(asked: str, hints: LogHints) -> LogHints | None:
    """Whose log `kubectl logs` was asked for, in a file whose path says no pod."""
    if hints.pod is not None or hints.source != "container_log":
        return None
    names: list[str] = []
    flags: dict[str, str] = {}
    words = iter(asked.split())
    for word in words:
        flag, is_joined, value = word.partition("=")
        if flag.startswith("-"):
            flags[flag] = value if is_joined else next(words, "") if flag in _VALUED else ""
        else:
            names.append(word)
    pod = names[0].removeprefix("pod/").removeprefix("po/") if names else None
    container = flags.get("-c") or flags.get("--container") or (names[1] if len(names) > 1 else None)
    return replace(
        hints,
        namespace=flags.get("-n") or flags.get("--namespace") or hints.namespace,
        pod=pod if pod and _NAME.fullmatch(pod) else None,
        container=container if container and _NAME.fullmatch(container) else hints.container,
    )


def _of_the_default(defaulted: re.Match[str], hints: LogHints) -> LogHints:
    """The container that kubectl chose; a file named otherwise than any of the pod's containers has the pod's name."""
    chosen = defaulted["chosen"] or defaulted["named"]
    among = {chosen, *(other.partition(" ")[0] for other in (defaulted["others"] or "").split(", "))}
    is_pod = hints.pod is None and hints.container is not None and hints.container not in among
    return replace(hints, container=chosen, pod=hints.container if is_pod else hints.pod)
