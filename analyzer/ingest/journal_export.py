"""Reads `journalctl -o export`.

Source: systemd's docs/JOURNAL_EXPORT_FORMATS.md ("Journal Export Format"): one FIELD=value a line, or FIELD, then
eight bytes with the value's length (little endian), then the value; an empty line ends the entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from analyzer.encoding import decode
from analyzer.ingest import journal
from analyzer.ingest.feed import Feed
from analyzer.ingest.journal_entry import Entry

NAME: Final = "journal export"
SAMPLE: Final = "__REALTIME_TIMESTAMP=1709622489123456"
MOST_VALUE_BYTES: Final = 64 << 20  # a core dump in a field is larger, a message never
_START: Final = re.compile(rb"\s*(?:__CURSOR=[^\n]+\n|__REALTIME_TIMESTAMP=\d+\r?\n(?:[A-Z0-9_]{1,64}(?:=|\n)|$))")
_FIELD: Final = re.compile(rb"[A-Z0-9_]{1,64}(?==)|[A-Z0-9_]{1,64}$")


def sniff(head: bytes) -> bool:
    """Whether a file that begins like this is one."""
    return _START.match(head) is not None


def entries(feed: Feed) -> Iterator[Entry]:
    """Every entry in order; a length that cannot be true costs the lines up to the next empty one."""
    fields: dict[str, object] = {}
    place: tuple[int, bytes] | None = None
    while (raw := feed.line()) is not None:
        number = feed.lines
        if not raw.rstrip(b"\r"):
            if fields:
                yield _entry(fields, place, number)
            fields, place = {}, None
            continue
        name = _FIELD.match(raw)
        if name is None:
            yield Entry(number, raw, None)
            continue
        key = name.group().decode("ascii")
        if name.end() < len(raw):
            value: bytes | None = raw[name.end() + 1 :]
        else:
            value, raw, number = _sized(feed, raw)
        if value is None:
            yield _until_empty(feed, raw, number)
            fields, place = {}, None
            continue
        if key == "MESSAGE" and place is None:
            place = (number, raw)
        _put(fields, key, decode(value))
    if fields:
        yield _entry(fields, place, feed.lines)


def _put(fields: dict[str, object], key: str, value: str) -> None:
    """A field given twice has several values, as in the JSON form."""
    known = fields.get(key)
    fields[key] = value if known is None else [*known, value] if isinstance(known, list) else [known, value]


def _sized(feed: Feed, name: bytes) -> tuple[bytes | None, bytes, int]:
    """(Value, its first line, that line's number) behind a field's name; no value where its length is wrong."""
    number = feed.lines
    length = feed.take(8)
    if length is None:
        return None, name, number
    size = int.from_bytes(length, "little")
    start = feed.lines + length.endswith(b"\n")
    value = feed.take(size + 1) if size < MOST_VALUE_BYTES else None
    if value is None or not value.endswith(b"\n"):
        return None, name, number
    return value[:-1], length.rpartition(b"\n")[2] + value.partition(b"\n")[0], start


def _until_empty(feed: Feed, raw: bytes, number: int) -> Entry:
    while (line := feed.line()) is not None and line.rstrip(b"\r"):
        pass
    return Entry(number, raw, None, feed.lines - number + 1)


def _entry(fields: dict[str, object], place: tuple[int, bytes] | None, number: int) -> Entry:
    line, raw = place or (number, b"")
    return Entry(line, raw, journal.of_entry(fields))
