"""Variables that a neighbour has."""

from __future__ import annotations

from analyzer.analysis import read, screen_of
from analyzer.bundle import Bundle
from patterns.load import load_library

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: reviews-68f7c9d5b4-tz6wk, namespace: shop}
spec:
  containers:
  - {name: reviews, image: reviews, env: [{name: QUEUE_URL, value: "amqp://queue.shop.svc:5672"}]}
  - {name: worker, image: reviews, env: [WORKER_ENV]}
status:
  phase: Running
  containerStatuses:
  - {name: reviews, ready: true, restartCount: 0, state: {running: {startedAt: "2025-03-11T08:00:00Z"}}}
  - name: worker
    ready: WORKER_READY
    restartCount: 9
    state: {waiting: {reason: CrashLoopBackOff}}
"""


def told(env: str = "{name: LOG_LEVEL, value: info}") -> list[str]:
    files = {"pod.yaml": POD.replace("WORKER_ENV", env).replace("WORKER_READY", "false")}
    files["logs/worker.log"] = "2025-03-11T08:21:10Z FATAL QUEUE_URL is not set\n"
    evidence = read(Bundle.of_files({p: t.encode() for p, t in files.items()}), screen_of(load_library()))
    return [r.message for r in evidence.records if r.reason == "VariableSetElsewhere"]


def test_a_variable_that_only_the_neighbour_has_is_told() -> None:
    assert told() == ["worker needs the variable QUEUE_URL, which of this pod only reviews has"]


def test_a_variable_that_the_container_has_itself_is_another_matter() -> None:
    assert told('{name: QUEUE_URL, value: ""}') == []
