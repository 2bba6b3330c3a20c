"""A log's bytes in blocks of whole lines, with what the screen sees in each."""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Final

from analyzer.screen import Screen
from analyzer.tarstream import Readable

BLOCK_BYTES: Final = 1 << 19  # with its neighbours it stays in the processor's cache
MAX_LINE_BYTES: Final = 16 << 20  # what is longer is no line that anybody wrote; it is split here
AHEAD_BLOCKS: Final = 2  # a thread scans one while its next one is read
_PIECE: Final = 1 << 20  # bytes of a large file that are read at once
AHEAD_BYTES: Final = 32 << 20  # lines of many megabytes make blocks of that size


@dataclass(frozen=True, slots=True)
class Scanned:
    """A block with what the screen saw in it."""

    data: bytes
    hits: list[tuple[int, int]]


@dataclass(slots=True)
class Blocks:
    """The blocks of one stream; iterate once, then `splits` tells how many lines were cut."""

    stream: Readable
    longest: int = MAX_LINE_BYTES
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
                if held >= self.longest:
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
    data = stream.read(min(size, _PIECE))
    if not data or len(data) == size:
        return data
    whole = io.BytesIO()  # grows in place: pieces that are joined at the end would be in memory twice
    whole.write(data)
    while (missing := size - whole.tell()) and (data := stream.read(min(missing, _PIECE))):
        whole.write(data)
    return whole.getvalue()


def scanned(blocks: Iterator[bytes], screen: Screen) -> Iterator[Scanned]:
    """Every block in order with its hits, scanned on all cores while the blocks before are looked at.

    Hyperscan leaves the interpreter to others while it scans. At most AHEAD_BLOCKS blocks a thread, and about
    AHEAD_BYTES, are held at a time.
    """
    started = list(islice(blocks, 2))
    if len(started) < 2 or screen.threads < 2:  # a log of one block is not worth a thread
        yield from (Scanned(block, screen.scan(block)) for block in chain(started, blocks))
        return
    waiting: deque[tuple[bytes, Future[list[tuple[int, int]]]]] = deque()
    most, held = AHEAD_BLOCKS * screen.threads, 0
    with ThreadPoolExecutor(screen.threads, "scan") as pool:
        try:
            for block in chain(started, blocks):
                waiting.append((block, pool.submit(screen.scan, block)))
                held += len(block)
                while len(waiting) > most or (held > AHEAD_BYTES and len(waiting) > 1):
                    data, hits = waiting.popleft()
                    held -= len(data)
                    yield Scanned(data, hits.result())
            while waiting:
                data, hits = waiting.popleft()
                yield Scanned(data, hits.result())
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def count_newlines(stream: Readable) -> int:
    """Lines of a stream that is read to its end for nothing but their number."""
    count, last = 0, b""
    while data := stream.read(BLOCK_BYTES):
        count += data.count(b"\n")
        last = data
    return count + (1 if last and not last.endswith(b"\n") else 0)
