"""SARIF and JUnit: what other tools read."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as xml

import pytest
from hand_made import BIG, FLUENTD, HALF_READ, HEALTHY, LEADS, POISONED, STORY, line
from test_cli import SAMPLE, podtopsy

from analyzer.diagnosis import Diagnosis
from analyzer.junit import junit
from analyzer.present import json_bytes
from analyzer.sarif import sarif
from patterns.schema import CAUSES

CASES = {"story": STORY, "healthy": HEALTHY, "half read": HALF_READ, "leads": LEADS, "two": BIG, "hostile": POISONED}
every_case = pytest.mark.parametrize("diagnosis", CASES.values(), ids=CASES.keys())
LEVELS = {"none", "note", "warning", "error"}
KINDS = {"notApplicable", "pass", "fail", "review", "open", "informational"}


def run_of(diagnosis: Diagnosis) -> dict[str, Any]:
    log = json.loads(json_bytes(sarif(diagnosis)))
    assert (log["version"], list(log)) == ("2.1.0", ["$schema", "version", "runs"])
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


def check_location(location: dict[str, Any]) -> None:
    """SARIF 2.1.0, 3.28 to 3.33: a URI reference, lines from 1, text in messages and snippets."""
    place = location["physicalLocation"]
    uri = place["artifactLocation"]["uri"]
    assert uri
    assert not uri.startswith("/")
    assert all(c.isascii() and (c.isalnum() or c in "/%-._~") for c in uri)
    if "region" in place:
        assert place["region"]["startLine"] >= 1
        assert isinstance(place["region"]["snippet"]["text"], str)
    for logical in location.get("logicalLocations", []):
        assert logical["fullyQualifiedName"]
    if "message" in location:
        assert location["message"]["text"]


@every_case
def test_sarif_has_what_the_standard_requires(diagnosis: Diagnosis) -> None:
    run = run_of(diagnosis)
    driver = run["tool"]["driver"]
    assert driver["name"] == "podtopsy"
    ids = [rule["id"] for rule in driver["rules"]]
    assert len(ids) == len(set(ids))
    for rule in driver["rules"]:
        assert rule["shortDescription"]["text"]
        assert rule["defaultConfiguration"]["level"] in LEVELS
    assert len(run["results"]) == len(diagnosis.causes) + len(diagnosis.unexplained)
    for result in run["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in LEVELS
        assert result["kind"] in KINDS
        assert result["message"]["text"]
        assert 0 <= result.get("rank", 0) <= 100
        related = result.get("relatedLocations", [])
        assert [place["id"] for place in related] == list(range(1, len(related) + 1))
        flows = [
            step["location"] for f in result.get("codeFlows", []) for t in f["threadFlows"] for step in t["locations"]
        ]
        for location in (*result["locations"], *related, *flows):
            check_location(location)
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is not bool(diagnosis.broken_parts)


def test_sarif_points_at_the_decisive_line_and_tells_the_cascade() -> None:
    (result,) = run_of(STORY)["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"].endswith("/config-init/config-init/logs/current.log")
    assert place["region"]["startLine"] == 4
    assert (result["ruleId"], result["level"], result["rank"]) == ("config-written-elsewhere", "error", 86.0)
    (flow,) = result["codeFlows"]
    titles = [step["location"]["message"]["text"] for step in flow["threadFlows"][0]["locations"]]
    assert titles == [step.title for step in FLUENTD.chain]


def test_sarif_says_that_not_everything_was_read() -> None:
    (told,) = run_of(HALF_READ)["invocations"][0]["toolExecutionNotifications"]
    assert told["message"]["text"].startswith("Not everything was read: 1 file could not be read.")


def test_a_path_with_a_colon_or_a_blank_stays_one_relative_uri() -> None:
    cause = dataclasses.replace(FLUENTD, evidence=(line("c:/a b/ü#1.log", 0, "text", "x"),), chain=())
    (result,) = run_of(dataclasses.replace(STORY, causes=(cause,)))["results"]
    assert result["locations"][0]["physicalLocation"] == {"artifactLocation": {"uri": "c%3A/a%20b/%C3%BC%231.log"}}


@every_case
def test_junit_is_well_formed_and_its_numbers_add_up(diagnosis: Diagnosis) -> None:
    root = xml.fromstring(junit(diagnosis))
    assert root.tag == "testsuites"
    for element in (root, *root):
        for name, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
            assert element.get(name) == str(len(list(element.iter(tag))))
    names = [case.get("name") for case in root.iter("testcase")]
    assert {name for classes in CAUSES.values() for name in classes} <= set(names)
    assert len(names) == len(set(names))


def test_junit_fails_the_class_of_the_cause_alone() -> None:
    root = xml.fromstring(junit(STORY))
    failed = [case for case in root.iter("testcase") if len(case)]
    assert [(case.get("classname"), case.get("name")) for case in failed] == [
        ("podtopsy.config", "volume-mount-mismatch")
    ]
    text = failed[0][0].text or ""
    assert "cannot load config file /etc/fluentd/fluent.conf" in text
    assert "Fix: Mount shared-config at /etc/fluentd in config-init too." in text


def test_junit_tells_leads_and_what_was_not_read() -> None:
    root = xml.fromstring(junit(LEADS))
    (failed,) = [case for case in root.iter("testcase") if len(case)]
    assert failed.get("name") == "every failure has a cause"
    root = xml.fromstring(junit(HALF_READ))
    (wrong,) = root.iter("error")
    assert "kubelet.log.gz: truncated gzip after 3 MB" in (wrong.text or "")


def test_the_command_writes_both_beside_its_answer(tmp_path: Path) -> None:
    done = podtopsy("diagnose", SAMPLE, "--sarif", tmp_path / "d.sarif", "--junit", tmp_path / "d.xml")
    assert done.returncode == 0
    assert json.loads((tmp_path / "d.sarif").read_bytes())["runs"][0]["results"]
    assert xml.fromstring((tmp_path / "d.xml").read_bytes()).get("failures") == "1"
    assert b'"version": "2.1.0"' in podtopsy("diagnose", SAMPLE, "--format", "sarif").stdout
    assert podtopsy("diagnose", SAMPLE, "--format", "junit").stdout.startswith(b"<?xml")
