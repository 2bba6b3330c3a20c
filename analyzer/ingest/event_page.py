"""The events in `event-filter.html`, the page that `oc adm must-gather` and `oc adm inspect` lay beside what they took.

Columns: time, namespace, component, object, reason, message (openshift/oc, pkg/cli/admin/inspect/events_filter.go). The
object stands there without its kind, the count not at all: where the events themselves are in the bundle, they count.
"""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Sequence
from itertools import islice
from typing import Final

from analyzer.encoding import decode
from analyzer.ingest.event_rows import pod_named
from analyzer.ingest.gather import TEXT_LIMIT, Gathered, count_lines
from analyzer.ingest.harvest import Harvest
from analyzer.model import Record
from analyzer.placement import Placement

NAME: Final = "event_page"
SAMPLE: Final = '<td><time datetime="2024-03-05 07:08:09 +0000 UTC" title="First Seen: 00:00:00">07:08:09</time></td>'

_ROW: Final = re.compile(rb"<tr>\s{0,200}<td[^>\n]{0,200}>\s{0,200}<time datetime=\"([^\"\n]{1,60})\"")
_CELL: Final = re.compile(rb"<td[^>\n]{0,200}>(.*?)</td>", re.S)
_TAG: Final = re.compile(r"<[^>\n]{1,200}>")
_TIME: Final = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d{1,9})? ([+-]\d\d)(\d\d)", re.ASCII)
_LONGEST_ROW: Final = 64 << 10


def sniff(head: str, placement: Placement) -> bool:  # noqa: ARG001
    """Whether this is the page with a table of events."""
    return head.lstrip()[:9].lower().startswith(("<!doctype", "<html")) and 'id="events"' in head


def parse(raw: bytes, path: str, placement: Placement) -> Harvest:  # noqa: ARG001
    """All rows; what is no row is the page around them."""
    out = Gathered(path)
    line, place = 1, 0
    for match in _ROW.finditer(raw):
        cells = list(islice(_CELL.finditer(raw, match.start(), match.start() + _LONGEST_ROW), 6))
        if len(cells) == 6:
            line, place = line + raw.count(b"\n", place, cells[5].start()), cells[5].start()
            begin, end = raw.rfind(b"\n", 0, place) + 1, raw.find(b"\n", place)
            shown = decode(raw[begin : end if end >= 0 else len(raw)][: 4 * TEXT_LIMIT]).rstrip("\r")[:TEXT_LIMIT]
            out.records.append(_record(cells, decode(match[1]), path, line, shown))
    return out.harvest(NAME, count_lines(raw), 0)


def _text(cell: bytes) -> str:
    text = decode(cell)
    if "<" in text:
        text = _TAG.sub("", text)
    return (html.unescape(text) if "&" in text else text).strip()


def _record(cells: Sequence[re.Match[bytes]], time: str, path: str, line: int, shown: str) -> Record:
    """The line is that of the message, which is the only one that says something."""
    namespace, name, reason, message = (_text(cells[column][1]) for column in (1, 3, 4, 5))
    kind = "Pod" if pod_named(reason) else None
    return Record(
        source="event",
        message=message[:TEXT_LIMIT],
        path=path,
        line=line,
        text=shown,
        timestamp=_instant(time),
        level="warning" if b"text-danger" in cells[4][1] else "info",
        namespace=namespace or None,
        kind=kind,
        name=name if kind else None,
        reason=reason or None,
    )


def _instant(text: str) -> dt.datetime | None:
    match = _TIME.match(text)
    try:
        written = f"{match[1]}T{match[2]}{match[3]}:{match[4]}" if match else ""
        return dt.datetime.fromisoformat(written).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None
