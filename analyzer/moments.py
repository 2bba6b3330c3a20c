"""A moment as a person names it: a written time, or a duration before the bundle was collected."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

from analyzer.errors import UsageError
from analyzer.timestamps import rfc3339

_DURATION: Final = re.compile(r"(?:(\d{1,5})w)?(?:(\d{1,5})d)?(?:(\d{1,6})h)?(?:(\d{1,7})m)?(?:(\d{1,9})s)?", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_ZONE: Final = re.compile(r"(?:[Zz]|[+-]\d\d:?\d\d)$")


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant, or how long before the collection of the bundle; one of both."""

    instant: dt.datetime | None = None
    before: dt.timedelta | None = None

    def at(self, present: dt.datetime | None) -> dt.datetime:
        """The instant in UTC; raises UsageError when it counts back from a time that the bundle does not tell."""
        if self.instant is not None:
            return self.instant
        if present is None or self.before is None:
            raise UsageError("nothing in the bundle has a time to count back from; give a time like 2024-03-14T09:00Z")
        try:
            return present - self.before
        except OverflowError:
            raise UsageError("that is too long a time to count back") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From one moment to another; None is open."""

    since: Moment | None = None
    until: Moment | None = None

    def bounds(self, present: dt.datetime | None) -> tuple[dt.datetime | None, dt.datetime | None]:
        """Both ends in UTC; raises UsageError when they are the wrong way round."""
        first = self.since.at(present) if self.since else None
        last = self.until.at(present) if self.until else None
        if first is not None and last is not None and first > last:
            raise UsageError(f"--since ({first:%Y-%m-%d %H:%M:%S} UTC) is later than --until")
        return first, last

    @property
    def is_open(self) -> bool:
        """It holds all times."""
        return self.since is None and self.until is None


ALL_TIME: Final = Period()


def moment(text: str, zone: dt.tzinfo | None = None) -> Moment:
    """`2024-03-14T09:00:00Z`, `2024-03-14 09:00`, `2024-03-14`, `2h`, `1d12h`; raises UsageError.

    A time that names no zone is in `zone`, UTC by default.
    """
    match = _DURATION.fullmatch(text)
    if match is not None and text:
        weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
        try:
            return Moment(before=dt.timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds))
        except OverflowError:
            raise UsageError(f"{text} is too long a time to count back") from None
    whole = f"{text}T00:00:00" if _DAY.fullmatch(text) else text
    if re.fullmatch(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?:[Zz]|[+-]\d\d:?\d\d)?", whole, re.ASCII):
        whole = f"{whole[:16]}:00{whole[16:]}"
    instant = rfc3339(whole)
    if instant is None:
        raise UsageError(f"{text} is no time; write it like 2024-03-14T09:00:00Z, or 2h for two hours before the end")
    if zone is not None and not _ZONE.search(whole[10:]):
        instant = instant.replace(tzinfo=zone).astimezone(dt.UTC)
    return Moment(instant=instant)


def period(since: str | None, until: str | None, zone: dt.tzinfo | None = None) -> Period:
    """What `--since` and `--until` say."""
    return Period(since=moment(since, zone) if since else None, until=moment(until, zone) if until else None)
