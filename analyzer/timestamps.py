"""Reads times as people, programs and Kubernetes write them.

Every instant is UTC with microseconds (finer fractions are cut). A time without a zone is taken as UTC; a
time without a year gets PLACEHOLDER_YEAR, is marked `is_yearless`, and `analyzer.ingest.clock` settles
it. A zero or absurd time (before 1990 or after 2200, 0000-00-00, Feb 30) is no time: None.

Sources: RFC 3339; Go package time (Layout constants, Time.String); systemd journalctl(1) `-o short*`;
klog's header (k8s.io/klog/v2 internal/buffer); kubectl ages (k8s.io/apimachinery/pkg/util/duration).
"""

from __future__ import annotations

import datetime as dt
import functools
import math
import re
from collections.abc import Mapping
from typing import Final, NamedTuple

PLACEHOLDER_YEAR: Final = 1904  # a leap year, so that Feb 29 exists, and older than any cluster
_FIRST_YEAR: Final = 1990
_LAST_YEAR: Final = 2200


class Instant(NamedTuple):
    """A time found in a text."""

    timestamp: dt.datetime | None  # UTC; None: it is a time, but a zero or impossible one
    end: int  # offset in the text behind it
    is_yearless: bool = False
    has_zone: bool = False  # False: taken as UTC because nothing says otherwise


class Age(NamedTuple):
    """A kubectl age such as "3m20s"."""

    seconds: float  # as written
    error_seconds: float  # half of the last written unit: 30 for "5m", 0.5 for "47s"


def _in_range(instant: dt.datetime) -> dt.datetime | None:
    return instant if _FIRST_YEAR <= instant.year <= _LAST_YEAR else None


@functools.lru_cache(maxsize=4096)
def rfc3339(text: str) -> dt.datetime | None:
    """The UTC instant of an RFC 3339 time, or None.

    The fast path for the times of API objects ("2023-08-30T09:31:00Z"); offsets may lack their colon, the
    fraction may have any number of digits. No zone means UTC.
    """
    if not 19 <= len(text) <= 64 or text[4] != "-" or text[7] != "-" or text[10] not in "Tt ":
        return None
    try:
        read = dt.datetime.fromisoformat(text)
        if read.tzinfo is dt.UTC:
            return _in_range(read)
        return _in_range(read.replace(tzinfo=dt.UTC) if read.tzinfo is None else read.astimezone(dt.UTC))
    except (ValueError, OverflowError):  # a leap second, a lower-case z, or no time at all
        return parse_time(text)


def parse_time(text: str) -> dt.datetime | None:
    """The UTC instant when the whole of `text` is one written time with a year, an epoch included; else None."""
    text = text.strip()
    if text[:1] == "[" and text[-1:] == "]":
        text = text[1:-1]
    found = leading_time(text)
    if found is not None and found.end == len(text) and not found.is_yearless:
        return found.timestamp
    return epoch(text)


def epoch(value: str | float) -> dt.datetime | None:
    """The instant of a Unix time in seconds, milli-, micro- or nanoseconds, told apart by their size."""
    try:
        if isinstance(value, str):
            if not _EPOCH.fullmatch(value):
                return None
            value = float(value) if "." in value else int(value)
        if not math.isfinite(value):
            return None
        for limit, per_second in ((1e11, 1), (1e14, 10**3), (1e17, 10**6), (1e20, 10**9)):
            if abs(value) < limit:
                micros = value * 10**6 // per_second if isinstance(value, int) else round(value * 1e6 / per_second)
                return _in_range(_UNIX_ZERO + dt.timedelta(microseconds=int(micros)))
    except (ValueError, OverflowError):
        return None
    return None


def age(text: str) -> Age | None:
    """A kubectl age ("47s", "3m20s", "5h10m", "3d4h", "2y31d", "5m ago"), or None ("<unknown>", "<invalid>").

    kubectl cuts, it does not round (HumanDuration, a year is 365 days). A whole "5m" comes from new clients for
    300 s exactly, from old ones for anything below 6 minutes: the value is what is written.
    """
    match = _AGE.fullmatch(text.strip().removesuffix(" ago"))
    if match is None:
        return None
    parts = [(int(digits), unit) for digits, unit in zip(match.groups(), _UNITS, strict=True) if digits is not None]
    if not parts:
        return None
    return Age(float(sum(count * unit for count, unit in parts)), parts[-1][1] / 2)


def leading_time(text: str, start: int = 0) -> Instant | None:
    """The time that `text` has at offset `start`, in any notation known here; None when it has none there.

    >>> leading_time("Jul 19 15:51:01 node-1 kubelet[9]: x").end
    15
    """
    usual = _USUAL.match(text, start)
    if usual is not None:
        try:
            return Instant(_in_range(dt.datetime.fromisoformat(usual[0])), usual.end(), has_zone=True)
        except ValueError:  # a leap second, or a day that is none
            pass
    first = text[start : start + 1]
    patterns = _DIGIT_FIRST if "0" <= first <= "9" else _LETTER_FIRST if first.isalpha() else ()
    for pattern in patterns:
        match = pattern.match(text, start)
        found = None if match is None else _instant(match)
        if found is not None:
            return found
    return None


def klog_time(text: str, start: int = 0) -> Instant | None:
    """The "mmdd hh:mm:ss.uuuuuu" of a klog header (behind its severity letter); always without year and zone."""
    match = _KLOG.match(text, start)
    return None if match is None else _instant(match)


_UNIX_ZERO: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_EPOCH: Final = re.compile(r"-?[0-9]{1,20}(?:\.[0-9]{1,12})?")
_AGE: Final = re.compile(r"(?:([0-9]{1,4})y)?(?:([0-9]{1,6})d)?(?:([0-9]{1,6})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,9})s)?")
_UNITS: Final = (365 * 86400, 86400, 3600, 60, 1)

# Month names as strftime("%b") gives them in the locales seen in journals, and the full English ones.
_MONTH_NAMES: Final = (
    ("jan", "january", "janv", "ene", "gen", "jän", "янв", "sty", "oca"),
    ("feb", "february", "févr", "fév", "fev", "фев", "lut", "şub"),
    ("mar", "march", "mär", "märz", "mrz", "mars", "mrt", "мар"),
    ("apr", "april", "avr", "avril", "abr", "апр", "kwi", "nis"),
    ("may", "mai", "mag", "maj", "mei", "май", "мая"),
    ("jun", "june", "juin", "juni", "giu", "июн", "cze", "haz"),
    ("jul", "july", "juil", "juli", "lug", "июл", "lip", "tem"),
    ("aug", "august", "août", "aout", "ago", "авг", "sie", "ağu"),
    ("sep", "september", "sept", "set", "сен", "сент", "wrz", "eyl"),
    ("oct", "october", "okt", "out", "ott", "окт", "paź", "eki"),
    ("nov", "november", "ноя", "lis", "kas"),
    ("dec", "december", "dez", "déc", "dic", "дек", "gru", "ara"),
)
_MONTHS: Final = {name: number for number, names in enumerate(_MONTH_NAMES, start=1) for name in names}

# Zone names that mean one offset only: CST, IST and BST do not.
_ZONE_NAMES: Final = {
    "Z": 0, "UTC": 0, "GMT": 0, "CET": 1, "CEST": 2, "MSK": 3, "JST": 9,
    "EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}  # fmt: skip

_CLOCK = r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,12}))?"
_NAMED_ZONE = "|".join(sorted((name for name in _ZONE_NAMES if name != "Z"), key=len, reverse=True))
# Go writes "+0800 CST": the name behind an offset adds nothing, but is no word of the message ("+0800 WARN") either.
_GO_NAME = "CST|CDT|EST|EDT|MST|MDT|PST|PDT|IST|JST|KST|BST|CET|CEST|EET|EEST|MSK|UTC|GMT|SGT|HKT|AEST|AEDT"
_ZONE = rf"(?P<zone>[Zz]|[ ]?[+-][0-9]{{2}}:?[0-9]{{2}}(?![0-9])(?:[ ](?:{_GO_NAME})\b)?|[ ](?:{_NAMED_ZONE})\b)?"
_YEAR, _WORD = "(?P<year>[0-9]{4})", r"[^\W\d_]{2,10}\.?"
_NAME, _DAY = rf"(?P<name>{_WORD})", "(?P<day>[0-9]{1,2})"
_HALF = "(?P<half>上午|下午)?"  # a.m. or p.m. of Chinese log viewers

# What container runtimes and `kubectl logs --timestamps` write, when their zone is UTC.
_USUAL: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,12})?Z")
_KLOG: Final = re.compile(rf"(?P<month>[0-9]{{2}})(?P<day>[0-9]{{2}})[ ]+{_CLOCK}")
_DIGIT_FIRST: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_YEAR}[-/](?P<month>[0-9]{{1,2}})[-/]{_DAY}(?:[Tt]|[ ]{{1,2}}){_HALF}{_CLOCK}{_ZONE}",  # ISO, nginx
        rf"{_DAY}[-/ ]{_NAME}[-/ ]{_YEAR}[: ]{_CLOCK}{_ZONE}",  # access logs, php, redis
        rf"{_YEAR}(?P<month>[0-9]{{2}})(?P<day>[0-9]{{2}})T"
        r"(?P<hour>[0-9]{2})(?P<minute>[0-9]{2})(?P<second>[0-9]{2})(?P<zone>Z)",  # ISO, basic form
        rf"(?P<month>[0-9]{{1,2}})[月월][ ]?{_DAY}[日일]?[ ]{_CLOCK}",  # journald short, Chinese, Korean
    )
)
_LETTER_FIRST: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_NAME}[ ]{{1,2}}{_DAY}[ ]{_CLOCK}",  # syslog, journald short
        rf"{_WORD}[ ]{_NAME}[ ]{{1,2}}{_DAY}[ ]{_CLOCK}{_ZONE}(?:[ ][A-Z]{{3,4}})?[ ]{_YEAR}(?![0-9])",  # dmesg -T
        rf"{_WORD},[ ]{_DAY}[- ]{_NAME}[- ]{_YEAR}[ ]{_CLOCK}{_ZONE}",  # RFC 1123
        rf"{_WORD}[ ]{_YEAR}-(?P<month>[0-9]{{2}})-{_DAY}[ ]{_CLOCK}{_ZONE}",  # systemd
    )
)


def _instant(match: re.Match[str]) -> Instant | None:
    """What one of the patterns above matched; None when its word is not a month's name."""
    part: Mapping[str, str | None] = match.groupdict()
    name = part.get("name")
    month = int(part.get("month") or 0) if name is None else _month(name)
    if month is None:
        return None
    zone = part.get("zone")
    offset = _offset(zone)
    # An impossible offset is none: "2023-01-01 00:00:00 -9999" is a time and a number.
    end = match.start("zone") if zone and offset is None else match.end()
    return Instant(_build(part, month, offset), end, "year" not in part, offset is not None)


def _build(part: Mapping[str, str | None], month: int, offset: dt.timedelta | None) -> dt.datetime | None:
    """The instant of the parts of a time, or None when there is no such instant."""
    year, hour, second = part.get("year"), int(part["hour"] or 0), int(part["second"] or 0)
    if part.get("half") == "下午" and hour < 12:
        hour += 12
    try:
        local = dt.datetime(
            int(year) if year else PLACEHOLDER_YEAR,
            month,
            int(part["day"] or 0),
            hour,
            int(part["minute"] or 0),
            59 if second == 60 else second,  # a leap second
            int(((part.get("fraction") or "") + "000000")[:6]),
            dt.UTC,
        )
        return _in_range(local - (offset or dt.timedelta())) if year else local
    except (ValueError, OverflowError):
        return None


def _offset(zone: str | None) -> dt.timedelta | None:
    """The distance east of UTC; None when nothing or nothing possible is written."""
    if not zone:
        return None
    zone = zone.strip()
    if zone[0] not in "+-":
        return dt.timedelta(hours=_ZONE_NAMES[zone.upper()])
    digits = zone[1:].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:4])
    if hours > 14 or minutes > 59:
        return None
    return dt.timedelta(hours=hours, minutes=minutes) * (-1 if zone[0] == "-" else 1)


def _month(name: str) -> int | None:
    return _MONTHS.get(name.removesuffix(".").lower())
