"""The outcome: ranked causes with their evidence, and what could not be told.

Shapes follow docs/contract.md (`podtopsy/diagnosis/v1`): `analyzer.present` writes them as JSON field by field.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from analyzer.model import INTERRUPTED, Clock, FileEntry, Note, Record

SCHEMA = "podtopsy/diagnosis/v1"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class ObjectRef:
    """What a finding is about; any part may be unknown."""

    namespace: str = ""
    kind: str = ""
    name: str = ""
    container: str = ""
    node: str = ""

    @classmethod
    def of(cls, record: Record) -> ObjectRef:
        """The object a record is about."""
        return cls(
            namespace=record.namespace or "",
            kind=record.kind or "",
            name=record.name or "",
            container=record.container or "",
            node=record.node or "",
        )

    @property
    def pod(self) -> str:
        """The pod's name, or "" when this is about something else."""
        return self.name if self.kind == "Pod" else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceLine:
    """A quoted line with its neighbours."""

    path: str
    line: int
    timestamp: dt.datetime | None
    timestamp_error_seconds: float
    source: str
    text: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    level: str | None = None  # info, warning, error, fatal, as the line says it


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A pattern seen on an object."""

    pattern: str
    about: ObjectRef
    record_ids: tuple[int, ...]  # rows of Evidence.records, in time order
    captures: tuple[tuple[str, str], ...]  # named groups of the first match
    first_seen: dt.datetime | None
    last_seen: dt.datetime | None
    count: int
    is_by_words: bool = False  # no pattern knows the wording; words of the pattern's class alone were found


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreTerm:
    """One reason for a cause's score; `because` is a sentence with the numbers in it."""

    name: str
    value: float
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the cascade; `evidence` are indexes into the cause's evidence."""

    role: str  # cause, mechanism, symptom
    title: str
    timestamp: dt.datetime | None
    evidence: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuledOut:
    """A cause that a careful reader would ask about, and why it is not the one."""

    cause: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Victim:
    """An object that suffered from the cause."""

    namespace: str | None
    pod: str | None
    container: str | None
    node: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """A change that fixes the cause, with the values of this case; `<...>` is the reader's to fill in."""

    target: str  # what is changed: "Deployment api-v2 in namespace shop"
    language: str  # yaml, diff, sh
    text: str  # several lines, to copy
    command: str  # that applies it; "" where it goes into a manifest by hand
    because: str  # where the values come from


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterfactual:
    """What would have held, in a sentence with the numbers of the evidence."""

    statement: str
    evidence: tuple[int, ...]  # indexes into the cause's evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One diagnosis: a root cause, its proof, its cascade and its remedy."""

    rank: int
    cause: str  # class of TAXONOMY
    pattern: str
    title: str
    summary: str
    confidence: float  # 0..1
    about: ObjectRef
    workload: tuple[str, str] | None  # kind, name
    victims: tuple[Victim, ...]
    first_seen: dt.datetime | None
    last_seen: dt.datetime | None
    chain: tuple[Step, ...]
    score: tuple[ScoreTerm, ...]
    evidence: tuple[EvidenceLine, ...]
    ruled_out: tuple[RuledOut, ...]
    severity: str
    meaning: str
    impact: str
    diagnosis: tuple[str, ...]
    mitigation: tuple[str, ...]
    verify: tuple[str, ...]
    avoid: tuple[str, ...]
    prevent: tuple[str, ...]
    references: tuple[str, ...]
    patch: tuple[Patch, ...] = ()
    counterfactuals: tuple[Counterfactual, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unexplained:
    """A failure or lead without a root cause."""

    title: str
    about: ObjectRef
    evidence: tuple[EvidenceLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Also:
    """Records that tell of trouble and belong to no diagnosis; `hidden` more are not listed."""

    records: tuple[Unexplained, ...] = ()
    hidden: int = 0


NOTHING_ELSE = Also()


@dataclass(frozen=True, slots=True, kw_only=True)
class Calm:
    """Something that looks like trouble and is none, with the reason."""

    title: str
    because: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A pattern seen on the objects of one workload, and what became of it."""

    pattern: str
    title: str
    role: str  # cause, symptom
    cause: str  # class of TAXONOMY; "" for a symptom
    severity: str
    about: ObjectRef  # the first of the objects
    objects: int
    count: int
    first_seen: dt.datetime | None
    last_seen: dt.datetime | None
    rank: int  # the diagnosis it belongs to; 0: none
    part: str  # cause, agrees, follows, symptom; unexplained, open; else a sentence why it is no incident
    path: str  # where it was seen first
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryFacts:
    """The patterns that judged."""

    patterns: int = 0
    causes: int = 0  # of them, those that name a cause
    own: int = 0  # of them, those that the user gave with --patterns
    digest: str = ""  # the same for the same patterns


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """A rule of the Common Reliability Enumerations that holds for what the bundle says, its matches together."""

    id: str  # CRE-2025-0048
    title: str
    severity: str  # critical, high, medium, low, info; "" not stated
    count: int  # of matches
    about: ObjectRef  # whose log shows the first of them
    first_seen: dt.datetime | None
    last_seen: dt.datetime | None
    evidence: tuple[EvidenceLine, ...]  # the lines of the first match
    description: str
    cause: str
    impact: str
    mitigation: str
    references: tuple[str, ...]
    diagnoses: tuple[int, ...] = ()  # ranks of the diagnoses about the same container, pod or node at that time


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Something the bundle does not hold, and the command that would fetch it."""

    what: str
    state: str  # absent, expired, redacted, truncated
    because: str
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """How many of the signs of trouble in the incident's window the named causes account for."""

    window: tuple[dt.datetime, dt.datetime] | None
    warnings: int  # warning events, log lines at warning or above, restarts
    explained: int  # those of them that a cause accounts for: events + lines + restarts
    pods: int = 0  # whose failure a cause explains
    events: int = 0
    lines: int = 0
    restarts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleFacts:
    """What the bundle is."""

    paths: tuple[str, ...]
    layouts: tuple[str, ...]
    collected_at: dt.datetime | None
    first_timestamp: dt.datetime | None
    last_timestamp: dt.datetime | None
    kubernetes_version: str | None
    platform: str | None
    pods: int
    nodes: int
    namespaces: int
    clocks: tuple[Clock, ...] = ()  # of the nodes whose clock differs from the API server's


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A state that lasted, from `start` to `end`."""

    state: str  # waiting, running, ready, not_ready, completed, failed, pressure, unavailable, kept, unknown
    start: dt.datetime
    end: dt.datetime
    label: str  # the state in a few words, with its reason
    is_start_known: bool = True  # False: it began at `start` at the latest


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Something that happened, or several alike that stand too close to be told apart."""

    kind: str  # event, log, kernel, probe, end
    severity: str  # info, warning, error
    time: dt.datetime
    until: dt.datetime  # the last of them; `time` where it happened once
    label: str  # reason and message of the most frequent one
    count: int = 1  # how often it happened, by the sources' own counts
    others: int = 0  # unlike ones gathered in this mark, beside the one that `label` tells
    rank: int = 0  # of the diagnosis that quotes it; 0: it is not quoted
    evidence: int = 0  # index into that diagnosis' evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryPoint:
    """What a container held at one moment."""

    time: dt.datetime
    used_bytes: int
    limit_bytes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One resource through time. Where no bar stands, it did not exist or no state of it can be told."""

    kind: str  # node, pressure, object, pod, init, sidecar, main, ephemeral, probe, memory, folded, source
    namespace: str
    name: str  # of the pod, node or object; of what is folded, its owner
    container: str = ""
    about: str = ""  # kind of an object, of a probe or of what is folded; the source's name
    rank: int = 0  # the diagnosis it belongs to; 0: all or none
    is_cause: bool = False
    folded: int = 0  # resources that this lane stands for, when they are too many for one each
    bars: tuple[Bar, ...] = ()  # in time order, without overlap
    marks: tuple[Mark, ...] = ()  # in time order
    restarts: tuple[dt.datetime, ...] = ()  # the restarts whose time is known
    restart_count: int | None = None  # all restarts, as the status counts them
    memory: tuple[MemoryPoint, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The incidents' resources side by side; empty when nothing has failed or nothing has a time."""

    start: dt.datetime | None = None
    end: dt.datetime | None = None  # usually when the bundle was collected
    window: tuple[dt.datetime, dt.datetime] | None = None  # from the first to the last trace of the incident
    lanes: tuple[Lane, ...] = ()  # the best diagnosis first, and in each the cause first
    folded_diagnoses: int = 0  # further diagnoses without lanes


@dataclass(frozen=True, slots=True, kw_only=True)
class Masked:
    """How many secrets of one kind were replaced by placeholders."""

    kind: str  # password, token, private-key ...; "withheld" counts lines that could not be checked
    values: int  # different ones; 0 for "withheld"
    places: int  # where they stood


@dataclass(frozen=True, slots=True, kw_only=True)
class Confidential:
    """A place where a secret stands, or from where a failing pod gets one; never its value."""

    about: ObjectRef  # the Secret, or the pod and its container
    what: str  # the key of the Secret, or the environment variable
    comes_from: str  # the Secret that is referred to; "" where the value itself stands in the bundle
    path: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretsHeld:
    """Where the bundle holds secrets; `hidden` more places are not listed."""

    places: tuple[Confidential, ...] = ()
    hidden: int = 0


NO_SECRETS = SecretsHeld()


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """Everything podtopsy has to say of one bundle."""

    version: str
    bundle: BundleFacts
    causes: tuple[Cause, ...]  # best first; empty when no root cause was found
    unexplained: tuple[Unexplained, ...]
    explained: Explained
    calm: tuple[Calm, ...]  # what was seen and is no incident, most frequent first
    missing: tuple[Missing, ...]
    complete: bool
    files: tuple[FileEntry, ...]
    notes: tuple[Note, ...]
    has_failures: bool  # False: nothing in the bundle is in a bad state
    detections: tuple[Detection, ...] = ()  # of the CRE rules given, worst first
    also: Also = NOTHING_ELSE
    broken_parts: tuple[str, ...] = ()  # our own bugs, named; exit code 3
    seen: tuple[Seen, ...] = ()  # all that patterns saw, that of the best diagnosis first
    library: LibraryFacts = LibraryFacts()
    timeline: Timeline = Timeline()
    masked: tuple[Masked, ...] = ()  # secrets that were replaced, by kind
    secrets: SecretsHeld = NO_SECRETS

    @property
    def is_interrupted(self) -> bool:
        """Whether Ctrl-C ended the reading, and this is told of what was read until then."""
        return any(note.problem == INTERRUPTED for note in self.notes)
