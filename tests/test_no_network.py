"""A run makes no network call and starts no program, as the system's own trace shows."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
def test_a_run_opens_no_socket_and_starts_no_program(tmp_path: Path) -> None:
    bundle = ROOT / "samples" / "healthy-drain" / "bundle"
    trace = tmp_path / "trace"
    outputs = [f"--{kind}={tmp_path / kind}" for kind in ("html", "json", "markdown")]
    command = ["strace", "-f", "-qq", "-e", "trace=network,execve", "-o", str(trace), sys.executable, "-m", "analyzer"]
    done = subprocess.run(
        [*command, "diagnose", str(bundle), *outputs],
        capture_output=True,
        check=False,
        timeout=300,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    if not trace.exists() or b"PTRACE" in done.stderr:
        pytest.skip("tracing is not allowed here")
    assert done.returncode == 0
    calls = [line.split(maxsplit=1)[1] for line in trace.read_text(errors="replace").split("\n") if "(" in line]
    assert [call for call in calls if not call.startswith(("execve(", "+++", "---"))] == []
    assert len([call for call in calls if call.startswith("execve(")]) == 1
