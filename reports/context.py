"""What a page tells: the values the templates draw.

A `Postmortem` can be made by hand; nothing here knows how a bundle is read. All text is plain text: the
templates escape it. Instants are UTC datetimes, None means unknown; fractions run from 0 to 1; an empty
string or tuple means there is nothing to say and the part is left out.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from reports.lanes import Chart


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A labelled value."""

    label: str  # one to three words, "Kubernetes"
    value: str  # "v1.29.4"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A line of the bundle, as it stands there."""

    anchor: str  # id within the page, unique: "e1-3"
    label: str  # what the text calls it: "E3", "2.E1" in the second diagnosis
    place: str  # path:line, or the path alone where the line is not known
    end: str  # the same, cut to its last parts where it is long
    source: str  # what wrote it, in words: "container log"
    time: dt.datetime | None  # when it happened
    time_error_seconds: float  # the time is right to within this many seconds
    level: str  # warning, error, fatal; "" for what is less
    text: str  # the line, one line of text
    before: tuple[str, ...]  # the lines right before it
    after: tuple[str, ...]  # the lines right after it


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A sentence with the lines it rests on."""

    text: str  # the sentence
    is_inferred: bool  # concluded from the lines, stated by none of them
    quotes: tuple[Quote, ...]  # the lines; empty: it sums up the page itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the cascade."""

    role: str  # cause, mechanism, symptom
    title: str  # a short sentence
    time: dt.datetime | None  # when it began
    quotes: tuple[Quote, ...]  # the lines that show it; empty: the step is inferred


@dataclass(frozen=True, slots=True, kw_only=True)
class RuledOut:
    """Another explanation that the evidence speaks against."""

    cause: str  # in words: "oom container limit"
    because: str  # a sentence with the facts


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreTerm:
    """One reason for the confidence."""

    name: str  # "precedes"
    value: float  # what it adds; negative speaks against
    because: str  # a sentence with the numbers in it


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """Who was hurt, from when to when."""

    who: str  # "1 pod of deployment api-v2, namespace shop"
    when: str  # "14 March 2026, 09:15:02 to 09:40:11 UTC (25 minutes)"
    consequence: str  # what that means for the service
    victims: tuple[str, ...]  # every object that suffered: "shop / api-v2-x2x7k / fluentd on worker-2"
    hidden: int  # victims not listed because there are too many


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """A change with the values of this case, to copy."""

    target: str  # what it changes: "Deployment api-v2 in namespace shop"
    language: str  # yaml, diff, sh
    text: str  # several lines; <...> is the reader's to fill in
    command: str  # that applies it; "" where it goes into a manifest by hand
    because: str  # where its values come from


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """What to do: text, or shell commands where it says so."""

    fix: str  # the one thing to do first
    more: tuple[str, ...]  # further or alternative fixes
    diagnosis: tuple[str, ...]  # commands that confirm the cause
    verify: tuple[str, ...]  # commands that prove the fix
    avoid: tuple[str, ...]  # what makes it worse
    prevent: tuple[str, ...]  # action items
    patches: tuple[Patch, ...]  # the fix as a change to apply
    counterfactuals: tuple[Statement, ...]  # what would have held, with numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class RootCause:
    """One diagnosis."""

    rank: int  # from 1, best first
    anchor: str  # id of its section: "diagnosis-2"
    cause: str  # its class: "volume-mount-mismatch"
    pattern: str  # id of the pattern that saw it
    title: str  # what went wrong in general, at most 70 characters
    verdict: str  # what went wrong here, in a sentence for everybody
    summary: str  # the same with the names, paths and numbers of this case
    meaning: str  # what such a cause is
    severity: str  # critical, warning, info
    place: str  # "shop / api-v2-x2x7k / fluentd on worker-2"
    confidence: float  # 0 to 1
    confidence_words: str  # "very likely"
    impact: Impact  # who, how many, when
    decisive: tuple[Quote, ...]  # the two to four lines that prove it, out of `quotes`
    steps: tuple[Step, ...]  # the cascade, cause first
    quotes: tuple[Quote, ...]  # all evidence
    ruled_out: tuple[RuledOut, ...]  # why not the others
    remedy: Remedy  # fix, verify, avoid, prevent
    score: tuple[ScoreTerm, ...]  # how the confidence came about
    score_sum: float  # the terms added up
    references: tuple[str, ...]  # addresses to read on


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """A failure without a root cause."""

    title: str  # what is seen
    place: str  # where
    quotes: tuple[Quote, ...]  # the lines that show it


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """A line that tells of trouble and belongs to no diagnosis and no lead."""

    place: str  # path and line
    about: str  # whose it is; "" unknown
    text: str  # the line


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretPlace:
    """Where a secret stands, or is taken from; never its value."""

    about: str  # the Secret, or the pod and its container
    what: str  # the key, or the environment variable
    comes_from: str  # what is referred to; "" where the value itself stands in the bundle
    place: str  # path and line


@dataclass(frozen=True, slots=True, kw_only=True)
class Calm:
    """Something that looks like trouble and is none."""

    title: str  # what was seen
    count: int  # how often
    because: str  # why it is no incident


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """A rule of the Common Reliability Enumerations that holds."""

    id: str  # "CRE-2025-0048"
    title: str  # its problem, short
    severity: str  # critical, high, medium, low, info; "" not stated
    count: int  # of matches
    place: str  # whose log shows it first: "shop / api-v2-x2x7k / fluentd on worker-2"
    time: dt.datetime | None  # when it was first seen
    cause: str  # why such a thing happens
    impact: str  # what it does
    mitigation: tuple[str, ...]  # what to do
    references: tuple[str, ...]  # addresses to read on
    lines: tuple[Fact, ...]  # the first match: place of each line, and the line
    hidden: int  # lines of it that are not shown
    diagnoses: tuple[int, ...]  # ranks of the diagnoses about the same thing at the same time


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something the bundle does not hold."""

    what: str  # "previous log of container fluentd"
    state: str  # in words: "not in the bundle", "expired", "redacted", "cut short"
    because: str  # how that is known, and what it would decide
    command: str  # the command that fetches it; "" where none can


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One row of the timeline."""

    time: dt.datetime  # when
    time_error_seconds: float  # right to within this many seconds
    role: str  # cause, mechanism, symptom, line
    text: str  # a step's title, or a quoted line
    quotes: tuple[Quote, ...]  # where it is written


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """What happened when."""

    chart: Chart | None  # the resources side by side; None when nothing has a time
    events: tuple[Event, ...]  # in time order
    hidden: int  # events left out because there are too many
    undated: int  # quoted lines without a time


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerFile:
    """What became of one file of the bundle."""

    path: str  # relative to the bundle
    kind: str  # layout and format: "must-gather, events"
    size: str  # "1.2 MB"
    status: str  # in words: "read", "read in part", "not read"
    reason: str  # why it was not read whole
    lines: int  # all lines of the file
    parsed: int  # read
    unparsed: int  # looked at, not understood
    skipped: int  # not looked at
    records: int  # things of interest found


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """Every file, those with something unread first."""

    sentence: str  # "6 of 7 files were read in full; 1 was not."
    unread: tuple[LedgerFile, ...]  # not read, or read in part
    unread_hidden: int  # such files left out because there are too many
    read: tuple[LedgerFile, ...]  # read in full
    read_hidden: int  # such files left out because there are too many


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something the reader must know about how the bundle was read."""

    place: str  # path, or path:line
    problem: str  # a sentence
    count: int  # how often


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Something that only people know."""

    name: str  # "What went well"; the heading in a notes file
    anchor: str  # id within the page: "field-3"
    prompt: str  # what belongs there
    text: str  # what they wrote, several lines; "" so far nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One row of the postmortem's timeline."""

    time: dt.datetime  # when
    text: str  # what
    quotes: tuple[Quote, ...]  # where it is written


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """One of the five whys."""

    effect: str  # what is asked about
    because: Statement  # the answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """An action item, without owner or date."""

    text: str  # what to do
    kind: str  # Fix, Prevent, Detect
    cuts: str  # the arrow of the cascade that it cuts: "the limit is too low → it is killed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A postmortem to start from: what the evidence tells is filled in, what people know has a field."""

    title: str  # "Postmortem: ..."
    authors: Field  # who wrote it
    summary: Statement  # what happened
    impact: Statement  # who and when
    customers: Field  # what they noticed
    root_cause: Statement  # why
    trigger: Statement  # what set it off, as far as the bundle tells
    change: Field  # what was changed before
    detection: Statement  # the first symptom that could be seen
    noticed: Field  # who did
    resolution: Statement  # whether the bundle shows an end
    resolved: Field  # how
    moments: tuple[Moment, ...]  # the timeline, in time order
    decisions: Field  # what people did
    factors: tuple[Statement, ...]  # what contributed
    other_factors: Field  # what else did
    whys: tuple[Why, ...]  # from the symptom back to the cause
    possible: Field  # why it could happen
    unstopped: Field  # why nothing stopped it
    actions: tuple[Action, ...]  # action items
    further: Field  # more of them
    well: Field  # what went well
    badly: Field  # what went badly
    lucky: Field  # where we were lucky
    lessons: Field  # what was learned


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A pattern seen on the objects of one workload."""

    title: str  # what was seen
    pattern: str  # id of the pattern
    role: str  # cause, symptom
    severity: str  # critical, warning, info
    place: str  # "shop / api-v2-x2x7k / fluentd and 3 more"
    count: int  # how often
    first: dt.datetime | None  # when it began
    last: dt.datetime | None  # when it was seen last
    part: str  # in words, what became of it: "a symptom of diagnosis 1"
    where: str  # path:line of the first, its end alone where it is long


@dataclass(frozen=True, slots=True, kw_only=True)
class Postmortem:
    """Everything one page tells."""

    version: str  # of podtopsy
    outcome: str  # cause, leads (failures without a cause), healthy, unread (nothing could be read)
    headline: str  # the verdict as one sentence
    explanation: str  # one or two sentences more
    incomplete: str  # what was not read whole; "" when everything was
    broken: tuple[str, ...]  # parts podtopsy itself failed on
    causes: tuple[RootCause, ...]  # best first
    leads: tuple[Lead, ...]  # failures no cause explains
    asides: tuple[Aside, ...]  # what else went wrong, the worst first
    asides_hidden: int  # such lines left out because there are too many
    calm: tuple[Calm, ...]  # what was seen and is no incident
    detections: tuple[Detection, ...]  # CRE rules that hold, worst first
    explained: str  # how many of the warnings the causes account for
    missing: tuple[Gap, ...]  # what would settle more
    commands: str  # the commands of `missing`, one a line, to copy
    timeline: Timeline  # of all causes
    seen: tuple[Seen, ...]  # everything, that of the best diagnosis first
    seen_hidden: int  # such rows left out because there are too many
    tool: tuple[Fact, ...]  # what judged: the program and its patterns
    method: str  # how a confidence is computed
    bundle: tuple[Fact, ...]  # what the bundle is
    secrets: tuple[SecretPlace, ...]  # where secrets stand
    secrets_hidden: int  # such places left out because there are too many
    ledger: Ledger  # what was read
    remarks: tuple[Remark, ...]  # how the reading went
    remarks_hidden: int  # remarks left out because there are too many
    draft: Draft | None  # None when there is no incident to write about
