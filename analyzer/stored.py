"""The bytes of a file as the bundle stores them, counted while its content is taken out of them."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Final

from analyzer.member import UNREADABLE, damage_of
from analyzer.tarstream import Readable

_CHUNK: Final = 1 << 18


class Stored(io.RawIOBase):
    """A compressed file, or an archive, under whatever takes its content out."""

    def __init__(self, source: Readable, coding: str, head: bytes = b"") -> None:
        """`coding` is what `analyzer.archive.kind_of` calls it; `head` was read from `source`, and comes again."""
        super().__init__()
        self.coding = coding
        self._head = head
        self._source = source
        self._newlines = 0
        self._last = b""
        self._is_counted = True
        self._left: int | None = None
        self.behind: Callable[[], int] = lambda: 0  # lines that were read, and are no part of the content

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes; all that is left for -1."""
        data = self._head[:size] if size >= 0 else self._head
        self._head = self._head[len(data) :]
        if len(data) != size:
            data += self._source.read(size - len(data) if size >= 0 else -1)
        if data and self._is_counted:
            self._newlines += data.count(b"\n")
            self._last = data[-1:]
        return data

    def uncounted(self) -> None:
        """Nobody asks for its lines: of an archive that is the bundle itself, which is no file of it."""
        self._is_counted = False

    def readable(self) -> bool:
        """Always."""
        return True

    @property
    def damage(self) -> str | None:
        """Why what lies below ended early."""
        return damage_of(self._source)

    @property
    def lines(self) -> int:
        """Of the bytes read so far: "\\n" ends one, and a non-empty rest is one."""
        return self._newlines + (1 if self._last and self._last != b"\n" else 0)

    def finish(self) -> int:
        """Read what is left when nobody reads on; gives how many lines are no part of the content."""
        if self._left is None:
            read = self.lines
            self.drain()
            self._left = self.lines - read + self.behind()
        return self._left

    def drain(self) -> None:
        """Read what is left; that it is damaged is told where its content is."""
        try:
            while self.read(_CHUNK):
                pass
        except UNREADABLE:
            return
