"""The same bundle gives the same bytes, wherever and however often it is read."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "samples" / "oom-node-global" / "bundle"
OUTPUTS = ("html", "json", "markdown")


def written(folder: Path, **environment: str) -> list[bytes]:
    folder.mkdir()
    outputs = [part for name in OUTPUTS for part in (f"--{name}", name)]
    command = [sys.executable, "-m", "analyzer", "diagnose", str(SAMPLE), *outputs]
    told = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **environment}
    done = subprocess.run(command, capture_output=True, check=True, cwd=folder, env=told, timeout=300)
    return [done.stdout, *((folder / name).read_bytes() for name in OUTPUTS)]


def test_no_hash_seed_time_zone_or_locale_changes_a_byte(tmp_path: Path) -> None:
    first = written(tmp_path / "a", PYTHONHASHSEED="0", TZ="UTC", LC_ALL="C")
    second = written(tmp_path / "b", PYTHONHASHSEED="1", TZ="Asia/Kolkata", LC_ALL="tr_TR.UTF-8")
    assert first == second
