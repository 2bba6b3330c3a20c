"""A bundle that was cut in transit: the state of what failed may stand in the part that is missing."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest
from deriving import CRASHING, container, event, listing, pod

from analyzer.analysis import analyze
from analyzer.diagnosis import Cause

NO_NETWORK = (
    'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "9f": plugin '
    'type="calico" failed (add): error getting ClusterInformation: connection is unauthorized: Unauthorized'
)
EVENTS = listing(event("FailedCreatePodSandBox", NO_NETWORK, count=12))
CRASH = listing(pod({"app": (container("app"), CRASHING)}))
LOG = "2026-03-14T09:21:02Z stderr F panic: open /etc/app/app.yaml: no such file or directory\n"


def first(folder: Path, files: dict[str, str], is_cut: bool) -> Cause:
    """The first diagnosis of these files in an archive with a large file behind them, which may be cut off."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as tar:
        for path, text in {**files, "mg/namespaces/shop/core/configmaps.yaml": "#" * 60_000}.items():
            member = tarfile.TarInfo(path)
            member.size = len(text)
            tar.addfile(member, io.BytesIO(text.encode()))
    data = held.getvalue()
    archive = folder / "mg.tar"
    archive.write_bytes(data[:-40_000] if is_cut else data)
    return analyze([archive]).causes[0]


@pytest.mark.parametrize("is_cut", [False, True])
def test_events_alone_make_no_sure_diagnosis_of_a_cut_archive(is_cut: bool, tmp_path: Path) -> None:
    cause = first(tmp_path, {"mg/namespaces/shop/core/events.yaml": EVENTS}, is_cut)
    assert cause.cause == "cni-failure"
    assert (cause.confidence < 0.5, "cut" in {term.name for term in cause.score}) == (is_cut, is_cut)


@pytest.mark.parametrize("is_cut", [False, True])
def test_a_state_before_the_cut_is_as_good_as_ever(is_cut: bool, tmp_path: Path) -> None:
    files = {
        "mg/namespaces/shop/pods/web-0/web-0.yaml": CRASH,
        "mg/namespaces/shop/pods/web-0/app/app/logs/previous.log": LOG,
    }
    cause = first(tmp_path, files, is_cut)
    assert cause.cause == "config-file-missing"
    assert cause.confidence > 0.8
