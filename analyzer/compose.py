"""Diagnosis to postmortem: the only builder of the page's types."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from analyzer import appendix, verdict, wording
from analyzer.chart import chart
from analyzer.diagnosis import Cause, Detection, Diagnosis, EvidenceLine, Unexplained
from analyzer.draft import draft
from reports import context
from reports.visible import one_line

SHOWN_LEADS: Final = 10
SHOWN_VICTIMS: Final = 500
SHOWN_EVENTS: Final = 200
SHOWN_PROOFS: Final = 5  # lines of a CRE rule's first match
SHOWN_REMARKS: Final = 300
SHOWN_PARTS: Final = 4  # of a path on the first screen
LEVELS: Final = ("warning", "error", "fatal")  # worth a word beside the quote
SHOWN_CHARACTERS: Final = 4096  # of a quoted line; the bundle has the rest

ROLES: Final = ("cause", "mechanism", "symptom", "line")


def compose(diagnosis: Diagnosis, notes: Mapping[str, str] | None = None) -> context.Postmortem:
    """The postmortem of a diagnosis; `notes` are what people wrote, by the folded name of a field."""
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
        asides=appendix.asides(diagnosis.also),
        asides_hidden=diagnosis.also.hidden + max(0, len(diagnosis.also.records) - appendix.SHOWN_ASIDES),
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
        seen=appendix.seen(diagnosis),
        seen_hidden=max(0, len(diagnosis.seen) - appendix.SHOWN_SEEN),
        tool=appendix.tool(diagnosis),
        method=appendix.method(),
        bundle=appendix.bundle_facts(diagnosis),
        secrets=appendix.secrets(diagnosis.secrets),
        secrets_hidden=diagnosis.secrets.hidden + max(0, len(diagnosis.secrets.places) - appendix.SHOWN_SECRETS),
        ledger=appendix.ledger(diagnosis.files),
        remarks=tuple(
            context.Remark(place=_place(path, line), problem=one_line(problem), count=count)
            for path, line, problem, count in remarks[:SHOWN_REMARKS]
        ),
        remarks_hidden=max(0, len(remarks) - SHOWN_REMARKS),
        draft=draft(diagnosis.causes[0], causes, notes or {}) if causes else None,
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
            patches=tuple(
                context.Patch(
                    target=one_line(p.target),
                    language=p.language,
                    text=p.text,
                    command=p.command,
                    because=wording.sentence(p.because),
                )
                for p in cause.patch
            ),
            counterfactuals=tuple(
                context.Statement(
                    text=wording.sentence(c.statement),
                    is_inferred=True,
                    quotes=tuple(quotes[i] for i in c.evidence if 0 <= i < len(quotes)),
                )
                for c in cause.counterfactuals
            ),
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
            end=wording.end_of(_place(line.path, line.line), SHOWN_PARTS),
            source=wording.source_words(line.source),
            time=line.timestamp,
            time_error_seconds=line.timestamp_error_seconds,
            level=line.level if line.level in LEVELS else "",
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
