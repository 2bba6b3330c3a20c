"""Evidence from a bundle: each file placed, its format chosen, its rows taken over.

FORMATS is the one list of structured formats, in sniffing order; what none of them claims is a bulk log.
"""

from __future__ import annotations

import datetime as dt
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

import polars as pl

from analyzer.archive import Rewound
from analyzer.bundle import Bundle, BundleFile
from analyzer.encoding import decode, looks_binary, to_utf8, wide_encoding
from analyzer.frames import frame, schema
from analyzer.ingest import allowance as allowed
from analyzer.ingest import (
    bulk,
    clock,
    crictl_inspect,
    describe,
    event_page,
    event_table,
    fragment,
    get_table,
    objects,
    sectioned,
    skew,
)
from analyzer.ingest.ages import proven_times
from analyzer.ingest.allowance import Allowance
from analyzer.ingest.attribution import attribute, without_copies
from analyzer.ingest.blocks import read_fully
from analyzer.ingest.clusters import several_clusters
from analyzer.ingest.collected import (
    JournalSpan,
    collected_at_in,
    collected_at_of,
    is_timestamp_file,
    journal_span,
)
from analyzer.ingest.collector import rare_collection
from analyzer.ingest.dump import logs_start, with_logs
from analyzer.ingest.entry import entry_of, skipped
from analyzer.ingest.gather import count_lines, line_at
from analyzer.ingest.harvest import Harvest
from analyzer.ingest.patience import Overdue, within
from analyzer.ingest.text_kinds import is_document_name, kind_of, not_read
from analyzer.ingest.unread import notes_of, with_links
from analyzer.layout import place
from analyzer.member import MemberStream
from analyzer.model import (
    ARCHIVE,
    INTERNAL_ERROR,
    Container,
    Evidence,
    FileEntry,
    Mount,
    Node,
    Note,
    Object,
    Pod,
    Probe,
    Record,
    Reference,
    Usage,
)
from analyzer.placement import Placement
from analyzer.screen import Screen
from analyzer.tarstream import Readable

HEAD_BYTES: Final = 64 << 10  # what a format sees before it claims a file
CHECKED_BYTES: Final = 8 << 20  # up to here a document without objects is looked through for what breaks it
WHOLE_BYTES: Final = 512 << 20  # a structured file is read whole up to here
_CERTAIN_LOGS: Final = frozenset(
    ("container_log", "kubelet_log", "runtime_log", "kernel_log", "control_plane_log", "node_log")
)

INSTANTS: Final[dict[type[object], tuple[str, ...]]] = {
    row: tuple(name for name, dtype in schema(row).items() if isinstance(dtype, pl.Datetime))
    for row in (Pod, Container, Node, Object)
}

Progress = Callable[[int, int, str], None]


class Format(Protocol):
    """A module of a structured format."""

    @property
    def NAME(self) -> str:
        """As the ledger calls it."""
        ...

    @property
    def SAMPLE(self) -> str:
        """One line of it, for `podtopsy formats`."""
        ...

    def sniff(self, head: str, placement: Placement) -> bool:
        """Whether a file that begins like this is of the format."""
        ...

    def parse(self, raw: bytes, path: str, placement: Placement) -> Harvest:
        """All its rows; never raises for bad content."""
        ...


FORMATS: Final[tuple[Format, ...]] = (event_page, crictl_inspect, objects, event_table, get_table, describe, fragment)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one file gave."""

    entry: FileEntry
    placement: Placement
    harvest: Harvest
    span: JournalSpan | None = None


@dataclass(slots=True)
class _Gathered:
    """The rows of all files so far."""

    harvests: list[Harvest] = field(default_factory=list)
    order: list[str] = field(default_factory=list)  # the paths of the harvests
    files: list[FileEntry] = field(default_factory=list)
    yearless: set[str] = field(default_factory=set)  # paths whose first and last timestamps have no year
    zoneless: set[str] = field(default_factory=set)  # paths whose first and last timestamps have no zone
    spans: dict[str, JournalSpan] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    collected: list[dt.datetime] = field(default_factory=list)  # when the bundle was taken, as its paths tell
    stems: dict[str, str] = field(default_factory=dict)
    layouts: Counter[str] = field(default_factory=Counter)


def ingest(
    bundle: Bundle,
    screen: Screen,
    progress: Progress | None = None,
    strict: bool = False,
    timezone: dt.tzinfo | None = None,
    readings: Iterable[Reading] | None = None,
) -> Evidence:
    """Read the whole bundle; `progress` is told (files, bytes of the PATHs, path) with each block that is read.

    `timezone` is that of times which say none. `readings` stands for reading the bundle here and now: where it comes
    from has filled in what the bundle skipped and noted when it ends.

    Raises InputError where a PATH cannot be read at all. A failure of our own code costs the one file it
    happened in (its note's problem starts with "internal error"), unless `strict`, which lets it raise.
    """
    with rare_collection():
        gathered = _gather(bundle, readings or read_files(bundle, screen, progress, strict))
        return _evidence(gathered, timezone)


def _gather(bundle: Bundle, readings: Iterable[Reading]) -> _Gathered:
    gathered, allowance = _Gathered(), Allowance(allowed.MOST_RECORDS)
    for read in readings:
        path, harvest = read.entry.path, read.harvest
        if (named := collected_at_of(path)) is not None:
            gathered.collected.append(named)
        gathered.files.append(read.entry)
        gathered.harvests.append(allowance.take(harvest, path))
        gathered.order.append(path)
        if harvest.is_yearless:
            gathered.yearless.add(path)
        if not harvest.has_zone:
            gathered.zoneless.add(path)
        if read.span is not None:
            gathered.spans[path] = read.span
        gathered.layouts[read.placement.layout] += 1
        if read.placement.stem is not None:
            gathered.stems[path] = read.placement.stem
    gathered.files = with_links([*gathered.files, *map(_placed, bundle.listed)])
    gathered.notes += [*bundle.notes, *allowance.notes()]
    return gathered


def read_files(
    bundle: Bundle, screen: Screen, progress: Progress | None = None, strict: bool = False
) -> Iterator[Reading]:
    """What each file of the bundle gives, in order."""
    if progress is not None:
        bundle.tell(progress)
    for file in bundle.files():
        yield read_file(bundle, file, screen, strict)


def read_file(bundle: Bundle, file: BundleFile, screen: Screen, strict: bool = False) -> Reading:
    """What one file gives, within the time it may take; `strict` lets our own bugs raise."""
    placement, before = place(file.path), bundle.bytes_read
    try:
        with within(bundle.limits.file_seconds, lambda: bundle.bytes_read - before):
            return _read(file, placement, screen, bundle.limits.line_bytes)
    except Overdue as error:
        return given_up(file.path, file.size, str(error))
    except Exception as error:  # the one place that guards against our own bugs
        if strict:
            raise
        reason = f"{type(error).__name__}: {error}".split("\n", 1)[0]
        entry = skipped(file, placement, f"our reader failed: {reason}")
        note = Note(path=file.path, problem=f"{INTERNAL_ERROR}: {reason}")
        return Reading(entry, placement, Harvest(format="unread", notes=(note,)))


def given_up(path: str, size: int, reason: str) -> Reading:
    """A file that is not read, with a note of the reason."""
    placement = place(path)
    entry = _placed(FileEntry(path=path, bytes=size, status="skipped", reason=reason))
    return Reading(entry, placement, Harvest(format="unread", notes=(Note(path=path, problem=reason),)))


def _placed(entry: FileEntry) -> FileEntry:
    if entry.format == ARCHIVE:
        return replace(entry, why="an archive: each file in it has a layout of its own")
    placement = place(entry.path)
    return replace(entry, layout=placement.layout, why=placement.why)


def _read(file: BundleFile, placement: Placement, screen: Screen, longest: int) -> Reading:
    if placement.role == "ignored":
        return Reading(skipped(file, placement, placement.why), placement, Harvest(format="ignored"))
    stream = file.open()
    if is_timestamp_file(file.path):
        return _timestamp_file(file, placement, stream)
    is_certain = placement.role in _CERTAIN_LOGS and placement.layout != "flat"
    head = read_fully(stream, HEAD_BYTES)
    chosen = None if is_certain else choose(head, placement)
    whole: Readable = Rewound(head, stream) if len(head) == HEAD_BYTES else io.BytesIO(head)
    if not is_certain and sectioned.sniff(head):
        raw = read_fully(whole, sectioned.LARGEST_BYTES)
        whole = Rewound(raw, whole)
        harvest = None
        if len(raw) < sectioned.LARGEST_BYTES and wide_encoding(raw) is None:
            harvest = sectioned.read(raw, file.path, placement, screen, _reader_of_parts(file.path))
        if harvest is not None:
            return Reading(entry_of(file, placement, harvest, stream), placement, harvest, journal_span(head))
    if chosen is not None:
        found = _structured(file, placement, chosen, whole, stream, screen)
        if isinstance(found, Reading):
            return found
        whole = Rewound(found, whole)
    return _unstructured(file, placement, whole, stream, screen, longest)


def _unstructured(
    file: BundleFile, placement: Placement, whole: Readable, stream: MemberStream, screen: Screen, longest: int
) -> Reading:
    """A log, or any other text: searched for what the patterns know, and named after what it is."""
    head = read_fully(whole, HEAD_BYTES)
    whole = Rewound(head, whole)
    broken: list[Note] = []
    if placement.role in ("objects", "events") and is_document_name(file.path):
        raw = read_fully(whole, CHECKED_BYTES)
        broken = not_read(raw, file.path) if len(raw) < CHECKED_BYTES else []
        whole = Rewound(raw, whole)
    harvest = bulk.read_log(whole, placement, screen, file.path, longest)
    if broken and harvest.format == "text":
        harvest = replace(harvest, parsed=0, unparsed=harvest.lines, notes=(*harvest.notes, *broken))
    if harvest.format == "text" and (kind := kind_of(_text(head), file.path, placement)) is not None:
        harvest = replace(harvest, format=kind)
    return Reading(entry_of(file, placement, harvest, stream), placement, harvest, journal_span(head))


def _structured(
    file: BundleFile, placement: Placement, chosen: Format, whole: Readable, stream: MemberStream, screen: Screen
) -> Reading | bytes:
    """The rows of the file; its bytes where it turns out to be a template, a README or another text without objects."""
    raw = read_fully(whole, WHOLE_BYTES)
    if more := bulk.count_newlines(whole):
        lines = raw.count(b"\n") + more
        reason = f"structured file of more than {WHOLE_BYTES >> 20} MiB"
        note = Note(path=file.path, problem=f"{reason}: not read")
        entry = replace(skipped(file, placement, reason), lines=lines, skipped=lines)
        return Reading(entry, placement, Harvest(format=chosen.NAME, notes=(note,)))
    encoding, stored_lines = wide_encoding(raw), count_lines(raw)
    raw = raw if encoding is None else to_utf8(raw, encoding)
    start = logs_start(raw) if chosen is objects else None
    harvest = chosen.parse(raw[:start], file.path, placement)
    if chosen is objects and start is None and harvest.unparsed and harvest.is_empty:
        return raw
    if start is not None:
        harvest = with_logs(harvest, raw, start, file.path, placement, screen)
    if encoding is not None:
        harvest = replace(harvest, coding=encoding, stored_lines=stored_lines)
    entry = entry_of(file, placement, harvest, stream)
    number = next((note.line for note in harvest.notes if note.line is not None), harvest.unread_line)
    if entry.status != "parsed" and number is not None:
        entry = replace(entry, sample=line_at(raw, number), sample_line=number)
    return Reading(entry, placement, harvest)


def _timestamp_file(file: BundleFile, placement: Placement, stream: MemberStream) -> Reading:
    text = decode(read_fully(stream, HEAD_BYTES))
    lines = text.count("\n") + (1 if text and not text.endswith("\n") else 0)
    harvest = Harvest(format="timestamp", lines=lines, parsed=lines, collected_at=collected_at_in(text))
    return Reading(entry_of(file, placement, harvest, stream), placement, harvest)


def _reader_of_parts(path: str) -> sectioned.Read:
    def read_part(raw: bytes, placement: Placement) -> Harvest | None:
        empty = len(raw) - len(raw.lstrip(b"\n"))
        chosen = choose(raw[empty : empty + HEAD_BYTES], placement)
        harvest = None if chosen is None else chosen.parse(raw, path, placement)
        return None if harvest is None or (harvest.is_empty and harvest.unparsed) else harvest

    return read_part


def choose(head: bytes, placement: Placement) -> Format | None:
    """The first format that claims a file with this beginning; None for bulk logs and all other text."""
    if wide_encoding(head) is None and (not head.strip() or looks_binary(head)):
        return None
    text = _text(head)
    return next((f for f in FORMATS if f.sniff(text, placement)), None)


def _text(head: bytes) -> str:
    encoding = wide_encoding(head)
    return decode(head if encoding is None else to_utf8(head, encoding)).lstrip("\ufeff")


def _evidence(gathered: _Gathered, timezone: dt.tzinfo | None) -> Evidence:
    probes = frame(Probe, [row for h in gathered.harvests for row in h.probes])
    mounts = frame(Mount, [row for h in gathered.harvests for row in h.mounts])
    references = frame(Reference, [row for h in gathered.harvests for row in h.references])
    # Nothing asks for these rows again: without them the frames of the others need no memory of their own.
    gathered.harvests = [replace(h, probes=(), mounts=(), references=()) for h in gathered.harvests]
    harvests = gathered.harvests
    containers = [row for h in harvests for row in h.containers]
    objects_found = [row for h in harvests for row in h.objects]
    found = [row for h in harvests for row in h.records]
    records = without_copies(found)
    files = _counted(gathered.files, found, records)
    pods = [row for h in harvests for row in h.pods]
    records, files = attribute(records, files, gathered.stems, containers, pods)
    told = [*gathered.collected, *(h.collected_at for h in harvests if h.collected_at is not None)]
    collected_at = max(told, default=None) or max((s.last for s in gathered.spans.values()), default=None)
    zones = clock.Zones(user=timezone, spans=gathered.spans, zoneless_files=frozenset(gathered.zoneless))
    absolute = [*_object_times(harvests), *proven_times(harvests)]
    settled = clock.settle(records, files, collected_at, absolute, frozenset(gathered.yearless), zones)
    notes = [*gathered.notes, *(note for h in harvests for note in h.notes)]
    notes += notes_of(files, notes)
    notes += several_clusters(objects_found)
    clocks = skew.clocks(h.pairs for h in harvests)
    notes += skew.notes(clocks, zip(gathered.order, (h.pairs for h in harvests), strict=True))
    return Evidence(
        records=frame(Record, skew.uncertain(settled.records, pods, clocks)).with_row_index("record_id"),
        pods=frame(Pod, pods),
        containers=frame(Container, containers),
        probes=probes,
        mounts=mounts,
        references=references,
        nodes=frame(Node, [row for h in harvests for row in h.nodes]),
        objects=frame(Object, objects_found),
        usages=frame(Usage, [row for h in harvests for row in h.usages]),
        files=frame(FileEntry, settled.files),
        notes=frame(Note, notes),
        sought=tuple(line for h in harvests for line in h.sought),
        collected_at=settled.collected_at,
        clocks=clocks,
        present=settled.reference,
        layouts=tuple(sorted(gathered.layouts, key=lambda name: (-gathered.layouts[name], name))),
        holders=tuple(sorted((row for h in harvests for row in h.holders), key=lambda r: (r.path, r.line, r.what))),
        keyed=tuple(sorted({pair for h in harvests for pair in h.keyed})),
        secrets=tuple(sorted({value for h in harvests for value in h.secrets})),
    )


def _counted(files: list[FileEntry], found: list[Record], kept: list[Record]) -> list[FileEntry]:
    """The entries with the records kept of each file, and those that another file has too."""
    all_of, kept_of = Counter(r.path for r in found), Counter(r.path for r in kept)
    return [replace(f, records=kept_of[f.path], duplicates=all_of[f.path] - kept_of[f.path]) for f in files]


def _object_times(harvests: list[Harvest]) -> Iterator[dt.datetime]:
    """Every instant that objects state: they tell in which year the bundle was taken."""
    for harvest in harvests:
        for row in (*harvest.pods, *harvest.containers, *harvest.nodes, *harvest.objects):
            for name in INSTANTS[type(row)]:
                value = getattr(row, name)
                if value is not None:
                    yield value
