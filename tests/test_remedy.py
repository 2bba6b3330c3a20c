from __future__ import annotations

import functools
import json
import re
from typing import Any

import pytest
from deriving import COLLECTED, COMPLETED, CRASHING, container, event, listing, log, pod

from analyzer.analysis import analyze_bundle
from analyzer.bundle import Bundle
from analyzer.diagnosis import Cause
from patterns.load import load_library
from patterns.schema import Library

OWNED = {
    "ownerReferences": [{"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "web", "controller": True}],
}
PENDING = {"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}]}
WAITING = {
    "restartCount": 0,
    "ready": False,
    "started": False,
    "state": {"waiting": {"reason": "CreateContainerConfigError"}},
    "lastState": {},
}
KILLED = {
    **CRASHING,
    "lastState": {
        "terminated": {
            "exitCode": 137,
            "reason": "OOMKilled",
            "startedAt": "2026-03-14T09:20:00Z",
            "finishedAt": "2026-03-14T09:21:00Z",
        }
    },
}


@functools.cache
def library() -> Library:
    return load_library()


def first(files: dict[str, Any]) -> Cause:
    texts = {path: v if isinstance(v, str) else json.dumps(v, indent=1) for path, v in files.items()}
    bundle = Bundle.of_files({path: text.encode() for path, text in {"timestamp": COLLECTED, **texts}.items()})
    return analyze_bundle(bundle, library()).causes[0]


def told(cause: Cause) -> str:
    return " ".join(c.statement for c in cause.counterfactuals)


def test_a_mount_is_moved_to_where_the_missed_file_then_lies() -> None:
    cause = first(
        {
            "pod.json": pod(
                {"web": (container("web", {"conf": "/etc/web"}), CRASHING)},
                {"prepare": (container("prepare", {"conf": "/tmp"}), COMPLETED)},
                metadata=OWNED,
            ),
            "web-0-prepare.log": log("wrote /tmp/web/web.conf (12 lines)", since=10),
            "web-0-web.previous.log": log("cannot open /etc/web/web.conf: No such file or directory"),
        }
    )
    (patch,) = cause.patch
    assert (patch.target, patch.language) == ("StatefulSet web in namespace shop", "diff")
    assert patch.text.split("\n") == [
        " initContainers:",
        " - name: prepare",
        "   volumeMounts:",
        "   - name: conf",
        "-    mountPath: /tmp",
        "+    mountPath: /tmp/web",
    ]
    assert "Had prepare mounted volume conf at /tmp/web instead of /tmp" in told(cause)
    assert cause.counterfactuals[0].evidence


def test_a_limit_is_raised_above_what_was_held_when_it_was_killed() -> None:
    spec = container("web", resources={"limits": {"memory": "256Mi"}, "requests": {"memory": "256Mi"}})
    kernel = (
        "[ 100.0] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=x,mems_allowed=0,"
        "oom_memcg=/kubepods/pod0f3c9a56-1d2e-4b7a-9c11-5a6b7c8d9e0f/{id},"
        "task_memcg=/kubepods/pod0f3c9a56-1d2e-4b7a-9c11-5a6b7c8d9e0f/{id},task=web,pid=77,uid=0\n"
        "[ 100.1] Memory cgroup out of memory: Killed process 77 (web) total-vm:900000kB, anon-rss:261120kB, "
        "file-rss:0kB, shmem-rss:0kB\n"
    ).replace("{id}", "ab" * 32)
    cause = first({"pod.json": pod({"web": (spec, KILLED)}, metadata=OWNED), "dmesg.txt": kernel})
    assert cause.cause == "oom-container-limit"
    assert "at its limit of 256Mi, holding 255Mi of anonymous memory" in told(cause)
    assert cause.patch[0].text.split("\n") == [
        "spec:",
        "  template:",
        "    spec:",
        "      containers:",
        "      - name: web",
        "        resources:",
        "          limits:",
        "            memory: 356Mi  # was 256Mi",
        "          requests:",
        "            memory: 356Mi  # was 256Mi, the same as the limit",
    ]
    assert cause.patch[0].command == "kubectl -n shop patch statefulset web --patch-file patch.yaml"


def probed(*lines: str, **more: Any) -> dict[str, Any]:
    probe = {"httpGet": {"path": "/live", "port": 8080}, "initialDelaySeconds": 5, "periodSeconds": 10}
    ended = {
        **CRASHING,
        "lastState": {
            "terminated": {
                "exitCode": 143,
                "reason": "Error",
                "startedAt": "2026-03-14T09:20:00Z",
                "finishedAt": "2026-03-14T09:20:40Z",
            }
        },
    }
    return {
        "pod.json": pod({"web": (container("web", livenessProbe=probe, **more), ended)}, metadata=OWNED),
        "events.json": listing(
            event("Unhealthy", 'Liveness probe failed: Get "http://10.0.0.9:8080/live": connection refused', "web", 9),
            event("Killing", "Container web failed liveness probe, will be restarted", "web", 3),
        ),
        "web-0-web.previous.log": log(*lines),
    }


def test_a_startup_probe_covers_the_longest_observed_start() -> None:
    files = probed("Starting web", "Started web in 91.5 seconds")
    cause = first({**files, "web-0-web.log": log("Started web in 52 seconds", since=25)})
    assert cause.cause == "probe-too-early"
    assert told(cause) == (
        "The longest of 2 observed starts took 92 s; the liveness probe allows 35 s, enough for 0 of 2. "
        "100 s would have passed 2 of 2."
    )
    assert cause.patch[0].text.split("\n")[5:] == [
        "        startupProbe:",
        "          httpGet:",
        "            path: /live",
        "            port: 8080",
        "          periodSeconds: 10",
        "          failureThreshold: 10",
    ]


def test_without_an_observed_start_the_number_is_left_to_the_reader() -> None:
    cause = first(probed("Starting web", "Loading tiles, 3 of 40"))
    assert cause.cause == "probe-too-early"
    assert "In its last life it had 40 s (the liveness probe allows 35 s) and was still starting" in told(cause)
    assert 'failureThreshold: "<seconds of the slowest start / 10, rounded up>"' in cause.patch[0].text


def test_a_probe_is_sent_to_the_port_that_the_log_names() -> None:
    cause = first(probed("Server is listening on port 9090"))
    assert cause.cause == "probe-wrong-endpoint"
    assert "port: 9090  # was 8080" in cause.patch[0].text
    assert told(cause) == "Asked at port 9090 instead of 8080, the liveness probe would have found somebody there."


def test_a_quota_is_raised_by_what_is_asked_and_in_use() -> None:
    message = (
        'Error creating: pods "web-0" is forbidden: exceeded quota: team, requested: limits.cpu=1500m,pods=1, '
        "used: limits.cpu=3,pods=4, limited: limits.cpu=4,pods=10"
    )
    cause = first({"events.json": listing(event("FailedCreate", message, kind="StatefulSet", name="web"))})
    assert cause.cause == "quota-exceeded"
    assert cause.patch[0].text == "spec:\n  hard:\n    limits.cpu: 4500m  # was 4"
    assert "1500m requested and 3 in use are 4500m, 500m more than the 4 that quota team allows." in told(cause)


def test_a_request_is_lowered_to_what_the_roomiest_node_has_left() -> None:
    nodes = {
        f"describe-{name}.txt": f"Name:               {name}\nCapacity:\n  cpu: 4\n  memory: 8Gi\n  pods: 110\n"
        "Allocatable:\n  cpu: 4\n  memory: 8Gi\n  pods: 110\n"
        "Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)\n"
        f"  Resource  Requests     Limits\n  --------  --------  ------\n  cpu       {taken} (90%)  0 (0%)\n"
        "  memory    1Gi (1%)  0 (0%)\nEvents:  <none>\n"
        for name, taken in (("node-1", "3600m"), ("node-2", "3100m"))
    }
    spec = container("web", resources={"requests": {"cpu": "2"}})
    files = {
        "pod.json": pod(
            {"web": (spec, {})}, spec={"nodeName": None}, status={**PENDING, "containerStatuses": []}, metadata=OWNED
        ),
        **nodes,
        "events.json": listing(event("FailedScheduling", "0/2 nodes are available: 2 Insufficient cpu.", count=9)),
    }
    cause = first(files)
    assert cause.cause == "insufficient-resources"
    assert "requests 2000m of cpu; node-2, the node with most left, has 900m." in told(cause)
    assert "cpu: 900m  # was 2000m" in cause.patch[0].text


def test_an_eviction_names_the_request_that_would_have_ranked_it_later() -> None:
    message = (
        "The node was low on resource: memory. Threshold quantity: 100Mi, available: 60Mi. Container web was using "
        "1536Mi, request is 256Mi, has larger consumption of memory. "
    )
    evicted = pod({"web": (container("web"), {})}, status={"phase": "Failed", "reason": "Evicted", "message": message})
    cause = first({"pod.json": evicted, "events.json": listing(event("Evicted", message))})
    assert cause.cause == "node-pressure-eviction"
    assert "Container web used 1536Mi of memory and had requested 256Mi. With a request of 1536Mi" in told(cause)
    assert "    memory: 1536Mi  # was 256Mi" in cause.patch[0].text
    assert cause.patch[0].command == ""
    assert cause.patch[0].target == "the manifest that pod web-0 is made from in namespace shop"


def needy(env: dict[str, Any]) -> dict[str, Any]:
    return pod(
        {"web": (container("web", env=[{"name": "A", "valueFrom": env}]), WAITING)},
        status={"phase": "Pending"},
        metadata=OWNED,
    )


def test_a_missing_key_is_added_and_the_one_that_was_meant_is_named() -> None:
    need = {"configMapKeyRef": {"name": "settings", "key": "LOG_LEVEL"}}
    settings = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "settings", "namespace": "shop"},
        "data": {"log-level": "x", "REGION": "y"},
    }
    cause = first({"pod.json": needy(need), "configmaps.json": listing(settings)})
    assert cause.cause == "config-key-missing"
    assert cause.patch[0].text == 'data:\n  LOG_LEVEL: "<value>"'
    assert "has REGION and log-level; log-level may be what was meant." in told(cause)


def test_a_missing_secret_is_written_out_with_the_keys_that_are_asked_for() -> None:
    need = {"secretKeyRef": {"name": "db", "key": "password"}}
    cause = first(
        {
            "pod.json": needy(need),
            "events.json": listing(event("Failed", 'Error: secret "db" not found', "web", 12)),
        }
    )
    assert cause.cause == "secret-missing"
    assert cause.patch[0].text.split("\n") == [
        "apiVersion: v1",
        "kind: Secret",
        "metadata:",
        "  name: db",
        "  namespace: shop",
        "stringData:",
        '  password: "<value>"',
    ]


def test_names_out_of_a_bundle_stay_one_value_in_yaml_and_one_word_in_a_shell() -> None:
    from analyzer.remedy.manifest import kubectl, text

    assert [text(t) for t in ("web", "yes", "a: b", "1", "x\ny", "- z", "#")] == [
        "web",
        '"yes"',
        '"a: b"',
        '"1"',
        '"x\\ny"',
        '"- z"',
        '"#"',
    ]
    assert kubectl("a b", "patch", "pod", "x;rm -rf /") == "kubectl -n 'a b' patch pod 'x;rm -rf /'"


@pytest.mark.parametrize("slug", ["fluentd-mount-mismatch", "quota-sidecar", "pending-insufficient-cpu"])
def test_each_number_of_a_counterfactual_stands_in_the_sentence_of_evidence_or_is_their_sum(slug: str) -> None:
    """Guards against invented numbers: the samples' statements are read by hand once, and kept."""
    from pathlib import Path

    from analyzer import analyze

    cause = analyze([Path(__file__).resolve().parent.parent / "samples" / slug / "bundle"]).causes[0]
    known = " ".join([cause.summary, *(e.text for e in cause.evidence), "4736Mi 640Mi 2200m"])
    for number in re.findall(r"\b\d[\w.]*\b", told(cause)):
        assert number in known, number
