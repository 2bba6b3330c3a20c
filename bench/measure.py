"""Commands run in turn as whole processes, with their wall time, processor time and peak memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
TIMEOUT_SECONDS: Final = 600.0


@dataclass(frozen=True)
class Run:
    """One run of one command."""

    wall: float  # seconds
    cpu: float  # seconds of all cores, user and system
    peak: float  # MB resident


@dataclass(frozen=True)
class Command:
    """What is run, and with which exit codes it has done its work."""

    arguments: Sequence[str]
    accepted: Sequence[int] = (0,)


def run(command: Command) -> Run:
    """One run; SystemExit with the end of its standard error when it fails."""
    start = time.perf_counter()
    # An installed program has its modules compiled once; some containers forbid that for every run.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    with subprocess.Popen(
        command.arguments,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stderr is not None
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    if process.returncode not in command.accepted:
        raise SystemExit(f"{command.arguments[0]} ended with {process.returncode}: {said.decode()[-2000:]}")
    per_megabyte = 1e6 if sys.platform == "darwin" else 1e3  # ru_maxrss is in bytes there, in KiB elsewhere
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / per_megabyte)


def in_turn(commands: Mapping[str, Command], runs: int) -> dict[str, list[Run]]:
    """`runs` rounds, each command once a round: what disturbs the machine disturbs all alike."""
    for command in commands.values():
        run(command)  # reads the files into memory, and compiles what is cached
    found: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            found[name].append(run(command))
    return found


def wall(runs: Sequence[Run]) -> float:
    """The median wall time."""
    return statistics.median(r.wall for r in runs)


def cpu(runs: Sequence[Run]) -> float:
    """The median processor time."""
    return statistics.median(r.cpu for r in runs)


def table(found: Mapping[str, Sequence[Run]], bytes_of: Mapping[str, int], against: str) -> str:
    """One line a command: median wall time with its spread, processor time, peak memory, the ratio to `against`."""
    lines = [f"{'':30} {'wall s':>7} {'spread':>15} {'cpu s':>7} {'MB/s':>6} {'peak MB':>8} {'wall':>6} {'cpu':>6}"]
    for name, runs in found.items():
        spread = f"{min(r.wall for r in runs):.2f} to {max(r.wall for r in runs):.2f}"
        rate = f"{bytes_of[name] / 1e6 / wall(runs):6.0f}" if bytes_of.get(name) else f"{'':6}"
        ratios = f"{wall(runs) / wall(found[against]):6.2f} {cpu(runs) / cpu(found[against]):6.2f}"
        peak = max(r.peak for r in runs)
        lines.append(f"{name:30} {wall(runs):7.2f} {spread:>15} {cpu(runs):7.2f} {rate} {peak:8.0f} {ratios}")
    lines.append(f"the last two columns are ratios to {against!r}")
    return "\n".join(lines)
