"""Every pattern of the library proves itself both ways, through the real pipeline."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

import pytest

from analyzer.analysis import screen_of
from analyzer.prove import prove
from patterns.load import load_library
from patterns.schema import CAUSES, STATUSES, Pattern

LIBRARY = load_library()
SCREEN = screen_of(LIBRARY)


@pytest.mark.parametrize("name", list(LIBRARY.patterns))
def test_the_examples_of_the_pattern_hold(name: str) -> None:
    assert [str(p) for p in prove(LIBRARY.patterns[name], LIBRARY, SCREEN)] == []


def test_every_cause_class_has_three_patterns() -> None:
    covered = Counter(p.cause for p in LIBRARY.patterns.values() if p.cause)
    assert sorted(c for classes in CAUSES.values() for c in classes if covered[c] < 3) == []


def test_no_two_patterns_share_a_sentence() -> None:
    owners: dict[str, list[str]] = defaultdict(list)
    for pattern in LIBRARY.patterns.values():
        for sentence in sentences_of(pattern):
            owners[sentence].append(pattern.id)
    assert {s: ids for s, ids in owners.items() if len(ids) > 1} == {}


def sentences_of(pattern: Pattern) -> set[str]:
    """What the pattern's texts say, one sentence each, but for those too short to be anyone's own."""
    prose = (pattern.summary, pattern.meaning, pattern.impact, *pattern.mitigation, *pattern.avoid, *pattern.prevent)
    said = {s.strip(" .").lower() for text in prose for s in re.split(r"[.:;!?] ", text)}
    return {s for s in said if len(s) > 25}


def test_every_pattern_has_a_known_stability() -> None:
    assert {p.status for p in LIBRARY.patterns.values()} <= set(STATUSES)
