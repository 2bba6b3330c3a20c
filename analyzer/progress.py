"""Progress of a long run, on standard error, on a terminal alone."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from analyzer import directory

QUIET_SECONDS = 1.0  # shorter runs show nothing
EVERY_SECONDS = 0.1
MEGABYTE = 1e6
MOST_COUNTED = 200_000  # files whose sizes are added up beforehand


@contextmanager
def progress(paths: Sequence[str], is_off: bool) -> Iterator[Callable[[int, int, str], None] | None]:
    """A function to call with (files, bytes of the PATHs, path), or None where there is nobody to watch."""
    if is_off or not sys.stderr.isatty():
        yield None
        return
    meter = _Meter(_stored_bytes(paths))
    try:
        yield meter
    finally:
        meter.clear()


def _stored_bytes(paths: Sequence[str]) -> int | None:
    """What the PATHs hold on the disk; None where that is not known before it is read."""
    total = 0
    for path in paths:
        try:
            if path != "-" and Path(path).is_dir():
                found = list(islice(directory.walk(path), MOST_COUNTED))
                if len(found) == MOST_COUNTED:
                    return None
                total += sum(file.size for file in found if file.reason is None)
            else:
                total += Path(path).stat().st_size
        except (OSError, ValueError):  # standard input, and what is said of when it is read
            return None
    return total


class _Meter:
    def __init__(self, total: int | None) -> None:
        self.total = total
        self.started = time.monotonic()
        self.shown_at = self.started
        self.is_shown = False

    def __call__(self, files: int, size: int, path: str) -> None:
        """One line, at most ten times a second; of the path only what a terminal can take."""
        now = time.monotonic()
        if now - self.started < QUIET_SECONDS or now - self.shown_at < EVERY_SECONDS:
            return
        self.shown_at, self.is_shown = now, True
        name = "".join(c if c.isprintable() else "?" for c in path[-30:])
        sys.stderr.write(f"\r\x1b[K{state(files, size, self.total, now - self.started)}  {name}")
        sys.stderr.flush()

    def clear(self) -> None:
        if self.is_shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def state(files: int, size: int, total: int | None, seconds: float) -> str:
    """Files, bytes, rate and, where the whole is known, the time left: "12 files, 40 of 90 MB, 20 MB/s, 3 s left"."""
    rate = size / seconds
    of_total = f" of {total / MEGABYTE:,.0f}" if total else ""
    left = f", {_duration(max(total - size, 0) / rate)} left" if total and rate else ""
    return f"{files:,} files, {size / MEGABYTE:,.0f}{of_total} MB, {rate / MEGABYTE:,.0f} MB/s{left}"


def _duration(seconds: float) -> str:
    """In the unit a person would use."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
