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


def table(*rows: str) -> dict[str, str]:
    return {"events.txt": "\n".join(("NAMESPACE   LAST SEEN   TYPE      REASON   OBJECT   MESSAGE", *rows)) + "\n"}


def row(age: str, kind: str, reason: str, thing: str, message: str) -> str:
    return f"shop        {age}          {kind}   {reason}   {thing}   {message}"


ASKED = row(
    "5m", "Normal", "ExternalProvisioning", "persistentvolumeclaim/spool", "Waiting for a volume to be created "
    "either by the external provisioner 'nfs.example.com' or manually by the system administrator."
)  # fmt: skip
GIVEN = row("5m", "Normal", "ProvisioningSucceeded", "persistentvolumeclaim/spool", "Successfully provisioned volume x")
BOOTED = row("5m", "Warning", "Rebooted", "node/worker-1", "Node worker-1 has been rebooted, boot id: 0a1b2c")
READY = row("5m", "Normal", "NodeReady", "node/worker-1", "Node worker-1 status is now: NodeReady")
LOST = row("5m", "Normal", "NodeNotReady", "node/worker-1", "Node worker-1 status is now: NodeNotReady")


@pytest.mark.parametrize("rows", [(ASKED, GIVEN), (GIVEN, ASKED), (BOOTED, READY), (LOST, BOOTED, READY)])
def test_a_success_of_the_same_rounded_age_further_down_the_table_is_later(rows: tuple[str, ...]) -> None:
    assert diagnosed(table(*rows)).causes == ()


@pytest.mark.parametrize("rows", [(ASKED,), (READY, LOST)])
def test_without_a_success_behind_it_a_table_still_tells_of_trouble(rows: tuple[str, ...]) -> None:
    assert len(diagnosed(table(*rows)).causes) == 1


def test_a_container_started_at_the_age_of_its_failed_probe_has_not_recovered() -> None:
    failed = row(
        "2m", "Warning", "Unhealthy", "pod/web-0", "Readiness probe failed: HTTP probe failed with statuscode: 404"
    )
    started = row("2m", "Normal", "Started", "pod/web-0", "Started container web")
    (cause,) = diagnosed(table(failed, started)).causes
    assert cause.cause == "probe-wrong-endpoint"


def test_a_controller_that_issues_the_certificate_after_a_failed_check_has_no_trouble() -> None:
    failed = 'E0312 07:06:00.343494       1 sync.go:190] "propagation check failed" err="wrong status code 404"'
    issued = 'I0312 07:06:41.100144       1 acme.go:233] "certificate issued" resource_name="menu-1"'
    assert len(diagnosed({"logs/cert-manager-controller.log": f"{failed}\n"}).causes) == 1
    assert diagnosed({"logs/cert-manager-controller.log": f"{failed}\n{issued}\n"}).causes == ()


ENDING = "NAME                    READY   STATUS        RESTARTS   AGE\n"
ENDING += "menu-6d8f9c7b5c-4k9zx   0/1     Terminating   0          2d\n"
NOT_ENDED = (
    'E0312 08:32:30.902007    2204 pod_workers.go:965] "Error syncing pod, skipping" err="failed to '
    '\\"KillPodSandbox\\" for \\"0c3b\\" with KillPodSandboxError: \\"rpc error: code = DeadlineExceeded desc = '
    'context deadline exceeded\\"" pod="shop/menu-6d8f9c7b5c-4k9zx" podUID=0c3b\n'
)


def test_a_pod_that_is_ending_has_failed_only_where_the_kubelet_cannot_end_it() -> None:
    assert not diagnosed({"get-pods.txt": ENDING}).has_failures
    (cause,) = diagnosed({"get-pods.txt": ENDING, "kubelet.log": NOT_ENDED}).causes
    assert (cause.cause, cause.about.pod, cause.about.container) == ("runtime-failure", "menu-6d8f9c7b5c-4k9zx", "")


TAKEN = row("9m", "Normal", "DisruptionTerminating", "node/worker-1", "Disrupting Node: Underutilized/Delete")
MOVED = row("7m", "Normal", "Scheduled", "pod/menu-0", "Successfully assigned shop/menu-0 to worker-2")


def test_a_node_that_an_autoscaler_takes_away_is_no_incident_once_pods_went_elsewhere() -> None:
    assert len(diagnosed(table(TAKEN)).causes) == 1
    assert diagnosed(table(TAKEN, MOVED)).causes == ()


def test_a_drain_that_goes_on_after_a_refused_eviction_is_none() -> None:
    refused = "E0312 08:01:30.100012 1 drain.go:144] Cannot evict pod as it would violate the pod's disruption budget."
    done = "I0312 08:02:30.100012 1 drain.go:173] node worker-2: operation successful; applying completion annotation"
    assert len(diagnosed({"logs/drainer.log": f"{refused}\n"}).causes) == 1
    assert diagnosed({"logs/drainer.log": f"{refused}\n{done}\n"}).causes == ()


@pytest.mark.parametrize(
    ("flags", "diagnoses"),
    [("qr,rd,ra", 0), ("qr,aa,rd", 1)],  # an answer from the server above, and one of the cluster's own names
)
def test_a_name_server_that_had_an_answer_from_above_since_is_well(flags: str, diagnoses: int) -> None:
    late = "[ERROR] plugin/errors: 2 old.example.net. A: read udp 10.1.0.9:40111->10.0.0.2:53: i/o timeout"
    answered = f'[INFO] 10.1.0.4:41023 - 8814 "A IN api.example.com. udp 35 false 512" NOERROR {flags} 68 0.0201s'
    assert len(diagnosed({"logs/coredns.log": f"{late}\n{answered}\n"}).causes) == diagnoses
