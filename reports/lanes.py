"""What the swim lanes of a page tell, before they are drawn.

All text is plain text on one line; instants are UTC datetimes.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A state that lasted."""

    state: str  # waiting, running, ready, not_ready, completed, failed, pressure, unavailable, kept, unknown
    start: dt.datetime  # since when, which may be before the chart
    end: dt.datetime  # until when
    text: str  # short, to stand in the bar: "CrashLoopBackOff"
    label: str  # the whole of it: "waiting: CrashLoopBackOff, after OOMKilled, exit code 137"
    is_start_known: bool  # False: it began at `start` at the latest


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Something that happened once or repeatedly."""

    severity: str  # info, warning, error, end (of a container's life)
    time: dt.datetime  # first
    until: dt.datetime  # last; `time` where it happened once
    label: str  # what
    count: int  # how often
    anchor: str  # id of the quote in the page; "" where it is not quoted


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """How much of something was used at one moment."""

    time: dt.datetime  # when
    fraction: float  # of the limit, or of the highest level where there is no limit
    label: str  # "96Mi of 96Mi"
    has_limit: bool  # there is a limit to be a fraction of


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One resource through time."""

    kind: str  # node, pressure, object, pod, init, sidecar, main, ephemeral, probe, memory, folded, source
    group: str  # heading above it; "" where the lane before it has the same
    title: str  # its name
    about: str  # what it is: "init container of api-7d9-x2x7k"
    note: str  # one more fact: "8 restarts"; "" for none
    is_cause: bool  # the cause sits here
    bars: tuple[Bar, ...]  # in time order
    marks: tuple[Mark, ...]  # in time order
    restarts: tuple[dt.datetime, ...]  # one a restart whose time is known
    levels: tuple[Level, ...]  # of memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Lanes side by side over one stretch of time."""

    start: dt.datetime  # of the time shown
    end: dt.datetime  # of the time shown
    window: tuple[dt.datetime, dt.datetime]  # the incident
    lanes: tuple[Lane, ...]  # top to bottom
    folded: int  # diagnoses without lanes
