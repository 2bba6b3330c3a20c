"""When the bundle was taken, as its collector wrote it down.

`oc adm must-gather` leaves files named `timestamp` with the time before and after the collection, in Go's
time.String format; Troubleshoot names the top directory `support-bundle-2024-06-20T02_21_00`, support-bundle-kit
`supportbundle_<uuid>_2024-06-20T02-21-00Z`; older journalctl begins with the span of the journal.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

from analyzer.timestamps import leading_time

_GO_TIME: Final = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d{1,9})? ([+-]\d\d)(\d\d) ", re.ASCII)
_BUNDLE_NAME: Final = re.compile(
    r"(?:^|/)(?:support-?bundle|preflight-?bundle)-(\d{4}-\d\d-\d\d)T(\d\d)_(\d\d)_(\d\d)/", re.ASCII
)
_STAMPED_NAME: Final = re.compile(
    r"(?:bundle|gather|dump|report|snapshot|inspect)[^/]{0,80}?(?<![0-9])(\d{4}-\d\d-\d\d)T(\d\d)[-_:](\d\d)[-_:](\d\d)Z(?![0-9A-Za-z])",
    re.ASCII | re.IGNORECASE,
)
_SPAN: Final = re.compile(
    rb"-- (?:Logs begin|Journal begins) at ([^,\n]{10,60}), (?:end|ends|ending) at ([^\n]{10,60}?)\.? --"
)
_LOCAL: Final = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)", re.ASCII)
_SPAN_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class JournalSpan:
    """What `-- Logs begin at ..., end at ... --` tells of the lines below it."""

    last: dt.datetime  # UTC
    ahead: dt.timedelta  # of UTC: the zone that the journal's lines are written in


def is_timestamp_file(path: str) -> bool:
    """Whether this is one of must-gather's files of that name."""
    return path == "timestamp" or path.endswith("/timestamp")


def collected_at_in(text: str) -> dt.datetime | None:
    """The last time written in a `timestamp` file."""
    times = [_instant(f"{m[1]}T{m[2]}{m[3]}:{m[4]}") for m in _GO_TIME.finditer(text)]
    return max((time for time in times if time is not None), default=None)


def collected_at_of(path: str) -> dt.datetime | None:
    """The time in the name of a bundle or a file: in UTC where it ends in Z, or where its collector runs in a pod."""
    match = _BUNDLE_NAME.search(path) or _STAMPED_NAME.search(path)
    return _instant(f"{match[1]}T{match[2]}:{match[3]}:{match[4]}+00:00") if match else None


def journal_span(head: bytes) -> JournalSpan | None:
    """The span that journalctl up to systemd 249 writes above a journal; None where its zone is not told."""
    match = _SPAN.search(head, 0, _SPAN_BYTES)
    if match is None:
        return None
    text = match[2].decode("utf-8", "replace")
    found = leading_time(text)
    local = _LOCAL.search(text)
    if found is None or found.timestamp is None or not found.has_zone or local is None:
        return None
    written = _instant(f"{local[1]}T{local[2]}+00:00")
    return None if written is None else JournalSpan(found.timestamp, written - found.timestamp)


def _instant(text: str) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(text).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None
