"""Containers of a pod object, spec and status side by side, with their probes.

Fields: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#Container. Defaults of
probes: k8s.io/kubernetes/pkg/apis/core/v1/defaults.go.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from analyzer.ingest import confidential, quantity, statuses
from analyzer.ingest.fields import Fields, flag, moment, number, part, parts, remembered, string, texts
from analyzer.ingest.gather import Gathered
from analyzer.ingest.locate import Located, Locator, Span
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
_PLACED: Final = (*(key for key, _ in _PROBES), "volumeMounts")
_HANDLERS: Final = ("httpGet", "tcpSocket", "exec", "grpc")
_NOTHING: Final[Fields] = {}
_PATH: Final = re.compile(r"/[\w./-]{0,199}")
_URL: Final = re.compile(r"(?:[a-z]{2,12}:){1,3}//[\w./:;-]{1,300}")  # neither user:password@ nor ?token=
_ADDRESS: Final = re.compile(r"[\w.-]{1,253}:\d{2,5}")
_SECRET_NAME: Final = re.compile(r"PASS|PWD|SECRET|TOKEN|KEY|CRED|AUTH|PRIVATE|CERT_DATA", re.I)
_ADDRESS_NAME: Final = re.compile(r"HOST|ADDR|URL|URI|ENDPOINT|SERVER|BROKER|SERVICE", re.I)


class _Resources(NamedTuple):
    """The resources of a container: bytes and millicores."""

    memory_limit: int | None
    memory_request: int | None
    cpu_limit: int | None
    cpu_request: int | None


class _Settings(NamedTuple):
    """A probe without whose it is and where it stands; the fields are those of `Probe`."""

    handler: str | None
    http_path: str | None
    port: str | None
    scheme: str | None
    command: tuple[str, ...]
    initial_delay_seconds: float
    period_seconds: float
    timeout_seconds: float
    failure_threshold: int
    success_threshold: int


class Slot(NamedTuple):
    """One container of a pod: what its spec and its status say, with their places."""

    kind: str
    position: int
    spec: Located
    state: Fields
    state_span: Span | None  # None: it has no status


def slots(spec_of_pod: Located, status: Located, locator: Locator) -> list[Slot]:
    """The containers of a pod object in order; one that only its status knows comes last in its list."""
    out: list[Slot] = []
    nothing: tuple[Fields, Span | None] = ({}, None)
    for spec_key, status_key, kind in LISTS:
        specs, states = parts(spec_of_pod.fields, spec_key), parts(status.fields, status_key)
        if not specs and not states:
            continue
        spec_spans = locator.elements(spec_of_pod.at(spec_key), len(specs))
        state_spans = locator.elements(status.at(status_key), len(states))
        by_name: dict[str | None, tuple[Fields, Span | None]] = {
            string(s, "name"): (s, span) for s, span in zip(states, state_spans, strict=True)
        }
        for position, (spec, span) in enumerate(zip(specs, spec_spans, strict=True)):
            state, state_span = by_name.pop(string(spec, "name"), nothing)
            is_sidecar = kind == "init" and string(spec, "restartPolicy") == "Always"
            at = locator.located(spec, span, _PLACED)
            out.append(Slot("sidecar" if is_sidecar else kind, position, at, state, state_span))
        for position, (state, state_span) in enumerate(by_name.values(), start=len(specs)):
            nowhere = Located(_NOTHING, state_span or status.span, {})
            out.append(Slot(kind, position, nowhere, state, state_span))
    return out


def read(found: list[Slot], pod: Pod, locator: Locator, out: Gathered) -> None:
    """Container, probe and container_status rows of one pod."""
    for slot in found:
        name = string(slot.spec.fields, "name") or string(slot.state, "name") or ""
        own = slot.state_span or slot.spec.span
        place = locator.find(own, "name", name)
        container = _container(slot, pod, name, locator, locator.start(own) if place is None else place)
        out.containers.append(container)
        if secrets := confidential.of_environment(slot.spec.fields):
            out.keep_secrets(secrets, confidential.in_container(container))
        _probes(slot.spec, container, locator, out)
        if slot.state_span is not None and _is_told(container):
            state_at = _state_place(locator, slot.state_span, "state", container.reason, container.exit_code)
            last = container.last_reason, container.last_exit_code
            last_at = _state_place(locator, slot.state_span, "lastState", *last)
            out.records.extend(statuses.of_container(container, pod, state_at, last_at))


def _is_told(container: Container) -> bool:
    """Whether a record may come of its state: one that runs and never ended has none, and no place to look up."""
    is_over = container.last_reason is not None or container.last_exit_code is not None
    return is_over or container.state in ("waiting", "terminated")


def _container(slot: Slot, pod: Pod, name: str, locator: Locator, offset: int) -> Container:
    spec, state = slot.spec.fields, slot.state
    states = part(state, "state")
    present = next((s for s in ("waiting", "running", "terminated") if part(states, s)), None)
    if present is None and "running" in states:
        present = "running"
    now = part(states, present) if present else _NOTHING
    last = part(part(state, "lastState"), "terminated")
    resources, security = _resources(part(spec, "resources")), part(spec, "securityContext")
    identity = string(state, "containerID")
    return Container(
        namespace=pod.namespace,
        pod=pod.name,
        container=name,
        path=pod.path,
        line=locator.line(offset),
        kind=slot.kind,
        position=slot.position,
        node=pod.node,
        owner_kind=pod.owner_kind,
        owner_name=pod.owner_name,
        image=string(spec, "image") or string(state, "image"),
        is_ready=flag(state, "ready"),
        is_started=flag(state, "started"),
        restart_count=number(state, "restartCount"),
        state=present,
        reason=string(now, "reason"),
        message=string(now, "message"),
        exit_code=number(now, "exitCode"),
        signal=number(now, "signal"),
        started_at=moment(now, "startedAt"),
        finished_at=moment(now, "finishedAt"),
        last_reason=string(last, "reason"),
        last_message=string(last, "message"),
        last_exit_code=number(last, "exitCode"),
        last_started_at=moment(last, "startedAt"),
        last_finished_at=moment(last, "finishedAt"),
        container_id=identity.rpartition("//")[2] if identity else None,
        memory_limit_bytes=resources.memory_limit,
        memory_request_bytes=resources.memory_request,
        cpu_limit_millicores=resources.cpu_limit,
        cpu_request_millicores=resources.cpu_request,
        run_as_user=number(security, "runAsUser"),
        run_as_non_root=flag(security, "runAsNonRoot"),
        is_read_only_root=flag(security, "readOnlyRootFilesystem"),
        command=texts(spec, "command"),
        args=texts(spec, "args"),
        ports=_ports(parts(spec, "ports")),
        env=_shown_env(parts(spec, "env")),
        working_dir=string(spec, "workingDir"),
        text=locator.text(offset),
    )


@remembered
def _resources(resources: Fields) -> _Resources:
    limits, requests = part(resources, "limits"), part(resources, "requests")
    return _Resources(
        quantity.to_bytes(string(limits, "memory")),
        quantity.to_bytes(string(requests, "memory")),
        quantity.to_millicores(string(limits, "cpu")),
        quantity.to_millicores(string(requests, "cpu")),
    )


@remembered
def _shown_env(variables: Sequence[Fields]) -> tuple[str, ...]:
    return tuple([shown_env(name, string(v, "value")) for v in variables if (name := string(v, "name"))])


def shown_env(name: str, value: str | None) -> str:
    """The name alone, or name=value where the value is a path or an address and no secret."""
    if value is None or _SECRET_NAME.search(name):
        return name
    is_plain = _PATH.fullmatch(value) or _URL.fullmatch(value)
    if is_plain or (_ADDRESS_NAME.search(name) and _ADDRESS.fullmatch(value)):
        return f"{name}={value}"
    return name


@remembered
def _ports(ports: Sequence[Fields]) -> tuple[str, ...]:
    return tuple([_port(p) for p in ports if string(p, "containerPort")])


def _port(fields: Fields) -> str:
    """name=number/protocol."""
    port = f"{string(fields, 'containerPort')}/{string(fields, 'protocol') or 'TCP'}"
    name = string(fields, "name")
    return f"{name}={port}" if name else port


def _state_place(locator: Locator, span: Span, key: str, reason: str | None, exit_code: int | None) -> Place:
    own = locator.child(span, key)
    place = locator.find(own, "reason", reason)
    code = locator.find(own, "exitCode", str(exit_code)) if exit_code is not None else None
    if place is None:
        place, code = (locator.start(own) if code is None else code), None
    more = (Place(locator.line(code), locator.text(code)),) if code is not None else ()
    return Place(locator.line(place), locator.text(place), more)


def _probes(spec: Located, container: Container, locator: Locator, out: Gathered) -> None:
    for key, name in _PROBES:
        probe = part(spec.fields, key)
        if not probe:
            continue
        settings = _settings(probe)
        out.probes.append(
            Probe(
                namespace=container.namespace,
                pod=container.pod,
                container=container.container,
                probe=name,
                path=container.path,
                line=locator.line(locator.start(spec.at(key))),
                handler=settings.handler,
                http_path=settings.http_path,
                port=settings.port,
                scheme=settings.scheme,
                command=settings.command,
                initial_delay_seconds=settings.initial_delay_seconds,
                period_seconds=settings.period_seconds,
                timeout_seconds=settings.timeout_seconds,
                failure_threshold=settings.failure_threshold,
                success_threshold=settings.success_threshold,
            )
        )


@remembered
def _settings(probe: Fields) -> _Settings:
    """With the defaults of the API; a startup or liveness probe must succeed once, readiness may ask for more."""
    handler = next((h for h in _HANDLERS if h in probe), None)
    target = part(probe, handler) if handler else _NOTHING
    return _Settings(
        handler=handler,
        http_path=(string(target, "path") or "/") if handler == "httpGet" else None,
        port=string(target, "port"),
        scheme=(string(target, "scheme") or "HTTP") if handler == "httpGet" else None,
        command=texts(target, "command"),
        initial_delay_seconds=float(number(probe, "initialDelaySeconds") or 0),
        period_seconds=float(number(probe, "periodSeconds") or 10),
        timeout_seconds=float(number(probe, "timeoutSeconds") or 1),
        failure_threshold=number(probe, "failureThreshold") or 3,
        success_threshold=number(probe, "successThreshold") or 1,
    )
