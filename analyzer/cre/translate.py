"""CRE rules as a finding stage of ours: what the screen must search for, and which rules hold for what it saw."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from analyzer.cre.correlate import groups
from analyzer.cre.evaluate import Hit, matches
from analyzer.cre.events import EventLine, event_lines
from analyzer.cre.proof import Proof
from analyzer.cre.rule import SEVERITIES, Condition, Rule, Term, leaves, terms_of
from analyzer.cre.sources import EVERYTHING, Binding
from analyzer.cre.terms import prover, screened_for
from analyzer.cre.timeline import EVENTS, Moment, Place, event_moments, hits_of, moments
from analyzer.diagnosis import Detection
from analyzer.model import Evidence, SoughtLine
from analyzer.screen import Sought

SHOWN_LINES: Final = 100  # of the evidence
_SEVERITY: Final = {name: number for number, name in enumerate(SEVERITIES)}

Found = list[tuple[Hit, ...]]  # matches of one condition


@dataclass(frozen=True, slots=True)
class Translation:
    """Rules with the terms that they ask for, each term once."""

    rules: tuple[Rule, ...]
    terms: tuple[Term, ...]
    binding: Binding

    @classmethod
    def of(cls, rules: Sequence[Rule], binding: Binding = EVERYTHING) -> Translation:
        """The terms in the order in which the rules name them."""
        asked = (term for rule in rules for leaf in leaves(rule.condition) for term in terms_of(leaf))
        return cls(tuple(rules), tuple(dict.fromkeys(asked)), binding)

    def sought(self) -> Sought:
        """What the screen must search for besides, file by file only what the file's source is asked for."""
        numbers = {term: number for number, term in enumerate(self.terms)}
        asked: dict[str, set[int]] = defaultdict(set)
        for rule in self.rules:
            for leaf in leaves(rule.condition):
                asked[leaf.source] |= {numbers[term] for term in terms_of(leaf)}
        wanted = self.binding.asking({source: frozenset(found) for source, found in asked.items()}, self.rules)
        return Sought(tuple(map(screened_for, self.terms)), wanted.of, self.holds)

    def holds(self, number: int, text: str) -> bool:
        """Whether the term of this number is true of a text."""
        return prover(self.terms[number])(text)

    def find(self, evidence: Evidence) -> tuple[Detection, ...]:
        """The rules that hold for a bundle."""
        return self.detect(evidence.sought, evidence.present, event_lines(evidence, self.rules))

    def detect(
        self, lines: Sequence[SoughtLine], present: dt.datetime | None = None, events: Sequence[EventLine] = ()
    ) -> tuple[Detection, ...]:
        """The rules that hold, worst first; `lines` are what the screen saw."""
        found = moments(lines, self.terms, present)
        if events:
            found = {**found, EVENTS: event_moments(events, len(lines))}
        proofs = {moment.hit.lines[0]: moment.proof for place in found.values() for moment in place}
        judge = _Judge(found, proofs, self.binding)
        detections = [held for rule in self.rules if (held := judge.detection(rule)) is not None]
        return tuple(sorted(detections, key=lambda d: (_SEVERITY.get(d.severity, len(SEVERITIES)), d.id)))


@dataclass(frozen=True, slots=True)
class _Judge:
    """What was found, and which rules hold for it."""

    found: Mapping[Place, Sequence[Moment]]
    proofs: Mapping[int, Proof]  # number of a line -> what it shows
    binding: Binding

    def detection(self, rule: Rule) -> Detection | None:
        """The rule with all its matches; None when it does not hold."""
        happened = sorted(self._matches(rule.condition, rule), key=lambda match: match[-1])
        if not happened:
            return None
        first = dict.fromkeys(number for hit in happened[0] for number in hit.lines)
        told = [self.proofs[n].line.timestamp for match in happened for hit in match for n in hit.lines]
        stamps = [stamp for stamp in told if stamp is not None]
        shown = [self.proofs[number] for number in first]
        return Detection(
            id=rule.id,
            title=rule.title,
            severity=rule.severity,
            count=len(happened),
            about=shown[0].about,
            first_seen=min(stamps, default=None),
            last_seen=max(stamps, default=None),
            evidence=tuple(proof.line for proof in shown[:SHOWN_LINES]),
            description=rule.description,
            cause=rule.cause,
            impact=rule.impact,
            mitigation=rule.mitigation,
            references=rule.references,
        )

    def _matches(self, condition: Condition, rule: Rule) -> Found:
        """Matches of a leaf are looked for place by place; what conditions are nested in looks at all of them."""
        if condition.source:
            places = (p for p, seen in self.found.items() if self.binding.binds(condition.source, rule, seen[0].proof))
            terms = terms_of(condition)
            return [m for p in places for m in matches(condition, hits_of(self.found[p], terms))]
        inner: dict[Condition, list[Hit]] = {}
        for part in (*condition.parts, *(negation.what for negation in condition.negations)):
            if isinstance(part, Condition) and part not in inner:
                inner[part] = sorted(_whole(match) for match in self._matches(part, rule))
        every = [hit for hits in inner.values() for hit in hits]
        seen: dict[tuple[Hit, ...], None] = {}
        for group in groups(every, condition.correlations, self.proofs):
            hits = {part: [hit for hit in hits if hit in group] for part, hits in inner.items()}
            seen |= dict.fromkeys(matches(condition, hits))
        return list(seen)


def _whole(match: Iterable[Hit]) -> Hit:
    """A match as one event, at the time of its last line: before that it has not happened."""
    hits = list(match)
    last = max(hits)
    return Hit(last.time, last.order, tuple(dict.fromkeys(number for hit in hits for number in hit.lines)))
