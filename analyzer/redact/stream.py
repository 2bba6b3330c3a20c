"""A file's content as a stream without secrets: same lines, same number of them, memory bounded by one block.

Blocks of raw bytes go through the screen; only lines that it names, with their neighbours, are decoded and looked
through. Everything else is handed on as it came.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Final

from analyzer.redact.literals import Literals
from analyzer.redact.rules import ARMOUR, BASE64, KEY_LINE, places
from analyzer.redact.views import base64_text
from analyzer.tarstream import Readable

BLOCK_BYTES: Final = 4 << 20
LINE_BYTES: Final = 32 << 20  # a longer line is withheld
GROUP_BYTES: Final = 512 << 10  # of adjacent lines that are looked at together
WITHHELD: Final = b"<withheld>"

KEY_BYTES: Final = 32 << 10  # of a private key with the header of a log before each of its lines
_LITERAL: Final = -1
_PRIVATE: Final = re.compile(rb"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY")
_RUN: Final = re.compile(rb"[^A-Za-z0-9+/]*([A-Za-z0-9+/]{1,400}={0,2})")

Clean = Callable[[Sequence[str]], Sequence[str]]
Span = tuple[int, int]


def cleaned(stream: Readable, clean: Clean, literals: Literals) -> Iterator[bytes]:
    """The content in pieces of whole lines; `clean` is given adjacent lines in which something may be."""
    carried = b""
    while True:
        data = stream.read(BLOCK_BYTES)
        block = carried + data
        if not block:
            return
        if data and len(block) < LINE_BYTES and b"\n" not in data:
            carried = block
            continue
        if len(block) >= LINE_BYTES and b"\n" not in block:
            carried = yield from _withhold(stream)
            continue
        groups = _groups(block, literals)
        end = len(block) if not data else _quiet_end(block, groups)
        yield from _pieces(block[:end], groups, clean)
        carried = block[end:]
        if not data:
            return


def _withhold(stream: Readable) -> Generator[bytes, None, bytes]:
    """One placeholder for a line that is too long; what stands behind it is carried on."""
    yield WITHHELD
    while data := stream.read(BLOCK_BYTES):
        found = data.find(b"\n")
        if found >= 0:
            return data[found:]
    return b""


def _groups(block: bytes, literals: Literals) -> list[Span]:
    """Spans of whole lines, each hit line with the one before and the one behind it, joined where they touch."""
    groups: list[Span] = []
    seen = 0  # the end of the last line that was hit
    for hit, index in sorted({*places(block), *((end, _LITERAL) for end in literals.ends(block))}):
        if index == KEY_LINE or (index == BASE64 and not _is_text(block, hit)) or (hit and hit < seen):
            continue
        start = block.rfind(b"\n", 0, max(0, hit - 1)) + 1
        before = block.rfind(b"\n", 0, max(0, start - 1)) + 1
        seen = _line_end(block, hit)
        if index == ARMOUR and _PRIVATE.search(block, start, seen):
            seen = _key_end(block, seen)
        behind = _line_end(block, seen)
        if groups and before <= groups[-1][1]:
            groups[-1] = (groups[-1][0], max(behind, groups[-1][1]))
        else:
            groups.append((before, behind))
    return groups


def _is_text(block: bytes, hit: int) -> bool:
    """Whether the run of base64 that ends here, or goes on, says something that can be read."""
    run = _RUN.match(block, max(block.rfind(b"\n", 0, hit) + 1, hit - 30))
    while run is not None and run.end() < hit:
        run = _RUN.match(block, run.end())
    return run is not None and base64_text(run[1].decode()) is not None


def _key_end(block: bytes, start: int) -> int:
    """Behind the line that ends the private key, or behind as many lines as one can have."""
    found = block.find(b"-----END", start, start + KEY_BYTES)
    return _line_end(block, found) if found >= 0 else _line_end(block, min(len(block), start + KEY_BYTES))


def _line_end(block: bytes, position: int) -> int:
    """Behind the line feed that ends the line with this position."""
    found = block.find(b"\n", position)
    return len(block) if found < 0 else found + 1


def _quiet_end(block: bytes, groups: list[Span]) -> int:
    """Where to cut, so that no group of adjacent lines is cut through."""
    last = block.rfind(b"\n") + 1
    before = block.rfind(b"\n", 0, last - 1) + 1  # the line that a hit in the next block may need
    for start, end in reversed(groups):
        if end < before:
            break
        if start == 0 or len(block) - start > GROUP_BYTES:
            return last
        before = start
    return before or last


def _pieces(block: bytes, groups: list[Span], clean: Clean) -> Iterator[bytes]:
    position = 0
    for start, end in groups:
        if start >= len(block):
            break
        yield block[position:start]
        stop = min(end, len(block))
        for part in _parts(block, start, stop):
            yield _replaced(part, clean)
        position = stop
    yield block[position:]


def _parts(block: bytes, start: int, end: int) -> Iterator[bytes]:
    """A long group in parts of whole lines."""
    while end - start > GROUP_BYTES:
        cut = block.rfind(b"\n", start, start + GROUP_BYTES) + 1 or _line_end(block, start + GROUP_BYTES)
        cut = min(cut, end)
        yield block[start:cut]
        start = cut
    yield block[start:end]


def _replaced(part: bytes, clean: Clean) -> bytes:
    """The lines without secrets; bytes that are not UTF-8 stay what they are."""
    lines = part.decode("utf-8", "surrogateescape").split("\n")
    return "\n".join(clean(lines)).encode("utf-8", "surrogateescape")
