"""The command line as a user meets it: answers, files, exit codes, in a process of its own."""

from __future__ import annotations

import io
import json
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "samples" / "fluentd-mount-mismatch" / "bundle"
HEALTHY = ROOT / "samples" / "healthy-drain" / "bundle"


def podtopsy(*arguments: str | Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "analyzer", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80", "NO_COLOR": "1"}
    return subprocess.run(command, input=stdin, capture_output=True, check=False, env=environment, timeout=120)


def told(done: subprocess.CompletedProcess[bytes]) -> str:
    return done.stderr.decode().strip()


def test_a_path_alone_is_diagnosed_on_one_screen_of_80_columns() -> None:
    done = podtopsy(SAMPLE)
    lines = done.stdout.decode().split("\n")
    assert done.returncode == 0
    assert lines[0] == "Root cause  Containers disagree about where a shared file is mounted"
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    assert done.stderr == b""


def test_the_first_screen_names_both_paths_and_says_what_followed() -> None:
    text = " ".join(podtopsy(SAMPLE).stdout.decode().split())
    assert "which it mounts at /tmp;" in text
    assert "fluentd mounts the same volume at /etc/fluentd" in text
    assert "It led to Container killed at its memory limit" in text


def test_json_follows_the_contract() -> None:
    document = json.loads(podtopsy("diagnose", SAMPLE, "--format", "json").stdout)
    assert document["schema"] == "podtopsy/diagnosis/v1"
    assert list(document)[:9] == [
        "schema",
        "version",
        "bundle",
        "diagnoses",
        "unexplained",
        "explained",
        "missing",
        "complete",
        "files",
    ]
    first = document["diagnoses"][0]
    assert (first["rank"], first["cause"], first["container"]) == (1, "volume-mount-mismatch", "fluentd")
    assert {s["role"] for s in first["chain"]} == {"cause", "mechanism", "symptom"}
    assert all(f["parsed"] + f["unparsed"] + f["skipped"] == f["lines"] for f in document["files"])


def test_several_outputs_are_written_in_one_run_for_their_owner_alone(tmp_path: Path) -> None:
    html, markdown, answer = tmp_path / "r.html", tmp_path / "r.md", tmp_path / "d.json"
    done = podtopsy("diagnose", SAMPLE, "--html", html, "--markdown", markdown, "--json", answer)
    assert done.returncode == 0
    assert html.read_text(encoding="utf-8").rstrip().endswith("</html>")
    assert "volume" in markdown.read_text(encoding="utf-8")
    assert json.loads(answer.read_bytes())["diagnoses"]
    assert stat.S_IMODE(html.stat().st_mode) == 0o600
    assert sorted(p.name for p in tmp_path.iterdir()) == ["d.json", "r.html", "r.md"]


def test_fail_on_cause_changes_the_exit_code_alone() -> None:
    assert podtopsy("diagnose", SAMPLE, "--fail-on", "cause").returncode == 1
    assert podtopsy("diagnose", HEALTHY, "--fail-on", "cause").returncode == 0


def test_a_namespace_without_failures_has_no_diagnosis() -> None:
    document = json.loads(podtopsy("diagnose", SAMPLE, "--namespace", "elsewhere", "--format", "json").stdout)
    assert document["diagnoses"] == []


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda p: p / "nowhere", "does not exist"),
        (lambda p: (p / "void").mkdir() or p / "void", "is an empty directory: nothing to read"),
        (lambda p: (p / "x.tar.gz").write_bytes(b"\x00\x01garbage") and p / "x.tar.gz", "is not an archive"),
    ],
)
def test_input_that_cannot_be_read_is_one_sentence_and_exit_2(make, sentence: str, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    done = podtopsy(make(tmp_path))
    assert (done.returncode, done.stdout) == (2, b"")
    assert sentence in told(done)
    assert told(done).count("\n") == 0


def test_a_truncated_archive_loses_only_its_end_and_the_first_screen_says_so(tmp_path: Path) -> None:
    whole = tmp_path / "whole.tar.gz"
    with tarfile.open(whole, "w:gz") as archive:
        archive.add(SAMPLE, "bundle")
    cut = tmp_path / "cut.tar.gz"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size * 9 // 10])
    document = json.loads(podtopsy("diagnose", cut, "--format", "json").stdout)
    assert document["complete"] is False
    assert len(document["files"]) > 20
    assert "Incomplete" in podtopsy(cut).stdout.decode()


def test_a_binary_file_is_listed_as_unread(tmp_path: Path) -> None:
    path = tmp_path / "core.bin"
    path.write_bytes(bytes(range(256)) * 40)
    done = podtopsy("files", path)
    assert done.returncode == 0
    assert b"skipped, binary file" in done.stdout


def test_standard_input_is_a_bundle_of_one_file() -> None:
    log = next(SAMPLE.rglob("kubelet_service.log")).read_bytes()
    document = json.loads(podtopsy("diagnose", "-", "--format", "json", stdin=log).stdout)
    assert [f["lines"] for f in document["files"]] == [log.count(b"\n")]


def test_an_output_that_cannot_be_written_is_exit_2(tmp_path: Path) -> None:
    done = podtopsy("diagnose", SAMPLE, "--html", tmp_path / "no" / "report.html")
    assert done.returncode == 2
    assert told(done).startswith("podtopsy: cannot write ")


def test_ctrl_c_ends_with_130_and_leaves_no_file(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "analyzer", "diagnose", "-", "--html", str(tmp_path / "report.html")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as running:
        assert running.stdin is not None
        running.stdin.write(b"a line\n" * 100_000)  # more than a pipe holds: once it is taken, it waits for the rest
        running.stdin.flush()
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate(timeout=20)
    assert running.returncode == 130
    assert errors.decode().strip() == "podtopsy: interrupted"
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_ends_a_run_that_waits_for_the_rest_of_a_compressed_archive(tmp_path: Path) -> None:
    packed = tmp_path / "b.tar.gz"
    with tarfile.open(packed, "w:gz") as archive:
        log = tarfile.TarInfo("z.log")
        log.size = 3_000_000
        archive.addfile(log, io.BytesIO(random.Random(7).randbytes(log.size)))
    command = [sys.executable, "-m", "analyzer", "diagnose", "-"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as running:
        assert running.stdin is not None
        running.stdin.write(packed.read_bytes()[:2_000_000])
        running.stdin.flush()
        time.sleep(2)  # until it has read all of that, and waits
        running.send_signal(signal.SIGINT)
        assert running.wait(timeout=10) == 130
        assert running.stderr is not None
        assert running.stderr.read() == b"podtopsy: interrupted\n"


def test_ctrl_c_with_partial_diagnoses_what_was_read_until_then(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.add(SAMPLE, "bundle")
        whole_files = archive.offset
    log = tarfile.TarInfo("z.log")
    log.size = 1 << 30
    begun = buffer.getvalue()[:whole_files] + log.tobuf()
    command = [sys.executable, "-m", "analyzer", "diagnose", "-", "--partial", "--json", str(tmp_path / "d.json")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as running:
        assert running.stdin is not None
        running.stdin.write(begun + b"a line\n" * 100_000)  # more than a pipe holds: the sample was taken
        running.stdin.flush()
        running.send_signal(signal.SIGINT)
        shown, errors = running.communicate(timeout=60)

    assert (running.returncode, errors) == (130, b"podtopsy: interrupted\n")
    document = json.loads((tmp_path / "d.json").read_bytes())
    whole = json.loads(podtopsy("diagnose", SAMPLE, "--format", "json").stdout)
    assert document["diagnoses"][0]["cause"] == whole["diagnoses"][0]["cause"] == "volume-mount-mismatch"
    assert document["complete"] is False
    assert {(n["path"], n["problem"]) for n in document["notes"]} == {
        ("z.log", "interrupted: given up"),
        ("z.log", "the reading was interrupted: what was not read until then is missing"),
    }
    assert "Not everything was read: it was interrupted" in " ".join(shown.decode().split())


def test_files_of_editors_and_desktops_make_no_bundle_half_read(tmp_path: Path) -> None:
    shutil.copytree(HEALTHY, tmp_path / "bundle")
    (tmp_path / "bundle" / "__MACOSX").mkdir()
    (tmp_path / "bundle" / "__MACOSX" / "._events.yaml").write_bytes(b"\0\5\x16\7")
    (tmp_path / "bundle" / ".events.yaml.swp").write_bytes(b"b0VIM 9.0")
    page = tmp_path / "report.html"
    shown = podtopsy(tmp_path / "bundle", "--html", page).stdout.decode()

    assert shown.startswith("Verdict     No root cause found: nothing in this bundle is in a bad state.\n")
    assert "Incomplete" not in shown
    assert "15 of 15 files read in full, 2 of editors or desktops left out" in " ".join(shown.split())
    told = " ".join(page.read_text(encoding="utf-8").split())
    left_out = "All of the 15 files could be read in full. Left out as no evidence: 2 of editors, desktops or version"
    assert left_out in told


def test_partial_and_isolate_do_not_go_together() -> None:
    done = podtopsy("diagnose", SAMPLE, "--partial", "--isolate")
    assert done.returncode == 2
    assert told(done) == "podtopsy: --partial does not go with --isolate, whose process does not know of Ctrl-C"


def test_a_wrong_pattern_is_named_with_its_line_and_exit_2(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("title: Broken.\nrole: cause\n", encoding="utf-8")
    done = podtopsy("diagnose", SAMPLE, "--patterns", tmp_path)
    assert done.returncode == 2
    assert f"{tmp_path / 'broken.yaml'}:1: title: must not end in a full stop" in told(done)


def test_a_users_pattern_whose_example_does_not_hold_is_reported(tmp_path: Path) -> None:
    source = (ROOT / "patterns" / "app" / "exits-zero.yaml").read_text(encoding="utf-8")
    path = tmp_path / "exits-zero.yaml"
    path.write_text(source.replace("finds: nothing", "finds: [{pod: nobody}]"), encoding="utf-8")
    done = podtopsy("patterns", "test", path)
    assert done.returncode == 2
    assert b"must find {'pod': 'nobody'}, finds nothing" in done.stdout
    assert done.stdout.decode().strip().split("\n")[-1].startswith("1 patterns tested, ")


def test_patterns_are_listed_shown_and_given_to_ripgrep() -> None:
    assert b"volume-mount-mismatch" in podtopsy("patterns", "list").stdout
    page = podtopsy("patterns", "show", "oom-node").stdout.decode()
    assert page.startswith("The whole node ran out of memory\n=====")
    assert b"?P<" not in podtopsy("patterns", "list", "--regex").stdout


def test_the_version_is_printed() -> None:
    assert podtopsy("--version").stdout == b"podtopsy 0.1.0\n"
