"""A ranked cause told in full: its proof, its steps in time, its victims and the words of its pattern."""

from __future__ import annotations

import re
import string
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from analyzer.case import Case
from analyzer.derive.facts import EPOCH, Facts
from analyzer.diagnosis import Cause, Counterfactual, EvidenceLine, Finding, ObjectRef, RuledOut, Step, Victim
from analyzer.failures import Failure
from analyzer.model import Quote, Record
from analyzer.rank import Candidate, Ranked
from analyzer.relate import workload_of
from analyzer.remedy import Scene, remedy
from analyzer.shell import word
from analyzer.subject import subject

LEAD_LINES, OTHER_LINES, MOST_LINES = 6, 2, 20
UNKNOWN_IN_PROSE = {
    "container": "the container",
    "pod": "the pod",
    "namespace": "its namespace",
    "node": "the node",
    "name": "the component",
}
LONGEST_MESSAGE = 300
MOST_MESSAGE_LINES = 8  # quoted of a message that runs over several lines


def tell(number: int, ranked: Ranked, case: Case, ruled_out: Sequence[RuledOut]) -> Cause:
    """The Cause of rank `number`."""
    ref = subject(ranked, case)
    quoted = _Quoted(case.facts)
    chain = _chain(ranked, case, quoted)
    pattern = ranked.lead.pattern
    words = _words(ranked.lead, ref, case.facts)
    times = [c.finding for c in (ranked.lead, *ranked.same)]
    workload = workload_of(case.facts, ref)
    advice = remedy(
        Scene(
            facts=case.facts,
            about=ref,
            workload=workload,
            records=tuple(case.facts.records[i] for f in times for i in f.record_ids),
        ),
        pattern.cause or "",
    )
    counterfactuals = tuple(
        Counterfactual(statement=told.statement, evidence=quoted.cite(told.cites)) for told in advice.told
    )
    return Cause(
        rank=number,
        cause=pattern.cause or "",
        pattern=pattern.id,
        title=pattern.title,
        summary=_summary(ranked.lead, words),
        confidence=ranked.confidence,
        about=ref,
        workload=workload,
        victims=_victims(ranked, case.failures, ref),
        first_seen=min((t for t in (*(f.first_seen for f in times), *(s.timestamp for s in chain)) if t), default=None),
        last_seen=max((t for f in times if (t := f.last_seen)), default=None),
        chain=chain,
        score=ranked.lead.terms,
        evidence=tuple(quoted.lines),
        ruled_out=tuple(ruled_out),
        severity=pattern.severity,
        meaning=pattern.meaning,
        impact=pattern.impact,
        diagnosis=_filled(pattern.diagnosis, words),
        mitigation=_filled(pattern.mitigation, words),
        verify=_filled(pattern.verify, words),
        avoid=_filled(pattern.avoid, words),
        prevent=_filled(pattern.prevent, words),
        references=pattern.references,
        patch=advice.patch,
        counterfactuals=counterfactuals,
    )


def _victims(ranked: Ranked, failures: Sequence[Failure], ref: ObjectRef) -> tuple[Victim, ...]:
    refs = {failures[i].about for i in ranked.explains} or {ref}
    refs = {r for r in refs if r.pod or r.kind == "Node"} or {ref}  # a workload suffers through its pods
    return tuple(
        Victim(namespace=r.namespace or None, pod=r.pod or None, container=r.container or None, node=r.node or None)
        for r in sorted(refs)
    )


class _Quoted:
    """The evidence being collected: each line once, with its index."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.lines: list[EvidenceLine] = []
        self.index: dict[tuple[str, int, str], int] = {}

    def add(self, record_ids: Iterable[int], most: int) -> tuple[int, ...]:
        """Quote up to `most` of the records, unlike ones first; the indexes of their lines."""
        out: list[int] = []
        for record_id in _various(list(record_ids), self.facts)[:most]:
            for line in lines_of(self.facts.records[record_id]):
                out += self._add(line)
        return tuple(dict.fromkeys(out))

    def cite(self, quotes: Iterable[Quote]) -> tuple[int, ...]:
        """The indexes of the lines, those that are not quoted yet added where there is room."""
        return tuple(dict.fromkeys(i for q in quotes if q.line for i in self._add(_line_of(q))))

    def _add(self, line: EvidenceLine) -> list[int]:
        key = (line.path, line.line, line.text)
        if key not in self.index:
            if len(self.lines) >= MOST_LINES:
                return []
            self.index[key] = len(self.lines)
            self.lines.append(line)
        return [self.index[key]]


def quote(facts: Facts, record_ids: Sequence[int]) -> tuple[EvidenceLine, ...]:
    """A few of the records as quoted lines."""
    quoted = _Quoted(facts)
    quoted.add(record_ids, OTHER_LINES)
    return tuple(quoted.lines)


def _various(record_ids: Sequence[int], facts: Facts) -> list[int]:
    """The first record of each source and reason, then the last of all, then the rest."""
    unlike: dict[tuple[str, str | None, str], int] = {}
    told: dict[tuple[object, ...], int] = {}
    for i in record_ids:
        record = facts.records[i]
        same = (record.source, record.name, record.container, record.reason, record.message, record.timestamp)
        if told.setdefault(same, i) == i:  # one object is often in two files of a bundle
            unlike.setdefault((record.source, record.reason, record.path), i)
    kept = list(told.values())
    return list(dict.fromkeys([*unlike.values(), *kept[-1:], *kept]))


def _line_of(quote: Quote) -> EvidenceLine:
    return EvidenceLine(
        path=quote.path,
        line=quote.line,
        timestamp=quote.timestamp,
        timestamp_error_seconds=0.0,
        source=quote.source,
        text=quote.text,
    )


def lines_of(record: Record) -> list[EvidenceLine]:
    """The record as quoted lines: those it was joined from, or its own."""
    if record.cites:
        return [_line_of(q) for q in record.cites]
    own = EvidenceLine(
        path=record.path,
        line=record.line,
        timestamp=record.timestamp,
        timestamp_error_seconds=record.timestamp_error_seconds,
        source=record.source,
        text=record.text or record.message,
        before=record.before,
        after=record.after,
    )
    if record.source != "event" or "\n" not in record.message:
        return [own]
    # An event's message may run on over lines of its own in a table or a describe text.
    following = record.message.split("\n")[1 : MOST_MESSAGE_LINES + 1]
    return [own, *(replace(own, line=own.line + n, text=text) for n, text in enumerate(following, 1) if text.strip())]


def _chain(ranked: Ranked, case: Case, quoted: _Quoted) -> tuple[Step, ...]:
    """The cause, then what followed from it, in time order."""
    lead = ranked.lead
    lines = quoted.add(lead.finding.record_ids, LEAD_LINES)
    for candidate in ranked.same:
        lines += quoted.add(candidate.finding.record_ids, OTHER_LINES)
    cause = Step(role="cause", title=lead.pattern.title, timestamp=lead.finding.first_seen, evidence=lines)
    steps: dict[str, Step] = {}
    for candidate in ranked.consequences:
        _add_step(steps, "mechanism", candidate.pattern.title, candidate.finding, quoted)
    hurt: dict[tuple[str, str], set[ObjectRef]] = defaultdict(set)
    for ref in (case.failures[i].about for i in ranked.explains):
        hurt[ref.kind, ref.name].add(ref)
    for finding in case.findings:
        pattern, same = case.library.patterns[finding.pattern], hurt.get((finding.about.kind, finding.about.name), ())
        if pattern.role == "symptom" and any(_touches(finding.about, ref) for ref in same):
            _add_step(steps, "symptom", pattern.title, finding, quoted)
    roles = ("cause", "mechanism", "symptom")
    after = sorted(
        steps.values(), key=lambda s: (s.timestamp is None, s.timestamp or EPOCH, roles.index(s.role), s.title)
    )
    return (cause, *after)


def _touches(finding: ObjectRef, failure: ObjectRef) -> bool:
    """Of two that have kind and name in common: it is named, and of a pod it is no other container."""
    return bool(finding.name) and (
        not finding.container or not failure.container or finding.container == failure.container
    )


def _add_step(steps: dict[str, Step], role: str, title: str, finding: Finding, quoted: _Quoted) -> None:
    """One step a title: the same symptom of twenty pods is one step with the evidence of a few."""
    lines = quoted.add(finding.record_ids, 1 if title in steps else OTHER_LINES)
    old = steps.get(title)
    times = [t for t in (finding.first_seen, old.timestamp if old else None) if t is not None]
    together = tuple(dict.fromkeys([*(old.evidence if old else ()), *lines]))
    steps[title] = Step(role=role, title=title, timestamp=min(times, default=None), evidence=together)


def _words(lead: Candidate, ref: ObjectRef, facts: Facts) -> dict[str, str]:
    records = [facts.records[i] for i in lead.finding.record_ids]
    derived = next((r for r in records if r.source == "derived"), records[0])
    known = {
        "namespace": ref.namespace,
        "pod": ref.pod,
        "container": ref.container,
        "node": ref.node,
        "kind": ref.kind,
        "name": ref.name,
        "message": records[0].message[:LONGEST_MESSAGE],
        "detail": derived.message[: LONGEST_MESSAGE * 3],
    }
    return {k: v for k, v in {**known, **dict(lead.finding.captures)}.items() if v}


def _summary(lead: Candidate, words: Mapping[str, str]) -> str:
    """The pattern's summary filled in; where a value is not known, the decisive message."""
    template = lead.pattern.summary or "$detail"
    if lead.finding.is_by_words:
        template = "No pattern knows this message; its words speak of this kind of cause: $message"
    nearest = words.get("container") or words.get("node") or UNKNOWN_IN_PROSE["name"]
    try:
        text = string.Template(template).substitute({**UNKNOWN_IN_PROSE, "name": nearest, **words})
    except (KeyError, ValueError):
        text = words.get("detail", lead.pattern.title)  # the title stands beside it everywhere
    text = _opened(text, words)
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _opened(text: str, words: Mapping[str, str]) -> str:
    """A sentence begins with a capital, but never changes a name: one that stands first is said with its kind."""
    first = re.split(r"[ ,:;]", text, maxsplit=1)[0]
    for kind in ("container", "pod", "node", "name"):
        if first and first == words.get(kind):
            return f"{words.get('kind', '') if kind == 'name' else kind.capitalize()} {text}".lstrip()
    return text[:1].upper() + text[1:]


class _Angled(dict[str, str]):
    """Unknown names stay visible as <name>, for the reader to fill in."""

    def __missing__(self, key: str) -> str:
        return f"<{key}>"


def _filled(texts: Sequence[str], words: Mapping[str, str]) -> tuple[str, ...]:
    """Placeholders filled with what a shell takes as a word; a `$` that starts no known placeholder stays."""
    safe = _Angled({name: word(value, name) for name, value in words.items()})
    return tuple(string.Template(t).safe_substitute(safe) for t in texts)
