"""The members of a zip archive whose list at the end is missing, read from the header before each of them.

An upload that was cut has no central directory, and the zip module then gives up. Each member's own header names
it and begins its data (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.7).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_HEADER: Final = struct.Struct("<4sHHHHHIIIHH")
_MAGIC: Final = b"PK\x03\x04"
_DIRECTORY: Final = b"PK\x01\x02"
_STORED, _DEFLATED = 0, 8


@dataclass(frozen=True, slots=True)
class Salvaged:
    """One member; `damage` says why its data is not whole, or not there."""

    name: bytes
    data: bytes
    damage: str | None


def salvage(archive: bytes, limit: int) -> Iterator[Salvaged]:
    """Members in order, each of at most `limit` bytes; never raises for what the archive holds."""
    place = archive.find(_MAGIC)
    while place >= 0 and place + _HEADER.size <= len(archive):
        _, _, flags, method, _, _, _, packed, _, name_length, extra_length = _HEADER.unpack_from(archive, place)
        name_end = place + _HEADER.size + name_length
        begin = name_end + extra_length
        name = archive[place + _HEADER.size : name_end]
        if begin > len(archive):
            return
        size = None if flags & 8 else packed  # bit 3: the sizes stand behind the data
        data, end, damage = _member(archive, begin, size, method, limit)
        if flags & 1:
            data, damage = b"", "encrypted"
        if not name.endswith(b"/"):
            yield Salvaged(name, data, damage)
        place = archive.find(_MAGIC, end)
        if -1 < archive.find(_DIRECTORY, end) < place:
            return


def _member(archive: bytes, begin: int, size: int | None, method: int, limit: int) -> tuple[bytes, int, str | None]:
    """(Data, offset behind it, what is wrong with it)."""
    end = begin + size if size is not None else len(archive)
    cut = "the archive ends inside this file" if end > len(archive) else None
    if method == _STORED and size is not None:
        return archive[begin : min(end, begin + limit)], min(end, len(archive)), cut
    if method != _DEFLATED:
        following = archive.find(_MAGIC, begin) if size is None else end
        return b"", following if following > 0 else len(archive), f"zip method {method} is not read here"
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        data = unpacker.decompress(memoryview(archive)[begin:end], limit)
    except zlib.error:
        return b"", begin, "damaged zip member"
    if unpacker.eof:
        return data, min(end, len(archive)) - len(unpacker.unused_data), None
    if len(data) >= limit:
        return data, min(end, len(archive)), "expands beyond the limit: the rest is not read"
    return data, len(archive), "the archive ends inside this file"
