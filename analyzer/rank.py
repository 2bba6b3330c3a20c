"""Findings to ranked causes: which failure each one explains, how well, and which one is behind the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from analyzer.case import Case
from analyzer.derive.dependents import Dependency
from analyzer.derive.facts import Facts, Owner
from analyzer.diagnosis import Finding, ObjectRef, ScoreTerm
from analyzer.failures import is_known_well
from analyzer.model import LOG_SOURCES
from analyzer.places import Places
from analyzer.providers import provider_of, provides
from analyzer.relate import Nearness, Workload, joined, workload_of
from analyzer.score import CUT, confidence, score
from analyzer.stages import is_past
from patterns.schema import CAUSES, Pattern

CLOSE = 0.5  # nearness from which a finding explains a failure, rather than standing in the same bundle
WEAKER_BY = 0.9  # how much weaker a cause may score and still stand behind what it explains
MOST_CAUSES = 10
PASSED_ON = frozenset(
    {
        "dependency-unreachable",
        "dns-failure",
        "init-container-blocked",
        "app-crash",
        "dependency-refuses",
        "probe-timeout",
        "probe-wrong-endpoint",
    }
)
"""Classes that a caller shows when what it calls has failed for a cause of its own."""
NODE_CAUSES = frozenset({*CAUSES["node"], "oom-node", "node-pressure-eviction"})
"""Classes of a node's own troubles: all that one of them does on one node is one incident."""
ALTERNATIVE = 0.45  # what is left of the confidence of a cause whose failures a better one explains


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A cause pattern seen near a failure, weighed."""

    pattern: Pattern
    finding: Finding
    explains: frozenset[int]  # the failures it is close to, or all it is near when it is close to none
    is_close: bool  # to any of them
    terms: tuple[ScoreTerm, ...]
    total: float  # the sum of the score's terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """One incident: the leading candidate, others that say the same, and those that follow from it."""

    lead: Candidate
    same: tuple[Candidate, ...]
    consequences: tuple[Candidate, ...]
    explains: frozenset[int]
    confidence: float
    is_alternative: bool  # a better cause explains all that this one does
    near: Mapping[int, Nearness] = field(default_factory=dict)  # index of a failure -> how near the lead is to it


def rank(case: Case) -> tuple[Ranked, ...]:
    """The causes, best first; empty when nothing has failed."""
    places = Places.of(case)
    known: dict[frozenset[int], frozenset[int]] = {}  # what the pods of one workload explain is in memory once
    candidates = [c for f in case.findings if (c := _candidate(f, case, places, known))]
    leads, consequences = _behind(candidates, places)
    groups = [_group(members, consequences) for members in _incidents(leads, case.facts)]
    return tuple(replace(g, near=_near(g.lead.finding, places)) for g in _in_order(groups)[:MOST_CAUSES])


def _candidate(
    finding: Finding, case: Case, places: Places, known: dict[frozenset[int], frozenset[int]]
) -> Candidate | None:
    pattern = case.library.patterns[finding.pattern]
    if pattern.role != "cause" or all(is_past(case.facts.records[i], case.facts) for i in finding.record_ids):
        return None
    near = _near(finding, places)
    close = frozenset(i for i, n in near.items() if n.value >= CLOSE)
    if not near or (not close and is_known_well(case.facts, finding.about)):
        return None
    terms = score(pattern, finding, near, case)
    explains = close or frozenset(near)
    return Candidate(
        pattern=pattern,
        finding=finding,
        explains=known.setdefault(explains, explains),
        is_close=bool(close),
        terms=terms,
        total=_total(terms),
    )


def _near(finding: Finding, places: Places) -> dict[int, Nearness]:
    """The failures that a finding may explain."""
    about, case = finding.about, places.case
    mine = workload_of(case.facts, about)
    near = {i: n for i in places.around(about) if (n := _nearness(places, about, mine, i))}
    if _is_word_of_a_well_one(finding, case.facts):
        # of its siblings, that is: what it says in its own log did not bring it down
        near = {i: n for i, n in near.items() if not _is_sibling(about, case.failures[i].about, case.facts)}
    return near


def _is_word_of_a_well_one(finding: Finding, facts: Facts) -> bool:
    """The log of a container whose state is known, and good."""
    about = finding.about
    owner = Owner(about.namespace, about.pod, about.container)
    if not about.pod or facts.container(owner) is None or facts.is_failing(owner):
        return False
    return all(facts.records[i].source in LOG_SOURCES for i in finding.record_ids)


def _is_sibling(one: ObjectRef, other: ObjectRef, facts: Facts) -> bool:
    """Another pod of the same workload."""
    mine = workload_of(facts, one)
    return mine is not None and one.name != other.name and mine == workload_of(facts, other)


def _total(terms: Sequence[ScoreTerm]) -> float:
    return round(sum(t.value for t in terms), 4)


def _nearness(places: Places, finding: ObjectRef, mine: Workload | None, number: int) -> Nearness | None:
    """How near, also along a call: a finding on the pod that the failed container calls in vain, or on its node."""
    failure = places.case.failures[number].about
    near = joined(places.case.facts, finding, failure, mine, places.workloads[number])
    for dependency in places.calls_from(failure) if places.case.dependencies else ():
        is_caller = failure.container in ("", dependency.caller.container) or not dependency.caller.container
        if is_caller and _is_on(finding, dependency, places.case):
            called = Nearness(CLOSE, f"pod {dependency.pod.pod}, which {dependency.caller.container} calls")
            return max((n for n in (near, called) if n), key=lambda n: n.value)
    return near


def _is_on(finding: ObjectRef, dependency: Dependency, case: Case) -> bool:
    if finding.pod:
        return Owner(finding.namespace, finding.pod) == dependency.pod
    pod = case.facts.pod(dependency.pod)
    return bool(finding.node) and pod is not None and pod.node == finding.node


def _behind(
    candidates: Sequence[Candidate], places: Places
) -> tuple[list[Candidate], dict[tuple[str, ObjectRef], list[Candidate]]]:
    """Candidates that nothing explains, and for each of those the ones that follow from it."""
    followed: dict[tuple[str, ObjectRef], list[Candidate]] = defaultdict(list)
    leads = []
    together = _together(candidates)
    strongest = {explained: _strongest(others) for explained, others in together.items()}
    for candidate in candidates:
        behind = [c for c in strongest[candidate.explains] if _stands_behind(c, candidate, places)]
        if candidate.pattern.cause in PASSED_ON and places.calls_from(candidate.finding.about):
            behind += [c for c in together[candidate.explains] if _is_called(c, candidate, places)]
        if behind:
            best = max(behind, key=_strength)
            followed[_key(best)].append(candidate)
        else:
            leads.append(candidate)
    leads = _with_providers(leads, followed, places.case.facts)
    return [_credited(c, followed.get(_key(c), [])) for c in leads], followed


def _with_providers(
    leads: Sequence[Candidate], followed: dict[tuple[str, ObjectRef], list[Candidate]], facts: Facts
) -> list[Candidate]:
    """The leads, without those that only miss a part of the cluster which another lead is about."""
    above: dict[tuple[str, ObjectRef], Candidate] = {}
    parts = [lead for lead in leads if provider_of(lead.finding.about) is not None]  # few, where leads are thousands
    for lead in leads:
        behind = [c for c in parts if c is not lead and _provides(c, lead, facts)]
        if behind:
            above[_key(lead)] = max(behind, key=_strength)
    more: dict[tuple[str, ObjectRef], frozenset[int]] = {}
    for lead in leads:
        first = _key(_first(lead, above))
        if first != _key(lead):
            followed[first] += [lead, *followed.pop(_key(lead), [])]
            more[first] = more.get(first, frozenset()) | lead.explains
    left = [lead for lead in leads if _first(lead, above) is lead]
    return [replace(c, explains=c.explains | more[_key(c)]) if _key(c) in more else c for c in left]


def _first(lead: Candidate, above: Mapping[tuple[str, ObjectRef], Candidate]) -> Candidate:
    """What stands at the beginning: network and DNS may miss each other, and then the stronger one does."""
    chain = [lead]
    while (behind := above.get(_key(chain[-1]))) is not None:
        if behind in chain:
            return max(chain[chain.index(behind) :], key=_strength)
        chain.append(behind)
    return chain[-1]


def _strength(candidate: Candidate) -> tuple[float, str, ObjectRef]:
    return candidate.total, candidate.pattern.id, candidate.finding.about


def _provides(cause: Candidate, consequence: Candidate, facts: Facts) -> bool:
    if consequence.finding.is_by_words or cause.total < consequence.total - WEAKER_BY:
        return False
    said = " ".join(facts.records[i].message for i in consequence.finding.record_ids)
    return provides(cause.finding.about, consequence.finding.about, consequence.pattern.cause or "", said)


def _together(candidates: Sequence[Candidate]) -> dict[frozenset[int], list[Candidate]]:
    """For each set of failures that a candidate explains, the candidates that explain any of those."""
    alike: dict[frozenset[int], list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        alike[candidate.explains].append(candidate)
    sets_of: dict[int, list[frozenset[int]]] = defaultdict(list)
    for explained in alike:
        for failure in explained:
            sets_of[failure].append(explained)
    found: dict[frozenset[int], list[Candidate]] = {}
    for explained in alike:
        others = dict.fromkeys(other for failure in sorted(explained) for other in sets_of[failure])
        found[explained] = [candidate for other in others for candidate in alike[other]]
    return found


def _strongest(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Of each pattern the strongest: what holds for another one of it holds for that one, too."""
    best: dict[str, Candidate] = {}
    for candidate in sorted(candidates, key=_strength):
        best[candidate.pattern.id] = candidate
    return list(best.values())


def _key(candidate: Candidate) -> tuple[str, ObjectRef]:
    return candidate.pattern.id, candidate.finding.about


def _stands_behind(cause: Candidate, consequence: Candidate, places: Places) -> bool:
    """Whether the cause, which explains a failure that the consequence explains too, led to it as patterns have it."""
    is_explained = consequence.pattern.id in places.case.library.reach[cause.pattern.id]
    return is_explained and cause.total >= consequence.total - WEAKER_BY


def _is_called(cause: Candidate, consequence: Candidate, places: Places) -> bool:
    """The cause sits in the pod that the other one's pod calls in vain, or on its node."""
    caller = consequence.finding.about
    if not caller.pod:
        return False
    return any(_is_on(cause.finding.about, d, places.case) for d in places.calls_from(caller))


def _credited(candidate: Candidate, consequences: Sequence[Candidate]) -> Candidate:
    is_guess = candidate.finding.is_by_words or any(term.name == CUT for term in candidate.terms)
    if not consequences or is_guess:  # what a guess explains makes it no surer
        return candidate
    names = ", ".join(dict.fromkeys(c.pattern.id for c in consequences))
    term = ScoreTerm(name="explains", value=0.3, because=f"it accounts for {names}, also seen")
    terms = (*candidate.terms, term)
    return replace(candidate, terms=terms, total=_total(terms))


def _incidents(leads: Sequence[Candidate], facts: Facts) -> list[list[Candidate]]:
    """Candidates of one cause class that hit one workload, one node, or name the very same thing."""
    groups: dict[tuple[object, ...], list[Candidate]] = defaultdict(list)
    for lead in leads:
        groups[_incident_key(lead, facts)].append(lead)
    merged: dict[tuple[object, ...], list[Candidate]] = defaultdict(list)
    for key, members in groups.items():
        captures = max(members, key=lambda c: c.total).finding.captures
        merged[(key[0], captures) if captures else key] += members
    return list(merged.values())


def _incident_key(candidate: Candidate, facts: Facts) -> tuple[object, ...]:
    ref = candidate.finding.about
    if candidate.pattern.cause in NODE_CAUSES and (node := _node_of(ref, facts)):
        return candidate.pattern.cause, node
    return candidate.pattern.cause, ref.namespace, workload_of(facts, ref) or (ref.kind, ref.name or ref.node)


def _node_of(ref: ObjectRef, facts: Facts) -> str | None:
    pod = facts.pod(Owner(ref.namespace, ref.pod)) if ref.pod else None
    return ref.node or (pod.node if pod is not None else None)


def _group(members: Sequence[Candidate], followed: Mapping[tuple[str, ObjectRef], Sequence[Candidate]]) -> Ranked:
    ordered = sorted(members, key=lambda c: (-c.total, c.pattern.status != "stable", c.pattern.id, c.finding.about))
    lead = ordered[0]
    return Ranked(
        lead=lead,
        same=tuple(ordered[1:]),
        consequences=tuple(c for m in ordered for c in followed.get(_key(m), ())),
        explains=frozenset().union(*(m.explains for m in ordered)),
        confidence=confidence(lead.terms),
        is_alternative=False,
    )


def _in_order(groups: Sequence[Ranked]) -> tuple[Ranked, ...]:
    """Each cause that explains something no better one does, best first; then the alternatives."""
    waiting = sorted(groups, key=lambda g: (-g.lead.total, g.lead.pattern.id, g.lead.finding.about))
    first: list[Ranked] = []
    others: list[Ranked] = []
    explained: set[int] = set()
    for group in waiting:
        is_new = bool(group.explains - explained) and (not explained or _is_close(group))
        if is_new and not (first and group.lead.pattern.status == "experimental"):
            first.append(group)
            explained |= group.explains
        else:
            others.append(replace(group, is_alternative=True, confidence=round(group.confidence * ALTERNATIVE, 2)))
    return (*first, *others)


def _is_close(group: Ranked) -> bool:
    return group.lead.is_close
