"""The ledger for people and for scripts: what `podtopsy files` prints."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence

from analyzer.document import file_document
from analyzer.model import ARCHIVE, FileEntry, Note
from reports.visible import one_line


def as_document(entries: Sequence[FileEntry], notes: Sequence[Note]) -> dict[str, object]:
    """`files` and `notes` as the diagnosis has them."""
    return {"files": [file_document(e) for e in entries], "notes": [dataclasses.asdict(n) for n in notes]}


def as_text(entries: Sequence[FileEntry], notes: Sequence[Note]) -> str:
    """One line a file, then the totals, then what could not be read and why."""
    lines = [row for e in entries for row in _lines(e)]
    lines += ["", *_whys(entries), "", _totals(entries)]
    unread = [e for e in entries if e.status != "parsed"]
    if unread:
        lines += ["", "Not read whole:"]
        lines += [row for e in unread for row in _unread(e)]
    if notes:
        lines += ["", "Notes:"]
        lines += [
            f"  {_place(n)}: {one_line(n.problem)}" + (f" ({n.count} times)" if n.count > 1 else "") for n in notes
        ]
    return "\n".join(lines)


def _lines(entry: FileEntry) -> list[str]:
    """What became of one file, in one line; in a second one when and of whom, where that is known."""
    kept = f"{entry.records} records" if entry.records else ""
    first = (
        f"{entry.status:<8} {entry.layout or '-':<18} {entry.format or '-':<12} "
        f"{entry.lines:>9} lines {kept:>14}  {one_line(entry.path)}"
    )
    told = [_span(entry), _whose(entry)]
    if entry.duplicates:
        told.append(f"{entry.duplicates} more are in another file too, counted there")
    if entry.coding is not None and entry.format != ARCHIVE:
        told.append(f"out of {entry.coding}")
    if entry.status == "parsed" and entry.reason:
        told.append(one_line(entry.reason))
    second = "; ".join(t for t in told if t)
    return [first, f"{'':<9}{second}"] if second else [first]


def _span(entry: FileEntry) -> str:
    times = [t.strftime("%Y-%m-%d %H:%M:%SZ") for t in (entry.first_timestamp, entry.last_timestamp) if t]
    return " to ".join(dict.fromkeys(times))


def _whose(entry: FileEntry) -> str:
    names = [entry.namespace, entry.pod, entry.container]
    owner = "/".join(one_line(n) for n in names if n)
    node = f"node {one_line(entry.node)}" if entry.node else ""
    return ", ".join(part for part in (owner, node, entry.instance or "") if part)


def _whys(entries: Sequence[FileEntry]) -> list[str]:
    """Why each layout was recognised: the shapes of path that were met, with the number of files of each."""
    met = Counter((e.layout or "-", e.why or "") for e in entries)
    rows = [
        f"  {layout:<18} {count:>6} {'file ' if count == 1 else 'files'}  {why}"
        for (layout, why), count in sorted(met.items())
    ]
    return ["Layouts, and why:", *rows]


def _unread(entry: FileEntry) -> list[str]:
    lines = [f"  {one_line(entry.path)}: {entry.status}, {one_line(entry.reason or 'no reason given')}"]
    if entry.unparsed:
        lines[0] += f" ({entry.unparsed} of {entry.lines} lines)"
    if entry.sample is not None:
        lines.append(f"    line {entry.sample_line}: {one_line(entry.sample)}")
    return lines


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
