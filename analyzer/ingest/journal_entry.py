"""One entry of a journal that was written out field by field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from analyzer.ingest.layer import Layer

MOST_LINES: Final = 4096  # of one entry
MOST_BYTES: Final = 4 << 20


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry, or lines that are none."""

    number: int  # of the line that holds its message, from 1
    raw: bytes  # that line as it stands
    layer: Layer | None  # its time, tag and message; None: the lines could not be read
    lines: int = 1  # how many lines that are, where they could not be read
    is_left_out: bool = False  # journalctl left the message out for its size
