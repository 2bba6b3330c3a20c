"""When the bundle was taken, as its collector wrote it down.

`oc adm must-gather` leaves files named `timestamp` with the time before and after the collection, in Go's
time.String format; Troubleshoot names the top directory `support-bundle-2024-06-20T02_21_00`.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

_GO_TIME: Final = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d{1,9})? ([+-]\d\d)(\d\d) ", re.ASCII)
_BUNDLE_NAME: Final = re.compile(
    r"(?:^|/)(?:support-?bundle|preflight-?bundle)-(\d{4}-\d\d-\d\d)T(\d\d)_(\d\d)_(\d\d)/", re.ASCII
)


def is_timestamp_file(path: str) -> bool:
    """Whether this is one of must-gather's files of that name."""
    return path == "timestamp" or path.endswith("/timestamp")


def collected_at_in(text: str) -> dt.datetime | None:
    """The last time written in a `timestamp` file."""
    times = [_instant(f"{m[1]}T{m[2]}{m[3]}:{m[4]}") for m in _GO_TIME.finditer(text)]
    return max((time for time in times if time is not None), default=None)


def collected_at_of(path: str) -> dt.datetime | None:
    """The time in the name of a Troubleshoot bundle, which its collector took in UTC in a pod."""
    match = _BUNDLE_NAME.search(path)
    return _instant(f"{match[1]}T{match[2]}:{match[3]}:{match[4]}+00:00") if match else None


def _instant(text: str) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(text).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None
