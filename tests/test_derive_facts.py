from __future__ import annotations

import pytest
from deriving import COMPLETED, RUNNING, container, derived, event, listing, log, pod

from analyzer.bundle import Bundle
from analyzer.derive import DERIVATIONS, LINES, derive
from analyzer.derive.facts import Facts, Owner
from analyzer.derive.paths import absolute_paths, is_one_edit, written_by_command
from analyzer.ingest import ingest
from analyzer.screen import Screen
from patterns.regexes import dialect_problem


def facts(files: dict[str, str]) -> Facts:
    bundle = Bundle.of_files({path: text.encode() for path, text in files.items()})
    return Facts.of(ingest(bundle, Screen.build(LINES)))


@pytest.mark.parametrize("line", LINES)
def test_every_line_regex_is_in_the_dialect_of_patterns(line: str) -> None:
    assert dialect_problem(line) is None


def test_every_derivation_is_listed_once_and_says_its_join_in_a_sentence() -> None:
    assert len(set(DERIVATIONS)) == len(DERIVATIONS)
    assert all((d.__doc__ or "").partition("\n")[0].endswith(".") for d in DERIVATIONS)


def test_an_empty_bundle_derives_nothing() -> None:
    assert derived({"notes.txt": ""}) == []


def test_deriving_twice_gives_the_same_records() -> None:
    made = pod({"app": (container("app", command=["true"]), {**RUNNING, "ready": False})})
    bundle = Bundle.of_files({"pod.json": str(made).encode()})
    evidence = ingest(bundle, Screen.build(LINES))
    assert derive(evidence).records == derive(evidence).records


def test_a_rolling_update_with_readiness_misses_derives_nothing() -> None:
    miss = 'Readiness probe failed: Get "http://10.1.2.3:8080/": dial tcp 10.1.2.3:8080: connect: connection refused'
    made = pod({"app": (container("app"), RUNNING)}, {"prepare": (container("prepare"), COMPLETED)})
    files = {
        "pod.json": made,
        "events.json": listing(event("Unhealthy", miss, "app", 3), event("Killing", "Stopping container app", "app")),
        "web-0-app.log": log(
            "open /etc/app/extra.conf: no such file or directory, using defaults", "listening on :8080"
        ),
    }
    assert derived(files) == []


DESCRIBED = """Name:             web-0
Namespace:        shop
Node:             node-1/10.0.0.1
Status:           Running
Containers:
  app:
    Container ID:   containerd://abc
    Image:          registry.example/app:1
    State:          Waiting
      Reason:       CrashLoopBackOff
    Last State:     Terminated
      Reason:       Error
      Exit Code:    1
    Ready:          False
    Restart Count:  3
"""


def test_a_pod_told_by_describe_and_by_yaml_without_namespace_is_one() -> None:
    spec = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web-0}\nspec:\n  containers:\n  - name: app\n    command: [run]\n"
    )
    told = facts({"describe-pod.txt": DESCRIBED, "pod.yaml": spec})
    (container_row,) = told.containers
    assert (container_row.namespace, container_row.restart_count, container_row.command) == ("shop", 3, ("run",))
    assert [p.namespace for p in told.pods] == ["shop"]


def test_a_log_named_after_the_only_container_of_that_name_is_its_own() -> None:
    told = facts({"describe-pod.txt": DESCRIBED, "logs/app.log": log("boom: no such file")})
    assert [r.message for r in told.logs(Owner("shop", "web-0", "app"))] == ["boom: no such file"]


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ('error="dial unix /run/cache/cache.sock: connect: no such file"', ("/run/cache/cache.sock",)),
        ("connect unix:///run/a.sock failed", ("/run/a.sock",)),
        ("GET http://host:80/healthz failed", ()),
        ("open '/etc/app/./conf//a.conf'.", ("/etc/app/conf/a.conf",)),
        ("/app/main.go:12 +0x1d: open /etc/a.conf", ("/etc/a.conf",)),
        ('File "/app/run.py", line 3, in main', ()),
        ("/entry.sh: line 4: /etc/a.conf: No such file or directory", ("/etc/a.conf",)),
        ("cp: can't stat '/a/b.conf': No such file", ("/a/b.conf",)),
    ],
)
def test_paths_in_a_text(text: str, paths: tuple[str, ...]) -> None:
    assert absolute_paths(text) == paths


@pytest.mark.parametrize(
    ("command", "paths"),
    [
        (("cp", "/templates/app.conf", "/rendered"), ("/rendered", "/rendered/app.conf")),
        (("sh", "-c", "envsubst < /t/a.tmpl > /rendered/a.conf && echo done"), ("/rendered/a.conf",)),
        (("sh", "-c", "wget -q -O /rendered/a.json http://x/y"), ("/rendered/a.json",)),
        (("render", "--output=/rendered/a.toml"), ("/rendered/a.toml",)),
        (("cat", "/etc/a.conf"), ()),
    ],
)
def test_files_that_a_command_writes(command: tuple[str, ...], paths: tuple[str, ...]) -> None:
    assert written_by_command(command) == paths


@pytest.mark.parametrize(
    ("one", "other", "is_near"),
    [
        ("app.yml", "app.yaml", True),
        ("app.yaml", "app.yml", True),
        ("app.yaml", "apq.yaml", True),
        ("app.yaml", "app.yaml", False),
        ("app.json", "app.yaml", False),
    ],
)
def test_one_edit_apart(one: str, other: str, is_near: bool) -> None:
    assert is_one_edit(one, other) is is_near


HOSTILE = (
    "memory: usage 1kB, limit " + "9" * 5000 + "kB",
    "oom-kill:constraint=CONSTRAINT_MEMCG," + "a" * 3000,
    "loading, estimated " + "9" * 400 + "s",
    "wrote " + "/a" * 2000 + " no such file or directory /" + "b" * 4000,
    "dial tcp: lookup " + "a." * 2000 + " no such host",
    "listening on " + ":1" * 2000,
    "Liveness probe failed: " + "for " * 3000,
)


@pytest.mark.parametrize("line", HOSTILE)
def test_hostile_lines_never_raise(line: str) -> None:
    spec = container("app", ports=[{"name": "²", "containerPort": "²"}], livenessProbe={"tcpSocket": {"port": "²"}})
    made = pod({"app": (spec, {**RUNNING, "ready": False, "restartCount": 9})})
    told = event("Unhealthy", f"Liveness probe failed: {line}", "app", 2**62)
    files = {
        "pod.json": made,
        "events.json": listing(told, told),
        "web-0-app.log": log(line),
        "kernel.log": line + "\n",
    }
    assert all(r.source == "derived" for r in derived(files))
