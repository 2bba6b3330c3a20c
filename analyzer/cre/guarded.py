"""jq programs run in a process of their own, which is ended when one takes too long: nothing else stops them."""

from __future__ import annotations

import functools
import signal
from multiprocessing.connection import Connection
from typing import Any, Final

import orjson

from analyzer import another_process

START_SECONDS: Final = 60.0  # until the process answers at all; it loads little more than jq


class Guarded:
    """The process; it is started with the first question, and again with the first one after it was ended."""

    def __init__(self, seconds: float) -> None:
        """`seconds` is what a program may take over one value."""
        self._seconds = seconds
        self._pipe: Connection | None = None
        self._process: Any = None

    def is_true(self, program: str, line: str) -> bool:
        """Whether a result is neither null nor false; a line that is no JSON, or that the program fails on, has none.

        Raises TimeoutError when the program takes longer than it may.
        """
        pipe = self._pipe or self._start()
        try:
            pipe.send((program, line))
            if pipe.poll(self._seconds):
                return bool(pipe.recv())
        except (EOFError, OSError):  # it crashed on this line
            self._stop()
            return False
        self._stop()
        raise TimeoutError(program)

    def _start(self) -> Connection:
        self._process, pipe = another_process.start(_serve, is_asked=True)
        if not pipe.poll(START_SECONDS) or pipe.recv() is not True:
            raise RuntimeError("the process for jq programs does not start")
        self._pipe = pipe
        return pipe

    def _stop(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
            self._process.kill()
            self._process.join()
        self._pipe = None


def _serve(pipe: Connection) -> None:
    """The process's whole life: a question, an answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where it was not kept from us: the parent ends this process
    pipe.send(True)
    while True:
        try:
            program, line = pipe.recv()
            pipe.send(_is_true(compiled(program), line))
        except (EOFError, OSError):
            return


def _is_true(program: Any, line: str) -> bool:
    start = line.find("{")
    if start < 0:
        return False
    try:
        value = orjson.loads(line[start:])
        return any(result is not None and result is not False for result in program.input_value(value))
    except ValueError:
        return False


@functools.lru_cache(maxsize=1024)
def compiled(text: str) -> Any:
    """The program; raises ValueError when it is none. Imported here: only rules with a jq term need it."""
    import jq

    return jq.compile(text)
