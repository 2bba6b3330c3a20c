"""Yearless times and ages become instants beside a reference, and stay unknown without one."""

from __future__ import annotations

import datetime as dt

import pytest

from analyzer.errors import UsageError
from analyzer.ingest.clock import Zones, settle
from analyzer.ingest.collected import collected_at_of, journal_span
from analyzer.ingest.logline import LogHints, parse_line
from analyzer.model import FileEntry, Record
from analyzer.timezone import zone


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)  # type: ignore[misc,arg-type]


def yearless(line: int, *parts: int, path: str = "kubelet.log") -> Record:
    return Record(
        source="kubelet_log", message="m", path=path, line=line, timestamp=utc(1904, *parts), is_yearless=True
    )


def aged(seconds: float, *, first: float | None = None, error: float = 0.0) -> Record:
    return Record(
        source="event", message="m", path="events.txt", line=2,
        age_seconds=seconds, first_age_seconds=first, timestamp_error_seconds=error,
    )  # fmt: skip


def timestamps(*records: Record, collected_at: dt.datetime | None = None) -> list[dt.datetime | None]:
    settled = settle(records, [], collected_at, [])
    assert not any(record.is_yearless for record in settled.records)
    return [record.timestamp for record in settled.records]


def test_a_bundle_of_new_year_puts_december_in_the_old_year_and_january_in_the_new_one() -> None:
    records = (yearless(1, 12, 31, 23, 59, 59), yearless(2, 1, 1, 0, 0, 1))

    assert timestamps(*records, collected_at=utc(2025, 1, 1, 0, 30)) == [
        utc(2024, 12, 31, 23, 59, 59),
        utc(2025, 1, 1, 0, 0, 1),
    ]


def test_december_lines_among_january_lines_do_not_add_a_year() -> None:
    records = (
        yearless(1, 11, 30, 10),
        yearless(2, 12, 31, 23, 59, 58),
        yearless(3, 1, 1),
        yearless(4, 12, 31, 23, 59, 59),
        yearless(5, 1, 1, 0, 0, 1),
    )

    assert timestamps(*records, collected_at=utc(2025, 1, 1, 0, 30)) == [
        utc(2024, 11, 30, 10),
        utc(2024, 12, 31, 23, 59, 58),
        utc(2025, 1, 1),
        utc(2024, 12, 31, 23, 59, 59),
        utc(2025, 1, 1, 0, 0, 1),
    ]


def test_a_line_up_to_two_days_after_the_collection_belongs_to_the_same_year() -> None:
    records = (yearless(1, 3, 6, 23), yearless(2, 3, 8))

    assert timestamps(*records, collected_at=utc(2024, 3, 5)) == [utc(2024, 3, 6, 23), utc(2023, 3, 8)]


def test_a_january_line_of_a_clock_that_runs_ahead_belongs_to_the_coming_year() -> None:
    assert timestamps(yearless(1, 1, 1, 5), collected_at=utc(2024, 12, 31, 22)) == [utc(2025, 1, 1, 5)]


def test_a_leap_day_goes_to_the_last_leap_year() -> None:
    assert timestamps(yearless(1, 2, 29, 12), collected_at=utc(2025, 1, 1)) == [utc(2024, 2, 29, 12)]
    assert timestamps(yearless(1, 2, 29, 12), collected_at=utc(2024, 2, 29, 13)) == [utc(2024, 2, 29, 12)]


def test_a_boot_with_a_reset_clock_does_not_move_the_lines_before_it() -> None:
    records = (yearless(1, 8, 29), yearless(2, 1, 1, 0, 0, 5), yearless(3, 8, 30))

    assert timestamps(*records, collected_at=utc(2023, 8, 30, 9)) == [
        utc(2023, 8, 29),
        utc(2023, 1, 1, 0, 0, 5),
        utc(2023, 8, 30),
    ]


def test_without_any_year_in_the_bundle_no_year_is_guessed() -> None:
    settled = settle([yearless(1, 12, 31), yearless(2, 1, 1)], [], None, [])

    assert [(record.line, record.timestamp) for record in settled.records] == [(1, None), (2, None)]
    assert (settled.collected_at, settled.reference) == (None, None)


def test_the_newest_time_of_an_object_is_the_reference_when_the_bundle_names_none() -> None:
    settled = settle([yearless(1, 3, 5, 7)], [], None, [utc(2022, 6, 1), utc(2024, 3, 5, 8)])

    assert [record.timestamp for record in settled.records] == [utc(2024, 3, 5, 7)]
    assert (settled.collected_at, settled.reference) == (None, utc(2024, 3, 5, 8))


def test_the_newest_dated_record_is_the_reference_when_there_are_no_objects() -> None:
    dated = Record(source="container_log", message="m", path="a.log", line=1, timestamp=utc(2024, 1, 2))

    assert timestamps(yearless(1, 12, 31), dated) == [utc(2023, 12, 31), utc(2024, 1, 2)]


def test_the_last_time_of_a_dated_file_is_a_reference_too() -> None:
    file = FileEntry(path="a.log", bytes=1, status="parsed", last_timestamp=utc(2024, 1, 2))

    assert settle([yearless(1, 12, 31)], [file], None, []).records[0].timestamp == utc(2023, 12, 31)


def test_a_journal_newer_than_the_objects_beside_it_is_of_their_year() -> None:
    created = utc(2024, 3, 1)

    assert settle([yearless(1, 4, 20)], [], None, [created]).records[0].timestamp == utc(2024, 4, 20)


def test_the_collection_time_wins_over_newer_times_in_the_bundle() -> None:
    assert settle([aged(60)], [], utc(2024, 3, 5, 8), [utc(2024, 3, 5, 9)]).records[0].timestamp == utc(
        2024, 3, 5, 7, 59
    )


def test_an_age_counts_back_from_the_collection_with_the_error_of_its_rounding() -> None:
    [record] = settle([aged(18600, first=90000, error=30)], [], utc(2024, 3, 5, 8), []).records

    assert record.timestamp == utc(2024, 3, 5, 2, 50)
    assert record.first_timestamp == utc(2024, 3, 4, 7)
    assert record.timestamp_error_seconds == 30
    assert record.age_seconds == 18600


def test_an_age_without_a_stated_error_gets_that_of_kubectl() -> None:
    ages = [47.0, 3600.0, 50400.0, 30 * 86400.0, 9 * 365 * 86400.0]
    records = settle([aged(seconds) for seconds in ages], [], utc(2024, 3, 5, 8), []).records

    assert [record.timestamp_error_seconds for record in records] == [0.5, 30, 1800, 43200, 15768000]


def test_an_age_without_reference_keeps_its_seconds_and_has_no_time() -> None:
    [record] = settle([aged(300)], [], None, []).records

    assert (record.timestamp, record.age_seconds) == (None, 300)


def test_an_age_that_reaches_before_all_time_has_no_time() -> None:
    assert timestamps(aged(1e15), collected_at=utc(2024, 3, 5)) == [None]


def test_records_with_a_year_stay_as_they_are() -> None:
    dated = Record(source="event", message="m", path="e.yaml", line=1, timestamp=utc(2031, 1, 1))

    assert settle([dated], [], utc(2024, 3, 5), []).records == (dated,)


def test_yearless_first_and_last_times_of_files_are_settled_as_well() -> None:
    old = FileEntry(
        path="kubelet.log", bytes=1, status="parsed",
        first_timestamp=utc(1904, 12, 30), last_timestamp=utc(1904, 1, 2),
    )  # fmt: skip
    dated = FileEntry(path="a.log", bytes=1, status="parsed", first_timestamp=utc(2024, 1, 1))
    settled = settle([], [old, dated], utc(2024, 1, 2, 12), [], frozenset({"kubelet.log"}))

    assert [(file.first_timestamp, file.last_timestamp) for file in settled.files] == [
        (utc(2023, 12, 30), utc(2024, 1, 2)),
        (utc(2024, 1, 1), None),
    ]


def test_a_file_that_covers_more_than_a_year_begins_before_it_ends() -> None:
    file = FileEntry(
        path="kubelet.log", bytes=1, status="parsed",
        first_timestamp=utc(1904, 4, 20), last_timestamp=utc(1904, 3, 1),
    )  # fmt: skip
    [settled] = settle([], [file], utc(2024, 6, 1), [], frozenset({"kubelet.log"})).files

    assert (settled.first_timestamp, settled.last_timestamp) == (utc(2023, 4, 20), utc(2024, 3, 1))


def test_yearless_times_of_files_are_none_without_a_reference() -> None:
    old = FileEntry(path="kubelet.log", bytes=1, status="parsed", first_timestamp=utc(1904, 12, 30))

    assert settle([], [old], None, [], frozenset({"kubelet.log"})).files[0].first_timestamp is None


# --- zones ------------------------------------------------------------------------------------------------------------


def zoneless(line: int, *parts: int, path: str = "kubelet.log", error: float = 0.0) -> Record:
    return Record(
        source="kubelet_log", message="m", path=path, line=line, timestamp=utc(*parts),
        is_yearless=parts[0] == 1904, has_zone=False, timestamp_error_seconds=error,
    )  # fmt: skip


def test_a_time_without_a_zone_is_in_the_zone_that_the_user_names_summer_time_included() -> None:
    records = [zoneless(1, 2024, 1, 15, 12), zoneless(2, 1904, 7, 15, 12)]
    zones = Zones(user=zone("Europe/Prague"))
    settled = settle(records, [], utc(2024, 8, 1), [], zones=zones)

    assert [r.timestamp for r in settled.records] == [utc(2024, 1, 15, 11), utc(2024, 7, 15, 10)]


def test_a_time_with_a_zone_is_not_moved() -> None:
    dated = Record(source="container_log", message="m", path="a.log", line=1, timestamp=utc(2024, 1, 2))

    assert settle([dated], [], None, [], zones=Zones(user=zone("+05:30"))).records == (dated,)


def test_the_first_line_of_a_journal_tells_its_zone_and_its_year_better_than_the_user() -> None:
    span = journal_span(b"-- Logs begin at Thu 2019-04-11 23:51:07 +0430, end at Fri 2019-04-12 09:29:01 +0430. --\n")
    assert span is not None
    zones = Zones(user=zone("America/New_York"), spans={"kubelet.log": span})
    settled = settle([zoneless(2, 1904, 4, 12, 9, 29, 1, error=16200)], [], utc(2024, 1, 1), [], zones=zones)

    assert [(r.timestamp, r.timestamp_error_seconds) for r in settled.records] == [(utc(2019, 4, 12, 4, 59, 1), 0)]


def test_a_file_moves_with_its_lines() -> None:
    file = FileEntry(path="a.log", bytes=1, status="parsed", first_timestamp=utc(2024, 3, 1, 12))
    zones = Zones(user=zone("+02:00"), zoneless_files=frozenset({"a.log"}))

    assert settle([], [file], None, [], zones=zones).files[0].first_timestamp == utc(2024, 3, 1, 10)


def test_journal_and_klog_times_in_two_zones_make_the_time_uncertain_by_their_distance() -> None:
    def error(journal: str) -> float:
        line = f"{journal} w1 kubelet[9]: E0305 07:08:09.000250 9 a.go:1] x"
        return parse_line(line, LogHints(source="kubelet_log")).timestamp_error_seconds

    assert (error("Mar 05 07:08:09"), error("Mar 05 09:08:09"), error("Mar 05 07:10:11")) == (0, 7200, 0)


def test_a_zone_is_a_place_or_a_distance_and_anything_else_is_refused() -> None:
    assert zone("-0330").utcoffset(None) == dt.timedelta(hours=-3, minutes=-30)
    assert zone("UTC") is dt.UTC
    for wrong in ("Mars/Base", "", "../etc/passwd", "+99:00"):
        with pytest.raises(UsageError):
            zone(wrong)


# --- when the bundle was taken ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "collected"),
    [
        ("support-bundle-2024-06-20T02_21_00/version.yaml", utc(2024, 6, 20, 2, 21)),
        ("preflightbundle-2024-06-20T02_21_00/x.json", utc(2024, 6, 20, 2, 21)),
        ("supportbundle_1234_2024-06-20T02-21-00Z/logs/a", utc(2024, 6, 20, 2, 21)),
        ("supportbundle_1234_2024-06-20T02-21-00/logs/a", None),  # in whose zone?
        ("logs/app-2024-06-20T02-21-00Z.log", None),  # rotated then, not collected
    ],
)
def test_the_name_of_a_bundle_tells_when_it_was_taken(path: str, collected: dt.datetime | None) -> None:
    assert collected_at_of(path) == collected


def test_a_journal_whose_first_line_names_no_zone_tells_nothing() -> None:
    assert journal_span(b"-- Logs begin at Thu 2019-04-11 23:51:07, end at Fri 2019-04-12 09:29:01. --\n") is None
