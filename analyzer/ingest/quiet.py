"""Keeps rapidyaml from writing its parse errors to standard error.

rapidyaml reports an error twice: as the exception we handle, and from C++ to file descriptor 2. Its Python binding
(0.15) has no way to set its error callbacks, so the descriptor points to the null device while it parses. The
parse call holds Python's global lock, and a lock of ours keeps two threads from restoring each other's descriptor;
what another thread writes to standard error between those calls would be lost, a frame of the progress line at most.
"""

from __future__ import annotations

import functools
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_LOCK: Final = threading.Lock()
_STDERR: Final = 2


@functools.cache
def _null() -> int:
    """The null device, open to the end: a file costs one parse or more, and each opening as much as a small one."""
    return os.open(os.devnull, os.O_WRONLY)


@contextmanager
def quiet_stderr() -> Iterator[None]:
    """Nothing that native code writes to standard error within is seen."""
    with _LOCK:
        try:
            saved = os.dup(_STDERR)
        except OSError:  # standard error is closed: there is nothing to keep quiet
            yield
            return
        try:
            os.dup2(_null(), _STDERR, inheritable=False)
            yield
        finally:
            os.dup2(saved, _STDERR)
            os.close(saved)
