"""When the file at hand is given up: it takes too long, or somebody interrupts the reading.

A timer of the operating system interrupts Python code (setitimer(2)); where there is none (Windows, threads other than
the first) the limit is not kept, and native code is only interrupted by `--isolate`, which ends its process.
"""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Final

BYTES_A_SECOND: Final = 1_000_000  # the slowest reading that is still taken for one
_AGAIN_SECONDS: Final = 0.5  # an interruption that a destructor or a library swallows is repeated


class Overdue(Exception):
    """A file has taken too long, or was interrupted."""


class _AtHand:
    """Whether a file is being read: a signal handler can be told nothing else."""

    is_any = False


def allowed(seconds: float, size: int) -> float:
    """Seconds for a file of which `size` bytes were read so far."""
    return seconds + size / BYTES_A_SECOND


@contextlib.contextmanager
def within(seconds: float, size: Callable[[], int]) -> Iterator[None]:
    """Raise Overdue inside the block when it takes longer than `allowed(seconds, size())`, or is interrupted."""
    if not _is_first_thread():
        yield
        return
    _AtHand.is_any = True
    try:
        with _timer(seconds, size) if hasattr(signal, "setitimer") else contextlib.nullcontext():
            yield
    finally:
        _AtHand.is_any = False


@contextlib.contextmanager
def interruptible(stop: Callable[[], None]) -> Iterator[None]:
    """Inside, the first Ctrl-C calls `stop` and gives up the file at hand; the second one ends the run as always."""
    if not _is_first_thread():
        yield
        return

    def interrupted(*_: object) -> None:
        signal.signal(signal.SIGINT, before)
        stop()
        if _AtHand.is_any:
            raise Overdue("interrupted: given up")

    before = signal.signal(signal.SIGINT, interrupted)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def _timer(seconds: float, size: Callable[[], int]) -> Iterator[None]:
    start = time.monotonic()

    def look(*_: object) -> None:
        limit = allowed(seconds, size())
        if time.monotonic() - start >= limit:
            raise Overdue(f"took more than {limit:,.0f} seconds (--max-seconds): given up")

    handler = signal.signal(signal.SIGALRM, look)
    before = signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *before)
        signal.signal(signal.SIGALRM, handler)


def _is_first_thread() -> bool:
    """Signals are handled by no other."""
    return threading.current_thread() is threading.main_thread()
