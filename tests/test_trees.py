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
from trees import BOX, FLAT, MINIKUBE, NODE, NS, PASTE, POD, TREES, VAR_LOG, Tree, targz, under, zipped

from analyzer.analysis import Options, analyze, analyze_bundle, read, screen_of
from analyzer.bundle import Bundle
from analyzer.diagnosis import Diagnosis
from analyzer.model import ARCHIVE, Evidence, FileEntry
from patterns.load import load_library

ROOT = Path(__file__).resolve().parent.parent
LIBRARY = load_library(())
BINARY = {"wtmp", "lastlog", "sa05"}  # of a node's /var/log: programs of their own read them
NOT_CLAIMED = {"notes.txt"}  # somebody's own words


def read_(tree: Tree) -> Evidence:
    return read(Bundle.of_files(tree), screen_of(LIBRARY), Options(strict=True))


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


def test_every_section_of_minikube_logs_is_read_as_what_it_is() -> None:
    evidence = read_(MINIKUBE)

    [entry] = evidence.files
    assert (entry.format, entry.status, entry.unparsed) == ("sections", "parsed", 0)
    assert [row.node for row in evidence.nodes] == [NODE]
    assert [(c.pod, c.container, c.state, c.restart_count) for c in evidence.containers] == [
        (POD, BOX, "terminated", 6)
    ]
    [kubelet] = [r for r in evidence.records if r.source == "kubelet_log"]
    assert (kubelet.line, kubelet.name, kubelet.reason) == (91, POD, "CrashLoopBackOff")
    assert MINIKUBE["minikube-logs.txt"].split(b"\n")[90].decode() == kubelet.text


def test_a_terminal_session_in_one_file_is_a_whole_case() -> None:
    diagnosis = analyze_bundle(Bundle.of_files(PASTE), LIBRARY, Options(strict=True))

    assert told(diagnosis) == WHAT_HAPPENED
    [entry] = diagnosis.files
    assert (entry.format, entry.status, entry.lines, entry.unparsed) == ("sections", "parsed", 47, 0)


def test_the_logs_of_two_pods_in_one_session_are_told_apart() -> None:
    session = (
        b"ops@jump:~$ kubectl logs -n shop web-0 -c app --previous --tail=5\npanic: one\n"
        b"ops@jump:~$ oc -n bank logs pod/db-0\npanic: two\n"
        b"ops@jump:~$ kubectl get pods -n shop\n"
        b"NAME    READY   STATUS    RESTARTS   AGE\nweb-0   0/1     Error     3          5m\n"
        b"[root@w1 ~]# journalctl -u kubelet -n 1\n"
        b"Mar 05 07:08:10 w1 kubelet[9]: E0305 07:08:10.1     9 kubelet.go:1] PLEG is not healthy: "
        b"pleg was last seen active 3m1s ago\n"
    )
    records = read_({"session.txt": session}).records

    assert {(r.line, r.source, r.namespace, r.name, r.container) for r in records if r.source != "derived"} == {
        (2, "container_log", "shop", "web-0", "app"),
        (4, "container_log", "bank", "db-0", None),
        (7, "container_status", "shop", "web-0", None),
        (9, "kubelet_log", None, None, None),
    }


def test_a_log_that_quotes_one_command_stays_one_log() -> None:
    log = b"starting\n$ kubectl get pods\nfatal: no config\n"
    [entry] = read_({"web-0.log": log}).files
    assert (entry.format, entry.parsed) == ("log", 3)


def test_a_session_keeps_the_key_behind_which_a_short_secret_stands() -> None:
    session = b"""\
$ kubectl get secret pin -n shop -o yaml
apiVersion: v1
kind: Secret
metadata:
  name: pin
  namespace: shop
stringData:
  pin: "4711"
$ kubectl get pods -n shop
NAME    READY   STATUS    RESTARTS   AGE
web-0   1/1     Running   0          5d
"""
    found = read_({"session.txt": session})
    assert [f.format for f in found.files] == ["sections"]
    assert found.keyed == (("pin", "4711"),)
