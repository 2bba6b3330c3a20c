"""One ledger over everything that was given: several PATHs, several layouts, several clusters, each file once."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from analyzer.accounts import as_text
from analyzer.analysis import screen_of
from analyzer.bundle import Bundle, open_bundle
from analyzer.ingest import ingest
from analyzer.model import Evidence, FileEntry
from analyzer.screen import Screen
from analyzer.timezone import zone
from patterns.load import load_library

ROOT = Path(__file__).resolve().parent.parent
MG = "mg/quay-io-x/namespaces/shop/pods/web-0/app/app/logs"


@pytest.fixture(scope="module")
def screen() -> Screen:
    return screen_of(load_library(()))


def entries(evidence: Evidence) -> dict[str, FileEntry]:
    return {f.path: f for f in evidence.files}


def notes(evidence: Evidence) -> list[tuple[str, str, int]]:
    return [(n.path, n.problem, n.count) for n in evidence.notes]


def namespace(uid: str) -> bytes:
    return f"apiVersion: v1\nkind: Namespace\nmetadata:\n  name: kube-system\n  uid: {uid}\n".encode()


def test_two_clusters_in_one_bundle_are_named_in_one_note(screen: Screen) -> None:
    place = "namespaces/kube-system/kube-system.yaml"
    files = {
        f"east/{place}": namespace("aaaa"),
        f"west/{place}": namespace("bbbb"),
        f"west/b/{place}": namespace("bbbb"),
    }
    [(path, problem, _)] = notes(ingest(Bundle.of_files(files), screen))

    assert path == "east"
    assert problem.startswith("2 bundles of different clusters (the uid of namespace kube-system differs): east, west;")


def test_two_bundles_of_one_cluster_need_no_note(screen: Screen) -> None:
    place = "namespaces/kube-system/kube-system.yaml"
    files = {f"east/{place}": namespace("aaaa"), f"again/{place}": namespace("aaaa")}

    assert notes(ingest(Bundle.of_files(files), screen)) == []


def test_several_layouts_stand_side_by_side_each_with_its_reason(screen: Screen) -> None:
    files = {
        f"{MG}/current.log": b"2024-03-05T07:08:09Z up\n",
        "sos/sos_commands/kubernetes/journalctl_--no-pager_--unit_kubelet": b"x\n",
        "cluster-resources/pods/logs/shop/web-0/app.log": b"x\n",
        "kubelet.log": b"x\n",
        "odd": b"x\n",
    }
    found = entries(ingest(Bundle.of_files(files), screen))

    assert {(e.layout, e.why) for e in found.values()} == {
        ("must-gather", "path matches namespaces/<ns>/pods/<pod>/<container>/<container>/logs/current.log"),
        ("sosreport", "path matches sos_commands/<plugin>/journalctl_--no-pager_--unit_kubelet"),
        ("troubleshoot", "path matches cluster-resources/pods/logs/<ns>/<pod>/<container>.log"),
        ("flat", "path matches kubelet*.log"),
        ("other", "no known layout: the content decides"),
    }


def test_several_paths_are_one_incident(tmp_path: Path, screen: Screen) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "kubelet.log").write_bytes(b"one\n")
    (tmp_path / "events.txt").write_bytes(b"two\n")
    found = entries(ingest(open_bundle([tmp_path / "a", tmp_path / "events.txt"]), screen))

    assert {(path, e.lines) for path, e in found.items()} == {("a/kubelet.log", 1), ("events.txt", 1)}


def test_a_line_of_current_previous_and_rotated_logs_is_counted_once_and_stays_with_the_previous(
    screen: Screen,
) -> None:
    line = b"2024-03-05T07:08:09.000000001Z panic: out of luck\n"
    later = b"2024-03-05T07:09:09.000000001Z panic: out of luck\n"
    files = {
        f"{MG}/current.log": line + later,
        f"{MG}/previous.log": line,
        f"{MG}/previous.insecure.log": line,
        f"{MG}/rotated/0.log.20240305-070900.gz": gzip.compress(line),
    }
    evidence = ingest(Bundle.of_files(files), screen)
    found = {path.removeprefix(f"{MG}/"): (e.lines, e.records, e.duplicates) for path, e in entries(evidence).items()}

    assert found == {
        "current.log": (2, 1, 1),
        "previous.log": (1, 1, 0),
        "previous.insecure.log": (1, 0, 1),
        "rotated/0.log.20240305-070900.gz": (1, 0, 1),
    }
    assert {(r.path.removeprefix(f"{MG}/"), r.line) for r in evidence.records} == {
        ("current.log", 2),
        ("previous.log", 1),
    }


def test_fifty_equal_lines_of_one_file_stay_fifty(screen: Screen) -> None:
    data = b"2024-03-05T07:08:09Z panic: out of luck\n" * 50
    [entry] = entries(ingest(Bundle.of_files({f"{MG}/current.log": data}), screen)).values()

    assert (entry.lines, entry.parsed, entry.duplicates) == (50, 50, 0)


def tar_with_links() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        info = tarfile.TarInfo("cluster-resources/pods/logs/shop/web-0/app.log")
        info.size = 2
        archive.addfile(info, io.BytesIO(b"x\n"))
        for name, target in (
            ("app-logs/web-0/app.log", "../../cluster-resources/pods/logs/shop/web-0/app.log"),
            ("app-logs/web-0/gone.log", "../../cluster-resources/pods/logs/shop/web-1/app.log"),
            ("app-logs/all", "../cluster-resources/pods/logs/shop"),
        ):
            link = tarfile.TarInfo(name)
            link.type, link.linkname = tarfile.SYMTYPE, target
            archive.addfile(link)
    return buffer.getvalue()


def test_a_link_to_what_was_read_is_not_unread_and_a_link_to_nothing_is(tmp_path: Path, screen: Screen) -> None:
    path = tmp_path / "bundle.tar"
    path.write_bytes(tar_with_links())
    evidence = ingest(open_bundle([path]), screen)

    assert {p: e.status for p, e in entries(evidence).items()} == {
        "cluster-resources/pods/logs/shop/web-0/app.log": "parsed",
        "app-logs/web-0/app.log": "parsed",
        "app-logs/web-0/gone.log": "skipped",
        "app-logs/all": "parsed",
    }
    assert [n[0] for n in notes(evidence)] == ["app-logs/web-0/gone.log"]


def test_what_was_not_read_has_one_note_a_reason(screen: Screen) -> None:
    files = {f"bin/{i}.dat": b"\x7fELF" + bytes(64) for i in range(3)}

    assert notes(ingest(Bundle.of_files(files), screen)) == [("bin/0.dat", "binary file", 3)]


def test_the_ledger_shows_a_line_that_could_not_be_read(screen: Screen) -> None:
    files = {"pods.yaml": b"apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nError from server (Forbidden)\n"}
    evidence = ingest(Bundle.of_files(files), screen)
    [entry] = entries(evidence).values()

    assert (entry.status, entry.unparsed, entry.sample, entry.sample_line) == (
        "partial", 1, "Error from server (Forbidden)", 4,
    )  # fmt: skip
    text = as_text([entry], evidence.notes)
    assert "    line 4: Error from server (Forbidden)" in text.split("\n")
    assert "  flat, 1 file:\n    path matches *.yaml, *.json\n" in text


def test_the_ledger_is_80_columns_wide_and_says_what_became_of_files_without_a_layout(screen: Screen) -> None:
    path = "somewhere/" + "very-" * 20 + "deep/notes"
    header = b"LAST SEEN   TYPE      REASON    OBJECT      MESSAGE\n"
    table = header + b"3s          Warning   BackOff   pod/web-0   Back-off\n"
    files = {path: b"it broke\n", "copy": table, "again": table, "core": b"\0\1\2" * 50, "x/pods.yaml": b"kind: [\n"}
    evidence = ingest(Bundle.of_files(files), screen)
    text = as_text(evidence.files, evidence.notes)

    assert [line for line in text.split("\n") if len(line) > 80] == [path]
    for read_as, count in (("read as text", "1 file"), ("read as event_table", "2 files"), ("not read", "1 file")):
        words = f"  other, {count}:\n    no known layout: the content decides; it was {read_as}\n"
        assert words in text


def test_a_document_that_breaks_off_without_an_object_is_not_called_read(screen: Screen) -> None:
    files = {"x/cluster-scoped-resources/core/nodes.json": b"[" * 5000, "values.yaml": b"a: 1\nb: [2, 3]\n"}
    found = entries(ingest(Bundle.of_files(files), screen))

    assert [(e.status, e.format) for e in found.values()] == [("parsed", "yaml"), ("partial", "json")]


def test_anchors_tags_and_keys_that_stand_twice_are_said(screen: Screen) -> None:
    pod = b"apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: &x {b: c}}\nspec: {y: !!int 7}\nkind: Pod\n"
    said = [problem for _, problem, _ in notes(ingest(Bundle.of_files({"pod.yaml": pod}), screen))]

    assert said == [
        "a key stands twice: the last one counts",
        "an anchor (&name): what refers to it is not resolved",
        "a tag (!type): it is not obeyed, its value is read as text",
    ]


def test_the_same_marks_inside_texts_are_nothing_special(screen: Screen) -> None:
    pod = (
        b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n"
        b"  run: |\n    - &anchor\n    kind: !tag x\n    run &\n"
        b'  note: "ends: !now &later"\n  plain: fish &chips !now or never\n'
    )

    assert notes(ingest(Bundle.of_files({"cm.yaml": pod}), screen)) == []


def test_times_without_a_zone_follow_the_option(screen: Screen) -> None:
    files = {"dmesg.txt": b"[Tue Mar  5 09:08:09 2024] Out of memory: Killed process 7 (java)\n"}
    evidence = ingest(Bundle.of_files(files), screen, timezone=zone("+02:00"))

    assert evidence.records[0].timestamp == dt.datetime(2024, 3, 5, 7, 8, 9, tzinfo=dt.UTC)


def test_a_journal_is_as_old_as_its_first_line_says_it_ends(screen: Screen) -> None:
    head = b"-- Logs begin at Mon 2024-03-04 00:00:00 CET, end at Tue 2024-03-05 09:30:00 CET. --\n"
    line = b"Mar 05 09:08:09 w1 kernel: Out of memory: Killed process 7 (java) total-vm:1kB\n"
    evidence = ingest(Bundle.of_files({"journal.log": head + line}), screen)

    assert evidence.records[0].timestamp == dt.datetime(2024, 3, 5, 8, 8, 9, tzinfo=dt.UTC)
    assert evidence.collected_at == dt.datetime(2024, 3, 5, 8, 30, tzinfo=dt.UTC)


def test_broken_yaml_leaves_standard_error_alone(tmp_path: Path) -> None:
    (tmp_path / "pods.yaml").write_bytes(b"apiVersion: v1\nkind: Pod\nmetadata: {name: a\n")
    done = subprocess.run(
        [sys.executable, "-m", "analyzer", "files", str(tmp_path)], capture_output=True, check=True, cwd=ROOT
    )
    assert (done.stderr, b"not readable as YAML" in done.stdout) == (b"", True)


def test_a_wrong_time_zone_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(b"x\n")
    done = subprocess.run(
        [sys.executable, "-m", "analyzer", "diagnose", "--timezone", "Mars", str(tmp_path)],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (
        2, "podtopsy: Mars is no time zone known here; write it like Europe/Prague or +02:00\n",
    )  # fmt: skip


def test_a_cluster_info_dump_in_one_file_gives_its_objects_and_its_logs(screen: Screen) -> None:
    dump = (
        b'{\n  "kind": "NodeList", "apiVersion": "v1",\n  "items": [{"metadata": {"name": "n1"}}]\n}\n'
        b"==== START logs for container app of pod shop/web-0 ====\n2024-03-05T07:08:09Z panic: out of luck\n"
        b"==== END logs for container app of pod shop/web-0 ====\n"
    )
    evidence = ingest(Bundle.of_files({"dump.txt": dump}), screen)
    [entry] = entries(evidence).values()

    assert (entry.status, entry.format, entry.lines, entry.parsed) == ("parsed", "objects", 7, 7)
    assert [(r.namespace, r.name, r.container, r.line) for r in evidence.records] == [("shop", "web-0", "app", 6)]
    assert [row.node for row in evidence.nodes] == ["n1"]


def test_a_text_that_speaks_of_a_dump_within_its_lines_is_no_dump(screen: Screen) -> None:
    text = (
        b"kind: ConfigMap\napiVersion: v1\nmetadata:\n  name: notes\ndata:\n"
        b"  note: ==== START logs for container app of pod shop/web-0 ====\n"
    )
    evidence = ingest(Bundle.of_files({"notes.yaml": text}), screen)
    [entry] = entries(evidence).values()

    assert (entry.format, entry.lines, entry.parsed, entry.records) == ("objects", 6, 6, 0)
    assert [row.keys for row in evidence.objects] == [("note",)]


def test_a_line_deep_in_a_large_file_is_shown_as_it_stands(screen: Screen) -> None:
    pod = b"- kind: Pod\n  metadata:\n    name: web-%d\n"
    listed = b"apiVersion: v1\nkind: List\nitems:\n" + b"".join(pod % i for i in range(30_000))
    evidence = ingest(Bundle.of_files({"pods.yaml": listed + b"Unable to connect to the server\n"}), screen)
    [entry] = entries(evidence).values()

    assert (entry.lines, entry.unparsed, entry.sample, entry.sample_line) == (
        90_004, 1, "Unable to connect to the server", 90_004,
    )  # fmt: skip
    assert len(evidence.pods) == 30_000


def test_dumps_with_a_line_of_a_script_between_them_are_read(screen: Screen) -> None:
    one = (
        b'{\n  "apiVersion": "v1",\n  "kind": "List",\n  "items": [{"kind": "Node", "metadata": {"name": "n%d"}}]\n}\n'
    )
    evidence = ingest(
        Bundle.of_files({"nodes.json": b"the first one\n" + one % 1 + b"the second one\n" + one % 2}), screen
    )
    [entry] = entries(evidence).values()

    assert (entry.status, entry.lines, entry.unparsed, entry.sample) == ("partial", 12, 2, "the first one")
    assert [row.node for row in evidence.nodes] == ["n1", "n2"]
