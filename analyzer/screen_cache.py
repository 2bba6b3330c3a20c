"""Compiled screens kept in the user's cache directory, where a damaged file costs time only.

Hyperscan trusts what it is given to load, so a file counts only if it is the user's own, nobody else may
write it, and its checksum holds.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Final

from analyzer import atomic

_MAGIC: Final = b"podtopsy screen 2\n"
_MAX_BYTES: Final = 512 << 20


def user_directory() -> Path | None:
    """Where this platform keeps caches of the user; None when it has no home."""
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return Path(local) / "podtopsy" if local else None
    if written := os.environ.get("XDG_CACHE_HOME"):
        return Path(written) / "podtopsy" if Path(written).is_absolute() else None
    try:
        home = Path.home()
    except RuntimeError:
        return None
    return home / "Library" / "Caches" / "podtopsy" if sys.platform == "darwin" else home / ".cache" / "podtopsy"


def key(expressions: Sequence[str]) -> str:
    """The file name for these expressions with this Hyperscan on this kind of processor."""
    digest = hashlib.sha256(_MAGIC)
    for part in (version("hyperscan"), platform.machine(), sys.platform, *expressions):
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


def load(directory: Path | None, name: str) -> bytes | None:
    """What `store` kept under this name, or None if it is not there, not ours or not whole."""
    if directory is None:
        return None
    try:
        with (directory / f"{name}.hs").open("rb") as file:
            status = os.fstat(file.fileno())
            if hasattr(os, "geteuid") and (status.st_uid != os.geteuid() or status.st_mode & 0o022):
                return None
            data = file.read(_MAX_BYTES)
    except OSError:
        return None
    start = len(_MAGIC) + 32
    checksum, payload = data[len(_MAGIC) : start], data[start:]
    if not data.startswith(_MAGIC) or hashlib.sha256(payload).digest() != checksum:
        return None
    return payload


def store(directory: Path | None, name: str, payload: bytes) -> None:
    """Keep it, whole or not at all; a directory that cannot be written is no error."""
    if directory is None:
        return
    with contextlib.suppress(OSError):
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        atomic.place(directory / f"{name}.hs", _MAGIC + hashlib.sha256(payload).digest() + payload, over=True)
