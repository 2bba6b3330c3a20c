"""One line of a log gives its time, level, source, subject and message, however it is wrapped."""

from __future__ import annotations

import datetime as dt
import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analyzer.ingest.logline import LONGEST, LogHints, LogLine, parse_line

PEERS = Path(__file__).parents[2] / "shared" / "peers"
UID = "7c1de0a4-52b3-4c0e-9a65-0f3f6f1f20aa"
TEXT = LogHints()
KUBELET = LogHints(source="kubelet_log")
WEB = LogHints(source="container_log", namespace="shop", pod="web-0", container="app", node="node-a")


def read(line: str, hints: LogHints = TEXT) -> LogLine:
    return parse_line(line, hints)


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)  # type: ignore[misc,arg-type]


def about(line: LogLine) -> tuple[str | None, str | None, str | None, str | None]:
    return line.namespace, line.kind, line.name, line.container


# --- journals -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "timestamp", "is_yearless", "source", "node", "message"),
    [
        ("Mar  5 07:08:09 node-a kubelet[9]: hello", utc(1904, 3, 5, 7, 8, 9), True, "kubelet_log", "node-a", "hello"),
        (
            "Mar 05 07:08:09.250000 node-a kubenswrapper[912]: hello",
            utc(1904, 3, 5, 7, 8, 9, 250000), True, "kubelet_log", "node-a", "hello",
        ),
        (
            "2024-03-05T07:08:09+0100 node-a kernel: eth0: link is down",
            utc(2024, 3, 5, 6, 8, 9), False, "kernel_log", "node-a", "eth0: link is down",
        ),
        (
            "2024-03-05T07:08:09.147769+00:00 node-a systemd[1]: kubelet.service: Main process exited",
            utc(2024, 3, 5, 7, 8, 9, 147769), False, "node_log", "node-a", "kubelet.service: Main process exited",
        ),
        ("Mar 05 07:08:09 node-a kubelet: no pid", utc(1904, 3, 5, 7, 8, 9), True, "kubelet_log", "node-a", "no pid"),
        ("Mar 05 07:08:09 kubelet[7]: no host", utc(1904, 3, 5, 7, 8, 9), True, "kubelet_log", None, "no host"),
        ("kubelet[7]: neither time nor host", None, False, "kubelet_log", None, "neither time nor host"),
        ("3月 05 07:08:09 node-a kubelet[7]: 你好", utc(1904, 3, 5, 7, 8, 9), True, "kubelet_log", "node-a", "你好"),
        ("août 05 07:08:09 node-a crio[7]: x", utc(1904, 8, 5, 7, 8, 9), True, "runtime_log", "node-a", "x"),
        ("Mar 05 07:08:09 node-a k3s[7]: x", utc(1904, 3, 5, 7, 8, 9), True, "kubelet_log", "node-a", "x"),
        ("Mar 05 07:08:09 n microk8s.daemon-kubelet[7]: x", utc(1904, 3, 5, 7, 8, 9), True, "kubelet_log", "n", "x"),
        ("Mar 05 07:08:09 node-a etcd[7]: x", utc(1904, 3, 5, 7, 8, 9), True, "control_plane_log", "node-a", "x"),
        ("Mar 05 07:08:09 node-a dockerd[7]: x", utc(1904, 3, 5, 7, 8, 9), True, "runtime_log", "node-a", "x"),
        ("Mar 05 07:08:09 node-a chronyd[7]: x", utc(1904, 3, 5, 7, 8, 9), True, "node_log", "node-a", "x"),
        ("* Mar 05 07:08:09 node-a kubelet[7]: x", utc(1904, 3, 5, 7, 8, 9), True, "kubelet_log", "node-a", "x"),
        ("> Mar 05 07:08:09 node-a kubelet[7]: x", utc(1904, 3, 5, 7, 8, 9), True, "kubelet_log", "node-a", "x"),
        ("   4711 Mar 05 07:08:09 node-a kubelet[7]: x", utc(1904, 3, 5, 7, 8, 9), True, "kubelet_log", "node-a", "x"),
    ],
)  # fmt: skip
def test_journal_headers_give_time_source_and_node(
    line: str, timestamp: dt.datetime | None, is_yearless: bool, source: str, node: str | None, message: str
) -> None:
    found = read(line)

    assert (found.timestamp, found.is_yearless, found.source, found.node, found.message) == (
        timestamp, is_yearless, source, node, message,
    )  # fmt: skip


def test_the_tag_of_a_journal_line_wins_over_the_file_it_stands_in() -> None:
    assert read("Mar 05 07:08:09 node-a systemd[1]: Stopping kubelet", KUBELET).source == "node_log"


def test_the_node_of_the_path_wins_over_the_host_of_the_line() -> None:
    assert read("Mar 05 07:08:09 ip-10-0-0-9 kubelet[7]: x", LogHints(node="node-a")).node == "node-a"


def test_a_program_that_writes_level_and_name_is_not_taken_for_a_journal() -> None:
    found = read("2024-03-05T07:08:09Z ERROR main: cannot open /etc/app.conf")

    assert (found.source, found.node, found.level) == ("text", None, "error")
    assert found.message == "ERROR main: cannot open /etc/app.conf"


def test_a_kubelet_in_a_docker_unit_is_known_by_its_source_file() -> None:
    found = read("Mar 05 07:08:09 node-a docker[6]: I0305 07:08:09.064032     683 kubelet.go:1820] skipping")

    assert (found.source, found.message) == ("kubelet_log", "skipping")


def journal_json(**fields: object) -> str:
    return json.dumps(
        {
            "__REALTIME_TIMESTAMP": "1709622489123456",
            "_HOSTNAME": "node-a",
            "SYSLOG_IDENTIFIER": "kubelet",
            "PRIORITY": "4",
            **fields,
        }
    )


def test_a_journal_entry_in_json_gives_all_that_the_short_form_gives() -> None:
    found = read(journal_json(MESSAGE="disk is slow"))

    assert found == LogLine(
        message="disk is slow",
        source="kubelet_log",
        timestamp=utc(2024, 3, 5, 7, 8, 9, 123456),
        level="warning",
        node="node-a",
    )


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, ""),
        ("plain", "plain"),
        (list(b"oom \xff\r"), "oom \\xff"),
        (["first", "second"], "first\nsecond"),
        ([list(b"raw"), "two", None], "raw\ntwo"),
        ([999, -1, 65], "A"),
        (17, "17"),
        ([], ""),
    ],
)
def test_the_message_of_a_json_entry_may_be_null_bytes_or_repeated(value: object, message: str) -> None:
    assert read(journal_json(MESSAGE=value)).message == message


def test_the_letter_of_klog_wins_over_the_priority_of_the_journal() -> None:
    line = journal_json(MESSAGE="E0305 07:08:09.123456     7 kubelet.go:12] boom", PRIORITY="6")

    assert (read(line).level, read(line).message) == ("error", "boom")


def test_a_json_entry_with_a_record_separator_in_front_is_read() -> None:
    assert read("\x1e" + journal_json(MESSAGE="x")).message == "x"


def test_a_json_entry_that_is_cut_off_stays_as_text() -> None:
    line = journal_json(MESSAGE="x")[:-4]

    assert (read(line).message, read(line).timestamp) == (line, None)


# --- containers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "message", "stream", "is_partial"),
    [
        ("2024-03-05T07:08:09.000000001Z stderr F all of it", "all of it", "stderr", False),
        ("2024-03-05T07:08:09.000000001Z stdout P part of it", "part of it", "stdout", True),
        ("2024-03-05T07:08:09Z stdout P:a:b tagged", "tagged", "stdout", True),
        ("2024-03-05T08:08:09.0+01:00 stdout F  two blanks", " two blanks", "stdout", False),
        ("2024-03-05T07:08:09Z stdout F ", "", "stdout", False),
        ("2024-03-05T07:08:09Z stdout F", "", "stdout", False),
        ("2024-03-05T07:08:09Z stdout F crlf\r", "crlf", "stdout", False),
        ('{"log":"whole\\n","stream":"stderr","time":"2024-03-05T07:08:09Z"}', "whole", "stderr", False),
        ('{"log":"part","stream":"stdout","time":"2024-03-05T07:08:09Z","attrs":{"a":"b"}}', "part", "stdout", True),
    ],
)
def test_runtime_envelopes_give_stream_and_parts(line: str, message: str, stream: str, is_partial: bool) -> None:
    found = read(line, WEB)

    assert (found.message, found.stream, found.is_partial) == (message, stream, is_partial)
    assert found.timestamp is not None
    assert found.timestamp.replace(microsecond=0) == utc(2024, 3, 5, 7, 8, 9)
    assert about(found) == ("shop", "Pod", "web-0", "app")
    assert (found.source, found.node) == ("container_log", "node-a")


def test_a_docker_entry_without_time_has_none() -> None:
    found = read('{"log":"no time\\n","stream":"stderr"}')

    assert (found.message, found.timestamp, found.source) == ("no time", None, "container_log")


@pytest.mark.parametrize(
    "line",
    [
        "2024-03-05T07:08:0",
        "2024-03-05T07:08:09Z stdweird F x",
        "2024-03-05T07:08:09Z stdout X y",
        '{"log":"cut off',
        "raw line",
    ],
)
def test_what_only_resembles_an_envelope_is_kept_as_text(line: str) -> None:
    found = read(line, WEB)

    assert (found.stream, found.is_partial) == (None, False)
    assert line.endswith(found.message)


def test_json_of_an_application_stays_verbatim_inside_cri() -> None:
    inner = '{"level":"error","ts":1709622400.5,"msg":"no route"}'
    found = read(f"2024-03-05T07:08:09Z stderr F {inner}", WEB)

    assert (found.message, found.level, found.timestamp) == (inner, "error", utc(2024, 3, 5, 7, 8, 9))


def test_the_time_of_cri_wins_over_the_klog_time_inside() -> None:
    found = read("2025-01-01T00:00:00.5Z stderr F E1231 23:59:59.999999       1 main.go:11] last words", WEB)

    assert (found.timestamp, found.is_yearless) == (utc(2025, 1, 1, 0, 0, 0, 500000), False)
    assert (found.level, found.message) == ("error", "last words")


@pytest.mark.parametrize(
    "line",
    [
        f'E0305 07:08:09.0       1 kubelet.go:11] Error syncing pod web-9_shop({UID}), skipping',
        "Mar 05 07:08:09 node-b kubelet[7]: x",
        "[  12.345678] Out of memory",
    ],
)  # fmt: skip
def test_a_container_log_stays_one_whatever_its_lines_look_like(line: str) -> None:
    found = read(line, WEB)

    assert (found.source, found.node) == ("container_log", "node-a")
    assert about(found) == ("shop", "Pod", "web-0", "app")


def test_a_prefix_of_kubectl_logs_names_pod_and_container() -> None:
    found = read("[pod/web-1/sidecar] 2024-03-05T07:08:09Z FATAL no config")

    assert about(found) == (None, "Pod", "web-1", "sidecar")
    assert (found.source, found.level, found.message) == ("container_log", "fatal", "FATAL no config")


def test_timestamps_of_kubectl_and_of_the_program_are_both_taken_off() -> None:
    found = read("2024-03-05T07:08:09.123456789Z 2024-03-05 07:08:08,999 WARN pool: empty", WEB)

    assert (found.timestamp, found.level, found.message) == (
        utc(2024, 3, 5, 7, 8, 9, 123456),
        "warning",
        "WARN pool: empty",
    )


# --- the kernel -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "timestamp", "level", "message"),
    [
        ("[12345.678901] Out of memory: Killed process 77 (app)", None, None, "Out of memory: Killed process 77 (app)"),
        ("[    0.000000] Linux version 6.1", None, None, "Linux version 6.1"),
        ("[  +0.000112] Out of memory", None, None, "Out of memory"),
        ("[ 1630.158028][T14021] oom-kill:task=app", None, None, "oom-kill:task=app"),
        ("<12>[   46.972729] [talos] starting", None, "warning", "[talos] starting"),
        ("[Tue Mar  5 07:08:09 2024] oom_reaper: reaped", utc(2024, 3, 5, 7, 8, 9), None, "oom_reaper: reaped"),
        ("Mar  5 07:08:09 node-a kernel: [ 99.5] oops", utc(1904, 3, 5, 7, 8, 9), None, "oops"),
    ],
)  # fmt: skip
def test_kernel_lines_are_known_by_their_stamp(
    line: str, timestamp: dt.datetime | None, level: str | None, message: str
) -> None:
    found = read(line)

    assert (found.timestamp, found.level, found.message) == (timestamp, level, message)
    assert found.source == "kernel_log"


def test_an_error_line_of_apache_is_no_kernel_line() -> None:
    found = read("[Tue Mar 05 07:08:09.123456 2024] [core:error] [pid 9] AH00126: Invalid URI")

    assert (found.source, found.level, found.timestamp) == ("text", "error", utc(2024, 3, 5, 7, 8, 9, 123456))


# --- klog and its subjects ------------------------------------------------------------------------------------------


def test_a_bare_klog_line_gives_letter_time_and_the_rest_as_message() -> None:
    found = read("W0305 07:08:09.000250   22453 eviction_manager.go:335] eviction manager: low on disk")

    assert found == LogLine(
        message="eviction manager: low on disk",
        source="kubelet_log",
        timestamp=utc(1904, 3, 5, 7, 8, 9, 250),
        is_yearless=True,
        has_zone=False,
        level="warning",
    )


@pytest.mark.parametrize(
    ("line", "level", "message"),
    [
        ("E0305 07:08:09.1 7 reflector.go:158] failed", "error", "failed"),
        ("F0305 07:08:09.123456       1 run.go:72] dead", "fatal", "dead"),
        ("I0305 07:08:09.123456 1457370 app.go:1]", "info", ""),
        ("ERROR:0305 07:08:09.368356   20189 fsHandler.go:121] du failed", "error", "du failed"),
        ("2024-03-05 07:08:09.000 | E0305 07:08:09.1 7 a.go:1] in a table | ", "error", "in a table | "),
        ('"W0305 07:08:09.024456      12 a.go:191] a ""quoted"" word"', "warning", 'a ""quoted"" word'),
        ("bootstrap.go:58] Using bootstrap kubeconfig", None, "Using bootstrap kubeconfig"),
    ],
)
def test_klog_headers_are_read_in_their_variants(line: str, level: str | None, message: str) -> None:
    assert (read(line).level, read(line).message) == (level, message)


def kubelet(message: str, letter: str = "E") -> LogLine:
    return read(
        f"Mar 05 07:08:09 node-a kubelet[912]: {letter}0305 07:08:09.123456     912 pod_workers.go:186] {message}"
    )


def test_a_classic_sync_error_names_pod_container_and_reason() -> None:
    found = kubelet(
        f'Error syncing pod {UID} ("web-0_shop({UID})"), skipping: failed to "StartContainer" for "app" with '
        f'CrashLoopBackOff: "Back-off 40s restarting failed container=app pod=web-0_shop({UID})"'
    )

    assert about(found) == ("shop", "Pod", "web-0", "app")
    assert (found.reason, found.level, found.node) == ("CrashLoopBackOff", "error", "node-a")
    assert found.message.startswith("Error syncing pod")


def test_a_structured_sync_error_names_pod_container_and_reason_and_stays_escaped() -> None:
    message = (
        r'"Error syncing pod, skipping" err="failed to \"StartContainer\" for \"app\" with ErrImagePull: '
        r'\"rpc error: code = Unknown\"" pod="shop/web-0" podUID=' + UID
    )
    found = kubelet(message)

    assert about(found) == ("shop", "Pod", "web-0", "app")
    assert (found.reason, found.message) == ("ErrImagePull", message)


def test_a_sandbox_error_names_the_pod_and_no_container() -> None:
    found = kubelet(
        rf'"Error syncing pod, skipping" err="failed to \"CreatePodSandbox\" for \"web-0_shop({UID})\" with '
        rf'CreatePodSandboxError: \"no network\"" pod="shop/web-0"'
    )

    assert about(found) == ("shop", "Pod", "web-0", None)
    assert found.reason == "CreatePodSandboxError"


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ('"Probe failed" probeType="Liveness" pod="shop/web-0" containerName="app"', ("shop", "Pod", "web-0", "app")),
        ('"SyncLoop ADD" source="api" pods=["shop/web-0"]', ("shop", "Pod", "web-0", None)),
        ('"SyncLoop ADD" source="api" pods="[shop/web-0]"', ("shop", "Pod", "web-0", None)),
        ('"SyncLoop ADD" source="api" pods=["shop/web-0","shop/web-1"]', (None, None, None, None)),
        (f'Liveness probe for "web-0_shop({UID}):app" failed (failure): timeout', ("shop", "Pod", "web-0", "app")),
        (f"eviction manager: pod web-0_shop({UID}) is evicted successfully", ("shop", "Pod", "web-0", None)),
        (f"pods ranked for eviction: web-0_shop({UID}), web-1_shop({UID})", (None, None, None, None)),
        (f'static pod "etcd-a_kube-system({UID.replace("-", "")})" is gone', ("kube-system", "Pod", "etcd-a", None)),
        (
            'MountVolume.SetUp failed for volume "data" pod "web-0" (UID: "' + UID + '") : timed out',
            (None, "Pod", "web-0", None),
        ),
        ('object-"shop"/"web-tls": watch of *v1.Secret ended with: gone', ("shop", "Secret", "web-tls", None)),
        ("PLEG is not healthy", (None, None, None, None)),
    ],
)
def test_kubelet_sentences_name_their_subject(
    message: str, expected: tuple[str | None, str | None, str | None, str | None]
) -> None:
    assert about(kubelet(message)) == expected


def test_a_sandbox_that_containerd_names_is_the_subject() -> None:
    found = read(
        'Mar 05 07:08:09 node-a containerd[512]: time="2024-03-05T07:08:09.5Z" level=error '
        f'msg="RunPodSandbox for &PodSandboxMetadata{{Name:web-0,Uid:{UID},Namespace:shop,Attempt:0,}} failed"'
    )

    assert about(found) == ("shop", "Pod", "web-0", None)
    assert (found.source, found.level, found.timestamp) == ("runtime_log", "error", utc(2024, 3, 5, 7, 8, 9, 500000))


def test_an_echoed_event_is_about_its_object_and_keeps_the_source_of_the_log() -> None:
    echo = (
        'Event(v1.ObjectReference{Kind:"Pod", Namespace:"shop", Name:"web-0", UID:"1", APIVersion:"v1", '
        "ResourceVersion:\"2\", FieldPath:\"spec.containers{app}\"}): type: 'Warning' reason: 'BackOff' Back-off"
    )
    found = read(f"I0305 07:08:09.123456    1538 event.go:218] {echo}", LogHints(source="control_plane_log", pod="kcm"))

    assert about(found) == ("shop", "Pod", "web-0", "app")
    assert (found.source, found.reason, found.level, found.message) == ("control_plane_log", "BackOff", "warning", echo)


def test_a_structured_event_is_about_its_object_even_in_the_log_of_another_pod() -> None:
    found = read(
        'I0305 07:08:09.1 1 event.go:307] "Event occurred" object="shop/web" fieldPath="" kind="ReplicaSet" '
        'apiVersion="apps/v1" type="Warning" reason="FailedCreate" message="pods \\"web-\\" is forbidden"',
        WEB,
    )

    assert about(found) == ("shop", "ReplicaSet", "web", None)
    assert (found.source, found.reason, found.level) == ("container_log", "FailedCreate", "warning")


def test_an_event_about_a_node_has_no_namespace() -> None:
    found = read(
        'I0305 07:08:09.1 1 event.go:307] "Event occurred" object="node-a" kind="Node" type="Normal" reason="Rebooted"'
    )

    assert about(found) == (None, "Node", "node-a", None)
    assert (found.reason, found.level) == ("Rebooted", "info")


# --- programs' own lines --------------------------------------------------------------------------------------------


SECOND = utc(2024, 3, 5, 7, 8, 9)


@pytest.mark.parametrize(
    ("header", "message", "timestamp", "level"),
    [
        ("2024-03-05 07:08:09,123 ", "ERROR app.db: refused", SECOND.replace(microsecond=123000), "error"),
        ("[2024-03-05 07:08:09 +0000] ", "[7] [INFO] Booting", SECOND, "info"),
        ("2024-03-05 07:08:09.095 ", "WARN  1 --- [main] c.a.Pool : low", SECOND.replace(microsecond=95000), "warning"),
        ("2024/03/05 07:08:09 ", "[emerg] 1#1: host not found", SECOND, "fatal"),
        ("[05-Mar-2024 07:08:09] ", "ERROR: bind() failed", SECOND, "error"),
        ("2024-03-05 07:08:09 UTC ", "[42] FATAL:  no pg_hba entry", SECOND, "fatal"),
        ("2024-03-05 07:08:09 UTC ", "[42] LOG:  ready", SECOND, "info"),
        ("1:M 05 Mar 2024 07:08:09.902 ", "# Out of memory", SECOND.replace(microsecond=902000), "warning"),
        ("1:M 05 Mar 2024 07:08:09.902 ", "* Ready", SECOND.replace(microsecond=902000), "info"),
        ("2024-03-05T07:08:09Z ", "0 [ERROR] [MY-010119] [Server] Aborting", SECOND, "error"),
        ("2024-03-05 07:08:09.449 ", "C | etcdmain: bind", SECOND.replace(microsecond=449000), "fatal"),
        ("2024-03-05 07:08:09 ", "[ERROR][4035] plugin.go 121: no", SECOND, "error"),
        ("2024-03-05T07:08:09Z\t", "warn\tEnvoy is not ready", SECOND, "warning"),
        ("[Envoy (Epoch 0)] [2024-03-05 07:08:09]", "[19][warning][config] closed", SECOND, "warning"),
        ("2024-03-05T07:08:09+00:00 ", "WARN: unknown parameter", SECOND, "warning"),
        ("2024-03-05 07:08:09 +0000 ", "WARN unknown parameter", SECOND, "warning"),
        ("\x1b[2m2024-03-05T07:08:09Z\x1b[0m ", "\x1b[31mERROR\x1b[0m boom", SECOND, "error"),
        ("0001-01-01T00:00:00Z ", "ERROR no clock", None, "error"),
        ("", "FATA[0002] getting status of runtime", None, "fatal"),
        ("", "panic: runtime error: index out of range", None, "fatal"),
        ("", "java.lang.IllegalStateException: closed", None, "error"),
        ("", "Traceback (most recent call last):", None, "error"),
        ("", "the error rate is low", None, None),
        ("", '10.0.0.1 - - [05/Mar/2024:07:08:09 +0000] "GET / HTTP/1.1" 200 5', SECOND, None),
        ("", 'time="2024-03-05T07:08:09Z" level=fatal msg="no socket"', SECOND, "fatal"),
        ("", 'ts=2024-03-05T07:08:09Z caller=a.go:2 level=warn err="x"', SECOND, "warning"),
        ("", '{"level":"error","ts":"2024-03-05T07:08:09Z","msg":"x"}', SECOND, "error"),
        ("", '{"level":50,"time":1709622489000,"msg":"x"}', SECOND, "error"),
        ("", '{"@timestamp":"2024-03-05T08:08:09+01:00","severity":"CRITICAL"}', SECOND, "fatal"),
        ("", '{"t":{"$date":"2024-03-05T07:08:09Z"},"s":"W","msg":"x"}', SECOND, "warning"),
        ("10.0.0.9: ", '{"ts":1709622489000.0,"caller":"a/b.go:1","msg":"x","v":0}', SECOND, "info"),
        ("", "", None, None),
    ],
)
def test_programs_lines_give_time_and_level_and_keep_the_rest(
    header: str, message: str, timestamp: dt.datetime | None, level: str | None
) -> None:
    found = read(header + message)

    assert (found.message, found.timestamp, found.level) == (message, timestamp, level)
    assert found.is_yearless is False


# --- which time counts ----------------------------------------------------------------------------------------------


def test_the_journal_time_wins_over_the_klog_time_of_another_zone() -> None:
    found = read("Jun 05 12:20:07 node-a kubelet[2]: E0605 20:20:07.712990   2 controller.go:149] failed")

    assert found.timestamp == utc(1904, 6, 5, 12, 20, 7)


def test_a_time_with_year_and_zone_wins_over_a_journal_time_without() -> None:
    found = read('Nov 05 12:12:39 node-a k3s[2]: time="2024-11-05T12:12:39.5-05:00" level=info msg="x"')

    assert (found.timestamp, found.is_yearless) == (utc(2024, 11, 5, 17, 12, 39, 500000), False)


def test_a_time_with_a_year_but_no_zone_lends_its_year_to_the_journal_time() -> None:
    found = read("Jan 01 00:00:01 node-a kubelet: 2023-12-31 23:59:59.378 [ERROR][9] ipam_plugin.go 309: no")

    assert (found.timestamp, found.is_yearless) == (utc(2024, 1, 1, 0, 0, 1), False)


def test_an_unrelated_time_inside_the_message_does_not_count() -> None:
    found = read('Mar 05 07:08:09 node-a kubelet[1]: {"time":"2019-08-30T00:00:00Z","msg":"certificate of"}')

    assert (found.timestamp, found.is_yearless) == (utc(1904, 3, 5, 7, 8, 9), True)


# --- hostile lines --------------------------------------------------------------------------------------------------

REAL_LOOKING = [
    f"Mar 05 07:08:09 node-a kubelet[9]: E0305 07:08:09.1     9 pod_workers.go:186] Error syncing web-0_shop({UID})",
    'E0305 07:08:09.1 1 a.go:1] "Probe failed" probeType="Liveness" pod="shop/web-0" output="Get \\"http://x\\""',
    "2024-03-05T07:08:09.123456789Z stderr P:x [Tue Mar  5 07:08:09 2024] FATAL",
    '{"log":"E0305 07:08:09.1 1 a.go:1] x\\n","stream":"stderr","time":"2024-03-05T07:08:09Z"}',
    journal_json(MESSAGE=list(b"[  12.5] oom")),
    "<12>[   46.972729][T7] [talos] service",
    'time="2024-03-05T07:08:09Z" level=error msg="PodSandboxMetadata{Name:a,Uid:b,Namespace:c,"',
    "* > 77 Mar 05 07:08:09 kubelet[1]: 1:M 05 Mar 2024 07:08:09.902 # x",
    'I0305 07:08:09.1 1 a.go:1] Event(v1.ObjectReference{Kind:"Pod", Namespace:"a", Name:"b"}): type: \'x\' reason:',
]
HINTS = st.sampled_from([TEXT, KUBELET, WEB])


def check(line: str, hints: LogHints) -> None:
    found = parse_line(line, hints)
    decoded = [line]
    try:
        entry: Any = json.loads(line[max(line.find("{"), 0) :])
    except (ValueError, RecursionError):
        entry = None
    if isinstance(entry, dict):
        decoded += [value for value in (entry.get("log"), entry.get("MESSAGE")) if isinstance(value, str)]
        if "MESSAGE" in entry and not isinstance(entry["MESSAGE"], str):
            return  # put together from bytes or several values
    assert any(found.message in text for text in decoded)


@given(st.text(), HINTS)
@example("\ud800", TEXT)
@example('{"log":"\ud800","stream":"stdout"}', WEB)
@example("[" * 5000, TEXT)
@example('{"MESSAGE":' + "[" * 5000, TEXT)
def test_arbitrary_text_never_raises_and_its_message_is_part_of_it(line: str, hints: LogHints) -> None:
    check(line, hints)


def test_a_quote_before_a_journal_entry_in_bytes_is_no_part_of_its_message() -> None:
    line = '"{"__REALTIME_TIMESTAMP": "1709622489123456", "SYSLOG_IDENTIFIER": "kubelet", "MESSAGE": [111, 111, 109]}'
    assert parse_line(line, TEXT).message == "oom"
    check(line, TEXT)


@given(st.data(), st.sampled_from(REAL_LOOKING), HINTS)
def test_mutated_lines_never_raise_and_their_message_is_part_of_them(
    data: st.DataObject, line: str, hints: LogHints
) -> None:
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(line)))
        end = data.draw(st.integers(start, min(len(line), start + 20)))
        piece = data.draw(
            st.one_of(st.text(max_size=6), st.sampled_from([line[start:], '"', "\\", "9" * 30, "[", "{"]))
        )
        line = line[:start] + piece + line[end:]
    check(line, hints)


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "1",
        '"',
        "\\",
        'a="',
        'a="\\',
        "a=[",
        "_(",
        "a_a(00000000-",
        "> ",
        "[1.1] ",
        'failed to "A" for "',
        "\t",
        "é",
    ],
)
def test_a_hostile_line_of_a_million_characters_costs_little(piece: str) -> None:
    started = time.perf_counter()
    for head in ("", "Mar 05 07:08:09 node-a kubelet[1]: ", "E0305 07:08:09.1 1 a.go:1] ", "time="):
        found = parse_line(head + piece * (1_000_000 // len(piece)), TEXT)
        assert len(found.message) <= LONGEST

    assert time.perf_counter() - started < 2.0


# --- what the authors of other readers expect -----------------------------------------------------------------------


def cases(path: str) -> list[dict[str, Any]]:
    file = PEERS / path
    return json.loads(file.read_text())["cases"] if file.exists() else []


@pytest.mark.skipif(not PEERS.exists(), reason="the peers' test inputs are not on this machine")
def test_kubelet_lines_of_openshift_give_the_expected_subjects_and_journal_times() -> None:
    found = cases("openshift-origin-kubelet-lines/kubelet_lines.json")
    assert len(found) == 9
    for case in found:
        line, expect = parse_line(case["line"], TEXT), case["expect"]
        stamp = expect["time"].split(" UTC")[0] if "time" in expect else ""
        assert line.timestamp == dt.datetime.strptime(f"1904 {stamp} +0000", "%Y %b %d %H:%M:%S.%f %z")
        assert line.namespace == expect.get("namespace")
        assert line.name == expect.get("pod")
        assert (line.container or "") == expect.get("container", "")


@pytest.mark.skipif(not PEERS.exists(), reason="the peers' test inputs are not on this machine")
def test_log_lines_of_the_cri_client_give_the_expected_stream_and_text() -> None:
    found = cases("cri-client/parselog_cases.json")
    assert len(found) == 7
    for case in found:
        line, expect = parse_line(case["line"], WEB), case["expect"]
        if expect.get("error"):
            assert (line.stream, line.message) == (None, case["line"])
        else:
            assert (line.stream, line.message) == (expect["stream"], expect["log"].removesuffix("\n"))
            assert line.timestamp == utc(2016, 10, 20, 18, 39, 20, 576064)
            assert line.is_partial >= expect.get("partial", False)


@pytest.mark.skipif(not PEERS.exists(), reason="the peers' test inputs are not on this machine")
@pytest.mark.parametrize(
    ("name", "source", "dated"),
    [
        ("test_crictl_logs.CRICTL_LOGS.txt", "text", True),
        ("test_openshift_kube_log.OPENSHIFT_KUBE_LOG.txt", "container_log", True),
        ("test_messages.MSGINFO.txt", "node_log", True),
        ("test_dmesg.TS_MSGINFO.txt", "kernel_log", False),
    ],
)
def test_logs_of_insights_core_are_recognised(name: str, source: str, dated: bool) -> None:
    text = (PEERS / "insights-core-parser-inputs/insights/tests/parsers" / name).read_text()
    lines = [parse_line(line, TEXT) for line in text.split("\n") if line.strip()]

    assert {line.source for line in lines} == {source}
    assert {line.timestamp is not None for line in lines} == {dated}
