"""Files that are written: whole or not at all, for their owner alone, never over or through something that is there."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from analyzer import atomic
from analyzer.errors import UsageError
from analyzer.output import require_free, write

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "samples" / "fluentd-mount-mismatch" / "bundle"
OUTPUTS = ("r.html", "r.md", "d.json")


def diagnose(folder: Path, *more: str) -> subprocess.Popen[bytes]:
    named = zip(("--html", "--markdown", "--json"), OUTPUTS, strict=True)
    command = [sys.executable, "-m", "analyzer", "diagnose", str(SAMPLE), *more]
    command += [part for option, name in named for part in (option, str(folder / name))]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)


def test_a_file_is_readable_by_its_owner_alone_and_nothing_else_appears(tmp_path: Path) -> None:
    write(tmp_path / "r.html", b"whole")
    assert (tmp_path / "r.html").read_bytes() == b"whole"
    assert stat.S_IMODE((tmp_path / "r.html").stat().st_mode) == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["r.html"]


def test_a_file_that_is_there_stays_until_force_replaces_it(tmp_path: Path) -> None:
    path = tmp_path / "r.html"
    path.write_bytes(b"mine")
    with pytest.raises(UsageError, match=r"r\.html exists already; --force replaces it$"):
        write(path, b"other")
    assert path.read_bytes() == b"mine"
    write(path, b"other", force=True)
    assert path.read_bytes() == b"other"
    assert [p.name for p in tmp_path.iterdir()] == ["r.html"]


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("target", ["there.txt", "nowhere.txt"])
def test_a_link_is_never_written_through(force: bool, target: str, tmp_path: Path) -> None:
    (tmp_path / "there.txt").write_bytes(b"mine")
    (tmp_path / "r.html").symlink_to(tmp_path / target)
    with pytest.raises(UsageError, match="it is a link, and links are not followed"):
        write(tmp_path / "r.html", b"other", force=force)
    with pytest.raises(FileExistsError):
        atomic.place(tmp_path / "r.html", b"other", over=False)
    assert (tmp_path / "there.txt").read_bytes() == b"mine"
    assert not (tmp_path / "nowhere.txt").exists()


def test_what_is_no_regular_file_is_never_replaced(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no regular file"):
        write(tmp_path, b"other", force=True)
    with pytest.raises(UsageError, match="no regular file"):
        write(Path(os.devnull), b"other", force=True)


def test_two_outputs_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"r\.md is named for two outputs"):
        require_free([tmp_path / "r.md", tmp_path / "r.md"], force=True)


def test_without_unnamed_files_the_result_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    atomic.temporary(tmp_path / "r.html").write_bytes(b"left behind by a run that was killed")
    write(tmp_path / "r.html", b"one")
    with pytest.raises(FileExistsError):
        atomic.place(tmp_path / "r.html", b"two", over=False)
    write(tmp_path / "r.html", b"three", force=True)
    assert (tmp_path / "r.html").read_bytes() == b"three"
    assert stat.S_IMODE((tmp_path / "r.html").stat().st_mode) == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["r.html"]


def test_a_name_of_255_bytes_is_written(tmp_path: Path) -> None:
    write(tmp_path / ("r" * 255), b"one")
    write(tmp_path / ("r" * 255), b"two", force=True)
    assert [p.name for p in tmp_path.iterdir()] == ["r" * 255]


def test_an_output_that_exists_is_said_before_anything_is_read_and_exit_2(tmp_path: Path) -> None:
    (tmp_path / "d.json").write_bytes(b"mine")
    with diagnose(tmp_path) as done:
        answer, told = done.communicate(timeout=60)
    assert (done.returncode, answer) == (2, b"")
    assert told.decode().strip() == f"podtopsy: {tmp_path / 'd.json'} exists already; --force replaces it"
    assert [p.name for p in tmp_path.iterdir()] == ["d.json"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGKILL, -9), (signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_killed_while_it_works_it_leaves_whole_files_or_none(number: int, code: int, tmp_path: Path) -> None:
    for after in (0.4, 0.9):
        with diagnose(tmp_path, "--force") as running:
            time.sleep(after)
            running.send_signal(number)
            running.communicate(timeout=60)
        assert running.returncode in (code, -number, 0)  # before its first line runs, the interpreter just dies
        assert {p.name for p in tmp_path.iterdir()} <= set(OUTPUTS)
