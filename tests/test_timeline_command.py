"""`podtopsy timeline`, and the moments that --since and --until name."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from pathlib import Path

import pytest
from deriving import CRASHING, container, event, listing, pod
from test_cli import SAMPLE, podtopsy

from analyzer.analysis import evidence_of
from analyzer.chronicle import as_csv, as_text, chronicle
from analyzer.errors import UsageError
from analyzer.moments import Moment, moment, period

NINE = dt.datetime(2024, 3, 14, 9, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-03-14T09:00:00Z", Moment(instant=NINE)),
        ("2024-03-14T10:00:00+01:00", Moment(instant=NINE)),
        ("2024-03-14 09:00", Moment(instant=NINE)),
        ("2024-03-14T09:00Z", Moment(instant=NINE)),
        ("2024-03-14", Moment(instant=NINE.replace(hour=0))),
        ("2h", Moment(before=dt.timedelta(hours=2))),
        ("1d12h", Moment(before=dt.timedelta(hours=36))),
        ("90s", Moment(before=dt.timedelta(seconds=90))),
    ],
)
def test_moments_are_read_as_people_write_them(text: str, expected: Moment) -> None:
    assert moment(text) == expected


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2h ago", "-2h", "2024-13-01", "12m2h", "2024-03-14T25:00:00Z", "99999w99999d"]
)
def test_what_is_no_moment_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(UsageError):
        moment(text).at(NINE.replace(year=1990))


def test_a_time_without_a_zone_is_in_the_zone_that_is_given() -> None:
    assert moment("2024-03-14 11:00", dt.timezone(dt.timedelta(hours=2))).instant == NINE


def test_a_period_the_wrong_way_round_is_refused() -> None:
    with pytest.raises(UsageError, match="later than --until"):
        period("1h", "2h").bounds(NINE)


def test_the_text_is_in_order_of_time_and_80_columns_wide() -> None:
    lines = podtopsy("timeline", SAMPLE).stdout.decode().split("\n")
    assert lines[0] == "2024-03-14 UTC"
    assert max(map(len, lines)) <= 80
    times = [line[:8] for line in lines if line[2:3] == ":" and line[:2].isdecimal()]
    assert times == sorted(times)
    assert lines[-2] == "1 record says no time: at the end."


def test_json_has_every_record_with_its_place() -> None:
    told = json.loads(podtopsy("timeline", SAMPLE, "--format", "json", "--pod", "api-v2-w5ww8gnf8-8jtnx").stdout)
    assert told["schema"] == "podtopsy/timeline/v1"
    assert {r["pod"] for r in told["records"]} == {"api-v2-w5ww8gnf8-8jtnx"}
    assert all(r["path"] and r["line"] for r in told["records"])
    times = [dt.datetime.fromisoformat(r["time"]) for r in told["records"] if r["time"]]
    assert times == sorted(times)


def test_since_and_until_bound_the_timeline_and_say_what_has_no_time() -> None:
    done = podtopsy("timeline", SAMPLE, "--since", "2024-03-14T09:13:00Z", "--until", "2024-03-14T09:13:05Z")
    lines = done.stdout.decode().split("\n")
    assert {line[:8] for line in lines if line[2:3] == ":"} == {
        *("09:13:02", "09:13:03"),
        "09:22:36",  # the last of a joined record that began in the period
    }
    assert lines[-2] == "1 record says no time: left out."


def test_a_wrong_time_is_one_sentence_and_exit_code_2() -> None:
    done = podtopsy("timeline", SAMPLE, "--since", "yesterday")
    assert done.returncode == 2
    assert done.stderr.decode().startswith("podtopsy: yesterday is no time; write it like 2024-03-14T09:00:00Z")


def test_a_failure_that_began_after_until_is_not_diagnosed() -> None:
    before = podtopsy("diagnose", SAMPLE, "--format", "json", "--until", "2024-03-14T09:00:00Z")
    assert json.loads(before.stdout)["diagnoses"] == []
    within = podtopsy("diagnose", SAMPLE, "--format", "json", "--since", "30m")
    assert json.loads(within.stdout)["diagnoses"][0]["cause"] == "volume-mount-mismatch"


def test_the_timeline_is_written_to_a_file(tmp_path: Path) -> None:
    done = podtopsy("timeline", SAMPLE, "--format", "csv", "-o", tmp_path / "t.csv")
    assert (done.returncode, done.stdout) == (0, b"")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "t.csv").read_text("utf-8"))))
    assert rows[0]["time"] < rows[1]["time"]


def test_no_cell_of_the_csv_is_a_formula_and_none_steers_a_terminal(tmp_path: Path) -> None:
    messages = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", 'a "quoted", one', "\x1b[31mred\u202e", "two\nlines"]
    web = pod({"app": (container("app"), CRASHING)})
    events = [event("Odd", text, "app") | {"metadata": {"name": f"e{n}"}} for n, text in enumerate(messages)]
    (tmp_path / "all.json").write_text(listing(web, *events))
    told = as_csv(chronicle(evidence_of([tmp_path])))
    said = {row["message"] for row in csv.DictReader(io.StringIO(told.decode())) if row["reason"] == "Odd"}
    assert {"'=1+1", "'+1", "'-1", "'@SUM(A1)", 'a "quoted", one', "\\u001b[31mred\\u202e", "two\\nlines"} <= said
    assert all(text[:1] not in "=+-@\t\r" for text in said)


def test_nothing_at_all_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty.log").write_text("")
    assert as_text(chronicle(evidence_of([tmp_path]))) == "Nothing in the bundle has a time here.\n"
