"""Show how cost grows with what fails: pods of a few workloads that crash, and logs of as many that panicked.

    python bench/many.py [--pods 1250 2500 5000 10000] [--logs 1250 2500 5000] [--runs 1]

Time should grow with their number, and not with its square: every finding that is held against every failure shows
here and nowhere else. Half of the pods crash, in 50 workloads; the logs lie as `oc adm inspect` lays them.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any, Final

from curves import line
from rivals import podtopsy
from run import PLACE, size_of

WORKLOADS: Final = 50
_DAY: Final = "2026-03-14T"


def pod(number: int) -> dict[str, Any]:
    """A pod of a StatefulSet; every other one crashes."""
    is_bad = number % 2 == 0
    waiting = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s restarting failed container"}}
    ended = {"exitCode": 1, "reason": "Error", "startedAt": f"{_DAY}09:00:00Z", "finishedAt": f"{_DAY}09:00:05Z"}
    status = {
        "name": "app",
        "restartCount": 7 if is_bad else 0,
        "ready": not is_bad,
        "state": waiting if is_bad else {"running": {"startedAt": f"{_DAY}08:00:00Z"}},
        "lastState": {"terminated": ended} if is_bad else {},
    }
    name = f"web-{number % WORKLOADS}"
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": f"{name}-{number // WORKLOADS}", "namespace": "shop", "uid": f"u{number}"},
        "spec": {"nodeName": f"n{number % 40}", "containers": [{"name": "app", "image": "registry.example/app:1"}]},
        "status": {"phase": "Running", "containerStatuses": [status]},
    }


def pods(count: int) -> Path:
    """A directory with one List of so many pods; kept between runs."""
    path = PLACE / f"many-pods-{count}" / "pods.json"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        held = {"apiVersion": "v1", "kind": "List", "items": [pod(n) for n in range(count)]}
        path.write_text(json.dumps(held), encoding="utf-8")
    return path.parent


def panics(count: int) -> Path:
    """A directory with so many logs of one panic each; kept between runs."""
    directory = PLACE / f"many-logs-{count}"
    if not directory.exists():
        unfinished = PLACE / f"many-logs-{count}.unfinished"
        for n in range(count):
            name = f"web-{n % WORKLOADS}-{n // WORKLOADS}"
            folder = unfinished / "namespaces" / "shop" / "pods" / name / "app" / "app" / "logs"
            folder.mkdir(parents=True, exist_ok=True)
            said = f"{_DAY}09:00:00.{n:09d}Z stderr F starting\n{_DAY}09:00:01.{n:09d}Z stderr F panic: no shard {n}\n"
            (folder / "current.log").write_text(said, encoding="utf-8")
        unfinished.rename(directory)
    return directory


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--pods", type=int, nargs="*", default=[1250, 2500, 5000, 10_000])
    parser.add_argument("--logs", type=int, nargs="*", default=[1250, 2500, 5000])
    parser.add_argument("--runs", type=int, default=1)
    asked = parser.parse_args()
    PLACE.mkdir(exist_ok=True)
    out = ["--json", str(PLACE / "diagnosis.json"), "--no-progress", "--force"]
    for what, make, counts in (("pods", pods, asked.pods), ("logs", panics, asked.logs)):
        print(f"{what:>6} {'wall s':>7} {'cpu s':>7} {'MB/s':>6} {'peak MB':>8}")
        for count in counts:
            directory = make(count)
            line(f"{count:6}", podtopsy("diagnose", str(directory), *out), size_of(directory), asked.runs)


if __name__ == "__main__":
    main()
