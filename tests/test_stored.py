"""A file that is stored coded has two counts: its lines as the bundle stores them, and those of what is in it."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from pathlib import Path

import pytest

from analyzer.accounts import as_document, as_text
from analyzer.analysis import Options, analyze_bundle, ledger
from analyzer.bundle import Bundle
from analyzer.model import FileEntry
from analyzer.present import to_json
from analyzer.revive import revive
from patterns.load import load_library

TEXT = b"".join(b"2026-03-14T09:00:%02dZ stderr F connection refused %d\n" % (i % 60, i * i) for i in range(300))
COMPRESSORS = {"gzip": lambda d: gzip.compress(d, mtime=0), "xz": lzma.compress, "bzip2": bz2.compress}


def lines_of(data: bytes) -> int:
    return data.count(b"\n") + (1 if data and not data.endswith(b"\n") else 0)


def read(folder: Path, **files: bytes) -> dict[str, dict[str, object]]:
    """The files of the JSON ledger by path, for a directory with these files."""
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return {f["path"]: f for f in as_document(*ledger([folder]))["files"]}


@pytest.mark.parametrize("coding", COMPRESSORS)
def test_a_compressed_file_counts_its_own_lines_and_those_of_its_content(coding: str, tmp_path: Path) -> None:
    data = COMPRESSORS[coding](TEXT)
    found = read(tmp_path, log=data)["log"]
    assert (found["bytes"], found["lines"], found["parsed"], found["skipped"]) == (
        len(data), lines_of(data), lines_of(data), 0,
    )  # fmt: skip
    content = {"coding": coding, "bytes": len(TEXT), "lines": 300, "parsed": 300, "unparsed": 0, "skipped": 0}
    assert found["content"] == content


@pytest.mark.parametrize("times", [1, 2])
def test_a_compressed_file_that_is_the_bundle_counts_its_lines_too(times: int, tmp_path: Path) -> None:
    data = TEXT
    for _ in range(times):
        data = gzip.compress(data, compresslevel=0, mtime=0)
    (tmp_path / "web.log.gz").write_bytes(data)
    (entry,), _ = ledger([tmp_path / "web.log.gz"])
    assert (entry.lines, entry.stored_lines) == (300, lines_of(data))


def test_what_stands_behind_the_compressed_data_is_skipped(tmp_path: Path) -> None:
    data = gzip.compress(TEXT, mtime=0)
    found = read(tmp_path, log=data + b"curl: (18) transfer closed\nagain\n")["log"]
    assert (found["status"], found["lines"], found["skipped"]) == ("partial", data.count(b"\n") + 2, 2)
    assert found["content"]["lines"] == 300  # type: ignore[index]


def test_data_that_is_cut_short_still_adds_up(tmp_path: Path) -> None:
    data = gzip.compress(TEXT, mtime=0)[:600]
    found = read(tmp_path, log=data)["log"]
    assert (found["status"], found["reason"]) == ("partial", "gzip data ends early")
    assert (found["lines"], found["parsed"]) == (lines_of(data), lines_of(data))
    assert 0 < found["content"]["lines"] < 300  # type: ignore[index]


def test_a_compressed_file_beyond_its_bytes_is_counted_to_its_end(tmp_path: Path) -> None:
    from analyzer.member import Limits

    data = gzip.compress(bytes(range(256)) * 4 + TEXT * 50, compresslevel=0, mtime=0)
    (tmp_path / "log").write_bytes(data)
    (entry,), _ = ledger([tmp_path], Options(limits=Limits(member_bytes=2000)))
    assert (entry.status, entry.stored_lines, entry.content_bytes) == ("partial", lines_of(data), 2000)


@pytest.mark.parametrize(("coding", "mark"), [("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")])
def test_text_in_utf_16_counts_both_too(coding: str, mark: bytes, tmp_path: Path) -> None:
    data = mark + "first\r\nsecond \u010a third\r\n".encode(coding)
    found = read(tmp_path, **{"notes.txt": data})["notes.txt"]
    assert (found["lines"], found["parsed"]) == (lines_of(data), lines_of(data))
    assert found["content"]["coding"] == coding  # type: ignore[index]
    assert found["content"]["lines"] == 2  # type: ignore[index]


def test_plain_text_has_one_count(tmp_path: Path) -> None:
    found = read(tmp_path, log=TEXT)["log"]
    assert (found["lines"], found["content"]) == (300, None)


@pytest.mark.parametrize("kind", ["tar", "zip", "tgz"])
def test_an_archive_inside_the_bundle_is_a_file_of_it(kind: str, tmp_path: Path) -> None:
    packed = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(packed, "w") as zipped:
            zipped.writestr("a.log", TEXT)
    else:
        with tarfile.open(fileobj=packed, mode="w:gz" if kind == "tgz" else "w") as archive:
            info = tarfile.TarInfo("a.log")
            info.size = len(TEXT)
            archive.addfile(info, io.BytesIO(TEXT))
    data = packed.getvalue()
    found = read(tmp_path, **{"pods.yaml": data, "b.log": b"b\n"})
    assert sorted(found) == [
        "b.log", "pods.yaml", "pods.yaml/a.log",
    ]  # fmt: skip
    own = found["pods.yaml"]
    assert (own["format"], own["status"], own["bytes"]) == ("archive", "parsed", len(data))
    assert (own["lines"], own["skipped"]) == (lines_of(data), 0)
    assert found["pods.yaml/a.log"]["lines"] == 300


def test_the_given_archive_is_no_file_of_the_bundle(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as zipped:
        zipped.writestr("a.log", TEXT)
    entries, _ = ledger([tmp_path / "b.zip"])
    assert [e.path for e in entries] == ["a.log"]


def test_the_totals_count_an_archives_bytes_once() -> None:
    entries = [
        FileEntry(path="a.tar", bytes=2048, status="parsed", format="archive", coding="tar", stored_lines=3),
        FileEntry(path="a.tar/a.log", bytes=100, status="parsed", lines=3, parsed=3),
    ]
    assert "2 files (2 parsed), 100 bytes, 3 lines, 0 of them not read" in as_text(entries, [])


def test_both_counts_come_back_from_the_json() -> None:
    files = {"a.log.gz": gzip.compress(TEXT, mtime=0), "b.log": b"b\n"}
    diagnosis = analyze_bundle(Bundle.of_files(files), load_library(()), Options(strict=True))
    assert revive(to_json(diagnosis), "d.json").files == diagnosis.files
