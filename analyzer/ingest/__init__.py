"""Evidence from a bundle: each file placed, its format chosen, its rows taken over.

FORMATS is the one list of structured formats, in sniffing order; what none of them claims is a bulk log.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

import polars as pl

from analyzer.archive import Rewound
from analyzer.bundle import Bundle, BundleFile
from analyzer.encoding import decode, looks_binary, to_utf8, wide_encoding
from analyzer.ingest import bulk, clock, describe, event_table, get_table, objects
from analyzer.ingest.attribution import attribute, without_copies
from analyzer.ingest.blocks import read_fully
from analyzer.ingest.collected import collected_at_in, collected_at_of, is_timestamp_file
from analyzer.ingest.harvest import Harvest
from analyzer.layout import place
from analyzer.member import MemberStream
from analyzer.model import (
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
    frame,
    schema,
)
from analyzer.placement import Placement
from analyzer.screen import Screen

HEAD_BYTES: Final = 64 << 10  # what a format sees before it claims a file
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


FORMATS: Final[tuple[Format, ...]] = (objects, event_table, get_table, describe)


@dataclass(slots=True)
class _Gathered:
    """The rows of all files so far."""

    harvests: list[Harvest] = field(default_factory=list)
    files: list[FileEntry] = field(default_factory=list)
    yearless: set[str] = field(default_factory=set)  # paths whose first and last timestamps have no year
    notes: list[Note] = field(default_factory=list)
    collected: list[dt.datetime] = field(default_factory=list)  # when the bundle was taken, as its paths tell
    stems: dict[str, str] = field(default_factory=dict)
    layouts: Counter[str] = field(default_factory=Counter)


def ingest(bundle: Bundle, screen: Screen, progress: Progress | None = None, strict: bool = False) -> Evidence:
    """Read the whole bundle; `progress` is told (files, bytes, path) before each file.

    Raises InputError where a PATH cannot be read at all. A failure of our own code costs the one file it
    happened in (its note's problem starts with "internal error"), unless `strict`, which lets it raise.
    """
    gathered = _Gathered()
    for file in bundle.files():
        if progress is not None:
            progress(bundle.files_seen, bundle.bytes_read, file.path)
        placement = place(file.path)
        if (named := collected_at_of(file.path)) is not None:
            gathered.collected.append(named)
        try:
            entry, harvest = _read(file, placement, screen)
        except Exception as error:  # the one place that guards against our own bugs
            if strict:
                raise
            reason = f"{type(error).__name__}: {error}".split("\n", 1)[0]
            entry = _skipped(file, placement, f"our reader failed: {reason}")
            harvest = Harvest(format="unread", notes=(Note(path=file.path, problem=f"internal error: {reason}"),))
        gathered.files.append(entry)
        gathered.harvests.append(harvest)
        if harvest.is_yearless:
            gathered.yearless.add(file.path)
        gathered.layouts[placement.layout] += 1
        if placement.stem is not None:
            gathered.stems[file.path] = placement.stem
    gathered.files += [replace(e, layout=e.layout or place(e.path).layout) for e in bundle.skipped]
    gathered.notes += bundle.notes
    return _evidence(gathered)


def _read(file: BundleFile, placement: Placement, screen: Screen) -> tuple[FileEntry, Harvest]:
    if placement.role == "ignored":
        return _skipped(file, placement, placement.why), Harvest(format="ignored")
    stream = file.open()
    if is_timestamp_file(file.path):
        return _timestamp_file(file, placement, stream)
    is_certain = placement.role in _CERTAIN_LOGS and placement.layout != "flat"
    head = b"" if is_certain else read_fully(stream, HEAD_BYTES)
    chosen = None if is_certain else choose(head, placement)
    whole = Rewound(head, stream)
    if chosen is None:
        harvest = bulk.read_log(whole, placement, screen, file.path)
    else:
        raw = read_fully(whole, WHOLE_BYTES)
        if more := bulk.count_newlines(whole):
            lines = raw.count(b"\n") + more
            reason = f"structured file of more than {WHOLE_BYTES >> 20} MiB"
            note = Note(path=file.path, problem=f"{reason}: not read")
            entry = replace(_skipped(file, placement, reason), lines=lines, skipped=lines)
            return entry, Harvest(format=chosen.NAME, notes=(note,))
        encoding = wide_encoding(raw)
        harvest = chosen.parse(raw if encoding is None else to_utf8(raw, encoding), file.path, placement)
    return _entry(file, placement, harvest, stream), harvest


def _timestamp_file(file: BundleFile, placement: Placement, stream: MemberStream) -> tuple[FileEntry, Harvest]:
    text = decode(read_fully(stream, HEAD_BYTES))
    lines = text.count("\n") + (1 if text and not text.endswith("\n") else 0)
    harvest = Harvest(format="timestamp", lines=lines, parsed=lines, collected_at=collected_at_in(text))
    return _entry(file, placement, harvest, stream), harvest


def choose(head: bytes, placement: Placement) -> Format | None:
    """The first format that claims a file with this beginning; None for bulk logs and all other text."""
    encoding = wide_encoding(head)
    if encoding is None and (not head.strip() or looks_binary(head)):
        return None
    text = decode(head if encoding is None else to_utf8(head, encoding)).lstrip("\ufeff")
    return next((f for f in FORMATS if f.sniff(text, placement)), None)


def _skipped(file: BundleFile, placement: Placement, reason: str) -> FileEntry:
    return replace(_blank(file, placement), status="skipped", reason=reason)


def _blank(file: BundleFile, placement: Placement) -> FileEntry:
    return FileEntry(
        path=file.path,
        bytes=file.size,
        status="parsed",
        layout=placement.layout,
        namespace=placement.namespace,
        pod=placement.pod,
        container=placement.container,
        node=placement.node,
        instance=placement.instance,
    )


def _entry(file: BundleFile, placement: Placement, harvest: Harvest, stream: MemberStream) -> FileEntry:
    status, reason = "parsed", None
    if harvest.format == "binary":
        status, reason = "skipped", "binary file"
    elif stream.damage is not None:
        status, reason = "partial", stream.damage
    elif harvest.unparsed or harvest.skipped:
        status, reason = "partial", _first_problem(harvest)
    elif not harvest.lines:
        reason = "empty file"
    return replace(
        _blank(file, placement),
        status=status,
        reason=reason,
        format=None if harvest.format == "binary" else harvest.format,
        lines=harvest.lines,
        parsed=harvest.parsed,
        unparsed=harvest.unparsed,
        skipped=harvest.skipped,
        records=len(harvest.records),
        first_timestamp=harvest.first_timestamp,
        last_timestamp=harvest.last_timestamp,
    )


def _first_problem(harvest: Harvest) -> str:
    if harvest.notes:
        return harvest.notes[0].problem
    return f"{harvest.unparsed + harvest.skipped} of {harvest.lines} lines could not be read"


def _evidence(gathered: _Gathered) -> Evidence:
    harvests = gathered.harvests
    containers = [row for h in harvests for row in h.containers]
    records = without_copies([row for h in harvests for row in h.records])
    records, files = attribute(records, gathered.files, gathered.stems, containers)
    told = [*gathered.collected, *(h.collected_at for h in harvests if h.collected_at is not None)]
    collected_at = max(told, default=None)
    settled = clock.settle(records, files, collected_at, _object_times(harvests), frozenset(gathered.yearless))
    return Evidence(
        records=frame(Record, settled.records).with_row_index("record_id"),
        pods=frame(Pod, [row for h in harvests for row in h.pods]),
        containers=frame(Container, containers),
        probes=frame(Probe, [row for h in harvests for row in h.probes]),
        mounts=frame(Mount, [row for h in harvests for row in h.mounts]),
        references=frame(Reference, [row for h in harvests for row in h.references]),
        nodes=frame(Node, [row for h in harvests for row in h.nodes]),
        objects=frame(Object, [row for h in harvests for row in h.objects]),
        files=frame(FileEntry, settled.files),
        notes=frame(Note, [*gathered.notes, *(note for h in harvests for note in h.notes)]),
        collected_at=settled.collected_at,
        present=settled.reference,
        layouts=tuple(sorted(gathered.layouts, key=lambda name: (-gathered.layouts[name], name))),
    )


def _object_times(harvests: list[Harvest]) -> Iterator[dt.datetime]:
    """Every instant that objects state: they tell in which year the bundle was taken."""
    for harvest in harvests:
        for row in (*harvest.pods, *harvest.containers, *harvest.nodes, *harvest.objects):
            for name in INSTANTS[type(row)]:
                value = getattr(row, name)
                if value is not None:
                    yield value
