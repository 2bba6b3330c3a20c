"""Reads the tables of `kubectl get`, `kubectl top` and `crictl ps`, as files or pasted pieces.

Columns: k8s.io/kubernetes/pkg/printers/internalversion/printers.go; k8s.io/kubectl/pkg/metricsutil/metrics_printer.go;
kubernetes-sigs/cri-tools/cmd/crictl/container.go.
"""

from __future__ import annotations

import re
from typing import Final

from analyzer.ingest import columns
from analyzer.ingest.between import is_between
from analyzer.ingest.columns import Columns
from analyzer.ingest.gather import Gathered, count_lines, text_lines
from analyzer.ingest.harvest import Harvest
from analyzer.ingest.kinds import is_known, kind_of
from analyzer.ingest.table_rows import Row, add
from analyzer.model import Pod
from analyzer.placement import Placement

NAME: Final = "get_table"
SAMPLE: Final = "web-0   0/1     CrashLoopBackOff   5 (2m13s ago)   6m41s"

_LINES_TO_SNIFF: Final = 40
_RESOURCE: Final = re.compile(r"\bget\s+(?:-\S+\s+)*([a-z][a-z.]{1,60})")
_AGE: Final = r"(?:<unknown>|<invalid>|(?:\d{1,7}[ywdhms]){1,5})"
_POD_ROW: Final = re.compile(
    r"(?:(?P<NAMESPACE>[a-z0-9][a-z0-9-]{0,62}) {1,400})?(?P<NAME>[a-z0-9][a-z0-9.-]{0,252}) {1,400}"
    r"(?P<READY>\d{1,3}/\d{1,3}) {1,400}(?P<STATUS>[A-Z][\w:/.-]{2,80}) {1,400}"
    rf"(?P<RESTARTS>\d{{1,7}}(?: \({_AGE} ago\))?) {{1,400}}(?P<AGE>{_AGE})"
    r"(?: {1,400}(?P<IP>[\w.:<>-]{1,64}) {1,400}(?P<NODE>[\w.<>-]{1,253})(?: .*)?)?$"
)
_NODE_ROW: Final = re.compile(
    r"(?P<NAME>[A-Za-z0-9][\w.-]{0,252}) {1,400}(?P<STATUS>(?:NotReady|Ready|Unknown)(?:,\w{1,40}){0,4})"
    rf" {{1,400}}(?:(?P<ROLES>[\w,<>-]{{1,200}}) {{1,400}})?(?P<AGE>{_AGE})"
    r" {1,400}(?P<VERSION>v\d[\w.+-]{1,60})(?: .*)?$"
)
_FIRST: Final = frozenset({"NAME", "NAMESPACE", "POD", "CONTAINER"})
_SIGNATURES: Final = (
    ("Usage", {"NAME", "CPU(CORES)"}),
    ("Container", {"CONTAINER", "STATE", "ATTEMPT"}),
    ("Container", {"CONTAINER ID", "STATE", "ATTEMPT"}),
    ("Pod", {"NAME", "READY", "STATUS", "RESTARTS"}),
    ("Node", {"NAME", "STATUS", "VERSION"}),
    ("PersistentVolume", {"NAME", "CAPACITY", "RECLAIM POLICY"}),
    ("PersistentVolume", {"NAME", "CAPACITY", "RECLAIMPOLICY"}),
    ("PersistentVolumeClaim", {"NAME", "STATUS", "VOLUME"}),
    ("Job", {"NAME", "COMPLETIONS"}),
    ("CronJob", {"NAME", "SCHEDULE", "SUSPEND"}),
    ("DaemonSet", {"NAME", "DESIRED", "NODE SELECTOR"}),
    ("DaemonSet", {"NAME", "DESIRED", "NODE-SELECTOR"}),
    ("ReplicaSet", {"NAME", "DESIRED", "CURRENT", "READY"}),
    ("Deployment", {"NAME", "UP-TO-DATE", "AVAILABLE"}),
    ("StorageClass", {"NAME", "PROVISIONER"}),
    ("Service", {"NAME", "TYPE", "CLUSTER-IP"}),
    ("Service", {"NAME", "CLUSTER-IP", "PORT(S)"}),
    ("Endpoints", {"NAME", "ENDPOINTS"}),
    ("ClusterOperator", {"NAME", "AVAILABLE", "PROGRESSING", "DEGRADED"}),
    ("Namespace", {"NAME", "STATUS", "AGE"}),
    ("StatefulSet", {"NAME", "READY", "AGE"}),
)
"""Which kind a table shows, by columns; the first that fits wins."""


def sniff(head: str, placement: Placement) -> bool:  # noqa: ARG001
    """Whether a header of such a table, or a pod's or node's row, stands at the start."""
    for line in head.split("\n")[:_LINES_TO_SNIFF]:
        plain = columns.plain(line.removeprefix("\ufeff"))
        if not plain or columns.command(plain) is not None:
            continue
        return _table(plain) is not None or _headless(plain) is not None
    return False


def parse(raw: bytes, path: str, placement: Placement) -> Harvest:
    """Rows of all tables of the file; lines that are no row are unparsed."""
    out = Gathered(path)
    default = placement.namespace
    namespace, asked = default, None
    table: Columns | None = None
    kind: str | None = None
    for number, line in enumerate(text_lines(raw), start=1):
        plain = columns.plain(line)
        if not plain:
            continue
        prompt = columns.command(plain)
        if prompt is not None:
            namespace, asked = columns.namespace_of(prompt) or default, _asked(prompt)
            table = kind = None
            continue
        if plain.startswith("No resources found"):
            continue
        header = _table(plain)
        if header is not None:
            table, kind = header, _kind(header, asked)
            continue
        found = table.cells(plain) if table else None
        row_kind = kind
        if found is None or not found.get("NAME"):
            headless = _headless(plain)
            if headless is None and is_between(line):
                continue
            if headless is None:
                out.unread.append(number)
                continue
            row_kind, found = headless
        if row_kind == "Namespace" and found.get("STATUS", "").split(",")[0] in ("Ready", "NotReady"):
            row_kind = "Node"  # kubectl of 1.5 printed no more columns
        written = found["NAME"]
        if "/" in written and is_known(written.split("/")[0]):  # `kubectl get all` writes pod/web-0
            prefix, _, found["NAME"] = written.partition("/")
            row_kind = kind_of(prefix)
        add(Row(row_kind, found, found.get("NAMESPACE") or namespace, number, line), out)
    out.pods = _latest(out.pods)
    return out.harvest(NAME, count_lines(raw), len(out.unread))


def _latest(pods: list[Pod]) -> list[Pod]:
    """One row a pod: `kubectl get --watch` writes another at each change, and the last one holds."""
    found = {(pod.namespace, pod.name): pod for pod in pods}
    return list(found.values())


def _asked(command: str) -> str | None:
    """The kind that `kubectl get <resource>` asks for."""
    match = _RESOURCE.search(command)
    return kind_of(match.group(1)) if match and is_known(match.group(1)) else None


def _table(line: str) -> Columns | None:
    """The columns when this is a header: upper-case words, NAME among them."""
    unit = line.replace("(cores)", "(CORES)").replace("(bytes)", "(BYTES)")
    if "NAME" not in line or unit != unit.upper():
        return None
    found = columns.header(line)
    return found if found and found.names[0].split(" ")[0] in _FIRST and "NAME" in found.names else None


def _kind(table: Columns, asked: str | None) -> str | None:
    names = set(table.names)
    return next((kind for kind, wanted in _SIGNATURES if wanted <= names), asked)


def _headless(line: str) -> tuple[str, dict[str, str]] | None:
    """A pod's or a node's row that can be told without its header."""
    for kind, pattern in (("Pod", _POD_ROW), ("Node", _NODE_ROW)):
        match = pattern.match(line.strip())
        if match is not None:
            return kind, {key: value for key, value in match.groupdict().items() if value is not None}
    return None
