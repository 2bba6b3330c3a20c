"""The samples under samples/, through the whole program: the labelled cause first, its proof in the bundle."""

from __future__ import annotations

import functools
import json
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from analyzer import analyze
from analyzer.diagnosis import Cause, Diagnosis

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
SLUGS = sorted(path.parent.name for path in SAMPLES.glob("*/label.json"))
FLUENTD = "fluentd-mount-mismatch"
FIXED_TIME = (2024, 3, 14, 9, 40, 0)


def label_of(slug: str) -> dict[str, Any]:
    label: dict[str, Any] = json.loads((SAMPLES / slug / "label.json").read_text(encoding="utf-8"))
    return label


HEALTHY = [slug for slug in SLUGS if label_of(slug)["cause"] == "none"]
INCIDENTS = [slug for slug in SLUGS if slug not in HEALTHY]


@functools.cache
def diagnosis_of(slug: str) -> Diagnosis:
    return analyze([SAMPLES / slug / "bundle"])


def first_of(slug: str) -> Cause:
    causes = diagnosis_of(slug).causes
    assert causes, f"{slug}: no cause; unexplained: {[lead.title for lead in diagnosis_of(slug).unexplained]}"
    return causes[0]


def bundle_files(slug: str) -> dict[str, bytes]:
    root = SAMPLES / slug / "bundle"
    return {str(p.relative_to(root).as_posix()): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def line_of(slug: str, path: str, number: int) -> str:
    lines = (SAMPLES / slug / "bundle" / path).read_bytes().split(b"\n")
    return lines[number - 1].decode("utf-8")


def plain(text: str) -> str:
    """The text without what quoting and escaping add, as labels compare it."""
    return " ".join(text.replace("\\", "").replace('"', "").replace("'", "").split())


def lines_in(content: bytes) -> int:
    return content.count(b"\n") + (1 if content and not content.endswith(b"\n") else 0)


def told(diagnosis: Diagnosis) -> list[tuple[Any, ...]]:
    """What a diagnosis says, without the paths it was given."""
    return [
        (c.cause, c.pattern, c.summary, c.confidence, c.about, c.evidence, c.chain, c.score) for c in diagnosis.causes
    ]


def test_there_are_samples_of_incidents_and_of_healthy_clusters() -> None:
    assert len(INCIDENTS) >= 8
    assert len(HEALTHY) >= 2


@pytest.mark.parametrize("slug", SLUGS)
def test_a_label_only_names_text_that_stands_in_its_bundle(slug: str) -> None:
    text = b"\n".join(bundle_files(slug).values()).decode("utf-8")
    label = label_of(slug)
    assert [x for x in label["decisive_evidence"] + label["red_herrings"] if x not in text] == []


@pytest.mark.parametrize("slug", SLUGS)
def test_a_sample_says_that_the_project_made_it(slug: str) -> None:
    assert "Made by the project" in (SAMPLES / slug / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("slug", INCIDENTS)
def test_the_labelled_cause_comes_first(slug: str) -> None:
    assert first_of(slug).cause == label_of(slug)["cause"]


@pytest.mark.parametrize("slug", [s for s in INCIDENTS if label_of(s)["container"]])
def test_the_labelled_container_is_named(slug: str) -> None:
    assert first_of(slug).about.container == label_of(slug)["container"]


@pytest.mark.parametrize("slug", [s for s in INCIDENTS if label_of(s)["pod"]])
def test_the_labelled_pod_is_named(slug: str) -> None:
    about, label = first_of(slug).about, label_of(slug)
    assert (about.namespace, about.pod) == (label["namespace"], label["pod"])


@pytest.mark.parametrize("slug", INCIDENTS)
def test_a_decisive_line_is_quoted(slug: str) -> None:
    quoted = [plain(line.text) for line in first_of(slug).evidence]
    wanted = [plain(text) for text in label_of(slug)["decisive_evidence"]]
    assert [text for text in wanted if any(text in line for line in quoted)], "\n".join(quoted)


@pytest.mark.parametrize("slug", INCIDENTS)
def test_every_quoted_line_stands_where_it_is_said_to_stand(slug: str) -> None:
    misplaced = [
        (line.path, line.line, line.text)
        for cause in diagnosis_of(slug).causes
        for line in cause.evidence
        if line.line > 0 and not line_of(slug, line.path, line.line).startswith(line.text[:4000])
    ]
    assert misplaced == []


@pytest.mark.parametrize("slug", INCIDENTS)
def test_one_incident_is_one_diagnosis(slug: str) -> None:
    assert [cause.cause for cause in diagnosis_of(slug).causes] == [label_of(slug)["cause"]]


@pytest.mark.parametrize("slug", HEALTHY)
def test_a_healthy_cluster_gets_no_diagnosis(slug: str) -> None:
    assert [(cause.cause, cause.summary) for cause in diagnosis_of(slug).causes] == []


@pytest.mark.parametrize("slug", SLUGS)
def test_every_file_stands_in_the_ledger_once(slug: str) -> None:
    entries = [entry.path for entry in diagnosis_of(slug).files]
    assert sorted(entries) == sorted(bundle_files(slug))


@pytest.mark.parametrize("slug", SLUGS)
def test_every_line_of_every_file_is_accounted_for(slug: str) -> None:
    content = bundle_files(slug)
    wrong = [
        (entry.path, entry.lines, lines_in(content[entry.path]), entry.parsed, entry.unparsed, entry.skipped)
        for entry in diagnosis_of(slug).files
        if entry.lines != lines_in(content[entry.path])
        or entry.parsed + entry.unparsed + entry.skipped != entry.lines
        or entry.bytes != len(content[entry.path])
    ]
    assert wrong == []


@pytest.mark.parametrize("slug", SLUGS)
def test_a_sample_is_read_without_a_fault_of_ours(slug: str) -> None:
    assert diagnosis_of(slug).broken_parts == ()


def test_the_fluentd_summary_names_both_mount_paths() -> None:
    words = first_of(FLUENTD).summary.replace(",", " ").replace(";", " ").replace("'", " ").replace("`", " ").split()
    words = [word.strip('.:()"') for word in words]
    assert "/tmp" in words
    assert "/etc/fluentd" in words


def test_the_fluentd_evidence_quotes_the_previous_log_and_the_log_of_the_init_container() -> None:
    evidence = first_of(FLUENTD).evidence
    previous = [line.text for line in evidence if line.path.endswith("/fluentd/fluentd/logs/previous.log")]
    init = [line.text for line in evidence if line.path.endswith("/config-init/config-init/logs/current.log")]
    assert any("/etc/fluentd/fluent.conf" in text for text in previous)
    assert any("wrote /tmp/fluentd/fluent.conf" in text for text in init)


def test_in_the_fluentd_incident_the_memory_limit_follows_from_the_cause() -> None:
    cause = first_of(FLUENTD)
    killed = [
        place
        for place, step in enumerate(cause.chain)
        if any("OOMKilled" in text for text in (step.title, *(cause.evidence[i].text for i in step.evidence)))
    ]
    assert cause.chain[0].role == "cause"
    assert killed and min(killed) > 0


def test_the_one_missed_readiness_probe_of_the_api_is_no_part_of_the_fluentd_incident() -> None:
    assert [line.text for line in first_of(FLUENTD).evidence if "Readiness probe failed" in line.text] == []


@pytest.fixture(params=["tar.gz", "zip"])
def packed(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    content = bundle_files(FLUENTD)
    if request.param == "zip":
        path = tmp_path / "bundle.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in content.items():
                archive.writestr(zipfile.ZipInfo(name, FIXED_TIME), data)
        return path
    path = tmp_path / "bundle.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        archive.add(SAMPLES / FLUENTD / "bundle", arcname=".")
    return path


def test_a_packed_bundle_gets_the_same_diagnosis(packed: Path) -> None:
    assert told(analyze([packed])) == told(diagnosis_of(FLUENTD))


def test_two_runs_say_the_same() -> None:
    assert told(analyze([SAMPLES / FLUENTD / "bundle"])) == told(diagnosis_of(FLUENTD))


def test_a_summary_that_begins_with_a_name_says_its_kind_and_leaves_the_name_as_it_is() -> None:
    assert first_of("oom-node-global").summary.startswith("Node worker-b2 had no memory left, ")


def test_the_command_that_verifies_a_mount_asks_for_the_missing_path() -> None:
    verify = first_of(FLUENTD).verify[0]
    assert verify.endswith("-c fluentd -- ls -la /etc/fluentd/fluent.conf")
