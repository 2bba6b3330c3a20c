"""Turns the times that only make sense beside others into instants: without a year, without a zone, kubectl's ages.

Both need a reference, the moment the bundle was taken: as the bundle itself says, else the newest time in it that has
a year. The clock of whoever analyses plays no part. Without a reference such times stay unknown; the order of lines
and `age_seconds` remain to sort by.

A time without a zone is in the zone that its journal's own first line names, else in the one the user names, else
in UTC.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from analyzer.ingest.collected import JournalSpan
from analyzer.model import FileEntry, Record
from analyzer.timestamps import PLACEHOLDER_YEAR

_AHEAD_OF_COLLECTION: Final = dt.timedelta(days=2)  # other zones, clocks that run ahead
# The newest time seen is older than the collection: a pod made weeks ago may be all that has a year beside a journal
# of today. Three months of room keep that journal out of last year, where nine months would be the alternative.
_AHEAD_OF_NEWEST: Final = dt.timedelta(days=92)
_LEAP_CYCLE: Final = 8  # years between two leap days, at most (1896 to 1904)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """Records and files whose times are absolute or None."""

    records: tuple[Record, ...]  # in the order given
    files: tuple[FileEntry, ...]
    collected_at: dt.datetime | None  # as the bundle says; never a guess
    reference: dt.datetime | None  # what ages and years were counted from


@dataclass(frozen=True, slots=True, kw_only=True)
class Zones:
    """What is known of the zones that times without one are written in."""

    user: dt.tzinfo | None = None  # of --timezone
    spans: Mapping[str, JournalSpan] = field(default_factory=dict)  # path -> what the journal's first line says
    zoneless_files: frozenset[str] = frozenset()  # whose first_timestamp and last_timestamp have no zone

    def settles(self, path: str) -> bool:
        """Whether the zone of this file's times is known."""
        return self.user is not None or path in self.spans

    def to_utc(self, time: dt.datetime | None, path: str) -> dt.datetime | None:
        """The instant of a time that was taken for UTC for want of a zone."""
        if time is None:
            return None
        try:
            if path in self.spans:
                return time - self.spans[path].ahead
            return time.replace(tzinfo=self.user).astimezone(dt.UTC) if self.user is not None else time
        except OverflowError:
            return time

    def latest(self, path: str, latest: dt.datetime | None) -> dt.datetime | None:
        """The latest possible time of a file's lines."""
        span = self.spans.get(path)
        return latest if span is None else _after(span.last, _AHEAD_OF_COLLECTION)


def settle(
    records: Iterable[Record],
    files: Iterable[FileEntry],
    collected_at: dt.datetime | None,
    absolute: Iterable[dt.datetime],
    yearless_files: frozenset[str] = frozenset(),
    zones: Zones = Zones(),
) -> Settled:
    """Gives every yearless time its year and every age its instant.

    `absolute` are times of pods, containers and other objects; `yearless_files` the paths whose first_timestamp
    and last_timestamp have the placeholder year.

    Each line gets its year by itself: lines out of order, or of a node that booted with its clock reset, then do not
    drag the lines before them into another year. The price: a line more than a year old seems to be of the last one.
    """
    rows, entries = tuple(records), tuple(files)
    reference = collected_at or _newest(rows, entries, absolute, yearless_files)
    latest = reference and _after(reference, _AHEAD_OF_COLLECTION if collected_at else _AHEAD_OF_NEWEST)
    return Settled(
        records=tuple([_settled_record(row, reference, latest, zones) for row in rows]),
        files=tuple(_settled_file(f, latest, f.path in yearless_files, zones) for f in entries),
        collected_at=collected_at,
        reference=reference,
    )


def in_year(time: dt.datetime, latest: dt.datetime) -> dt.datetime | None:
    """A yearless time in the last year that puts it at or before `latest`; Feb 29 goes to a leap year."""
    for year in range(latest.year, latest.year - _LEAP_CYCLE - 1, -1):
        try:
            dated = time.replace(year=year)
        except ValueError:
            continue
        if dated <= latest:
            return dated
    return None


def age_error_seconds(age_seconds: float) -> float:
    """Half of the unit that kubectl cuts an age of this size to.

    Thresholds of HumanDuration in k8s.io/apimachinery/pkg/util/duration: seconds below 10 minutes, minutes below 8
    hours, hours below 8 days, days below 8 years, then years.
    """
    for limit, unit in ((600.0, 1.0), (8 * 3600.0, 60.0), (8 * 86400.0, 3600.0), (8 * 365 * 86400.0, 86400.0)):
        if age_seconds < limit:
            return unit / 2
    return 365 * 86400.0 / 2


def _newest(
    rows: Sequence[Record], files: Sequence[FileEntry], absolute: Iterable[dt.datetime], yearless_files: frozenset[str]
) -> dt.datetime | None:
    dated = [row.timestamp for row in rows if not row.is_yearless and row.age_seconds is None]
    last = [file.last_timestamp for file in files if file.path not in yearless_files]
    return max((time for time in (*dated, *last, *absolute) if time is not None), default=None)


def _settled_record(row: Record, reference: dt.datetime | None, latest: dt.datetime | None, zones: Zones) -> Record:
    if row.has_zone and not row.is_yearless and row.age_seconds is None and row.first_age_seconds is None:
        return row
    dated = _in_its_year(row, reference, zones.latest(row.path, latest))
    if dated.has_zone or dated.timestamp is None or not zones.settles(dated.path):
        return dated
    return dataclasses.replace(
        dated,
        timestamp=zones.to_utc(dated.timestamp, dated.path),
        first_timestamp=zones.to_utc(dated.first_timestamp, dated.path),
        timestamp_error_seconds=0.0,
        has_zone=True,
    )


def _in_its_year(row: Record, reference: dt.datetime | None, latest: dt.datetime | None) -> Record:
    if row.is_yearless:
        dated = row.timestamp and latest and in_year(row.timestamp, latest)
        first = row.first_timestamp and dated and in_year(row.first_timestamp, dated)
        return dataclasses.replace(row, timestamp=dated, first_timestamp=first, is_yearless=False)
    if row.age_seconds is None and row.first_age_seconds is None:
        return row
    error = row.timestamp_error_seconds
    if row.timestamp is None and row.age_seconds is not None:
        error = error or age_error_seconds(row.age_seconds)
    return dataclasses.replace(
        row,
        timestamp=row.timestamp or _ago(reference, row.age_seconds),
        first_timestamp=row.first_timestamp or _ago(reference, row.first_age_seconds),
        timestamp_error_seconds=error,
    )


def _settled_file(file: FileEntry, latest: dt.datetime | None, is_yearless: bool, zones: Zones) -> FileEntry:
    first, last = file.first_timestamp, file.last_timestamp
    if is_yearless:
        latest = zones.latest(file.path, latest)
        first, last = _dated(first, latest), _dated(last, latest)
        if first and last and first > _after(last, _AHEAD_OF_COLLECTION):  # the file covers a year and more
            first = in_year(first, last)
    if file.path in zones.zoneless_files:
        first, last = zones.to_utc(first, file.path), zones.to_utc(last, file.path)
    if (first, last) == (file.first_timestamp, file.last_timestamp):
        return file
    return dataclasses.replace(file, first_timestamp=first, last_timestamp=last)


def _dated(time: dt.datetime | None, latest: dt.datetime | None) -> dt.datetime | None:
    """A file's time with a year; its other end may have been written with one."""
    if time is None or time.year != PLACEHOLDER_YEAR:
        return time
    return None if latest is None else in_year(time, latest)


def _ago(reference: dt.datetime | None, seconds: float | None) -> dt.datetime | None:
    if reference is None or seconds is None:
        return None
    try:
        return reference - dt.timedelta(seconds=seconds)
    except OverflowError:
        return None


def _after(time: dt.datetime, span: dt.timedelta) -> dt.datetime:
    try:
        return time + span
    except OverflowError:
        return time
