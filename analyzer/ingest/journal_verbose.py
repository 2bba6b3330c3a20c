"""Reads `journalctl -o verbose`.

Source: systemd's src/shared/logs-show.c (output_verbose): a line with the time and the cursor in brackets, then
one indented FIELD=value a line; t= in the cursor is the wall clock in hexadecimal microseconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from analyzer.encoding import decode
from analyzer.ingest import journal
from analyzer.ingest.feed import Feed
from analyzer.ingest.journal_entry import MOST_LINES, Entry

NAME: Final = "journal verbose"
SAMPLE: Final = "Tue 2024-03-05 07:08:09.123456 UTC [s=9f3c;i=1;b=77aa;m=1f;t=612e3d70;x=1]"
_HEAD: Final = re.compile(
    rb"\S{2,12} \d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})? \S{1,8} "
    rb"\[s=[0-9a-f]+;[^\]\n]{0,200}?t=([0-9a-f]{1,16})[;\]]"
)
_FIELD: Final = re.compile(rb" {4}([A-Z0-9_]{1,64})=(.*)", re.DOTALL)


def sniff(head: bytes) -> bool:
    """Whether a file that begins like this is one."""
    lines = head[:4096].split(b"\n", 4)
    return any(_HEAD.match(line) for line in lines[:3])


def entries(feed: Feed) -> Iterator[Entry]:
    """Every entry in order; a line that is no field goes on with the value before it."""
    fields: dict[str, list[bytes]] = {}
    place, started, last = (0, b""), 0, ""
    while (raw := feed.line()) is not None:
        head, field = _HEAD.match(raw), _FIELD.match(raw)
        if head is not None:
            if started:
                yield _entry(fields, place)
            micros = str(int(head.group(1), 16)).encode()
            fields, place, started, last = {"__REALTIME_TIMESTAMP": [micros]}, (feed.lines, raw), feed.lines, ""
        elif started and field is not None:
            last = field.group(1).decode("ascii")
            if last == "MESSAGE":
                place = (feed.lines, raw)
            fields[last] = [field.group(2)]
        elif last and feed.lines - started < MOST_LINES:
            fields[last].append(raw.strip())
        elif raw.strip() and not raw.startswith(b"-- "):
            yield Entry(feed.lines, raw, None)
    if started:
        yield _entry(fields, place)


def _entry(fields: dict[str, list[bytes]], place: tuple[int, bytes]) -> Entry:
    layer = journal.of_entry({name: decode(b"\n".join(values)) for name, values in fields.items()})
    return Entry(*place, layer)
