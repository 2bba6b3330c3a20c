"""Which lines go on with the one before: stack traces and values of several lines.

Sources: klog's `key=<` ... ` >` (k8s.io/klog/v2 internal/serialize); traces of Go (runtime/traceback.go), Java
(Throwable.printStackTrace), Python (traceback), Node, .NET and Rust (std::backtrace).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from analyzer.ingest.parts import part_of

MOST_LINES: Final = 12
_VALUE: Final = re.compile(rb"=<\s*$")
_HEADER: Final = re.compile(rb"[^\n]{0,256}?(?:\[[0-9]{1,10}\]|\bkernel|\bkubelet): ")
_GOES_ON: Final = re.compile(
    rb"[ \t]+\S|\s*$"
    rb"|goroutine \d+ \[|created by \S|\[signal |exit status \d|main\.main\(|\S{1,200}\.\S{1,200}\((?:0x|\{|\.\.\.|\))"
    rb"|Caused by: |Suppressed: |Traceback \(most recent|During handling of |The above exception |--- End of "
    rb"|stack backtrace:|note: run with |[\w.]{1,128}(?:Error|Exception|Exit|Interrupt)(?::|\s*$)"
)


def goes_on(raw: bytes, lines: Sequence[bytes]) -> bool:
    """Whether the lines behind `raw` may go on with it at all: the first of them tells."""
    return _VALUE.search(_inner(raw)) is not None or (bool(lines) and _GOES_ON.match(_inner(lines[0])) is not None)


def following(raw: bytes, lines: Sequence[bytes], least: int) -> tuple[bytes, ...]:
    """Of the lines behind `raw` those that go on with it, but `least` of them in any case."""
    inner = _inner(raw)
    count = _value(lines) if _VALUE.search(inner) else _trace(lines)
    return tuple(lines[: max(count, least)])


def _trace(lines: Sequence[bytes]) -> int:
    """How many lines belong to a trace."""
    count = 0
    for raw in lines:
        if not _GOES_ON.match(_inner(raw)):
            break
        count += 1
    while count and not _inner(lines[count - 1]).strip():  # an empty line at the end is none of its
        count -= 1
    return count


def _value(lines: Sequence[bytes]) -> int:
    for count, raw in enumerate(lines, start=1):
        inner = _inner(raw)
        if inner.startswith(b" >"):
            return count
        if inner[:1] not in (b"\t", b" ", b""):
            return count - 1
    return len(lines)


def _inner(raw: bytes) -> bytes:
    """The line without what the runtime or the journal put in front."""
    part = part_of(raw)
    if part is not None:
        return part.text
    header = _HEADER.match(raw) if raw[:1].isalnum() else None
    return raw[header.end() :] if header is not None else raw
