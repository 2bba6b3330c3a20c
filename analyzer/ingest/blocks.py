"""A log's bytes in blocks of whole lines, scanned while the next ones are read."""

from __future__ import annotations

import functools
import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

from analyzer.screen import Screen
from analyzer.tarstream import Readable

BLOCK_BYTES: Final = 1 << 20
MAX_LINE_BYTES: Final = 16 << 20  # what is longer is no line that anybody wrote; it is split here


@dataclass(frozen=True, slots=True)
class Scanned:
    """A block with what the screen saw in it."""

    data: bytes
    hits: list[tuple[int, int]]


@dataclass(slots=True)
class Blocks:
    """The blocks of one stream; iterate once, then `splits` tells how many lines were cut."""

    stream: Readable
    splits: int = field(default=0)

    def __iter__(self) -> Iterator[bytes]:
        """Blocks that end with a newline, but for the last one and for split lines."""
        carry: list[bytes] = []
        held = 0
        while chunk := read_fully(self.stream, BLOCK_BYTES):
            cut = chunk.rfind(b"\n") + 1
            if not cut:
                carry.append(chunk)
                held += len(chunk)
                if held >= MAX_LINE_BYTES:
                    self.splits += 1
                    yield b"".join(carry)
                    carry, held = [], 0
                continue
            rest = chunk[cut:]
            yield b"".join((*carry, memoryview(chunk)[:cut])) if carry or rest else chunk
            carry, held = ([rest], len(rest)) if rest else ([], 0)
        if carry:
            yield b"".join(carry)


def read_fully(stream: Readable, size: int) -> bytes:
    """Exactly `size` bytes, fewer only at the end."""
    data = stream.read(size)
    if not data or len(data) == size:
        return data
    parts = [data]
    missing = size - len(data)
    while missing and (more := stream.read(missing)):
        parts.append(more)
        missing -= len(more)
    return b"".join(parts)


def scanned(blocks: Iterator[bytes], screen: Screen) -> Iterator[Scanned]:
    """Every block in order with its hits; a few are scanned by threads while the caller works on earlier ones."""
    first = next(blocks, None)
    if first is None:
        return
    second = next(blocks, None)
    if second is None:  # most files of a bundle are one block: no need to hand it over
        yield _scan(first, screen)
        return
    pool = _pool()
    ahead: deque[Future[Scanned]] = deque(pool.submit(_scan, block, screen) for block in (first, second))
    for block in blocks:
        ahead.append(pool.submit(_scan, block, screen))
        if len(ahead) > _workers() + 1:
            yield ahead.popleft().result()
    while ahead:
        yield ahead.popleft().result()


def _scan(block: bytes, screen: Screen) -> Scanned:
    return Scanned(block, screen.scan(block))


def _workers() -> int:
    return max(1, min(4, os.cpu_count() or 1))


@functools.cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_workers(), thread_name_prefix="screen")
