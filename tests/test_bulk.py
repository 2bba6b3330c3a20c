import datetime as dt
import gzip
import io
import json
import tarfile
import threading

import pytest

from analyzer.analysis import analyze_bundle
from analyzer.bundle import Bundle
from analyzer.derive import LINES
from analyzer.ingest import allowance, blocks, ingest
from analyzer.ingest.bulk import read_log
from analyzer.layout import place
from analyzer.screen import Screen
from analyzer.verdict import incomplete
from patterns.load import load_library

LOG = "namespaces/shop/pods/web-0/app/app/logs/current.log"
KUBELET = "host_service_logs/masters/kubelet_service.log"


@pytest.fixture(scope="module")
def screen(tmp_path_factory):
    return Screen.build(["panic: ", r"^fatal \d+$", "connection refused"], tmp_path_factory.mktemp("cache"))


def harvest(data, screen, path=LOG, longest=blocks.MAX_LINE_BYTES):
    return read_log(io.BytesIO(data), place(path), screen, path, longest)


def stamped(second, text, tag="F", stream="stderr"):
    return f"2024-01-02T03:{second // 60:02d}:{second % 60:02d}.000000001Z {stream} {tag} {text}\n".encode()


def evidence(files, screen, **options):
    return ingest(Bundle.of_files(files), screen, strict=True, **options)


def test_only_hit_lines_of_a_journal_become_records_with_two_lines_around(screen):
    data = b"".join(b"Jan  2 03:04:%02d node-1 kubelet[7]: line %d\n" % (n, n) for n in range(20))
    data = data.replace(b"line 9\n", b"panic: nine\n")
    found = harvest(data, screen, KUBELET)
    (record,) = found.records
    assert (record.line, record.source, record.message) == (10, "kubelet_log", "panic: nine")
    assert record.text == "Jan  2 03:04:09 node-1 kubelet[7]: panic: nine"
    assert [text[-6:] for text in (*record.before, *record.after)] == ["line 7", "line 8", "ine 10", "ine 11"]
    assert (found.lines, found.parsed, found.unparsed, found.skipped) == (20, 20, 0, 0)


def test_an_anchor_means_the_message_not_the_line(screen):
    data = stamped(1, "fatal 12") + stamped(2, "not fatal 12") + stamped(3, "fatal 12 times")
    data += b"".join(stamped(n, "quiet") for n in range(10, 20))
    assert [r.line for r in harvest(data, screen).records if "fatal" in r.message] == [1]


def test_the_last_five_lines_of_a_container_are_kept(screen):
    data = b"".join(stamped(n, f"line {n}") for n in range(30)) + b"\n\n"
    found = harvest(data, screen)
    assert [(r.line, r.message) for r in found.records] == [(n + 1, f"line {n}") for n in range(25, 30)]
    assert {(r.source, r.namespace, r.name, r.container) for r in found.records} == {
        ("container_log", "shop", "web-0", "app")
    }


def test_empty_lines_behind_a_stamp_are_no_last_words(screen):
    data = stamped(1, "the end") + b"".join(stamped(n, "") for n in range(2, 9))
    assert [(r.line, r.message) for r in harvest(data, screen).records] == [(1, "the end")]


def test_a_hit_among_the_last_lines_is_one_record(screen):
    found = harvest(stamped(1, "a") + stamped(2, "panic: b"), screen)
    assert sorted((r.line, r.message) for r in found.records) == [(1, "a"), (2, "panic: b")]


def test_first_and_last_timestamps_come_from_both_ends(screen):
    data = b"no time\n" + b"".join(stamped(n, f"line {n}") for n in range(200)) + b"no time either"
    found = harvest(data, screen)
    assert found.lines == 202
    assert found.first_timestamp == dt.datetime(2024, 1, 2, 3, 0, 0, tzinfo=dt.UTC)
    assert found.last_timestamp == dt.datetime(2024, 1, 2, 3, 3, 19, tzinfo=dt.UTC)


def test_a_repeated_warning_stays_six_records_with_its_count(screen):
    data = b"".join(stamped(n % 3600, f"dial 10.0.0.{n % 256}: connection refused") for n in range(3000))
    records = [r for r in harvest(data, screen, KUBELET).records if "refused" in r.message]
    assert [(r.line, r.count) for r in records] == [(1, 1), (2, 1), (3, 1), (4, 1), (5, 1), (3000, 2995)]
    assert records[-1].first_timestamp == dt.datetime(2024, 1, 2, 3, 0, 5, tzinfo=dt.UTC)
    assert records[-1].timestamp == dt.datetime(2024, 1, 2, 3, 49, 59, tzinfo=dt.UTC)


def test_different_messages_of_one_expression_are_not_folded(screen):
    names = ("alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf")
    data = b"".join(stamped(n, f"{name}: connection refused") for n, name in enumerate(names))
    assert sorted(r.message.split(":")[0] for r in harvest(data, screen, KUBELET).records) == sorted(names)


def test_a_message_in_parts_is_joined_per_stream_before_it_is_matched(screen):
    data = (
        stamped(1, "before")
        + stamped(2, "start pan", "P")
        + stamped(2, "other", "F", "stdout")
        + stamped(2, "ic: bo", "P")
        + stamped(2, "om", "F")
        + b"".join(stamped(n, "quiet") for n in range(3, 12))
    )
    (record,) = [r for r in harvest(data, screen).records if "panic" in r.message]
    assert (record.line, record.message) == (2, "start panic: boom")
    assert record.before == (stamped(1, "before").decode().rstrip("\n"),)


@pytest.mark.parametrize("size", [600, 700, 1000])  # two blocks hold the last words
def test_blocks_of_any_size_give_the_same_records(screen, monkeypatch, size):
    data = b"".join(
        stamped(n, "panic: whole") if n % 7 == 3 else stamped(n, "pa", "P") + stamped(n, f"nic: {n}") for n in range(40)
    )
    expected = harvest(data, screen)
    monkeypatch.setattr(blocks, "BLOCK_BYTES", size)
    monkeypatch.setattr(blocks, "MAX_LINE_BYTES", 1 << 20)
    found = harvest(data, screen)
    assert sorted(found.records, key=lambda r: r.line) == sorted(expected.records, key=lambda r: r.line)
    assert (found.lines, found.first_timestamp, found.last_timestamp) == (
        expected.lines, expected.first_timestamp, expected.last_timestamp,
    )  # fmt: skip
    assert len(expected.records) > 5


def test_a_line_without_end_is_split_and_noted(screen, monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 1 << 16)
    found = harvest(b"x" * (1 << 20) + b" panic: at the end\nnext\n", screen, KUBELET, 1 << 18)
    assert found.lines == 2
    assert [note.problem for note in found.notes] == [
        "a line is longer than 262,144 bytes (--max-line-bytes): read in pieces"
    ]
    assert [r.message.endswith("panic: at the end") for r in found.records] == [True]


def test_a_long_line_is_kept_around_its_match_and_noted(screen):
    found = harvest(b"x" * 200_000 + b" panic: here " + b"y" * 200_000 + b"\n", screen, KUBELET)
    (record,) = found.records
    assert "panic: here" in record.message and len(record.text) == 4096
    assert [note.problem for note in found.notes] == [
        "a line is longer than 64 KiB: only the surroundings of the match are kept"
    ]


def test_a_bundle_with_a_long_line_was_looked_through_whole():
    log = b"2024-01-02T03:04:05Z an ordinary line\n" + b"x" * 200_000 + b" panic: here " + b"y" * 200_000 + b"\n"
    diagnosis = analyze_bundle(Bundle.of_files({"notes.txt": log}), load_library())
    assert [n.problem for n in diagnosis.notes] == [
        "a line is longer than 64 KiB: only the surroundings of the match are kept"
    ]
    assert diagnosis.complete is False  # of one line not all is kept
    assert incomplete(diagnosis) == ""  # all of it was searched


def test_a_member_that_stands_twice_is_told_as_it_is():
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for _ in range(2):
            archive.addfile(tarfile.TarInfo("a.log"), io.BytesIO(b""))
    diagnosis = analyze_bundle(Bundle.of_files({"b.tar": buffer.getvalue()}), load_library())
    assert incomplete(diagnosis) == (
        "Not everything was read: stands more than once in the archive; each is read. "
        "What is said here rests on the rest."
    )


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
def test_text_of_other_encodings_is_found_all_the_same(screen, encoding):
    text = "2024-01-02T03:04:05Z first line of this log\r\n2024-01-02T03:04:06Z panic: wide\r\n"
    found = harvest(text.encode(encoding), screen, KUBELET)
    assert [(r.line, r.message) for r in found.records] == [(2, "panic: wide")]
    assert found.first_timestamp == dt.datetime(2024, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
    assert found.lines == 2


def test_bytes_that_are_not_utf8_are_shown_and_nuls_stay(screen):
    found = harvest(b"\0" * 5000 + b"\npanic: caf\xe9 \0 \n", screen, KUBELET)
    assert [(r.line, r.message.rstrip()) for r in found.records] == [(2, "panic: caf\\xe9 \0")]


def test_a_binary_file_is_skipped_with_its_lines_counted(screen):
    table = evidence({"core.log": b"\x7fELF" + b"\0\n\1\2" * 100, "b.log": b"text\n"}, screen).files
    entry = {e.path: e for e in table}["core.log"]
    assert (entry.status, entry.reason, entry.lines, entry.skipped) == ("skipped", "binary file", 101, 101)


def test_a_pod_dump_of_several_containers_is_told_apart(screen):
    data = (
        b"==== START logs for container app of pod shop/web-0 ====\nfrom app panic: a\nlast of app\n"
        b"==== END logs for container app of pod shop/web-0 ====\n"
        b"==== START logs for container proxy of pod shop/web-0 ====\nfrom proxy panic: b\n"
        b"==== END logs for container proxy of pod shop/web-0 ====\n"
    )
    found = harvest(data, screen, "dump/shop/web-0/logs.txt")
    assert sorted((r.line, r.container, r.message) for r in found.records) == [
        (2, "app", "from app panic: a"),
        (3, "app", "last of app"),
        (6, "proxy", "from proxy panic: b"),
    ]


def test_an_empty_file_is_parsed_and_says_so(screen):
    (entry,) = evidence({LOG: b""}, screen).files
    assert (entry.status, entry.reason, entry.lines) == ("parsed", "empty file", 0)


def test_every_line_is_accounted_for_in_every_file(screen):
    files = {
        LOG: b"a\nb",
        "get-nodes.txt": b"\n\n\n",
        "version.json": b'{"gitVersion": "v1.29.0"}\n',
        "pod.yaml": b"apiVersion: v1\nkind: Pod\nmetadata: {name: web-0, namespace: shop}\n",
        "x/1.log.gz": gzip.compress(b"1\n2\n3"),
    }
    found = evidence(files, screen).files
    assert {e.path: e.lines for e in found} == {
        LOG: 2, "get-nodes.txt": 3, "version.json": 1, "pod.yaml": 3, "x/1.log.gz": 3,
    }  # fmt: skip
    assert all(e.parsed + e.unparsed + e.skipped == e.lines for e in found)


POD = b"""apiVersion: v1
kind: Pod
metadata: {name: web-0, namespace: shop}
spec:
  containers:
  - {name: app, image: "app:1"}
  - {name: proxy, image: "proxy:1"}
"""


def test_a_flat_name_is_resolved_against_the_containers_that_are_there(screen):
    files = {
        "pod.yaml": POD,
        "web-0-app.log": b"panic: one\n",
        "proxy.previous.log": b"panic: two\n",
        "odd.log": b"panic: x\n",
    }
    found = evidence(files, screen)
    assert {c.container for c in found.containers} == {"app", "proxy"}
    owners = {r.path: (r.namespace, r.name, r.container) for r in found.records if "panic" in r.message}
    assert owners["web-0-app.log"] == ("shop", "web-0", "app")
    assert owners["proxy.previous.log"] == ("shop", "web-0", "proxy")
    assert owners["odd.log"][:2] == (None, None)
    entries = {e.path: (e.pod, e.container, e.instance) for e in found.files}
    assert entries["proxy.previous.log"] == ("web-0", "proxy", "previous")


def test_a_log_called_as_a_pod_is_that_pods_where_only_a_table_lists_it(screen):
    files = {
        "get-pods.txt": b"NAMESPACE  NAME   READY  STATUS   RESTARTS  AGE\nshop  web-0  0/1  Error  3  5m\n",
        "web-0.log": b"panic: one\n",
        "shop-web-0.previous.log": b"panic: two\n",
    }
    owners = {r.path: (r.namespace, r.name) for r in evidence(files, screen).records if r.path[-1] == "g"}
    assert owners == {"web-0.log": ("shop", "web-0"), "shop-web-0.previous.log": ("shop", "web-0")}


def test_a_log_called_as_a_deployments_pod_is_that_pods_where_nothing_else_is_there(screen):
    files = {"web-6d5f4c7b9d-x2k8p-app.log": b"panic: one\n", "web-6d5f4c7b9d-x2k8q.log": b"panic: two\n"}
    owners = {(r.name, r.container) for r in evidence(files, screen).records}
    assert owners == {("web-6d5f4c7b9d-x2k8p", "app"), ("web-6d5f4c7b9d-x2k8q", None)}


def test_a_log_fetched_twice_counts_once(screen):
    folder = "namespaces/shop/pods/web-0/app/app/logs"
    data = stamped(1, "panic: a") + b"panic: without a time\n"
    found = evidence({f"{folder}/previous.log": data, f"{folder}/previous.insecure.log": data}, screen).records
    assert [(r.path, r.line) for r in found] == [(f"{folder}/previous.log", 1), (f"{folder}/previous.log", 2)]


def test_equal_lines_of_one_file_stay(screen):
    found = evidence({LOG: stamped(1, "panic: a") * 3}, screen).records
    assert [r.line for r in found] == [1, 2, 3]


def test_a_file_our_code_fails_on_is_named_and_the_rest_is_read(screen, monkeypatch):
    from analyzer.ingest import reading

    def broken(*_):
        raise ZeroDivisionError("a bug of ours")

    monkeypatch.setattr(reading, "choose", broken)
    files = {"pod.yaml": POD, LOG: stamped(1, "panic: a")}
    found = ingest(Bundle.of_files(files), screen)
    entries = {e.path: (e.status, e.reason) for e in found.files}
    assert entries["pod.yaml"] == ("skipped", "our reader failed: ZeroDivisionError: a bug of ours")
    assert entries[LOG] == ("parsed", None)
    assert [n.problem for n in found.notes] == ["internal error: ZeroDivisionError: a bug of ours"]
    with pytest.raises(ZeroDivisionError):
        ingest(Bundle.of_files(files), screen, strict=True)


def test_a_file_cut_by_damage_is_partial_and_keeps_its_lines(screen):
    data = gzip.compress(b"".join(stamped(n % 3600, f"panic: {n * 7919 % 9973}") for n in range(5000)))
    (entry,) = evidence({f"{LOG}.gz": data[: len(data) // 2]}, screen).files
    assert (entry.status, entry.reason) == ("partial", "gzip data ends early")
    assert 500 < entry.lines < 5000


def test_the_collector_says_when_the_bundle_was_taken(screen):
    stamp = b"2024-03-01 09:00:00.5 +0000 UTC m=+0.1\n2024-03-01 09:07:00.5 +0000 UTC m=+420.1\n"
    assert evidence({"mg/timestamp": stamp}, screen).collected_at == dt.datetime(2024, 3, 1, 9, 7, tzinfo=dt.UTC)
    named = evidence({"support-bundle-2024-06-20T02_21_00/a.log": b"x\n"}, screen)
    assert named.collected_at == dt.datetime(2024, 6, 20, 2, 21, tzinfo=dt.UTC)


def test_two_readings_give_the_same_frames_and_progress_names_each_file(screen):
    files = {LOG: b"".join(stamped(n, f"panic: {n}") for n in range(50)), "pod.yaml": POD, "b.log": b"panic: b\n"}
    told = []
    first = evidence(files, screen, progress=lambda count, _, path: told.append((count, path)))
    second = evidence(files, screen)
    assert first.records == second.records and first.files == second.files
    assert list(dict.fromkeys(told)) == [(1, "b.log"), (2, LOG), (3, "pod.yaml")]


@pytest.mark.parametrize(
    ("first", "trace"),
    [
        ("panic: runtime error", ["", "goroutine 1 [running]:", "main.work(0xc000010000)", "\t/src/main.go:41 +0x1d"]),
        ("panic: java.io.IOException: x", ["\tat a.B.c(B.java:7)", "Caused by: java.net.E: y", "\t... 12 more"]),
        ("panic: thread 'main'", ["stack backtrace:", "   0: std::panicking", "             at ./src/main.rs:3:5"]),
        ("panic: Traceback", ['  File "a.py", line 3, in f', "    g()", "ValueError: no such colour"]),
        ("panic: System.E: x", ["   at A.B() in /src/A.cs:line 7", "   --- End of inner exception stack trace ---"]),
        ("panic: TypeError: x", ["    at Object.<anonymous> (/app/a.js:3:9)", "    at Module._compile (node:1)"]),
        ('panic: "Failed" err=<', ["\tone", "", "\ttwo", " >"]),
    ],
)
def test_a_stack_trace_stays_with_its_first_line(screen, first, trace):
    data = b"".join(stamped(n, text) for n, text in enumerate([first, *trace, "next", "last"]))
    record = harvest(data, screen).records[0]
    kept = [text.partition(" F ")[2] for text in record.after]
    assert kept[: len(trace)] == trace and "last" not in kept


def docker(text, stream="stderr"):
    return json.dumps({"log": text, "stream": stream, "time": "2024-01-02T03:04:05Z"}, separators=(",", ":")) + "\n"


def test_parts_of_a_docker_line_are_joined_before_it_is_matched(screen):
    lines = [
        docker("start pan"),
        docker("other\n", "stdout"),
        docker('ic: "bo'),
        docker('om"\n'),
        *map(docker, "abcdef\n"),
    ]
    found = harvest("".join(lines).encode(), screen, "abc-json.log")
    (record,) = [r for r in found.records if "panic" in r.message]
    assert (record.line, record.message) == (1, 'start panic: "boom"')


def test_lines_that_the_runtime_did_not_write_are_unparsed_and_named(screen):
    data = stamped(1, "a") * 3 + b"raw panic: line\n\n2024-01-02T03:\n" + stamped(2, "b") + b"2024-01-02T03:04:05Z std"
    found = harvest(data, screen)
    assert (found.lines, found.parsed, found.unparsed) == (8, 6, 2)
    assert [(n.line, n.problem, n.count) for n in found.notes] == [
        (4, "lines that are no CRI log lines", 2),
        (4, "unread line: raw panic: line", 1),
        (6, "unread line: 2024-01-02T03:", 1),
    ]
    assert [r.line for r in found.records if "panic" in r.message] == [4]


def test_a_hole_of_nuls_json_and_an_unfinished_last_line_are_no_noise(screen):
    data = (
        bytes(70_000)
        + stamped(1, "a") * 3
        + b'{"level":"error","msg":"whole"}\n{"level": broken\n2024-01-02T03:04:05Z std'
    )
    found = harvest(data, screen)
    assert (found.lines, found.parsed, found.unparsed) == (6, 5, 1)
    assert [n.problem for n in found.notes][1:] == ['unread line: {"level": broken']


def test_last_words_in_parts_are_quoted_whole_a_stream_at_a_time(screen):
    data = stamped(1, "token=abc", "P") + stamped(2, "in between", stream="stdout") + stamped(3, "def rejected")
    found = harvest(data, screen)
    assert [(r.line, r.message) for r in found.records] == [(1, "token=abcdef rejected"), (2, "in between")]
    data = b'{"log":"one ","stream":"stdout","time":"2024-01-02T03:04:05Z"}\n'
    data += b'{"log":"message\\n","stream":"stdout","time":"2024-01-02T03:04:05Z"}\n'
    assert [r.message for r in harvest(data, screen).records] == ["one message"]


def test_output_of_kubectl_logs_may_have_lines_of_any_look(screen):
    found = harvest(b"plain\n" * 50 + stamped(1, "quoted in a line"), screen)
    assert (found.unparsed, found.notes) == (0, ())


def test_what_journald_left_out_and_a_new_boot_are_gaps_of_the_source(screen):
    data = (
        b"Jan 02 03:04:05 n systemd-journald[5]: Suppressed 1234 messages from kubelet.service\n"
        b"-- Boot 0123456789abcdef0123456789abcdef --\nJan 02 03:05:05 n kubelet[7]: up\n"
    )
    found = harvest(data, screen, KUBELET)
    assert [(n.line, n.problem, n.is_of_source) for n in found.notes] == [
        (1, "the log has a gap: journald left out 1234 messages from kubelet.service", True),
        (2, "the node booted anew here", True),
    ]
    assert found.unparsed == 0


@pytest.mark.parametrize("threads", [2, 7])
def test_a_log_reads_the_same_with_any_number_of_threads(screen, monkeypatch, threads):
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 4096)
    lines = [stamped(n, f"request {n} took {n * 7} ms") for n in range(3000)]
    lines[5::97] = [stamped(n, f"dial 10.0.0.{n}: connection refused") for n in range(len(lines[5::97]))]
    lines[40::311] = [stamped(n, "panic: " + "x" * n * 500) for n in range(len(lines[40::311]))]
    data = b"".join(lines)
    monkeypatch.setattr(screen, "threads", 1)
    alone = harvest(data, screen)
    monkeypatch.setattr(screen, "threads", threads)
    assert harvest(data, screen) == alone
    assert len([r for r in alone.records if "panic" in r.message]) == 10


def test_no_thread_is_left_when_reading_ends_in_the_middle(screen, monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 4096)
    monkeypatch.setattr(screen, "threads", 3)
    scanned = blocks.scanned(iter([b"panic: one\n"] * 1000), screen)
    assert next(scanned).hits == [(7, 0)]
    assert any(thread.name.startswith("scan") for thread in threading.enumerate())
    scanned.close()
    assert not any(thread.name.startswith("scan") for thread in threading.enumerate())


def test_records_beyond_the_most_are_left_out_and_a_note_says_how_many(screen, monkeypatch):
    monkeypatch.setattr(allowance, "MOST_RECORDS", 7)
    files = {f"{n}.log": b"panic: one\npanic: two\npanic: three\n" for n in range(5)}
    found = evidence(files, screen)
    assert [(r.path, r.line) for r in found.records] == [
        *((f"{n}.log", line) for n in range(2) for line in (1, 2, 3)),
        ("2.log", 1),
    ]
    assert [(n.path, n.count, n.problem) for n in found.notes] == [
        ("2.log", 8, "more than 7 records: the rest, from this file on, is read and counted, not kept")
    ]
    assert [(f.lines, f.parsed) for f in found.files] == [(3, 3)] * 5


def export_entry(message, priority, second=0):
    data = f"__CURSOR=a{second}\n__REALTIME_TIMESTAMP={1735690200000000 + second}\n_HOSTNAME=node-1\nMESSAGE\n".encode()
    return data + len(message).to_bytes(8, "little") + message + f"\nPRIORITY={priority}\n\n".encode()


def test_an_entry_of_a_journal_that_states_an_error_is_kept_with_all_its_lines(screen):
    data = export_entry(b"first\n\nblank line inside\nMESSAGE=fake", 3)
    data += export_entry(b"all is well", 6, 1) + export_entry(b"nothing goes any more", 0, 2)
    records = harvest(data, screen, "host_service_logs/kubelet.export").records
    assert [(r.message.split("\n")[0], r.level) for r in records] == [
        ("first", "error"),
        ("nothing goes any more", "fatal"),
    ]
    assert records[0].after == ("blank line inside", "MESSAGE=fake")


def test_errors_that_fill_a_journal_are_kept_up_to_a_number(screen):
    words = (f"{a}{b}{c} broke" for a in "abcdefghij" for b in "abcdefghij" for c in "abcdefghij")
    data = b"".join(export_entry(word.encode(), 3, n) for n, word in enumerate(words))
    found = harvest(data, screen, "host_service_logs/kubelet.export")
    assert (len(found.records), found.lines) == (500, data.count(b"\n"))


def test_what_systemd_says_of_a_unit_that_lost_a_process_is_kept():
    line = b"Mar 11 08:20:11 node-1 systemd[1]: backup.service: Failed with result 'oom-kill'.\n"
    (record,) = read_log(io.BytesIO(line), place("node.journal.txt"), Screen.build(LINES), "node.journal.txt").records
    assert record.message == "backup.service: Failed with result 'oom-kill'."


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("2025-02-30T00:00:00Z broken", 1),
        ("2025-13-01 00:00:00 broken", 1),
        ("2025-01-01T25:61:61Z broken", 1),
        ("01/02/2025 00:10:00 broken", 1),
        ("2025-02-28T23:59:60Z leap", 0),
        ("2025-01-01T00:10:00Z fine", 0),
        ("2025/01/02 00:10:00 [error] nginx", 0),
    ],
)
def test_a_time_that_cannot_be_told_is_said(screen, line, count):
    found = harvest(f"{line}\n".encode(), screen, "app.log")
    assert [(n.line, n.count, n.problem[-9:]) for n in found.notes] == [(1, 1, "not dated")] * count
    assert (found.lines, found.parsed) == (1, 1)
