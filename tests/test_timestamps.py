"""Written times become UTC instants, ages become seconds, everything else becomes None."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.timestamps import PLACEHOLDER_YEAR, Age, age, epoch, klog_time, leading_time, parse_time, rfc3339


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024-03-05T07:08:09Z", utc(2024, 3, 5, 7, 8, 9)),
        ("2024-03-05t07:08:09z", utc(2024, 3, 5, 7, 8, 9)),
        ("2024-03-05T07:08:09.123456789Z", utc(2024, 3, 5, 7, 8, 9, 123456)),
        ("2024-03-05T07:08:09.5Z", utc(2024, 3, 5, 7, 8, 9, 500000)),
        ("2024-03-05T07:08:09+02:00", utc(2024, 3, 5, 5, 8, 9)),
        ("2024-03-05T07:08:09+0000", utc(2024, 3, 5, 7, 8, 9)),
        ("2024-03-05T07:08:09-0530", utc(2024, 3, 5, 12, 38, 9)),
        ("2024-03-05T07:08:09", utc(2024, 3, 5, 7, 8, 9)),
        ("2016-12-31T23:59:60Z", utc(2016, 12, 31, 23, 59, 59)),
    ],
)
def test_rfc3339_times_of_objects_are_read_in_every_spelling(written: str, expected: dt.datetime) -> None:
    assert rfc3339(written) == expected
    assert parse_time(written) == expected


@pytest.mark.parametrize(
    "written",
    [
        "",
        "0001-01-01T00:00:00Z",
        "1970-01-01T00:00:00Z",
        "0000-00-00T00:00:00Z",
        "9999-12-31T23:59:59.999999999Z",
        "2024-02-30T00:00:00Z",
        "2024-03-05T25:61:61Z",
        "2024-03-05T07:08:09+99:99",
        "２０２４-03-05T07:08:09Z",
        "2024-W10-2",
        "292277026596-12-04T15:30:08Z",
        "yesterday at ten o'clock",
    ],
)
def test_zero_absurd_and_impossible_times_are_none(written: str) -> None:
    assert rfc3339(written) is None
    assert parse_time(written) is None


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024-03-05 07:08:09", utc(2024, 3, 5, 7, 8, 9)),
        ("2024-03-05 07:08:09,123", utc(2024, 3, 5, 7, 8, 9, 123000)),
        ("2024-03-05 07:08:09.123 UTC", utc(2024, 3, 5, 7, 8, 9, 123000)),
        ("2024-03-05 07:08:09 PST", utc(2024, 3, 5, 15, 8, 9)),
        ("2024-03-05 07:08:09.123456789 +0800 CST", utc(2024, 3, 4, 23, 8, 9, 123456)),
        ("2024/03/05 07:08:09", utc(2024, 3, 5, 7, 8, 9)),
        ("05/Mar/2024:07:08:09 +0100", utc(2024, 3, 5, 6, 8, 9)),
        ("[05-Mar-2024 07:08:09]", utc(2024, 3, 5, 7, 8, 9)),
        ("05 Mar 2024 07:08:09.902", utc(2024, 3, 5, 7, 8, 9, 902000)),
        ("Tue, 05 Mar 2024 07:08:09 +0000", utc(2024, 3, 5, 7, 8, 9)),
        ("Tue, 05 Mar 2024 07:08:09 GMT", utc(2024, 3, 5, 7, 8, 9)),
        ("Tue Mar  5 07:08:09 2024", utc(2024, 3, 5, 7, 8, 9)),
        ("Tue Mar  5 07:08:09 UTC 2024", utc(2024, 3, 5, 7, 8, 9)),
        ("Tue Mar 05 07:08:09 -0700 2024", utc(2024, 3, 5, 14, 8, 9)),
        ("[Tue Mar  5 07:08:09 2024]", utc(2024, 3, 5, 7, 8, 9)),
        ("Tue 2024-03-05 07:08:09 +0430", utc(2024, 3, 5, 2, 38, 9)),
        ("2024/3/5 下午7:08:09", utc(2024, 3, 5, 19, 8, 9)),
        ("20240305T070809Z", utc(2024, 3, 5, 7, 8, 9)),
        ("Thu, 01 Jan 1970 01:00:00 +0100", None),
        ("Tue, 05 Foo 2024 07:08:09 +0000", None),
    ],
)
def test_other_notations_with_a_year_are_read(written: str, expected: dt.datetime | None) -> None:
    assert parse_time(written) == expected


@pytest.mark.parametrize(
    ("written", "month", "day", "microsecond"),
    [
        ("Mar  5 07:08:09 node-a kubelet", 3, 5, 0),
        ("Mar 05 07:08:09.123456 node-a kubelet", 3, 5, 123456),
        ("märz 05 07:08:09 node-a kubelet", 3, 5, 0),
        ("Okt 05 07:08:09 node-a kubelet", 10, 5, 0),
        ("Dez 05 07:08:09 node-a kubelet", 12, 5, 0),
        ("févr. 05 07:08:09 node-a kubelet", 2, 5, 0),
        ("août 05 07:08:09 node-a kubelet", 8, 5, 0),
        ("déc. 05 07:08:09 node-a kubelet", 12, 5, 0),
        ("ene 05 07:08:09 node-a kubelet", 1, 5, 0),
        ("dic 05 07:08:09 node-a kubelet", 12, 5, 0),
        ("fev 05 07:08:09 node-a kubelet", 2, 5, 0),
        ("out 05 07:08:09 node-a kubelet", 10, 5, 0),
        ("5月 05 07:08:09 node-a kubelet", 5, 5, 0),
        ("12月 5 07:08:09 node-a kubelet", 12, 5, 0),
        ("Feb 29 07:08:09 node-a kubelet", 2, 29, 0),
    ],
)
def test_journal_times_have_the_placeholder_year_in_any_language(
    written: str, month: int, day: int, microsecond: int
) -> None:
    found = leading_time(written)

    assert found is not None
    assert found.timestamp == utc(PLACEHOLDER_YEAR, month, day, 7, 8, 9, microsecond)
    assert (found.is_yearless, found.has_zone) == (True, False)
    assert written[found.end :] == " node-a kubelet"


def test_a_klog_header_time_is_yearless() -> None:
    assert klog_time("W0305 07:08:09.123456       1 a.go:1] x", 1) == (
        utc(PLACEHOLDER_YEAR, 3, 5, 7, 8, 9, 123456),
        21,
        True,
        False,
    )


def test_a_word_that_is_no_month_leads_to_no_time() -> None:
    assert leading_time("Market 05 07:08:09 closed") is None


def test_a_day_that_no_month_has_is_a_time_without_instant() -> None:
    found = leading_time("Jan 32 00:00:00 x")

    assert found is not None
    assert (found.timestamp, found.end) == (None, 15)


def test_a_number_behind_a_time_is_no_offset_when_no_zone_is_that_far() -> None:
    found = leading_time("2024-03-05 07:08:09 -9959 bytes")

    assert found is not None
    assert (found.timestamp, found.end, found.has_zone) == (utc(2024, 3, 5, 7, 8, 9), 19, False)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1709622489, utc(2024, 3, 5, 7, 8, 9)),
        (1709622489.5, utc(2024, 3, 5, 7, 8, 9, 500000)),
        (1709622489123, utc(2024, 3, 5, 7, 8, 9, 123000)),
        (1709622489123.25, utc(2024, 3, 5, 7, 8, 9, 123250)),
        ("1709622489", utc(2024, 3, 5, 7, 8, 9)),
        ("1709622489.5", utc(2024, 3, 5, 7, 8, 9, 500000)),
        ("1709622489123456", utc(2024, 3, 5, 7, 8, 9, 123456)),
        ("1709622489123456789", utc(2024, 3, 5, 7, 8, 9, 123456)),
        (0, None),
        (-1, None),
        ("", None),
        ("12345", None),
        ("17e8", None),
        (float("nan"), None),
        (float("inf"), None),
        (10**40, None),
    ],
)
def test_unix_times_are_told_apart_by_their_size(value: str | float, expected: dt.datetime | None) -> None:
    assert epoch(value) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("0s", Age(0, 0.5)),
        ("47s", Age(47, 0.5)),
        ("3m20s", Age(200, 0.5)),
        ("5m", Age(300, 30)),
        ("114m", Age(6840, 30)),
        ("5h10m", Age(18600, 30)),
        ("14h", Age(50400, 1800)),
        ("3d4h", Age(273600, 1800)),
        ("30d", Age(2592000, 43200)),
        ("2y31d", Age(65750400, 43200)),
        ("4m5s ago", Age(245, 0.5)),
        ("<unknown>", None),
        ("<invalid>", None),
        ("", None),
        ("ago", None),
        ("5x", None),
        ("5m3h", None),
        ("99999999999999999999d", None),
    ],
)
def test_kubectl_ages_give_seconds_with_the_error_of_their_rounding(written: str, expected: Age | None) -> None:
    assert age(written) == expected


@given(st.text())
def test_no_text_makes_a_reader_raise(text: str) -> None:
    for read in (rfc3339, parse_time, age, epoch):
        read(text)
    found = leading_time(text)
    assert found is None or 0 < found.end <= len(text)


@given(st.datetimes(min_value=dt.datetime(1990, 1, 2), max_value=dt.datetime(2200, 12, 30)))
def test_every_microsecond_comes_back_from_rfc3339(instant: dt.datetime) -> None:
    instant = instant.replace(tzinfo=dt.UTC)

    assert rfc3339(instant.isoformat().replace("+00:00", "Z")) == instant
    assert parse_time(instant.isoformat(" ")) == instant
