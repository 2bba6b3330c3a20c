"""What a YAML file may hold beside plain maps and lists, told by scanning it.

The exact expressions each walk over all lines, and together take as long as the parse; nearly every file has nothing
for them. Whatever one of them would find is found here too; what is found here is for them to judge.
"""

from __future__ import annotations

import functools
from enum import IntEnum
from typing import Any, Final

import hyperscan


class Trait(IntEnum):
    """Something that a file may hold."""

    MARKER = 0  # of a document
    FOREIGN = 1  # a line at the left margin that begins with a word and is no key, or with a script's "===== "
    ANCHOR = 2
    TAG = 3
    CONTROL = 4
    FLOW = 5  # a map in braces
    KEY_TWICE = 6  # at the left margin


# Two scans: as one they take as long, and ten times as long to compile.
_AT_MARGIN: Final = {
    Trait.MARKER: rb"^(?:---|\.\.\.|%YAML)",
    Trait.FOREIGN: rb"^(?:\w[\w./-]*(?:[^\w./:-]|\z)|[=~*>]{3,}[ \t])",
    Trait.KEY_TWICE: rb"^[A-Za-z]\w*:[ \t\r\n]",
}
_ANYWHERE: Final = {
    Trait.ANCHOR: rb"&[A-Za-z0-9_-]+[ \t\r\n,\]]",
    Trait.TAG: rb"![A-Za-z!][\w/:.]*[ \t\r\n,\]{\[]",
    Trait.CONTROL: rb"[\x00-\x08\x0b\x0e-\x1f\x7f]",
    Trait.FLOW: rb"\{[A-Za-z]",
}


def glance(raw: bytes) -> frozenset[Trait]:
    """What the whole file may hold."""
    found: set[int] = set()
    keys: set[bytes] = set()

    def hit(index: int, _start: int, end: int, _flags: int, _context: object) -> None:
        if index != Trait.KEY_TWICE:
            found.add(index)
            return
        key = raw[raw.rfind(b"\n", 0, end - 1) + 1 : end - 1]
        if key in keys:
            found.add(index)
        keys.add(key)

    for database, scratch in _databases():
        database.scan(raw, match_event_handler=hit, scratch=scratch)
    return frozenset(map(Trait, found))


@functools.cache
def _databases() -> list[tuple[Any, Any]]:
    made = []
    for expressions in (_AT_MARGIN, _ANYWHERE):
        database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        once = hyperscan.HS_FLAG_MULTILINE | hyperscan.HS_FLAG_SINGLEMATCH
        flags = [hyperscan.HS_FLAG_MULTILINE if t is Trait.KEY_TWICE else once for t in expressions]
        database.compile(expressions=list(expressions.values()), ids=list(map(int, expressions)), flags=flags)
        made.append((database, hyperscan.Scratch(database)))
    return made
