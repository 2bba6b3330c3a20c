"""What is a failure, which cause stands behind it, and what is said of the others: from small bundles, end to end."""

from __future__ import annotations

import functools

import pytest

from analyzer.analysis import analyze_bundle
from analyzer.bundle import Bundle
from analyzer.diagnosis import Diagnosis
from patterns.load import load_library
from patterns.schema import Library

POD = """\
apiVersion: v1
kind: Pod
metadata:
  creationTimestamp: "2025-05-06T08:00:00Z"
  labels: {app: cart}
  name: cart-5d9c7b9f6d-abcde
  namespace: shop
  ownerReferences:
  - apiVersion: apps/v1
    kind: ReplicaSet
    name: cart-5d9c7b9f6d
spec:
  containers:
  - image: registry.example.com/shop/cart:1.4.0
    name: cart
    resources:
      limits:
        memory: 128Mi
  nodeName: worker-1
status:
  conditions:
  - lastTransitionTime: "2025-05-06T08:00:05Z"
    status: "READY"
    type: Ready
  - lastTransitionTime: "2025-05-06T08:00:00Z"
    status: "True"
    type: PodScheduled
  containerStatuses:
  - name: cart
    ready: IS_READY
    restartCount: RESTARTS
    state: {STATE}
    lastState:
      terminated:
        exitCode: 137
        finishedAt: "ENDED"
        reason: OOMKilled
        startedAt: "2025-05-06T08:00:02Z"
  phase: Running
"""
WAITING = 'waiting: {message: "back-off 5m0s restarting failed container", reason: CrashLoopBackOff}'
RUNNING = 'running: {startedAt: "SINCE"}'


def pod(state: str, *, ready: bool, restarts: int, ended: str) -> str:
    text = POD.replace("STATE", state).replace("IS_READY", str(ready).lower()).replace("ENDED", ended)
    return text.replace("RESTARTS", str(restarts)).replace("READY", "True" if ready else "False")


def event(reason: str, message: str, at: str, kind: str = "Warning", name: str = "cart-5d9c7b9f6d-abcde") -> str:
    return f"""\
- apiVersion: v1
  count: 4
  firstTimestamp: "{at}"
  involvedObject: {{kind: Pod, name: {name}, namespace: shop}}
  kind: Event
  lastTimestamp: "{at}"
  message: '{message}'
  metadata: {{name: "{name}.{reason}.{at[-9:-1]}", namespace: shop}}
  reason: {reason}
  type: {kind}
"""


def events(*items: str) -> str:
    return "apiVersion: v1\nkind: List\nitems:\n" + "".join(items)


@functools.cache
def library() -> Library:
    return load_library()


def diagnose(**files: str) -> Diagnosis:
    content = {
        name.replace("__", "/").replace("_yaml", ".yaml").replace("_log", ".log"): t for name, t in files.items()
    }
    return analyze_bundle(Bundle.of_files({p: t.encode() for p, t in content.items()}), library())


def test_a_container_that_waits_after_a_memory_kill_is_diagnosed() -> None:
    found = diagnose(pod_yaml=pod(WAITING, ready=False, restarts=6, ended="2025-05-06T09:00:00Z"))
    assert [c.cause for c in found.causes] == ["oom-container-limit"]
    cause = found.causes[0]
    assert (cause.about.namespace, cause.about.pod, cause.about.container) == ("shop", "cart-5d9c7b9f6d-abcde", "cart")
    assert cause.workload == ("Deployment", "cart")
    assert "          reason: OOMKilled" in [e.text[2:] for e in cause.evidence] or any(
        "OOMKilled" in e.text for e in cause.evidence
    )


def test_an_old_restart_of_a_container_that_runs_is_no_failure() -> None:
    running = RUNNING.replace("SINCE", "2025-05-06T09:00:03Z")
    later = event("Pulled", "Container image is present", "2025-05-08T09:00:00Z", "Normal")
    found = diagnose(
        pod_yaml=pod(running, ready=True, restarts=1, ended="2025-05-06T09:00:00Z"), events_yaml=events(later)
    )
    assert found.causes == ()
    assert not found.has_failures


def test_a_container_that_is_killed_every_hour_is_a_failure_while_it_runs() -> None:
    running = RUNNING.replace("SINCE", "2025-05-06T17:00:03Z")
    later = event("Pulled", "Container image is present", "2025-05-06T17:20:00Z", "Normal")
    found = diagnose(
        pod_yaml=pod(running, ready=True, restarts=9, ended="2025-05-06T17:00:00Z"), events_yaml=events(later)
    )
    assert [c.cause for c in found.causes] == ["oom-container-limit"]


def test_a_pull_that_failed_before_the_container_ran_is_history() -> None:
    pull = event(
        "Failed",
        'Failed to pull image "registry.example.com/shop/cart:1.4.0": manifest unknown',
        "2025-05-06T08:00:01Z",
    )
    found = diagnose(
        pod_yaml=pod(WAITING, ready=False, restarts=6, ended="2025-05-06T09:00:00Z"), events_yaml=events(pull)
    )
    assert [c.cause for c in found.causes] == ["oom-container-limit"]


def test_a_scheduling_that_succeeded_later_is_history() -> None:
    wait = event("FailedScheduling", "0/3 nodes are available: 3 Insufficient cpu.", "2025-05-06T07:59:00Z")
    found = diagnose(
        pod_yaml=pod(WAITING, ready=False, restarts=6, ended="2025-05-06T09:00:00Z"), events_yaml=events(wait)
    )
    assert [c.cause for c in found.causes] == ["oom-container-limit"]


def test_events_of_a_pod_without_state_are_a_failure_unless_it_started_later() -> None:
    pull = event(
        "Failed", 'Failed to pull image "registry.example.com/shop/cart:9": manifest unknown', "2025-05-06T08:00:01Z"
    )
    back_off = event("BackOff", 'Back-off pulling image "registry.example.com/shop/cart:9"', "2025-05-06T08:00:09Z")
    started = event("Started", "Started container cart", "2025-05-06T08:03:00Z", "Normal")
    assert [c.cause for c in diagnose(events_yaml=events(pull, back_off)).causes] == ["image-not-found"]
    assert diagnose(events_yaml=events(pull, back_off, started)).causes == ()


def test_twenty_pods_of_one_deployment_are_one_diagnosis_with_twenty_victims() -> None:
    template = pod(WAITING, ready=False, restarts=6, ended="2025-05-06T09:00:00Z")
    letters = "bcdfghjklmnpqrstvwxz"
    pods = {f"pods__{c}_yaml": template.replace("abcde", f"abcd{c}") for c in letters}
    found = diagnose(**pods)
    assert [(c.cause, len(c.victims)) for c in found.causes] == [("oom-container-limit", 20)]


def test_two_failures_that_have_nothing_in_common_are_two_diagnoses() -> None:
    other = event(
        "FailedScheduling", "0/3 nodes are available: 3 Insufficient memory.", "2025-05-06T09:01:00Z", name="rates-0"
    )
    found = diagnose(
        pod_yaml=pod(WAITING, ready=False, restarts=6, ended="2025-05-06T09:00:00Z"),
        events_yaml=events(other).replace("namespace: shop", "namespace: billing"),
    )
    assert sorted(c.cause for c in found.causes) == ["insufficient-resources", "oom-container-limit"]
    assert all(c.confidence >= 0.5 for c in found.causes)


def test_a_failure_without_a_known_cause_is_listed_as_unexplained() -> None:
    text = pod(RUNNING.replace("SINCE", "2025-05-06T08:00:02Z"), ready=False, restarts=0, ended="2025-05-06T08:00:00Z")
    text = text.split("    lastState:")[0] + "  phase: Running\n"
    later = event("Pulled", "Container image is present", "2025-05-06T09:00:00Z", "Normal")
    found = diagnose(pod_yaml=text, events_yaml=events(later))
    assert found.causes == ()
    assert next((u.title, u.about.pod) for u in found.unexplained) == (
        "container cart runs but is not ready",
        "cart-5d9c7b9f6d-abcde",
    )


def test_the_score_is_the_sum_of_terms_with_sentences() -> None:
    cause = diagnose(pod_yaml=pod(WAITING, ready=False, restarts=6, ended="2025-05-06T09:00:00Z")).causes[0]
    assert {t.name for t in cause.score} >= {"stated", "near", "covers"}
    assert all(t.because for t in cause.score)
    assert 0.0 < cause.confidence < 1.0


def test_twins_of_a_kill_are_ruled_out_with_a_reason() -> None:
    started = event("Started", "Started container cart", "2025-05-06T08:00:02Z", "Normal")
    found = diagnose(
        pod_yaml=pod(WAITING, ready=False, restarts=6, ended="2025-05-06T09:00:00Z"), events_yaml=events(started)
    )
    reasons = {r.cause: r.because for r in found.causes[0].ruled_out}
    assert reasons["probe-too-early"] == "The pod's events hold no Killing for a failed probe."


def test_what_is_missing_comes_with_its_state_and_its_command() -> None:
    found = diagnose(pod_yaml=pod(WAITING, ready=False, restarts=6, ended="2025-05-06T09:00:00Z"))
    by_what = {m.what: m for m in found.missing}
    log = by_what["the previous log of container cart in pod cart-5d9c7b9f6d-abcde"]
    assert (log.state, log.command) == ("absent", "kubectl -n shop logs cart-5d9c7b9f6d-abcde -c cart --previous")
    assert by_what["events of pod cart-5d9c7b9f6d-abcde"].state == "absent"
    assert by_what["the object of node worker-1"].command == "kubectl describe node worker-1"


def test_events_older_than_the_oldest_here_have_expired() -> None:
    other = event("Pulled", "Container image is present", "2025-05-06T10:30:00Z", "Normal", name="other-0")
    found = diagnose(
        pod_yaml=pod(WAITING, ready=False, restarts=6, ended="2025-05-06T09:00:00Z"), events_yaml=events(other)
    )
    assert [m.state for m in found.missing if m.what.startswith("events of pod cart")] == ["expired"]


@pytest.mark.parametrize("restarts", [3, 12])
def test_two_runs_on_the_same_input_give_the_same_diagnosis(restarts: int) -> None:
    text = pod(WAITING, ready=False, restarts=restarts, ended="2025-05-06T09:00:00Z")
    assert diagnose(pod_yaml=text) == diagnose(pod_yaml=text)


def test_what_recovered_is_told_with_the_reason() -> None:
    pull = event("Failed", "Failed to pull image: manifest unknown", "2025-05-06T08:00:01Z")
    running = RUNNING.replace("SINCE", "2025-05-06T08:00:03Z")
    text = pod(running, ready=True, restarts=0, ended="2025-05-06T08:00:00Z").split("    lastState:")[0]
    found = diagnose(pod_yaml=text + "  phase: Running\n", events_yaml=events(pull))
    assert found.causes == ()
    assert {c.because for c in found.calm} == {"the pod has passed that stage since"}
    assert {c.count for c in found.calm} == {4}


def test_one_of_few_services_that_selects_no_pod_is_diagnosed_while_all_runs() -> None:
    running = RUNNING.replace("SINCE", "2025-05-06T08:00:03Z")
    text = pod(running, ready=True, restarts=0, ended="2025-05-06T08:00:00Z").split("    lastState:")[0]
    service = (
        "apiVersion: v1\nkind: Service\nmetadata: {name: cart, namespace: shop}\n"
        "spec:\n  selector: {app: carts}\n  ports: [{port: 80, targetPort: 8080, protocol: TCP}]\n"
    )
    found = diagnose(pod_yaml=text + "  phase: Running\n", service_yaml=service)
    assert [(c.cause, c.about.kind, c.about.name) for c in found.causes] == [("service-misrouted", "Service", "cart")]
    assert "Service cart selects app=carts, and the pods here have app=cart" in found.causes[0].summary


def test_a_quote_is_always_the_line_that_stands_there() -> None:
    running = RUNNING.replace("SINCE", "2025-05-06T08:00:03Z")
    text = pod(running, ready=True, restarts=0, ended="2025-05-06T08:00:00Z").split("    lastState:")[0]
    service = '{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "cart", "namespace": "shop"},\n'
    service += ' "spec": {"selector": {"app": "carts"}, "ports": [{"port": 80, "targetPort": 8080}]}}\n'
    found = diagnose(pod_yaml=text + "  phase: Running\n", **{"service.json": service})
    (quote,) = found.causes[0].evidence
    assert (quote.path, service.split("\n")[quote.line - 1]) == ("service.json", quote.text)


def test_what_the_causes_explain_is_counted_in_events_lines_restarts_and_pods() -> None:
    waiting = pod(WAITING, ready=False, restarts=9, ended="2025-05-06T08:59:00Z")
    backoff = event("BackOff", "Back-off restarting failed container", "2025-05-06T08:59:10Z")
    other = event("FailedMount", "MountVolume.SetUp failed for volume x", "2025-05-06T08:59:05Z", name="idle-0")
    told = diagnose(pod_yaml=waiting, events_yaml=events(backoff, other)).explained
    assert (told.pods, told.events, told.lines, told.restarts) == (1, 4, 0, 9)
    assert (told.warnings, told.explained) == (17, 13)
    assert told.window is not None
    assert [f"{t:%H:%M:%S}" for t in told.window] == ["08:59:00", "08:59:10"]


@pytest.mark.parametrize("placeholder", ["***HIDDEN***", "x-ipv4-0000000012-x", "[REDACTED]", "REDACTED"])
def test_a_value_that_was_cleaned_out_of_the_proof_is_named_as_redacted(placeholder: str) -> None:
    line = f"2025-05-06T08:58:59Z dial tcp {placeholder}:5432: connect: connection refused\n"
    state = pod(WAITING, ready=False, restarts=9, ended="2025-05-06T08:59:00Z")
    state = state.replace("OOMKilled", "Error").replace("exitCode: 137", "exitCode: 1")
    gaps = diagnose(pod_yaml=state, cart_log=line).missing
    redacted = [g for g in gaps if g.state == "redacted"]
    assert [g.what for g in redacted] == [f"the value behind {placeholder} at cart.log:1"]


def test_words_that_only_sound_like_redaction_are_no_gap() -> None:
    line = "2025-05-06T08:58:59Z redacted entries: dial tcp 10.0.0.9:5432: connect: connection refused\n"
    state = pod(WAITING, ready=False, restarts=9, ended="2025-05-06T08:59:00Z")
    gaps = diagnose(pod_yaml=state.replace("OOMKilled", "Error"), cart_log=line).missing
    assert not [g for g in gaps if g.state == "redacted"]


@pytest.mark.parametrize(("last", "causes"), [("", ["mount-failed"]), ("SuccessfulAttachVolume", [])])
def test_a_table_of_events_without_a_name_is_believed_when_its_last_row_says_that_all_is_well(
    last: str, causes: list[str]
) -> None:
    rows = (
        "Events:\n"
        "  Type     Reason                  Age    From                     Message\n"
        "  ----     ------                  ----   ----                     -------\n"
        "  Warning  FailedAttachVolume      2m50s  attachdetach-controller  AttachVolume.Attach failed for volume "
        '"ink" : rpc error: code = Aborted desc = volume ink is not ready for workloads\n'
    )
    if last:
        rows += f'  Normal   {last}  2m30s  attachdetach-controller  AttachVolume.Attach succeeded for volume "ink"\n'
    found = analyze_bundle(Bundle.of_files({"describe-pod.txt": rows.encode()}), load_library())
    assert [c.cause for c in found.causes] == causes
