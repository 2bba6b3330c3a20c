"""A pattern of the user's cannot hang the tool: what it does wrong is said with its file and line."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from analyzer.analysis import Options, analyze
from patterns.schema import LibraryError

ROOT = Path(__file__).resolve().parent.parent
PATTERN = (ROOT / "patterns" / "app" / "exits-zero.yaml").read_text(encoding="utf-8")


def pattern(folder: Path, message: str) -> Path:
    """A copy of a pattern of ours under another name, with this regex for logs."""
    head, _, tail = PATTERN.partition("match:")
    rest = tail[tail.index("\nexplains:") :] if "\nexplains:" in tail else tail[tail.index("\nreferences:") :]
    path = folder / "app" / "mine.yaml"
    path.parent.mkdir()
    path.write_text(f"{head}match:\n  any:\n    - {{source: log, message: '{message}'}}{rest}", encoding="utf-8")
    return path


def line_of(path: Path) -> int:
    return next(n for n, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1) if "source: log" in line)


def test_a_regex_that_explodes_is_given_up_and_noted_with_its_place(tmp_path: Path) -> None:
    path = pattern(tmp_path, "(?:x{1,40}x{1,40}){1,40}y$")
    (tmp_path / "app.log").write_text(f"2026-03-14T09:00:00Z ERROR {'x' * 300}y!\n" * 50, encoding="utf-8")
    start = time.monotonic()
    found = analyze([tmp_path / "app.log"], Options(patterns=(path,)))
    assert time.monotonic() - start < 60
    assert [(n.path, n.line) for n in found.notes if "took more than 1 s" in n.problem] == [(str(path), line_of(path))]
    assert not found.complete


def test_a_regex_that_hyperscan_refuses_is_named_with_its_place(tmp_path: Path) -> None:
    path = pattern(tmp_path, "a{40000}")
    with pytest.raises(LibraryError) as caught:
        analyze([ROOT / "samples" / "healthy-drain" / "bundle"], Options(patterns=(path,)))
    assert [(p.path, p.line, p.field) for p in caught.value.problems] == [(str(path), line_of(path), "match.message")]


def test_a_regex_of_5000_characters_is_refused(tmp_path: Path) -> None:
    path = pattern(tmp_path, "ab" * 2500)
    with pytest.raises(LibraryError, match=r"is longer than 4,000 characters"):
        analyze([ROOT / "samples" / "healthy-drain" / "bundle"], Options(patterns=(path,)))
