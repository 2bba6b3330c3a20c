"""Measure podtopsy against public tools on the same generated logs, in the same run.

    python bench/run.py [--megabytes 500] [--runs 5]

Whole processes in turn; the table gives medians, their spread and ratios. The others count or filter lines;
podtopsy goes on to the diagnosis.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import tarfile
from pathlib import Path
from typing import Final

from generate import generate
from isal import igzip
from measure import ROOT, Command, in_turn, table
from rivals import count_lines, expressions, grep, lnav, podtopsy, ripgrep
from rivals import igzip as decompress

PLACE: Final = ROOT / ".bench"


def logs(megabytes: int) -> Path:
    """The generated directory, kept between runs."""
    directory = PLACE / f"logs-{megabytes}"
    if not directory.exists():
        unfinished = PLACE / f"logs-{megabytes}.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        generate(unfinished, megabytes)
        unfinished.rename(directory)
    return directory


def packed(directory: Path) -> Path:
    """The same as tar.gz, kept between runs."""
    archive = directory.with_suffix(".tar.gz")
    if not archive.exists():
        unfinished = directory.with_suffix(".unfinished.gz")
        with igzip.open(unfinished, "wb", compresslevel=1) as target, tarfile.open(fileobj=target, mode="w|") as tar:
            tar.add(directory, directory.name)
        unfinished.rename(archive)
    return archive


def size_of(directory: Path) -> int:
    return sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--megabytes", type=int, default=500)
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    PLACE.mkdir(exist_ok=True)
    directory = logs(asked.megabytes)
    archive, size, patterns = packed(directory), size_of(directory), expressions(PLACE)
    json = ["--json", str(PLACE / "diagnosis.json"), "--no-progress", "--force"]
    print(f"{size / 1e6:.0f} MB of logs, {asked.runs} runs, {os.cpu_count()} cores, {platform.machine()}")
    plain: dict[str, Command | str] = {
        "podtopsy diagnose DIR": podtopsy("diagnose", str(directory), *json),
        "rg -c -f": ripgrep(patterns, directory),
        "grep -E -c -f": grep(patterns, directory, PLACE),
        "lnav -n": lnav(directory),
        "wc -l": count_lines(directory),
    }
    compressed: dict[str, Command | str] = {
        "podtopsy diagnose TAR.GZ": podtopsy("diagnose", str(archive), *json),
        "igzip -d, thrown away": decompress(archive, None),
        "igzip -d, to a file": decompress(archive, PLACE / "decompressed.tar"),
    }
    for commands, against in ((plain, "rg -c -f"), (compressed, "igzip -d, thrown away")):
        there = {name: command for name, command in commands.items() if isinstance(command, Command)}
        print()
        print(table(in_turn(there, asked.runs), dict.fromkeys(there, size), against))
        for name, reason in commands.items():
            if isinstance(reason, str):
                print(f"{name:30} left out: {reason}")
    (PLACE / "decompressed.tar").unlink(missing_ok=True)
    print()
    sample = ROOT / "samples" / "fluentd-mount-mismatch" / "bundle"
    html = str(PLACE / "report.html")
    starts = {
        'python -c "import polars"': Command([podtopsy().arguments[0], "-c", "import polars"]),
        "podtopsy --help": podtopsy("--help"),
        "podtopsy diagnose SAMPLE --html": podtopsy(
            "diagnose", str(sample), "--html", html, "--no-progress", "--force"
        ),
    }
    print(table(in_turn(starts, asked.runs), {}, 'python -c "import polars"'))


if __name__ == "__main__":
    main()
