"""What is past or done all the same is no failure."""

from __future__ import annotations

import json
from typing import Any

import pytest
from deriving import RUNNING, container, event, listing, log, pod

from analyzer.analysis import analyze_bundle
from analyzer.bundle import Bundle
from analyzer.diagnosis import Diagnosis
from patterns.load import load_library


def diagnosed(files: dict[str, str]) -> Diagnosis:
    return analyze_bundle(Bundle.of_files({path: text.encode() for path, text in files.items()}), load_library())


def job_pod(name: str, phase: str, code: int) -> dict[str, Any]:
    ended = {"exitCode": code, "reason": "Error" if code else "Completed", "finishedAt": "2026-03-14T09:00:00Z"}
    status = {"restartCount": 0, "ready": False, "state": {"terminated": ended}, "lastState": {}}
    owner = {"apiVersion": "batch/v1", "kind": "Job", "name": "report", "controller": True}
    return pod(
        {"report": (container("report"), status)},
        name=name,
        metadata={"ownerReferences": [owner]},
        status={"phase": phase},
    )


LAST = {"report-aaaaa-report.log": log("Error: connect ETIMEDOUT 10.96.3.9:5432")}


def test_a_job_whose_later_pod_succeeded_has_not_failed() -> None:
    pods = listing(job_pod("report-aaaaa", "Failed", 1), job_pod("report-bbbbb", "Succeeded", 0))
    assert diagnosed({"pods.json": pods, **LAST}).causes == ()


def test_a_job_whose_only_pod_failed_has() -> None:
    (cause,) = diagnosed({"pods.json": listing(job_pod("report-aaaaa", "Failed", 1)), **LAST}).causes
    assert cause.cause == "dependency-unreachable"


REFUSED = "2026-03-09 10:00:01 [error] <0.81.0> ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN"


@pytest.mark.parametrize(
    ("line", "diagnoses"),
    [
        ("2026-03-09 10:00:05 [info] <0.9.0> connection accepted", 0),
        ('10.42.0.1 - - "GET /healthz HTTP/1.1" 200 12', 0),
        ("2026-03-09 10:00:05 [info] <0.9.0> shutting down, all work completed", 1),
        ("2026-03-09 10:00:05 [error] <0.9.0> request served with an error", 1),
        ("2026-03-09 10:00:05 [info] <0.9.0> starting again", 1),
    ],
)
def test_a_server_alone_that_tells_of_work_after_one_clients_trouble_is_well(line: str, diagnoses: int) -> None:
    assert len(diagnosed({"logs/rabbit.log": f"{REFUSED}\n{line}\n"}).causes) == diagnoses


def test_what_a_pod_that_is_well_logs_did_not_bring_its_sibling_down() -> None:
    full = "promtail: error creating target manager: too many open files"
    waits = {"restartCount": 9, "ready": False, "state": {"waiting": {"reason": "CrashLoopBackOff"}}, "lastState": {}}
    owner = [{"apiVersion": "apps/v1", "kind": "DaemonSet", "name": "promtail", "controller": True}]
    made = [
        pod({"promtail": (container("promtail"), status)}, name=f"promtail-{name}", metadata={"ownerReferences": owner})
        for name, status in (("aaaaa", RUNNING), ("bbbbb", waits))
    ]
    told = event("Unhealthy", "x", name="other-0")
    files = {"pods.json": json.dumps({"kind": "List", "items": made}), "events.json": listing(told)}
    rejected = '"GET /ready HTTP/1.1" 404 19 "-" "kube-probe/1.29"'
    found = diagnosed({**files, "promtail-aaaaa-promtail.log": log(rejected), "promtail-bbbbb-promtail.log": log(full)})
    assert [c.cause for c in found.causes] == ["kernel-limit"]


def test_a_complaint_about_an_address_that_is_connected_later_is_over() -> None:
    lines = "[2026-03-14 09:00:02: ERROR/A] Cannot connect to amqp://app@rabbit:5672//: [Errno 111] refused\n"
    again = "[2026-03-14 09:00:04: INFO/A] Connected to {}\n"
    assert diagnosed({"logs/worker.log": lines + again.format("amqp://app@rabbit:5672//")}).causes == ()
    assert diagnosed({"logs/worker.log": lines + again.format("redis://cache:6379/0")}).causes != ()
