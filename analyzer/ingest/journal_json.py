"""Reads `journalctl -o json`, `json-seq` and `json-pretty`.

Source: systemd's docs/JOURNAL_EXPORT_FORMATS.md ("Journal JSON Format"); a message above 4 KiB is null without
--all; RFC 7464 for the record separator of json-seq.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import orjson

from analyzer.ingest import journal
from analyzer.ingest.feed import Feed
from analyzer.ingest.journal_entry import MOST_BYTES, MOST_LINES, Entry

NAME: Final = "journal json"
SAMPLE: Final = '{"__REALTIME_TIMESTAMP":"1709622489123456","SYSLOG_IDENTIFIER":"kubelet","MESSAGE":"not ready"}'
_KEYS: Final = re.compile(rb'"__(?:CURSOR|REALTIME_TIMESTAMP|MONOTONIC_TIMESTAMP)"')
_HEAD_BYTES: Final = 64 << 10
_AROUND: Final = b" \t\r\x1e"


def sniff(head: bytes) -> bool:
    """Whether a file that begins like this holds journal entries in JSON."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n\x1e").startswith(b"{") and _KEYS.search(head[:_HEAD_BYTES]) is not None


def entries(feed: Feed) -> Iterator[Entry]:
    """Every entry in order; of lines that are no JSON, and of an entry that is cut off, that they are not read."""
    raw = feed.line()
    while raw is not None:
        text = raw.removeprefix(b"\xef\xbb\xbf").strip(_AROUND)
        if text == b"{":
            lines, raw = _until_closed(feed, raw)
            yield _whole(feed.lines - len(lines) + 1 - (raw is not None), lines)
            continue
        if text.startswith(b"{"):
            yield _entry(feed.lines, raw, text)
        elif text and not text.startswith(b"-- "):
            yield Entry(feed.lines, raw, None)
        raw = feed.line()


def _until_closed(feed: Feed, first: bytes) -> tuple[list[bytes], bytes | None]:
    """The lines of an entry over several lines, with the line behind it that was taken already."""
    lines, size = [first], 0
    while (raw := feed.line()) is not None:
        text = raw.strip(_AROUND)
        if text.startswith(b"{") or len(lines) >= MOST_LINES or size > MOST_BYTES:
            return lines, raw
        lines.append(raw)
        size += len(raw)
        if raw.rstrip(b"\r") in (b"}", b"},"):
            return lines, feed.line()
    return lines, None


def _whole(number: int, lines: list[bytes]) -> Entry:
    text = b"\n".join(lines).strip(_AROUND).removesuffix(b",")
    at = next((n for n, raw in enumerate(lines) if raw.lstrip().startswith(b'"MESSAGE"')), 0)
    found = _entry(number + at, lines[at], text)
    return found if found.layer is not None else Entry(number, lines[0], None, len(lines))


def _entry(number: int, raw: bytes, text: bytes) -> Entry:
    try:
        fields = orjson.loads(text)
    except orjson.JSONDecodeError:
        try:
            fields = orjson.loads(text.decode("utf-8", "backslashreplace").replace("\\x", "\\\\x"))
        except orjson.JSONDecodeError:
            return Entry(number, raw, None)
    if not isinstance(fields, dict):
        return Entry(number, raw, None)
    is_left_out = "MESSAGE" in fields and fields["MESSAGE"] is None
    return Entry(number, raw, journal.of_entry(fields), is_left_out=is_left_out)
