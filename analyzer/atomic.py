"""A file that appears whole or not at all, readable by its owner alone.

On Linux the bytes go into a file without a name (O_TMPFILE, see open(2)), which is given its name when it is whole:
whatever ends the process, nothing is left behind. Elsewhere, and to replace a file, one temporary name per target is
used, `.podtopsy-<digest of the name>`, which the next run takes over.
"""

# Descriptors of directories need the calls of `os`.

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path
from typing import Final

MODE: Final = 0o600
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_DESCRIPTORS: Final = "/proc/self/fd"


def place(path: Path, content: bytes, *, over: bool) -> None:
    """Write `content` to `path`; `over` replaces what is there.

    Raises FileExistsError where something is there and `over` is not given, and any other OSError as it comes. A link
    at `path` is never followed: it counts as something that is there.
    """
    if not _place_unnamed(path, content, over):
        _place_named(path, content, over)


def temporary(path: Path) -> Path:
    """The name that is used beside `path` while it is being written."""
    return path.with_name(f".podtopsy-{hashlib.sha256(os.fsencode(path.name)).hexdigest()[:16]}")


def _place_unnamed(path: Path, content: bytes, over: bool) -> bool:
    """False, and nothing done, where the system or the file system has no files without a name."""
    flag = getattr(os, "O_TMPFILE", 0)
    if not flag or not os.path.isdir(_DESCRIPTORS):  # noqa: PTH112
        return False
    try:
        descriptor = os.open(path.parent, flag | os.O_WRONLY, MODE)
    except OSError:  # the other way fails for the same reason, if it is a real one
        return False
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            source = f"{_DESCRIPTORS}/{descriptor}"
            if not over:
                os.link(source, path.name, dst_dir_fd=folder)
                return True
            name = temporary(path).name
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name, dir_fd=folder)
            os.link(source, name, dst_dir_fd=folder)
            os.replace(name, path.name, src_dir_fd=folder, dst_dir_fd=folder)
        finally:
            os.close(folder)
    return True


def _place_named(path: Path, content: bytes, over: bool) -> None:
    beside = temporary(path)
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, _NEW, MODE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        if over:
            beside.replace(path)
        else:
            _name(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def _name(beside: Path, path: Path) -> None:
    """Give a file its name where that is free; file systems without hard links get the second best."""
    try:
        os.link(beside, path)
    except FileExistsError:
        raise
    except (OSError, NotImplementedError, AttributeError):
        if os.path.lexists(path):
            raise FileExistsError(f"{path} exists") from None
        os.rename(beside, path)  # noqa: PTH104
