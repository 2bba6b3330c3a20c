"""CRE rules that hold, in words: as `podtopsy cre run` prints them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from analyzer import wording
from analyzer.diagnosis import Detection
from analyzer.document import instant_text
from reports.visible import one_line

SHOWN_LINES: Final = 5  # of the evidence, in text


def as_text(detections: Sequence[Detection]) -> str:
    """One block a detection, ending in a line feed."""
    if not detections:
        return "No rule holds.\n"
    lines: list[str] = []
    for found in detections:
        severity = f" ({found.severity})" if found.severity else ""
        seen = instant_text(found.first_seen)
        matches = wording.count(found.count, "match", "matches")
        lines.append(f"{found.id}{severity} {one_line(found.title)}: {matches}{f', first at {seen}' if seen else ''}")
        lines += [f"  {e.path}:{e.line}: {one_line(e.text[:400])}" for e in found.evidence[:SHOWN_LINES]]
        more = len(found.evidence) - SHOWN_LINES
        if more > 0:
            lines.append(f"  and {wording.count(more, 'more line')}")
        for label, text in (("cause", found.cause), ("impact", found.impact), ("mitigation", found.mitigation)):
            if text:
                lines.append(f"  {label}: {one_line(' '.join(text.split()))}")
    return "\n".join(lines) + "\n"
