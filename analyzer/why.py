"""Why a pattern fired on a bundle, or what was not met: selector by selector."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analyzer.analysis import read, screen_of
from analyzer.bundle import Bundle
from analyzer.conclude import conclude
from analyzer.diagnosis import Diagnosis, Finding
from analyzer.find import find, holds
from analyzer.model import Record
from analyzer.screen import Screen
from patterns.schema import LOG_SOURCES, Library, Pattern, Selector
from reports.visible import one_line

PARTS = ("source", "reason", "message", "where")
MOST_LINES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one selector met."""

    selector: Selector
    records: tuple[Record, ...]  # that it holds for
    nearly: tuple[tuple[str, tuple[Record, ...]], ...]  # part that alone is not met, and the records it is not met by


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """One pattern against one bundle."""

    pattern: Pattern
    selectors: tuple[Seen, ...]
    findings: tuple[Finding, ...]
    is_apart: bool  # every selector of an `all` is met, but not by records near enough to each other
    outcome: str  # what became of the findings, as a sentence


def why(bundle: Bundle, library: Library, pattern: Pattern) -> Why:
    """The pattern's selectors over the bundle's records, and what the verdict made of its findings."""
    screen = screen_of(library)
    evidence = read(bundle, screen)
    records = evidence.records
    findings = find(evidence, library, screen)
    mine = tuple(f for f in findings if f.pattern == pattern.id)
    seen = tuple(_seen(selector, records, screen) for selector in pattern.match.selectors)
    diagnosis = conclude(evidence, findings, library, bundle.paths)
    return Why(
        pattern=pattern,
        selectors=seen,
        findings=mine,
        is_apart=pattern.match.is_all and not mine and all(s.records for s in seen),
        outcome=_outcome(pattern, mine, diagnosis),
    )


def _seen(selector: Selector, records: Sequence[Record], screen: Screen) -> Seen:
    is_screened = selector.message is not None and not selector.is_of_joins
    number = screen.expressions.index(selector.message) if is_screened and selector.message else -1
    met: list[Record] = []
    nearly: dict[str, list[Record]] = {}
    for record in records:
        is_matched = number < 0 or number in screen.match(record.message)
        unmet = [part for part in PARTS if not holds(selector, record, part, is_matched)]
        if not unmet:
            met.append(record)
        elif len(unmet) == 1 and _is_telling(selector, unmet[0]):
            nearly.setdefault(unmet[0], []).append(record)
    found = tuple((part, tuple(nearly[part])) for part in PARTS if part in nearly)
    return Seen(selector=selector, records=tuple(met), nearly=found)


def _is_telling(selector: Selector, unmet: str) -> bool:
    """Whether meeting all the other parts says something: a source alone is met by thousands."""
    return (
        unmet in ("source", "where")
        or (unmet == "message" and bool(selector.reasons))
        or (unmet == "reason" and selector.message is not None)
    )


def _outcome(pattern: Pattern, findings: Sequence[Finding], diagnosis: Diagnosis) -> str:
    if not findings:
        return "No object has what it asks for."
    if pattern.role == "symptom":
        return "It is a symptom: it becomes a step of the cascade of a cause, never a diagnosis."
    ranked = next((c for c in diagnosis.causes if c.pattern == pattern.id), None)
    if ranked is not None:
        return f"It is diagnosis {ranked.rank}, with confidence {ranked.confidence:.2f}."
    for cause in diagnosis.causes:
        if any(step.title == pattern.title for step in cause.chain):
            return f"It is a step of diagnosis {cause.rank} ({cause.pattern}), which explains it."
    for calm in diagnosis.calm:
        if calm.title == pattern.title:
            return f"It is no incident: {calm.because}."
    if not diagnosis.has_failures:
        return "It is no diagnosis: nothing in this bundle is in a bad state."
    return "It is no diagnosis: no failure here is near enough to it, or other causes account for all of them."


def as_text(told: Why) -> str:
    """For people: each selector with what it met, the nearest misses, and the outcome."""
    pattern = told.pattern
    verb = f"fired, on {len(told.findings)} object{'s'[: len(told.findings) != 1]}" if told.findings else "did not fire"
    lines = [f"{pattern.id}: {verb}", told.outcome, ""]
    kind = "all of" if pattern.match.is_all else "any of"
    lines.append(f"It asks for {kind} these:")
    for n, seen in enumerate(told.selectors, start=1):
        lines += ["", f"  {n}. {_asked(seen.selector)}", *_met(seen)]
    if told.is_apart:
        within = f" within {pattern.match.within_seconds:g} s" if pattern.match.within_seconds else ""
        lines += ["", f"Each is met, but not{within} on one {pattern.match.on}."]
    if not told.findings and any(set(s.selector.sources) & set(LOG_SOURCES) for s in told.selectors):
        lines += ["", "Of logs only those lines are kept that some pattern's message matches: try `podtopsy patterns",
                  "list --regex` with ripgrep on the file when a line that should match is not listed."]  # fmt: skip
    return "\n".join(lines)


def _asked(selector: Selector) -> str:
    parts = [f"source {', '.join(selector.sources)}"]
    if selector.reasons:
        parts.append(f"reason {', '.join(selector.reasons)}")
    if selector.message is not None:
        parts.append(f"message {selector.message}")
    parts += [f"{column} {', '.join(map(str, values))}" for column, values in selector.where]
    return "; ".join(parts)


def _met(seen: Seen) -> Iterable[str]:
    yield f"     met by {_records(len(seen.records))}"
    yield from _quoted(seen.records)
    for part, records in seen.nearly:
        yield f"     all but its {part} by {_records(len(records))}{_told(part, records)}"
        yield from _quoted(records)


def _records(number: int) -> str:
    return f"{number:,} record{'s'[: number != 1]}"


def _told(part: str, records: Sequence[Record]) -> str:
    if part not in ("source", "reason"):
        return ""
    values = sorted({str(getattr(r, part)) for r in records})
    return f", whose {part} is {', '.join(values[:MOST_LINES])}"


def _quoted(records: Sequence[Record]) -> Iterable[str]:
    for record in records[:MOST_LINES]:
        yield f"       {one_line(record.path)}:{record.line}"
        yield f"         {one_line(record.text or record.message)[:160]}"
    if len(records) > MOST_LINES:
        yield f"       and {len(records) - MOST_LINES:,} more"
