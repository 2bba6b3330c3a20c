"""A second Python process that imports nothing from the current directory, which may be the bundle itself.

Python puts the current directory first on the search path of a program that begins with `-c`, and multiprocessing
starts its processes so: a `multiprocessing.py` that lies in the bundle would be run. PYTHONSAFEPATH takes it off
(https://docs.python.org/3/using/cmdline.html#envvar-PYTHONSAFEPATH).
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Final

_SAFE: Final = "PYTHONSAFEPATH"


def start(target: Callable[..., None], *arguments: Any, is_asked: bool = False) -> tuple[BaseProcess, Connection]:
    """The process, running `target(pipe, *arguments)`, and our end of the pipe, which takes questions if `is_asked`.

    It is spawned: a forked one would share locks of polars' threads. It ends with this one at the latest.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=is_asked)
    process = context.Process(target=target, args=(theirs, *arguments), daemon=True)
    with _safe_path(), uninterrupted():
        process.start()
    theirs.close()
    return process, ours


@contextmanager
def uninterrupted() -> Iterator[None]:
    """A process that is started inside never hears of Ctrl-C, which the terminal sends to all; this one hears later."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _safe_path() -> Iterator[None]:
    before = os.environ.get(_SAFE)
    os.environ[_SAFE] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[_SAFE]
        else:
            os.environ[_SAFE] = before
