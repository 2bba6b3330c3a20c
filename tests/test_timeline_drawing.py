"""Lanes and steps as shapes."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hand_made import BIG, STORY, at
from test_timeline import crashing

from analyzer.compose import compose
from reports.cascade_drawing import cascades
from reports.lanes import Bar, Chart, Lane, Mark
from reports.render import html
from reports.swimlanes import MOST_TRACKS, views
from reports.ticks import MOST, ticks


def bar(start: dt.datetime, end: dt.datetime, state: str = "running") -> Bar:
    return Bar(state=state, start=start, end=end, text=state, label=state, is_start_known=True)


def mark(time: dt.datetime, severity: str = "warning", count: int = 1, until: dt.datetime | None = None) -> Mark:
    return Mark(severity=severity, time=time, until=until or time, label="BackOff", count=count, anchor="")


def chart(window: tuple[dt.datetime, dt.datetime], bars: tuple[Bar, ...] = (), marks: tuple[Mark, ...] = ()) -> Chart:
    lane = Lane(
        kind="main", group="", title="app", about="container of web-0", note="", is_cause=True, bars=bars, marks=marks,
        restarts=(), levels=(),
    )  # fmt: skip
    return Chart(start=at(9, 0), end=at(10, 0), window=window, lanes=(lane,), folded=0)


def test_an_incident_that_is_a_small_part_of_what_is_known_has_a_view_of_its_own() -> None:
    assert [v.name for v in views(chart((at(9, 10), at(9, 20))))] == ["incident", "whole"]
    assert [v.name for v in views(chart((at(9, 0), at(9, 50))))] == ["whole"]


def test_a_bar_is_cut_where_the_view_ends_and_says_its_true_times() -> None:
    (view,) = views(chart((at(9, 0), at(10, 0)), (bar(at(3, 0), at(9, 30)),)))
    (box,) = view.rows[0].boxes
    assert (box.x, round(box.x + box.width, 1), box.is_open) == (1.2, 50.0, True)
    assert box.title == "running, 14 Mar 03:00:00 to 14 Mar 09:30:00"


def test_marks_that_would_cover_each_other_stand_one_above_the_other() -> None:
    marks = tuple(mark(at(9, 30, s)) for s in range(4))
    (view,) = views(chart((at(9, 0), at(10, 0)), marks=marks))
    assert len({s.y for s in view.rows[0].shapes}) == 4


def test_the_gravest_mark_stands_next_to_the_bar() -> None:
    marks = (mark(at(9, 30), "info"), mark(at(9, 30), "error"), mark(at(9, 30), "warning"))
    (view,) = views(chart((at(9, 0), at(10, 0)), (bar(at(9, 0), at(10, 0)),), marks))
    assert [s.severity for s in sorted(view.rows[0].shapes, key=lambda s: s.y)] == ["info", "warning", "error"]


def test_a_row_never_grows_beyond_its_tracks() -> None:
    marks = tuple(mark(at(9, 30, s)) for s in range(60))
    (view,) = views(chart((at(9, 0), at(10, 0)), marks=marks))
    assert len({s.y for s in view.rows[0].shapes}) == MOST_TRACKS
    assert len(view.rows[0].shapes) == 60


def test_what_repeats_is_drawn_from_its_first_to_its_last_time_with_its_count() -> None:
    (view,) = views(chart((at(9, 0), at(10, 0)), marks=(mark(at(9, 0), count=97, until=at(10, 0)),)))
    (shape,) = view.rows[0].shapes
    assert (shape.x, round(shape.width, 1), shape.text) == (1.2, 97.6, "97×")
    assert shape.title == "97 times, 14 Mar 09:00:00 to 14 Mar 10:00:00: BackOff"


@pytest.mark.parametrize(
    ("seconds", "labels"),
    [
        (4, ["09:00:00", "09:00:01", "09:00:02", "09:00:03", "09:00:04"]),
        (3600, ["09:00", "09:10", "09:20", "09:30", "09:40", "09:50", "10:00"]),
        (86400, ["09:00", "12:00", "15:00", "18:00", "21:00", "00:00", "03:00", "06:00", "09:00"]),
        (864000, ["16 Mar", "18 Mar", "20 Mar", "22 Mar", "24 Mar"]),
    ],
)
def test_ticks_stand_at_round_times(seconds: int, labels: list[str]) -> None:
    assert [t.label for t in ticks(at(9, 0), at(9, 0) + dt.timedelta(seconds=seconds))] == labels


@pytest.mark.parametrize("seconds", [0.02, 1, 59, 3601, 86399, 10**6, 10**8, 6 * 10**9])
def test_there_are_never_too_many_ticks(seconds: float) -> None:
    assert len(ticks(at(9, 0), at(9, 0) + dt.timedelta(seconds=seconds))) <= MOST


def test_the_cascade_goes_from_the_cause_to_what_was_seen() -> None:
    wide, narrow = cascades(compose(STORY).causes[0])
    assert [label.text for label in wide.labels] == ["Cause", "What it set off", "What was seen"]
    assert [card.when for card in wide.cards] == [
        "09:14:58 UTC",
        "09:15:04, 6 s later",
        "09:17:52, 3 min later",
        "09:33:41, 19 min later",
    ]
    assert all(card.x == 0 for card in narrow.cards)
    assert all(card.x + card.width <= wide.width + 0.01 for card in wide.cards)


def test_cards_never_cover_each_other() -> None:
    for drawing in cascades(compose(STORY).causes[0]):
        for one in drawing.cards:
            for other in drawing.cards:
                is_apart = one.y + one.height <= other.y or other.y + other.height <= one.y or one.x != other.x
                assert one is other or is_apart


def test_a_cause_alone_is_not_drawn() -> None:
    assert cascades(compose(BIG).causes[1]) == ()


def test_the_page_draws_the_lanes_and_links_marks_to_their_quotes() -> None:
    found = crashing()
    page = html(compose(found))
    assert 'class="lane container origin"' in page
    links = set(re.findall(r'<a href="#(e1-\d+)" aria-label', page))
    assert links
    assert all(f'id="{link}"' in page for link in links)


def test_what_is_in_the_drawing_cannot_break_out_of_it() -> None:
    page = html(compose(crashing()))
    drawn = page[page.index('<div class="chart">') : page.index('<ul class="legend">')]
    assert "<script" not in drawn
    assert " style=" not in drawn
    assert "javascript:" not in drawn
