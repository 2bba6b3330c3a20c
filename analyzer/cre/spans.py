"""Spans of time as Go writes them."""

from __future__ import annotations

import re
from decimal import Decimal

_UNITS = {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
_PART = r"(?:[0-9]{1,12}(?:\.[0-9]{0,12})?|\.[0-9]{1,12})(?:ns|us|µs|μs|ms|s|m|h)"
_SPAN = re.compile(rf"([+-]?)((?:{_PART}){{1,8}})")
_SPLIT = re.compile(r"([0-9.]+)(ns|us|µs|μs|ms|s|m|h)")


def nanoseconds(text: str) -> int | None:
    """A span of Go's time.ParseDuration ("1.5h", "-300ms", "2m30s", "0") in nanoseconds; None when it is none."""
    if text in ("0", "+0", "-0"):
        return 0
    found = _SPAN.fullmatch(text)
    if found is None:
        return None
    total = sum(int(Decimal(number) * _UNITS[unit]) for number, unit in _SPLIT.findall(found[2]))
    return -total if found[1] == "-" else total
