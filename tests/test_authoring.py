"""Writing, explaining and choosing patterns, as their authors do it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import ryml

from analyzer.analysis import Options, analyze
from analyzer.errors import UsageError
from analyzer.propose import expression_of
from analyzer.sources import library_of
from patterns.json_schema import json_schema
from patterns.load import load_library
from patterns.policy import load_policy
from patterns.schema import LibraryError

ROOT = Path(__file__).resolve().parent.parent
FLUENTD = ROOT / "samples" / "fluentd-mount-mismatch" / "bundle"


def podtopsy(*arguments: str | Path, config: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80", "NO_COLOR": "1"}
    if config is not None:
        environment["XDG_CONFIG_HOME"] = str(config)
    command = [sys.executable, "-m", "analyzer", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=120)


def test_the_first_pattern_of_the_guide_works_as_it_is_written(tmp_path: Path) -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## What makes")[0]
    script = "\n".join(re.findall(r"```sh\n(.*?)```", guide, re.DOTALL))
    shim = f'podtopsy() {{ PYTHONPATH="{ROOT}" "{sys.executable}" -m analyzer "$@"; }}\nset -e\n'
    done = subprocess.run(["sh", "-c", shim + script], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr
    assert "1 patterns tested, 0 problems" in done.stdout
    assert "Root cause  Store is older than the program that opens it" in done.stdout
    assert "ledger-schema-too-old: fired, on 1 object\nIt is diagnosis 1" in done.stdout


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (
            "dial tcp 10.1.2.3:5432: connect: connection refused after 3 tries",
            r"dial tcp (?P<address>\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?): connect: connection refused after "
            r"\d{1,18}(?:\.\d{1,9})? tries",
        ),
        ('lookup of "shop" gave nothing', r'lookup of "(?P<quoted>[^"]{1,200})" gave nothing'),
        ("store (main) was closed early", r"store \(main\) was closed early"),
    ],
)
def test_a_proposed_regex_keeps_what_stays_the_same(message: str, expected: str) -> None:
    found, _ = expression_of(message)
    assert found == expected
    assert re.search(found, message)


def test_a_line_of_nothing_but_numbers_makes_no_pattern() -> None:
    with pytest.raises(UsageError, match="too little of this line stays the same"):
        expression_of("2026 4711 10.0.0.1 ok")


def test_explain_names_the_selector_that_fired_and_what_became_of_it() -> None:
    text = podtopsy("patterns", "explain", FLUENTD, "oom-container-limit").stdout
    assert text.startswith("oom-container-limit: fired, on 2 objects\n")
    assert "It is a step of diagnosis 1 (volume-mount-mismatch), which explains it." in text
    assert "  1. source container_status, pod_condition; reason OOMKilled, OOM Killed\n     met by 1 record\n" in text


def test_explain_names_the_part_that_was_not_met() -> None:
    text = podtopsy("patterns", "explain", FLUENTD, "app-crash").stdout
    assert text.startswith("app-crash: did not fire\n")
    assert (
        "source container_status; exit_code 139, 134\n     met by 0 records\n     all but its where by 2 records"
        in text
    )


def test_coverage_lists_what_fires_and_names_what_never_does() -> None:
    lines = podtopsy("patterns", "coverage", FLUENTD, ROOT / "samples" / "quota-sidecar" / "bundle").stdout.split("\n")
    assert "   1 of 2          1  volume-mount-mismatch" in lines
    assert "image-not-found" in lines[lines.index("") :]


def test_list_is_filtered_by_category_cause_and_source() -> None:
    lines = podtopsy("patterns", "list", "--category", "volume", "--cause", "pvc-unbound").stdout.strip().split("\n")
    assert lines
    assert all(re.match(r"volume +cause +[a-z0-9-]+ +\S", line) for line in lines)
    assert "volume-mount-mismatch" in podtopsy("patterns", "list", "--source", "derived").stdout
    assert "volume-mount-mismatch" not in podtopsy("patterns", "list", "--source", "kernel_log").stdout


def test_patterns_and_policy_of_the_user_are_read_from_the_configuration_directory(tmp_path: Path) -> None:
    folder = tmp_path / "podtopsy"
    (folder / "patterns").mkdir(parents=True)
    source = (ROOT / "patterns" / "config" / "volume-mount-mismatch.yaml").read_text(encoding="utf-8")
    (folder / "patterns" / "volume-mount-mismatch.yaml").write_text(re.sub("^title: .*", "title: Ours", source))
    (folder / "policy.yaml").write_text("severity: {volume-mount-mismatch: info}\n")
    done = podtopsy("diagnose", FLUENTD, "--format", "json", config=tmp_path)
    first = json.loads(done.stdout)["diagnoses"][0]
    assert (first["title"], first["severity"]) == ("Ours", "info")


def test_a_pattern_that_is_off_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text("off: [volume-mount-mismatch]\n")
    causes = analyze([FLUENTD], Options(policy=path)).causes
    assert "volume-mount-mismatch" not in {c.pattern for c in causes}


def test_noise_of_a_namespace_is_no_diagnosis_there(tmp_path: Path) -> None:
    sample = ROOT / "samples" / "quota-sidecar" / "bundle"
    named = analyze([sample]).causes[0]
    path = tmp_path / "policy.yaml"
    path.write_text(f"noise: [{{pattern: {named.pattern}, namespace: {named.about.namespace[:3]}*}}]\n")
    assert named.pattern not in {c.pattern for c in analyze([sample], Options(policy=path)).causes}


def test_a_wrong_policy_is_told_with_every_problem(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text("off: [no-such-pattern]\nseverity: {oom-node: dreadful}\nrestarts: [{pod: x}]\nnosie: []\n")
    with pytest.raises(LibraryError) as caught:
        load_policy(path, load_library())
    assert {(p.field, p.sentence) for p in caught.value.problems} == {
        ("off", "no-such-pattern is not a pattern"),
        ("severity.oom-node", "must be one of critical, warning, info"),
        ("restarts", "takes at_most (a number), namespace and pod"),
        ("nosie", "is not known here; known are off, severity, noise, restarts"),
    }


def test_a_package_shares_patterns_by_an_entry_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shared = tmp_path / "our_patterns"
    shared.mkdir()
    (shared / "__init__.py").touch()
    source = (ROOT / "patterns" / "app" / "exits-zero.yaml").read_text(encoding="utf-8")
    (shared / "batch-exits-zero.yaml").write_text(source)
    info = tmp_path / "our_patterns-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: our-patterns\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[podtopsy.patterns]\nours = our_patterns\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert "batch-exits-zero" in library_of()[0].patterns


def test_every_pattern_fits_the_published_schema_and_a_wrong_one_does_not() -> None:
    assert (ROOT / "patterns" / "pattern.schema.json").read_bytes() == json_schema()
    validator = jsonschema.Draft202012Validator(json.loads(json_schema()))
    for path in sorted((ROOT / "patterns").glob("*/*.yaml")):
        value = json.loads(ryml.emit_json(ryml.parse_in_arena(path.read_bytes())))
        assert [e.message for e in validator.iter_errors(value)] == [], path.name
    assert not validator.is_valid({**value, "severity": "dreadful"})
    assert not validator.is_valid({**value, "colour": "red"})


def test_the_reference_pages_are_those_of_the_patterns_and_formats() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from generate import pages\nprint([str(p) for p, c in pages().items() if p.read_bytes() != c])",
        ],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT / "docs",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.stdout == "[]\n", "run `make docs`"
