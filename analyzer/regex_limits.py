"""Which pattern's regex was refused, or took too long, with its file and line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from analyzer.model import Evidence, Note
from analyzer.screen import MATCH_SECONDS, Screen, ScreenError
from patterns.schema import Library, Pattern, Problem, Selector


def refused(error: ScreenError, expressions: Sequence[str], library: Library) -> list[Problem]:
    """The expressions that do not compile, as problems of the patterns that hold them."""
    return [
        Problem(pattern.path, selector.line, "match.message", f"does not compile: {reason}")
        for index, reason in error.problems
        if index < len(expressions)
        for pattern, selector in _holders(expressions[index], library)
    ]


def with_slow(evidence: Evidence, library: Library, screen: Screen) -> Evidence:
    """The evidence with a note for each regex that took longer than it may on some text."""
    notes = tuple(
        Note(
            path=pattern.path,
            line=selector.line,
            problem=f"the regex of {pattern.id} took more than {MATCH_SECONDS:g} s on a text, which counts as no match",
            count=times,
        )
        for index, times in sorted(screen.slow.items())
        for pattern, selector in _holders(screen.expressions[index], library)
    )
    return replace(evidence, notes=(*evidence.notes, *notes)) if notes else evidence


def _holders(expression: str, library: Library) -> Iterator[tuple[Pattern, Selector]]:
    for pattern in library.patterns.values():
        for selector in pattern.match.selectors:
            if selector.message == expression:
                yield pattern, selector
