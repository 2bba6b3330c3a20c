"""The content of one bundle file, read within limits.

Reading never raises for what a file holds: it ends, and `damage` says why in a few words.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from analyzer.tarstream import Readable

_PIECE: Final = 1 << 20  # a stream asked for more might allocate all of it first
UNREADABLE: Final = (NotImplementedError, OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error)
"""What reading a damaged file or archive member raises; zipfile alone has four ways."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a bundle may cost; the defaults are above any real one."""

    member_bytes: int = 64 << 30
    total_bytes: int = 256 << 30
    files: int = 5_000_000
    empty_files: int = 20_000  # are listed; what is empty tells no more by being listed
    depth: int = 3  # archives inside one another, below the given one
    salvage_bytes: int = 512 << 20  # a zip archive without its list is looked through up to here
    bomb_ratio: int = 1000  # an honest crash loop compresses about 300 : 1
    bomb_bytes: int = 1 << 30  # below this the ratio does not matter
    line_bytes: int = 16 << 20  # what is longer is no line that anybody wrote
    file_seconds: float = 60.0  # for one file, and a second more for each MB read of it


DEFAULT_LIMITS: Final = Limits()


@dataclass(slots=True)
class Meter:
    """Counts the decompressed bytes of a whole bundle against its limits."""

    limits: Limits
    total: int = 0
    told: Callable[[], None] | None = None  # called after each read, for who shows the progress


def damage_of(stream: Readable) -> str | None:
    """Why this stream ended early, or None."""
    damage = getattr(stream, "damage", None)
    return damage if isinstance(damage, str) else None


class Unbroken(io.RawIOBase):
    """A stream that ends where reading it raises; `broken` says why, for who reads an archive from it."""

    def __init__(self, source: Readable) -> None:
        """Nobody else may read from `source` any more."""
        super().__init__()
        self._source = source
        self.broken: str | None = None

    def readable(self) -> bool:
        """Always."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes, b"" at the end and from the first failure on."""
        if self.broken is not None:
            return b""
        try:
            return self._source.read(size)
        except UNREADABLE as error:
            self.broken = f"cannot be read any further: {first_line(error)}"
            return b""


class MemberStream(io.RawIOBase):
    """A binary stream of one file's decompressed content; `read(-1)` reads it all, up to the limits."""

    def __init__(self, stream: Readable, meter: Meter) -> None:
        """`meter` is shared by the whole bundle."""
        super().__init__()
        self._stream = stream
        self._meter = meter
        self._damage: str | None = None
        self.count = 0  # bytes read so far

    @property
    def damage(self) -> str | None:
        """Why the content ended early; None when it was whole, or is not yet read to its end."""
        return self._damage or damage_of(self._stream)

    def readable(self) -> bool:
        """Always."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes, b"" at the end or where a limit or damage ends it."""
        if self._damage:
            return b""
        limits = self._meter.limits
        if self.count >= limits.member_bytes or self._meter.total >= limits.total_bytes:
            self._damage = self._limit_hit() if self._peek() else None
            return b""
        room = min(limits.member_bytes - self.count, limits.total_bytes - self._meter.total)
        try:
            data = self._read_all(room) if size < 0 else self._stream.read(min(size, room))
        except UNREADABLE as error:
            self._damage = f"cannot be read: {first_line(error)}"
            return b""
        self.count += len(data)
        self._meter.total += len(data)
        if self._meter.told is not None:
            self._meter.told()
        return data

    def _read_all(self, most: int) -> bytes:
        parts: list[bytes] = []
        while most and (part := self._stream.read(min(most, _PIECE))):
            parts.append(part)
            most -= len(part)
        return b"".join(parts)

    def _limit_hit(self) -> str:
        limits = self._meter.limits
        if self.count >= limits.member_bytes:
            return f"the file has more than {limits.member_bytes:,} bytes (--max-file-bytes): the rest is not read"
        return f"the bundle has more than {limits.total_bytes:,} bytes (--max-bytes): the rest is not read"

    def _peek(self) -> bool:
        try:
            return bool(self._stream.read(1))
        except UNREADABLE:
            return True


def first_line(error: Exception) -> str:
    """An exception's reason, without the lines that some libraries add."""
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(reason).split("\n", 1)[0]
