"""A stretch of one state before it is known how much of it the timeline shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from analyzer.diagnosis import Bar


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A state from `start` to `end`; an end that is not known is None."""

    state: str
    start: dt.datetime | None
    end: dt.datetime | None
    label: str


def bars(
    spans: Iterable[Span], first: dt.datetime, last: dt.datetime, born: dt.datetime | None, died: dt.datetime | None
) -> tuple[Bar, ...]:
    """The spans between `first` and `last`, and what lies between them as unknown, from birth to death.

    A span keeps its true start, even before `first`; what is not covered before the birth stays empty.
    """
    out: list[Bar] = []
    at = max(first, born) if born else first
    limit = min(last, died) if died else last
    for span in sorted(spans, key=lambda s: (s.start or at, s.end or limit)):
        start, end = span.start or at, min(span.end or limit, limit)
        if end < first or start > limit or end < at:
            continue
        if start > at:
            out.append(_unknown(at, start))
        start = max(start, at) if out else start
        if end > start or not out:
            out.append(
                Bar(
                    state=span.state,
                    start=min(start, end),
                    end=end,
                    label=span.label,
                    is_start_known=span.start is not None,
                )
            )
        at = max(at, end)
    if at < limit:
        out.append(_unknown(at, limit))
    return tuple(_joined(out))


def _unknown(start: dt.datetime, end: dt.datetime) -> Bar:
    return Bar(state="unknown", start=start, end=end, label="the bundle does not tell its state in this time")


def _joined(found: Iterable[Bar]) -> Iterable[Bar]:
    """Neighbours that say the same as one bar."""
    held: Bar | None = None
    for bar in found:
        if held is not None and (held.state, held.label) == (bar.state, bar.label) and held.end >= bar.start:
            held = Bar(
                state=held.state, start=held.start, end=bar.end, label=held.label, is_start_known=held.is_start_known
            )
            continue
        if held is not None:
            yield held
        held = bar
    if held is not None:
        yield held
