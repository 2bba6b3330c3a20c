from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
import subprocess
import sys
from typing import Any

import pytest
from hand_made import BIG, FLUENTD, HALF_READ, HEALTHY, LEADS, PODS, POISONED, STORY, at, file, line, poisoned

from analyzer import wording
from analyzer.diagnosis import Diagnosis, ObjectRef
from analyzer.model import Note
from analyzer.present import to_json, to_text
from analyzer.verdict import decisive, who

CASES = [STORY, HEALTHY, HALF_READ, LEADS, BIG, POISONED]

TOP = ["schema", "version", "bundle", "diagnoses", "unexplained", "explained", "missing", "complete", "files", "notes"]
DIAGNOSIS = [
    *("rank", "cause", "pattern", "title", "summary", "confidence"),
    *("namespace", "pod", "container", "node", "workload", "victims", "first_seen", "last_seen"),
    *("chain", "score", "evidence", "ruled_out", "diagnosis", "mitigation", "verify", "avoid", "prevent"),
]
FILE = [
    *("path", "layout", "format", "bytes", "status", "reason"),
    *("lines", "parsed", "unparsed", "skipped", "records", "first_timestamp", "last_timestamp"),
]


def document(diagnosis: Diagnosis) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(to_json(diagnosis))
    return data


def keys(value: dict[str, Any], count: int) -> list[str]:
    return list(value)[:count]


def test_json_has_the_keys_of_the_contract_in_its_order() -> None:
    data = document(BIG)
    first = data["diagnoses"][0]
    assert data["schema"] == "podtopsy/diagnosis/v1"
    assert keys(data, len(TOP)) == TOP
    assert keys(first, len(DIAGNOSIS)) == DIAGNOSIS
    assert keys(data["files"][0], len(FILE)) == FILE
    assert keys(first["evidence"][0], 7) == ["path", "line", "timestamp", "source", "text", "before", "after"]
    assert list(first["chain"][0]) == ["role", "title", "timestamp", "evidence"]
    assert list(first["score"][0]) == ["name", "value", "because"]
    assert list(first["ruled_out"][0]) == ["cause", "because"]
    assert list(first["victims"][0]) == ["namespace", "pod", "container", "node"]
    assert keys(data["unexplained"][0], 6) == ["title", "namespace", "pod", "container", "node", "evidence"]
    assert list(data["explained"]) == [
        "window",
        "warnings",
        "explained",
        "share",
        "pods",
        "events",
        "lines",
        "restarts",
    ]
    assert list(data["missing"][0]) == ["what", "state", "because", "command"]
    assert keys(data["bundle"], 6) == [
        "paths",
        "layouts",
        "collected_at",
        "first_timestamp",
        "last_timestamp",
        "cluster",
    ]


def test_json_states_the_case() -> None:
    first = document(STORY)["diagnoses"][0]
    assert (first["cause"], first["container"], first["node"]) == ("volume-mount-mismatch", "fluentd", "worker-2")
    assert first["workload"] == {"kind": "Deployment", "name": "api-v2"}
    assert first["confidence"] == 0.86
    assert first["chain"][0]["evidence"] == [0, 1, 2]
    assert first["evidence"][3]["path"] == f"{PODS}/fluentd/fluentd/logs/previous.log"
    assert first["evidence"][3]["line"] == 7


def test_json_times_are_rfc_3339_in_utc_and_unknown_times_are_null() -> None:
    odd = dt.datetime(2026, 3, 14, 11, 15, 4, 551902, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    cause = dataclasses.replace(FLUENTD, first_seen=odd, last_seen=None)
    first = document(dataclasses.replace(STORY, causes=(cause,)))["diagnoses"][0]
    assert first["first_seen"] == "2026-03-14T09:15:04.551902Z"
    assert first["last_seen"] is None
    assert first["chain"][0]["timestamp"] == "2026-03-14T09:14:58Z"


def test_json_share_is_null_without_warnings_and_rounded_with_them() -> None:
    third = dataclasses.replace(STORY.explained, warnings=3, explained=1)
    assert document(dataclasses.replace(STORY, explained=third))["explained"]["share"] == 0.3333
    assert document(HEALTHY)["explained"] == {
        "window": None,
        "warnings": 0,
        "explained": 0,
        "share": None,
        "pods": 0,
        "events": 0,
        "lines": 0,
        "restarts": 0,
    }


def test_json_writes_unknown_parts_of_an_object_as_null() -> None:
    cause = dataclasses.replace(FLUENTD, about=ObjectRef(kind="Node", name="worker-2"), workload=None, victims=())
    first = document(dataclasses.replace(STORY, causes=(cause,)))["diagnoses"][0]
    assert [first[k] for k in ("namespace", "pod", "container", "node", "workload")] == [
        None,
        None,
        None,
        "worker-2",
        None,
    ]


def test_json_sorts_victims_files_and_notes() -> None:
    notes = (Note(path="b", problem="x"), Note(path="a", problem="y", line=2), Note(path="a", problem="x"))
    data = document(dataclasses.replace(BIG, files=BIG.files[::-1], notes=notes))
    pods = [victim["pod"] for victim in data["diagnoses"][1]["victims"]]
    assert pods == sorted(f"ledger-{n}" for n in range(20))
    assert [f["path"] for f in data["files"]] == sorted(f.path for f in BIG.files)
    assert [(n["path"], n["problem"]) for n in data["notes"]] == [("a", "x"), ("a", "y"), ("b", "x")]


def test_json_is_the_same_whatever_order_the_unordered_parts_come_in() -> None:
    turned = dataclasses.replace(
        BIG,
        files=BIG.files[::-1],
        causes=tuple(dataclasses.replace(c, victims=c.victims[::-1]) for c in BIG.causes),
    )
    assert to_json(turned) == to_json(BIG)


def test_json_keeps_text_but_sends_no_character_that_a_terminal_obeys() -> None:
    raw = to_json(poisoned(STORY, "\x1b[31m \x9b \u202e \u200b end")).decode()
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202e]", raw)
    text = json.loads(raw)["diagnoses"][0]["evidence"][4]["text"]
    assert text == "        reason: OOMKilled\x1b[31m \x9b \u202e \u200b end"


def test_json_writes_a_file_name_that_is_not_utf8() -> None:
    data = document(dataclasses.replace(STORY, files=(file("logs/\udce9t\udce9.log", 3),)))
    assert data["files"][0]["path"] == "logs/\\udce9t\\udce9.log"


def test_text_of_one_diagnosis_fits_a_terminal_of_80_by_24() -> None:
    lines = to_text(STORY, report="report.html").split("\n")[:-1]
    assert len(lines) <= 23
    assert max(map(len, lines)) <= 80


def test_text_tells_cause_place_cascade_proof_fix_and_files() -> None:
    text = to_text(STORY, report="report.html")
    assert text.startswith("Root cause  Two containers mount one volume at different paths\n")
    assert "Where       shop / api-v2-7c9d8b6f54-x2x7k / fluentd on node worker-2\n" in text
    assert "Confidence  very likely (0.86 of 1); " in text
    assert "It led to   fluentd finds no configuration and exits → " in text
    assert "OOMKilled" in text
    assert "config-init/config-init/logs/current.log:4\n" in text
    assert "wrote /tmp/fluentd/fluent.conf (1843 bytes)" in text
    assert "fluentd/fluentd/logs/previous.log:7\n" in text
    assert "cannot load config file /etc/fluentd/fluent.conf" in text
    assert "Fix         Mount shared-config at /etc/fluentd in config-init too.\n" in text
    assert "Verify      kubectl -n shop exec" in text
    assert "Ruled out   OOM container limit: The kill at 09:17:52" in text
    assert "Missing     kubelet journal of worker-2, not in the bundle (first of 2)\n" in text
    assert text.endswith("Files       4 of 4 files read in full; the report is report.html\n")


def test_text_shortens_a_long_path_in_the_middle() -> None:
    shown = next(row for row in to_text(STORY).split("\n") if row.endswith("previous.log:7"))
    assert shown.strip().removeprefix("Proof").strip().startswith("must-gather/namespaces…")
    assert len(shown) == 80


def test_text_of_a_healthy_bundle_says_that_nothing_is_wrong() -> None:
    assert to_text(HEALTHY) == (
        "Verdict     No root cause found: nothing in this bundle is in a bad state.\n"
        "            Looked at 14 pods, 3 nodes and 4 namespaces in 4 files.\n"
        "Files       4 of 4 files read in full\n"
    )


def test_text_of_a_half_read_bundle_never_says_that_nothing_is_wrong() -> None:
    text = to_text(HALF_READ)
    assert "nothing in this bundle" not in text
    assert "Incomplete  Not everything was read: 1 file could not be read." in text
    assert "kubelet.log.gz" in text
    assert "truncated gzip after 3 MB" in text


def test_text_of_a_bundle_without_readable_files_says_so() -> None:
    text = to_text(dataclasses.replace(HEALTHY, files=(), complete=True))
    assert text.startswith("Verdict     Nothing in this bundle could be read.\n")


def test_text_names_leads_where_there_is_no_root_cause() -> None:
    text = to_text(LEADS)
    assert text.startswith("Verdict     No root cause found, but there are failures.\n")
    assert "Leads       Container worker exits with code 2: shop / cart-0 / worker\n" in text


def test_text_names_further_diagnoses_in_short() -> None:
    text = to_text(BIG)
    assert "Also        2. The registry wants credentials" in text
    assert "Unexplained 1 failure without a root cause" in text


@pytest.mark.parametrize("diagnosis", CASES)
@pytest.mark.parametrize("width", [40, 80, 132])
def test_text_never_exceeds_the_width_nor_steers_the_terminal(diagnosis: Diagnosis, width: int) -> None:
    text = to_text(diagnosis, width=width, report="out/report.html")
    assert max(len(row) for row in text.split("\n")) <= width
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\ud800-\udfff]", text)


def test_text_with_colour_adds_styles_and_nothing_else() -> None:
    for diagnosis in CASES:
        coloured = to_text(diagnosis, color=True)
        assert "\x1b[" in coloured
        assert re.sub("\x1b\\[[0-9;]*m", "", coloured) == to_text(diagnosis)


def test_text_reads_no_markup_in_what_a_bundle_says() -> None:
    quoted = line("a.log", 1, "container_log", "[bold red]on fire[/] :boom: [link=x]y[/link]", at(9, 15))
    text = to_text(dataclasses.replace(STORY, causes=(dataclasses.replace(FLUENTD, evidence=(quoted,), chain=()),)))
    assert "[bold red]on fire[/] :boom: [link=x]y[/link]" in text


def test_text_does_not_depend_on_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, coloured = to_text(STORY), to_text(STORY, color=True)
    for name, value in {"NO_COLOR": "1", "FORCE_COLOR": "1", "COLUMNS": "33", "TERM": "dumb"}.items():
        monkeypatch.setenv(name, value)
    assert (to_text(STORY), to_text(STORY, color=True)) == (plain, coloured)


def test_importing_present_does_not_import_rich() -> None:
    code = "import sys, analyzer.present; print('rich' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"


def test_decisive_lines_prefer_what_was_logged_and_one_line_a_file() -> None:
    assert decisive(FLUENTD, 2) == (2, 3)
    assert decisive(FLUENTD, 4) == (0, 1, 2, 3)


def test_decisive_lines_exist_even_where_no_step_cites_any() -> None:
    assert decisive(dataclasses.replace(FLUENTD, chain=()), 1) == (2,)
    assert decisive(dataclasses.replace(FLUENTD, chain=(), evidence=()), 3) == ()


def test_every_verdict_reads_as_a_sentence_about_one_or_many() -> None:
    assert wording.verdict(FLUENTD) == (
        "Container fluentd of deployment api-v2 cannot find a needed file: "
        "the shared volume is mounted in the wrong place."
    )
    assert wording.verdict(BIG.causes[1]).startswith("Container app in 20 pods of deployment ledger cannot start:")
    assert len(wording.VERDICTS) == 53
    for words in wording.VERDICTS.values():
        assert words[-1] not in ".!"
        assert not words.startswith(("is ", "has ", "was ", "does "))


def test_an_unknown_cause_class_is_told_by_its_title() -> None:
    cause = dataclasses.replace(FLUENTD, cause="new-class", workload=None)
    assert wording.verdict(cause) == (
        "Container fluentd of pod api-v2-7c9d8b6f54-x2x7k: Two containers mount one volume at different paths."
    )


def test_who_counts_pods_owners_and_namespaces() -> None:
    assert who(FLUENTD) == "1 pod of deployment api-v2, namespace shop"
    assert who(BIG.causes[1]) == "20 pods of deployment ledger, namespace pay"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 seconds"), (59, "59 seconds"), (90, "2 minutes"), (3900, "1 hour 5 minutes"), (259200, "3 days")],
)
def test_durations_are_told_in_words(seconds: float, words: str) -> None:
    assert wording.duration(seconds) == words


def test_spans_say_the_day_once_and_admit_unknown_times() -> None:
    assert wording.span(at(9, 15), at(9, 40)) == "14 March 2026, 09:15:00 to 09:40:00 UTC (25 minutes)"
    assert wording.span(at(9, 15), None) == "14 March 2026, 09:15:00 UTC"
    assert wording.span(None, None) == "time unknown: no line here has a date with its year"
    assert wording.span(at(23, 50), at(23, 50) + dt.timedelta(minutes=20)) == (
        "14 March 2026, 23:50:00 to 15 March 2026, 00:10:00 UTC (20 minutes)"
    )


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 bytes"), (999, "999 bytes"), (1500, "1.5 kB"), (999_600, "1 MB"), (2 * 10**12, "2 TB")]
)
def test_sizes_are_told_in_the_unit_that_fits(number: int, words: str) -> None:
    assert wording.size(number) == words
