"""A tar archive read member by member from a stream, past any damage.

The standard library's `tarfile` ends silently at the first bad header, hangs on negative sizes in older
Pythons, and follows links when it extracts. A support bundle cut or flipped in transit must give what it
still holds and say what it lost, so the few hundred bytes of format are read here: ustar, GNU long names
and base-256 numbers (https://www.gnu.org/software/tar/manual/html_node/Standard.html), pax path and size
records (https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html). Nothing is ever extracted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from analyzer.model import ENDS_EARLY

BLOCK: Final = 512
MAX_HEADER_BYTES: Final = 1 << 20  # of one long name or pax header; real ones are below 10 KiB
_KINDS: Final = {
    b"0": "file",
    b"\0": "file",
    b"7": "file",  # "contiguous", a file on every system since
    b"1": "hard link",
    b"2": "link",
    b"3": "character device",
    b"4": "block device",
    b"5": "directory",
    b"6": "FIFO",
    b"S": "sparse file",
}
_PAX_RECORD: Final = re.compile(rb"(\d{1,9}) ([^=\n]{1,256})=")


class Readable(Protocol):
    """A stream of bytes; `read(n)` gives at most n bytes, b"" at the end."""

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes."""
        ...


@dataclass(frozen=True, slots=True)
class TarMember:
    """One header: what the member is called, what it is, how long and how old."""

    name: bytes
    kind: str  # file, directory, link, hard link, FIFO, ...; "type X" for what no standard names
    size: int
    modified: float | None  # seconds since 1970
    target: bytes


class MemberData:
    """The content of the member just read; valid until the next member is asked for."""

    def __init__(self, archive: _Reader, size: int) -> None:
        """`size` as the header says."""
        self._archive = archive
        self.left = size
        self.is_cut = False

    @property
    def damage(self) -> str | None:
        """Set once the archive turned out to end inside this member."""
        return "the archive ends inside this file" if self.is_cut else None

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes of this member."""
        wanted = self.left if size < 0 else min(size, self.left)
        data = self._archive.read(wanted) if wanted else b""
        self.left -= len(data)
        if len(data) < wanted:
            self.is_cut, self.left = True, 0
        return data


class _Reader:
    """The archive's stream with its position, for messages that say where."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self.position = 0

    def read(self, size: int) -> bytes:
        """Exactly `size` bytes, fewer only at the end of the stream."""
        data = self._stream.read(size)
        if 0 < len(data) < size:
            parts = [data]
            missing = size - len(data)
            while missing and (part := self._stream.read(missing)):
                parts.append(part)
                missing -= len(part)
            data = b"".join(parts)
        self.position += len(data)
        return data

    def skip(self, size: int) -> None:
        while size > 0 and (data := self.read(min(size, 1 << 20))):
            size -= len(data)


def is_header(block: bytes) -> bool:
    """Whether these 512 bytes are a tar header: their checksum is the sum of all bytes, itself as blanks."""
    if len(block) < BLOCK or not block.strip(b"\0"):
        return False
    stored = _number(block[148:156])
    return stored is not None and stored == sum(block[:148]) + sum(block[156:BLOCK]) + 256


def members(stream: Readable, damage: Callable[[str], None]) -> Iterator[tuple[TarMember, MemberData]]:
    """Every member in stored order with its content; `damage` is told in one sentence what was lost, and where."""
    reader = _Reader(stream)
    overrides: dict[str, bytes] = {}
    count, has_end, is_after_end = 0, False, False
    while block := reader.read(BLOCK):
        if not block.strip(b"\0"):
            has_end = True
            continue
        if not is_header(block):
            lost = _resync(reader)
            start = reader.position - len(lost[1]) - lost[0]
            damage(f"damaged archive: {lost[0]} bytes at offset {start - len(block) + len(lost[1])} are no tar header")
            if not lost[1]:
                return
            block = lost[1]
        if has_end and not is_after_end:
            is_after_end = True
            damage("members behind the archive's end mark, read too")
        kind = block[156:157]
        size = _size(block, overrides)
        if size is None:
            damage(f"damaged archive: impossible size in the header at offset {reader.position - BLOCK}")
            overrides = {}
            continue
        if kind in b"LKxgX":
            _read_extension(reader, kind, size, overrides, damage)
            continue
        member = _member(block, size, overrides)
        overrides = {}
        if kind == b"S":
            _skip_sparse_map(reader, block)
        count += 1
        data = MemberData(reader, size if member.kind in ("file", "sparse file") or kind not in _KINDS else 0)
        yield member, data
        reader.skip(data.left)
        if data.is_cut or (size and reader.position % BLOCK and len(reader.read(-reader.position % BLOCK)) == 0):
            damage(f"archive {ENDS_EARLY} after {count} members")
            return
    if not has_end:
        damage(f"archive {ENDS_EARLY} after {count} members")


def _resync(reader: _Reader) -> tuple[int, bytes]:
    """(Bytes skipped, next good header): headers stand at multiples of 512."""
    skipped = BLOCK
    while block := reader.read(BLOCK):
        if is_header(block):
            return skipped, block
        skipped += len(block)
    return skipped, b""


def _number(field: bytes) -> int | None:
    if field[:1] in (b"\x80", b"\xff"):  # GNU base-256, two's complement
        return int.from_bytes(field, "big", signed=True) + (1 << (8 * len(field) - 1) if field[:1] == b"\x80" else 0)
    text = field.split(b"\0", 1)[0].strip()
    try:
        return int(text, 8) if text else 0
    except ValueError:
        return None


def _size(block: bytes, overrides: dict[str, bytes]) -> int | None:
    written = overrides.get("size")
    if written is not None:
        return int(written) if written.isdigit() and len(written) < 20 else None
    size = _number(block[124:136])
    return size if size is not None and size >= 0 else None


def _member(block: bytes, size: int, overrides: dict[str, bytes]) -> TarMember:
    name = block[:100].split(b"\0", 1)[0]
    if block[257:263] == b"ustar\0" and (prefix := block[345:500].split(b"\0", 1)[0]):
        name = prefix + b"/" + name
    kind = block[156:157]
    word = _KINDS.get(kind, f"type {kind.decode('latin-1')!r}")
    name = overrides.get("path", name)
    if any(key.startswith("GNU.sparse.") for key in overrides):
        word, name = "sparse file", overrides.get("GNU.sparse.name", name)
    if word == "file" and name.endswith(b"/"):  # how archives before ustar wrote directories
        word = "directory"
    modified = _number(block[136:148])
    target = overrides.get("linkpath", block[157:257].split(b"\0", 1)[0])
    return TarMember(name, word, size, None if modified is None else float(modified), target)


def _read_extension(
    reader: _Reader, kind: bytes, size: int, overrides: dict[str, bytes], damage: Callable[[str], None]
) -> None:
    start = reader.position - BLOCK
    if size > MAX_HEADER_BYTES:
        damage(f"damaged archive: a name of {size} bytes in the header at offset {start}")
        overrides.clear()
        return  # what follows is looked through for the next good header
    data = reader.read(size)
    reader.skip(-size % BLOCK)
    if kind == b"L":
        overrides["path"] = data.split(b"\0", 1)[0]
    elif kind == b"K":
        overrides["linkpath"] = data.split(b"\0", 1)[0]
    elif kind in b"xX" and not _read_pax(data, overrides):
        damage(f"damaged archive: a pax header at offset {start} is not readable")


def _read_pax(data: bytes, overrides: dict[str, bytes]) -> bool:
    """`<length> <key>=<value>\\n` records; False when one has an impossible length."""
    position = 0
    while position < len(data) and data[position : position + 1] != b"\0":
        match = _PAX_RECORD.match(data, position)
        if match is None:
            return False
        end = position + int(match[1])
        if end <= match.end() or end > len(data):
            return False
        overrides[match[2].decode("utf-8", "replace")] = data[match.end() : end - 1]
        position = end
    return True


def _skip_sparse_map(reader: _Reader, block: bytes) -> None:
    """Old GNU sparse files carry further map blocks behind the header; byte 504 says whether one more comes."""
    more = block[482:483] not in (b"\0", b"")
    while more and (extension := reader.read(BLOCK)):
        more = extension[504:505] not in (b"\0", b"")
