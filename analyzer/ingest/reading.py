"""One file read: which reader takes it, what it gives, and its line in the ledger.

FORMATS is the one list of structured formats, in sniffing order; what none of them claims is a bulk log.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import Final, Protocol

from analyzer.archive import Rewound
from analyzer.bundle import Bundle, BundleFile
from analyzer.encoding import decode, looks_binary, to_utf8, wide_encoding
from analyzer.ingest import (
    bulk,
    crictl_inspect,
    describe,
    event_page,
    event_table,
    fragment,
    get_table,
    objects,
    sectioned,
)
from analyzer.ingest.blocks import read_fully
from analyzer.ingest.collected import (
    JournalSpan,
    collected_at_in,
    is_timestamp_file,
    journal_span,
)
from analyzer.ingest.dump import logs_start, with_logs
from analyzer.ingest.entry import entry_of, skipped
from analyzer.ingest.gather import count_lines, line_at
from analyzer.ingest.harvest import Harvest
from analyzer.ingest.patience import Overdue, within
from analyzer.ingest.text_kinds import is_document_name, kind_of, not_read
from analyzer.layout import place
from analyzer.member import MemberStream
from analyzer.model import (
    ARCHIVE,
    INTERNAL_ERROR,
    FileEntry,
    Note,
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
    entry = placed(FileEntry(path=path, bytes=size, status="skipped", reason=reason))
    return Reading(entry, placement, Harvest(format="unread", notes=(Note(path=path, problem=reason),)))


def placed(entry: FileEntry) -> FileEntry:
    """The entry with the layout that its path tells."""
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
    encoding, stored_lines = wide_encoding(raw), 0
    if encoding is not None:
        raw, stored_lines = to_utf8(raw, encoding), count_lines(raw)
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
