"""CRE detections beside our own diagnosis: which of them speak of the same thing."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Final

from analyzer.diagnosis import Cause, Detection, Diagnosis, ObjectRef
from analyzer.model import Note

NEAR: Final = dt.timedelta(minutes=10)  # before and behind what a diagnosis covers


def beside(diagnosis: Diagnosis, detections: Sequence[Detection], notes: Sequence[Note] = ()) -> Diagnosis:
    """The diagnosis with the detections, each with the ranks of the diagnoses that it supports.

    `notes` say which rules could not be judged on every line.
    """
    told = (dataclasses.replace(d, diagnoses=_supported(d, diagnosis.causes)) for d in detections)
    return dataclasses.replace(
        diagnosis,
        detections=tuple(told),
        notes=(*diagnosis.notes, *notes),
        complete=diagnosis.complete and not notes,
    )


def _supported(detection: Detection, causes: Sequence[Cause]) -> tuple[int, ...]:
    return tuple(cause.rank for cause in causes if _same_thing(detection.about, cause) and _same_time(detection, cause))


def _same_thing(about: ObjectRef, cause: Cause) -> bool:
    """The container, pod or node of the detection is what the cause is about, or one of its victims."""
    hit = [cause.about, *(_victim(v.namespace, v.pod, v.container, v.node) for v in cause.victims)]
    if about.pod:
        return any(
            (o.namespace, o.pod) == (about.namespace, about.pod) and _agree(o.container, about.container) for o in hit
        )
    return bool(about.node) and any(o.node == about.node or (o.kind, o.name) == ("Node", about.node) for o in hit)


def _victim(namespace: str | None, pod: str | None, container: str | None, node: str | None) -> ObjectRef:
    return ObjectRef(namespace=namespace or "", kind="Pod", name=pod or "", container=container or "", node=node or "")


def _agree(one: str, other: str) -> bool:
    return not one or not other or one == other


def _same_time(detection: Detection, cause: Cause) -> bool:
    """They overlap, with a little room; what has no time speaks for nothing."""
    if not (detection.first_seen and detection.last_seen and cause.first_seen and cause.last_seen):
        return False
    return detection.first_seen <= cause.last_seen + NEAR and cause.first_seen - NEAR <= detection.last_seen
