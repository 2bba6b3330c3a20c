"""The record that one line of a log becomes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from analyzer.encoding import decode
from analyzer.ingest.logline import LogLine
from analyzer.model import Record

TEXT_CHARACTERS: Final = 4096  # of a quoted line
CONTEXT_CHARACTERS: Final = 1024
CONTEXT_LINES: Final = 2
LONG_LINE_BYTES: Final = 64 << 10


def record_of(
    line: LogLine, text: str, path: str, number: int, before: Iterable[bytes] = (), after: Iterable[bytes] = ()
) -> Record:
    """`text` is the whole line as it stands at `path`:`number`, `before` and `after` are those around it."""
    return Record(
        source=line.source,
        message=line.message,
        path=path,
        line=number,
        text=text[:TEXT_CHARACTERS],
        before=context(before),
        after=context(after),
        timestamp=line.timestamp,
        timestamp_error_seconds=line.timestamp_error_seconds,
        is_yearless=line.is_yearless,
        has_zone=line.has_zone,
        level=line.level,
        namespace=line.namespace,
        kind=line.kind,
        name=line.name,
        container=line.container,
        node=line.node,
        reason=line.reason,
    )


def context(lines: Iterable[bytes]) -> tuple[str, ...]:
    """Neighbouring lines as text, none of them long."""
    return tuple(decode(raw[: CONTEXT_CHARACTERS * 4])[:CONTEXT_CHARACTERS] for raw in lines)


def shortened(raw: bytes, at: int) -> bytes:
    """A long line's head and the surroundings of the match; all of a line that is not long."""
    if len(raw) <= LONG_LINE_BYTES:
        return raw
    head, around = raw[: LONG_LINE_BYTES // 2], raw[max(0, at - LONG_LINE_BYTES // 4) : at + LONG_LINE_BYTES // 4]
    return raw[:LONG_LINE_BYTES] if at < LONG_LINE_BYTES // 2 else head + b" ... " + around
