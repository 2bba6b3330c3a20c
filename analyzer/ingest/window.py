"""A block of a log with its neighbours, so that lines can be looked at across block edges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from analyzer.ingest.parts import Part, part_of

MAX_JOIN_BYTES: Final = 1 << 20
MAX_JOIN_LINES: Final = 256  # containerd cuts at 16 KiB, conmon at 8 KiB: 128 parts make 1 MiB


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its end; `start` counts from the beginning of the block, below 0 in the one before."""

    start: int
    end: int  # of the line with its newline
    raw: bytes


@dataclass(frozen=True, slots=True)
class Joined:
    """A message that the container runtime cut into parts, whole again, under the first part's header."""

    start: int
    end: int  # of the last part
    stream: bytes
    raw: bytes


@dataclass(frozen=True, slots=True)
class Window:
    """Three consecutive blocks, each a run of whole lines; offsets count from the middle one's start."""

    previous: bytes
    block: bytes
    following: bytes

    def line_at(self, offset: int) -> Line:
        """The line of the middle block that holds the byte before `offset`."""
        start = self.block.rfind(b"\n", 0, max(offset - 1, 0)) + 1
        return self._line(self.block, 0, start)

    def before(self, start: int) -> Line | None:
        """The line that ends where this one starts."""
        if start > 0:
            return self._line(self.block, 0, self.block.rfind(b"\n", 0, start - 1) + 1)
        base = -len(self.previous)
        if start <= base:
            return None
        return self._line(self.previous, base, self.previous.rfind(b"\n", 0, start - base - 1) + 1)

    def after(self, end: int) -> Line | None:
        """The line that starts where this one ends."""
        if end < len(self.block):
            return (
                self._line(self.previous, -len(self.previous), end + len(self.previous))
                if end < 0
                else self._line(self.block, 0, end)
            )
        base = len(self.block)
        return self._line(self.following, base, end - base) if end - base < len(self.following) else None

    def lines_before(self, start: int, count: int) -> tuple[bytes, ...]:
        """Up to `count` lines before, in file order."""
        found: list[bytes] = []
        while len(found) < count and (line := self.before(start)) is not None:
            found.append(line.raw)
            start = line.start
        return tuple(reversed(found))

    def lines_after(self, end: int, count: int) -> tuple[bytes, ...]:
        """Up to `count` lines behind, in file order."""
        found: list[bytes] = []
        while len(found) < count and (line := self.after(end)) is not None:
            found.append(line.raw)
            end = line.end
        return tuple(found)

    def join(self, line: Line) -> Joined | None:
        """The whole message this line is a part of; None when it is no part of a cut one."""
        here = part_of(line.raw)
        if here is None:
            return None
        first, opening, parts = self._first_part(line, here)
        if not here.is_open and first is line:
            return None
        texts, end, size = [here.text], line.end, 0
        is_open, lines = here.is_open, 0
        while is_open and size < MAX_JOIN_BYTES and lines < MAX_JOIN_LINES:
            following = self.after(end)
            if following is None:
                break
            end, lines = following.end, lines + 1
            part = part_of(following.raw)
            if part is None or part.stream != here.stream:
                continue
            texts.append(part.text)
            size += len(part.text)
            is_open = part.is_open
        whole = b"".join([opening.head, *parts, *texts, opening.tail])
        return Joined(first.start, end, here.stream, whole)

    def _first_part(self, line: Line, here: Part) -> tuple[Line, Part, list[bytes]]:
        """The first part of the message, with the texts of all parts before `line`."""
        first, opening, texts, size = line, here, list[bytes](), 0
        start = line.start
        for _ in range(MAX_JOIN_LINES):
            earlier = self.before(start)
            if earlier is None or size > MAX_JOIN_BYTES:
                break
            start = earlier.start
            part = part_of(earlier.raw)
            if part is None:
                break
            if part.stream != here.stream:
                continue
            if not part.is_open:
                break
            first, opening = earlier, part
            texts.append(part.text)
            size += len(part.text)
        texts.reverse()
        return first, opening, texts

    @staticmethod
    def _line(block: bytes, base: int, start: int) -> Line:
        newline = block.find(b"\n", start)
        end = len(block) if newline < 0 else newline + 1
        return Line(base + start, base + end, block[start : len(block) if newline < 0 else newline])
