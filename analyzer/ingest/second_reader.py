"""Small files read by a second process, while this one reads the others: most bundles are thousands of small files.

The process is a fork, which has the library and the screen and nothing to load. It never opens anything: the bytes of a
file reach it through memory that both share, what the file gave comes back through a pipe, in order. Where there is no
fork to be had, or one core alone, and where the process dies, all is read here; the rows are the same.
"""

from __future__ import annotations

import datetime as dt
import gc
import mmap
import multiprocessing
import signal
import sys
import threading
import warnings
from collections import deque
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, Final

from analyzer.another_process import uninterrupted
from analyzer.bundle import Bundle, BundleFile
from analyzer.ingest.blocks import read_fully
from analyzer.ingest.reading import Reading, read_file
from analyzer.layout import place
from analyzer.screen import Screen

NAME: Final = "second reader"
FILES_BEFORE: Final = 40  # read here before it is worth a process
LARGEST_BYTES: Final = 1 << 20  # of a file that is given away; what is larger is scanned on all cores here
SHARED_BYTES: Final = 4 << 20
MOST_GIVEN: Final = 24  # files at a time: enough to work on while a large one is read here
LONGEST_PATH: Final = 500  # characters: so many questions fit into a pipe, and asking never waits for an answer


@dataclass(frozen=True, slots=True)
class _Given:
    """A file that was given away: what the bundle says of it, and where its bytes lie in the shared memory."""

    path: str
    size: int
    modified: dt.datetime | None
    start: int
    length: int

    def file(self, bundle: Bundle, shared: mmap.mmap) -> BundleFile:
        """The file again, to be read."""
        raw = shared[self.start : self.start + self.length]
        return bundle.held(self.path, self.size, self.modified, raw)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a file gave, and how many texts in it were too slow for an expression, by its index."""

    reading: Reading
    slow: dict[int, int]


@dataclass(frozen=True, slots=True)
class _Failed:
    """A bug of ours, to be raised again: only with `strict`."""

    error: Exception


class SecondReader:
    """The other process; used by one thread, and stopped by it."""

    def __init__(self, bundle: Bundle, screen: Screen, strict: bool) -> None:
        """It is started with the first file that is given away."""
        self._bundle = bundle
        self._screen = screen
        self._strict = strict
        self._files = 0
        self._is_usable = _can_fork() and screen.threads > 1
        self._given: deque[_Given] = deque()
        self._end = 0  # of the youngest file's bytes
        self._shared: mmap.mmap | None = None
        self._process: Any = None

    def take(self, file: BundleFile) -> BundleFile | None:
        """None when the other process has the file now; else the file, to be read here."""
        self._files += 1
        if not self._is_usable or self._files <= FILES_BEFORE or len(self._given) == MOST_GIVEN:
            return file
        if file.stored is not None or file.size > LARGEST_BYTES or len(file.path) > LONGEST_PATH:
            return file
        if place(file.path).role == "ignored":  # is not even opened
            return file
        start = self._room(file.size)
        if start is None:
            return file
        stream = file.open()
        raw = read_fully(stream, file.size)
        more = stream.read(1)
        if more or stream.damage is not None:
            return self._bundle.held(file.path, file.size, file.modified, raw + more, stream)
        is_given = self._is_started() and self._give(_Given(file.path, file.size, file.modified, start, len(raw)), raw)
        return None if is_given else self._bundle.held(file.path, file.size, file.modified, raw)

    def done(self, must_wait: bool) -> Reading | None:
        """What the oldest file that was given away gave; None when that is not known yet, or none was given away."""
        if not self._given:
            return None
        answer = self._answer(must_wait)
        if answer is None and self._process is not None:
            return None
        oldest = self._given.popleft()
        if answer is None:  # it died: what it had is read here
            assert self._shared is not None
            return read_file(self._bundle, oldest.file(self._bundle, self._shared), self._screen, self._strict)
        if isinstance(answer, _Failed):
            raise answer.error
        for index, count in answer.slow.items():
            self._screen.slow[index] = self._screen.slow.get(index, 0) + count
        return answer.reading

    def stop(self) -> None:
        """End the process, whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._questions.close()
            self._replies.close()
        self._process, self._is_usable = None, False

    def _answer(self, must_wait: bool) -> _Answer | _Failed | None:
        """The next one, where there is one already or it must be waited for; None also when the process died."""
        if self._process is None:
            return None
        try:
            answer: _Answer | _Failed | None = self._replies.recv() if must_wait or self._replies.poll() else None
        except (EOFError, OSError):
            self.stop()
            return None
        return answer

    def _room(self, size: int) -> int | None:
        """Where so many bytes may go: behind the youngest, or before the oldest."""
        if not self._given:
            return 0
        oldest = self._given[0].start
        if self._end >= oldest:
            if self._end + size <= SHARED_BYTES:
                return self._end
            return 0 if size < oldest else None
        return self._end if self._end + size < oldest else None

    def _give(self, given: _Given, raw: bytes) -> bool:
        assert self._shared is not None
        self._shared[given.start : given.start + given.length] = raw
        try:
            self._questions.send(given)
        except OSError:
            self.stop()
            return False
        self._given.append(given)
        self._end = given.start + given.length
        return True

    def _is_started(self) -> bool:
        """Start it, once; it is gone for good where it does not start or has died."""
        if self._process is None and self._is_usable:
            try:
                self._start()
            except OSError:  # no memory, or no more processes allowed
                self._is_usable = False
        return self._process is not None

    def _start(self) -> None:
        context = multiprocessing.get_context("fork")
        self._shared = mmap.mmap(-1, SHARED_BYTES)
        asked, self._questions = context.Pipe(duplex=False)
        self._replies, answers = context.Pipe(duplex=False)
        ends = _Ends(asked, answers, (self._questions, self._replies))
        arguments = (ends, self._shared, self._bundle, self._screen, self._strict)
        process = context.Process(target=_work, args=arguments, name=NAME, daemon=True)
        with uninterrupted(), warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of forking beside the idle threads of polars
            process.start()
        self._process = process
        asked.close()
        answers.close()


@dataclass(frozen=True, slots=True)
class _Ends:
    asked: Connection
    answers: Connection
    not_ours: tuple[Connection, ...]  # while the process holds them it would not see that the other one is gone


def _can_fork() -> bool:
    """Whether a fork is safe: on Linux, of the main thread, in a process that may have children."""
    is_main = threading.current_thread() is threading.main_thread()
    return sys.platform == "linux" and is_main and not multiprocessing.current_process().daemon


def _work(ends: _Ends, shared: mmap.mmap, bundle: Bundle, screen: Screen, strict: bool) -> None:
    """The process's whole life. It touches neither polars nor the other one's files."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    gc.freeze()  # what was there before the fork stays shared
    for end in ends.not_ours:
        end.close()
    try:
        while True:
            given: _Given = ends.asked.recv()
            slow = dict(screen.slow)
            try:
                reading = read_file(bundle, given.file(bundle, shared), screen, strict)
            except Exception as error:
                ends.answers.send(_Failed(error))
                return
            more = {i: count - slow.get(i, 0) for i, count in screen.slow.items() if count != slow.get(i, 0)}
            ends.answers.send(_Answer(reading, more))
    except (EOFError, OSError):
        return  # the other one is gone
