"""A diagnosis as the document of the contract: `podtopsy/diagnosis/v1`."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence

from analyzer.diagnosis import SCHEMA, Cause, Detection, Diagnosis, EvidenceLine, Explained, ObjectRef, Unexplained
from analyzer.model import FileEntry


def document(diagnosis: Diagnosis) -> dict[str, object]:
    """The keys in the order of the contract; additions come after them."""
    facts, numbers = diagnosis.bundle, diagnosis.explained
    return {
        "schema": SCHEMA,
        "version": diagnosis.version,
        "bundle": {
            "paths": list(facts.paths),
            "layouts": list(facts.layouts),
            "collected_at": instant_text(facts.collected_at),
            "first_timestamp": instant_text(facts.first_timestamp),
            "last_timestamp": instant_text(facts.last_timestamp),
            "cluster": {
                "kubernetes_version": facts.kubernetes_version,
                "platform": facts.platform,
                "pods": facts.pods,
                "nodes": facts.nodes,
                "namespaces": facts.namespaces,
            },
            "clocks": [dataclasses.asdict(clock) for clock in facts.clocks],
        },
        "diagnoses": [_diagnosis(cause, diagnosis.detections) for cause in diagnosis.causes],
        "unexplained": [_unexplained(lead) for lead in diagnosis.unexplained],
        "explained": {
            "window": [instant_text(t) for t in numbers.window] if numbers.window else None,
            "warnings": numbers.warnings,
            "explained": numbers.explained,
            "share": _share(numbers),
            "pods": numbers.pods,
            "events": numbers.events,
            "lines": numbers.lines,
            "restarts": numbers.restarts,
        },
        "missing": [
            {"what": gap.what, "state": gap.state, "because": gap.because, "command": gap.command}
            for gap in diagnosis.missing
        ],
        "complete": diagnosis.complete,
        "files": [file_document(entry) for entry in sorted(diagnosis.files, key=lambda f: f.path)],
        "notes": [
            {"path": n.path, "line": n.line, "problem": n.problem, "count": n.count, "is_of_source": n.is_of_source}
            for n in sorted(diagnosis.notes, key=lambda n: (n.path, n.line or 0, n.problem, n.count))
        ],
        "calm": [{"title": c.title, "because": c.because, "count": c.count} for c in diagnosis.calm],
        "has_failures": diagnosis.has_failures,
        "also": {"records": [_unexplained(lead) for lead in diagnosis.also.records], "hidden": diagnosis.also.hidden},
        "broken_parts": list(diagnosis.broken_parts),
        "detections": [_detection(detection) for detection in diagnosis.detections],
        "timeline": _plain(diagnosis.timeline),
        "masked": [{"kind": m.kind, "values": m.values, "places": m.places} for m in diagnosis.masked],
        "secrets": _plain(diagnosis.secrets),
        "seen": [_plain(row) for row in diagnosis.seen],
        "library": _plain(diagnosis.library),
    }


def detection_document(detection: Detection) -> dict[str, object]:
    """A CRE rule that holds; the first keys are those of `podtopsy cre run`."""
    return {
        "id": detection.id,
        "title": detection.title,
        "count": detection.count,
        "first_seen": instant_text(detection.first_seen),
        "evidence": [
            {"path": e.path, "line": e.line, "timestamp": instant_text(e.timestamp), "text": e.text}
            for e in detection.evidence
        ],
        "last_seen": instant_text(detection.last_seen),
        "severity": detection.severity or None,
        **_about(detection.about),
        "description": detection.description,
        "cause": detection.cause,
        "impact": detection.impact,
        "mitigation": detection.mitigation,
        "references": list(detection.references),
        "diagnoses": list(detection.diagnoses),
    }


def _detection(detection: Detection) -> dict[str, object]:
    """The same with all that a report is made of."""
    lines = [_evidence(line) for line in detection.evidence]
    return {**detection_document(detection), "evidence": lines, "object": _object(detection.about)}


def _share(numbers: Explained) -> float | None:
    """None where nothing failed: there is nothing to explain."""
    return round(numbers.explained / numbers.warnings, 4) if numbers.window and numbers.warnings else None


def _diagnosis(cause: Cause, detections: Sequence[Detection]) -> dict[str, object]:
    victims = {(v.namespace or "", v.pod or "", v.container or "", v.node or "") for v in cause.victims}
    return {
        "rank": cause.rank,
        "cause": cause.cause,
        "pattern": cause.pattern,
        "title": cause.title,
        "summary": cause.summary,
        "confidence": round(cause.confidence, 4),
        **_about(cause.about),
        "workload": {"kind": cause.workload[0], "name": cause.workload[1]} if cause.workload else None,
        "victims": [
            {"namespace": ns or None, "pod": pod or None, "container": container or None, "node": node or None}
            for ns, pod, container, node in sorted(victims)
        ],
        "first_seen": instant_text(cause.first_seen),
        "last_seen": instant_text(cause.last_seen),
        "chain": [
            {"role": s.role, "title": s.title, "timestamp": instant_text(s.timestamp), "evidence": list(s.evidence)}
            for s in cause.chain
        ],
        "score": [{"name": t.name, "value": round(t.value, 4), "because": t.because} for t in cause.score],
        "evidence": [_evidence(line) for line in cause.evidence],
        "ruled_out": [{"cause": r.cause, "because": r.because} for r in cause.ruled_out],
        "diagnosis": list(cause.diagnosis),
        "mitigation": list(cause.mitigation),
        "verify": list(cause.verify),
        "avoid": list(cause.avoid),
        "prevent": list(cause.prevent),
        "severity": cause.severity,
        "meaning": cause.meaning,
        "impact": cause.impact,
        "references": list(cause.references),
        "object": _object(cause.about),
        "detections": [detection.id for detection in detections if cause.rank in detection.diagnoses],
        "patch": [_plain(p) for p in cause.patch],
        "counterfactuals": [_plain(c) for c in cause.counterfactuals],
    }


def _unexplained(lead: Unexplained) -> dict[str, object]:
    return {
        "title": lead.title,
        **_about(lead.about),
        "evidence": [_evidence(line) for line in lead.evidence],
        "object": _object(lead.about),
    }


def _about(about: ObjectRef) -> dict[str, object]:
    node = about.node or (about.name if about.kind == "Node" else "")
    return {
        "namespace": about.namespace or None,
        "pod": about.pod or None,
        "container": about.container or None,
        "node": node or None,
    }


def _object(about: ObjectRef) -> dict[str, object]:
    """What the flat parts do not tell; here the node of a Node is not repeated."""
    return {"kind": about.kind or None, "name": about.name or None, "node": about.node or None}


def _evidence(line: EvidenceLine) -> dict[str, object]:
    return {
        "path": line.path,
        "line": line.line,
        "timestamp": instant_text(line.timestamp),
        "source": line.source,
        "text": line.text,
        "before": list(line.before),
        "after": list(line.after),
        "timestamp_error_seconds": line.timestamp_error_seconds,
        "level": line.level,
    }


def file_document(entry: FileEntry) -> dict[str, object]:
    """A file of the ledger, its lines counted as the bundle stores them.

    Where they are not text as it stands (compressed, an archive, UTF-16), `content` counts the text taken out of it.
    """
    stored, left = entry.stored_lines, entry.stored_skipped
    counts = {"lines": entry.lines, "parsed": entry.parsed, "unparsed": entry.unparsed, "skipped": entry.skipped}
    own = counts if entry.coding is None else {"lines": stored, "parsed": stored - left, "unparsed": 0, "skipped": left}
    return {
        "path": entry.path,
        "layout": entry.layout,
        "format": entry.format,
        "bytes": entry.bytes,
        "status": entry.status,
        "reason": entry.reason,
        **own,
        "records": entry.records,
        "first_timestamp": instant_text(entry.first_timestamp),
        "last_timestamp": instant_text(entry.last_timestamp),
        "why": entry.why,
        "duplicates": entry.duplicates,
        "sample": entry.sample,
        "sample_line": entry.sample_line,
        "namespace": entry.namespace,
        "pod": entry.pod,
        "container": entry.container,
        "node": entry.node,
        "instance": entry.instance,
        "content": {"coding": entry.coding, "bytes": entry.content_bytes, **counts} if entry.coding else None,
    }


def _plain(value: object) -> object:
    """A dataclass field by field, under the fields' own names; what it holds likewise."""
    if isinstance(value, dt.datetime):
        return instant_text(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if dataclasses.is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    return value


def instant_text(instant: dt.datetime | None) -> str | None:
    """RFC 3339 in UTC; microseconds only where there are any."""
    if instant is None:
        return None
    utc = instant.astimezone(dt.UTC) if instant.tzinfo else instant
    return (
        f"{utc.replace(microsecond=0, tzinfo=None).isoformat()}{f'.{utc.microsecond:06d}' if utc.microsecond else ''}Z"
    )
