"""The files below a directory in sorted order, none of them opened by accident.

Links are listed, never followed; FIFOs, sockets and devices are listed, never opened: opening a FIFO
waits for ever, reading /dev/zero never ends.
"""

# ruff: noqa: PTH110, PTH115, PTH116, PTH118, PTH208
# Names that are no text, and links that must not be followed, need the calls of `os`.

from __future__ import annotations

import io
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from analyzer.errors import InputError
from analyzer.names import shown_name

_OPEN_FLAGS: Final = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_SPECIAL: Final = (
    (stat.S_ISFIFO, "FIFO"),
    (stat.S_ISSOCK, "socket"),
    (stat.S_ISCHR, "character device"),
    (stat.S_ISBLK, "block device"),
)


@dataclass(frozen=True, slots=True)
class Found:
    """One thing below the root; `reason` says why it is not to be read."""

    path: str  # POSIX, relative to the root
    location: str  # to open it
    size: int
    modified: float
    reason: str | None


def require_files(root: str) -> None:
    """Raise InputError when the directory cannot be listed or holds nothing at any depth."""
    try:
        with os.scandir(root):
            pass
    except OSError as error:
        raise InputError(f"{root} cannot be read: {error.strerror or error}") from None
    if next(walk(root), None) is None:
        raise InputError(f"{root} is an empty directory: nothing to read")


def walk(root: str) -> Iterator[Found]:
    """Everything below `root` that is not a directory, depth first, names in byte order."""
    pending = [(root, "")]
    while pending:
        location, path = pending.pop()
        status = None
        try:
            status = os.lstat(location) if path else os.stat(location)
            if stat.S_ISDIR(status.st_mode):
                names = sorted(os.listdir(location), key=os.fsencode, reverse=True)
                parent = f"{path}/" if path else ""
                pending += [(os.path.join(location, name), parent + shown_name(os.fsencode(name))) for name in names]
                continue
        except OSError as error:
            size = status.st_size if status and not stat.S_ISDIR(status.st_mode) else 0
            yield Found(path, location, size, 0.0, f"not readable: {error.strerror or error}")
            continue
        yield Found(path, location, status.st_size, status.st_mtime, _reason(root, location, status.st_mode))


def open_regular(location: str) -> io.FileIO:
    """The file, opened without following a link and without waiting; OSError when it is not regular."""
    descriptor = os.open(location, _OPEN_FLAGS)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):  # it changed since it was listed
        os.close(descriptor)
        raise OSError(0, "not a regular file")
    return io.FileIO(descriptor, "rb", closefd=True)


def _reason(root: str, location: str, mode: int) -> str | None:
    if stat.S_ISREG(mode):
        return None
    if stat.S_ISLNK(mode):
        return _link_reason(root, location)
    kind = next((word for test, word in _SPECIAL if test(mode)), "special file")
    return f"{kind}: not a regular file"


def _link_reason(root: str, location: str) -> str:
    target = shown_name(os.fsencode(os.readlink(location)))
    top = os.path.realpath(root)
    end = os.path.realpath(location)
    if end != top and os.path.commonpath([top, end]) != top:
        return f"link to {target}, outside the bundle: not followed"
    if not os.path.exists(end):
        return f"link to {target}, which is not there"
    return f"link to {target}"
