"""Every format that is read: its lines, its sample file with what comes out of it, and its near miss.

`UPDATE_GOLDEN=1 python -m pytest tests/test_formats.py` writes tests/golden/ anew; read the difference before it is
committed.
"""
# ruff: noqa: E501, ARG001, PLR0917 - pasted lines stay whole, `number` names their shape

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from analyzer import formats
from analyzer.bundle import Bundle
from analyzer.cli import app
from analyzer.ingest import (
    cri,
    ingest,
    journal,
    journal_dump,
    kernel,
    klog,
    prefix,
    sectioned,
    sections,
    shape,
)
from analyzer.ingest.applog import level
from analyzer.ingest.logline import LogHints, LogLine, parse_line
from analyzer.ingest.reading import FORMATS
from analyzer.layout import place
from analyzer.model import (
    Evidence,
    Record,
)
from analyzer.screen import Screen

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "samples" / "formats"
GOLDEN = ROOT / "tests" / "golden"
LINE_FORMATS = ROOT.parent / "shared" / "line-formats.md"
UID = "0b5e7a3c-1d2f-4a6b-8c9d-2e4f6a8b0c1d"
LONG = "4a8b" * 16
EXPRESSIONS = ["connection refused", "Out of memory", "CrashLoopBackOff", "panic: ", "oom-kill:"]


@pytest.fixture(scope="module")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Screen:
    return Screen.build(EXPRESSIONS, tmp_path_factory.mktemp("cache"))


def read(files: dict[str, bytes], screen: Screen) -> Evidence:
    return ingest(Bundle.of_files(files), screen, strict=True)


# --- single lines ---------------------------------------------------------------------------------------------------
# (number of the shape, line, time or None, source, level, node, (namespace, kind, name, container), message begins)

NOBODY = (None, None, None, None)
WEB = ("shop", "Pod", "web-7c9f-4kv6n", "web")
Y = "1904-03-05T07:08:09"  # no year stated
SYNC = f'Error syncing pod {UID} ("web-7c9f-4kv6n_shop({UID})"), skipping: failed to "StartContainer" for "web" with '
WAITS = f'CrashLoopBackOff: "Back-off 40s restarting failed container=web pod=web-7c9f-4kv6n_shop({UID})"'
STRUCTURED = (
    '"Error syncing pod, skipping" err="failed to \\"StartContainer\\" for \\"web\\" with CrashLoopBackOff: \\"back-off\\""'
    f' pod="shop/web-7c9f-4kv6n" podUID="{UID}"'
)
K = "E0305 07:08:09.123456     914"
J = "Mar 05 07:08:09 node-a"
LOG_LINES: list[tuple[int, str, str | None, str, str | None, str | None, tuple[str | None, ...], str]] = [
    (1, f"{J} kubelet[914]: {K} pod_workers.go:186] {SYNC}{WAITS}", Y, "kubelet_log", "error", "node-a", WEB, "Error sync"),
    (2, f"{J} kubelet[914]: {K} pod_workers.go:1298] {STRUCTURED}", Y, "kubelet_log", "error", "node-a", WEB, '"Error sync'),
    (3, f"{J} kubelet[1457370]: E0305 07:08:09.888700 1457370 bootstrap.go:265] certificate is expired", Y, "kubelet_log", "error", "node-a", NOBODY, "certificate"),
    (4, f'{J} kubelet[914]: E0305 07:08:09.4 914 remote_runtime.go:193] "RunPodSandbox failed" err="no network"', Y, "kubelet_log", "error", "node-a", NOBODY, '"RunPod'),
    (5, f'Mar  5 07:08:09 node-a kubelet: {K} kubelet.go:2055] "Skipping pod synchronization"', Y, "kubelet_log", "error", "node-a", NOBODY, '"Skipping'),
    (6, "Mar 05 07:08:09 kubelet[79]: I0305 07:08:09.844040    79 kubelet.go:1830] skipping pod synchronization", Y, "kubelet_log", "info", None, NOBODY, "skipping"),
    (7, 'kubelet[18]: E0305 07:08:09.658661    18 kubelet.go:2412] "Skipping" err="runtime is down"', Y + ".658661", "kubelet_log", "error", None, NOBODY, '"Skipping'),
    (8, "W0305 07:08:09.000250   22453 eviction_manager.go:335] eviction manager: attempting to reclaim", Y + ".000250", "kubelet_log", "warning", None, NOBODY, "eviction"),
    (9, "bootstrap.go:58] Using bootstrap kubeconfig to make a client certificate", None, "text", None, None, NOBODY, "Using"),
    (10, '2024-03-05T08:08:09.147769+01:00 node-a kubelet[7]: I0305 07:08:09.1     7 a.go:205] "Topology"', "2024-03-05T07:08:09.147769", "kubelet_log", "info", "node-a", NOBODY, '"Topology'),
    (11, f'3月 05 07:08:09 node-a kubelet[5]: I0305 07:08:09.1     5 prober.go:117] Liveness probe for "web-7c9f-4kv6n_shop({UID}):web" failed', Y, "kubelet_log", "info", "node-a", WEB, "Liveness"),
    (11, "3월 05 07:08:09 node-a kubelet[5]: x", Y, "kubelet_log", None, "node-a", NOBODY, "x"),
    (11, "мар 05 07:08:09 node-a kubelet[5]: x", Y, "kubelet_log", None, "node-a", NOBODY, "x"),
    (12, f"août 05 07:08:09 node-a kubelet[5]: {K} remote_runtime.go:332] ExecSync 98ba from runtime service failed", "1904-08-05T07:08:09", "kubelet_log", "error", "node-a", NOBODY, "ExecSync"),
    (13, "Mar 05 07:08:09 node-a kubelet[2]: E0305 15:08:09.7     2 controller.go:149] failed to update node lease", Y, "kubelet_log", "error", "node-a", NOBODY, "failed"),
    (14, f"* {J} kubelet[914]: {K} pod_workers.go:191] {SYNC}ImagePullBackOff: x", Y, "kubelet_log", "error", "node-a", WEB, "Error sync"),
    (15, f"> {J} kubelet[914]: {K} remote_runtime.go:92] RunPodSandbox failed: lookup: server misbehaving", Y, "kubelet_log", "error", "node-a", NOBODY, "RunPod"),
    (16, f"   7690 {J} kubelet: {K} operation_generator.go:698] UnmountVolume.TearDown succeeded", Y, "kubelet_log", "error", "node-a", NOBODY, "Unmount"),
    (17, f"{J} k3s[3814777]: I0305 07:08:09.080925 3814777 eviction_manager.go:381] \"Attempting to reclaim\"", Y, "kubelet_log", "info", "node-a", NOBODY, '"Attempting'),
    (18, f'{J} hyperkube[890]: W0305 07:08:09.6     890 status_manager.go:485] Failed to get status for pod "web-7c9f-4kv6n_shop({UID})": gone', Y, "kubelet_log", "warning", "node-a", ("shop", "Pod", "web-7c9f-4kv6n", None), "Failed"),
    (19, f"{J} kubelet-wrapper[17]: Output: mount.nfs: rpc.statd is not running", Y, "kubelet_log", None, "node-a", NOBODY, "Output"),
    (20, f"{J} docker[641]: {K} kubelet.go:1820] skipping pod synchronization", Y, "kubelet_log", "error", "node-a", NOBODY, "skipping"),
    (21, f"{J} localkube[306]: kubelet: Exit with error: failed to run Kubelet", Y, "kubelet_log", None, "node-a", NOBODY, "kubelet: Exit"),
    (22, f"{J} microk8s.daemon-kubelet[25]: F0305 07:08:09.5   25 server.go:165] listen tcp: address in use", Y, "kubelet_log", "fatal", "node-a", NOBODY, "listen"),
    (23, f"{J} openshift[13]: I0305 07:08:09.8    13 kubelet.go:1224] Found infra pod for", Y, "kubelet_log", "info", "node-a", NOBODY, "Found"),
    (24, f"{J} edgecore[57]: {K} pod_workers.go:1300] {STRUCTURED}", Y, "kubelet_log", "error", "node-a", WEB, '"Error sync'),
    (25, f"{J} kube-scheduler[19]: F0305 07:08:09.8    19 server.go:120] listen tcp: address in use", Y, "control_plane_log", "fatal", "node-a", NOBODY, "listen"),
    (26, f"{J} kubelet: ERROR:0305 07:08:09.368356   20 fsHandler.go:121] du command failed: ‘/var/lib’", Y, "kubelet_log", "error", "node-a", NOBODY, "du command"),
    (27, 'Mar 05 07:08:09 kubelet[79]: {"level":"info","ts":"2024-03-05T07:08:09.903Z","msg":"CNI Plugin"}', "2024-03-05T07:08:09.903", "kubelet_log", "info", None, NOBODY, '{"level"'),
    (28, f'{J} kubelet[16]: weave-cni: error removing interface "eth0": Link not found', Y, "kubelet_log", None, "node-a", NOBODY, "weave-cni"),
    (29, f"{J} kubelet: 2024-03-05 07:08:09.378 [ERROR][94] ipam_plugin.go 309: Failed to release", "2024-03-05T07:08:09", "kubelet_log", "error", "node-a", NOBODY, "[ERROR]"),
    (30, 'E0305 07:08:09.414331   15620 proxier.go:1504] "Failed to execute iptables-restore" err=<', Y + ".414331", "text", "error", None, NOBODY, '"Failed'),
    (31, 'E0305 07:08:09.443771    68 reflector.go:158] "Unhandled Error" err="refused" logger="UnhandledError"', Y + ".443771", "text", "error", None, NOBODY, '"Unhandled'),
    (32, "F0305 07:08:09.771818       1 server.go:488] failed complete: too many open files", Y + ".771818", "text", "fatal", None, NOBODY, "failed complete"),
    (33, '10.0.0.9: {"ts":1709622489053.9302,"caller":"cpumanager/policy_static.go:180","msg":"Reserved","v":0}', "2024-03-05T07:08:09.053930", "text", "info", "10.0.0.9", NOBODY, '{"ts"'),
    (34, '{"log":"E0305 07:08:09.9   54 nestedpendingoperations.go:262] Operation failed\\n","stream":"stderr","time":"2024-03-05T07:08:09.977728079Z"}', "2024-03-05T07:08:09.977728", "container_log", "error", None, NOBODY, "Operation"),
    (35, "2024-03-05T15:08:09.082401449+08:00 stderr F W0305 07:08:09.082223      20 logging.go:59] [core] grpc", "2024-03-05T07:08:09.082401", "container_log", "warning", None, NOBODY, "[core]"),
    (36, "2024-03-05 00:08:09.744 PDT", "2024-03-05T07:08:09.744", "text", None, None, NOBODY, ""),
    (37, "2024-03-05 07:08:09.000 | E0305 05:08:09.234083 21616 cni.go:301] Error adding network |  ", "2024-03-05T07:08:09", "text", "error", None, NOBODY, "Error adding"),
    (38, '"W0305 07:08:09.024456      12 dispatcher.go:191] webhook ""mutate.test"": no endpoints"', Y + ".024456", "text", "warning", None, NOBODY, 'webhook ""'),
    (39, 'I0305 07:08:09.377013    15 event.go:218] Event(v1.ObjectReference{Kind:"ReplicaSet", Namespace:"shop", Name:"web-7c9f", UID:"1", FieldPath:""}): type: \'Warning\' reason: \'FailedCreate\' Error creating', Y + ".377013", "text", "warning", None, ("shop", "ReplicaSet", "web-7c9f", None), "Event("),
    (40, f"{J} systemd[1]: kubelet.service: main process exited, code=exited, status=255/n/a", Y, "node_log", None, "node-a", NOBODY, "kubelet.service"),
    (41, f"{J} systemd[1]: kubelet.service: Failed with result 'exit-code'.", Y, "node_log", None, "node-a", NOBODY, "kubelet.service"),
    (42, "-- The unit kubelet.service has entered the 'failed' state.", None, "text", None, None, NOBODY, "-- The unit"),
    (43, "-- Logs begin at Tue 2024-03-05 06:00:00 +0430, end at Tue 2024-03-05 09:00:00 +0430. --", None, "text", None, None, NOBODY, "-- Logs"),
    (44, f'{J} kubelet[47]: F0305 07:08:09.511159    47 server.go:274] failed to run Kubelet: misconf...ystemd"', Y, "kubelet_log", "fatal", "node-a", NOBODY, "failed to run"),
    (45, f'{J} kubelet[99]: W0305 07:08:09.674403    99 reflector.go:535] failed to list *v1.RuntimeClass: Get "https://10>', Y, "kubelet_log", "warning", "node-a", NOBODY, "failed to list"),
    (46, "Mar  5 07:08:09 node-a systemd-logind[666]: Power key pressed.", Y, "node_log", None, "node-a", NOBODY, "Power"),
    (47, "[Tue Mar  5 07:08:09 2024] nf_conntrack: table full, dropping packet", "2024-03-05T07:08:09", "kernel_log", None, None, NOBODY, "nf_conn"),
    (48, "[1454500.910215] nf_conntrack: table full, dropping packet", None, "kernel_log", None, None, NOBODY, "nf_conn"),
    (49, "[  +0.000112] Out of memory: Kill process 208 (web) score 1068 or sacrifice child", None, "kernel_log", None, None, NOBODY, "Out of memory"),
    (50, f"{J} kernel: [189136.074191] Memory cgroup out of memory: Kill process 29 (web) score 2001", Y, "kernel_log", None, "node-a", NOBODY, "Memory cgroup"),
    (51, "Mar  5 07:08:09 node-a kernel: [ 2641.827901] Out of memory: Killed process 55 (web) total-vm:51kB", Y, "kernel_log", None, "node-a", NOBODY, "Out of memory"),
    (52, f"{J} kernel: neighbour: arp_cache: neighbor table overflow!", Y, "kernel_log", None, "node-a", NOBODY, "neighbour"),
    (53, "Mar  5 07:08:09 NODE-A kernel: oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),task=node,pid=20", Y, "kernel_log", None, "NODE-A", NOBODY, "oom-kill"),
    (54, "[ 1630.158028][T14021] oom-kill:constraint=CONSTRAINT_NONE,task=web,pid=23", None, "kernel_log", None, None, NOBODY, "oom-kill"),
    (55, "[ 5351.722836] cgroup: fork rejected by pids controller in /kubepods.slice/crio-40e5.scope", None, "kernel_log", None, None, NOBODY, "cgroup"),
    (56, "<12>[   46.972729] [talos] service[kubelet](Preparing): Running pre state", None, "kernel_log", "warning", None, NOBODY, "[talos]"),
    (57, f"{J} kernel: NMI watchdog: BUG: soft lockup - CPU#5 stuck for 22s! [runc:[1:CHILD]:22]", Y, "kernel_log", None, "node-a", NOBODY, "NMI"),
    (58, f'{J} dockerd[21]: time="2024-03-05T07:08:09.044351553Z" level=error msg="cannot assign address"', "2024-03-05T07:08:09.044351", "runtime_log", "error", "node-a", NOBODY, "time="),
    (59, f'{J} env[11]: time="2024-03-05T07:08:09.489807054Z" level=error msg="start returned error"', "2024-03-05T07:08:09.489807", "runtime_log", "error", "node-a", NOBODY, "time="),
    (60, f'{J} containerd[51]: time="2024-03-05T07:08:09.314767915Z" level=error msg="failed to load cni"', "2024-03-05T07:08:09.314767", "runtime_log", "error", "node-a", NOBODY, "time="),
    (61, f'{J} k3s[27]: time="2024-03-05T02:08:09.968252222-05:00" level=info msg="label set"', "2024-03-05T07:08:09.968252", "kubelet_log", "info", "node-a", NOBODY, "time="),
    (62, "FATA[0002] getting status of runtime: rpc error: code = DeadlineExceeded", None, "text", "fatal", None, NOBODY, "FATA"),
    (63, '2024/03/05 07:08:09 [FATAL] plugin/loop: Seen "HINFO IN 20.56." more than twice', "2024-03-05T07:08:09", "text", "fatal", None, NOBODY, "[FATAL]"),
    (64, "2024-03-05T07:08:09.486Z [FATAL] plugin/loop: Loop (127.0.0.1:34614 -> :53) detected", "2024-03-05T07:08:09.486", "text", "fatal", None, NOBODY, "[FATAL]"),
    (65, "E0305 07:08:09.678604       1 reflector.go:205] Failed to list *v1.Namespace: no route to host", Y + ".678604", "text", "error", None, NOBODY, "Failed"),
    (66, 'time="2024-03-05T07:08:09Z" level=info msg="starting" version=v1.1.0', "2024-03-05T07:08:09", "text", "info", None, NOBODY, "time="),
    (67, 'ts=2024-03-05T07:08:09.247Z caller=node_exporter.go:202 level=error err="address in use"', "2024-03-05T07:08:09.247", "text", "error", None, NOBODY, "ts="),
    (68, '{"level":"error","ts":"2024-03-05T07:08:09Z","logger":"setup","msg":"no cloud","error":"a\\n\\n\\tb"}', "2024-03-05T07:08:09", "text", "error", None, NOBODY, '{"level"'),
    (69, "web-7c9f-4kv6n web runtime: failed to create new OS thread", None, "container_log", None, None, (None, "Pod", "web-7c9f-4kv6n", "web"), "runtime: failed"),
    (70, "2024-03-05T07:08:09Z [INFO] DataStore has no available IP addresses", "2024-03-05T07:08:09", "text", "info", None, NOBODY, "[INFO]"),
    (71, '{"level":"error","ts":"2024-03-05T07:08:09.775Z","caller":"ipamd/rpc_handler.go:142","msg":"no IP"}', "2024-03-05T07:08:09.775", "text", "error", None, NOBODY, '{"level"'),
    (72, "2024-03-05 07:08:09.551 [ERROR][40] plugin.go 121: CNI ADD was an error. error=stat", "2024-03-05T07:08:09.551", "text", "error", None, NOBODY, "[ERROR]"),
    (73, "2024-03-05T07:08:09.323650Z\tinfo\tEnvoy proxy is NOT ready", "2024-03-05T07:08:09.323650", "text", "info", None, NOBODY, "info\t"),
    (74, "[Envoy (Epoch 0)] [2024-03-05 07:08:09.534][19][warning][config] [a/b.h:91] stream closed: 14", "2024-03-05T07:08:09.534", "text", "warning", None, NOBODY, "[19]"),
    (75, "2024-03-05 07:08:09.497449 C | etcdmain: listen tcp: cannot assign requested address", "2024-03-05T07:08:09.497449", "text", "fatal", None, NOBODY, "C | etcd"),
    (76, '{"level":"info","ts":"2024-03-05T07:08:09.711928Z","msg":"received signal","signal":"terminated"}', "2024-03-05T07:08:09.711928", "text", "info", None, NOBODY, '{"level"'),
    (77, '{"log":"I0305 07:08:09.9       1 server.go:625] external host was not specified\\n","stream":"stderr","time":"2024-03-05T07:08:09.96408679Z"}', "2024-03-05T07:08:09.964086", "container_log", "info", None, NOBODY, "external"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "line", "time", "source", "severity", "node", "about", "message"),
    LOG_LINES,
    ids=[f"{row[0]}" for row in LOG_LINES],
)
def test_a_line_as_people_paste_it_gives_time_source_level_subject_and_message(
    number: int,
    line: str,
    time: str | None,
    source: str,
    severity: str | None,
    node: str | None,
    about: tuple[str | None, ...],
    message: str,
) -> None:
    found = parse_line(line, LogHints())

    expected = None if time is None else dt.datetime.fromisoformat(time).replace(tzinfo=dt.UTC)
    assert (found.timestamp, found.source, found.level, found.node) == (expected, source, severity, node)
    assert found.is_yearless == (time is not None and time.startswith("1904"))
    assert (found.namespace, found.kind, found.name, found.container) == about
    assert found.message.startswith(message)


def events_of(name: str, text: str, screen: Screen) -> list[Record]:
    evidence = read({name: text.encode()}, screen)
    assert [(f.status, f.unparsed, f.skipped) for f in evidence.files] == [("parsed", 0, 0)]
    return [r for r in evidence.records if r.source == "event"]


POD_HEAD = "Name:         web-0\nNamespace:    shop\nNode:         node-a/192.0.2.11\nStatus:       Pending\n"


@pytest.mark.parametrize(
    ("number", "header", "line", "reason", "message", "count"),
    [
        (78, "  Type     Reason  Age  From     Message\n  ----     ------  ---  ----     -------\n",
         "  Warning  Failed  21s  kubelet  Error: ImagePullBackOff", "Failed", "Error: ImagePullBackOff", 1),
        (79, "  Type     Reason     Age                From             Message\n"
             "  ----     ------     ----               ----             -------\n",
         "  Warning  SystemOOM  12m (x4 over 25m)  kubelet, node-a  System OOM encountered",
         "SystemOOM", "System OOM encountered", 4),
        (80, "  FirstSeen\tLastSeen\tCount\tFrom\t\t\tSubObjectPath\tType\t\tReason\t\tMessage\n"
             "  ---------\t--------\t-----\t----\t\t\t-------------\t--------\t------\t\t-------\n",
         "  15s\t\t15s\t\t1\t{default-scheduler }\t\t\tNormal\t\tScheduled\tSuccessfully assigned web-0 to node-a",
         "Scheduled", "Successfully assigned web-0 to node-a", 1),
    ],
)  # fmt: skip
def test_events_in_a_describe_text_of_any_age_become_records(
    number: int, header: str, line: str, reason: str, message: str, count: int, screen: Screen
) -> None:
    (record,) = events_of("describe-pod.txt", f"{POD_HEAD}Events:\n{header}{line}\n", screen)

    assert (record.namespace, record.kind, record.name) == ("shop", "Pod", "web-0")
    assert (record.reason, record.message, record.count) == (reason, message, count)


@pytest.mark.parametrize(
    ("number", "text", "kind", "name", "reason", "count"),
    [
        (82, "FIRST SEEN   LAST SEEN   COUNT     NAME                 KIND         SUBOBJECT   TYPE      REASON         "
             "SOURCE                  MESSAGE\n"
             "13m          13m         1         web.247e27781da01c   ReplicaSet               Warning   FailedCreate   "
             "replicaset-controller   Error creating: quota\n", "ReplicaSet", "web", "FailedCreate", 1),
        (83, "LAST SEEN   TYPE     REASON     OBJECT         MESSAGE\n"
             "14h         Normal   Starting   node/node-a   Starting kubelet.\n", "Node", "node-a", "Starting", 1),
    ],
)  # fmt: skip
def test_event_tables_of_any_kubectl_become_records(
    number: int, text: str, kind: str, name: str, reason: str, count: int, screen: Screen
) -> None:
    (record,) = events_of("events.txt", text, screen)

    assert (record.kind, record.name, record.reason, record.count) == (kind, name, reason, count)


@pytest.mark.skipif(not LINE_FORMATS.exists(), reason="the collection of pasted lines is not on this machine")
def test_every_line_of_the_collection_is_read(screen: Screen) -> None:
    blocks = re.findall(r"^(\d+)\. \*\*.*?```text\n(.*?)\n```", LINE_FORMATS.read_text(), re.MULTILINE | re.DOTALL)
    assert len(blocks) == 85
    plain = {"9", "42", "43", "78", "79", "80", "82", "83", "84", "85"}  # no time, level or tag in the line itself
    for number, text in blocks:
        evidence = read({"pasted.txt": text.encode()}, screen)
        assert [(f.lines, f.unparsed, f.skipped) for f in evidence.files] == [(text.count("\n") + 1, 0, 0)], number
        lines = [parse_line(line, LogHints()) for line in text.split("\n")]
        assert number in plain or any(map(says_something, lines)), number


def says_something(line: LogLine) -> bool:
    return line.timestamp is not None or line.level is not None or line.source != "text"


# --- what `podtopsy formats` lists ----------------------------------------------------------------------------------


def test_the_list_of_formats_has_every_layout_and_every_module() -> None:
    text = CliRunner().invoke(app, ["formats"]).stdout

    for sample in (*formats.layouts(), *formats.structured(), *formats.journals(), *formats.lines()):
        assert sample.name in text
    assert {s.name for s in formats.structured()} == {module.NAME for module in FORMATS}


@pytest.mark.parametrize("sample", formats.lines(), ids=lambda sample: sample.name)
def test_the_sample_of_each_kind_of_line_is_recognised_as_that_kind(sample: formats.Sample) -> None:
    peels: dict[str, Callable[[str], object]] = {
        "envelope": cri.peel,
        "journal": journal.peel,
        "kernel": kernel.peel,
        "prefix": prefix.peel,
        "klog": klog.peel,
        "heading": lambda text: sections.hints_behind(text, LogHints()),
        "command": lambda text: sectioned.sniff(text.encode()) or None,
    }
    if sample.group == "program":
        found = parse_line(sample.text, LogHints())
        assert found.timestamp is not None or level(sample.text) == "fatal"
    else:
        assert peels[sample.group](sample.text) is not None


def test_the_sample_of_each_journal_notation_is_recognised() -> None:
    heads = {s.name: s.text.encode() + b"\nMESSAGE=x\n" for s in formats.journals()}
    binary = heads.pop("journal binary")

    assert {name: journal_dump.format_of(head) for name, head in heads.items()} == {name: name for name in heads}
    assert binary.startswith(b"LPKSHHRH")


# --- sample files, golden rows, near misses -------------------------------------------------------------------------

DIRECTORIES = sorted(path.name for path in SAMPLES.iterdir() if path.is_dir()) if SAMPLES.is_dir() else []


def files_of(name: str) -> dict[str, bytes]:
    root = SAMPLES / name
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.name != "near-miss.txt"
    }


def plain(row: Any) -> dict[str, Any]:
    """A row without what has its default value."""
    shown = {}
    for item in dataclasses.fields(row):
        value = getattr(row, item.name)
        if value != item.default and item.name not in ("layout", "why"):  # of the path, not of the format
            shown[item.name] = value
    return shown


def encoded(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.datetime) else plain(value)


def rows_of(evidence: Evidence) -> dict[str, Any]:
    kinds = (
        evidence.files, evidence.notes, evidence.records, evidence.pods, evidence.containers, evidence.nodes,
        evidence.objects, evidence.usages,
    )  # fmt: skip
    found = {type(kind[0]).__name__: [plain(row) for row in kind] for kind in kinds if kind}
    content: dict[str, Any] = json.loads(json.dumps(found, default=encoded))
    return content


@pytest.mark.parametrize("name", DIRECTORIES)
def test_the_sample_of_a_format_gives_its_golden_rows(name: str, screen: Screen) -> None:
    found = rows_of(read(files_of(name), screen))
    golden = GOLDEN / f"{name}.json"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    assert found == json.loads(golden.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", DIRECTORIES)
def test_every_record_of_a_sample_quotes_the_line_it_cites(name: str, screen: Screen) -> None:
    files = files_of(name)
    for record in read(files, screen).records:
        line = files[record.path].split(b"\n")[record.line - 1].decode("utf-8", "backslashreplace")
        assert (record.text or record.message) in line or record.source == "container_log"


CLAIMS: dict[str, Callable[[str], bool]] = {
    "cri": lambda line: shape.CRI.is_whole(line.encode()) or cri.peel(line) is not None,
    "docker-json": lambda line: cri.peel(line) is not None,
    "journal-short": lambda line: journal.peel(line) is not None,
    "klog": lambda line: klog.peel(line) is not None,
    "kernel": lambda line: kernel.peel(line) is not None,
    "prefix": lambda line: prefix.peel(line) is not None,
    "minikube-logs": lambda line: sections.hints_behind(line, LogHints()) is not None,
    "sections": lambda line: sectioned.sniff(line.encode()),
    "application": lambda line: says_something(parse_line(line, LogHints())),
}


@pytest.mark.parametrize("name", DIRECTORIES)
def test_a_near_miss_is_not_claimed(name: str) -> None:
    text = (SAMPLES / name / "near-miss.txt").read_text(encoding="utf-8")
    assert text.strip()
    modules = {module.NAME: module for module in FORMATS}
    if name in modules:
        assert not modules[name].sniff(text, place("notes.txt"))
    elif name in CLAIMS:
        assert [line for line in text.split("\n") if line and CLAIMS[name](line)] == []
    else:
        assert journal_dump.format_of(text.encode()) is None


# --- binary journals ------------------------------------------------------------------------------------------------

BINARY = b"LPKSHHRH" + bytes(range(256)) * 40  # 40 newlines, and a last line without one


def test_a_binary_journal_without_journalctl_is_listed_with_the_command_that_converts_it(
    screen: Screen, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    evidence = read({"var/log/journal/0a/system.journal": BINARY}, screen)

    (entry,) = evidence.files
    assert (entry.status, entry.lines, entry.skipped) == ("skipped", 41, 41)
    assert [n.problem for n in evidence.notes if "journalctl --file" in n.problem]


def program(tmp_path: Path, script: str) -> None:
    file = tmp_path / "journalctl"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)


def test_a_binary_journal_is_read_through_journalctl(
    screen: Screen, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program(
        tmp_path, 'test "$(head -c 8)" = LPKSHHRH && echo "2024-03-05T07:08:09.000001+00:00 n kernel: Out of memory"'
    )
    monkeypatch.setenv("PATH", str(tmp_path))
    evidence = read({"var/log/journal/0a/system.journal": BINARY}, screen)

    (record,) = evidence.records
    assert (record.source, record.node, record.message, record.line) == ("kernel_log", "n", "Out of memory", 1)
    assert record.timestamp == dt.datetime(2024, 3, 5, 7, 8, 9, 1, dt.UTC)
    assert [(f.status, f.format) for f in evidence.files] == [("parsed", "journal binary")]


def test_a_binary_journal_that_journalctl_refuses_is_skipped(
    screen: Screen, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program(tmp_path, "exit 1")
    monkeypatch.setenv("PATH", str(tmp_path))
    evidence = read({"var/log/journal/0a/system.journal": BINARY}, screen)

    (entry,) = evidence.files
    assert (entry.status, entry.lines, entry.skipped) == ("skipped", 41, 41)
    assert [n.problem for n in evidence.notes if "exit code 1" in n.problem]
