"""Detections as `podtopsy cre run` prints them."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from analyzer import wording
from analyzer.cre.detection import Detection, Proof
from analyzer.document import instant_text
from reports.visible import one_line

SHOWN_LINES = 5  # of the evidence, in text


def as_json(detections: Sequence[Detection]) -> str:
    """{"detections": [...]}, indented by two, with a line feed at the end."""
    document = {"detections": [detection_document(d) for d in detections]}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def detection_document(detection: Detection) -> dict[str, object]:
    """One detection as JSON has it."""
    return {
        "id": detection.rule.id,
        "title": detection.rule.title,
        "count": detection.count,
        "first_seen": instant_text(detection.first_seen),
        "evidence": [_proof_document(proof) for proof in detection.evidence],
    }


def _proof_document(proof: Proof) -> dict[str, object]:
    return {
        "path": proof.path,
        "line": proof.line,
        "timestamp": instant_text(proof.timestamp),
        "text": proof.text.encode("utf-8", "backslashreplace").decode(),
    }


def as_text(detections: Sequence[Detection]) -> str:
    """One block a detection, ending in a line feed."""
    if not detections:
        return "No rule holds.\n"
    lines: list[str] = []
    for detection in detections:
        rule = detection.rule
        severity = f" ({rule.severity})" if rule.severity else ""
        seen = instant_text(detection.first_seen)
        when = f", first at {seen}" if seen else ""
        lines.append(f"{rule.id}{severity} {one_line(rule.title)}: {wording.count(detection.count, 'match', 'matches')}{when}")
        lines += [f"  {p.path}:{p.line}: {one_line(p.text[:400])}" for p in detection.evidence[:SHOWN_LINES]]
        more = len(detection.evidence) - SHOWN_LINES
        if more > 0:
            lines.append(f"  and {wording.count(more, 'more line')}")
        for label, text in (("cause", rule.cause), ("impact", rule.impact), ("mitigation", rule.mitigation)):
            if text:
                lines.append(f"  {label}: {one_line(' '.join(text.split()))}")
    return "\n".join(lines) + "\n"
