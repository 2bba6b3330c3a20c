"""A stream whose next bytes are made by a thread of its own while the ones at hand are looked at.

Decompressing leaves the interpreter to others, so an archive costs the longer of its decompression and its scan
instead of both. What is read, and what is said of damage, is the same as without the thread.
"""

from __future__ import annotations

import contextlib
import io
import queue
import threading
from typing import Final

from analyzer.member import damage_of
from analyzer.tarstream import Readable

PIECE_BYTES: Final = 1 << 19
MOST_PIECES: Final = 8  # made before anybody asks for them
_LEAVE_SECONDS: Final = 0.5
_PATIENCE_SECONDS: Final = 0.1  # after which either side looks whether it is still wanted


class ReadAhead(io.RawIOBase):
    """The same bytes as those of a stream; `close` ends the thread."""

    def __init__(self, source: Readable) -> None:
        """Nobody else may read from `source` any more."""
        super().__init__()
        self._source = source
        self._made: queue.Queue[bytes | BaseException] = queue.Queue(MOST_PIECES)
        self._piece, self._at, self._is_over = b"", 0, False
        self._is_unwanted = threading.Event()
        self._thread = threading.Thread(target=self._make, name="ahead", daemon=True)
        self._thread.start()

    @property
    def damage(self) -> str | None:
        """Why the stream ended early; None when it was whole, or is not yet read to its end."""
        return damage_of(self._source) if self._is_over else None

    def readable(self) -> bool:
        """Always."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes, fewer also where there are more; raises what reading the source raised."""
        if size < 0:
            return b"".join(iter(lambda: self.read(PIECE_BYTES), b""))
        if self._at == len(self._piece) and not self._is_over:
            made = self._next()
            self._is_over = not made or isinstance(made, BaseException)
            if isinstance(made, BaseException):
                raise made
            self._piece, self._at = made, 0
        start, self._at = self._at, min(self._at + size, len(self._piece))
        return self._piece[start : self._at]

    def close(self) -> None:
        """Ends the thread, which is done within milliseconds; one that waits for a pipe is left behind."""
        self._is_unwanted.set()
        self._thread.join(_LEAVE_SECONDS)
        super().close()

    def _next(self) -> bytes | BaseException:
        """What the thread made next; looks up now and then, since not every Python wakes from a lock for Ctrl-C."""
        while True:
            with contextlib.suppress(queue.Empty):
                return self._made.get(timeout=_PATIENCE_SECONDS)

    def _make(self) -> None:
        made: bytes | BaseException = b" "
        while made and not isinstance(made, BaseException):
            try:
                made = self._source.read(PIECE_BYTES)
            except BaseException as error:  # raised again where it is read
                made = error
            while not self._is_unwanted.is_set():
                with contextlib.suppress(queue.Full):
                    self._made.put(made, timeout=_PATIENCE_SECONDS)
                    break
            if self._is_unwanted.is_set():
                return
