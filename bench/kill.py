"""Kills runs at random moments, and looks at what they leave behind.

`python bench/kill.py [TIMES] [SEED]` prints how the runs ended, and everything that is wrong: a file that is not whole,
a file nobody asked for, a next run that fails.
"""

from __future__ import annotations

import collections
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "samples" / "fluentd-mount-mismatch" / "bundle"
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
OUTPUTS = {"html": "r.html", "json": "d.json", "markdown": "r.md"}


def command(folder: Path) -> list[str]:
    outputs = [part for kind, name in OUTPUTS.items() for part in (f"--{kind}", str(folder / name))]
    return [sys.executable, "-m", "analyzer", "diagnose", str(SAMPLE), *outputs, "--force"]


def environment(room: Path) -> dict[str, str]:
    """Caches and temporary files go where they can be counted."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(room / "tmp"), "XDG_CACHE_HOME": str(room / "cache")}


def run(room: Path) -> float:
    """Seconds of a whole run."""
    start = time.monotonic()
    subprocess.run(command(room / "out"), env=environment(room), check=True, capture_output=True)
    return time.monotonic() - start


def kill_one(room: Path, number: int, after: float) -> int:
    """Start a run, signal it after so many seconds, and give its exit code."""
    with subprocess.Popen(
        command(room / "out"),
        env=environment(room),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    ) as process:
        time.sleep(after)
        process.send_signal(number)
        return process.wait(60)


def wrong(room: Path) -> list[str]:
    """What must not be there: half a report, a leftover."""
    whole = {
        "r.html": lambda data: data.rstrip().endswith(b"</html>"),
        "r.md": lambda data: data == (room / "whole.md").read_bytes(),
        "d.json": lambda data: json.loads(data)["schema"] == "podtopsy/diagnosis/v1",
    }
    problems = []
    for path in sorted((room / "out").iterdir()):
        if path.name not in whole:
            problems.append(f"left behind: {path.name}")
        elif not whole[path.name](path.read_bytes()):
            problems.append(f"half written: {path.name}")
    left = list((room / "tmp").iterdir())
    left += [p for p in (room / "cache").rglob("*") if p.is_file() and p.suffix != ".hs"]
    return problems + [f"left behind: {p.relative_to(room)}" for p in left]


def main() -> None:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    chance = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    counts: collections.Counter[str] = collections.Counter()
    problems: list[str] = []
    with tempfile.TemporaryDirectory() as name:
        room = Path(name)
        for part in ("out", "tmp", "cache"):
            (room / part).mkdir()
        run(room)  # compiles the patterns
        seconds = run(room)
        (room / "whole.md").write_bytes((room / "out" / "r.md").read_bytes())
        for index in range(times):
            number = SIGNALS[index % len(SIGNALS)]
            if index % 2:  # half of them write anew, half replace
                for path in (room / "out").iterdir():
                    path.unlink()
            if index % 20 == 10:  # and some compile the patterns
                for path in (room / "cache").rglob("*.hs"):
                    path.unlink()
            late = chance.random() < 0.5  # half of them while the end is near, where files are written
            after = chance.uniform(0.8, 1.1) * seconds if late else chance.uniform(0, seconds)
            code = kill_one(room, number, after)
            counts[f"{number.name} code {code}"] += 1
            problems += [f"{number.name} after {after:.2f} s: {p}" for p in wrong(room)]
        run(room)
        problems += [f"in the end: {p}" for p in wrong(room)]
    for line in sorted(counts):
        print(f"{counts[line]:5d}  {line}")
    print(f"{times} killed, {len(problems)} problems")
    for problem in problems:
        print(f"  {problem}")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
