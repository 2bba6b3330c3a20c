"""Whether a set or a sequence happened, and how often: pure functions over hits in time order.

The rules of the format, as its reference implementation has them
(https://github.com/prequel-dev/prequel-logmatch, pkg/match):

- The events of a match lie within the window, its ends included. An event serves one match only.
- A sequence asks for each event behind the one before it; equal times are in order of their lines.
- The earliest events are tried first. Where they are too far apart the first of them is given up; where a forbidden
  event stands in its span, the event that the span is anchored at is given up, and the search goes on.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analyzer.cre.rule import Condition, Negation

Part = Any  # what is hit: a Term or a Condition, compared by equality


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """A term in a line, or a condition fulfilled: when it was, and which lines show it."""

    time: int  # nanoseconds of an axis on which everything compared lies
    order: tuple[int, ...]  # among equal times: the file, the line
    lines: tuple[int, ...] = ()  # what shows it, as the caller numbers lines


Hits = Mapping[Part, Sequence[Hit]]
"""What was hit -> its hits in ascending order."""


def matches(condition: Condition, hits: Hits) -> list[tuple[Hit, ...]]:
    """Every match of a condition, as the hits of its parts in time order, forbidden events considered."""
    if condition.is_sequence:
        return _sequences(condition, hits)
    return _sets(condition, hits)


def _sets(condition: Condition, hits: Hits) -> list[tuple[Hit, ...]]:
    needed = Counter[Part](condition.parts)
    parts = list(needed)
    left = {part: _Queue(hits.get(part, ())) for part in parts}
    found: list[tuple[Hit, ...]] = []
    forbidden = _Forbidden(condition, hits)
    while True:
        firsts = [left[part].first(count) for part, count in needed.items()]
        if sum(map(len, firsts)) < len(condition.parts):
            return found
        frame = sorted((hit, number) for number, first in enumerate(firsts) for hit in first)
        drop = 0 if frame[-1][0].time - frame[0][0].time > condition.window else forbidden.at([h for h, _ in frame])
        given_up = frame if drop is None else [frame[drop]]
        if drop is None:
            found.append(tuple(hit for hit, _ in frame))
        for hit, number in given_up:
            left[parts[number]].remove(hit)


def _sequences(condition: Condition, hits: Hits) -> list[tuple[Hit, ...]]:
    left = [_Queue(hits.get(part, ())) for part in condition.parts]  # what may still stand at each place
    found: list[tuple[Hit, ...]] = []
    forbidden = _Forbidden(condition, hits)
    while True:
        frame: list[Hit] = []
        for queue in left:
            following = queue.after(frame[-1] if frame else None)
            if following is None:
                return found
            frame.append(following)
        drop = 0 if frame[-1].time - frame[0].time > condition.window else forbidden.at(frame)
        if drop is not None:
            left[drop].remove(frame[drop])
            continue
        found.append(tuple(frame))
        for part, hit in zip(condition.parts, frame, strict=True):
            for queue, other in zip(left, condition.parts, strict=True):
                if other == part:
                    queue.remove(hit)


class _Queue:
    """Hits in order, of which some are given up or used."""

    def __init__(self, hits: Sequence[Hit]) -> None:
        self._hits = hits
        self._next = list(range(len(hits) + 1))  # where to look on from each place; a place that is left: itself

    def first(self, count: int) -> list[Hit]:
        """The first `count` that are left, fewer where there are no more."""
        found: list[Hit] = []
        at = self._left(0)
        while len(found) < count and at < len(self._hits):
            found.append(self._hits[at])
            at = self._left(at + 1)
        return found

    def after(self, hit: Hit | None) -> Hit | None:
        """The first that is left behind `hit`."""
        at = self._left(0 if hit is None else bisect_right(self._hits, _place(hit), key=_place))
        return self._hits[at] if at < len(self._hits) else None

    def remove(self, hit: Hit) -> None:
        """Give it up, if it is there."""
        at = bisect_left(self._hits, hit)
        if at < len(self._hits) and self._hits[at] == hit:
            self._next[at] = at + 1

    def _left(self, at: int) -> int:
        """The first place from `at` on that is left; each look makes the way of the next one shorter."""
        following = self._next
        while following[at] != at:
            following[at] = following[following[at]]
            at = following[at]
        return at


def _place(hit: Hit) -> tuple[int, tuple[int, ...]]:
    return hit.time, hit.order


class _Forbidden:
    """The forbidden events of a condition."""

    def __init__(self, condition: Condition, hits: Hits) -> None:
        self._negations = condition.negations
        self._hits = [list(hits.get(negation.what, ())) for negation in condition.negations]
        # Without a span that reaches back, what stands before the first event of a match is never looked at, even
        # when a coarse clock gives both the same time. A match at one instant has no before and behind.
        self._looks_back = condition.window == 0 or any(n.slide < 0 for n in condition.negations)

    def at(self, frame: Sequence[Hit]) -> int | None:
        """The place in the frame at which the first forbidden event's span is anchored; None when there is none."""
        for negation, hits in zip(self._negations, self._hits, strict=True):
            start, stop = span(negation, [hit.time for hit in frame])
            first = bisect_left(hits, Hit(start, ()))
            if not self._looks_back:
                first = max(first, bisect_left(hits, Hit(frame[0].time, frame[0].order)))
            if first < len(hits) and hits[first].time <= stop:
                return negation.anchor
        return None


def span(negation: Negation, times: Sequence[int]) -> tuple[int, int]:
    """The first and last nanosecond at which the event is forbidden, for a match with events at these times."""
    start = times[negation.anchor] + negation.slide
    width = negation.window + (0 if negation.is_absolute else times[-1] - times[0])
    return start, start + max(0, width)
