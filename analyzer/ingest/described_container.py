"""One container of a describe text: its keys, states, probes, environment and mounts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from analyzer import timestamps
from analyzer.ingest import confidential, quantity, statuses
from analyzer.ingest.containers import shown_env
from analyzer.ingest.described import Line
from analyzer.ingest.gather import Gathered
from analyzer.ingest.statuses import Place
from analyzer.ingest.volumes import Volume
from analyzer.model import Container, Mount, Pod, Probe, Reference

_LISTS: Final = frozenset(
    {"Command", "Args", "State", "Last State", "Limits", "Requests", "Environment", "Mounts", "Devices",
     "Environment Variables from", "Environment Variables"}
)  # fmt: skip
CONTAINER_KEYS: Final = _LISTS | {
    "Container ID", "Image", "Image ID", "Port", "Ports", "Host Port", "Host Ports", "Ready", "Restart Count",
    "Liveness", "Readiness", "Startup", "SeccompProfile", "QoS Tier", "Restart Policy",
}  # fmt: skip
_STATE_KEYS: Final = frozenset({"Reason", "Message", "Exit Code", "Signal", "Started", "Finished"})

_MOUNT: Final = re.compile(r"(.{1,4096}) from (\S{1,253}) \((rw|ro)(?:,path=\"([^\"]*)\")?\)$")
_FROM_KEY: Final = re.compile(r"<set to the key '([^']{1,253})' (in secret|of config map) '([^']{1,253})'>(.*)$")
_ENV_FROM: Final = re.compile(r"(\S{1,253}) +(ConfigMap|Secret)(?: .*?Optional: +(true|false))?")
_TIMES: Final = re.compile(
    r"(?P<delay>\d{1,9})s {1,9}timeout=(?P<timeout>\d{1,9})s {1,9}period=(?P<period>\d{1,9})s"
    r" {1,9}#success=(?P<success>\d{1,6}) {1,9}#failure=(?P<failure>\d{1,6})"
)
_HTTP: Final = re.compile(r"(https?)://([^/:]*)(?::([\w-]*))?(/.*)?$")
_HANDLERS: Final = {"http-get": "httpGet", "tcp-socket": "tcpSocket", "exec": "exec", "grpc": "grpc"}
_PROBE_KEYS: Final = (("Startup", "startup"), ("Liveness", "liveness"), ("Readiness", "readiness"))


@dataclass(slots=True)
class Draft:
    """A container while its lines are being read."""

    name: str
    kind: str
    position: int
    line: int
    text: str  # the line itself
    values: dict[str, str] = field(default_factory=dict)  # "Image", "Last State/Reason", "Limits/memory"
    places: dict[str, Place] = field(default_factory=dict)
    lists: dict[str, list[Line]] = field(default_factory=dict)

    def value(self, key: str) -> str | None:
        """What stands behind the key; None for nothing and <none>."""
        found = self.values.get(key, "")
        return found if found not in ("", "<none>") else None

    def number(self, key: str) -> int | None:
        """The whole number behind the key."""
        found = self.values.get(key, "")
        return int(found) if found.lstrip("-").isdecimal() and len(found) < 12 else None

    def instant(self, key: str) -> dt.datetime | None:
        """The time behind the key."""
        return timestamps.parse_time(self.values.get(key, ""))

    def place(self, key: str) -> Place:
        """The line of the reason, else of the state itself, else of the container."""
        more = tuple(p for k in ("Message", "Exit Code") if (p := self.places.get(f"{key}/{k}")) is not None)
        reason = self.places.get(f"{key}/Reason")
        return replace(reason, more=more) if reason else self.places.get(key) or Place(self.line, "")


def drafts_of(lines: Sequence[Line], kind: str) -> list[Draft]:
    """The containers of a section; of a piece without a name, one container called ""."""
    drafts: list[Draft] = []
    context, context_indent = "", 0
    for position, line in enumerate(lines):
        if not line.plain:
            continue
        if _is_name(lines, position) and line.key is not None:
            drafts.append(Draft(line.key, kind, len(drafts), line.number, line.text))
            context = ""
            continue
        if not drafts:
            drafts.append(Draft("", kind, 0, line.number, line.text))
        draft = drafts[-1]
        in_context = bool(context) and line.indent > context_indent
        if context in ("State", "Last State") and _is_message(draft, context, line):
            draft.values[f"{context}/Message"] += "\n" + line.plain.strip()
        elif in_context:
            draft.lists.setdefault(context, []).append(line)
            if line.key is not None:
                draft.values[f"{context}/{line.key}"] = line.value
                draft.places[f"{context}/{line.key}"] = Place(line.number, line.text)
        elif line.key is not None:
            draft.values[line.key] = line.value
            draft.places[line.key] = Place(line.number, line.text)
            context, context_indent = (line.key, line.indent) if line.key in _LISTS else ("", 0)
    return [d for d in drafts if d.name or d.values]


def _split_reason(draft: Draft, state: str) -> tuple[str | None, str | None]:
    """Reason and message; kubelets before 1.10 put both into the reason: "PostStartHookError: command failed"."""
    reason, message = draft.value(f"{state}/Reason"), draft.value(f"{state}/Message")
    head, is_both, rest = (reason or "").partition(": ")
    return (head, message or rest) if is_both and head.isalpha() else (reason, message)


def _is_name(lines: Sequence[Line], position: int) -> bool:
    """A key without a value, above and left of the keys of a container."""
    line = lines[position]
    if line.key is None or line.value or line.key in CONTAINER_KEYS:
        return False
    following = next((other for other in lines[position + 1 : position + 4] if other.plain), None)
    return following is not None and following.indent > line.indent and following.key in CONTAINER_KEYS


def _is_message(draft: Draft, context: str, line: Line) -> bool:
    """Whether this is a further line of a termination message, which describe does not indent."""
    is_running = f"{context}/Message" in draft.values and f"{context}/Exit Code" not in draft.values
    return is_running and line.key not in _STATE_KEYS and line.key not in CONTAINER_KEYS


def add(draft: Draft, pod: Pod, volumes: dict[str, Volume], out: Gathered) -> None:
    """All rows of one container."""
    container = _container(draft, pod)
    described = draft.lists.get("Environment", [])
    told = confidential.of_pairs((line.key or "", line.value) for line in described)
    out.keep_secrets(told, confidential.in_container(container))
    out.containers.append(container)
    out.records.extend(statuses.of_container(container, pod, draft.place("State"), draft.place("Last State")))
    out.probes.extend(_probes(draft, container))
    out.references.extend(_references(draft, container))
    for line in draft.lists.get("Mounts", []):
        match = _MOUNT.match(line.plain.strip())
        if match is None:
            continue
        mount_path, name, mode, sub_path = match.groups()
        volume = volumes.get(name, Volume())
        out.mounts.append(
            Mount(
                namespace=pod.namespace,
                pod=pod.name,
                container=draft.name,
                container_kind=container.kind,
                volume=name,
                mount_path=mount_path,
                path=pod.path,
                line=line.number,
                volume_type=volume.type,
                referent=volume.referent,
                sub_path=sub_path,
                is_read_only=mode == "ro",
                is_optional=volume.is_optional,
                text=line.text,
            )
        )


def _container(draft: Draft, pod: Pod) -> Container:
    state, last = draft.value("State"), draft.value("Last State")
    identity = draft.value("Container ID")
    ready = draft.value("Ready")
    # A native sidecar is an init container that keeps running or has a probe (describe does not print restartPolicy).
    is_probed = any(draft.value(key) for key in ("Startup", "Liveness", "Readiness"))
    is_sidecar = draft.kind == "init" and (is_probed or (state == "Running" and ready == "True"))
    is_unstarted = is_sidecar and draft.value("Startup") is not None and ready == "False"
    env = [
        shown_env(line.key, None if line.value.startswith("<") else line.value)
        for line in draft.lists.get("Environment", [])
        if line.key
    ]
    return Container(
        namespace=pod.namespace,
        pod=pod.name,
        container=draft.name,
        path=pod.path,
        line=draft.line,
        text=draft.text,
        kind="sidecar" if is_sidecar else draft.kind,
        position=draft.position,
        node=pod.node,
        owner_kind=pod.owner_kind,
        owner_name=pod.owner_name,
        image=draft.value("Image"),
        is_ready=None if ready not in ("True", "False") else ready == "True",
        is_started=False if is_unstarted else None,
        restart_count=draft.number("Restart Count"),
        state=state.lower() if state in ("Waiting", "Running", "Terminated") else None,
        reason=_split_reason(draft, "State")[0],
        message=_split_reason(draft, "State")[1],
        exit_code=draft.number("State/Exit Code"),
        signal=draft.number("State/Signal"),
        started_at=draft.instant("State/Started"),
        finished_at=draft.instant("State/Finished"),
        last_reason=_split_reason(draft, "Last State")[0] if last == "Terminated" else None,
        last_message=_split_reason(draft, "Last State")[1],
        last_exit_code=draft.number("Last State/Exit Code"),
        last_started_at=draft.instant("Last State/Started"),
        last_finished_at=draft.instant("Last State/Finished"),
        container_id=identity.rpartition("//")[2] if identity else None,
        memory_limit_bytes=quantity.to_bytes(draft.value("Limits/memory")),
        memory_request_bytes=quantity.to_bytes(draft.value("Requests/memory")),
        cpu_limit_millicores=quantity.to_millicores(draft.value("Limits/cpu")),
        cpu_request_millicores=quantity.to_millicores(draft.value("Requests/cpu")),
        command=_words(draft, "Command"),
        args=_words(draft, "Args"),
        ports=tuple((draft.value("Ports") or draft.value("Port") or "").replace(",", " ").split()),
        env=tuple(env),
    )


def _words(draft: Draft, key: str) -> tuple[str, ...]:
    return tuple(line.plain.strip() for line in draft.lists.get(key, []))


def _probes(draft: Draft, container: Container) -> list[Probe]:
    out = []
    for key, name in _PROBE_KEYS:
        head, _, tail = draft.values.get(key, "").partition(" delay=")
        word, _, target = head.strip().partition(" ")
        handler, match = _HANDLERS.get(word), _TIMES.match(tail)
        if handler is None or match is None:
            continue
        http = _HTTP.match(target) if handler == "httpGet" else None
        port = http.group(3) if http else target.rpartition(":")[2] or None if handler != "exec" else None
        out.append(
            Probe(
                namespace=container.namespace,
                pod=container.pod,
                container=container.container,
                probe=name,
                path=container.path,
                line=draft.places[key].line,
                handler=handler,
                http_path=(http.group(4) or "/") if http else None,
                port=port or None,
                scheme=http.group(1).upper() if http else None,
                command=(target.strip("[]"),) if handler == "exec" else (),
                initial_delay_seconds=float(match["delay"]),
                period_seconds=float(match["period"]),
                timeout_seconds=float(match["timeout"]),
                failure_threshold=int(match["failure"]),
                success_threshold=int(match["success"]),
            )
        )
    return out


def _references(draft: Draft, container: Container) -> list[Reference]:
    """Keys of ConfigMaps and Secrets that the environment asks for."""
    needs: list[tuple[str, str, str | None, bool, str, int]] = []
    for line in draft.lists.get("Environment", []):
        match = _FROM_KEY.match(line.value)
        if match is not None:
            key, where, name, rest = match.groups()
            kind = "Secret" if "secret" in where else "ConfigMap"
            needs.append((kind, name, key, "Optional: true" in rest, f"env {line.key or ''}", line.number))
    for line in draft.lists.get("Environment Variables from", []):
        match = _ENV_FROM.match(line.plain.strip())
        if match is not None:
            name, kind, optional = match.groups()
            needs.append((kind, name, None, optional == "true", "envFrom", line.number))
    return [
        Reference(
            namespace=container.namespace,
            pod=container.pod,
            container=container.container,
            kind=kind,
            name=name,
            path=container.path,
            line=number,
            key=key,
            used_as=used_as,
            is_optional=is_optional,
        )
        for kind, name, key, is_optional, used_as, number in needs
    ]
