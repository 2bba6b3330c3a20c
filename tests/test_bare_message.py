"""A component's sentence pasted alone is read as the event or status it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.analysis import analyze
from analyzer.ingest.logline import LogHints, parse_line


@pytest.mark.parametrize(
    ("line", "source", "reason", "name", "container"),
    [
        (
            'Error creating: pods "ledger-" is forbidden: error looking up service account shop/ledger: not found',
            "event",
            "FailedCreate",
            None,  # the beginning of a name that was never given
            None,
        ),
        (
            'create Pod cache-0 in StatefulSet cache failed error: pods "cache-0" is forbidden: exceeded quota: small',
            "event",
            "FailedCreate",
            "cache-0",
            None,
        ),
        (
            'MountVolume.SetUp failed for volume "data" : mount failed: exit status 32',
            "event",
            "FailedMount",
            None,
            None,
        ),
        (
            "Message:    The node was low on resource: memory. Container app",
            "event",
            "Evicted",
            None,
            None,
        ),
        ("  message: 'The node was low on resource: ephemeral-storage. Container app", "event", "Evicted", None, None),
        ('Error: failed to start container "web": Error response from daemon: OCI', "event", "Failed", None, "web"),
        (
            'Error from server (Forbidden): error when creating "p.yaml": pods "web" is forbidden: exceeded quota: q',
            "event",
            "FailedCreate",
            "web",
            None,
        ),
        ("Warning | BackOff | Back-off restarting failed container | 9 minutes ago", "event", "BackOff", None, None),
        ("6/11/2026 Container app failed liveness probe, will be restarted", "text", None, None, None),
        (
            'CreateContainerConfigError (configmap "web-settings" not found)',
            "container_status",
            "CreateContainerConfigError",
            None,
            None,
        ),
    ],
)
def test_a_sentence_alone_is_the_event_it_was(
    line: str, source: str, reason: str, name: str | None, container: str | None
) -> None:
    read = parse_line(line, LogHints())
    assert (read.source, read.reason, read.name, read.container) == (source, reason, name, container)


@pytest.mark.parametrize(
    "line",
    [
        "Pods that violate the policy are refused with: Error creating: pods is forbidden",
        "Status: the mount works again",
        "Error: something of the program's own",
    ],
)
def test_other_text_stays_text(line: str) -> None:
    assert parse_line(line, LogHints()).source == "text"


def test_a_containers_own_words_stay_its_own() -> None:
    read = parse_line("MountVolume.SetUp failed for volume", LogHints(source="container_log", container="operator"))
    assert read.source == "container_log"


def test_one_pasted_sentence_is_enough_for_a_diagnosis(tmp_path: Path) -> None:
    said = 'pods "relay-0" is forbidden: violates PodSecurity "restricted:latest": privileged (container "relay")'
    (tmp_path / "events.txt").write_text(f"create Pod relay-0 in StatefulSet relay failed error: {said}\n")
    causes = analyze([tmp_path]).causes
    assert [(c.cause, c.about.name) for c in causes] == [("security-policy-denied", "relay-0")]


def test_a_row_without_its_first_columns_is_known_by_its_sentence(tmp_path: Path) -> None:
    text = (
        "PersistentVolumeClaim   Warning   ProvisioningFailed   persistentvolume-controller   "
        'Failed to provision volume with StorageClass "quick": claim.Spec.Selector is not supported\n'
    )
    (tmp_path / "events.txt").write_text(text)
    assert [c.cause for c in analyze([tmp_path]).causes] == ["pvc-unbound"]
