"""Every pattern of the library proves itself both ways, through the real pipeline."""

from __future__ import annotations

import pytest

from analyzer.analysis import screen_of
from analyzer.prove import prove
from patterns.load import load_library
from patterns.schema import CAUSES, STATUSES

LIBRARY = load_library()
SCREEN = screen_of(LIBRARY)


@pytest.mark.parametrize("name", list(LIBRARY.patterns))
def test_the_examples_of_the_pattern_hold(name: str) -> None:
    assert [str(p) for p in prove(LIBRARY.patterns[name], LIBRARY, SCREEN)] == []


def test_every_cause_class_has_a_pattern() -> None:
    covered = {p.cause for p in LIBRARY.patterns.values() if p.cause}
    assert sorted({c for classes in CAUSES.values() for c in classes} - covered) == []


def test_no_two_patterns_share_a_sentence() -> None:
    seen: dict[str, str] = {}
    shared = []
    for pattern in LIBRARY.patterns.values():
        texts = (pattern.meaning, pattern.impact, *pattern.mitigation, *pattern.avoid, *pattern.prevent)
        for sentence in {s.strip() for text in texts for s in text.split(". ") if len(s) > 40}:
            if sentence in seen:
                shared.append((seen[sentence], pattern.id, sentence))
            seen[sentence] = pattern.id
    assert shared == []


def test_every_pattern_has_a_known_stability() -> None:
    assert {p.status for p in LIBRARY.patterns.values()} <= set(STATUSES)
