"""Nothing that real bundles hold gets lost: every file has one entry, every line one fate.

The bundles stand beside the checkout, where somebody has fetched them; without them these tests have nothing to
read. The largest of them takes longer than all the others together: PODTOPSY_ALL_TREES=1 includes it.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import tarfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from analyzer.analysis import screen_of
from analyzer.bundle import open_bundle
from analyzer.ingest import ingest
from analyzer.model import FileEntry
from patterns.load import load_library

REAL = Path(__file__).resolve().parent.parent.parent / "shared" / "real"
LARGE = {"openshift-must-gather-clean"}
TREES = (
    "gangmuk-k8s-failure-reproduction",
    "gmeghnag-omc",
    "openshift-insights-operator",
    "openshift-kni-performance-addon-operators",
    "openshift-must-gather-clean",
    "redhatqe-must-gather-explorer",
    "replicatedhq-troubleshoot",
    "verrazzano",
    "vmware-tanzu-sonobuoy",
)
LAYOUTS = {  # each tree's main layouts
    "gangmuk-k8s-failure-reproduction": {"flat"},
    "gmeghnag-omc": {"must-gather"},
    "openshift-insights-operator": {"insights"},
    "openshift-kni-performance-addon-operators": {"must-gather", "sysinfo"},
    "openshift-must-gather-clean": {"must-gather"},
    "redhatqe-must-gather-explorer": {"must-gather", "sysinfo"},
    "replicatedhq-troubleshoot": {"troubleshoot"},
    "verrazzano": {"cluster-info-dump"},
    "vmware-tanzu-sonobuoy": {"sonobuoy"},
}
READ_LINES = 0.995
CLAIMED_FILES = 0.99

Content = bytes | None  # None: a link or another thing without content


def packed(path: str, data: bytes) -> Iterator[tuple[str, Content]]:
    """A file by the standard library, compression undone; of an archive its members too, and itself without content."""
    for magic, open_it in ((b"\x1f\x8b", gzip.decompress), (b"\xfd7zXZ", lzma.decompress), (b"BZh", bz2.decompress)):
        if data.startswith(magic):
            yield from packed(path, open_it(data))
            return
    if data[257:262] == b"ustar":
        yield path, None
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            for member in archive:
                name = f"{path}/{member.name.removeprefix('./').strip('/')}"
                if member.isfile():
                    file = archive.extractfile(member)
                    assert file is not None
                    yield from packed(name, file.read())
                elif not member.isdir():
                    yield name, None
    elif data.startswith(b"PK\x03\x04"):
        yield path, None
        with zipfile.ZipFile(io.BytesIO(data)) as zipped:
            for info in zipped.infolist():
                if not info.is_dir():
                    yield from packed(f"{path}/{info.filename}", zipped.read(info))
    else:
        yield path, data


def contents(root: Path) -> Iterator[tuple[str, Content]]:
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_symlink():
            yield name, None
        elif path.is_file():
            yield from packed(name, path.read_bytes())


def line_count(data: bytes) -> int:
    return data.count(b"\n") + (1 if data and not data.endswith(b"\n") else 0)


@pytest.fixture(scope="module", params=TREES)
def tree(request: pytest.FixtureRequest) -> tuple[str, list[FileEntry]]:
    name = str(request.param)
    if not (REAL / name).is_dir():
        pytest.skip("no real bundles beside the checkout")
    if name in LARGE and not os.environ.get("PODTOPSY_ALL_TREES"):
        pytest.skip("large: set PODTOPSY_ALL_TREES=1")
    screen = screen_of(load_library(()))
    return name, list(ingest(open_bundle([REAL / name]), screen, strict=True).files)


def test_every_file_has_one_entry_and_every_line_one_fate(tree: tuple[str, list[FileEntry]]) -> None:
    name, entries = tree
    ledger = {e.path: e for e in entries}
    assert len(ledger) == len(entries)
    seen: set[str] = set()
    for path, data in contents(REAL / name):
        seen.add(path)
        entry = ledger[path]
        assert (path, entry.parsed + entry.unparsed + entry.skipped) == (path, entry.lines)
        if data is not None and entry.layout != "junk":
            assert (path, entry.lines) == (path, line_count(data))
    assert sorted(ledger.keys() - seen) == []


def test_nearly_every_text_file_is_claimed_and_nearly_every_line_is_read(tree: tuple[str, list[FileEntry]]) -> None:
    name, entries = tree
    text = [e for e in entries if e.status != "skipped" and e.format is not None]
    claimed = sum(e.format != "text" for e in text)
    lines = sum(e.lines for e in text)
    print(f"{name}: {claimed}/{len(text)} files, {sum(e.parsed for e in text)}/{lines} lines")
    assert claimed >= CLAIMED_FILES * len(text)
    assert sum(e.parsed for e in text) >= READ_LINES * lines


def test_the_layout_of_each_tree_is_recognised(tree: tuple[str, list[FileEntry]]) -> None:
    name, entries = tree
    met = Counter(e.layout for e in entries)
    assert {layout for layout in LAYOUTS[name] if met[layout]} == LAYOUTS[name]
    assert all(e.why for e in entries)
