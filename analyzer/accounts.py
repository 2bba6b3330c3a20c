"""The ledger for people and for scripts: what `podtopsy files` prints."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence

import orjson

from analyzer.model import FileEntry, Note
from reports.visible import one_line

FIELDS = (  # of a file in the contract, in its order
    "path",
    "layout",
    "format",
    "bytes",
    "status",
    "reason",
    "lines",
    "parsed",
    "unparsed",
    "skipped",
    "records",
    "first_timestamp",
    "last_timestamp",
)


def as_json(entries: Sequence[FileEntry], notes: Sequence[Note]) -> bytes:
    """`files` and `notes` as the diagnosis has them."""
    content = {
        "files": [{name: getattr(e, name) for name in FIELDS} for e in entries],
        "notes": [dataclasses.asdict(n) for n in notes],
    }
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z)


def as_text(entries: Sequence[FileEntry], notes: Sequence[Note]) -> str:
    """One line a file, then the totals, then what could not be read and why."""
    lines = [_line(e) for e in entries]
    lines += ["", _totals(entries)]
    unread = [e for e in entries if e.status != "parsed"]
    if unread:
        lines += ["", "Not read whole:"]
        lines += [f"  {one_line(e.path)}: {e.status}, {one_line(e.reason or 'no reason given')}" for e in unread]
    if notes:
        lines += ["", "Notes:"]
        lines += [
            f"  {_place(n)}: {one_line(n.problem)}" + (f" ({n.count} times)" if n.count > 1 else "") for n in notes
        ]
    return "\n".join(lines)


def _line(entry: FileEntry) -> str:
    kept = f"{entry.records} records" if entry.records else ""
    return (
        f"{entry.status:<8} {entry.layout or '-':<16} {entry.format or '-':<12} "
        f"{entry.lines:>9} lines {kept:>14}  {one_line(entry.path)}"
    )


def _totals(entries: Sequence[FileEntry]) -> str:
    states = Counter(e.status for e in entries)
    lines, unparsed = sum(e.lines for e in entries), sum(e.unparsed + e.skipped for e in entries)
    layouts = ", ".join(sorted({e.layout for e in entries if e.layout}))
    counted = ", ".join(f"{states[s]} {s}" for s in ("parsed", "partial", "skipped") if states[s])
    return (
        f"{len(entries)} files ({counted}), {sum(e.bytes for e in entries):,} bytes, {lines:,} lines, "
        f"{unparsed:,} of them not read; layouts: {layouts or 'none recognised'}"
    )


def _place(note: Note) -> str:
    return one_line(note.path) + (f":{note.line}" if note.line else "")
