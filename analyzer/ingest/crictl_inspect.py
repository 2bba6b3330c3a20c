"""Reads what `crictl inspect` prints of a container: its last end as the runtime itself saw it.

Fields: k8s.io/cri-api/pkg/apis/runtime/v1/api.proto, ContainerStatus; labels:
k8s.io/kubernetes/pkg/kubelet/types/labels.go.
"""

from __future__ import annotations

from typing import Final

import orjson

from analyzer.ingest import statuses
from analyzer.ingest.fields import Fields, instant, integer, mapping, text
from analyzer.ingest.gather import Gathered, count_lines
from analyzer.ingest.harvest import Harvest
from analyzer.ingest.locate import Locator, Span
from analyzer.ingest.salvage import complete_objects
from analyzer.ingest.statuses import Place
from analyzer.model import Container
from analyzer.placement import Placement

NAME: Final = "crictl_inspect"
SAMPLE: Final = '{"status": {"id": "3f1c...", "state": "CONTAINER_EXITED", "exitCode": 137, "reason": "OOMKilled"}}'

_STATES: Final = {"CONTAINER_RUNNING": "running", "CONTAINER_EXITED": "terminated", "CONTAINER_CREATED": "waiting"}


def sniff(head: str, placement: Placement) -> bool:  # noqa: ARG001
    """Whether a container's status in the words of the runtime interface stands at the start."""
    start = head.removeprefix("\ufeff").lstrip()[:4096]
    return start.startswith(("{", "[")) and '"CONTAINER_' in start and '"status"' in start


def parse(raw: bytes, path: str, placement: Placement) -> Harvest:  # noqa: ARG001
    """One container a document; a document that is cut off or broken is unparsed."""
    out = Gathered(path)
    locator = Locator(raw)
    read = 0
    for start, end in complete_objects(raw, 0):
        document = _loaded(raw[start:end])
        if document is not None:
            _container(document, Span(start, end), locator, out)
            read = end
    return out.harvest(NAME, count_lines(raw), count_lines(raw[read:].lstrip(b" \t\r\n]")))


def _loaded(raw: bytes) -> Fields | None:
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None


def _container(document: Fields, span: Span, locator: Locator, out: Gathered) -> None:
    status, labels = mapping(document, "status"), mapping(document, "status", "labels")
    pod, name = (text(labels, f"io.kubernetes.{what}.name") for what in ("pod", "container"))
    if not pod or not name:
        return
    written = text(status, "state")
    state = _STATES.get(written or "")
    is_over = state == "terminated"
    code = integer(status, "exitCode") if is_over else None
    found = locator.find(span, "exitCode", str(code)) if is_over else locator.find(span, "state", written)
    place = locator.start(span) if found is None else found
    container = Container(
        namespace=text(labels, "io.kubernetes.pod.namespace"),
        pod=pod,
        container=name,
        path=out.path,
        line=locator.line(place),
        text=locator.text(place),
        state=state,
        reason=text(status, "reason") if is_over else None,
        message=text(status, "message") if is_over else None,
        exit_code=code,
        restart_count=integer(status, "metadata", "attempt"),
        started_at=instant(status, "startedAt"),
        finished_at=instant(status, "finishedAt") if is_over else None,
        container_id=text(status, "id"),
        image=text(status, "image", "image"),
    )
    out.containers.append(container)
    here = Place(container.line, container.text)
    out.records += statuses.of_container(container, None, here, here)
