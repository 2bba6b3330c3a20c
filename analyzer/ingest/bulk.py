"""Bulk logs: of any number of lines, the few that matter become records.

Memory does not grow with the log. What a log is written in is seen at its beginning: a journal's entries of several
lines and binary journals have readers of their own, everything else is text of one line an entry.
"""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Final

from analyzer.archive import Rewound
from analyzer.encoding import looks_binary, to_utf8, wide_encoding
from analyzer.ingest import blocks, journal_dump, journal_file, pretty_json
from analyzer.ingest.blocks import count_newlines
from analyzer.ingest.feed import Feed
from analyzer.ingest.gather import count_lines
from analyzer.ingest.harvest import Harvest
from analyzer.ingest.textlog import TextLog
from analyzer.model import Note
from analyzer.placement import Placement
from analyzer.screen import Screen
from analyzer.tarstream import Readable

__all__ = ["count_newlines", "read_log"]

LOOK_BYTES: Final = 64 << 10  # of a file, to see whether it is text
WIDE_BYTES: Final = 256 << 20  # of a UTF-16 file, which is read as a whole


def read_log(
    stream: Readable, placement: Placement, screen: Screen, path: str, longest: int = blocks.MAX_LINE_BYTES
) -> Harvest:
    """Everything worth keeping of one log; never raises for its content. `stream` is read to its end.

    A line of more than `longest` bytes is read in pieces.
    """
    first = blocks.read_fully(stream, blocks.BLOCK_BYTES)
    whole: Readable = Rewound(first, stream)
    encoding = wide_encoding(first)
    if encoding is not None:
        data = blocks.read_fully(whole, WIDE_BYTES)
        rest = count_newlines(whole)
        harvest = _read_text(io.BytesIO(to_utf8(data, encoding)), placement, screen, path, longest)
        harvest = replace(harvest, coding=encoding, stored_lines=count_lines(data) + rest)
        if not rest:
            return harvest
        note = Note(path=path, problem=f"{encoding} text beyond {WIDE_BYTES >> 20} MiB is not read")
        return replace(
            harvest, lines=harvest.lines + rest, skipped=harvest.skipped + rest, notes=(*harvest.notes, note)
        )
    if journal_file.is_journal(first):
        return journal_file.read(whole, placement, screen, path)
    if journal_dump.format_of(first) is None and first and _is_binary(first):
        lines = count_newlines(whole)
        return Harvest(format="binary", lines=lines, skipped=lines)
    return _read_text(whole, placement, screen, path, longest)


def _read_text(stream: Readable, placement: Placement, screen: Screen, path: str, longest: int) -> Harvest:
    first = blocks.read_fully(stream, blocks.BLOCK_BYTES)
    whole = Rewound(first, stream)
    notation = journal_dump.format_of(first)
    if notation is not None:
        return journal_dump.read(Feed(whole, longest), notation, placement, screen, path)
    if pretty_json.sniff(first[:LOOK_BYTES], placement):
        return pretty_json.read(Feed(whole, longest), placement, screen, path)
    return TextLog(placement, screen, path, longest).read(whole)


def _is_binary(first: bytes) -> bool:
    return looks_binary(first.lstrip(b"\0")[:LOOK_BYTES] or first[:1])
