"""Evidence from a bundle: each file read by `reading`, the rows of all taken over, their times settled."""

from __future__ import annotations

import datetime as dt
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final, get_type_hints

from analyzer.bundle import Bundle
from analyzer.ingest import allowance as allowed
from analyzer.ingest import clock, skew
from analyzer.ingest.ages import proven_times
from analyzer.ingest.allowance import Allowance
from analyzer.ingest.attribution import attribute, without_copies
from analyzer.ingest.clusters import several_clusters
from analyzer.ingest.collected import JournalSpan, collected_at_of
from analyzer.ingest.collector import rare_collection
from analyzer.ingest.harvest import Harvest
from analyzer.ingest.reading import Reading, placed, read_file
from analyzer.ingest.second_reader import SecondReader
from analyzer.ingest.unread import notes_of, with_links
from analyzer.model import (
    Container,
    Evidence,
    FileEntry,
    Node,
    Note,
    Object,
    Pod,
    Record,
)
from analyzer.order import ordered
from analyzer.screen import Screen

INSTANTS: Final[dict[type[object], tuple[str, ...]]] = {
    row: tuple(name for name, hint in get_type_hints(row).items() if hint == dt.datetime | None)
    for row in (Pod, Container, Node, Object)
}

Progress = Callable[[int, int, str], None]


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
    gathered.files = with_links([*gathered.files, *map(placed, bundle.listed)])
    gathered.notes += [*bundle.notes, *allowance.notes()]
    return gathered


def read_files(
    bundle: Bundle, screen: Screen, progress: Progress | None = None, strict: bool = False
) -> Iterator[Reading]:
    """What each file of the bundle gives, in order."""
    if progress is not None:
        bundle.tell(progress)
    second = SecondReader(bundle, screen, strict)
    waiting: deque[Reading | None] = deque()  # None: the second reader has it
    try:
        for file in bundle.files():
            here = second.take(file)
            waiting.append(None if here is None else read_file(bundle, here, screen, strict))
            yield from _known(waiting, second, must_wait=False)
        yield from _known(waiting, second, must_wait=True)
    finally:
        second.stop()


def _known(waiting: deque[Reading | None], second: SecondReader, must_wait: bool) -> Iterator[Reading]:
    while waiting and (reading := waiting[0] or second.done(must_wait)) is not None:
        waiting.popleft()
        yield reading


def _evidence(gathered: _Gathered, timezone: dt.tzinfo | None) -> Evidence:
    harvests = gathered.harvests
    pods = [row for h in harvests for row in h.pods]
    containers = [row for h in harvests for row in h.containers]
    objects_found = [row for h in harvests for row in h.objects]
    found = [row for h in harvests for row in h.records]
    records = without_copies(found)
    files = _counted(gathered.files, found, records)
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
        records=ordered(skew.uncertain(settled.records, pods, clocks)),
        pods=ordered(pods),
        containers=ordered(containers),
        probes=ordered(row for h in harvests for row in h.probes),
        mounts=ordered(row for h in harvests for row in h.mounts),
        references=ordered(row for h in harvests for row in h.references),
        nodes=ordered(row for h in harvests for row in h.nodes),
        objects=ordered(objects_found),
        usages=ordered(row for h in harvests for row in h.usages),
        files=ordered(settled.files),
        notes=ordered(notes),
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
