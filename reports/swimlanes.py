"""Lanes to shapes: where each bar, mark, tooth and tick of the chart stands.

Along the time axis places are percentages of the plot's width, so that a drawing fits a phone as well as paper
without scaling its text; across it they are pixels.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from reports.lanes import Bar, Chart, Lane, Level, Mark
from reports.ticks import MONTHS, Tick, clock, ticks

TRACK: Final = 13.0  # height of one line of marks
BAR: Final = 18.0
PADDING: Final = 5.0
MOST_TRACKS: Final = 4
ROOM: Final = 1.8  # per cent of the width that a mark needs for itself
ROOM_FOR_TEXT: Final = 0.95  # per cent of the width for each character in a bar
MARGIN: Final = 0.06  # of the incident's length, shown on both sides of it
WORTH_A_VIEW: Final = 0.6  # an incident that fills more of the chart needs no view of its own
ORDER: Final = ("end", "error", "warning", "info")  # of tracks, from the bar upwards
SUMMARY: Final = 6  # bars named in the words for a screen reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A bar, drawn."""

    x: float  # per cent
    width: float  # per cent
    state: str  # class of the rectangle
    text: str  # in the bar; "" where it does not fit
    title: str  # when pointed at
    is_open: bool  # it began before what is shown, or at an unknown time


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A mark, drawn."""

    x: float  # per cent
    width: float  # per cent; 0 for a single moment
    y: float  # pixels from the top of the row
    severity: str  # class and symbol
    title: str  # when pointed at
    text: str  # beside it: "97×"; "" for none
    anchor: str  # of the quote it leads to; "" for none


@dataclass(frozen=True, slots=True, kw_only=True)
class Stem:
    """A level, drawn as a line with a dot on top."""

    x: float  # per cent
    y: float  # pixels from the top of the row
    title: str  # when pointed at


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A lane, drawn."""

    lane: Lane  # what it tells
    height: float  # pixels
    bar_y: float  # pixels from the top of the row to the bars
    boxes: tuple[Box, ...]  # bars
    shapes: tuple[Shape, ...]  # marks
    teeth: tuple[float, ...]  # restarts, per cent
    stems: tuple[Stem, ...]  # levels
    summary: str  # its states in words


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The chart over one stretch of time."""

    name: str  # incident, whole
    title: str  # what it shows
    ticks: tuple[Tick, ...]  # of the axis
    rows: tuple[Row, ...]  # top to bottom
    window_x: float  # the incident's frame, per cent
    window_width: float  # per cent
    states: tuple[str, ...]  # states that occur, for the legend
    severities: tuple[str, ...]  # marks that occur, for the legend


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    first: dt.datetime
    last: dt.datetime

    def x(self, time: dt.datetime) -> float:
        """Per cent of the width, within it."""
        share = (time - self.first) / (self.last - self.first)
        return round(100 * min(1.0, max(0.0, share)), 3)

    def shows(self, start: dt.datetime, end: dt.datetime) -> bool:
        return end >= self.first and start <= self.last


def views(chart: Chart) -> tuple[View, ...]:
    """The incident by itself where it is a small part of what is known, and all that is known."""
    begin, end = chart.window
    length = max(end - begin, dt.timedelta(seconds=1))
    whole = _view("whole", "All that is known", chart, chart.start, chart.end)
    first = max(chart.start, begin - MARGIN * length)
    last = min(chart.end, end + MARGIN * length)
    if (last - first) > WORTH_A_VIEW * (chart.end - chart.start) or first >= last:
        return (whole,)
    return (_view("incident", "The incident", chart, first, last), whole)


def _view(name: str, title: str, chart: Chart, first: dt.datetime, last: dt.datetime) -> View:
    scale = _Scale(first=first, last=last)
    rows = tuple(_row(lane, scale) for lane in chart.lanes)
    states = {box.state for row in rows for box in row.boxes}
    severities = {shape.severity for row in rows for shape in row.shapes}
    begin, end = scale.x(chart.window[0]), scale.x(chart.window[1])
    return View(
        name=name,
        title=title,
        ticks=ticks(first, last),
        rows=rows,
        window_x=begin,
        window_width=round(max(end - begin, 0.3), 3),
        states=tuple(sorted(states)),
        severities=tuple(s for s in ORDER if s in severities),
    )


def _row(lane: Lane, scale: _Scale) -> Row:
    shapes, tracks = _shapes(lane.marks, scale)
    top = PADDING + tracks * TRACK
    has_bars = bool(lane.bars or lane.levels)
    return Row(
        lane=lane,
        height=top + (BAR + 2 * PADDING if has_bars else PADDING) + (0 if has_bars or tracks else BAR),
        bar_y=top,
        boxes=tuple(_box(bar, scale) for bar in lane.bars if scale.shows(bar.start, bar.end)),
        shapes=shapes,
        teeth=_teeth(lane.restarts, scale),
        stems=_stems(lane.levels, scale, top),
        summary=_summary(lane, scale),
    )


def _box(bar: Bar, scale: _Scale) -> Box:
    x, end = scale.x(bar.start), scale.x(bar.end)
    width = round(max(end - x, 0.15), 3)
    when = f"{_moment(bar.start)} to {_moment(bar.end)}" if bar.is_start_known else f"until {_moment(bar.end)}"
    return Box(
        x=x,
        width=width,
        state=bar.state,
        text=bar.text if width > ROOM_FOR_TEXT * (len(bar.text) + 1) else "",
        title=f"{bar.label}, {when}",
        is_open=bar.start < scale.first or not bar.is_start_known,
    )


def _shapes(marks: Sequence[Mark], scale: _Scale) -> tuple[tuple[Shape, ...], int]:
    """The marks in as few lines as they fit in, the gravest next to the bar; and the number of lines."""
    shown = [m for m in marks if scale.shows(m.time, m.until)]
    grave = sorted(shown, key=lambda m: (ORDER.index(m.severity) if m.severity in ORDER else len(ORDER), not m.anchor))
    ends: list[list[tuple[float, float]]] = []
    placed: list[tuple[Mark, int, float, float]] = []
    for mark in grave:
        x = scale.x(mark.time)
        width = round(scale.x(mark.until) - x, 3)
        width = width if width > ROOM else 0.0
        track = _free(ends, x, x + width)
        placed.append((mark, track, x, width))
    tracks = len(ends)
    shapes = (
        Shape(
            x=x,
            width=width,
            y=PADDING + (tracks - 1 - track) * TRACK + TRACK / 2,
            severity=mark.severity,
            title=_title(mark),
            text=f"{mark.count:,}×" if mark.count > 1 and width > 4 * ROOM else "",
            anchor=mark.anchor,
        )
        for mark, track, x, width in placed
    )
    return tuple(sorted(shapes, key=lambda s: (s.x, s.y, s.title))), tracks


def _free(tracks: list[list[tuple[float, float]]], start: float, end: float) -> int:
    """The first track with room from `start` to `end`; the last one when none has."""
    for number, taken in enumerate(tracks):
        if all(end + ROOM <= a or start >= b + ROOM for a, b in taken):
            taken.append((start, end))
            return number
    if len(tracks) < MOST_TRACKS:
        tracks.append([(start, end)])
    else:
        tracks[-1].append((start, end))
    return len(tracks) - 1


def _teeth(restarts: Iterable[dt.datetime], scale: _Scale) -> tuple[float, ...]:
    return tuple(sorted({round(scale.x(t), 1) for t in restarts if scale.shows(t, t)}))


def _stems(levels: Sequence[Level], scale: _Scale, top: float) -> tuple[Stem, ...]:
    return tuple(
        Stem(
            x=scale.x(level.time),
            y=round(top + BAR * (1 - min(1.0, max(0.0, level.fraction))), 1),
            title=f"{level.label}, {_moment(level.time)}",
        )
        for level in levels
        if scale.shows(level.time, level.time)
    )


def _title(mark: Mark) -> str:
    if mark.count == 1 and mark.until == mark.time:
        return f"{_moment(mark.time)} {mark.label}"
    times = f"{mark.count:,} times, " if mark.count > 1 else ""
    until = f" to {_moment(mark.until)}" if mark.until > mark.time else ""
    return f"{times}{_moment(mark.time)}{until}: {mark.label}"


def _summary(lane: Lane, scale: _Scale) -> str:
    """The states in words, for who cannot see the drawing."""
    shown = [b for b in lane.bars if scale.shows(b.start, b.end)]
    said = [f"{b.label} until {_moment(b.end)}" for b in shown[:SUMMARY]]
    if len(shown) > SUMMARY:
        said.append(f"and {len(shown) - SUMMARY} more states")
    count = sum(m.count for m in lane.marks if scale.shows(m.time, m.until))
    if count:
        said.append("1 mark" if count == 1 else f"{count:,} events and lines")
    return f"{lane.title}, {lane.about}: {'; '.join(said) or 'nothing in this time'}"


def _moment(time: dt.datetime) -> str:
    return f"{time.day} {MONTHS[time.month - 1]} {clock(time)}"
