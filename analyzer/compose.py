"""Diagnosis to postmortem: the only builder of the page's types."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Final

from analyzer import verdict, wording
from analyzer.chart import chart
from analyzer.diagnosis import Cause, Detection, Diagnosis, EvidenceLine, Unexplained
from analyzer.model import FileEntry
from reports import context
from reports.visible import one_line

SHOWN_LEADS: Final = 10
SHOWN_VICTIMS: Final = 500
SHOWN_EVENTS: Final = 200
SHOWN_UNREAD: Final = 1000
SHOWN_PROOFS: Final = 5  # lines of a CRE rule's first match
SHOWN_READ: Final = 300
SHOWN_REMARKS: Final = 300
SHOWN_CHARACTERS: Final = 4096  # of a quoted line; the bundle has the rest

ROLES: Final = ("cause", "mechanism", "symptom", "line")
STATUS: Final = {"parsed": "read", "partial": "read in part", "skipped": "not read"}


def compose(diagnosis: Diagnosis) -> context.Postmortem:
    """The postmortem of a diagnosis."""
    causes = tuple(_cause(number, cause) for number, cause in enumerate(diagnosis.causes, start=1))
    leads = tuple(_lead(number, lead) for number, lead in enumerate(diagnosis.unexplained[:SHOWN_LEADS], start=1))
    outcome = verdict.outcome_of(diagnosis)
    remarks = sorted((n.path, n.line or 0, n.problem, n.count) for n in diagnosis.notes)
    return context.Postmortem(
        version=diagnosis.version,
        outcome=outcome,
        headline=causes[0].verdict if causes else verdict.headline(diagnosis),
        explanation=causes[0].summary if causes else verdict.explanation(diagnosis),
        incomplete=verdict.incomplete(diagnosis),
        broken=tuple(map(one_line, diagnosis.broken_parts)),
        causes=causes,
        leads=leads,
        calm=tuple(context.Calm(title=c.title, count=c.count, because=c.because) for c in diagnosis.calm),
        detections=tuple(map(_detection, diagnosis.detections)),
        explained=verdict.explained(diagnosis),
        missing=tuple(
            context.Gap(
                what=one_line(gap.what),
                state=wording.STATES.get(gap.state, gap.state),
                because=wording.sentence(gap.because),
                command=gap.command.strip(),
            )
            for gap in diagnosis.missing
        ),
        commands="\n".join(dict.fromkeys(gap.command.strip() for gap in diagnosis.missing if gap.command.strip())),
        timeline=_timeline(diagnosis, causes, leads),
        bundle=_bundle(diagnosis),
        ledger=_ledger(diagnosis.files),
        remarks=tuple(
            context.Remark(place=_place(path, line), problem=one_line(problem), count=count)
            for path, line, problem, count in remarks[:SHOWN_REMARKS]
        ),
        remarks_hidden=max(0, len(remarks) - SHOWN_REMARKS),
        draft=_draft(causes) if causes else None,
    )


def _cause(number: int, cause: Cause) -> context.RootCause:
    prefix = "" if number == 1 else f"{number}."
    quotes = _quotes(cause.evidence, f"e{number}", f"{prefix}E")
    steps = tuple(
        context.Step(
            role=step.role,
            title=one_line(step.title),
            time=step.timestamp,
            quotes=tuple(quotes[i] for i in step.evidence if 0 <= i < len(quotes)),
        )
        for step in cause.chain
    )
    return context.RootCause(
        rank=cause.rank,
        anchor=f"diagnosis-{number}",
        cause=cause.cause,
        pattern=cause.pattern,
        title=one_line(cause.title),
        verdict=wording.verdict(cause),
        summary=wording.sentence(cause.summary),
        meaning=wording.sentence(cause.meaning),
        severity=cause.severity,
        place=one_line(wording.place(cause.about)),
        confidence=cause.confidence,
        confidence_words=wording.confidence_words(cause.confidence),
        impact=_impact(cause),
        decisive=tuple(quotes[i] for i in verdict.decisive(cause, 4)),
        steps=steps,
        quotes=quotes,
        ruled_out=tuple(
            context.RuledOut(cause=wording.class_words(r.cause), because=wording.sentence(r.because))
            for r in cause.ruled_out
        ),
        remedy=context.Remedy(
            fix=cause.mitigation[0].strip() if cause.mitigation else "",
            more=_stripped(cause.mitigation[1:]),
            diagnosis=_stripped(cause.diagnosis),
            verify=_stripped(cause.verify),
            avoid=_stripped(cause.avoid),
            prevent=_stripped(cause.prevent),
        ),
        score=tuple(
            context.ScoreTerm(name=t.name, value=t.value, because=wording.sentence(t.because)) for t in cause.score
        ),
        score_sum=sum(t.value for t in cause.score),
        references=cause.references,
    )


def _detection(found: Detection) -> context.Detection:
    shown = found.evidence[:SHOWN_PROOFS]
    return context.Detection(
        id=found.id,
        title=one_line(found.title),
        severity=found.severity,
        count=found.count,
        place=one_line(wording.place(found.about)),
        time=found.first_seen,
        cause=found.cause.strip(),
        impact=found.impact.strip(),
        mitigation=tuple(text for row in found.mitigation.split("\n") if (text := row.strip().lstrip("-*").strip())),
        references=found.references,
        lines=tuple(context.Fact(label=_place(e.path, e.line), value=_shown(e.text)) for e in shown),
        hidden=len(found.evidence) - len(shown),
        diagnoses=found.diagnoses,
    )


def _stripped(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(text.strip() for text in texts)


def _impact(cause: Cause) -> context.Impact:
    victims = sorted({_victim(v.namespace, v.pod, v.container, v.node) for v in cause.victims})
    return context.Impact(
        who=verdict.who(cause),
        when=wording.span(cause.first_seen, cause.last_seen),
        consequence=wording.sentence(cause.impact),
        victims=tuple(victims[:SHOWN_VICTIMS]),
        hidden=max(0, len(victims) - SHOWN_VICTIMS),
    )


def _victim(namespace: str | None, pod: str | None, container: str | None, node: str | None) -> str:
    parts = " / ".join(part for part in (namespace, pod, container) if part)
    return one_line(" on ".join(part for part in (parts, f"node {node}" if node else "") if part))


def _place(path: str, line: int) -> str:
    return one_line(f"{path}:{line}" if line else path)


def _shown(line: str) -> str:
    text = one_line(line.rstrip("\r\n"))
    left = len(text) - SHOWN_CHARACTERS
    return f"{text[:SHOWN_CHARACTERS]} … ({left:,} more characters)" if left > 0 else text


def _quotes(lines: Sequence[EvidenceLine], anchor: str, label: str) -> tuple[context.Quote, ...]:
    return tuple(
        context.Quote(
            anchor=f"{anchor}-{number}",
            label=f"{label}{number}",
            place=_place(line.path, line.line),
            source=wording.source_words(line.source),
            time=line.timestamp,
            time_error_seconds=line.timestamp_error_seconds,
            text=_shown(line.text),
            before=tuple(map(_shown, line.before)),
            after=tuple(map(_shown, line.after)),
        )
        for number, line in enumerate(lines, start=1)
    )


def _lead(number: int, lead: Unexplained) -> context.Lead:
    return context.Lead(
        title=one_line(lead.title),
        place=one_line(wording.place(lead.about)),
        quotes=_quotes(lead.evidence, f"l{number}", f"L{number}."),
    )


def _timeline(
    diagnosis: Diagnosis, causes: Sequence[context.RootCause], leads: Sequence[context.Lead]
) -> context.Timeline:
    events: list[context.Event] = []
    told: set[tuple[str, dt.datetime | None]] = set()  # quotes that a step of the same instant stands for
    for step in (step for cause in causes for step in cause.steps):
        told |= {(quote.anchor, step.time) for quote in step.quotes}
        if step.time is not None:
            error = min((q.time_error_seconds for q in step.quotes if q.time == step.time), default=0.0)
            event = context.Event(
                time=step.time, time_error_seconds=error, role=step.role, text=step.title, quotes=step.quotes
            )
            events.append(event)
    parts: tuple[context.RootCause | context.Lead, ...] = (*causes, *leads)
    quotes = [quote for part in parts for quote in part.quotes]
    for quote in quotes:
        if quote.time is not None and (quote.anchor, quote.time) not in told:
            event = context.Event(
                time=quote.time,
                time_error_seconds=quote.time_error_seconds,
                role="line",
                text=quote.text,
                quotes=(quote,),
            )
            events.append(event)
    ranks = {role: rank for rank, role in enumerate(ROLES)}
    events.sort(key=lambda e: (e.time, ranks.get(e.role, len(ranks)), e.text, [q.anchor for q in e.quotes]))
    return context.Timeline(
        chart=chart(diagnosis.timeline, diagnosis.causes),
        events=tuple(events[:SHOWN_EVENTS]),
        hidden=max(0, len(events) - SHOWN_EVENTS),
        undated=sum(quote.time is None for quote in quotes),
    )


def _bundle(diagnosis: Diagnosis) -> tuple[context.Fact, ...]:
    facts, files = diagnosis.bundle, diagnosis.files
    pairs = (
        ("Bundle", wording.listed(facts.paths)),
        ("Layout", wording.listed(facts.layouts)),
        ("Collected", f"{wording.day(t)}, {wording.clock(t)} UTC" if (t := facts.collected_at) else "not stated"),
        ("Covers", wording.span(facts.first_timestamp, facts.last_timestamp)),
        ("Kubernetes", facts.kubernetes_version or "not stated"),
        ("Platform", facts.platform or "not stated"),
        ("Pods", f"{facts.pods:,}"),
        ("Nodes", f"{facts.nodes:,}"),
        ("Namespaces", f"{facts.namespaces:,}"),
        ("Files", f"{len(files):,}, {wording.size(sum(f.bytes for f in files))}"),
        ("Lines", f"{sum(f.lines for f in files):,}"),
        ("Masked", wording.listed([wording.count(m.values or m.places, _words(m.kind)) for m in diagnosis.masked])),
    )
    return tuple(context.Fact(label=label, value=one_line(value)) for label, value in pairs if value)


def _words(kind: str) -> str:
    """A kind of mask as the page names it."""
    return "line that could not be checked" if kind == "withheld" else kind.replace("-", " ")


def _ledger(files: Sequence[FileEntry]) -> context.Ledger:
    ordered = sorted(files, key=lambda f: f.path)
    unread = [f for f in ordered if f.status != "parsed"]
    read = [f for f in ordered if f.status == "parsed"]
    total = wording.count(len(files), "file")
    if not files:
        sentence = "The bundle holds no files."
    elif not unread:
        sentence = f"All of the {total} could be read in full." if len(files) > 1 else "The file was read in full."
    else:
        sentence = f"Of {total}, {len(read):,} could be read in full and {len(unread):,} could not."
    return context.Ledger(
        sentence=sentence,
        unread=tuple(map(_file, unread[:SHOWN_UNREAD])),
        unread_hidden=max(0, len(unread) - SHOWN_UNREAD),
        read=tuple(map(_file, read[:SHOWN_READ])),
        read_hidden=max(0, len(read) - SHOWN_READ),
    )


def _file(entry: FileEntry) -> context.LedgerFile:
    return context.LedgerFile(
        path=one_line(entry.path),
        kind=", ".join(part for part in (entry.layout, entry.format) if part) or "unknown",
        size=wording.size(entry.bytes),
        status=STATUS.get(entry.status, entry.status),
        reason=wording.sentence(entry.reason or ""),
        lines=entry.lines,
        parsed=entry.parsed,
        unparsed=entry.unparsed,
        skipped=entry.skipped,
        records=entry.records,
    )


def _draft(causes: Sequence[context.RootCause]) -> context.Draft:
    first = causes[0]
    begin = next((step for step in first.steps if step.time is not None), None)
    trigger = (
        f"The first trace in the bundle is of {wording.day(begin.time)}, {wording.clock(begin.time)} UTC: "
        f"{wording.sentence(begin.title)} What changed before that, the bundle does not say."
        if begin is not None and begin.time is not None
        else "The bundle does not say what changed."
    )
    remedy = first.remedy
    return context.Draft(
        title=f"Postmortem: {first.title}",
        summary=f"{first.verdict} {first.summary}",
        impact=wording.sentence(f"{first.impact.who}; {first.impact.when}"),
        root_cause=f"{first.title} ({first.cause}, {first.confidence_words}, {first.confidence:.2f})",
        trigger=trigger,
        actions=tuple(text for text in (remedy.fix, *remedy.prevent) if text),
    )
