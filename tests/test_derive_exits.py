from __future__ import annotations

from typing import Any

from deriving import (
    COLLECTED,
    COMPLETED,
    CRASHING,
    RUNNING,
    WAITING_BEHIND,
    container,
    derived,
    event,
    listing,
    log,
    messages,
    of,
    pod,
)

ENDED_WELL = {
    **CRASHING,
    "lastState": {"terminated": {"exitCode": 0, "reason": "Completed", "finishedAt": "2026-03-14T09:21:02Z"}},
}
RUNS_ON = {
    "restartCount": 0,
    "ready": False,
    "started": True,
    "state": {"running": {"startedAt": "2026-03-14T08:50:00Z"}},
    "lastState": {},
}


def exits(code: int, **last: Any) -> dict[str, Any]:
    return {**CRASHING, "lastState": {"terminated": {"exitCode": code, "reason": "Error", **last}}}


def test_a_main_process_that_completes_and_is_started_again_is_told_with_its_command() -> None:
    made = pod({"app": (container("app", command=["echo", "hello"]), ENDED_WELL)})
    assert messages("ExitsZero", {"pod.json": made, "web-0-app.previous.log": log("hello")}) == [
        "app completes with exit code 0 (it runs: echo hello) and restartPolicy Always starts it again, 6 times so far"
    ]


def test_a_job_that_completed_is_well() -> None:
    made = pod({"app": (container("app"), {**COMPLETED, "ready": False})}, spec={"restartPolicy": "Never"})
    made["status"]["phase"] = "Succeeded"
    assert derived({"pod.json": made}) == []


def test_an_exit_zero_after_a_probes_kill_is_not_the_apps_own() -> None:
    told = event("Killing", "Container app failed liveness probe, will be restarted", "app", 4)
    made = pod({"app": (container("app"), ENDED_WELL)})
    assert messages("ExitsZero", {"pod.json": made, "events.json": listing(told)}) == []


def test_a_crash_quotes_the_last_error_and_cites_the_lines_around_it() -> None:
    made = pod({"app": (container("app"), exits(1))})
    lines = ("starting", "panic: runtime error: invalid memory address", "goroutine 1 [running]:", "main.main()")
    (found,) = derived({"pod.json": made, "web-0-app.previous.log": log(*lines), "web-0-app.log": log("starting")})
    assert (found.reason, found.line, found.exit_code) == ("AppExitsNonZero", 2, None)
    assert found.message == (
        "app ends by itself with exit code 1, restarted 6 times; its last words: panic: runtime error: invalid memory "
        "address"
    )
    assert [q.line for q in found.cites if q.path == "web-0-app.previous.log"] == [2, 3, 4]


def test_a_segfault_names_its_signal() -> None:
    made = pod({"app": (container("app"), exits(139))})
    assert messages("AppExitsNonZero", {"pod.json": made}) == [
        "app ends by itself with exit code 139 (signal 11), restarted 6 times"
    ]


def test_exit_137_without_any_words_is_not_called_the_apps_own() -> None:
    assert derived({"pod.json": pod({"app": (container("app"), exits(137))})}) == []


def test_exit_143_after_a_sigterm_is_not_the_apps_own() -> None:
    made = pod({"app": (container("app"), exits(143))})
    assert derived({"pod.json": made, "web-0-app.previous.log": log("error: cache cold", "received SIGTERM")}) == []


def test_a_crash_of_days_ago_is_over() -> None:
    again = {**exits(1), "restartCount": 1, "ready": True, "state": {"running": {"startedAt": "2026-03-07T09:00:00Z"}}}
    assert derived({"pod.json": pod({"app": (container("app"), again)})}) == []


def waits(status: dict[str, Any]) -> dict[str, Any]:
    return pod(
        {"app": (container("app"), WAITING_BEHIND), "proxy": (container("proxy"), WAITING_BEHIND)},
        {"wait-db": (container("wait-db"), status)},
        status={"phase": "Pending"},
    )


def test_an_init_container_that_fails_is_told_with_what_it_holds_up() -> None:
    files = {"pod.json": waits(exits(1)), "web-0-wait-db.previous.log": log("migrate: schema is dirty: error 17")}
    assert messages("InitContainerFails", files) == [
        "init container wait-db ends with exit code 1, so app, proxy have not been started; its last words: migrate: "
        "schema is dirty: error 17"
    ]
    assert messages("AppExitsNonZero", files) == []


def test_an_init_container_that_failed_once_and_then_completed_is_well() -> None:
    status = {**COMPLETED, "restartCount": 1, "lastState": {"terminated": {"exitCode": 1, "reason": "Error"}}}
    made = pod({"app": (container("app"), RUNNING)}, {"wait-db": (container("wait-db"), status)})
    assert derived({"pod.json": made}) == []


def test_an_init_container_that_runs_on_is_told_with_the_line_it_repeats() -> None:
    lines = [f"waiting for db, attempt {i}" for i in range(1, 6)]
    events = listing({**event("Created", "Created container wait-db"), "lastTimestamp": COLLECTED})
    files = {"pod.json": waits(RUNS_ON), "web-0-wait-db.log": log(*lines), "events.json": events}
    (sentence,) = messages("InitContainerBlocks", files)
    assert sentence.startswith("init container wait-db has been running")
    assert sentence.endswith(
        "without completing, so app, proxy have not been started; it says again and again: waiting for db, attempt 5"
    )


def test_an_init_container_that_runs_a_loop_is_told_where_no_clock_and_no_log_tell_for_how_long() -> None:
    command = ["sh", "-c", "until nc -z db 5432; do sleep 2; done"]
    spec = {"app": (container("app"), WAITING_BEHIND)}
    status = {"phase": "Pending"}
    waiting = pod(spec, {"wait-db": (container("wait-db", command=command), RUNS_ON)}, status=status)
    (sentence,) = messages("InitContainerBlocks", {"pod.json": waiting})
    assert sentence == "init container wait-db has been running without completing, so app has not been started"
    copying = pod(spec, {"wait-db": (container("wait-db", command=["cp", "-r", "/a", "/b"]), RUNS_ON)}, status=status)
    assert messages("InitContainerBlocks", {"pod.json": copying}) == []


def test_a_native_sidecar_whose_startup_probe_has_not_passed_holds_up_the_rest() -> None:
    spec = container("mesh", restartPolicy="Always", startupProbe={"httpGet": {"path": "/ready", "port": 15021}})
    status = {**RUNS_ON, "started": False}
    made = pod({"app": (container("app"), WAITING_BEHIND)}, {"mesh": (spec, status)}, status={"phase": "Pending"})
    (found,) = of("SidecarNeverStarted", {"pod.json": made})
    assert found.message == "sidecar mesh runs, but its startup probe has not passed, so app has not been started"


def test_a_migration_that_goes_on_for_some_minutes_is_not_called_blocked() -> None:
    running = {**RUNNING, "ready": False, "state": {"running": {"startedAt": "2026-03-14T09:25:00Z"}}}
    lines = log("applying 0041_orders", "applying 0042_items", since=26)
    files = {"pod.json": waits(running), "web-0-wait-db.log": lines}
    events = listing({**event("Created", "Created container wait-db"), "lastTimestamp": COLLECTED})
    assert messages("InitContainerBlocks", files | {"events.json": events}) == []
