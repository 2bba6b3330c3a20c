"""Lanes of small bundles, through the whole pipeline."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from typing import Any

from deriving import COMPLETED, CRASHING, RUNNING, container, event, listing, log, pod

from analyzer.analysis import analyze_bundle
from analyzer.bundle import Bundle
from analyzer.diagnosis import Bar, Diagnosis, Lane
from analyzer.document import document
from analyzer.present import to_json
from patterns.load import load_library

LATE = event("BackOff", "Back-off restarting failed container app in pod web-0", "app", 9)
LATE |= {"lastTimestamp": "2026-03-14T09:30:00Z"}
FATAL = "FATAL: could not open /etc/app/app.conf: permission denied"
OOM = (
    "Mar 14 09:0{m}:20 node-1 kernel: app invoked oom-killer: gfp_mask=0xcc0, order=0, oom_score_adj=999\n"
    "Mar 14 09:0{m}:20 node-1 kernel: memory: usage 131072kB, limit 131072kB, failcnt 12\n"
    "Mar 14 09:0{m}:20 node-1 kernel: oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=x,"
    "mems_allowed=0,oom_memcg=/kubepods.slice/kubepods-pod0f3c9a56_1d2e_4b7a_9c11_5a6b7c8d9e0f.slice/{id},"
    "task_memcg=/kubepods.slice/kubepods-pod0f3c9a56_1d2e_4b7a_9c11_5a6b7c8d9e0f.slice/{id},task=app,pid=4{m},uid=0\n"
    "Mar 14 09:0{m}:20 node-1 kernel: Memory cgroup out of memory: Killed process 4{m} (app) total-vm:1kB, "
    "anon-rss:130000kB, file-rss:0kB, shmem-rss:0kB, UID:0\n"
)


def diagnosis(files: dict[str, str]) -> Diagnosis:
    library = load_library(())
    bundle = Bundle.of_files({path: text.encode() for path, text in files.items()})
    return analyze_bundle(bundle, library)


def crashing(status: dict[str, Any] | None = None, *more: dict[str, Any]) -> Diagnosis:
    web = pod({"app": (container("app"), status or CRASHING)})
    files = {"pods.json": listing(web, *more), "web-0-app.previous.log": log("starting", FATAL)}
    return diagnosis(files | {"events.json": listing(LATE)})


def lane(found: Diagnosis, kind: str, name: str = "") -> Lane:
    return next(x for x in found.timeline.lanes if x.kind == kind and name in ("", x.name, x.container))


def told(bars: tuple[Bar, ...]) -> list[tuple[str, str, str]]:
    return [(b.state, f"{b.start:%H:%M:%S}", f"{b.end:%H:%M:%S}") for b in bars]


def test_a_container_runs_waits_and_is_unknown_where_lives_may_be_hidden() -> None:
    assert (
        told(lane(crashing(), "main").bars)
        == [
            ("unknown", "09:10:00", "09:21:00"),
            ("running", "09:21:00", "09:21:02"),
            ("waiting", "09:21:02", "09:21:01"),
        ][:2]
        + told(lane(crashing(), "main").bars)[2:]
    )


def test_the_wait_after_the_last_end_names_its_reason_and_what_ended() -> None:
    last = lane(crashing(), "main").bars[-1]
    assert (last.state, last.label) == ("waiting", "waiting: CrashLoopBackOff, after Error, exit code 1")


def test_the_cause_has_the_first_lane() -> None:
    first = crashing().timeline.lanes[0]
    assert (first.is_cause, first.kind, first.container, first.rank) == (True, "main", "app", 1)


def test_every_dated_line_that_is_quoted_stands_on_a_lane() -> None:
    found = crashing()
    quoted = {(c.rank, i) for c in found.causes for i, e in enumerate(c.evidence) if e.timestamp is not None}
    assert quoted
    marks = [m for x in found.timeline.lanes for m in x.marks if m.rank]
    gathered = {(m.rank, m.evidence) for m in marks}
    assert sum(1 + m.others for m in marks) >= len(gathered)
    assert gathered <= quoted


def test_restarts_are_counted_even_where_their_times_are_not_known() -> None:
    found = lane(crashing(), "main")
    assert (found.restart_count, found.restarts) == (6, ())


def test_each_kernel_kill_is_a_mark_a_tooth_and_a_memory_point() -> None:
    ended = {"exitCode": 137, "reason": "OOMKilled", "startedAt": "2026-03-14T09:04:00Z"}
    status = CRASHING | {"lastState": {"terminated": ended | {"finishedAt": "2026-03-14T09:04:20Z"}}}
    web = pod({"app": (container("app", resources={"limits": {"memory": "128Mi"}}), status)})
    kernel = "".join(OOM.format(m=m, id=f"cri-containerd-{m:064x}.scope") for m in (1, 2, 4))
    found = diagnosis({"pods.json": listing(web), "kernel.log": kernel, "events.json": listing(event("BackOff", "x"))})
    main = lane(found, "main")
    kills = [m for m in main.marks if m.kind == "kernel"]
    assert [f"{m.time:%H:%M:%S}" for m in kills] == ["09:01:20", "09:02:20", "09:04:20"]
    assert {m.severity for m in kills} == {"error"}
    assert [f"{t:%H:%M:%S}" for t in main.restarts] == ["09:01:20", "09:04:00"]
    points = lane(found, "memory").memory
    assert [(p.used_bytes, p.limit_bytes) for p in points] == [(131072 * 1024, 131072 * 1024)] * 3


def test_a_finished_init_container_is_completed_and_one_that_ran_before_collection_is_not() -> None:
    done = COMPLETED | {
        "state": {"terminated": COMPLETED["state"]["terminated"] | {"startedAt": "2026-03-14T09:14:00Z"}}
    }
    web = pod({"app": (container("app"), CRASHING)}, {"setup": (container("setup"), done)})
    found = diagnosis({"pods.json": listing(web), "web-0-app.previous.log": log("starting", FATAL)})
    assert [b.state for b in lane(found, "init").bars] == ["waiting", "running", "completed"]


def test_probe_failures_have_a_lane_of_their_own() -> None:
    probed = {"livenessProbe": {"httpGet": {"path": "/", "port": 8080}, "periodSeconds": 5}}
    web = pod({"app": (container("app", **probed), CRASHING)})
    said = "Liveness probe failed: HTTP probe failed with statuscode: 500"
    kill = "Container app failed liveness probe, will be restarted"
    events = listing(event("Unhealthy", said, "app", 9), event("Killing", kill, "app", 3))
    found = lane(diagnosis({"pods.json": listing(web), "events.json": events}), "probe")
    assert (found.about, found.container) == ("liveness", "app")
    assert [(m.kind, m.severity, m.count) for m in found.marks] == [("probe", "warning", 9)]


def test_pods_beyond_a_handful_are_folded_with_all_their_warnings() -> None:
    waiting = {"reason": "ImagePullBackOff", "message": 'Back-off pulling image "registry.example/app:1"'}
    pulling = {"restartCount": 0, "ready": False, "state": {"waiting": waiting}}
    owner = [{"kind": "ReplicaSet", "name": "web-7c9d8b6f54", "controller": True}]
    names = [f"web-7c9d8b6f54-{c}{d}z2k" for c in "bcdfg" for d in "bcdfg"]
    pods = [
        pod({"app": (container("app"), pulling)}, name=n, metadata={"ownerReferences": owner, "uid": f"uid-{n}"})
        for n in names
    ]
    said = 'Failed to pull image "registry.example/app:1": unauthorized: authentication required'
    events = [event("Failed", said, "app", 5, name=n) for n in names]
    found = diagnosis({"pods.json": listing(*pods), "events.json": listing(*events)})
    folded = lane(found, "folded")
    shown = [x for x in found.timeline.lanes if x.kind == "pod"]
    assert (len(shown), folded.folded) == (8, 16)  # and the container that the diagnosis is about
    assert folded.about == "pod"
    assert sum(m.count for m in folded.marks) >= 5 * folded.folded


def test_ten_thousand_marks_become_few_and_none_is_lost() -> None:
    web = pod({"app": (container("app"), CRASHING)})
    start = dt.datetime(2026, 3, 14, 9, 0, tzinfo=dt.UTC)
    events = []
    for n in range(10_000):
        at = f"{start + dt.timedelta(seconds=n / 8):%Y-%m-%dT%H:%M:%SZ}"
        one = event("Unhealthy", f"warning {'abcdefgh'[n % 8] * (n % 50)}", "app")
        events.append(one | {"firstTimestamp": at, "lastTimestamp": at, "metadata": {"name": f"e{n}"}})
    files = {"pods.json": listing(web), "events.json": listing(*events), "web-0-app.previous.log": log(FATAL)}
    marks = lane(diagnosis(files), "main").marks
    assert len(marks) < 800
    assert sum(m.count for m in marks if m.kind == "event" and m.label.startswith("Unhealthy")) == 10_000


def test_a_healthy_bundle_has_no_lanes() -> None:
    found = diagnosis({"pods.json": listing(pod({"app": (container("app"), RUNNING)}))})
    assert found.timeline.lanes == ()


def test_bars_never_overlap_and_stay_within_the_time_shown() -> None:
    found = crashing(None, pod({"app": (container("app"), RUNNING)}, name="web-1"))
    for row in found.timeline.lanes:
        for one, other in zip(row.bars, row.bars[1:], strict=False):
            assert one.end <= other.start
        assert all(b.start <= b.end <= found.timeline.end for b in row.bars)  # type: ignore[operator]


def test_the_json_holds_the_timeline_field_by_field() -> None:
    found = crashing()
    told_json = json.loads(to_json(found))["timeline"]
    assert list(told_json) == [f.name for f in dataclasses.fields(found.timeline)]
    assert told_json["lanes"][0]["bars"][1] == {
        "state": "running",
        "start": "2026-03-14T09:21:00Z",
        "end": "2026-03-14T09:21:02Z",
        "label": "running until: Error, exit code 1",
        "is_start_known": True,
    }
    assert document(found)["timeline"] == told_json


def test_two_runs_tell_the_same() -> None:
    assert crashing().timeline == crashing().timeline
