"""The report says where the bundle holds secrets, by name and place; no value is in it."""

from __future__ import annotations

import functools
import json

from analyzer.analysis import analyze_bundle
from analyzer.bundle import Bundle
from analyzer.compose import compose
from analyzer.diagnosis import Diagnosis
from analyzer.present import to_json
from analyzer.revive import revive
from patterns.load import load_library
from patterns.schema import Library
from reports import render

POD = """apiVersion: v1
kind: Pod
metadata: {name: web-0, namespace: shop}
spec:
  containers:
  - name: app
    image: example/app:1
    resources: {limits: {memory: 64Mi}}
    env:
    - {name: DB_PASSWORD, value: hunter2-and-more}
    - {name: LOG_LEVEL, value: debug}
    - name: API_TOKEN
      valueFrom: {secretKeyRef: {name: db-credentials, key: token}}
status:
  phase: Running
  containerStatuses:
  - name: app
    restartCount: 7
    ready: false
    state: {waiting: {reason: CrashLoopBackOff, message: back-off}}
    lastState: {terminated: {exitCode: 137, reason: OOMKilled, finishedAt: "2026-03-14T09:06:00Z"}}
"""
SECRET = """apiVersion: v1
kind: Secret
metadata: {name: regcred, namespace: shop}
data: {.dockerconfigjson: eyJhdXRocyI6IHt9fQ==, other: ""}
"""


@functools.cache
def library() -> Library:
    return load_library(())


def diagnosis(**files: str) -> Diagnosis:
    return analyze_bundle(Bundle.of_files({f"{n}.yaml": text.encode() for n, text in files.items()}), library())


def told(found: Diagnosis) -> list[tuple[str, str, str, str, int]]:
    return [(p.about.name, p.about.container, p.what, p.comes_from, p.line) for p in found.secrets.places]


def test_a_variable_with_a_value_a_key_of_a_secret_and_what_a_failing_pod_refers_to_are_listed() -> None:
    assert told(diagnosis(pod=POD, secret=SECRET)) == [
        ("web-0", "app", "DB_PASSWORD", "", 17),
        ("regcred", "", ".dockerconfigjson", "", 3),
        ("web-0", "app", "env API_TOKEN", "Secret db-credentials, key token", 13),
    ]


def test_a_pod_that_does_not_fail_is_not_asked_what_it_refers_to() -> None:
    healthy = POD[: POD.index("status:")]
    assert [what for _, _, what, _, _ in told(diagnosis(pod=healthy))] == ["DB_PASSWORD"]


def test_a_value_that_was_taken_out_before_is_none() -> None:
    assert told(diagnosis(secret=SECRET.replace("eyJhdXRocyI6IHt9fQ==", "MjAgYnl0ZXMgbG9uZw=="))) == []


def test_neither_the_json_nor_the_page_has_a_value() -> None:
    found = diagnosis(pod=POD, secret=SECRET)
    page = render.html(compose(found))
    assert "<li>shop / web-0 / app: <code>DB_PASSWORD</code>" in page
    assert "<code>env API_TOKEN</code> from Secret db-credentials, key token" in page
    for output in (page, to_json(found).decode()):
        assert "regcred" in output
        assert "hunter2" not in output
        assert "eyJhdXRocyI6IHt9fQ==" not in output


def test_the_places_come_back_from_the_json() -> None:
    found = diagnosis(pod=POD, secret=SECRET)
    assert revive(to_json(found), "d.json").secrets == found.secrets
    assert json.loads(to_json(found))["secrets"]["hidden"] == 0


def test_more_places_than_are_listed_are_counted() -> None:
    variables = "".join(f"    - {{name: DB_PASSWORD_{n}, value: hunter2-{n}}}\n" for n in range(1100))
    found = diagnosis(pod=POD.replace("    env:\n", f"    env:\n{variables}"))
    assert (len(found.secrets.places), found.secrets.hidden) == (1000, 102)
