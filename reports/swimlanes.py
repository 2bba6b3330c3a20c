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
NAME: Final = 46.0  # height of a lane's name and what it is
NAME_LINE: Final = 17.0  # of a note below them
MOST_TRACKS: Final = 6
INSET: Final = 1.2  # per cent left free on both sides, for marks that stand at the very first or last moment
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
    has_limit: bool  # the top of the stems is a limit
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
        return round(INSET + (100 - 2 * INSET) * min(1.0, max(0.0, share)), 2)

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
        ticks=ticks(first, last, INSET),
        rows=rows,
        window_x=begin,
        window_width=round(max(end - begin, 0.3), 2),
        states=tuple(sorted(states)),
        severities=tuple(s for s in ORDER if s in severities),
    )


def _row(lane: Lane, scale: _Scale) -> Row:
    placed, tracks = _placed(lane.marks, scale)
    has_bars = bool(lane.bars or lane.levels)
    needed = PADDING + tracks * TRACK + (BAR + 2 * PADDING if has_bars else PADDING)
    height = max(needed, NAME + (NAME_LINE if lane.note else 0))
    top = height - needed + PADDING + tracks * TRACK
    shapes = tuple(_shape(mark, x, width, top - (track + 0.5) * TRACK) for mark, track, x, width in placed)
    return Row(
        lane=lane,
        height=height,
        bar_y=top,
        boxes=tuple(_box(bar, scale) for bar in lane.bars if scale.shows(bar.start, bar.end)),
        shapes=tuple(sorted(shapes, key=lambda s: (s.x, s.y, s.title))),
        teeth=_teeth(lane.restarts, scale),
        stems=_stems(lane.levels, scale, top),
        has_limit=any(level.has_limit for level in lane.levels),
        summary=_summary(lane, scale),
    )


def _box(bar: Bar, scale: _Scale) -> Box:
    x, end = scale.x(bar.start), scale.x(bar.end)
    width = round(max(end - x, 0.15), 2)
    when = f"{_moment(bar.start)} to {_moment(bar.end)}" if bar.is_start_known else f"until {_moment(bar.end)}"
    return Box(
        x=x,
        width=width,
        state=bar.state,
        text=bar.text if width > ROOM_FOR_TEXT * (len(bar.text) + 1) else "",
        title=f"{bar.label}, {when}",
        is_open=bar.start < scale.first or not bar.is_start_known,
    )


def _placed(marks: Sequence[Mark], scale: _Scale) -> tuple[list[tuple[Mark, int, float, float]], int]:
    """Each mark with its track, the gravest next to the bar, its place and its width; and the number of tracks."""
    shown = [m for m in marks if scale.shows(m.time, m.until)]
    grave = sorted(shown, key=lambda m: (ORDER.index(m.severity) if m.severity in ORDER else len(ORDER), not m.anchor))
    tracks: list[list[tuple[float, float]]] = []
    placed = []
    for mark in grave:
        x = scale.x(mark.time)
        width = round(scale.x(mark.until) - x, 2)
        width = width if width > ROOM else 0.0
        placed.append((mark, _free(tracks, x, x + width), x, width))
    return placed, len(tracks)


def _shape(mark: Mark, x: float, width: float, y: float) -> Shape:
    return Shape(
        x=x,
        width=width,
        y=y,
        severity=mark.severity,
        title=_title(mark),
        text=f"{mark.count:,}×" if mark.count > 1 and width > 4 * ROOM else "",
        anchor=mark.anchor,
    )


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
