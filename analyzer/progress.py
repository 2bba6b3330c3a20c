"""Progress of a long run, on standard error, on a terminal alone."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

QUIET_SECONDS = 1.0  # shorter runs show nothing
EVERY_SECONDS = 0.1
MEGABYTE = 1e6


@contextmanager
def progress(is_off: bool) -> Iterator[Callable[[int, int, str], None] | None]:
    """A function to call with (files, bytes, path), or None where there is nobody to watch."""
    if is_off or not sys.stderr.isatty():
        yield None
        return
    meter = _Meter()
    try:
        yield meter
    finally:
        meter.clear()


class _Meter:
    def __init__(self) -> None:
        self.started = time.monotonic()
        self.shown_at = self.started
        self.is_shown = False

    def __call__(self, files: int, size: int, path: str) -> None:
        """One line, at most ten times a second; of the path only what a terminal can take."""
        now = time.monotonic()
        if now - self.started < QUIET_SECONDS or now - self.shown_at < EVERY_SECONDS:
            return
        self.shown_at, self.is_shown = now, True
        rate = size / MEGABYTE / (now - self.started)
        name = "".join(c if c.isprintable() else "?" for c in path[-40:])
        sys.stderr.write(f"\r\x1b[K{files} files, {size / MEGABYTE:,.0f} MB, {rate:,.0f} MB/s  {name}")
        sys.stderr.flush()

    def clear(self) -> None:
        if self.is_shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
