"""Measure podtopsy against ripgrep on the same generated logs with the same expressions, in the same run.

    python bench/run.py [MEGABYTES]

Both run as whole processes, in turn; the table gives the median and the spread of three runs each. ripgrep
only counts lines that match (`rg -c -f`), podtopsy goes on to the diagnosis.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from generate import generate

ROOT: Final = Path(__file__).resolve().parent.parent
PLACE: Final = ROOT / ".bench"
RUNS: Final = 3


def podtopsy(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "analyzer", *arguments]


def ripgrep() -> str:
    beside = Path(sys.executable).parent / "rg"
    found = str(beside) if beside.exists() else shutil.which("rg")
    if found is None:
        raise SystemExit("ripgrep is not installed: pip install ripgrep")
    return found


def logs(megabytes: int) -> tuple[Path, int]:
    """The generated directory and its size in bytes; kept between runs."""
    directory = PLACE / f"logs-{megabytes}"
    if not directory.exists():
        unfinished = PLACE / f"logs-{megabytes}.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        generate(unfinished, megabytes)
        unfinished.rename(directory)
    return directory, sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())


def expressions() -> Path:
    """The library's log expressions, as the command prints them for ripgrep."""
    listed = subprocess.run(
        podtopsy("patterns", "list", "--regex"), cwd=ROOT, capture_output=True, text=True, check=True
    )
    path = PLACE / "patterns.txt"
    path.write_text(listed.stdout, encoding="utf-8")
    return path


def seconds(command: Sequence[str], accepted: Sequence[int]) -> float:
    start = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    elapsed = time.perf_counter() - start
    if done.returncode not in accepted:
        raise SystemExit(f"{command[0]} ended with {done.returncode}: {done.stderr[-2000:]}")
    return elapsed


def main() -> None:
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 512
    PLACE.mkdir(exist_ok=True)
    directory, size = logs(megabytes)
    patterns = expressions()
    ours = podtopsy("diagnose", str(directory), "--json", str(PLACE / "diagnosis.json"), "--no-progress")
    theirs = [ripgrep(), "-c", "-f", str(patterns), str(directory)]
    times: dict[str, list[float]] = {"podtopsy diagnose": [], "rg -c -f": []}
    seconds(theirs, (0, 1))  # the first run of all pays for reading from the disk
    for _ in range(RUNS):
        times["podtopsy diagnose"].append(seconds(ours, (0,)))
        times["rg -c -f"].append(seconds(theirs, (0, 1)))
    count = sum(1 for line in patterns.read_text(encoding="utf-8").split("\n") if line)
    print(f"{size / 1e6:.0f} MB of logs, {count} expressions, median of {RUNS} runs")
    print(f"{'':20} {'seconds':>8} {'spread':>15} {'MB/s':>7}")
    for name, values in times.items():
        middle = statistics.median(values)
        spread = f"{min(values):.2f} to {max(values):.2f}"
        print(f"{name:20} {middle:8.2f} {spread:>15} {size / 1e6 / middle:7.0f}")
    ratio = statistics.median(times["rg -c -f"]) / statistics.median(times["podtopsy diagnose"])
    print(f"podtopsy reads {ratio:.2f} times as fast as ripgrep searches")


if __name__ == "__main__":
    main()
