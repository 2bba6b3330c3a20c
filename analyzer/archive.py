"""Archives and compressed data recognised by their first bytes, read as streams.

Compression is undone by one class for gzip, xz, bzip2 and zstd alike: all four decompressors share the
interface of `bz2.BZ2Decompressor`. Damage never raises: reading ends where the data ends to make sense,
and `damage` says why.
"""

from __future__ import annotations

import bz2
import importlib
import io
import lzma
import zlib
from typing import Any, Final

from isal import igzip_lib

from analyzer import tarstream
from analyzer.member import Limits, damage_of
from analyzer.model import ENDS_EARLY
from analyzer.tarstream import Readable

HEAD_BYTES: Final = 4096  # enough for every magic number, a tar header and a first look at text
XZ_MEMORY_BYTES: Final = 256 << 20  # a dictionary larger than that is not made by `xz -9` (64 MiB)
_BROKEN: Final = (OSError, ValueError, EOFError, zlib.error)
_ISAL_ERROR: Final[Any] = igzip_lib.IsalError
_CHUNK: Final = 1 << 18

_MAGIC: Final = (
    (b"\x1f\x8b", "gzip"),
    (b"\xfd7zXZ\0", "xz"),
    (b"BZh", "bzip2"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
)

_SKIPPABLE: Final = b"\x2a\x4d\x18"  # RFC 8878, 3.1.2: the first byte is 0x50 to 0x5f

FOREIGN: Final = ("7z", "rar")  # archives that are named, never read


def kind_of(head: bytes) -> str | None:
    """gzip, xz, bzip2, zstd, zip, tar, 7z, rar, or None for anything else."""
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind if kind != "bzip2" or head[3:4] in b"123456789" else None
    if head[1:4] == _SKIPPABLE and head[0] >> 4 == 5:  # pzstd and seekable files begin with such a frame
        return "zstd"
    return "tar" if tarstream.is_header(head[:512]) else None


class Rewound(io.RawIOBase):
    """A stream with its first bytes put back in front."""

    def __init__(self, head: bytes, rest: Readable) -> None:
        """`head` was read from `rest`."""
        super().__init__()
        self._head = head
        self._rest = rest

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes; all that is left for -1."""
        if not self._head:
            return self._rest.read(size)
        if size < 0:
            data, self._head = self._head + self._rest.read(-1), b""
            return data
        data, self._head = self._head[:size], self._head[size:]
        return data + self._rest.read(size - len(data)) if len(data) < size else data

    @property
    def damage(self) -> str | None:
        """Why what lies below ended early."""
        return damage_of(self._rest)

    def readable(self) -> bool:
        """Always."""
        return True


def _decompressor(kind: str) -> Any:
    if kind == "gzip":
        return igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)
    if kind == "xz":
        return lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=XZ_MEMORY_BYTES)
    if kind == "bzip2":
        return bz2.BZ2Decompressor()
    return _zstd().ZstdDecompressor()


def _zstd() -> Any:
    """Python's own module since 3.14, else its backport; imported when it is needed, as it takes 20 ms."""
    for name in ("compression.zstd", "backports.zstd"):
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    raise LookupError("zstd")


def can_read(kind: str) -> bool:
    """Whether this Python can undo the compression."""
    try:
        _decompressor(kind)
    except LookupError:
        return False
    return True


class Decompressed(io.RawIOBase):
    """The decompressed content of a stream; concatenated members count as one, as `zcat` has it."""

    def __init__(self, source: Readable, kind: str, limits: Limits) -> None:
        """`kind` is one that `can_read` affirms."""
        super().__init__()
        self._limits = limits
        self._source = source
        self._kind = kind
        self._decompressor = _decompressor(kind)
        self._errors: tuple[Any, ...] = (_zstd().ZstdError,) if kind == "zstd" else ()
        self._pending = b""
        self._is_over = False
        self._compressed = 0  # bytes read from the source
        self._expanded = 0
        self._damage: str | None = None
        self.lines_behind = 0  # line ends in what stands behind the compressed data

    @property
    def damage(self) -> str | None:
        """Why the content ended early; None when it was whole, or is not yet read to its end."""
        return self._damage or damage_of(self._source)

    def readable(self) -> bool:
        """Always."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` decompressed bytes; fewer only at the end."""
        parts: list[bytes] = []
        missing = size if size >= 0 else 1 << 62
        while missing and not self._is_over:
            data = self._step(min(missing, 1 << 24))
            missing -= len(data)
            if data:
                parts.append(data)
        data = parts[0] if len(parts) == 1 else b"".join(parts)
        self._expanded += len(data)
        if self._expanded > max(self._limits.bomb_bytes, self._limits.bomb_ratio * self._compressed):
            self._end(f"expands more than {self._limits.bomb_ratio} : 1 (--max-ratio), like a decompression bomb")
        return data

    def _fill(self) -> bytes:
        data = self._pending or self._source.read(_CHUNK)
        if not self._pending:
            self._compressed += len(data)
        self._pending = b""
        return data

    def _step(self, size: int) -> bytes:
        if self._decompressor.eof:
            self._next_member()
            return b""
        data = b""
        if self._decompressor.needs_input and not (data := self._fill()):
            self._end(f"{self._kind} data {ENDS_EARLY}")
            return b""
        try:
            return bytes(self._decompressor.decompress(data, size))
        except lzma.LZMAError as error:
            needs = "memory limit" in str(error).lower()
            self._end(f"needs more than {XZ_MEMORY_BYTES >> 20} MiB of memory" if needs else "damaged xz data")
        except (*_BROKEN, _ISAL_ERROR, *self._errors) as error:
            checksum = "checksum" in str(error).lower() or "crc" in str(error).lower()
            self._end(f"{self._kind} checksum mismatch" if checksum else f"damaged {self._kind} data")
        return b""

    def _next_member(self) -> None:
        rest = self._decompressor.unused_data or self._fill()
        zeros = 0
        while rest and not rest.strip(b"\0"):  # padding to a block of a tape or a disk
            zeros += len(rest)
            rest = self._fill()
        if not rest:
            is_padding = not zeros or self._kind == "xz"  # the xz format allows it
            self._end(None if is_padding else f"{zeros} zero bytes behind the {self._kind} data")
            return
        rest = rest.lstrip(b"\0")
        if len(rest) < 8:
            rest += self._source.read(_CHUNK)
        if kind_of(rest) != self._kind:
            left, self.lines_behind = len(rest), rest.count(b"\n")
            while data := self._source.read(_CHUNK):
                left += len(data)
                self.lines_behind += data.count(b"\n")
            self._end(f"{left} bytes behind the {self._kind} data are not {self._kind}")
            return
        self._pending = rest
        self._decompressor = _decompressor(self._kind)

    def _end(self, damage: str | None) -> None:
        self._is_over = True
        self._damage = damage
