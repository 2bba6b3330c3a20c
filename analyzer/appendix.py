"""The page's back matter: what the bundle is, what was read of it, everything seen, by what tool."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from analyzer import score, wording
from analyzer.diagnosis import Also, Diagnosis, SecretsHeld, Seen
from analyzer.model import ARCHIVE, FileEntry
from reports import context
from reports.visible import one_line

SHOWN_UNREAD: Final = 1000
SHOWN_READ: Final = 300
SHOWN_SEEN: Final = 400
SHOWN_SECRETS: Final = 200
SHOWN_ASIDES: Final = 100
SHOWN_ASIDE_CHARACTERS: Final = 1000  # of each line
SHOWN_PARTS: Final = 3  # of a path in the table of everything seen
STATUS: Final = {"parsed": "read", "partial": "read in part", "skipped": "not read"}
PARTS: Final = {
    "cause": "the cause of diagnosis {rank}",
    "agrees": "says the same as diagnosis {rank}",
    "follows": "follows from diagnosis {rank}",
    "symptom": "a symptom of diagnosis {rank}",
    "unexplained": "a symptom without a cause",
    "open": "no diagnosis rests on it",
}


def bundle_facts(diagnosis: Diagnosis) -> tuple[context.Fact, ...]:
    """What the bundle is, as labelled values."""
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
        ("Files", f"{len(files):,}, {wording.size(sum(f.bytes for f in files if f.format != ARCHIVE))}"),
        ("Lines", f"{sum(f.lines for f in files):,}"),
        ("Masked", wording.listed([wording.count(m.values or m.places, _words(m.kind)) for m in diagnosis.masked])),
    )
    return tuple(context.Fact(label=label, value=one_line(value)) for label, value in pairs if value)


def _words(kind: str) -> str:
    """A kind of mask as the page names it."""
    return "line that could not be checked" if kind == "withheld" else kind.replace("-", " ")


def asides(also: Also) -> tuple[context.Aside, ...]:
    """What else went wrong, as many lines as are shown."""
    shown = [(lead.about, line) for lead in also.records[:SHOWN_ASIDES] for line in lead.evidence[:1]]
    return tuple(
        context.Aside(
            place=one_line(f"{line.path}:{line.line}" if line.line else line.path),
            about=one_line(wording.place(about)),
            text=one_line(line.text.rstrip("\r\n"))[:SHOWN_ASIDE_CHARACTERS],
        )
        for about, line in shown
    )


def secrets(held: SecretsHeld) -> tuple[context.SecretPlace, ...]:
    """The places of secrets, as many as are shown."""
    return tuple(
        context.SecretPlace(
            about=one_line(wording.place(place.about)),
            what=one_line(place.what),
            comes_from=one_line(place.comes_from),
            place=one_line(f"{place.path}:{place.line}" if place.line else place.path),
        )
        for place in held.places[:SHOWN_SECRETS]
    )


def ledger(files: Sequence[FileEntry]) -> context.Ledger:
    """What became of every file, as many as are shown."""
    ordered = sorted(files, key=lambda f: f.path)
    unread = [f for f in ordered if f.status != "parsed"]
    read = [f for f in ordered if f.status == "parsed"]
    missed = sum(not f.is_left_out for f in unread)
    total = wording.count(len(read) + missed, "file")
    if not files:
        sentence = "The bundle holds no files."
    elif not read and not missed:
        sentence = "The bundle holds nothing to read."
    elif not missed:
        sentence = f"All of the {total} could be read in full." if len(read) > 1 else "The file was read in full."
    else:
        sentence = f"Of {total}, {len(read):,} could be read in full and {missed:,} could not."
    if left_out := len(unread) - missed:
        sentence += f" Left out as no evidence: {left_out:,} of editors, desktops or version control."
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
        kind=", ".join(part for part in (entry.layout, entry.format, entry.coding) if part) or "unknown",
        size=wording.size(entry.bytes),
        status=STATUS.get(entry.status, entry.status),
        reason=wording.sentence(entry.reason or ""),
        lines=entry.lines,
        parsed=entry.parsed,
        unparsed=entry.unparsed,
        skipped=entry.skipped,
        records=entry.records,
    )


def tool(diagnosis: Diagnosis) -> tuple[context.Fact, ...]:
    """What judged: the program and its patterns."""
    library = diagnosis.library
    patterns = wording.count(library.patterns, "pattern")
    own = f", {library.own:,} of them given with --patterns" if library.own else ""
    pairs = (
        ("podtopsy", diagnosis.version),
        ("Patterns", f"{patterns} ({library.causes:,} name a cause{own}), fingerprint {library.digest}"),
    )
    known = pairs if library.digest else pairs[:1]
    return tuple(context.Fact(label=label, value=one_line(value)) for label, value in known)


def method() -> str:
    """How a confidence comes out of the terms of a score."""
    return (
        f"The terms add up to a sum s; the confidence is 1 / (1 + e^(−{score.STEEPNESS:g} × (s − {score.BASE:g}))), "
        f"never below {score.LOWEST:g} or above {score.HIGHEST:g}, since nobody is certain. The two constants were "
        "fitted to labelled incidents. A diagnosis whose failures a better one explains keeps less than half of it."
    )


def seen(diagnosis: Diagnosis) -> tuple[context.Seen, ...]:
    """The rows of the table of everything seen, as many as are shown."""
    return tuple(_seen(row) for row in diagnosis.seen[:SHOWN_SEEN])


def _seen(row: Seen) -> context.Seen:
    place = wording.place(row.about)
    more = f" and {row.objects - 1:,} more" if row.objects > 1 else ""
    return context.Seen(
        title=one_line(row.title),
        pattern=row.pattern,
        role=row.role,
        severity=row.severity,
        place=one_line(place) + more,
        count=row.count,
        first=row.first_seen,
        last=row.last_seen,
        part=PARTS.get(row.part, row.part).format(rank=row.rank) if row.part in PARTS else row.part,
        where=one_line(wording.end_of(f"{row.path}:{row.line}" if row.line else row.path, SHOWN_PARTS)),
    )
