"""Reads a program's log whose JSON records are spread over several lines, one record at a time.

People run a log through `jq` before they paste it, and some programs print so themselves. The screen looks at each
record in the form of one line; every line of it is cited. Lines between the records are lines of the log like any.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import orjson

from analyzer.encoding import decode
from analyzer.ingest import sections
from analyzer.ingest.feed import Feed
from analyzer.ingest.harvest import Harvest
from analyzer.ingest.journal_entry import MOST_BYTES, MOST_LINES
from analyzer.ingest.log_record import TEXT_CHARACTERS, record_of
from analyzer.ingest.logline import LogLine, parse_line
from analyzer.model import Quote, Record
from analyzer.placement import Placement
from analyzer.screen import Screen

NAME: Final = "pretty json log"
MOST_KEPT: Final = 10_000  # records of one file
LAST_WORDS: Final = 5
_CITED: Final = 24  # lines of one record
_HEAD: Final = re.compile(rb'(?:[^\n{]{0,400}\n){0,8}\{[ \t]*\r?\n[ \t]{1,16}"[^"\n]{1,100}" ?: ?[^\n]{0,4000}\n')
_ROLES: Final = ("container_log", "control_plane_log")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A record of several lines, or a line of its own."""

    number: int  # of its first line, from 1
    lines: tuple[bytes, ...]
    text: str  # in one line


def sniff(head: bytes, placement: Placement) -> bool:
    """Whether a container's log begins with a JSON record over several lines."""
    return placement.role in _ROLES and _HEAD.match(head) is not None


def read(feed: Feed, placement: Placement, screen: Screen, path: str) -> Harvest:
    """Everything worth keeping of such a log; never raises for its content."""
    hints = sections.hints_of(placement)
    records: list[Record] = []
    last: deque[_Piece] = deque(maxlen=LAST_WORDS)
    kept: set[int] = set()
    times: list[LogLine] = []
    for piece in _pieces(feed):
        line = parse_line(piece.text, hints)
        if line.timestamp is not None:
            times = [times[0] if times else line, line]
        found = screen.match(line.message) or screen.match(piece.text)
        if found and len(records) < MOST_KEPT:
            kept.add(piece.number)
            records.append(_record(piece, line, path))
        if piece.text.strip():
            last.append(piece)
    records += [_record(p, parse_line(p.text, hints), path) for p in last if p.number not in kept]
    return Harvest(
        format=NAME,
        lines=feed.lines,
        parsed=feed.lines,
        unparsed=0,
        first_timestamp=times[0].timestamp if times else None,
        last_timestamp=times[-1].timestamp if times else None,
        is_yearless=any(t.is_yearless for t in times),
        has_zone=all(t.has_zone for t in times),
        records=tuple(sorted(records, key=lambda r: r.line)),
    )


def _pieces(feed: Feed) -> Iterator[_Piece]:
    """The log in order: records joined, all other lines as they are."""
    raw = feed.line()
    while raw is not None:
        number = feed.lines
        lines = [raw]
        raw = feed.line()
        if lines[0].strip() == b"{":
            size = 0
            while raw is not None and len(lines) < MOST_LINES and size < MOST_BYTES:
                lines.append(raw)
                size += len(raw)
                is_end = raw.rstrip() in (b"}", b"},")
                raw = feed.line()
                if is_end:
                    break
        text = _in_one_line(lines)
        if text is not None:
            yield _Piece(number, tuple(lines), text)
        else:
            yield from (_Piece(number + n, (line,), decode(line)) for n, line in enumerate(lines))


def _in_one_line(lines: list[bytes]) -> str | None:
    if len(lines) == 1:
        return None
    try:
        value = orjson.loads(b"\n".join(lines).strip().removesuffix(b","))
    except orjson.JSONDecodeError:
        return None
    return orjson.dumps(value).decode() if isinstance(value, dict) else None


def _record(piece: _Piece, line: LogLine, path: str) -> Record:
    """The record, standing on its first line and on those that hold a value."""
    told = record_of(line, decode(piece.lines[0]), path, piece.number)
    if len(piece.lines) == 1:
        return told
    cites = tuple(
        Quote(
            path=path,
            line=piece.number + n,
            text=decode(raw)[:TEXT_CHARACTERS],
            source=line.source,
            timestamp=line.timestamp,
        )
        for n, raw in enumerate(piece.lines[:_CITED])
        if b":" in raw
    )
    return replace(told, line=cites[0].line, text=cites[0].text, cites=cites) if cites else told
