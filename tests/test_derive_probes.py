from __future__ import annotations

from typing import Any

import pytest
from deriving import COLLECTED, CRASHING, RUNNING, container, derived, event, listing, log, messages, of, pod

KILLING = event("Killing", "Container app failed liveness probe, will be restarted", "app", 4)
REFUSED = event(
    "Unhealthy",
    'Liveness probe failed: Get "http://10.1.2.3:8080/healthz": dial tcp 10.1.2.3:8080: connect: connection refused',
    "app",
    12,
)
KILLED = {
    **CRASHING,
    "lastState": {
        "terminated": {
            "exitCode": 143,
            "reason": "Error",
            "startedAt": "2026-03-14T09:20:00Z",
            "finishedAt": "2026-03-14T09:20:31Z",
        }
    },
}
UNREADY = {**RUNNING, "ready": False, "state": {"running": {"startedAt": "2026-03-14T09:28:00Z"}}}


def probe(port: int | str = 8080, **more: Any) -> dict[str, Any]:
    return {"httpGet": {"path": "/healthz", "port": port}, "periodSeconds": 10, "failureThreshold": 3, **more}


def bundle(
    *lines: str,
    events: tuple[dict[str, Any], ...] = (KILLING, REFUSED),
    status: dict[str, Any] = KILLED,
    current: bool = False,
    **spec: Any,
) -> dict[str, Any]:
    spec = spec or {"livenessProbe": probe()}
    made = pod({"app": (container("app", ports=[{"name": "http", "containerPort": 8080}], **spec), status)})
    name = "web-0-app.log" if current else "web-0-app.previous.log"
    return {"pod.json": made, "events.json": listing(*events), name: log(*lines)}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("Started Storefront in 58.1 seconds (process running for 59.6)", "its start took 58.1 s"),
        ("loading rules from the archive, estimated 65s", "its start expects to take about 65 s"),
        (
            'Loading dictionary\t{"entries": 9, "expected_seconds": 44}',
            "its start expects to take about 44 s",
        ),
        ("Server startup in [45,123] milliseconds", "its start took 45.123 s"),
        ("Running migrations, this will take about 2 minutes", "its start expects to take about 120 s"),
    ],
)
def test_a_start_longer_than_the_probe_allows_is_told_with_both_numbers(line: str, why: str) -> None:
    (found,) = of("ProbeKillsBeforeStart", bundle("boot", line))
    assert found.message == (
        f"the kubelet kills app before it is up: {why}, and its liveness probe allows 30 s (initialDelaySeconds 0 + "
        "failureThreshold 3 × periodSeconds 10)"
    )
    assert [q.path for q in found.cites] == ["events.json", "web-0-app.previous.log", "events.json"]


def test_a_start_shorter_than_the_probe_allows_is_not_blamed() -> None:
    assert messages("ProbeKillsBeforeStart", bundle("Started Storefront in 9.4 seconds")) == []


def test_a_log_that_ends_in_the_start_is_enough_when_no_time_is_known() -> None:
    (sentence,) = messages(
        "ProbeKillsBeforeStart", bundle("Storage engine initialization begins.", "Schema upgrade started.")
    )
    assert "its log was still in the start (Schema upgrade started)" in sentence


def test_an_exit_143_after_liveness_failures_counts_as_the_kill() -> None:
    files = bundle("loading index, estimated 65s", events=(REFUSED,))
    (sentence,) = messages("ProbeKillsBeforeStart", files)
    assert sentence.endswith("; it ended with exit code 143")


def test_an_out_of_memory_kill_is_not_the_probes() -> None:
    oom = {**KILLED, "lastState": {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}}
    assert (
        messages("ProbeKillsBeforeStart", bundle("loading index, estimated 65s", events=(REFUSED,), status=oom)) == []
    )


def test_a_start_that_ends_in_an_error_is_not_blamed_on_the_probe() -> None:
    lines = ("Starting application", "ERROR could not connect to db:5432: connection refused")
    assert messages("ProbeKillsBeforeStart", bundle(*lines)) == []


def test_a_probe_of_another_port_than_the_app_listens_on_is_told() -> None:
    refused = event("Unhealthy", REFUSED["message"].replace("8080", "9090"), "app", 12)
    files = bundle("Tomcat started on port(s): 8080 (http)", events=(KILLING, refused), livenessProbe=probe(9090))
    assert messages("ProbeEndpointRefused", files) == [
        "the liveness probe of app asks port 9090 and is refused, while app listens on port 8080"
    ]


def test_an_app_that_listens_on_loopback_only_is_told() -> None:
    assert messages("ProbeEndpointRefused", bundle("Server listening at http://127.0.0.1:8080")) == [
        "the liveness probe of app asks port 8080 and is refused, while app listens on 127.0.0.1:8080 only, which the "
        "kubelet cannot reach"
    ]


def test_a_metrics_port_is_not_where_the_app_listens() -> None:
    assert messages("ProbeEndpointRefused", bundle("Metrics endpoint listening on http://0.0.0.0:9464")) == []


def not_found(count: int) -> dict[str, Any]:
    return event("Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 404", "app", count)


def test_a_probe_that_is_always_answered_404_is_told_with_path_and_count() -> None:
    files = bundle("boot", events=(not_found(40),), status=UNREADY, current=True, readinessProbe=probe())
    assert messages("ProbeAlwaysRejected", files) == [
        "the readiness probe of app, HTTP GET /healthz at port 8080, is answered with status 404, 40 times, and app is "
        "not ready"
    ]


def test_one_404_of_a_starting_app_says_nothing() -> None:
    assert derived(bundle("boot", events=(not_found(1),), status=UNREADY, current=True, readinessProbe=probe())) == []


def test_a_404_that_a_ready_container_once_had_says_nothing() -> None:
    assert derived(bundle("boot", events=(not_found(9),), status=RUNNING, readinessProbe=probe())) == []


LATE = 'Liveness probe failed: Get "http://10.1.2.3:8080/healthz": context deadline exceeded'


def test_an_app_that_is_up_but_slow_is_told_with_its_timeout() -> None:
    late = event("Unhealthy", LATE, "app", 9)
    files = bundle("Server listening on :8080", "request served", events=(KILLING, late))
    assert messages("ProbeTimesOut", files) == [
        "app is alive but does not answer its liveness probe within timeoutSeconds 1, 9 times, and the kubelet kills it"
    ]


def test_a_command_that_timed_out_proves_that_the_container_ran() -> None:
    late = event("Unhealthy", 'Liveness probe failed: command "python ping.py" timed out', "app", 5)
    spec = {"livenessProbe": {"exec": {"command": ["python", "ping.py"]}, "timeoutSeconds": 2}}
    assert messages("ProbeTimesOut", bundle("boot", events=(late,), **spec)) == [
        "app is alive but does not answer its liveness probe within timeoutSeconds 2, 5 times"
    ]


def test_a_timeout_of_an_app_of_which_nothing_says_that_it_lives_is_left_open() -> None:
    assert messages("ProbeTimesOut", bundle("boot", events=(KILLING, event("Unhealthy", LATE, "app", 9)))) == []


def test_a_release_that_gives_up_before_a_slow_start_is_told() -> None:
    unready = event("Unhealthy", REFUSED["message"].replace("Liveness", "Readiness"), "app", 8)
    files = bundle(
        "warming cache, estimated 65s", events=(unready,), status=UNREADY, current=True, readinessProbe=probe()
    )
    files["pod.json"]["metadata"]["ownerReferences"] = [
        {"kind": "StatefulSet", "name": "web", "controller": True, "apiVersion": "apps/v1", "uid": "x"}
    ]
    files["helm.log"] = log("Helm upgrade failed for release shop/web: timed out waiting for the condition")
    files["timestamp"] = COLLECTED
    assert messages("ReadinessDeadlineBeforeStart", files) == [
        "app is not ready yet: its start expects to take about 65 s, and the release gave up before: Helm upgrade "
        "failed for release shop/web: timed out waiting for the condition"
    ]


def test_readiness_misses_of_a_rolling_update_say_nothing() -> None:
    unready = event("Unhealthy", REFUSED["message"].replace("Liveness", "Readiness"), "app", 2)
    assert derived(bundle("Started Storefront in 9.4 seconds", events=(unready,), status=RUNNING)) == []


def test_the_kubelets_log_tells_the_same_as_the_events() -> None:
    lines = (
        'I0314 09:20:21.100000    1234 prober.go:107] "Probe failed" probeType="Liveness" pod="shop/web-0" '
        'podUID="0f3c9a56-1d2e-4b7a-9c11-5a6b7c8d9e0f" containerName="app" probeResult="failure" output="Get '
        '\\"http://10.1.2.3:8080/healthz\\": dial tcp 10.1.2.3:8080: connect: connection refused"',
        'I0314 09:20:31.100000    1234 kuberuntime_container.go:742] "Killing container with a grace period" '
        'pod="shop/web-0" podUID="0f3c9a56-1d2e-4b7a-9c11-5a6b7c8d9e0f" containerName="app" '
        'containerID="containerd://abc" gracePeriod=30 reason="Container app failed liveness probe, will be restarted"',
    )
    files = bundle("loading index, estimated 65s", events=())
    (found,) = of("ProbeKillsBeforeStart", {**files, "kubelet.log": "\n".join(lines) + "\n"})
    assert (found.path, found.line, found.container) == ("kubelet.log", 2, "app")


def test_an_app_that_names_only_its_admin_port_and_is_up_is_not_called_starting() -> None:
    refused = event("Unhealthy", REFUSED["message"].replace("8080", "9990"), "app", 12)
    lines = ("proxy 1.4 starting", "admin listening on 0.0.0.0:9901", "all listeners ready")
    files = bundle(*lines, events=(KILLING, refused), livenessProbe=probe(9990))
    assert [(r.reason, r.message) for r in derived(files) if r.reason != "AppExitsNonZero"] == [
        (
            "ProbeEndpointRefused",
            "the liveness probe of app asks port 9990 and is refused, while app listens on port 9901",
        )
    ]


def late_in_kubelet_log(*minutes: int) -> dict[str, str]:
    return {
        "kubelet.log": "".join(
            f"2026-03-14T09:{m:02}:00+0000 node-1 kubelet[99]: I0314 09:{m:02}:00.100000      99 prober.go:107] "
            '"Probe failed" probeType="Liveness" pod="shop/web-0" podUID="0f3c9a56-1d2e-4b7a-9c11-5a6b7c8d9e0f" '
            'containerName="app" probeResult="failure" output="Get \\"http://10.1.2.3:8080/\\": context deadline '
            'exceeded (Client.Timeout exceeded while awaiting headers)"\n'
            for m in minutes
        ),
    }


def test_liveness_timeouts_in_a_row_matter_where_a_nodes_logs_are_all_there_is() -> None:
    assert messages("ProbeTimesOut", late_in_kubelet_log(10, 11, 12)) == [
        "app is alive but does not answer its liveness probe in time, 3 times"
    ]
    assert messages("ProbeTimesOut", late_in_kubelet_log(10, 25, 50)) == []


def test_a_container_killed_before_anything_listens_is_told_as_a_guess_where_no_log_is() -> None:
    files = bundle("boot")
    del files["web-0-app.previous.log"]
    (found,) = of("ProbeKillsSoon", files)
    assert found.message.startswith("the kubelet kills app for its liveness probe, which allows ")


def test_a_log_that_shows_the_start_leaves_nothing_to_guess() -> None:
    assert of("ProbeKillsSoon", bundle("boot")) == []


def test_a_probe_that_waits_long_is_not_guessed_to_be_too_early() -> None:
    files = bundle("boot", livenessProbe=probe(initialDelaySeconds=300))
    del files["web-0-app.previous.log"]
    assert of("ProbeKillsSoon", files) == []
