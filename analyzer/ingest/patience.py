"""A limit on the time that one file may take.

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
    """A file has taken too long."""


def allowed(seconds: float, size: int) -> float:
    """Seconds for a file of which `size` bytes were read so far."""
    return seconds + size / BYTES_A_SECOND


@contextlib.contextmanager
def within(seconds: float, size: Callable[[], int]) -> Iterator[None]:
    """Raise Overdue inside the block when it takes longer than `allowed(seconds, size())`."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
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
