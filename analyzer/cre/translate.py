"""CRE rules as a finding stage of ours: what the screen must search for, and which rules hold for what it saw."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from analyzer.cre.correlate import groups
from analyzer.cre.evaluate import Hit, matches
from analyzer.cre.events import EventLine, event_lines
from analyzer.cre.rule import SEVERITIES, Condition, Rule, Term, leaves, terms_of
from analyzer.cre.sources import EVERYTHING, Binding
from analyzer.cre.terms import Slow, screened_for
from analyzer.cre.timeline import Place, Timeline
from analyzer.diagnosis import Detection
from analyzer.model import Evidence, Note, SoughtLine
from analyzer.screen import MATCH_SECONDS, Sought

SHOWN_LINES: Final = 100  # of the evidence
_SEVERITY: Final = {name: number for number, name in enumerate(SEVERITIES)}

Found = list[tuple[Hit, ...]]  # matches of one condition


@dataclass(frozen=True, slots=True)
class Translation:
    """Rules with the terms that they ask for, each term once."""

    rules: tuple[Rule, ...]
    terms: tuple[Term, ...]
    binding: Binding
    slow: Slow = field(default_factory=dict, compare=False)  # filled while rules are judged

    @classmethod
    def of(cls, rules: Sequence[Rule], binding: Binding = EVERYTHING) -> Translation:
        """The terms in the order in which the rules name them."""
        asked = (term for rule in rules for leaf in leaves(rule.condition) for term in terms_of(leaf))
        return cls(tuple(rules), tuple(dict.fromkeys(asked)), binding)

    def sought(self) -> Sought:
        """What the screen must search for besides, file by file only what the file's source is asked for."""
        numbers = {term: number for number, term in enumerate(self.terms)}
        asked: dict[str, set[int]] = defaultdict(set)
        paired: set[int] = set()
        for leaf in (leaf for rule in self.rules for leaf in leaves(rule.condition)):
            named = {numbers[term] for term in terms_of(leaf)}
            asked[leaf.source] |= named
            paired |= named if len(leaf.parts) > 1 or leaf.negations else set()
        wanted = self.binding.asking({source: frozenset(found) for source, found in asked.items()}, self.rules)
        lone = frozenset(numbers.values()) - paired
        return Sought(tuple(map(screened_for, self.terms)), wanted.of, lone)

    def find(self, evidence: Evidence) -> tuple[Detection, ...]:
        """The rules that hold for a bundle."""
        return self.detect(evidence.sought, evidence.present, event_lines(evidence, self.rules, self.slow))

    def detect(
        self, lines: Sequence[SoughtLine], present: dt.datetime | None = None, events: Sequence[EventLine] = ()
    ) -> tuple[Detection, ...]:
        """The rules that hold, worst first; `lines` are what the screen saw."""
        judge = _Judge(Timeline(lines, self.terms, events, present, self.slow), self.binding)
        detections = [held for rule in self.rules if (held := judge.detection(rule)) is not None]
        return tuple(sorted(detections, key=lambda d: (_SEVERITY.get(d.severity, len(SEVERITIES)), d.id)))

    def notes(self) -> tuple[Note, ...]:
        """Each rule with a term that took too long on some line, after they were judged."""
        found = []
        for rule in self.rules:
            asked = {term for leaf in leaves(rule.condition) for term in terms_of(leaf)}
            if times := sum(count for term, count in self.slow.items() if term in asked):
                problem = f"a term of {rule.id} took more than {MATCH_SECONDS:g} s on a line, which counts as no match"
                found.append(Note(path=rule.path, line=rule.line, problem=problem, count=times))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class _Judge:
    """What was seen, and which rules hold for it."""

    timeline: Timeline
    binding: Binding

    def detection(self, rule: Rule) -> Detection | None:
        """The rule with all its matches; None when it does not hold."""
        happened = sorted(self._matches(rule.condition, rule), key=lambda match: match[-1])
        if not happened:
            return None
        told = [self.timeline.stamp(n) for match in happened for hit in match for n in hit.lines]
        stamps = [stamp for stamp in told if stamp is not None]
        first = list(dict.fromkeys(number for hit in happened[0] for number in hit.lines))[:SHOWN_LINES]
        shown = [self.timeline.proof(number) for number in first]
        return Detection(
            id=rule.id,
            title=rule.title,
            severity=rule.severity,
            count=len(happened),
            about=shown[0].about,
            first_seen=min(stamps, default=None),
            last_seen=max(stamps, default=None),
            evidence=tuple(proof.line for proof in shown),
            description=rule.description,
            cause=rule.cause,
            impact=rule.impact,
            mitigation=rule.mitigation,
            references=rule.references,
        )

    def _matches(self, condition: Condition, rule: Rule) -> Found:
        """Matches of a leaf are looked for place by place; what conditions are nested in looks at all of them."""
        if condition.source:
            return [match for place in self._places(condition, rule) for match in self._in_place(condition, place)]
        inner: dict[Condition, list[Hit]] = {}
        for part in (*condition.parts, *(negation.what for negation in condition.negations)):
            if isinstance(part, Condition) and part not in inner:
                inner[part] = sorted(_whole(match) for match in self._matches(part, rule))
        every = [hit for hits in inner.values() for hit in hits]
        proofs = {number: self.timeline.proof(number) for hit in every for number in hit.lines}
        seen: dict[tuple[Hit, ...], None] = {}
        for group in groups(every, condition.correlations, proofs):
            hits = {part: [hit for hit in hits if hit in group] for part, hits in inner.items()}
            seen |= dict.fromkeys(matches(condition, hits))
        return list(seen)

    def _places(self, leaf: Condition, rule: Rule) -> list[Place]:
        """Those of the leaf's source in which everything it needs may be."""
        needed = Counter(part for part in leaf.parts if isinstance(part, Term))
        seen = self.timeline
        return [
            place
            for place in seen.places()
            if all(seen.may_hold(place, term) >= count for term, count in needed.items())
            and self.binding.binds(leaf.source, rule, *seen.whose(place))
        ]

    def _in_place(self, leaf: Condition, place: Place) -> Found:
        hits = {term: self.timeline.hits(place, term) for term in terms_of(leaf)}
        return matches(leaf, hits)


def _whole(match: Iterable[Hit]) -> Hit:
    """A match as one event, at the time of its last line: before that it has not happened."""
    hits = list(match)
    last = max(hits)
    return Hit(last.time, last.order, tuple(dict.fromkeys(number for hit in hits for number in hit.lines)))
