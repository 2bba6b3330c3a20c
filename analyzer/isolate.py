"""The bundle read in a process of its own, so that a crash of a native library costs one file.

The worker walks the bundle as always and sends what each file gave through a pipe. Where it dies (a fault in Hyperscan,
rapidyaml, isal or zlib) or stays silent for too long, the file at hand is given up with a note, and a new worker walks
the bundle from its beginning, past everything that was delivered before. A worker is trusted: this is a bulkhead, no
sandbox.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from typing import Final

from analyzer import another_process
from analyzer.bundle import CRASHED, Bundle, open_bundle
from analyzer.errors import InputError, UsageError
from analyzer.ingest import Progress
from analyzer.ingest.patience import allowed
from analyzer.ingest.reading import Reading, given_up, read_file
from analyzer.member import Limits
from analyzer.model import FileEntry, Note
from analyzer.screen import Screen, Sought

GRACE_SECONDS: Final = 20.0  # the worker keeps the limit itself, where it can; behind that it is ended
EXPANSION: Final = 20  # of a compressed file, for that limit: the worker counts better
CRASHES: Final = 20  # as many bad files are no accident any more


@dataclass(frozen=True, slots=True)
class _Job:
    """What a worker needs to know."""

    paths: tuple[str, ...]
    limits: Limits
    expressions: tuple[str, ...]
    sought: Sought | None
    strict: bool
    done: int = 0  # files that were delivered, or have ended a worker
    avoid: frozenset[str] = frozenset()  # what ended one before it was a file


@dataclass(frozen=True, slots=True)
class _Looking:
    """What the worker looks into; `is_file` when it is read, not only recognised."""

    path: str
    size: int
    is_file: bool
    files_seen: int = 0
    bytes_taken: int = 0


@dataclass(frozen=True, slots=True)
class _End:
    """The end of the bundle, or of what can be read of it."""

    listed: tuple[FileEntry, ...]
    notes: tuple[Note, ...]
    slow: dict[int, int]
    error: str | None = None


def read_isolated(
    bundle: Bundle, screen: Screen, progress: Progress | None = None, strict: bool = False
) -> Iterator[Reading]:
    """What each file gives, like `analyzer.ingest.read_files`; `bundle` itself is not opened.

    Raises InputError as the bundle would, and UsageError for standard input, which cannot be read twice.
    """
    if "-" in bundle.paths:
        raise UsageError("--isolate cannot begin anew on standard input; give it a file")
    job = _Job(bundle.paths, bundle.limits, screen.expressions, screen.sought, strict)
    for _ in range(CRASHES):
        worker = _Worker(job)
        try:
            for read in worker.readings(progress):
                job = replace(job, done=job.done + 1)
                yield read
        finally:
            worker.stop()
        if worker.end is not None:
            if worker.end.error is not None:
                raise InputError(worker.end.error)
            bundle.listed += worker.end.listed
            bundle.notes += worker.end.notes
            screen.slow.update(worker.end.slow)
            return
        at = worker.at
        if at is None or (not at.is_file and at.path in job.avoid):
            break  # going around it did not help
        if at.is_file:
            yield given_up(at.path, at.size, worker.death())
            job = replace(job, done=job.done + 1)
        else:
            job = replace(job, avoid=job.avoid | {at.path})
    bundle.note(bundle.paths[0], f"its reader crashed again and again: after {job.done} files the rest is not read")


class _Worker:
    """One process, from its first file to its end."""

    def __init__(self, job: _Job) -> None:
        self._process, self._pipe = another_process.start(work, job)
        self._seconds = job.limits.file_seconds
        self._is_silent = False
        self.at: _Looking | None = None
        self.end: _End | None = None

    def readings(self, progress: Progress | None) -> Iterator[Reading]:
        """What it sends, until it ends, dies, or takes too long over a file."""
        while (message := self._next()) is not None:
            if isinstance(message, Reading):
                yield message
            elif isinstance(message, _End):
                self.end = message
                return
            elif isinstance(message, _Looking):
                self.at = message
                if progress is not None and message.is_file:
                    progress(message.files_seen, message.bytes_taken, message.path)

    def _next(self) -> object:
        wait = None
        if self.at is not None and self.at.is_file:
            wait = allowed(self._seconds, EXPANSION * self.at.size) + GRACE_SECONDS
        try:
            if self._pipe.poll(wait):
                return self._pipe.recv()
        except (EOFError, OSError):
            return None
        self._is_silent = True
        return None

    def stop(self) -> None:
        """End the process, and wait until it is gone."""
        self._process.join(0.5 if self.end is not None else 0)
        self._process.kill()
        self._process.join()
        self._pipe.close()

    def death(self) -> str:
        """Why the file at hand is given up."""
        if self._is_silent:
            return "took too long (--max-seconds) and did not stop: its reader was ended"
        code = self._process.exitcode
        try:
            how = signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"
        except ValueError:
            how = f"signal {-(code or 0)}"
        return CRASHED.replace("file", f"file ({how})")


def work(pipe: Connection, job: _Job) -> None:
    """The worker's whole life."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where it was not kept from us: the parent ends this process
    try:
        bundle = open_bundle(job.paths, job.limits)
        bundle.avoid = job.avoid
        bundle.watch = lambda path, size: pipe.send(_Looking(path, size, is_file=False))
        screen = Screen.build(job.expressions, sought=job.sought)
        for read in _read_on(bundle, screen, pipe, job):
            pipe.send(read)
        pipe.send(_End(tuple(bundle.listed), tuple(bundle.notes), screen.slow))
    except InputError as error:
        pipe.send(_End((), (), {}, str(error)))
    except BrokenPipeError:
        pass  # the parent is gone


def _read_on(bundle: Bundle, screen: Screen, pipe: Connection, job: _Job) -> Iterator[Reading]:
    for number, file in enumerate(bundle.files()):
        if number >= job.done:
            pipe.send(_Looking(file.path, file.size, True, bundle.files_seen, bundle.bytes_taken))
            yield read_file(bundle, file, screen, job.strict)
