"""CRE rules as a user meets them: on a log, on their own logs, beside a diagnosis."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from analyzer.analysis import Options, analyze_bundle
from analyzer.bundle import Bundle
from analyzer.compose import compose
from analyzer.cre.beside import beside
from analyzer.cre.read import read_file, read_text, rule_files
from analyzer.cre.run import run, trials
from analyzer.cre.sources import Binding
from analyzer.cre.translate import Translation
from analyzer.diagnosis import Detection, Diagnosis
from analyzer.errors import UsageError
from patterns.load import load_library
from patterns.schema import LibraryError, Problem
from reports.render import html, markdown

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "cre"
RULE = """rules:
  - cre:
      id: PUMP-1
      severity: 1
      title: Pump stalls
      cause: The inlet is dry.
      impact: No water.
      mitigation: |
        - Fill the tank
        - Open the valve
      references: [https://example.org/pumps]
    rule:
      set:
        window: 10s
        event: {source: SOURCE}
        match: [inlet is dry, pump stalled]
"""
LOG = "2026-01-02T03:04:05Z warn inlet is dry\n2026-01-02T03:04:07Z error pump stalled\n"
POD_LOG = "namespaces/{ns}/pods/{pod}/{container}/{container}/logs/current.log"


def podtopsy(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "analyzer", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80", "NO_COLOR": "1"}
    return subprocess.run(command, capture_output=True, check=False, env=environment, timeout=120, text=True)


def diagnosis(files: dict[str, str], rule: str, *sources: str) -> Diagnosis:
    problems: list[Problem] = []
    translation = Translation.of(read_text("r.yaml", rule, problems), Binding.of(sources))
    assert problems == []
    bundle = Bundle.of_files({path: text.encode() for path, text in files.items()})
    return analyze_bundle(bundle, load_library(), Options(strict=True), rules=translation)


def of_source(source: str) -> str:
    return RULE.replace("SOURCE", source)


def test_a_rule_is_run_on_a_log_and_told_as_json(tmp_path: Path) -> None:
    rule, log = tmp_path / "pump.yaml", tmp_path / "pump.log"
    rule.write_text(of_source("cre.log.pump"))
    log.write_text(LOG)
    done = podtopsy("cre", "run", rule, log, "--format", "json")
    assert done.returncode == 0
    (found,) = json.loads(done.stdout)["detections"]
    assert list(found)[:5] == ["id", "title", "count", "first_seen", "evidence"]
    assert (found["id"], found["title"], found["count"], found["first_seen"]) == (
        "PUMP-1",
        "Pump stalls",
        1,
        "2026-01-02T03:04:05Z",
    )
    assert found["evidence"] == [
        {
            "path": "pump.log",
            "line": 1,
            "timestamp": "2026-01-02T03:04:05Z",
            "text": "2026-01-02T03:04:05Z warn inlet is dry",
        },
        {
            "path": "pump.log",
            "line": 2,
            "timestamp": "2026-01-02T03:04:07Z",
            "text": "2026-01-02T03:04:07Z error pump stalled",
        },
    ]


def test_a_rule_is_told_as_text_with_its_cause_and_what_to_do(tmp_path: Path) -> None:
    rule, log = tmp_path / "pump.yaml", tmp_path / "pump.log"
    rule.write_text(of_source("cre.log.pump"))
    log.write_text(LOG)
    assert podtopsy("cre", "run", rule, log).stdout == (
        "PUMP-1 (high) Pump stalls: 1 match, first at 2026-01-02T03:04:05Z\n"
        "  pump.log:1: 2026-01-02T03:04:05Z warn inlet is dry\n"
        "  pump.log:2: 2026-01-02T03:04:07Z error pump stalled\n"
        "  cause: The inlet is dry.\n"
        "  impact: No water.\n"
        "  mitigation: - Fill the tank - Open the valve\n"
    )
    log.write_text("all is well\n")
    assert podtopsy("cre", "run", rule, log).stdout == "No rule holds.\n"


def test_an_invalid_rule_ends_the_run_with_its_place_and_the_reason(tmp_path: Path) -> None:
    rule, log = tmp_path / "pump.yaml", tmp_path / "pump.log"
    rule.write_text(of_source("cre.log.pump").replace("        window: 10s\n", ""))
    log.write_text(LOG)
    done = podtopsy("cre", "run", rule, log)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"{rule}:13: rules[0].rule.set.window: is missing: a set of two or more needs one\n"


def test_each_rule_is_tested_on_the_logs_beside_it(tmp_path: Path) -> None:
    for name, log, false_log in (("good", LOG, "pump stalled\n"), ("mute", "quiet\n", ""), ("loud", LOG, LOG)):
        place = tmp_path / name
        place.mkdir()
        (place / "rule.yaml").write_text(of_source("cre.log.pump").replace("PUMP-1", name))
        (place / "test.log").write_text(log)
        (place / "test-fp.log").write_text(false_log)
    done = podtopsy("cre", "test", tmp_path)
    assert done.returncode == 1
    assert done.stdout.split("\n") == [
        f"ok       good {tmp_path}/good/rule.yaml:2",
        f"FAILED   loud {tmp_path}/loud/rule.yaml:2: finds something in {tmp_path}/loud/test-fp.log, line 1, "
        "where there is nothing",
        f"FAILED   mute {tmp_path}/mute/rule.yaml:2: finds nothing in {tmp_path}/mute/test.log",
        "3 rules: 1 ok, 2 failed, 0 untested; 0 files invalid",
        "",
    ]
    assert podtopsy("cre", "test", tmp_path / "good").returncode == 0


def test_a_container_of_the_sources_name_is_looked_at_and_others_are_not() -> None:
    path = POD_LOG.format(ns="water", pod="pump-0", container="pump")
    other = POD_LOG.format(ns="water", pod="mailer-0", container="mailer")
    (found,) = diagnosis({path: LOG, other: LOG}, of_source("cre.log.pump")).detections
    assert (found.count, found.about.namespace, found.about.pod, found.about.container) == (
        1,
        "water",
        "pump-0",
        "pump",
    )
    assert diagnosis({other: LOG}, of_source("cre.log.pump")).detections == ()


def test_a_log_that_nothing_tells_the_owner_of_may_be_of_any_source() -> None:
    assert len(diagnosis({"some.log": LOG}, of_source("cre.log.pump")).detections) == 1


def test_a_source_bound_by_hand_means_the_files_that_match_alone() -> None:
    path = POD_LOG.format(ns="water", pod="mailer-0", container="mailer")
    rule = of_source("cre.log.pump")
    assert len(diagnosis({path: LOG}, rule, "cre.log.pump=*/mailer-*/*").detections) == 1
    assert diagnosis({path: LOG, "some.log": LOG}, rule, "cre.log.pump=*/nothing/*").detections == ()
    assert len(diagnosis({path: LOG}, rule, "*=*").detections) == 1
    with pytest.raises(UsageError, match="takes NAME=GLOB"):
        Binding.of(["cre.log.pump"])


def test_two_containers_do_not_make_one_match() -> None:
    first, second = LOG.split("\n")[:2]
    files = {
        POD_LOG.format(ns="water", pod=pod, container="pump"): f"{line}\n"
        for pod, line in (("pump-0", first), ("pump-1", second))
    }
    assert diagnosis(files, of_source("cre.log.pump")).detections == ()


def test_the_files_of_one_container_are_one_log() -> None:
    first, second = LOG.split("\n")[:2]
    current = POD_LOG.format(ns="water", pod="pump-0", container="pump")
    files = {current: f"{second}\n", current.replace("current", "previous"): f"{first}\n"}
    (found,) = diagnosis(files, of_source("cre.log.pump")).detections
    assert [line.path.rpartition("/")[2] for line in found.evidence] == ["previous.log", "current.log"]


EVENTS = """apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Event
  metadata: {name: e1, namespace: water}
  involvedObject: {kind: Pod, namespace: water, name: pump-0}
  reason: Unhealthy
  message: 'Readiness probe failed: timeout'
  type: Warning
  count: 3
  firstTimestamp: "2026-01-02T03:04:00Z"
  lastTimestamp: "2026-01-02T03:04:20Z"
"""


def test_events_of_the_cluster_are_looked_at_by_field_by_line_and_as_often_as_counted() -> None:
    body = RULE[: RULE.index("      set:")] + "      set:\n        window: 30s\n        event: {source: k8s}\n"
    term = "        match:\n          - field: reason\n            value: Unhealthy\n            count: 3\n"
    line = "        match:\n          - regex: 'Warning\\s+Unhealthy\\s+pod/.+\\s+Readiness probe failed'\n"
    (found,) = diagnosis({"events.yaml": EVENTS}, body + term).detections
    assert (found.about.name, str(found.first_seen)) == ("pump-0", "2026-01-02 03:04:00+00:00")
    assert len(diagnosis({"events.yaml": EVENTS}, body + line).detections) == 1
    assert diagnosis({"events.yaml": EVENTS}, body + term.replace("count: 3", "count: 4")).detections == ()
    assert diagnosis({"events.yaml": EVENTS}, body.replace("k8s", "cre.log.pump") + line).detections == ()


CRASH = "2026-01-02T03:04:05Z warn inlet is dry\n2026-01-02T03:04:07Z panic: pump stalled\n"


def test_a_detection_names_the_diagnosis_of_the_same_container_and_time() -> None:
    path = POD_LOG.format(ns="water", pod="pump-0", container="pump")
    stack = "goroutine 1 [running]:\nmain.main()\n\t/src/main.go:7 +0x1d\n"
    told = diagnosis({path: CRASH + stack}, of_source("cre.log.pump"))
    assert [(cause.rank, cause.about.pod) for cause in told.causes] == [(1, "pump-0")]
    assert told.detections[0].diagnoses == (1,)


def test_a_detection_a_day_away_supports_nothing() -> None:
    path = POD_LOG.format(ns="water", pod="pump-0", container="pump")
    stack = "2026-01-04T03:04:07Z panic: no\ngoroutine 1 [running]:\nmain.main()\n\t/src/main.go:7 +0x1d\n"
    told = diagnosis({path: LOG.replace("error", "info") + stack}, of_source("cre.log.pump"))
    assert [d.diagnoses for d in beside(told, told.detections).detections] == [()]


def test_pages_tell_the_rule_with_cause_impact_and_mitigation() -> None:
    told = compose(diagnosis({"some.log": LOG}, of_source("cre.log.pump")))
    for page in (html(told), markdown(told)):
        for text in ("PUMP", "Pump stalls", "The inlet is dry.", "No water.", "Fill the tank", "Open the valve"):
            assert text in page
    assert "Common Reliability Enumerations" not in html(
        compose(diagnosis({"some.log": "all well\n"}, of_source("k8s")))
    )


def test_the_command_line_runs_rules_beside_the_diagnosis(tmp_path: Path) -> None:
    rules, bundle = tmp_path / "rules", tmp_path / "bundle"
    rules.mkdir()
    bundle.mkdir()
    (rules / "pump.yaml").write_text(of_source("cre.log.pump"))
    (bundle / "some.log").write_text(LOG)
    written = tmp_path / "d.json"
    done = podtopsy("diagnose", bundle, "--cre", rules, "--json", written, "--no-progress")
    assert done.returncode == 0
    assert "CRE rules   PUMP-1 Pump stalls" in done.stdout
    (found,) = json.loads(written.read_text())["detections"]
    assert (found["id"], found["severity"], found["impact"], found["diagnoses"]) == ("PUMP-1", "high", "No water.", [])


def test_without_rules_nothing_is_searched_for_besides() -> None:
    bundle = Bundle.of_files({"some.log": LOG.encode()})
    assert analyze_bundle(bundle, load_library(), Options(strict=True)).detections == ()


def shared_rules() -> list[Path]:
    return sorted((SHARED / "rules").glob("*/*.yaml")) if SHARED.is_dir() else []


def test_every_public_rule_holds_for_its_log_and_not_for_the_false_one() -> None:
    if not shared_rules():
        pytest.skip("no CRE rules beside the checkout")
    problems: list[Problem] = []
    tried = [trial for file in rule_files(shared_rules()) for trial in trials(read_file(file, problems))]
    assert problems == []
    assert [(trial.rule.id, trial.problem) for trial in tried if trial.problem] == []
    assert len(tried) == 217


def test_every_case_of_the_formats_meaning_ends_as_expected() -> None:
    table = SHARED / "semantics" / "expected.tsv"
    if not table.is_file():
        pytest.skip("no CRE cases beside the checkout")
    wrong = []
    cases = [row.split("\t") for row in table.read_text().strip().split("\n")[1:]]
    for case, rule, data, expected in cases:
        problems: list[Problem] = []
        rules = read_file(table.parent / rule, problems)
        found: tuple[Detection, ...] = () if problems else run(rules, str(table.parent / data))[0]
        outcome = "invalid" if problems else "found" if found else "nothing"
        if outcome != expected:
            wrong.append((case, outcome, expected))
    assert wrong == []
    assert len(cases) == 30


def test_no_rule_at_all_is_an_error_not_silence(tmp_path: Path) -> None:
    from analyzer.cre.read import read_rules

    with pytest.raises(LibraryError, match="there are no CRE rules here"):
        read_rules([tmp_path])
