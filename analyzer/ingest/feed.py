"""A stream taken line by line, or by a number of bytes, with the lines counted."""

from __future__ import annotations

from dataclasses import dataclass, field

from analyzer.ingest import blocks
from analyzer.tarstream import Readable


@dataclass(slots=True)
class Feed:
    """A line ends at b"\\n" alone; what is longer than `longest` comes in pieces."""

    stream: Readable
    longest: int = blocks.MAX_LINE_BYTES
    _newlines: int = field(default=0)
    _is_open: bool = field(default=False)  # what was taken last did not end its line
    _data: bytes = field(default=b"")
    _at: int = field(default=0)

    @property
    def lines(self) -> int:
        """How many lines were taken so far, the last one perhaps in part."""
        return self._newlines + self._is_open

    def line(self) -> bytes | None:
        """The next line without its end; None behind the last one."""
        end = self._data.find(b"\n", self._at)
        while end < 0:
            searched = len(self._data) - self._at
            if searched >= self.longest or not self._fill():
                break
            end = self._data.find(b"\n", self._at + searched)
        if end < 0:
            rest, self._data, self._at = self._data[self._at :], b"", 0
            if not rest:
                return None
            self._is_open = True
            return rest
        raw, self._at = self._data[self._at : end], end + 1
        self._newlines += 1
        self._is_open = False
        return raw

    def take(self, size: int) -> bytes | None:
        """Exactly `size` bytes; None, and nothing taken, where so many are not left."""
        while len(self._data) - self._at < size:
            if not self._fill():
                return None
        raw, self._at = self._data[self._at : self._at + size], self._at + size
        self._newlines += raw.count(b"\n")
        self._is_open = not raw.endswith(b"\n") if raw else self._is_open
        return raw

    def _fill(self) -> bool:
        more = self.stream.read(blocks.BLOCK_BYTES)
        self._data, self._at = self._data[self._at :] + more, 0
        return bool(more)
