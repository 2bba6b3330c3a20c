"""The same incident is read and diagnosed from every collector's output."""

from __future__ import annotations

import gzip
import io
import lzma
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from trees import BOX, FLAT, NODE, NS, POD, TREES, VAR_LOG, Tree, targz, under, zipped

from analyzer.analysis import Options, analyze, analyze_bundle
from analyzer.bundle import Bundle
from analyzer.diagnosis import Diagnosis
from analyzer.model import ARCHIVE, FileEntry
from patterns.load import load_library

ROOT = Path(__file__).resolve().parent.parent
LIBRARY = load_library(())
BINARY = {"wtmp", "lastlog", "sa05"}  # of a node's /var/log: programs of their own read them
NOT_CLAIMED = {"notes.txt"}  # somebody's own words


def told(diagnosis: Diagnosis) -> tuple[str, str, str, str]:
    [cause] = diagnosis.causes
    return cause.cause, cause.about.namespace, cause.about.name, cause.about.container


WHAT_HAPPENED = ("config-file-missing", NS, POD, BOX)


@pytest.fixture(scope="module", params=TREES)
def seen(request: pytest.FixtureRequest) -> tuple[str, Diagnosis]:
    name = str(request.param)
    return name, analyze_bundle(Bundle.of_files(TREES[name][0]), LIBRARY, Options(strict=True))


def entries(diagnosis: Diagnosis) -> dict[str, FileEntry]:
    return {f.path: f for f in diagnosis.files}


def test_every_collector_leads_to_the_same_cause(seen: tuple[str, Diagnosis]) -> None:
    name, diagnosis = seen
    assert (name, told(diagnosis)) == (name, WHAT_HAPPENED)
    assert (name, diagnosis.causes[0].about.node) == (name, NODE)


def test_the_layout_of_every_file_is_recognised_with_a_reason(seen: tuple[str, Diagnosis]) -> None:
    name, diagnosis = seen
    met = {f.layout for f in diagnosis.files if f.format != ARCHIVE}
    assert (name, met - {"flat"}) == (name, set(TREES[name][1]) - {"flat"})
    assert all(f.why for f in diagnosis.files)


def test_every_file_is_claimed_by_a_format_and_every_line_read(seen: tuple[str, Diagnosis]) -> None:
    _, diagnosis = seen
    amiss = [
        (f.path, f.status, f.format, f.unparsed)
        for f in diagnosis.files
        if f.path.rpartition("/")[2] not in BINARY | NOT_CLAIMED
        and (f.status != "parsed" or f.unparsed or f.format in (None, "text"))
    ]
    assert amiss == []


def written(folder: Path, tree: Tree) -> Path:
    for path, data in tree.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return folder


def analyzed(paths: Sequence[Path]) -> Diagnosis:
    return analyze(paths, Options(strict=True))


def test_a_node_s_var_log_is_the_same_bundle_as_folder_tar_gz_and_zip_in_a_tar_xz(tmp_path: Path) -> None:
    tree = {path: data for path, data in VAR_LOG.items() if path.rpartition("/")[2] not in BINARY}
    written(tmp_path / "folder", tree)
    (tmp_path / "log.tar.gz").write_bytes(targz(tree))
    inner = zipped({"log.tar.gz": targz(tree)})
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        info = tarfile.TarInfo("case/log.zip")
        info.size = len(inner)
        archive.addfile(info, io.BytesIO(inner))
    (tmp_path / "case.tar.xz").write_bytes(lzma.compress(buffer.getvalue()))

    for place in ("folder", "log.tar.gz", "case.tar.xz"):
        diagnosis = analyzed([tmp_path / place])
        assert (place, told(diagnosis), diagnosis.complete) == (place, WHAT_HAPPENED, True)
        assert (place, len([f for f in diagnosis.files if f.format != ARCHIVE])) == (place, len(tree))


def test_several_paths_are_one_incident_whatever_each_of_them_is(tmp_path: Path) -> None:
    written(tmp_path / "objects", {"describe.txt": FLAT["describe-pod.txt"]})
    (tmp_path / f"{POD}.previous.log.gz").write_bytes(gzip.compress(FLAT[f"{POD}-{BOX}.previous.log"]))
    (tmp_path / "node.tgz").write_bytes(targz(under("var/log", {"messages": FLAT["kubelet.log"]})))

    diagnosis = analyzed([tmp_path / "objects", tmp_path / f"{POD}.previous.log.gz", tmp_path / "node.tgz"])

    assert told(diagnosis) == WHAT_HAPPENED
    assert sorted(entries(diagnosis)) == [
        "node.tgz/var/log/messages", "objects/describe.txt", f"{POD}.previous.log.gz",
    ]  # fmt: skip


def test_standard_input_may_be_a_described_pod_with_the_words_of_its_container() -> None:
    text = FLAT["describe-pod.txt"]
    run = subprocess.run(
        [sys.executable, "-m", "analyzer", "diagnose", "-"], cwd=ROOT, input=text, capture_output=True, check=False
    )
    assert run.returncode == 0
    assert POD in run.stdout.decode()
