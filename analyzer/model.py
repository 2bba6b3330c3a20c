"""The words of the program: one frozen class for each kind of row.

Units are fixed once: instants are UTC datetimes (microseconds), `_seconds` floats, `_bytes` and
`_millicores` integers, lines count from 1, paths are POSIX relative to the given PATH. `None` means
"the source does not say", never "zero". Names are those of the Kubernetes API
(https://kubernetes.io/docs/reference/kubernetes-api/).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(*, frozen: bool, slots: bool, kw_only: bool) -> Any:  # noqa: ARG001
        """Rows are frozen and built by keywords for the type checker alone: without, Python builds them in a third."""
        return dataclasses.dataclass(unsafe_hash=frozen, slots=slots)


LOG_SOURCES: Final = (
    "kubelet_log",
    "runtime_log",
    "kernel_log",
    "control_plane_log",
    "node_log",
    "container_log",
    "text",
)
"""Sources whose records come from lines of bulk logs; a pattern's `source: log` means any of them."""

SOURCES: Final = ("event", "container_status", "pod_condition", "node_condition", "object", *LOG_SOURCES, "derived")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A line of the bundle, as it stands there, with where it stands."""

    path: str
    line: int  # from 1; 0 when the place in the file is not known
    text: str
    source: str
    timestamp: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One thing some source said happened.

    What it is about is (namespace, kind, name) as in the API's ObjectReference, plus container and
    node where known: a container of a pod is kind="Pod", name=<pod>, container=<container>.
    """

    source: str  # one of SOURCES
    message: str  # verbatim, without the line's own header (time, host, severity)
    path: str
    line: int
    text: str = ""  # the whole line as in the bundle, cut at 4,096 characters; "" means: same as message
    timestamp: dt.datetime | None = None  # last occurrence; None unknown
    first_timestamp: dt.datetime | None = None  # first occurrence, where the source counts
    timestamp_error_seconds: float = 0.0  # 0 for an absolute time, 30 for the age "5m"
    is_yearless: bool = False  # timestamp's year is the placeholder of timestamps.py; clock.py settles it
    has_zone: bool = True  # False: nothing says in which zone timestamp was written; clock.py settles it
    age_seconds: float | None = None  # "LAST SEEN 5m", until clock.py turns it into timestamp
    first_age_seconds: float | None = None
    count: int = 1
    level: str | None = None  # info, warning, error, fatal
    namespace: str | None = None
    kind: str | None = None
    name: str | None = None
    container: str | None = None
    node: str | None = None
    reason: str | None = None  # the API's machine word: OOMKilled, BackOff, FailedMount
    exit_code: int | None = None
    before: tuple[str, ...] = ()  # up to 2 lines before it in the file
    after: tuple[str, ...] = ()  # 2 lines behind it, or up to 12 that go on with it: a stack trace, a long value
    cites: tuple[Quote, ...] = ()  # derived records: the lines the sentence was joined from


@dataclass(frozen=True, slots=True, kw_only=True)
class Pod:
    """A pod's own state (core/v1 PodSpec, PodStatus)."""

    namespace: str | None
    name: str
    path: str
    line: int
    uid: str | None = None
    node: str | None = None
    phase: str | None = None  # Pending, Running, Succeeded, Failed, Unknown; `kubectl get` STATUS goes to reason
    reason: str | None = None  # status.reason: Evicted, NodeLost, Preempting, UnexpectedAdmissionError
    message: str | None = None
    owner_kind: str | None = None  # Deployment, not ReplicaSet, where the name shows it
    owner_name: str | None = None
    restart_policy: str | None = None
    service_account: str | None = None
    automount_token: bool | None = None
    priority: int | None = None
    fs_group: int | None = None
    run_as_user: int | None = None
    run_as_non_root: bool | None = None
    is_ready: bool | None = None
    is_scheduled: bool | None = None
    is_initialized: bool | None = None
    created_at: dt.datetime | None = None
    deleted_at: dt.datetime | None = None  # metadata.deletionTimestamp
    ready_at: dt.datetime | None = None  # lastTransitionTime of Ready
    ip: str | None = None
    node_selector: tuple[str, ...] = ()  # key=value
    tolerations: tuple[str, ...] = ()  # key=value:effect; "op=Exists" tolerates all
    labels: tuple[str, ...] = ()  # key=value
    image_pull_secrets: tuple[str, ...] = ()
    text: str = ""  # the line that `line` counts, as in the bundle


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A container of a pod: spec and status side by side."""

    namespace: str | None
    pod: str
    container: str
    path: str
    line: int  # of its status where there is one, else of its spec
    kind: str = "main"  # init, sidecar (init with restartPolicy Always), main, ephemeral
    position: int = 0  # order in its list: init containers run one after the other
    node: str | None = None
    owner_kind: str | None = None
    owner_name: str | None = None
    image: str | None = None
    is_ready: bool | None = None
    is_started: bool | None = None
    restart_count: int | None = None
    state: str | None = None  # waiting, running, terminated
    reason: str | None = None
    message: str | None = None
    exit_code: int | None = None
    signal: int | None = None
    started_at: dt.datetime | None = None  # of the present state
    finished_at: dt.datetime | None = None
    last_reason: str | None = None  # lastState.terminated
    last_message: str | None = None
    last_exit_code: int | None = None
    last_started_at: dt.datetime | None = None
    last_finished_at: dt.datetime | None = None
    container_id: str | None = None  # without its "containerd://"
    memory_limit_bytes: int | None = None
    memory_request_bytes: int | None = None
    cpu_limit_millicores: int | None = None
    cpu_request_millicores: int | None = None
    run_as_user: int | None = None
    run_as_non_root: bool | None = None
    is_read_only_root: bool | None = None
    command: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()  # name=number/protocol
    env: tuple[str, ...] = ()  # names alone; values never leave the parser unless they are paths or addresses
    working_dir: str | None = None
    text: str = ""  # the line that `line` counts, as in the bundle


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One probe of one container (core/v1 Probe); defaults of the API are filled in."""

    namespace: str | None
    pod: str
    container: str
    probe: str  # startup, liveness, readiness
    path: str
    line: int
    handler: str | None = None  # httpGet, tcpSocket, exec, grpc
    http_path: str | None = None
    port: str | None = None
    scheme: str | None = None
    command: tuple[str, ...] = ()
    initial_delay_seconds: float = 0.0
    period_seconds: float = 10.0
    timeout_seconds: float = 1.0
    failure_threshold: int = 3
    success_threshold: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """One volume mount of one container, joined with the volume it names."""

    namespace: str | None
    pod: str
    container: str
    container_kind: str
    volume: str
    mount_path: str
    path: str
    line: int  # of the mountPath
    volume_type: str | None = None  # emptyDir, configMap, secret, persistentVolumeClaim, hostPath, projected, ...
    referent: str | None = None  # name of the ConfigMap, Secret, claim; the path of a hostPath
    items: tuple[str, ...] = ()  # key -> path of configMap and secret items, as "key=path"
    sub_path: str | None = None
    is_read_only: bool = False
    is_optional: bool = False
    text: str = ""  # the line itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A pod's need of another object: a ConfigMap, Secret, claim or ServiceAccount, whole or one key."""

    namespace: str | None
    pod: str
    container: str | None  # None for volumes and the service account
    kind: str
    name: str
    path: str
    line: int
    key: str | None = None
    used_as: str | None = None  # env DB_PASSWORD, envFrom, volume config, imagePullSecrets, serviceAccountName
    is_optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A node: capacity, conditions, taints (core/v1 NodeSpec, NodeStatus)."""

    node: str
    path: str
    line: int
    is_ready: bool | None = None  # False also for Unknown
    reason: str | None = None  # of the Ready condition
    message: str | None = None
    ready_changed_at: dt.datetime | None = None
    pressures: tuple[str, ...] = ()  # MemoryPressure, DiskPressure, PIDPressure, NetworkUnavailable
    is_unschedulable: bool | None = None
    taints: tuple[str, ...] = ()  # key=value:effect
    labels: tuple[str, ...] = ()
    memory_allocatable_bytes: int | None = None
    cpu_allocatable_millicores: int | None = None
    pods_allocatable: int | None = None
    memory_requested_bytes: int | None = None  # "Allocated resources" of describe
    cpu_requested_millicores: int | None = None
    kubelet_version: str | None = None
    container_runtime: str | None = None
    os_image: str | None = None
    architecture: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a node, pod or container used when somebody asked (`kubectl top`, metrics.k8s.io/v1beta1)."""

    path: str
    line: int
    text: str
    namespace: str | None = None
    pod: str = ""  # "": this is about a node
    container: str = ""  # "": the whole pod, or a node
    node: str | None = None
    cpu_millicores: int | None = None
    cpu_percent: int | None = None  # of the node's allocatable
    memory_bytes: int | None = None
    memory_percent: int | None = None  # of the node's allocatable


@dataclass(frozen=True, slots=True, kw_only=True)
class Object:
    """Any other object, by the fields a cause can sit in; values of Secrets and ConfigMaps are not kept."""

    kind: str
    name: str
    path: str
    line: int
    namespace: str | None = None
    uid: str | None = None
    owner_kind: str | None = None
    owner_name: str | None = None
    created_at: dt.datetime | None = None
    phase: str | None = None  # PVC and PV: Bound, Pending, Released; Job: Complete, Failed
    storage_class: str | None = None
    keys: tuple[str, ...] = ()  # data keys of a ConfigMap or Secret
    labels: tuple[str, ...] = ()
    selector: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()  # Service: port/protocol->targetPort
    addresses: tuple[str, ...] = ()  # Endpoints: ready addresses; Service: its cluster IPs
    renewed_at: dt.datetime | None = None  # Lease: spec.renewTime
    hard: tuple[str, ...] = ()  # ResourceQuota: resource=quantity
    used: tuple[str, ...] = ()
    replicas: int | None = None
    ready_replicas: int | None = None
    conditions: tuple[str, ...] = ()  # Type=Status:Reason: message
    text: str = ""  # the line that `line` counts, as in the bundle


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A place in an object where the value of a secret stands; the value is not kept here."""

    namespace: str | None
    kind: str  # Secret, Pod
    name: str
    container: str | None  # of a pod
    what: str  # key of the Secret, or environment variable
    path: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEntry:
    """The ledger: what became of one file; parsed + unparsed + skipped = lines."""

    path: str
    bytes: int
    status: str  # parsed, partial, skipped
    layout: str | None = None
    format: str | None = None
    reason: str | None = None  # why it was skipped or partly read
    why: str | None = None  # the reason for its layout
    lines: int = 0  # "\n" ends a line, and a non-empty rest is a line
    parsed: int = 0
    unparsed: int = 0
    skipped: int = 0
    records: int = 0  # kept of it
    duplicates: int = 0  # records that another file has too, counted there
    sample: str | None = None  # the first line that could not be read
    sample_line: int | None = None
    first_timestamp: dt.datetime | None = None
    last_timestamp: dt.datetime | None = None
    namespace: str | None = None  # whose log it is, where the layout says so
    pod: str | None = None
    container: str | None = None
    node: str | None = None
    instance: str | None = None  # current, previous, rotated
    coding: str | None = None  # what its lines were taken out of: gzip, xz, utf-16-le, tar; None: the file itself
    content_bytes: int = 0  # of what was taken out
    stored_lines: int = 0  # of the file as the bundle stores it
    stored_skipped: int = 0  # of them, those that nothing was taken out of

    @property
    def is_left_out(self) -> bool:
        """A file of an editor, a desktop or version control: no evidence, so that nobody misses it."""
        return self.layout == JUNK and self.status == "skipped"


JUNK: Final = "junk"
"""The layout of files that editors, desktops and version control leave behind."""
ARCHIVE: Final = "archive"
"""The format of an archive inside the bundle; its files are files of the bundle too."""
SHORTENED: Final = "a line is longer than 64 KiB: only the surroundings of the match are kept"
"""The note on a file of which all was looked through, and not all of a matching line is kept."""
INTERRUPTED: Final = "the reading was interrupted: what was not read until then is missing"
"""The note on a bundle of which Ctrl-C ended the reading, with `--partial`."""
ENDS_EARLY: Final = "ends early"
"""In the note on an archive, or on compressed data, that was cut in transit."""
INTERNAL_ERROR: Final = "internal error"
"""How the problem of a note begins when a reader of ours has failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something the reader must be told about how the bundle was read."""

    path: str
    problem: str
    line: int | None = None
    count: int = 1
    is_of_source: bool = False  # the source itself lacks something (a rate limit); all there is was read


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """Whose log a line is of, as its path and the headings before it tell; "" unknown."""

    source: str  # one of LOG_SOURCES
    namespace: str = ""
    pod: str = ""
    container: str = ""
    node: str = ""


class SoughtLine(NamedTuple):
    """A line of a log in which the screen saw what it was told to search for besides; not yet proved."""

    path: str
    line: int
    raw: bytes  # without its line end, cut where it is long
    timed_by: bytes  # the line that tells its time: itself, or one of those before it; b"" where none does
    entry: bytes  # the line with those that go on with it, as one; b"" where there are none
    begins: int  # the line at which its entry begins
    numbers: tuple[int, ...]  # of what was sought, ascending
    whose: Whose


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """How far the clock of a node is from the API server's."""

    node: str
    ahead_seconds: float  # negative: behind
    error_seconds: float
    pairs: int  # things that both stamped


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All rows of one bundle, each kind in the order of `analyzer.order`: what ingest read, what derive joined."""

    records: tuple[Record, ...]  # a record's id is its place here
    pods: tuple[Pod, ...]
    containers: tuple[Container, ...]
    probes: tuple[Probe, ...]
    mounts: tuple[Mount, ...]
    references: tuple[Reference, ...]
    nodes: tuple[Node, ...]
    objects: tuple[Object, ...]
    usages: tuple[Usage, ...]
    files: tuple[FileEntry, ...]
    notes: tuple[Note, ...]
    collected_at: dt.datetime | None = None  # when the bundle was taken, as the bundle itself tells it
    sought: tuple[SoughtLine, ...] = ()  # in the order of files and lines
    clocks: tuple[Clock, ...] = ()  # of the nodes whose clock differs from the API server's
    present: dt.datetime | None = None  # collected_at, else the newest time seen: what "now" means in this bundle
    layouts: tuple[str, ...] = ()
    holders: tuple[Holder, ...] = ()  # in the order of files and lines
    keyed: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # (key, value) as Secrets write them
    secrets: tuple[str, ...] = field(default=(), repr=False)  # values that objects call secret; never to be written
