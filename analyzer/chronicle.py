"""The merged timeline: everything the bundle says happened, from all files, in order of time."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from analyzer.derive.facts import EPOCH
from analyzer.document import instant_text
from analyzer.model import Evidence, Record
from analyzer.moments import ALL_TIME, Period
from reports.visible import one_line

SCHEMA: Final = "podtopsy/timeline/v1"
COLUMNS: Final = (
    *("time", "error_seconds", "source", "severity", "namespace", "pod", "container", "object", "node"),
    *("reason", "message", "path", "line", "count", "first_time"),
)
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for the start of a formula
SEVERITIES: Final = {"warning": "W", "error": "E", "fatal": "F"}
WIDTH: Final = 80
INDENT: Final = 11
MOST_ABOUT: Final = 40  # columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Chronicle:
    """Records in order of time, those without a time last."""

    records: tuple[Record, ...]
    undated: int  # without a time: at the end, or left out where a period was asked for
    is_bounded: bool  # a period was asked for


def chronicle(
    evidence: Evidence, namespaces: Sequence[str] = (), pods: Sequence[str] = (), period: Period = ALL_TIME
) -> Chronicle:
    """The records of these namespaces, pods and this period; raises UsageError when it cannot be placed in time."""
    first, last = period.bounds(evidence.present)
    told = [r for r in evidence.records if _is_about(r, namespaces, pods)]
    dated = [r for r in told if r.timestamp is not None and _is_within(r, r.timestamp, first, last)]
    undated = [r for r in told if r.timestamp is None]
    dated.sort(key=lambda r: (r.timestamp or EPOCH, r.path, r.line, r.source, r.reason or "", r.message))
    kept = dated if not period.is_open else [*dated, *undated]
    return Chronicle(records=tuple(kept), undated=len(undated), is_bounded=not period.is_open)


def as_csv(told: Chronicle) -> bytes:
    """RFC 4180 with a header; no cell is a formula to a spreadsheet, and none holds a hidden character."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for record in told.records:
        writer.writerow([_cell(value) for value in _fields(record).values()])
    return out.getvalue().encode("utf-8", "backslashreplace")


def as_document(told: Chronicle) -> dict[str, object]:
    """For JSON: {"schema", "records": [...], "undated"}."""
    return {
        "schema": SCHEMA,
        "records": [_fields(record) for record in told.records],
        "undated": told.undated,
        "undated_left_out": told.is_bounded,
    }


def as_text(told: Chronicle) -> str:
    """Two lines a record, at most WIDTH columns each: when, what it is about and where it stands; then what it says."""
    lines = list(_lines(told.records))
    if not told.records:
        lines.append("Nothing in the bundle has a time here.")
    if told.undated:
        what = "left out" if told.is_bounded else "at the end"
        noun = "record says" if told.undated == 1 else "records say"
        lines += ["", f"{told.undated:,} {noun} no time: {what}."]
    return "\n".join(lines) + "\n"


def _is_about(record: Record, namespaces: Sequence[str], pods: Sequence[str]) -> bool:
    pod = record.name if record.kind in (None, "Pod") else None
    return (not namespaces or record.namespace in namespaces) and (not pods or pod in pods)


def _is_within(record: Record, time: dt.datetime, first: dt.datetime | None, last: dt.datetime | None) -> bool:
    """Its last occurrence is not before the period, its first one not after it."""
    return (first is None or time >= first) and (last is None or min(time, record.first_timestamp or time) <= last)


def _fields(record: Record) -> dict[str, object]:
    is_pod = record.kind in (None, "Pod")
    values = (
        instant_text(record.timestamp),
        record.timestamp_error_seconds,
        record.source,
        record.level or "info",
        record.namespace,
        record.name if is_pod else None,
        record.container,
        None if is_pod else f"{record.kind}/{record.name}",
        record.node,
        record.reason,
        record.message,
        record.path,
        record.line,
        record.count,
        instant_text(record.first_timestamp),
    )
    return dict(zip(COLUMNS, values, strict=True))


def _cell(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = one_line(value)
    return f"'{text}" if value.startswith(FORMULA) or text.startswith(FORMULA) else text


def _lines(records: Iterable[Record]) -> Iterator[str]:
    day = ""
    for record in records:
        today = f"{record.timestamp:%Y-%m-%d}" if record.timestamp else "no time"
        if today != day:
            yield from ([""] if day else [])
            yield f"{today} UTC" if record.timestamp else today
            day = today
        yield _head(record)
        said = f"{record.reason}: {record.message}" if record.reason else record.message
        yield " " * INDENT + _fitting(one_line(said), WIDTH - INDENT)


def _head(record: Record) -> str:
    """`10:58:39 W web-7d9f/app ±30s 97×              events.yaml:64`."""
    from rich.cells import cell_len

    clock = f"{record.timestamp:%H:%M:%S}" if record.timestamp else "--:--:--"
    error = f" ±{record.timestamp_error_seconds:.0f}s" if record.timestamp_error_seconds >= 1 else ""
    names = [record.name, record.container] if record.kind in (None, "Pod") else [record.kind, record.name]
    about = _middle(one_line("/".join(n for n in names if n) or record.node or record.source), MOST_ABOUT)
    times = f" {record.count:,}×" if record.count > 1 else ""
    left = f"{clock} {SEVERITIES.get(record.level or '', ' ')} {about}{error}{times}"
    place = f"{record.path}:{record.line}" if record.line else record.path
    room = WIDTH - cell_len(left) - 2
    right = _middle(one_line(place), room)
    return f"{left}  {' ' * (room - cell_len(right))}{right}"


def _fitting(text: str, width: int) -> str:
    """`text` cut to `width` columns of a terminal."""
    from rich.cells import cell_len, set_cell_size

    return text if cell_len(text) <= width else set_cell_size(text, width - 1).rstrip() + "…"


def _middle(text: str, width: int) -> str:
    """`text` in `width` columns, its middle left out where it is too long."""
    from rich.cells import cell_len, chop_cells

    if cell_len(text) <= width:
        return text
    head = chop_cells(text, width // 3)[0]
    tail = chop_cells(text[::-1], width - cell_len(head) - 1)[0][::-1]
    return f"{head}…{tail}"
