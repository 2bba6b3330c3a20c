"""Which failures are looked at."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from analyzer.derive.facts import Facts
from analyzer.failures import Failure
from analyzer.moments import ALL_TIME, Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Focus:
    """Namespaces, pods and a time; an empty part allows all."""

    namespaces: tuple[str, ...] = ()
    pods: tuple[str, ...] = ()
    period: Period = ALL_TIME

    def chosen(self, failures: tuple[Failure, ...], facts: Facts) -> tuple[Failure, ...]:
        """The failures in the focus; raises UsageError when its period cannot be placed in time."""
        first, last = self.period.bounds(facts.present)
        return tuple(f for f in failures if self._is_here(f) and _is_then(f, facts, first, last))

    def _is_here(self, failure: Failure) -> bool:
        ref = failure.about
        return (not self.namespaces or ref.namespace in self.namespaces) and (not self.pods or ref.pod in self.pods)


EVERYTHING = Focus()


def _is_then(failure: Failure, facts: Facts, first: dt.datetime | None, last: dt.datetime | None) -> bool:
    """The failure lasted into the period; one without any time is never left out.

    A bad state lasts from its first trace until the collection, where it was read; what logs and events
    alone tell lasts from its first to its last line.
    """
    records = [facts.records[i] for i in failure.record_ids]
    times = [t for r in records for t in (r.first_timestamp, r.timestamp) if t is not None]
    times += [failure.since] if failure.since else []
    if not times:
        return True
    end = facts.present if failure.is_state and facts.present else max(times)
    return (first is None or end >= first) and (last is None or min(times) <= last)
