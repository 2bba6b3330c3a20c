"""A status cut out of a pod's or workload's YAML or JSON is read like the object it was cut out of."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.analysis import analyze

KILLED = """\
  containerStatuses:
  - containerID: containerd://41
    lastState:
      terminated:
        exitCode: 137
        finishedAt: "2026-03-12T08:10:02Z"
        reason: OOMKilled
    name: press
    ready: false
    restartCount: 9
    state:
      waiting:
        message: back-off 5m0s restarting failed container=press
        reason: CrashLoopBackOff
"""
UNSCHEDULED = """\
status:
  conditions:
  - lastTransitionTime: "2026-03-12T08:10:02Z"
    message: '0/3 nodes are available: 1 node(s) had untolerated taint {tier: db},
      2 Insufficient memory.'
    reason: Unschedulable
    status: "False"
    type: PodScheduled
  phase: Pending
"""
REFUSED = """\
    - lastTransitionTime: "2026-03-12T08:10:02Z"
      message: 'pods "press-6d5f8c7b9-" is forbidden: unable to validate against any
        security context constraint: [provider restricted: .containers[0].runAsUser:
        Invalid value: 0: must be in the ranges: [1000670000, 1000679999]]'
      reason: FailedCreate
      status: "True"
      type: ReplicaFailure
    observedGeneration: 1
    unavailableReplicas: 1
"""
PULLING = """\
    "state": {
        "waiting": {
            "reason": "ImagePullBackOff",
            "message": "Back-off pulling image \\"hub.example/press:9\\": ErrImagePull: manifest unknown"
        }
    },
    "lastState": {},
"""


UNEXPLAINED = """\
initContainerStatuses:
- lastState:
    terminated:
      exitCode: 127
      message: 'OCI runtime create failed: starting container process caused: exec:
        "/bin/pres": stat /bin/pres: no such file or directory: unknown'
"""
SILENT = """\
[
  {"type": "MemoryPressure", "status": "Unknown", "reason": "NodeStatusUnknown", "message": "silent"},
  {
    "type": "Ready",
    "status": "Unknown",
    "lastTransitionTime": "2026-03-12T08:10:02Z",
    "reason": "NodeStatusUnknown",
    "message": "Kubelet stopped posting node status."
  }
]
"""

PRESSED = """status:
  conditions:
  - lastTransitionTime: "2026-03-12T08:10:02Z"
    message: kubelet has disk pressure
    reason: KubeletHasDiskPressure
    status: "True"
    type: DiskPressure
"""


@pytest.mark.parametrize(
    ("name", "text", "cause"),
    [
        ("pod.yaml", KILLED, "oom-container-limit"),
        ("pod.yaml", UNSCHEDULED, "insufficient-resources"),
        ("deployment.yaml", REFUSED, "security-policy-denied"),
        ("pod.json", PULLING, "image-not-found"),
        ("conditions.json", SILENT, "node-not-ready"),
        ("pod.yaml", UNEXPLAINED, "entrypoint-missing"),
        ("node.yaml", PRESSED, "node-pressure-eviction"),
    ],
)
def test_a_piece_of_a_status_is_enough(tmp_path: Path, name: str, text: str, cause: str) -> None:
    (tmp_path / name).write_text(text)
    diagnosis = analyze([tmp_path])
    assert [f.format for f in diagnosis.files] == ["fragment"]
    assert diagnosis.causes[0].cause == cause
    quoted = diagnosis.causes[0].evidence[0]
    assert text.split("\n")[quoted.line - 1] == quoted.text


def test_a_piece_of_a_spec_is_no_status(tmp_path: Path) -> None:
    (tmp_path / "values.yaml").write_text("reason: Testing\nimage: press:9\n")
    assert [f.format for f in analyze([tmp_path]).files] == ["yaml"]
