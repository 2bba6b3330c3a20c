"""Takes a klog header off a line, with what Kubernetes components say of their subject behind it.

Sources: k8s.io/klog/v2 (header "Lmmdd hh:mm:ss.uuuuuu threadid file:line] ", text format of structured
logging: "message" key="value"); kubernetes pkg/kubelet/util/format (name_namespace(uid)),
pkg/kubelet/kuberuntime (container=c pod=name_namespace(uid)), client-go tools/record (event echoes).
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from analyzer.ingest.layer import Layer
from analyzer.timestamps import klog_time

SAMPLES: Final = (
    ("klog", "E0305 07:08:09.123456     912 kubelet.go:1820] skipping pod synchronization"),
    ("klog, structured", 'E0305 07:08:09.123456     912 kubelet.go:2412] "Skipping pod synchronization" err="PLEG"'),
    ("klog, severity as a word", "ERROR:0305 07:08:09.123456   20189 fsHandler.go:121] du command failed"),
)
"""(What writes it, one line of it)."""

_LEVELS: Final = {"I": "info", "D": "info", "W": "warning", "E": "error", "F": "fatal"}
_WORDS: Final = {"INFO": "info", "WARNING": "warning", "ERROR": "error", "FATAL": "fatal"}
_WORD: Final = re.compile(r"(INFO|WARNING|ERROR|FATAL):")  # glog as some vendors change it
_PLACE: Final = re.compile(r" {1,8}[0-9]{1,10} ([\w./@-]{1,256}):[0-9]{1,6}\](?: |$)")
_PLACE_ALONE: Final = re.compile(r"([\w./-]{1,128}\.go):[0-9]{1,6}\] ")
_LONGEST_PLACE: Final = 140

# Source files that only the kubelet has: a klog line without a journal header names its program by them alone.
_KUBELET_FILES: Final = frozenset({
    "pod_workers.go", "kubelet.go", "kubelet_pods.go", "kubelet_node_status.go", "kubelet_getters.go",
    "kubelet_volumes.go", "kubelet_network.go", "kubelet_resources.go", "kuberuntime_manager.go",
    "kuberuntime_container.go", "kuberuntime_sandbox.go", "kuberuntime_image.go", "kuberuntime_gc.go",
    "remote_runtime.go", "remote_image.go", "prober.go", "prober_manager.go", "eviction_manager.go",
    "image_gc_manager.go", "status_manager.go", "pod_container_deletor.go", "pod_startup_latency_tracker.go",
    "container_manager_linux.go", "desired_state_of_world_populator.go", "nodeshutdown_manager_linux.go",
    "cri_stats_provider.go", "docker_sandbox.go", "docker_service.go", "oom_watcher_linux.go",
    "oomwatcher_linux.go", "qos_container_manager_linux.go", "cpu_manager.go", "topology_manager.go",
    "fs_resource_analyzer.go", "provider_linux.go", "policy_static.go",
})  # fmt: skip

_FIELD: Final = re.compile(
    r'(?<![\w.-])([A-Za-z][\w.-]{0,63})=(?:"((?:[^"\\]|\\.)*)"|(\[[^\]]{0,512}\]|[^\s"]*))', re.DOTALL
)
_POD: Final = re.compile(
    r"(?<![a-z0-9.-])([a-z0-9][a-z0-9.-]{0,252})_([a-z0-9][a-z0-9-]{0,62})"
    r"\(([0-9a-f]{8}[0-9a-f-]{0,40})\)(?::([a-z0-9][a-z0-9-]{0,62}))?"
)
_POD_QUOTED: Final = re.compile(r'\bpod \\{0,7}"([a-z0-9][a-z0-9.-]{0,252})\\{0,7}" \(UID: ')
# containerd: &PodSandboxMetadata{Name:p,Uid:...,Namespace:ns,Attempt:0,}; CRI-O: "Created container ...: ns/p/c".
_SANDBOX: Final = re.compile(r"PodSandboxMetadata\{Name:([^,{}]{1,253}),Uid:[^,{}]{0,64},Namespace:([^,{}]{1,63}),")
_IN_SANDBOX: Final = re.compile(r"ContainerMetadata\{Name:([^,{}]{1,63}),")
_CRIO: Final = re.compile(
    r"(?:ontainer: |sandbox: |description=)([a-z0-9][a-z0-9-]{0,62})/([a-z0-9][a-z0-9.-]{0,252})/([A-Za-z0-9-]{1,63})"
)
_UID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{14,36}")
_FAILED_TO: Final = re.compile(
    r'failed to \\{0,15}"(\w{1,64})\\{0,15}" for \\{0,15}"([^"\\]{1,320})\\{0,15}" with (\w{1,64}):'
)
_CONTAINER: Final = re.compile(r"\bcontainer=([a-z0-9][a-z0-9-]{0,62}) pod=")
_WATCHED: Final = re.compile(r'object-"([a-z0-9-]{1,63})"/"([a-z0-9.-]{1,253})".{0,64}?\*v1\.(Secret|ConfigMap)\b')
_REFERENCE: Final = re.compile(r'Kind:"([^"]{0,63})", Namespace:"([^"]{0,63})", Name:"([^"]{0,253})"')
_FIELD_PATH: Final = re.compile(r"spec\.(?:c|initC|ephemeralC)ontainers\{([^}]{1,63})\}")
_TYPE_REASON: Final = re.compile(r"type: '(\w{0,32})' reason: '(\w{0,128})'")


class Subject(NamedTuple):
    """What a component's message is about, as far as it says so."""

    namespace: str | None = None
    kind: str | None = None
    name: str | None = None
    container: str | None = None
    reason: str | None = None
    level: str | None = None  # of an echoed event; the line's own letter is I for all of them
    is_stated: bool = False  # in a structured key or an event's reference, not read out of a sentence


_NOBODY: Final = Subject()


def peel(line: str) -> Layer | None:
    """The message behind a klog header; None when there is none. A file of the kubelet makes it likely its log."""
    level, start = _LEVELS.get(line[:1]), 1
    word = None if level is None else _WORD.match(line)
    if word is not None:
        level, start = _WORDS[word.group(1)], word.end()
    instant = klog_time(line, start) if level is not None and line[start : start + 4].isdecimal() else None
    place = None if instant is None else _PLACE.match(line, instant.end)
    if place is None:
        level, instant = None, None
        is_place = ".go:" in line[:_LONGEST_PLACE]
        place = _PLACE_ALONE.match(line) if is_place else None  # the header was cut away up to its file name
        if place is None:
            return None
    file = place.group(1).rpartition("/")[2]
    likely = "kubelet_log" if file in _KUBELET_FILES else None
    return Layer(text=line[place.end() :], instant=instant, level=level, likely_source=likely)


def fields(text: str) -> dict[str, str]:
    """The key=value pairs of structured text, values as written between their quotes; the first of a key wins."""
    found: dict[str, str] = {}
    for match in _FIELD.finditer(text):
        key, quoted, bare = match.groups()
        found.setdefault(key, bare if quoted is None else quoted)
    return found


def subject(message: str, *, must_state: bool = False) -> Subject:
    """The object that a structured message, an echoed event or a sentence of the kubelet names.

    With `must_state` sentences do not count.
    """
    if "Event(v1.ObjectReference{" in message:
        return _echoed_event(message)
    if message.startswith('"Event occurred"'):
        return _event_occurred(fields(message))
    has_pod = "pod=" in message or "pods=" in message
    if must_state and not has_pod:
        return _NOBODY
    keys = fields(message) if has_pod or "containerName=" in message else {}
    failed = _FAILED_TO.search(message) if "failed to " in message else None
    container = keys.get("containerName") or _container_in(message, failed)
    reason = failed.group(3) if failed else None
    pod = keys.get("pod") or _only(keys.get("pods", ""))
    namespace, slash, name = pod.partition("/")
    if slash and namespace and name and " " not in pod:
        return Subject(namespace=namespace, kind="Pod", name=name, container=container, reason=reason, is_stated=True)
    return _NOBODY if must_state else _in_sentence(message, container, reason)


def _echoed_event(message: str) -> Subject:
    """Event(v1.ObjectReference{Kind:"Pod", Namespace:"ns", Name:"x", ...}): type: 'Warning' reason: 'BackOff' ..."""
    reference, path, kind = _REFERENCE.search(message), _FIELD_PATH.search(message), _TYPE_REASON.search(message)
    if reference is None:
        return _NOBODY
    return Subject(
        namespace=reference.group(2) or None,
        kind=reference.group(1) or None,
        name=reference.group(3) or None,
        container=path.group(1) if path else None,
        reason=kind.group(2) if kind else None,
        level=_event_level(kind.group(1)) if kind else None,
        is_stated=True,
    )


def _event_occurred(keys: dict[str, str]) -> Subject:
    """ "Event occurred" object="ns/name" fieldPath="" kind="Pod" type="Warning" reason="BackOff" message="..." """
    namespace, slash, name = keys.get("object", "").rpartition("/")
    path = _FIELD_PATH.search(keys.get("fieldPath", ""))
    return Subject(
        namespace=namespace or None,
        kind=keys.get("kind") or None,
        name=name or None,
        container=path.group(1) if path else None,
        reason=keys.get("reason") or None,
        level=_event_level(keys.get("type", "")),
        is_stated=bool(slash or name),
    )


def _event_level(kind: str) -> str:
    return "warning" if kind == "Warning" else "info"


def _only(pods: str) -> str:
    """The pod of ["ns/name"] or [ns/name]; "" when the list names several."""
    inner = pods.strip("[]")
    names = inner.replace('"', " ").replace("\\", " ").replace(",", " ").split()
    return names[0] if len(names) == 1 else ""


def _container_in(message: str, failed: re.Match[str] | None) -> str | None:
    """The container of 'failed to "StartContainer" for "c" with' or of "container=c pod=p"."""
    # of a sandbox the pod stands there: name_ns(uid), or its uid alone
    if failed is not None and "(" not in failed.group(2) and not failed.group(1).endswith("PodSandbox"):
        return failed.group(2)
    match = _CONTAINER.search(message) if "container=" in message else None
    return match.group(1) if match else None


def _in_sentence(message: str, container: str | None, reason: str | None) -> Subject:
    """The one pod that a sentence names as name_namespace(uid); nobody when it names several."""
    found = _POD.finditer(message) if "_" in message and "(" in message else ()
    pods = {match.group(2, 1): match.group(4) for match in found}
    if len(pods) == 1:
        [((namespace, name), behind)] = pods.items()
        return Subject(namespace=namespace, kind="Pod", name=name, container=container or behind, reason=reason)
    watched = _WATCHED.search(message) if not pods and 'object-"' in message else None
    if watched is not None:
        namespace, name, kind = watched.groups()
        return Subject(namespace=namespace, kind=kind, name=name)
    sandbox = None if pods else _in_runtime(message)
    if sandbox is not None:
        return sandbox
    quoted = _POD_QUOTED.search(message) if not pods and "(UID: " in message else None
    if quoted is not None and not _UID.fullmatch(quoted.group(1)):
        return Subject(kind="Pod", name=quoted.group(1), container=container, reason=reason)
    return Subject(reason=reason)


def _in_runtime(message: str) -> Subject | None:
    """The pod that containerd or CRI-O names."""
    sandbox = _SANDBOX.search(message) if "PodSandboxMetadata" in message else None
    if sandbox is not None:
        inside = _IN_SANDBOX.search(message)
        container = inside.group(1) if inside else None
        return Subject(namespace=sandbox.group(2), kind="Pod", name=sandbox.group(1), container=container)
    crio = _CRIO.search(message)
    if crio is None:
        return None
    namespace, name, container = crio.groups()
    return Subject(namespace=namespace, kind="Pod", name=name, container=None if container == "POD" else container)
