"""No reader raises for what a file holds, and none loses a line of it."""

from __future__ import annotations

import bz2
import functools
import gzip
import io
import lzma
import tarfile
import tempfile
import zipfile
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analyzer.accounts import as_document
from analyzer.bundle import Bundle, Limits
from analyzer.encoding import decode, wide_encoding
from analyzer.errors import InputError
from analyzer.ingest import blocks, documents, ingest, journal_export, journal_json, journal_verbose
from analyzer.ingest.bulk import read_log
from analyzer.ingest.doubts import doubts
from analyzer.ingest.feed import Feed
from analyzer.ingest.glance import Trait, glance
from analyzer.ingest.harvest import Harvest
from analyzer.ingest.parts import part_of
from analyzer.ingest.reading import FORMATS
from analyzer.layout import place
from analyzer.names import clean_name
from analyzer.screen import Screen

SAMPLES = Path(__file__).resolve().parent.parent / "samples" / "formats"
UID = "7c1de0a4-52b3-4c0e-9a65-0f3f6f1f20aa"
CRI_LOG = f"var/log/pods/shop_web-0_{UID}/app/0.log"
LOGS = (CRI_LOG, "namespaces/a/pods/b/c/c/logs/current.log", "host_service_logs/masters/kubelet_service.log", "x.txt")
STRUCTURED = {"objects": "pods.yaml", "event_table": "events.txt", "get_table": "pods.txt", "describe": "describe.txt"}


@functools.cache
def screen() -> Screen:
    return Screen.build(["refused", "[Pp]anic", "Killed process", "CrashLoop", "o"], Path(tempfile.mkdtemp()))


def sample(*names: str) -> tuple[bytes, ...]:
    files = [f for name in names for f in sorted((SAMPLES / name).rglob("*")) if f.is_file()]
    return tuple(file.read_bytes() for file in files)


LOG_SAMPLES = sample(
    "cri", "docker-json", "journal-short", "journal-json", "journal-export", "journal-verbose", "klog", "kernel",
    "prefix", "application", "minikube-logs",
)  # fmt: skip
OBJECT_SAMPLES = sample(*STRUCTURED)
NASTY = (
    b"\n", b"\n\n", b"\r\n", b"\r", b"\t", b" ", b"\0", b"\xff", b"\xe2\x80\xa8", b"\xef\xbb\xbf", b'"', b"\\", b"{",
    b"}", b"[", b"&a *a", b"- ", b": ", b"|\n", b"---\n", b"...\n", b"%", b"==> x <==\n", b"99999999999999999999",
    b"\x1e", b"\x85", b"-1", b"<unknown>", b"P ", b"=<\n", b"0001-01-01T00:00:00Z", b"MESSAGE\n\x05\0\0\0\0\0\0\0",
)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn, samples: tuple[bytes, ...]) -> bytes:
    """A sample with pieces cut out, moved, doubled and put in."""
    text = draw(st.sampled_from(samples))
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + draw(st.sampled_from((0, 1, 8, 80, 400))))))
        piece = draw(st.one_of(st.sampled_from(NASTY), st.binary(max_size=12), st.just(text[start : start + 60])))
        text = text[:start] + piece + text[end:]
    return text


def lines_in(raw: bytes) -> int:
    return raw.count(b"\n") + (1 if raw and not raw.endswith(b"\n") else 0)


def check(raw: bytes, harvest: Harvest) -> None:
    assert harvest.parsed + harvest.unparsed + harvest.skipped == harvest.lines
    assert min(harvest.parsed, harvest.unparsed, harvest.skipped) >= 0
    if wide_encoding(raw) is None:
        assert harvest.lines == lines_in(raw)
        lines = raw.split(b"\n")
        for record in harvest.records:
            assert 0 <= record.line <= harvest.lines
            if record.line and record.text:
                assert quotes(record.text, lines[record.line - 1]), (record.text, lines[record.line - 1])


def quotes(text: str, line: bytes) -> bool:
    """Whether a record's text is its line; a line in parts is quoted whole, under the header of its first part."""
    written = decode(line)
    if text in written or text in written.lstrip("\ufeff"):
        return True
    part = part_of(line)
    return part is not None and decode(part.text[:20]) in text


@pytest.mark.parametrize("path", LOGS)
@given(raw=st.one_of(mutated(LOG_SAMPLES), mutated(OBJECT_SAMPLES), st.binary(max_size=300)))
@example(raw=b"")
@example(raw=b"\n")
@example(raw=b"\xef\xbb\xbf\n")
@example(raw=b"__CURSOR=a\nMESSAGE\n\xff\xff\xff\xff\xff\xff\xff\x7f")
@example(raw=b"__CURSOR=a\nMESSAGE\n\x0a\0\0\0\0\0\0\0refused\n\n\n\n")
@example(raw=b'{"__CURSOR":1}\n{\n{"MESSAGE":"refused"}\n{\n')
def test_a_log_of_any_content_is_accounted_for(path: str, raw: bytes) -> None:
    check(raw, read_log(io.BytesIO(raw), place(path), screen(), path))


@pytest.mark.parametrize("module", FORMATS, ids=lambda module: module.NAME)
@given(data=st.data())
def test_a_structured_file_of_any_content_is_accounted_for(module: ModuleType, data: st.DataObject) -> None:
    own = sample(module.NAME) or OBJECT_SAMPLES
    raw = data.draw(st.one_of(mutated(own), mutated(OBJECT_SAMPLES), st.binary(max_size=300)))
    path = STRUCTURED.get(module.NAME, "notes.txt")

    module.sniff(decode(raw), place(path))
    check(raw, module.parse(raw, path, place(path)))


@pytest.mark.parametrize("module", [journal_json, journal_export, journal_verbose], ids=lambda module: module.NAME)
@given(raw=st.one_of(mutated(sample("journal-json", "journal-export", "journal-verbose")), st.binary(max_size=300)))
def test_a_journal_of_any_content_is_read_to_its_end_in_order(module: ModuleType, raw: bytes) -> None:
    feed = Feed(io.BytesIO(raw))
    found = list(module.entries(feed))

    assert feed.lines == lines_in(raw)
    assert sum(entry.lines for entry in found if entry.layer is None) <= feed.lines
    assert all(1 <= entry.number <= feed.lines for entry in found)
    lines = raw.split(b"\n")
    assert [e for e in found if e.raw and e.raw not in lines[e.number - 1]] == []


@given(raw=mutated(LOG_SAMPLES), size=st.sampled_from((1, 7, 64, 300)))
def test_the_size_of_a_block_changes_nothing(raw: bytes, size: int) -> None:
    whole = read_log(io.BytesIO(raw), place(CRI_LOG), screen(), CRI_LOG)
    before = blocks.BLOCK_BYTES
    blocks.BLOCK_BYTES = size  # type: ignore[misc]
    try:
        pieces = read_log(io.BytesIO(raw), place(CRI_LOG), screen(), CRI_LOG)
    finally:
        blocks.BLOCK_BYTES = before  # type: ignore[misc]

    assert (pieces.lines, pieces.skipped + pieces.parsed + pieces.unparsed) == (whole.lines, whole.lines)


def tar_of(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return packed.getvalue()


def zip_of(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


PACKED = {f"a/{number}.log": data[:700] for number, data in enumerate(LOG_SAMPLES[:4])}
INNER = {**PACKED, "b.tar": tar_of(PACKED), "c.log.gz": gzip.compress(LOG_SAMPLES[0], mtime=0)}
ARCHIVES = (
    tar_of(INNER),
    zip_of(INNER),
    *(compress(tar_of(PACKED)) for compress in (bz2.compress, lzma.compress, lambda d: gzip.compress(d, mtime=0))),
)


@given(raw=st.one_of(mutated(ARCHIVES), st.binary(max_size=300)), name=st.sampled_from(("a.tar", "pods.yaml", "x.log")))
def test_an_archive_of_any_content_is_read_and_every_file_of_it_adds_up(raw: bytes, name: str) -> None:
    limits = Limits(member_bytes=1 << 22, total_bytes=1 << 24, files=2000)
    try:
        evidence = ingest(Bundle.of_files({name: raw}, limits), screen(), strict=True)
    except InputError:
        return
    entries, notes = evidence.files, evidence.notes
    assert entries
    for told in as_document(entries, notes)["files"]:
        for counts in (told, told["content"] or told):
            assert counts["parsed"] + counts["unparsed"] + counts["skipped"] == counts["lines"]
            assert min(counts["parsed"], counts["unparsed"], counts["skipped"]) >= 0
        assert told["status"] == "parsed" or told["reason"]
    own = {entry.path: entry for entry in entries}[name]
    if own.coding is not None and not wide_encoding(raw):
        assert own.stored_lines == lines_in(raw)


@given(raw=st.binary(max_size=60))
def test_no_name_leads_out_of_the_bundle(raw: bytes) -> None:
    clean = clean_name(raw)
    assert clean is None or not (clean.startswith("/") or ".." in clean.split("/") or "\0" in clean)


@given(raw=mutated(OBJECT_SAMPLES))
@example(raw=b"kind: Pod\nkind: Pod")
@example(raw=b"a: &x 1\nb: !t {c: 1, c: 2}\n\x7f\n---\nWarning: late\nW0305 late")
def test_a_glance_misses_nothing_that_the_exact_expressions_find(raw: bytes) -> None:
    traits = glance(raw)
    assert list(doubts(raw, 0, len(raw), traits)) == list(doubts(raw, 0, len(raw), frozenset(Trait)))
    if Trait.FOREIGN not in traits:
        assert documents.without_foreign_lines(raw, 0) == (raw, [])
    if Trait.MARKER not in traits:
        assert list(documents.documents(raw, 0)) == [(0, len(raw))]
