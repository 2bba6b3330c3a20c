"""Reads what `kubectl get events` prints, as files or pasted pieces."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from analyzer.ingest import columns, event_rows
from analyzer.ingest.between import is_between
from analyzer.ingest.columns import Columns
from analyzer.ingest.event_rows import About
from analyzer.ingest.gather import TEXT_LIMIT, Gathered, count_lines, text_lines
from analyzer.ingest.harvest import Harvest
from analyzer.placement import Placement

NAME: Final = "event_table"
SAMPLE: Final = "3m20s   Warning   BackOff   pod/web-0   Back-off restarting failed container"

_LINES_TO_SNIFF: Final = 60


def sniff(head: str, placement: Placement) -> bool:  # noqa: ARG001
    """Whether a header of an event table, or a row of `kubectl get events`, is among the first lines."""
    for line in head.split("\n")[:_LINES_TO_SNIFF]:
        plain = columns.plain(line.removeprefix("\ufeff"))
        if _is_list_header(event_rows.header(plain)):
            return True
        event = event_rows.row(plain, About(), None, "", 0)
        if event is not None:
            return event.kind is not None  # rows of describe do not name their object
        if plain and columns.command(plain) is None:
            return False
    return False


def _is_list_header(found: Columns | None) -> bool:
    return found is not None and (
        found.names[0] not in ("TYPE", "FIRSTSEEN") or "OBJECT" in found.names or "NAME" in found.names
    )


def parse(raw: bytes, path: str, placement: Placement) -> Harvest:
    """All events; lines that belong to no event are unparsed, further lines of a message are joined to it."""
    out = Gathered(path)
    about = About(namespace=placement.namespace)
    found: Columns | None = None
    is_open = False  # the line before belongs to an event
    lines = text_lines(raw)
    wrapping = event_rows.Wrapping.of(lines)
    before = ""
    for number, line in enumerate(lines, start=1):
        previous, before = before, line
        plain = columns.plain(line)
        if not plain.strip():
            is_open = False
            continue
        prompt = columns.command(plain)
        if prompt is not None:
            about = About(namespace=columns.namespace_of(prompt) or placement.namespace)
            is_open, found = False, None
            continue
        candidate = event_rows.header(plain)
        if candidate is not None:
            found, is_open = candidate, False
            continue
        event = event_rows.row(plain, about, found, path, number)
        if event is not None:
            out.records.append(replace(event, text=line[:TEXT_LIMIT]))
            is_open = True
        elif event_rows.is_cut(plain):
            is_open = False
            out.unread.append(number)
        elif is_between(line):
            is_open = False
        elif out.records and (is_open or plain.startswith("  ")):  # a message may hold an empty line
            mark = wrapping.separator(previous, line)
            text = plain.strip() if mark else plain.rstrip()
            out.records[-1] = event_rows.joined(out.records[-1], text, mark)
        elif not plain.startswith(("No resources found", "Events:")):
            out.unread.append(number)
    return out.harvest(NAME, count_lines(raw), len(out.unread))
