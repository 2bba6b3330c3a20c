"""Everything that any pattern saw, with what became of it in the verdict."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from analyzer.case import Case
from analyzer.diagnosis import Finding, ObjectRef, Seen
from analyzer.quiet import Why
from analyzer.rank import Ranked
from analyzer.relate import workload_of

Group = tuple[str, tuple[str, str], str, int, str]  # pattern, workload, container, rank, part


def seen(case: Case, ranked: Sequence[Ranked], why: Why) -> tuple[Seen, ...]:
    """One row for each pattern and workload: what belongs to a diagnosis first, then the most frequent.

    `why` is `why_calm` of the case.
    """
    parts = _parts(ranked)
    worst_first = reversed(list(enumerate(ranked, 1)))  # the best rank is written last
    hurt = {(a.kind, a.name): n for n, r in worst_first for i in r.explains for a in (case.failures[i].about,)}
    failed = frozenset(f.about for f in case.failures)
    groups: dict[Group, list[Finding]] = defaultdict(list)
    for finding in case.findings:
        rank, part = parts.get(finding) or _part(case, finding, hurt, failed, why)
        about = finding.about
        workload = workload_of(case.facts, about) or (about.kind, about.name)
        groups[finding.pattern, workload, about.container, rank, part].append(finding)
    rows = [_row(case, key, findings) for key, findings in groups.items()]
    return tuple(sorted(rows, key=lambda s: (s.rank or len(ranked) + 1, -s.count, s.pattern, s.about, s.part)))


def _parts(ranked: Sequence[Ranked]) -> dict[Finding, tuple[int, str]]:
    """The findings that diagnoses are made of."""
    out: dict[Finding, tuple[int, str]] = {}
    for rank, r in enumerate(ranked, 1):
        for part, candidates in (("cause", (r.lead,)), ("agrees", r.same), ("follows", r.consequences)):
            for candidate in candidates:
                out.setdefault(candidate.finding, (rank, part))
    return out


def _part(
    case: Case, finding: Finding, hurt: Mapping[tuple[str, str], int], failed: frozenset[ObjectRef], why: Why
) -> tuple[int, str]:
    about = finding.about
    is_symptom = case.library.patterns[finding.pattern].role == "symptom"
    if is_symptom and about.name and (about.kind, about.name) in hurt:
        return hurt[about.kind, about.name], "symptom"
    if about in failed:
        return 0, "unexplained" if is_symptom else "open"
    because = why(finding)
    return 0, because if because is not None else "open"


def _row(case: Case, key: Group, findings: Sequence[Finding]) -> Seen:
    pattern = case.library.patterns[key[0]]
    first = case.facts.records[findings[0].record_ids[0]]
    return Seen(
        pattern=pattern.id,
        title=pattern.title,
        role=pattern.role,
        cause=pattern.cause or "",
        severity=pattern.severity,
        about=findings[0].about,
        objects=len({f.about for f in findings}),
        count=sum(f.count for f in findings),
        first_seen=min((t for f in findings if (t := f.first_seen)), default=None),
        last_seen=max((t for f in findings if (t := f.last_seen)), default=None),
        rank=key[3],
        part=key[4],
        path=first.path,
        line=first.line,
    )
