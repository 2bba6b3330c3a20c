"""Show how cost grows: with the bytes of a bundle, and with the number of patterns.

    python bench/curves.py [--gigabytes 0.25 0.5 1] [--patterns 50 100 500 2000] [--runs 3]

`--gigabytes 0.25 0.5 1 2 4 8` is the whole curve; it needs 16 GB of disk below .bench.
"""

from __future__ import annotations

import argparse
import random
import shutil
from pathlib import Path
from typing import Final

from measure import Command, in_turn, run, wall
from rivals import podtopsy
from run import PLACE, logs, size_of

SEED: Final = 7
PATTERN_MEGABYTES: Final = 250
_WORDS: Final = ("cannot", "refused", "expired", "timeout", "volume", "lease", "token", "quota", "broker", "ledger")
_PATTERN: Final = """title: Made for measuring, number {n}
role: cause
cause: {cause}
severity: warning
status: experimental
meaning: A made-up line number {n} was logged, to measure what a library of many patterns costs.
impact: None, since no log holds such a line.
diagnosis: ["kubectl -n $namespace logs $pod"]
mitigation: ["Nothing needs to be done about a line that nobody writes."]
verify: ["kubectl -n $namespace logs $pod"]
match: {{source: log, message: '{regex}'}}
references: [https://kubernetes.io/docs/home/]
examples:
  - name: the line itself
    origin: made, to measure
    files: {{app.log: "x\\n"}}
    finds: nothing
"""


def library(count: int) -> Path:
    """`count` synthetic patterns: two words, a field, another word, and a number that makes each one its own."""
    directory = PLACE / f"patterns-{count}"
    shutil.rmtree(directory, ignore_errors=True)
    pick = random.Random(SEED)
    folder = directory / "app"
    folder.mkdir(parents=True)
    for n in range(count):
        first, second, third = pick.sample(_WORDS, 3)
        regex = rf"{first} {second}-{n}[: ]+(?P<what>[\w.-]{{1,40}}) {third}"
        text = _PATTERN.format(n=n, cause="app-crash", regex=regex)
        (folder / f"made-{n}.yaml").write_text(text, encoding="utf-8")
    return directory


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--gigabytes", type=float, nargs="*", default=[0.25, 0.5, 1.0])
    parser.add_argument("--patterns", type=int, nargs="*", default=[50, 100, 500, 2000])
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    PLACE.mkdir(exist_ok=True)
    out = ["--json", str(PLACE / "diagnosis.json"), "--no-progress", "--force"]
    print(f"{'GB':>6} {'wall s':>7} {'cpu s':>7} {'MB/s':>6} {'peak MB':>8}")
    for gigabytes in asked.gigabytes:
        directory = logs(int(gigabytes * 1000))
        line(f"{gigabytes:6.2f}", podtopsy("diagnose", str(directory), *out), size_of(directory), asked.runs)
    if not asked.patterns:
        return
    directory = logs(PATTERN_MEGABYTES)
    size = size_of(directory)
    print(f"\n{PATTERN_MEGABYTES} MB with further patterns; the first run compiles them, the others load them")
    print(f"{'more':>6} {'wall s':>7} {'cpu s':>7} {'MB/s':>6} {'peak MB':>8}")
    for count in asked.patterns:
        command = podtopsy("diagnose", str(directory), "--patterns", str(library(count)), *out)
        print(f"{count:6} {run(command).wall:7.2f}   compiling")
        line(f"{count:6}", command, size, asked.runs)


def line(label: str, command: Command, size: int, runs: int) -> None:
    """Print what a command costs, after its label."""
    found = in_turn({label: command}, runs)[label]
    cpu = sorted(r.cpu for r in found)[len(found) // 2]
    peak = max(r.peak for r in found)
    print(f"{label} {wall(found):7.2f} {cpu:7.2f} {size / 1e6 / wall(found):6.0f} {peak:8.0f}")


if __name__ == "__main__":
    main()
