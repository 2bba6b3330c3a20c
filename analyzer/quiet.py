"""Warnings that are no incident: what was seen, and why it does not count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from analyzer.case import Case
from analyzer.diagnosis import Calm, Finding
from analyzer.failures import is_known_well
from analyzer.rank import Ranked
from analyzer.recovery import has_recovered
from analyzer.stages import is_past

MOST = 10
Why = Callable[[Finding], str | None]


def calm(case: Case, ranked: Sequence[Ranked], why: Why) -> tuple[Calm, ...]:
    """The findings that no diagnosis rests on, by what they say and why that is past, most frequent first.

    `why` is `why_calm` of the case.
    """
    used = {c.finding for r in ranked for c in (r.lead, *r.same, *r.consequences)}
    failed = {f.about for f in case.failures}
    counts: Counter[tuple[str, str]] = Counter()
    for finding in case.findings:
        because = None if finding in used or finding.about in failed else why(finding)
        if because is not None:
            counts[case.library.patterns[finding.pattern].title, because] += finding.count
    found = sorted(counts.items(), key=lambda kv: (-kv[1], kv[0]))
    return tuple(Calm(title=title, because=because, count=count) for (title, because), count in found[:MOST])


def why_calm(case: Case, finding: Finding) -> str | None:
    """Why a finding that is about no failure is no incident, in words; None where it may be one."""
    if all(is_past(case.facts.records[i], case.facts) for i in finding.record_ids):
        return "the pod has passed that stage since"
    if has_recovered(case.facts, finding):
        return "it succeeded later"
    if is_known_well(case.facts, finding.about):
        return "what it is about is well now, or gone"
    return None
