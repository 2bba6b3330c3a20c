"""What a bundle may cost: each limit that is hit is said, and costs what lies beyond it alone."""

from __future__ import annotations

import gzip
import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest

from analyzer.analysis import Options, ledger
from analyzer.archive import Rewound
from analyzer.bundle import Bundle, Limits
from analyzer.errors import UsageError
from analyzer.ingest import read_files
from analyzer.ingest.patience import Overdue, within
from analyzer.screen import Screen

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "samples" / "oom-node-global" / "bundle"
LINE = b"2026-03-14T09:00:00Z stderr F connection refused\n"


def podtopsy(*arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "analyzer", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    return subprocess.run(command, capture_output=True, check=False, env=environment, timeout=120)


def read(path: Path, *arguments: str) -> tuple[dict[str, dict[str, object]], list[str]]:
    done = podtopsy("files", path, "--format", "json", *arguments)
    assert (done.returncode, done.stderr) == (0, b"")
    document = json.loads(done.stdout)
    return {f["path"]: f for f in document["files"]}, [n["problem"] for n in document["notes"]]


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    folder = tmp_path / "bundle"
    folder.mkdir()
    (folder / "a.log").write_bytes(LINE * 1000)
    (folder / "b.log").write_bytes(LINE * 10)
    (folder / "c.log").write_bytes(b"x" * 3_000_000 + b"\n" + LINE)
    return folder


def test_a_file_beyond_its_bytes_is_read_up_to_them(bundle: Path) -> None:
    files, notes = read(bundle, "--max-file-bytes", "8K")
    assert files["a.log"]["status"] == "partial"
    assert files["a.log"]["reason"] == "the file has more than 8,192 bytes (--max-file-bytes): the rest is not read"
    assert files["b.log"]["status"] == "parsed"
    assert notes == ["the file has more than 8,192 bytes (--max-file-bytes): the rest is not read"]


def test_a_bundle_beyond_its_bytes_is_read_up_to_them(bundle: Path) -> None:
    files, _ = read(bundle, "--max-bytes", str(1000 * len(LINE) + 100))
    assert files["a.log"]["status"] == "parsed"
    assert files["b.log"]["lines"] == 3
    assert files["b.log"]["reason"] == "the bundle has more than 49,100 bytes (--max-bytes): the rest is not read"
    assert files["c.log"]["reason"] == files["b.log"]["reason"]


def test_files_beyond_their_number_are_said(bundle: Path) -> None:
    files, notes = read(bundle, "--max-files", "2")
    assert list(files) == ["a.log", "b.log"]
    assert notes == ["more than 2 files (--max-files): the rest is not read"]


def test_a_line_beyond_its_bytes_is_read_in_pieces_and_said(bundle: Path) -> None:
    files, notes = read(bundle, "--max-line-bytes", "1M")
    assert files["c.log"]["lines"] == 2
    assert notes == ["a line is longer than 1,048,576 bytes (--max-line-bytes): read in pieces"]


def test_archives_beyond_their_depth_are_listed(tmp_path: Path) -> None:
    data = LINE
    for _ in range(3):
        data = gzip.compress(data)
    (tmp_path / "a.gz").write_bytes(data)
    assert read(tmp_path)[0]["a.gz"]["content"]["lines"] == 1  # type: ignore[index]
    files, _ = read(tmp_path, "--max-depth", "1")
    assert files["a.gz"]["reason"] == "more than 1 archives inside one another (--max-depth): not read"


def test_a_size_that_is_none_is_a_sentence_and_exit_2(bundle: Path) -> None:
    done = podtopsy("files", bundle, "--max-bytes", "many")
    assert done.returncode == 2
    assert b"many is no size" in done.stderr
    assert b"1K is too small" in podtopsy("files", bundle, "--max-line-bytes", "1K").stderr


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="Windows has no such timer")
def test_a_file_that_takes_too_long_is_given_up_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(self: Rewound, size: int = -1, /) -> bytes:
        time.sleep(0.05)
        return self._head if size else b""

    screen = Screen.build(["refused"])
    files = {"a.log": LINE, "b.log": LINE}
    with monkeypatch.context() as patched:
        patched.setattr(Rewound, "read", slow)  # a file without an end: its first bytes come again and again
        found = list(read_files(Bundle.of_files(files, Limits(file_seconds=0.2)), screen))
    reason = "took more than 0 seconds (--max-seconds): given up"
    assert [(r.entry.path, r.entry.status, r.entry.reason) for r in found] == [
        ("a.log", "skipped", reason),
        ("b.log", "skipped", reason),
    ]
    assert [n.problem for r in found for n in r.harvest.notes] == [reason, reason]
    assert [r.entry.status for r in read_files(Bundle.of_files(files, Limits(file_seconds=0.2)), screen)] == [
        "parsed"
    ] * 2


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="Windows has no such timer")
def test_more_bytes_have_more_time() -> None:
    with within(0.1, lambda: 10_000_000):
        time.sleep(0.3)
    with pytest.raises(Overdue), within(0.1, lambda: 0):
        time.sleep(5)


def test_isolated_and_not_the_answer_is_the_same() -> None:
    assert podtopsy(SAMPLE, "--isolate").stdout == podtopsy(SAMPLE).stdout


def test_isolated_an_unreadable_bundle_is_one_sentence_and_exit_2(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"PK\x03\x04" + bytes(range(256)) * 9)
    done = podtopsy(tmp_path / "x.zip", "--isolate")
    assert done.returncode == 2
    assert done.stderr.decode().startswith(f"podtopsy: {tmp_path / 'x.zip'} cannot be read: ")
    assert done.stderr.count(b"\n") == 1


def test_isolated_standard_input_is_refused() -> None:
    with pytest.raises(UsageError, match="cannot begin anew on standard input"):
        ledger(["-"], Options(isolate=True))


def reading(parent: int, path: Path) -> int:
    """The process below `parent` that has the file open, once there is one."""
    for _ in range(2000):
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            for child in children.read_text().split():
                for descriptor in Path(f"/proc/{child}/fd").glob("*"):
                    try:
                        if descriptor.readlink() == path:
                            return int(child)
                    except OSError:  # it was closed since it was listed
                        continue
        time.sleep(0.005)
    raise AssertionError("no worker opens the file")


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs Linux's /proc to find the worker")
@pytest.mark.parametrize(("number", "how"), [(signal.SIGSEGV, "SIGSEGV"), (signal.SIGKILL, "SIGKILL")])
def test_isolated_a_crash_costs_the_file_at_hand(number: signal.Signals, how: str, tmp_path: Path) -> None:
    folder = tmp_path / "bundle"
    folder.mkdir()
    (folder / "a.log").write_bytes(LINE)
    (folder / "m.log").write_bytes(b"")
    (folder / "z.log").write_bytes(LINE * 2)
    with (folder / "m.log").open("r+b") as file:
        file.truncate(20 << 30)  # a hole: it takes longer to read than a test may last
    command = [sys.executable, "-m", "analyzer", "diagnose", str(folder), "--isolate", "--format", "json"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as running:
        worker = reading(running.pid, folder / "m.log")
        time.sleep(0.2)
        os.kill(worker, number)
        answer, told = running.communicate(timeout=60)
    assert (running.returncode, told) == (0, b"")
    document = json.loads(answer)
    assert [(f["path"], f["status"]) for f in document["files"]] == [
        ("a.log", "parsed"),
        ("m.log", "skipped"),
        ("z.log", "parsed"),
    ]
    reason = f"the reader crashed on this file ({how}): not read"
    assert [(n["path"], n["problem"]) for n in document["notes"]] == [("m.log", reason)]
    assert document["complete"] is False
    assert not Path(f"/proc/{worker}").exists()


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs Linux's /proc to find the worker")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_isolated_an_interruption_ends_the_worker_too(number: signal.Signals, code: int, tmp_path: Path) -> None:
    with (tmp_path / "m.log").open("wb") as file:
        file.truncate(20 << 30)
    command = [sys.executable, "-m", "analyzer", "diagnose", str(tmp_path), "--isolate"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as running:
        worker = reading(running.pid, tmp_path / "m.log")
        running.send_signal(number)
        _, told = running.communicate(timeout=30)
    assert running.returncode == code
    assert b"Traceback" not in told
    assert not Path(f"/proc/{worker}").exists()


def test_isolated_an_archive_is_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "b.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name in ("a.log", "b.log"):
            info = tarfile.TarInfo(name)
            info.size = len(LINE)
            archive.addfile(info, io.BytesIO(LINE))
    files, notes = read(path, "--isolate")
    assert ([f["status"] for f in files.values()], notes) == (["parsed", "parsed"], [])


def test_empty_files_beyond_their_number_are_counted_and_not_listed(tmp_path: Path) -> None:
    for name in "abcde":
        (tmp_path / f"{name}.log").write_bytes(b"")
    (tmp_path / "z.log").write_bytes(LINE)
    files, notes = read(tmp_path, "--max-empty-files", "2")
    assert list(files) == ["a.log", "b.log", "z.log"]
    assert notes == ["more than 2 empty files (--max-empty-files): the others are not listed"]
    document = json.loads(podtopsy(tmp_path, "--format", "json", "--max-empty-files", "2").stdout)
    assert [(n["path"], n["count"]) for n in document["notes"]] == [("c.log", 3)]
    assert document["complete"] is False
    assert read(tmp_path)[1] == []


def test_a_file_that_expands_beyond_all_measure_is_given_up(tmp_path: Path) -> None:
    (tmp_path / "a.log.gz").write_bytes(gzip.compress(b"\n" * (1 << 30) + LINE * 30, 9))
    files, notes = read(tmp_path, "--max-ratio", "100")
    assert files["a.log.gz"]["status"] == "partial"
    assert notes == ["expands more than 100 : 1 (--max-ratio), like a decompression bomb"]
