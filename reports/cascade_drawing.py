"""Steps to shapes: what led to what, as cards in three stages joined by arrows.

The evidence orders the steps in time and tells causes from symptoms; it seldom tells which symptom came of which
mechanism. So each stage as a whole leads to the next one, and no single arrow claims more.
"""

from __future__ import annotations

import datetime as dt
import itertools
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reports.context import RootCause, Step

STAGES: Final = (("cause", "Cause"), ("mechanism", "What it set off"), ("symptom", "What was seen"))
WIDE: Final = 960
NARROW: Final = 340
GAP: Final = 52  # between two stages
SPACE: Final = 12  # between two cards
PADDING: Final = 14
HEADER: Final = 26
LINE: Final = 19  # height of a line of text
CHARACTER: Final = 7.3  # width of a letter, roughly: text is wrapped before it is drawn
BOLD: Final = 8.2
MOST_LINES: Final = 4
MOST_CARDS: Final = 6  # of one stage; the list below has them all


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One step, drawn; all places in pixels."""

    x: float
    y: float
    width: float
    height: float
    role: str  # cause, mechanism, symptom, echo
    when: str  # "09:15:04, 6 s later"
    lines: tuple[str, ...]  # the wrapped title
    title: str  # the whole of it, when pointed at
    anchor: str  # of the first quote that shows it; "" for none
    basis: str  # "E4, E5" or "inferred"


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """The heading of a stage."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """A line, with a head where it ends."""

    path: str
    is_pointed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cascade:
    """The whole drawing."""

    name: str  # wide, narrow
    width: float
    height: float
    labels: tuple[Label, ...]
    cards: tuple[Card, ...]
    arrows: tuple[Arrow, ...]


def cascades(cause: RootCause) -> tuple[Cascade, ...]:
    """The drawing for a wide page and the one for a phone; none when the cause stands alone."""
    if len(cause.steps) < 2:
        return ()
    return (_wide(cause), _narrow(cause))


def _wide(cause: RootCause) -> Cascade:
    """Stages side by side."""
    stages = _stages(cause)
    width = (WIDE - GAP * (len(stages) - 1)) / len(stages)
    labels, columns, arrows = [], [], list[Arrow]()
    for number, (name, steps) in enumerate(stages):
        x = number * (width + GAP)
        labels.append(Label(x=x, y=14, text=name))
        cards, y = [], float(HEADER)
        for card in _cards(cause, steps, x, width, is_last=number == len(stages) - 1):
            cards.append(_at(card, y))
            y += card.height + SPACE
        columns.append(cards)
    for left, right in itertools.pairwise(columns):
        arrows += _across(left, [c for c in right if c.role != "echo"])
    flat = tuple(card for column in columns for card in column)
    height = max(c.y + c.height for c in flat) + 4
    return Cascade(name="wide", width=WIDE, height=height, labels=tuple(labels), cards=flat, arrows=tuple(arrows))


def _narrow(cause: RootCause) -> Cascade:
    """Stages below each other."""
    stages = _stages(cause)
    labels, cards, arrows, y = [], list[Card](), list[Arrow](), 0.0
    for number, (name, steps) in enumerate(stages):
        if number:
            arrows.append(Arrow(path=f"M{PADDING * 2} {y - SPACE + 4} V{y + 20}", is_pointed=True))
            y += 30
        labels.append(Label(x=0 if not number else PADDING * 3, y=y + 14, text=name))
        y += HEADER
        for card in _cards(cause, steps, 0, NARROW, is_last=number == len(stages) - 1):
            cards.append(_at(card, y))
            y += card.height + SPACE
    return Cascade(
        name="narrow",
        width=NARROW,
        height=y - SPACE + 4,
        labels=tuple(labels),
        cards=tuple(cards),
        arrows=tuple(arrows),
    )


def _stages(cause: RootCause) -> list[tuple[str, list[Step]]]:
    found = [(name, [s for s in cause.steps if s.role == role]) for role, name in STAGES]
    return [(name, steps) for name, steps in found if steps]


def _cards(cause: RootCause, steps: Sequence[Step], x: float, width: float, *, is_last: bool) -> list[Card]:
    begin = min((s.time for s in cause.steps if s.time is not None), default=None)
    shown = steps if len(steps) <= MOST_CARDS else steps[: MOST_CARDS - 1]
    cards = [_card(step, begin, x, width) for step in shown]
    if len(steps) > len(shown):
        text = f"and {len(steps) - len(shown)} more, in the list below"
        cards.append(_plain("echo", text, x, width))
    pods = {tuple(victim.split(" / ")[:2]) for victim in cause.impact.victims}
    if is_last and len(pods) > 1:
        cards.append(_plain("echo", f"In all: {cause.impact.who}", x, width))
    return cards


def _card(step: Step, begin: dt.datetime | None, x: float, width: float) -> Card:
    lines = _wrapped(step.title, width, BOLD if step.role == "cause" else CHARACTER)
    return Card(
        x=x,
        y=0,
        width=width,
        height=2 * PADDING + LINE * (len(lines) + 1),
        role=step.role,
        when=_when(step.time, begin, is_cause=step.role == "cause"),
        lines=lines,
        title=step.title,
        anchor=step.quotes[0].anchor if step.quotes else "",
        basis=", ".join(q.label for q in step.quotes[:3]) + (" …" if len(step.quotes) > 3 else "") or "inferred",
    )


def _plain(role: str, text: str, x: float, width: float) -> Card:
    lines = _wrapped(text, width)
    return Card(
        x=x,
        y=0,
        width=width,
        height=2 * PADDING + LINE * len(lines) - 6,
        role=role,
        when="",
        lines=lines,
        title=text,
        anchor="",
        basis="",
    )


def _at(card: Card, y: float) -> Card:
    return Card(
        x=card.x,
        y=y,
        width=card.width,
        height=card.height,
        role=card.role,
        when=card.when,
        lines=card.lines,
        title=card.title,
        anchor=card.anchor,
        basis=card.basis,
    )


def _wrapped(text: str, width: float, character: float = CHARACTER) -> tuple[str, ...]:
    room = max(8, int((width - 2 * PADDING) / character))
    lines = textwrap.wrap(text, room, max_lines=MOST_LINES, placeholder=" …", break_on_hyphens=False)
    return tuple(lines) or ("",)


def _across(left: Sequence[Card], right: Sequence[Card]) -> list[Arrow]:
    """From every card of a stage into one trunk, and from it to every card of the next."""
    trunk = left[0].x + left[0].width + GAP / 2
    into = [_middle(c) for c in left if c.role != "echo"]
    out = [_middle(c) for c in right]
    arrows = [Arrow(path=f"M{left[0].x + left[0].width} {y} H{trunk}", is_pointed=False) for y in into]
    arrows.append(Arrow(path=f"M{trunk} {min(into + out)} V{max(into + out)}", is_pointed=False))
    return [*arrows, *(Arrow(path=f"M{trunk} {y} H{right[0].x - 3}", is_pointed=True) for y in out)]


def _middle(card: Card) -> float:
    return card.y + PADDING + LINE / 2  # beside the time: cards of any height line up


def _when(time: dt.datetime | None, begin: dt.datetime | None, *, is_cause: bool) -> str:
    """The time, and how long after the first sign; a cause is often seen later than what it brings about."""
    if time is None or begin is None:
        return "no time known"
    seconds = (time - begin).total_seconds()
    if seconds < 1:
        return f"{time:%H:%M:%S} UTC" if is_cause else f"{time:%H:%M:%S} UTC, first sign"
    return f"{time:%H:%M:%S}, {'seen ' if is_cause else ''}{_length(seconds)} later"


def _length(seconds: float) -> str:
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{round(seconds / size)} {unit}"
    return f"{round(seconds)} s"
