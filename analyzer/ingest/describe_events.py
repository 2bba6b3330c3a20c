"""The Events section of a describe text, in all its generations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from analyzer.ingest import event_rows
from analyzer.ingest.columns import Columns
from analyzer.ingest.described import Line
from analyzer.ingest.event_rows import About
from analyzer.ingest.gather import Gathered
from analyzer.model import Record

_ASSIGNED: Final = re.compile(r"Successfully assigned (?:([\w-]{1,63})/)?([\w.-]{1,253}) to ([\w.-]{1,253})$")
_IN_POD: Final = re.compile(r"in pod ([a-z0-9.-]{1,253})_([a-z0-9-]{1,63})\([0-9a-f-]{8,36}\)")
_POD_QUOTED: Final = re.compile(r'pod: "([a-z0-9.-]{1,253})_([a-z0-9-]{1,63})\([0-9a-f-]{8,36}\)"')
_NODE_STATUS: Final = re.compile(r"Node ([\w.-]{1,253}) status is now: ")
_RULE: Final = frozenset("- \t")


def read_events(lines: Sequence[Line], about: About, out: Gathered) -> None:
    """Records of a section's lines; lines that fit nowhere are unread."""
    found: list[Record] = []
    table: Columns | None = None
    is_open = False
    wrapping = event_rows.Wrapping.of(line.text for line in lines)
    before = ""
    for number, line in enumerate(lines):
        before = lines[number - 1].text if number else ""
        if not line.plain:
            is_open = False
            continue
        header = event_rows.header(line.plain)
        if header is not None:
            table, is_open = header, False
            continue
        if set(line.plain) <= _RULE:
            continue
        event = event_rows.row(line.plain, about, table, out.path, line.number)
        if event is not None:
            found.append(replace(event, text=line.text))
            is_open = True
        elif is_open:
            mark = wrapping.separator(before, line.text)
            found[-1] = event_rows.joined(found[-1], line.plain.strip() if mark else line.plain.rstrip(), mark)
        elif line.key != "Events" and line.plain.strip() not in ("<none>", "No events."):
            out.unread.append(line.number)
    if about.name is None:
        found = _told_by_messages(found, about)
    out.records.extend(found)


def _told_by_messages(events: list[Record], about: About) -> list[Record]:
    """What a piece without a Name is about, where one of its messages says so."""
    for event in events:
        assigned = _ASSIGNED.search(event.message) if event.reason == "Scheduled" else None
        if assigned is not None:
            namespace, name, _ = assigned.groups()
            return [_named(e, "Pod", name, namespace or about.namespace) for e in events]
        in_pod = _IN_POD.search(event.message) or _POD_QUOTED.search(event.message)
        if in_pod is not None:
            return [_named(e, "Pod", in_pod.group(1), in_pod.group(2)) for e in events]
        of_node = _NODE_STATUS.match(event.message)
        if of_node is not None:
            node = of_node.group(1)
            return [replace(_named(e, "Node", node, None), node=node) for e in events]
    return events


def _named(event: Record, kind: str, name: str, namespace: str | None) -> Record:
    return replace(event, kind=kind, name=name, namespace=namespace)
