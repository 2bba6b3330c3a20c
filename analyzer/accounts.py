"""The ledger for people and for scripts: what `podtopsy files` prints."""

from __future__ import annotations

import dataclasses
import textwrap
from collections import Counter
from collections.abc import Sequence
from typing import Final

from analyzer.document import file_document
from analyzer.model import ARCHIVE, FileEntry, Note
from reports.visible import one_line

WIDTH: Final = 80


def as_document(entries: Sequence[FileEntry], notes: Sequence[Note]) -> dict[str, object]:
    """`files` and `notes` as the diagnosis has them."""
    return {"files": [file_document(e) for e in entries], "notes": [dataclasses.asdict(n) for n in notes]}


def as_text(entries: Sequence[FileEntry], notes: Sequence[Note]) -> str:
    """Each file with what became of it, then the totals, then what could not be read and why; 80 columns wide.

    A path stands whole in a line of its own, however long it is.
    """
    lines = [row for e in entries for row in _lines(e)]
    lines += ["", *_whys(entries), "", *_folded(_totals(entries), 0)]
    unread = [e for e in entries if e.status != "parsed"]
    if unread:
        lines += ["", "Not read whole:"]
        lines += [row for e in unread for row in _unread(e)]
    if notes:
        lines += ["", "Notes:"]
        lines += [row for n in notes for row in _noted(n)]
    return "\n".join(lines)


def _folded(text: str, indent: int) -> list[str]:
    """The text in lines of 80 columns; a name that is longer is not broken."""
    pad = " " * indent
    return textwrap.wrap(
        one_line(text), WIDTH, initial_indent=pad, subsequent_indent=pad, break_long_words=False, break_on_hyphens=False
    )


def _lines(entry: FileEntry) -> list[str]:
    """Its path, what it was read as, and when and of whom, where that is known."""
    counted = "line" if entry.lines == 1 else "lines"
    told = [f"{entry.status}, {entry.layout or '-'}, {entry.format or '-'}, {entry.lines:,} {counted}"]
    if entry.records:
        told.append(f"{entry.records:,} {'record' if entry.records == 1 else 'records'}")
    told += [_span(entry), _whose(entry)]
    if entry.duplicates:
        told.append(f"{entry.duplicates} more are in another file too, counted there")
    if entry.coding is not None and entry.format != ARCHIVE:
        told.append(f"out of {entry.coding}")
    if entry.status == "parsed" and entry.reason:
        told.append(entry.reason)
    return [one_line(entry.path), *_folded("; ".join(t for t in told if t), 2)]


def _span(entry: FileEntry) -> str:
    times = [t.strftime("%Y-%m-%d %H:%M:%SZ") for t in (entry.first_timestamp, entry.last_timestamp) if t]
    return " to ".join(dict.fromkeys(times))


def _whose(entry: FileEntry) -> str:
    names = [entry.namespace, entry.pod, entry.container]
    owner = "/".join(one_line(n) for n in names if n)
    node = f"node {one_line(entry.node)}" if entry.node else ""
    return ", ".join(part for part in (owner, node, entry.instance or "") if part)


def _whys(entries: Sequence[FileEntry]) -> list[str]:
    """Why each layout was recognised: the shapes of path that were met, with the number of files of each.

    Of files in no known layout it is told as what their content was read.
    """
    met = Counter((e.layout or "-", e.why or "", (e.format or "-") if e.layout == "other" else "") for e in entries)
    rows = ["Layouts, and why:"]
    for (layout, why, format), count in sorted(met.items()):
        read_as = "" if not format else "; it was not read" if format == "-" else f"; it was read as {format}"
        rows += [f"  {layout}, {count:,} {'file' if count == 1 else 'files'}:", *_folded(f"{why}{read_as}", 4)]
    return rows


def _unread(entry: FileEntry) -> list[str]:
    told = f"{entry.status}, {entry.reason or 'no reason given'}"
    told += f" ({entry.unparsed:,} of {entry.lines:,} lines)" if entry.unparsed and "lines could" not in told else ""
    rows = [f"  {one_line(entry.path)}", *_folded(told, 4)]
    if entry.sample is not None:
        rows += _folded(f"line {entry.sample_line}: {entry.sample}", 4)
    return rows


def _noted(note: Note) -> list[str]:
    times = f" ({note.count:,} times)" if note.count > 1 else ""
    return [f"  {_place(note)}", *_folded(f"{note.problem}{times}", 4)]


def _totals(entries: Sequence[FileEntry]) -> str:
    states = Counter(e.status for e in entries)
    stored = sum(e.bytes for e in entries if e.format != ARCHIVE)  # its files are counted one by one
    lines, unparsed = sum(e.lines for e in entries), sum(e.unparsed + e.skipped for e in entries)
    layouts = ", ".join(sorted({e.layout for e in entries if e.layout}))
    counted = ", ".join(f"{states[s]} {s}" for s in ("parsed", "partial", "skipped") if states[s])
    return (
        f"{len(entries)} files ({counted}), {stored:,} bytes, {lines:,} lines, "
        f"{unparsed:,} of them not read; layouts: {layouts or 'none recognised'}"
    )


def _place(note: Note) -> str:
    return one_line(note.path) + (f":{note.line}" if note.line else "")
