"""One row of a table as rows of ours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from analyzer import timestamps
from analyzer.ingest import quantity, statuses, workloads
from analyzer.ingest.gather import TEXT_LIMIT, Gathered
from analyzer.ingest.kinds import KINDS, workload
from analyzer.ingest.statuses import STARTING, Place
from analyzer.model import Container, Node, Object, Pod, Record, Usage

_GOOD: Final = frozenset({"Running", "Completed", "Succeeded"})
_PHASES: Final = frozenset({"Pending", "Running", "Succeeded", "Failed", "Unknown"})
_PASSING: Final = STARTING | {"Terminating", "Pending"}
_INIT_STEP: Final = re.compile(r"Init:\d+/\d+")


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a line, by column name, and where it stands."""

    kind: str | None
    cells: dict[str, str]
    namespace: str | None
    line: int
    text: str

    def cell(self, *names: str) -> str | None:
        """The first of these columns that holds a value."""
        values = (self.cells.get(name, "") for name in names)
        return next((v for v in values if v and v not in ("<none>", "<unset>", "<unknown>")), None)


def add(row: Row, out: Gathered) -> None:
    """The row as what its kind says; tables of kinds that nobody asks about hold nothing."""
    if row.kind == "Pod":
        _pod(row, out)
    elif row.kind == "Node":
        _node(row, out)
    elif row.kind == "Usage":
        out.usages.append(_usage(row, out.path))
    elif row.kind == "Container":
        _container(row, out)
    elif (said := _said(row)) and row.kind != "ClusterOperator":
        out.records.append(_told(row, said, out.path))
    elif row.kind in KINDS:
        _object(row, row.kind, out)


def _said(row: Row) -> str | None:
    """The sentence of a row, or why its thing is not ready."""
    is_unready = row.cell("READY") in ("False", "Unknown")
    sentence, reason = row.cell("STATUS") or "", row.cell("REASON")
    if not is_unready:
        return row.cell("MESSAGE")
    return row.cell("MESSAGE") or (sentence if " " in sentence else reason and f"not ready: {reason}")


def _told(row: Row, said: str, path: str) -> Record:
    """What a controller says in the table of a kind of its own; the other columns mean what it likes."""
    return Record(
        source="text",
        message=said,
        path=path,
        line=row.line,
        text=row.text[:TEXT_LIMIT],
        namespace=row.namespace,
    )


def _pod(row: Row, out: Gathered) -> None:
    name = row.cells["NAME"]
    status, ready = row.cell("STATUS"), row.cell("READY")
    restarts = row.cells.get("RESTARTS", "").partition(" ")[0]
    again = quantity.to_count(restarts) or 0 if status == "Completed" else 0  # completed, and not for the first time
    owner_kind, owner_name = workload("ReplicaSet", name.rpartition("-")[0] or None, None)
    is_of_deployment = owner_kind == "Deployment"
    pod = Pod(
        namespace=row.namespace,
        name=name,
        path=out.path,
        line=row.line,
        text=row.text[:TEXT_LIMIT],
        node=row.cell("NODE"),
        phase=status if status in _PHASES else "Succeeded" if status == "Completed" and not again else None,
        reason=status,
        owner_kind=owner_kind if is_of_deployment else None,
        owner_name=owner_name if is_of_deployment else None,
        is_ready=_is_ready(ready),
        ip=row.cell("IP"),
        labels=tuple((row.cell("LABELS") or "").split(",")) if row.cell("LABELS") else (),
    )
    out.pods.append(pod)
    if status is None or (status in _GOOD and not again):
        return
    age = _restart_age(row.cells.get("RESTARTS", ""))
    is_passing = status in _PASSING or _INIT_STEP.fullmatch(status) is not None
    said = f"pod {name}: status {status}, ready {ready or 'unknown'}, {restarts or 'unknown'} restarts"
    out.records.append(
        Record(
            source="container_status",
            message=said,
            path=out.path,
            line=row.line,
            text=row.text[:TEXT_LIMIT],
            age_seconds=age.seconds if age else None,
            timestamp_error_seconds=age.error_seconds if age else 0.0,
            count=max(again, 1),
            level="info" if is_passing else "warning",
            namespace=row.namespace,
            kind="Pod",
            name=name,
            node=pod.node,
            reason=status,
        )
    )


def _is_ready(cell: str | None) -> bool | None:
    """'1/2' -> False."""
    ready, slash, wanted = (cell or "").partition("/")
    return ready == wanted if slash else None


def _restart_age(cell: str) -> timestamps.Age | None:
    """'11 (2m27s ago)' -> 147 seconds."""
    _, _, rest = cell.partition("(")
    return timestamps.age(rest.rstrip(")").removesuffix(" ago")) if rest else None


def _node(row: Row, out: Gathered) -> None:
    name = row.cells["NAME"]
    words = (row.cell("STATUS") or "").split(",")
    is_ready = True if "Ready" in words else False if "NotReady" in words or "Unknown" in words else None
    out.nodes.append(
        Node(
            node=name,
            path=out.path,
            line=row.line,
            is_ready=is_ready,
            is_unschedulable="SchedulingDisabled" in words if is_ready is not None else None,
            kubelet_version=row.cell("VERSION"),
            container_runtime=row.cell("CONTAINER-RUNTIME"),
            os_image=row.cell("OS-IMAGE"),
        )
    )
    if is_ready is False:
        said = f"node {name}: status {','.join(words)}"
        at = Place(row.line, row.text[:TEXT_LIMIT])
        out.records.append(statuses.of_node_condition(name, out.path, "Ready", said, at, None))


def _usage(row: Row, path: str) -> Usage:
    """A row of `kubectl top`: of a node where shares of the node are told, else of a pod or one of its containers."""
    is_node = any(name in row.cells for name in ("CPU%", "CPU(%)"))
    name, pod = row.cells["NAME"], row.cells.get("POD")
    return Usage(
        path=path,
        line=row.line,
        text=row.text[:TEXT_LIMIT],
        namespace=None if is_node else row.namespace,
        pod="" if is_node else pod or name,
        container=name if pod else "",
        node=name if is_node else None,
        cpu_millicores=quantity.to_millicores(row.cell("CPU(CORES)")),
        cpu_percent=_percent(row.cell("CPU%", "CPU(%)")),
        memory_bytes=quantity.to_bytes(row.cell("MEMORY(BYTES)")),
        memory_percent=_percent(row.cell("MEMORY%", "MEMORY(%)")),
    )


def _percent(cell: str | None) -> int | None:
    """'97%' -> 97."""
    return quantity.to_count(cell.removesuffix("%")) if cell else None


def _container(row: Row, out: Gathered) -> None:
    """A row of `crictl ps`; ATTEMPT counts the lives of a container in its sandbox, from 0."""
    pod, state = row.cell("POD"), row.cell("STATE")
    if pod is None or state is None:
        return
    attempt = quantity.to_count(row.cell("ATTEMPT"))
    out.containers.append(
        Container(
            namespace=row.namespace,
            pod=pod,
            container=row.cells["NAME"],
            path=out.path,
            line=row.line,
            text=row.text[:TEXT_LIMIT],
            state="running" if state == "Running" else "terminated" if state == "Exited" else None,
            restart_count=attempt,
        )
    )


def _object(row: Row, kind: str, out: Gathered) -> None:
    ready, _, wanted = (row.cell("READY", "COMPLETIONS") or "").partition("/")
    thing = Object(
        kind=kind,
        name=row.cells["NAME"],
        path=out.path,
        line=row.line,
        text=row.text[:TEXT_LIMIT],
        namespace=None if kind in ("PersistentVolume", "StorageClass", "Namespace") else row.namespace,
        phase=row.cell("STATUS", "PHASE"),
        storage_class=row.cell("STORAGECLASS"),
        ports=tuple((row.cell("PORT(S)") or "").split(",")) if row.cell("PORT(S)") else (),
        addresses=tuple((row.cell("ENDPOINTS") or "").split(",")) if row.cell("ENDPOINTS") else (),
        replicas=quantity.to_count(wanted or row.cell("DESIRED")),
        ready_replicas=quantity.to_count(ready or row.cell("AVAILABLE")),
        conditions=tuple(
            f"{name.capitalize()}={value}:"
            for name in ("AVAILABLE", "PROGRESSING", "DEGRADED")
            if (value := row.cell(name)) in ("True", "False", "Unknown")
        ),
    )
    out.objects.append(thing)
    if thing.phase in workloads.BAD_PHASES.get(kind, ()):
        out.records.append(workloads.bad_phase(thing, row.line, row.text[:TEXT_LIMIT]))
    bad = workloads.BAD_STATUS.get(kind, {})
    for condition in thing.conditions:
        name, _, status = condition.rstrip(":").partition("=")
        if bad.get(name) == status:
            said = f"condition {name} is {status}"
            message = row.cell("MESSAGE") or said
            out.records.append(workloads.bad_state(thing, name, message, row.line, row.text[:TEXT_LIMIT]))
