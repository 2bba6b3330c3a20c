"""A bundle may hold Python files; a second process that is started in its folder runs none of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
COMMAND = "import sys\nfrom analyzer.__main__ import main\nif __name__ == '__main__':\n    main()\n"
LOG = b'2026-03-14T09:00:00Z stderr F {"event": "stall"}\n'
RULE = """rules:
  - cre: {id: made-up, title: Pumps stall}
    rule:
      set:
        event: {source: cre.log.any}
        match: [{jq: 'select(.event == "stall")'}]
"""
NAMES = ("multiprocessing", "signal", "orjson", "jq", "polars", "encodings", "analyzer", "sitecustomize")


@pytest.mark.parametrize("flag", ["--isolate", "--cre"])
def test_nothing_is_imported_from_the_bundle(flag: str, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    (bundle / "pump.log").write_bytes(LOG)
    for name in NAMES:
        (bundle / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n")
    (tmp_path / "podtopsy.py").write_text(COMMAND)
    (tmp_path / "rules.yaml").write_text(RULE)
    options = ["--cre", str(tmp_path / "rules.yaml")] if flag == "--cre" else [flag]

    done = subprocess.run(
        [sys.executable, str(tmp_path / "podtopsy.py"), "diagnose", ".", *options, "--format", "json"],
        capture_output=True,
        check=False,
        timeout=120,
        cwd=bundle,
        env={**{k: v for k, v in os.environ.items() if k != "PYTHONSAFEPATH"}, "PYTHONPATH": str(ROOT)},
    )

    assert not (tmp_path / "ran").exists()
    assert done.stderr == b""
    document = json.loads(done.stdout)
    assert {f["status"] for f in document["files"]} == {"parsed"}
    if flag == "--cre":
        assert [rule["id"] for rule in document["detections"]] == ["made-up"]
