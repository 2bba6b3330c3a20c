"""Containers of a pod object, spec and status side by side, with their probes.

Fields: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#Container. Defaults of
probes: k8s.io/kubernetes/pkg/apis/core/v1/defaults.go.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from analyzer.ingest import quantity, statuses
from analyzer.ingest.fields import Fields, boolean, instant, integer, mapping, maps, text, texts
from analyzer.ingest.gather import Gathered
from analyzer.ingest.locate import Locator, Span
from analyzer.ingest.statuses import Place
from analyzer.model import Container, Pod, Probe

LISTS: Final = (
    ("initContainers", "initContainerStatuses", "init"),
    ("containers", "containerStatuses", "main"),
    ("ephemeralContainers", "ephemeralContainerStatuses", "ephemeral"),
)
_PROBES: Final = (
    ("startupProbe", "startup"),
    ("livenessProbe", "liveness"),
    ("readinessProbe", "readiness"),
)
_PATH: Final = re.compile(r"/[\w./-]{0,199}")
_URL: Final = re.compile(r"(?:[a-z]{2,12}:){1,3}//[\w./:;-]{1,300}")  # neither user:password@ nor ?token=
_ADDRESS: Final = re.compile(r"[\w.-]{1,253}:\d{2,5}")
_SECRET_NAME: Final = re.compile(r"PASS|PWD|SECRET|TOKEN|KEY|CRED|AUTH|PRIVATE|CERT_DATA", re.I)
_ADDRESS_NAME: Final = re.compile(r"HOST|ADDR|URL|URI|ENDPOINT|SERVER|BROKER|SERVICE", re.I)


@dataclass(frozen=True, slots=True)
class _Slot:
    """The place of one container among its pod's."""

    kind: str
    position: int
    spec: Span
    state: Span | None


def read(fields: Fields, pod: Pod, locator: Locator, spec_span: Span, status_span: Span, out: Gathered) -> None:
    """Container, probe and container_status rows of one pod."""
    for spec_key, status_key, kind in LISTS:
        specs = maps(fields, "spec", spec_key)
        states = maps(fields, "status", status_key)
        if not specs and not states:
            continue
        spec_spans = locator.elements(locator.child(spec_span, spec_key), len(specs))
        state_spans = locator.elements(locator.child(status_span, status_key), len(states))
        nothing: tuple[Fields, Span | None] = ({}, None)
        by_name: dict[str | None, tuple[Fields, Span | None]] = {
            text(s, "name"): (s, span) for s, span in zip(states, state_spans, strict=True)
        }
        for position, (spec, span) in enumerate(zip(specs, spec_spans, strict=True)):
            state, state_span = by_name.pop(text(spec, "name"), nothing)
            _one(spec, state, pod, _Slot(kind, position, span, state_span), locator, out)
        for position, (state, state_span) in enumerate(by_name.values(), start=len(specs)):  # a status alone
            _one({}, state, pod, _Slot(kind, position, state_span or status_span, state_span), locator, out)


def _one(spec: Fields, state: Fields, pod: Pod, slot: _Slot, locator: Locator, out: Gathered) -> None:
    name = text(spec, "name") or text(state, "name") or ""
    own = slot.state or slot.spec
    place = locator.find(own, "name", name)
    at = locator.start(own) if place is None else place
    container = replace(_container(spec, state, pod, slot, name, locator.line(at)), text=locator.text(at))
    out.containers.append(container)
    out.probes.extend(_probes(spec, container, locator, slot.spec))
    if slot.state is not None:
        state_at = _state_place(locator, slot.state, "state", container.reason, container.exit_code)
        last_at = _state_place(locator, slot.state, "lastState", container.last_reason, container.last_exit_code)
        out.records.extend(statuses.of_container(container, pod, state_at, last_at))


def _container(spec: Fields, state: Fields, pod: Pod, slot: _Slot, name: str, line: int) -> Container:
    is_sidecar = slot.kind == "init" and text(spec, "restartPolicy") == "Always"
    present = next((s for s in ("waiting", "running", "terminated") if mapping(state, "state", s)), None)
    if present is None and "running" in mapping(state, "state"):
        present = "running"
    now = mapping(state, "state", present) if present else {}
    last = mapping(state, "lastState", "terminated")
    limits, requests = mapping(spec, "resources", "limits"), mapping(spec, "resources", "requests")
    identity = text(state, "containerID")
    return Container(
        namespace=pod.namespace,
        pod=pod.name,
        container=name,
        path=pod.path,
        line=line,
        kind="sidecar" if is_sidecar else slot.kind,
        position=slot.position,
        node=pod.node,
        owner_kind=pod.owner_kind,
        owner_name=pod.owner_name,
        image=text(spec, "image") or text(state, "image"),
        is_ready=boolean(state, "ready"),
        is_started=boolean(state, "started"),
        restart_count=integer(state, "restartCount"),
        state=present,
        reason=text(now, "reason"),
        message=text(now, "message"),
        exit_code=integer(now, "exitCode"),
        signal=integer(now, "signal"),
        started_at=instant(now, "startedAt"),
        finished_at=instant(now, "finishedAt"),
        last_reason=text(last, "reason"),
        last_message=text(last, "message"),
        last_exit_code=integer(last, "exitCode"),
        last_started_at=instant(last, "startedAt"),
        last_finished_at=instant(last, "finishedAt"),
        container_id=identity.rpartition("//")[2] if identity else None,
        memory_limit_bytes=quantity.to_bytes(text(limits, "memory")),
        memory_request_bytes=quantity.to_bytes(text(requests, "memory")),
        cpu_limit_millicores=quantity.to_millicores(text(limits, "cpu")),
        cpu_request_millicores=quantity.to_millicores(text(requests, "cpu")),
        run_as_user=integer(spec, "securityContext", "runAsUser"),
        run_as_non_root=boolean(spec, "securityContext", "runAsNonRoot"),
        is_read_only_root=boolean(spec, "securityContext", "readOnlyRootFilesystem"),
        command=texts(spec, "command"),
        args=texts(spec, "args"),
        ports=tuple(_port(p) for p in maps(spec, "ports") if text(p, "containerPort")),
        env=tuple(shown_env(n, text(e, "value")) for e in maps(spec, "env") if (n := text(e, "name"))),
        working_dir=text(spec, "workingDir"),
    )


def shown_env(name: str, value: str | None) -> str:
    """The name alone, or name=value where the value is a path or an address and no secret."""
    if value is None or _SECRET_NAME.search(name):
        return name
    is_plain = _PATH.fullmatch(value) or _URL.fullmatch(value)
    if is_plain or (_ADDRESS_NAME.search(name) and _ADDRESS.fullmatch(value)):
        return f"{name}={value}"
    return name


def _port(fields: Fields) -> str:
    """name=number/protocol."""
    number = f"{text(fields, 'containerPort')}/{text(fields, 'protocol') or 'TCP'}"
    name = text(fields, "name")
    return f"{name}={number}" if name else number


def _state_place(locator: Locator, span: Span, key: str, reason: str | None, exit_code: int | None) -> Place:
    part = locator.child(span, key)
    place = locator.find(part, "reason", reason)
    code = locator.find(part, "exitCode", str(exit_code)) if exit_code is not None else None
    if place is None:
        place, code = (locator.start(part) if code is None else code), None
    more = (Place(locator.line(code), locator.text(code)),) if code is not None else ()
    return Place(locator.line(place), locator.text(place), more)


def _probes(spec: Fields, container: Container, locator: Locator, span: Span) -> list[Probe]:
    out = []
    for key, name in _PROBES:
        probe = mapping(spec, key)
        if not probe:
            continue
        handlers = ("httpGet", "tcpSocket", "exec", "grpc")
        handler = next((h for h in handlers if h in probe), None)
        target = mapping(probe, handler) if handler else {}
        part = locator.child(span, key)
        # A startup or liveness probe must succeed once; readiness may ask for more.
        out.append(
            Probe(
                namespace=container.namespace,
                pod=container.pod,
                container=container.container,
                probe=name,
                path=container.path,
                line=locator.line(locator.start(part)),
                handler=handler,
                http_path=(text(target, "path") or "/") if handler == "httpGet" else None,
                port=text(target, "port"),
                scheme=(text(target, "scheme") or "HTTP") if handler == "httpGet" else None,
                command=texts(target, "command"),
                initial_delay_seconds=float(integer(probe, "initialDelaySeconds") or 0),
                period_seconds=float(integer(probe, "periodSeconds") or 10),
                timeout_seconds=float(integer(probe, "timeoutSeconds") or 1),
                failure_threshold=integer(probe, "failureThreshold") or 3,
                success_threshold=integer(probe, "successThreshold") or 1,
            )
        )
    return out
