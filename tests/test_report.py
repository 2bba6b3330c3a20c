from __future__ import annotations

import dataclasses
import json
import typing
from pathlib import Path
from typing import Any

import pytest
from hand_made import BIG, HALF_READ, HEALTHY, LEADS, POISONED, STORY
from test_cli import podtopsy, told
from test_cre import LOG, of_source
from test_cre import diagnosis as diagnosis_with_rule

from analyzer import analyze
from analyzer.bundle import Bundle, open_bundle
from analyzer.compose import compose
from analyzer.diagnosis import Diagnosis
from analyzer.errors import InputError
from analyzer.present import to_json, to_text
from analyzer.quoted import count, verify, with_neighbours
from analyzer.revive import revive
from reports.render import html, markdown

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = sorted(path.parent.name for path in (ROOT / "samples").glob("*/label.json"))
FLUENTD = ROOT / "samples" / "fluentd-mount-mismatch" / "bundle"
CASES = {"story": STORY, "healthy": HEALTHY, "half read": HALF_READ, "leads": LEADS, "two": BIG, "hostile": POISONED}


def again(diagnosis: Diagnosis) -> Diagnosis:
    return revive(to_json(diagnosis), "d.json")


@pytest.mark.parametrize("slug", SAMPLES)
def test_the_report_of_a_written_diagnosis_is_the_same_to_the_byte(slug: str) -> None:
    first = analyze([ROOT / "samples" / slug / "bundle"])
    second = again(first)
    assert html(compose(second)) == html(compose(first))
    assert markdown(compose(second)) == markdown(compose(first))
    assert to_text(second) == to_text(first)
    assert to_json(second) == to_json(first)


@pytest.mark.parametrize("diagnosis", CASES.values(), ids=CASES.keys())
def test_hand_made_diagnoses_too_are_read_back_as_they_were(diagnosis: Diagnosis) -> None:
    assert html(compose(again(diagnosis))) == html(compose(diagnosis))
    assert to_json(again(diagnosis)) == to_json(diagnosis)


@pytest.mark.parametrize("slug", SAMPLES)
def test_no_field_of_a_diagnosis_is_lost_in_json(slug: str) -> None:
    first = analyze([ROOT / "samples" / slug / "bundle"])
    second = again(first)
    for field in dataclasses.fields(Diagnosis):
        one, other = getattr(first, field.name), getattr(second, field.name)
        assert (field.name, other) == (field.name, one)


def changed(**parts: Any) -> bytes:
    return json.dumps(json.loads(to_json(STORY)) | parts).encode()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "d.json is not JSON: "),
        (b"{", "d.json is not JSON: "),
        (b"[" * 10_000, "d.json is not JSON: "),
        (b"[]", "d.json is not a diagnosis by podtopsy: must be an object"),
        (b"{}", "its schema is not podtopsy/diagnosis/v1; it is something else"),
        (changed(schema="podtopsy/diagnosis/v9"), "it is another version of it, podtopsy/diagnosis/v9"),
        (changed(diagnoses={}), "diagnoses: must be a list"),
        (changed(diagnoses=[3]), "diagnoses[0]: must be an object"),
        (changed(complete=1), "complete: must be true or false"),
        (changed(version=None), "version: must be text"),
        (changed(calm=[{"title": "t", "because": "b"}]), "calm[0].count: is missing"),
        (changed(calm=[{"title": "t", "because": "b", "count": True}]), "calm[0].count: must be a whole number"),
        (changed(explained={"window": ["x", "y"], "warnings": 1, "explained": 1}), "explained.window[0]: must be a"),
        (changed(explained={"window": [], "warnings": 1, "explained": 1}), "explained.window: must have 2 parts"),
    ],
)
def test_a_wrong_or_foreign_document_is_refused_in_one_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(InputError) as refused:
        revive(content, "d.json")
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


def test_keys_that_a_later_version_added_are_passed_over() -> None:
    assert revive(changed(weather="fair"), "d.json") == again(STORY)


def test_the_command_writes_the_same_page_without_the_bundle(tmp_path: Path) -> None:
    page, written = tmp_path / "first.html", tmp_path / "d.json"
    assert podtopsy("diagnose", FLUENTD, "--html", page, "--json", written).returncode == 0
    done = podtopsy("report", written, "--html", tmp_path / "again.html", "--format", "markdown")
    assert (done.returncode, done.stderr) == (0, b"")
    assert (tmp_path / "again.html").read_bytes() == page.read_bytes()
    assert done.stdout.decode().startswith("# Container fluentd of deployment api-v2 ")


def test_the_command_refuses_a_document_of_something_else_with_exit_2(tmp_path: Path) -> None:
    (tmp_path / "pods.json").write_text('{"kind": "PodList", "items": []}')
    done = podtopsy("report", tmp_path / "pods.json")
    assert (done.returncode, done.stdout) == (2, b"")
    assert "is not a diagnosis by podtopsy: its schema is not podtopsy/diagnosis/v1" in told(done)
    assert podtopsy("report", tmp_path / "none.json").returncode == 2


def test_an_evidence_file_reports_and_is_checked_against_the_bundle(tmp_path: Path) -> None:
    written = tmp_path / "evidence.json"
    assert podtopsy("diagnose", FLUENTD, "--evidence", written).returncode == 0
    assert written.stat().st_size < 400_000
    done = podtopsy("report", written, "--bundle", FLUENTD)
    assert done.returncode == 0
    assert told(done) == f"podtopsy: all {count(revive(written.read_bytes(), 'e'))} quoted lines stand in the bundle"
    assert podtopsy("report", written, "--bundle", ROOT / "samples" / "healthy-drain" / "bundle").returncode == 2


def test_standard_input_cannot_be_read_twice(tmp_path: Path) -> None:
    done = podtopsy("diagnose", "-", "--evidence", tmp_path / "e.json", stdin=b"x\n")
    assert (done.returncode, told(done)) == (
        2,
        "podtopsy: --evidence looks twice at the bundle, and standard input can be read once",
    )


@pytest.mark.parametrize("slug", SAMPLES)
def test_every_quoted_line_of_a_sample_stands_in_its_bundle(slug: str) -> None:
    path = ROOT / "samples" / slug / "bundle"
    assert verify(analyze([path]), open_bundle([path])) == ()


def one_line_of(path: str, number: int, text: str) -> Diagnosis:
    (lead,) = LEADS.unexplained
    quote = dataclasses.replace(lead.evidence[0], path=path, line=number, text=text)
    return dataclasses.replace(LEADS, unexplained=(dataclasses.replace(lead, evidence=(quote,)),))


@pytest.mark.parametrize(
    ("content", "number", "problem"),
    [
        (b"a\nb\nc", 2, None),
        (b"a\r\nb\r\nc", 2, None),
        (b"a\nb\nc", 4, "the file has no such line"),
        (b"b\na\nc", 2, "another text stands there"),
        ("a\nb\nc".encode("utf-16"), 2, None),
        (b"\x7fELF\x00\x01\x02", 2, "the file has no such line"),
        (b"x" * 3_000_000 + b"\nb\n", 2, None),
        (b"x\n" * 3_000_000, 2, "another text stands there"),
    ],
)
def test_a_quote_is_checked_by_its_place_and_its_text(content: bytes, number: int, problem: str | None) -> None:
    wrong = verify(one_line_of("a.log", number, "b"), Bundle.of_files({"a.log": content, "b.log": b"b\nb\n"}))
    assert [m.problem for m in wrong] == ([problem] if problem else [])


@pytest.mark.parametrize(
    ("line", "stands"),
    [(b"url=db://web:s3cr3t@db:5432 failed", True), (b"url=cache://web@cache failed", False)],
)
def test_a_quote_with_a_masked_secret_still_finds_its_line(line: bytes, stands: bool) -> None:
    quoted = one_line_of("a.log", 1, "url=db://web:<password-1>@db:5432 failed")
    assert (verify(quoted, Bundle.of_files({"a.log": line})) == ()) is stands


def test_a_file_that_is_gone_is_named() -> None:
    (wrong,) = verify(one_line_of("a.log", 1, "b"), Bundle.of_files({"b.log": b"b\n"}))
    assert (wrong.path, wrong.line, wrong.problem) == ("a.log", 1, "the file is not in the bundle")


def test_neighbours_come_from_the_file_on_both_sides_and_never_replace_more_of_them() -> None:
    bundle = {"a.log": b"".join(b"line %d\n" % n for n in range(1, 8))}
    told_of = with_neighbours(one_line_of("a.log", 2, "line 2"), Bundle.of_files(bundle), 3)
    quote = told_of.unexplained[0].evidence[0]
    assert (quote.before, quote.after) == (("line 1",), ("line 3", "line 4", "line 5"))
    again_told = with_neighbours(told_of, Bundle.of_files(bundle), 1).unexplained[0].evidence[0]
    assert (again_told.before, again_told.after) == (("line 1",), ("line 3", "line 4", "line 5"))


def test_a_line_that_has_changed_gets_no_neighbours() -> None:
    told_of = with_neighbours(one_line_of("a.log", 2, "b"), Bundle.of_files({"a.log": b"1\n2\n3\n"}), 3)
    assert told_of.unexplained[0].evidence[0].before == ()


def test_the_reader_knows_every_kind_of_field_that_a_diagnosis_has() -> None:
    """A new field of a kind that `revive` cannot read fails here, with its name."""
    seen: set[type[Any]] = set()

    def walk(kind: type[Any]) -> None:
        if kind in seen:
            return
        seen.add(kind)
        for name, hint in typing.get_type_hints(kind).items():
            for part in typing.get_args(hint) or (hint,):
                if dataclasses.is_dataclass(part):
                    walk(typing.cast(type[Any], part))
                assert typing.get_origin(hint) not in (list, dict, set, frozenset), f"{kind.__name__}.{name}"

    walk(Diagnosis)
    assert len(seen) > 10


def test_detections_of_cre_rules_are_read_back_too() -> None:
    found = diagnosis_with_rule({"a.log": LOG}, of_source("cre.log.pump"))
    assert [d.id for d in found.detections] == ["PUMP-1"]
    assert again(found) == found
