"""What the user named on the command line: directories, files, standard input, each as entries to look into."""

from __future__ import annotations

import datetime as dt
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from analyzer import directory
from analyzer.archive import Rewound
from analyzer.errors import InputError
from analyzer.member import Limits
from analyzer.names import shown_name
from analyzer.stored import Stored
from analyzer.tarstream import Readable


class Told(Protocol):
    """Who is told of what is not read, and what it may cost to look for more."""

    @property
    def limits(self) -> Limits:
        """What a bundle may cost."""
        ...

    def skip(self, path: str, size: int, reason: str) -> None:
        """List something that is not read."""
        ...

    def note(self, path: str, problem: str) -> None:
        """Say something about how it was read."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something that may be a file, an archive or compressed, before anybody looked inside."""

    path: str
    size: int
    modified: dt.datetime | None
    stream: Readable
    prefix: str  # of its members' paths, when it turns out to be an archive
    given: str | None = None  # the PATH as the user wrote it, when this is the whole of it
    stored: Stored | None = None  # the file whose content this is, where it is compressed


Source = Callable[[Told], Iterator[Entry]]


def prefixes(paths: list[str]) -> list[str]:
    """With several PATHs each one's base name, made unique; with one, nothing."""
    if len(paths) == 1:
        return [""]
    names: list[str] = []
    for path in paths:
        name = "stdin" if path == "-" else shown_name(os.fsencode(Path(path).resolve().name)) or "root"
        count = sum(1 for n in names if n == name or n.startswith(f"{name}~"))
        names.append(f"{name}~{count + 1}" if count else name)
    return [f"{name}/" for name in names]


def source_of(path: str, prefix: str) -> Source:
    """How the entries of one PATH are come by; raises InputError in one sentence where that cannot be."""
    if path == "-":
        return lambda _: _stdin(prefix)
    try:
        status = Path(path).stat()  # the user named it: a link is followed here, and nowhere else
    except FileNotFoundError:
        raise InputError(f"{path} does not exist") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if stat.S_ISDIR(status.st_mode):
        directory.require_files(path)
        return lambda bundle: _directory(bundle, path, prefix)
    if not stat.S_ISREG(status.st_mode):
        raise InputError(f"{path} is neither a file nor a directory; use - for standard input")
    if status.st_size == 0:
        raise InputError(f"{path} is an empty file: nothing to read")
    if not os.access(path, os.R_OK):
        raise InputError(f"{path} cannot be read: permission denied")
    return lambda _: _single(path, prefix)


def _stdin(prefix: str) -> Iterator[Entry]:
    import sys

    # Not the buffer itself: a thread that waits in it would hold its lock when Python ends. Nor the bare file: a pipe
    # has no way back, as files are taken to have.
    stream = Rewound(b"", getattr(sys.stdin.buffer, "raw", sys.stdin.buffer))
    yield Entry(path="stdin", size=0, modified=None, stream=stream, prefix=prefix, given="standard input")


def _single(path: str, prefix: str) -> Iterator[Entry]:
    status = Path(path).stat()
    with Path(path).open("rb", buffering=0) as file:
        yield Entry(
            path=shown_name(os.fsencode(Path(path).name)),
            size=status.st_size,
            modified=instant(status.st_mtime),
            stream=file,
            prefix=prefix,
            given=path,
        )


def _directory(bundle: Told, root: str, prefix: str) -> Iterator[Entry]:
    for found in directory.walk(root):
        path = prefix + found.path
        if found.reason is not None:
            bundle.skip(path, found.size, found.reason)
            continue
        try:
            file = directory.open_regular(found.location)
        except OSError as error:
            bundle.skip(path, found.size, f"not readable: {error.strerror or error}")
            continue
        with file:
            yield Entry(path=path, size=found.size, modified=instant(found.modified), stream=file, prefix=f"{path}/")


def give_up(told: Told, entry: Entry, reason: str) -> None:
    """List an entry that cannot be read; raises InputError where it is all that the user gave."""
    if entry.given:
        raise InputError(f"{entry.given} cannot be read: {reason}")
    told.skip(entry.path, entry.size, reason)


def instant(seconds: float | None) -> dt.datetime | None:
    """A file's time; None where it says nothing (0 and below) or nothing possible."""
    if seconds is None or seconds <= 0:
        return None
    try:
        return dt.datetime.fromtimestamp(seconds, dt.UTC)
    except (OverflowError, OSError, ValueError):
        return None
