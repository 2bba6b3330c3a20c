"""The time zone that a user names on the command line."""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from typing import Final

from analyzer.errors import UsageError

_OFFSET: Final = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?", re.ASCII)


def zone(name: str) -> dt.tzinfo:
    """A zone of the IANA database ("Europe/Prague") or a distance from UTC ("+05:30"); raises UsageError."""
    match = _OFFSET.fullmatch(name)
    if name.upper() in ("UTC", "Z", "GMT"):
        return dt.UTC
    if match is not None:
        ahead = dt.timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
        if ahead < dt.timedelta(hours=24):
            return dt.timezone(-ahead if match[1] == "-" else ahead)
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(f"{name} is no time zone known here; write it like Europe/Prague or +02:00") from None
