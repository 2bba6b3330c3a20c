"""Yearless times and ages become instants beside a reference, and stay unknown without one."""

from __future__ import annotations

import datetime as dt

from analyzer.ingest.clock import settle
from analyzer.model import FileEntry, Record


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
