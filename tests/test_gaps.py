"""What would decide a diagnosis that is not sure, or that was not found."""

from __future__ import annotations

from deriving import RUNNING, container, event, listing, log, pod

from analyzer.analysis import analyze_bundle
from analyzer.bundle import Bundle
from analyzer.diagnosis import Diagnosis
from patterns.load import load_library

ENOSPC = "Error: the system has no more inotify handles to give to watch '/app/src'"


def diagnosed(files: dict[str, str]) -> Diagnosis:
    return analyze_bundle(Bundle.of_files({path: text.encode() for path, text in files.items()}), load_library())


def asked(diagnosis: Diagnosis) -> list[tuple[str, str, str]]:
    return [(gap.what, gap.state, gap.command) for gap in diagnosis.missing]


def test_a_bundle_of_one_unknown_log_is_asked_for_all_that_tells_more() -> None:
    found = diagnosed({"logs/app.log": log("hello", "good bye")})
    assert found.causes == ()
    assert asked(found) == [
        ("the objects of the pods", "absent", "kubectl get pods -A -o yaml"),
        ("the events", "absent", "kubectl get events -A -o yaml   # they live one hour"),
        ("the objects of the nodes", "absent", "kubectl describe nodes"),
    ]


def test_an_unsure_cause_is_asked_for_what_decides_its_kind() -> None:
    found = diagnosed({"pasted.txt": ENOSPC})
    assert found.causes[0].cause == "kernel-limit"
    assert found.causes[0].confidence < 0.8
    assert [what for what, _, _ in asked(found)] == [
        "the objects of the nodes",
        "the journal of the kubelet and the kernel",
        "the events",
    ]


def test_where_all_kinds_are_there_what_is_older_than_the_events_has_expired() -> None:
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-1"}}
    journal = "Mar 14 09:20:00 node-1 systemd[1]: Started Session 41 of user core.\n"
    journal += (
        'Mar 14 09:20:01 node-1 kubelet[2107]: E0314 09:20:01.000000    2107 server.go:1] "Failed to pull image"\n'
    )
    files = {
        "all.json": listing(
            pod({"app": (container("app"), RUNNING)}), node, event("Unhealthy", "Readiness probe failed: x", "app")
        ),
        "web-0-app.log": log("hello"),
        "kubelet.log": journal,
    }
    assert asked(diagnosed(files)) == [
        (
            "what happened before 2026-03-14 09:10:00 UTC",
            "expired",
            "kubectl get events -A -o yaml   # as soon as it happens again",
        )
    ]
