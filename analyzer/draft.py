"""The postmortem as a form: facts filled in with their evidence, the human's part left open.

The headings follow the public templates of Google's SRE book (appendix D) and of PagerDuty and Atlassian; blameless: it
speaks of objects and settings, never of people. What only people know is a field with a name, and `--notes` fills it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from analyzer import wording
from analyzer.diagnosis import Cause
from reports import context
from reports.visible import one_line

MOST_WHYS: Final = 3  # told by the evidence; the last two are the reader's
FIELDS: Final[tuple[tuple[str, str], ...]] = (
    ("Authors, date, status", "Who wrote this, when, and whether it is a draft"),
    ("What customers noticed", "What they saw, how many they were, what it cost"),
    ("What changed before", "The deployment, the setting, the traffic or the node that changed"),
    ("Who noticed it", "Which alert or which person, when, and how long that took"),
    ("How it was resolved", "What was done, by which role, and when it worked again"),
    ("Decisions and actions", "What was decided and tried, with times"),
    ("Other contributing factors", "What made it more likely, longer or worse"),
    ("Why it could happen", "What allowed this setting into the cluster"),
    ("Why nothing stopped it", "Which test, review or alert could have, and did not"),
    ("Further action items", "Action, type, owner, due"),
    ("What went well", "Keep doing this"),
    ("What went badly", "Do this differently"),
    ("Where we were lucky", "It could have been worse"),
    ("Lessons", "What everybody should know after this"),
)
"""What only people know: the name, which is also the heading in a notes file, and what belongs there."""
_DETECTING: Final = frozenset(
    ("Alert", "Export", "Graph", "Log", "Measure", "Monitor", "Page", "Track", "Warn", "Watch")
)


def folded(name: str) -> str:
    """A heading as it is compared: without case, blanks and punctuation around it."""
    return " ".join(name.split()).strip(" .:").casefold()


def draft(cause: Cause, causes: Sequence[context.RootCause], notes: Mapping[str, str]) -> context.Draft:
    """The form of the first diagnosis; `notes` by the folded name of a field."""
    first = causes[0]
    prompts = dict(FIELDS)

    def field(name: str) -> context.Field:
        number = [n for n, _ in FIELDS].index(name) + 1
        text = notes.get(folded(name), "")
        return context.Field(name=name, anchor=f"field-{number}", prompt=prompts[name], text=text)

    return context.Draft(
        title=f"Postmortem: {first.title}",
        authors=field("Authors, date, status"),
        summary=_fact(f"{first.verdict} {first.summary}", first.decisive),
        impact=_fact(f"{first.impact.who}; {first.impact.when}. {first.impact.consequence}", ()),
        customers=field("What customers noticed"),
        root_cause=_fact(
            f"{first.title} ({first.cause}, {first.confidence_words}, {first.confidence:.2f})", first.decisive
        ),
        trigger=_trigger(first),
        change=field("What changed before"),
        detection=_detection(first),
        noticed=field("Who noticed it"),
        resolution=_resolution(cause),
        resolved=field("How it was resolved"),
        moments=tuple(_moments(causes)),
        decisions=field("Decisions and actions"),
        factors=tuple(_factors(causes)),
        other_factors=field("Other contributing factors"),
        whys=tuple(_whys(first)),
        possible=field("Why it could happen"),
        unstopped=field("Why nothing stopped it"),
        actions=tuple(_actions(first)),
        further=field("Further action items"),
        well=field("What went well"),
        badly=field("What went badly"),
        lucky=field("Where we were lucky"),
        lessons=field("Lessons"),
    )


def _fact(text: str, quotes: Sequence[context.Quote]) -> context.Statement:
    return context.Statement(text=wording.sentence(text), is_inferred=False, quotes=tuple(quotes))


def _inferred(text: str, quotes: Sequence[context.Quote] = ()) -> context.Statement:
    return context.Statement(text=wording.sentence(text), is_inferred=True, quotes=tuple(quotes))


def _trigger(first: context.RootCause) -> context.Statement:
    begin = next((step for step in first.steps if step.time is not None), None)
    if begin is None or begin.time is None:
        return _fact("The bundle does not say what changed", ())
    at = f"{wording.day(begin.time)}, {wording.clock(begin.time)} UTC"
    text = (
        f"The first trace in the bundle is of {at}: {wording.sentence(begin.title)} What changed before that, the "
        "bundle does not say"
    )
    return _fact(text, begin.quotes)


def _detection(first: context.RootCause) -> context.Statement:
    times = [(s.time, s) for s in first.steps if s.role == "symptom" and s.time is not None]
    if not times:
        return _fact("No symptom in the bundle has a time", ())
    at, step = min(times, key=lambda pair: (pair[0], pair[1].title))
    text = f"The first visible symptom is of {wording.day(at)}, {wording.clock(at)} UTC: {step.title}"
    began = min((s.time for s in first.steps if s.role == "cause" and s.time is not None), default=None)
    if began is not None and at > began:
        text += f", {wording.duration((at - began).total_seconds())} after the first trace of the cause"
    return _fact(text, step.quotes)


def _resolution(cause: Cause) -> context.Statement:
    if cause.last_seen is None:
        return _fact("Nothing in the bundle shows that it was resolved", ())
    at = f"{wording.day(cause.last_seen)}, {wording.clock(cause.last_seen)} UTC"
    return _fact(f"Nothing in the bundle shows that it was resolved; the last trace of the cause is of {at}", ())


def _moments(causes: Sequence[context.RootCause]) -> Iterator[context.Moment]:
    steps = [(step.time, step) for cause in causes for step in cause.steps if step.time is not None]
    for time, step in sorted(steps, key=lambda pair: (pair[0], pair[1].title)):
        yield context.Moment(time=time, text=step.title, quotes=step.quotes)


def _factors(causes: Sequence[context.RootCause]) -> Iterator[context.Statement]:
    first = causes[0]
    for step in first.steps:
        if step.role == "mechanism":
            yield _inferred(f"It went on through this: {one_line(step.title)}", step.quotes)
    for other in causes[1:4]:
        yield _inferred(
            f"At hand at the same time, with a cause of its own: {other.title} ({other.place})", other.decisive[:2]
        )


def _whys(first: context.RootCause) -> Iterator[context.Why]:
    """From the symptom back to the cause, a step at a time; the last answer is what the evidence states."""
    if not first.steps:
        return
    behind = [first.steps[0], *(s for s in first.steps[1:] if s.role == "mechanism")]
    symptoms = [s for s in first.steps if s.role == "symptom"]
    if symptoms:
        seen = symptoms[0]
        before = [s for s in behind[1:] if s.time is None or seen.time is None or s.time <= seen.time]
        nearest = before[-1] if before else behind[0]
        yield context.Why(effect=seen.title, because=_inferred(nearest.title, nearest.quotes))
        behind = behind[: behind.index(nearest) + 1]
    for step, cause in list(zip(behind[:0:-1], behind[-2::-1], strict=True))[: MOST_WHYS - 2]:
        yield context.Why(effect=step.title, because=_inferred(cause.title, cause.quotes))
    yield context.Why(effect=first.steps[0].title, because=_fact(first.summary, first.decisive))


def _actions(first: context.RootCause) -> Iterator[context.Action]:
    titles = [step.title for step in first.steps] or [first.title]
    if first.remedy.fix:
        cut = f"{titles[0]} → {titles[1]}" if len(titles) > 1 else f"{titles[0]}: nothing follows from it any more"
        yield context.Action(text=first.remedy.fix, kind="Fix", cuts=cut)
    for text in first.remedy.prevent:
        if text.partition(" ")[0] in _DETECTING:
            yield context.Action(text=text, kind="Detect", cuts="none; it is noticed sooner")
        else:
            yield context.Action(text=text, kind="Prevent", cuts=f"what set it off → {titles[0]}")
