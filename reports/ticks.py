"""The axis: round times that divide a stretch of time into a handful of parts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

MOST: Final = 9
STEPS: Final = (
    *(1, 2, 5, 10, 15, 30),  # seconds
    *(60, 120, 300, 600, 900, 1800),
    *(3600, 7200, 10800, 21600, 43200),
    *(86400, 2 * 86400, 7 * 86400, 14 * 86400, 28 * 86400, 91 * 86400, 364 * 86400),
)
DAY: Final = 86400
_ZERO: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """One round time on the axis."""

    x: float  # per cent of the width
    time: dt.datetime  # UTC
    label: str  # "09:15"
    day: str  # "14 Mar" on the first tick and where a day begins; else ""
    is_minor: bool  # left out where there is little room


def ticks(first: dt.datetime, last: dt.datetime, inset: float = 0.0) -> tuple[Tick, ...]:
    """At most MOST ticks between two instants, at multiples of a round step of UTC.

    `inset` per cent of the width are free on both sides.
    """
    length = (last - first).total_seconds()
    step = next((s for s in STEPS if length / s <= MOST - 1), STEPS[-1] * (1 + int(length / STEPS[-1] / MOST)))
    begin = (first - _ZERO).total_seconds()
    at = int(-(-begin // step)) * step
    out: list[Tick] = []
    day = ""
    while at <= begin + length:
        time = _ZERO + dt.timedelta(seconds=at)
        today = f"{time.day} {MONTHS[time.month - 1]}"
        label = today if step >= DAY else f"{time:%H:%M:%S}" if step % 60 else f"{time:%H:%M}"
        out.append(
            Tick(
                x=round(inset + (100 - 2 * inset) * (at - begin) / length, 2),
                time=time,
                label=label,
                day=today if today != day and step < DAY else "",
                is_minor=len(out) % 2 == 1,
            )
        )
        day = today
        at += step
    return tuple(out)


def clock(time: dt.datetime) -> str:
    """`09:15:02`."""
    return f"{time:%H:%M:%S}"
