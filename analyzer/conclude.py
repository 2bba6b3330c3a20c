"""From findings to the diagnosis: the failures, their ranked causes, and what stays open."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
from collections.abc import Sequence

from analyzer._version import __version__
from analyzer.also import also
from analyzer.cascade import quote, tell
from analyzer.case import Case
from analyzer.derive.dependents import dependencies
from analyzer.derive.facts import Facts, Owner
from analyzer.diagnosis import BundleFacts, Cause, Diagnosis, EvidenceLine, Finding, LibraryFacts, Unexplained
from analyzer.explained import explained
from analyzer.failures import Failure, failures
from analyzer.focus import EVERYTHING, Focus
from analyzer.levels import with_records
from analyzer.missing import missing
from analyzer.model import ENDS_EARLY, INTERNAL_ERROR, INTERRUPTED, Evidence, Record
from analyzer.quiet import calm, why_calm
from analyzer.rank import Ranked, rank
from analyzer.rule_out import ruled_out
from analyzer.secrets_held import secrets_held
from analyzer.seen import seen
from analyzer.timeline import timeline
from patterns.policy import Restarts
from patterns.read import OURS
from patterns.schema import Library

MOST_UNEXPLAINED = 1000
MOST_DRAWN = 10  # of those


def conclude(
    evidence: Evidence,
    findings: Sequence[Finding],
    library: Library,
    paths: Sequence[str],
    focus: Focus = EVERYTHING,
    expected: Sequence[Restarts] = (),
) -> Diagnosis:
    """The diagnosis of what was found in the bundle at `paths`; `expected` restarts are no failures."""
    facts = Facts.of(evidence)
    files, notes = evidence.files, evidence.notes
    looked_at = focus.chosen(failures(facts, findings, library, evidence.present), facts)
    failed = tuple(f for f in looked_at if not _is_expected(f, facts, expected))
    case = Case(
        facts=facts,
        findings=tuple(findings),
        library=library,
        failures=failed,
        files={f.path: f for f in files},
        dependencies=dependencies(facts) if failed else (),
        is_cut=_is_cut(evidence),
    )
    ranked = rank(case)
    causes = tuple(
        tell(n, r, case, ruled_out(r, [o for o in ranked if o is not r], case)) for n, r in enumerate(ranked, start=1)
    )
    unexplained = _unexplained(failed, ranked, facts)
    why = functools.cache(functools.partial(why_calm, case))
    causes, unexplained = with_records(causes, unexplained, facts.records)
    return Diagnosis(
        version=__version__,
        bundle=_bundle_facts(evidence, facts, paths),
        causes=causes,
        unexplained=unexplained,
        explained=explained(case, ranked, causes),
        calm=calm(case, ranked, why),
        missing=missing(facts, failed, files, _rests_on(causes, unexplained), next(iter(causes), None)),
        complete=all(f.status == "parsed" for f in files) and all(n.is_of_source for n in notes),
        files=files,
        notes=notes,
        has_failures=bool(failed),
        secrets=secrets_held(evidence.holders, facts, causes, unexplained),
        also=also(facts.records, causes, unexplained),
        seen=seen(case, ranked, why),
        library=_library_facts(library),
        broken_parts=broken_parts(evidence),
        timeline=timeline(facts, causes, unexplained[:MOST_DRAWN]),
    )


def broken_parts(evidence: Evidence) -> tuple[str, ...]:
    """What our own code failed on."""
    broken = (n for n in evidence.notes if n.problem.startswith(INTERNAL_ERROR))
    return tuple(f"{n.path}: {n.problem}".removeprefix(": ") for n in broken)


def _is_cut(evidence: Evidence) -> bool:
    """Whether an archive that is the bundle ends early, or its reading did; one inside it is a file, and listed."""
    listed = {f.path for f in evidence.files}
    early = (n for n in evidence.notes if ENDS_EARLY in n.problem and n.path not in listed)
    return any(early) or any(n.problem == INTERRUPTED for n in evidence.notes)


def _is_expected(failure: Failure, facts: Facts, expected: Sequence[Restarts]) -> bool:
    """Nothing but restarts, of a container that runs and is ready, within what the site expects."""
    ref = failure.about
    container = facts.container(Owner(ref.namespace, ref.pod, ref.container)) if expected and ref.pod else None
    if container is None or container.state != "running" or container.is_ready is False:
        return False
    return any(e.covers(ref.namespace, ref.pod, container.restart_count or 0) for e in expected)


def _unexplained(failed: Sequence[Failure], ranked: Sequence[Ranked], facts: Facts) -> tuple[Unexplained, ...]:
    known = frozenset().union(*(r.explains for r in ranked))
    left = [f for i, f in enumerate(failed) if i not in known]
    return tuple(
        Unexplained(title=f.title, about=f.about, evidence=quote(facts, f.record_ids))
        for f in sorted(left, key=lambda f: (-f.weight, f.about))[:MOST_UNEXPLAINED]
    )


def _library_facts(library: Library) -> LibraryFacts:
    patterns = [p for _, p in sorted(library.patterns.items())]
    told = "\n".join(f"{p.id} {p.role} {p.cause} {p.explains} {p.match}" for p in patterns)
    return LibraryFacts(
        patterns=len(patterns),
        causes=sum(p.role == "cause" for p in patterns),
        own=sum(not p.path.startswith(OURS) for p in patterns),
        digest=hashlib.sha256(told.encode()).hexdigest()[:12],
    )


def _rests_on(causes: Sequence[Cause], unexplained: Sequence[Unexplained]) -> list[EvidenceLine]:
    """The lines of each cause's own step, and those of the failures without a cause."""
    steps = [c.evidence[i] for c in causes for i in c.chain[0].evidence]
    return [*steps, *(line for lead in unexplained for line in lead.evidence)]


def _bundle_facts(evidence: Evidence, facts: Facts, paths: Sequence[str]) -> BundleFacts:
    first, last = _extremes(evidence.records)
    versions = sorted({n.kubelet_version for n in facts.nodes if n.kubelet_version})
    images = sorted({n.os_image for n in facts.nodes if n.os_image})
    return BundleFacts(
        paths=tuple(paths),
        layouts=evidence.layouts,
        collected_at=evidence.collected_at,
        first_timestamp=first,
        last_timestamp=last,
        kubernetes_version=versions[-1] if versions else None,
        platform=images[0] if images else None,
        pods=len(facts.pods),
        nodes=len(facts.nodes),
        namespaces=len({p.namespace for p in facts.pods}),
        clocks=evidence.clocks,
    )


def _extremes(records: Sequence[Record]) -> tuple[dt.datetime | None, dt.datetime | None]:
    """The first and the last instant that any of the records tells."""
    lasts = [r.timestamp for r in records if r.timestamp is not None]
    firsts = [r.first_timestamp for r in records if r.first_timestamp is not None]
    return min([*firsts, *lasts], default=None), max(lasts, default=None)
