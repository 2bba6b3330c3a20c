"""The rows of one file while it is being read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from analyzer.encoding import decode
from analyzer.ingest.harvest import Harvest
from analyzer.ingest.skew import Pair, least_of
from analyzer.model import Container, Holder, Mount, Node, Note, Object, Pod, Probe, Record, Reference, Usage
from analyzer.redact.values import is_placeholder

TEXT_LIMIT: Final = 4096
"""Characters of a line that a record keeps."""
SAMPLE_CHARACTERS: Final = 200
"""Characters of a line that could not be read."""
_AT_ONCE: Final = 1 << 19  # bytes whose lines are counted at once


@dataclass(slots=True)
class Gathered:
    """One list for each kind of row, filled by the readers of single objects, tables and sections."""

    path: str
    records: list[Record] = field(default_factory=list)
    pods: list[Pod] = field(default_factory=list)
    containers: list[Container] = field(default_factory=list)
    probes: list[Probe] = field(default_factory=list)
    mounts: list[Mount] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    objects: list[Object] = field(default_factory=list)
    usages: list[Usage] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    holders: list[Holder] = field(default_factory=list)
    keyed: list[tuple[str, str]] = field(default_factory=list, repr=False)
    unread: list[int] = field(default_factory=list)  # numbers of lines that fit nowhere
    secrets: list[str] = field(default_factory=list, repr=False)
    pairs: list[Pair] = field(default_factory=list)  # times that two clocks wrote

    def keep_secrets(self, found: Iterable[tuple[str, Iterable[str]]], holder: Holder) -> None:
        """Remember the values of these (what holds them, values), and once for each what holds one, like `holder`."""
        told: dict[str, None] = {}
        for what, values in found:
            self.secrets.extend(values)
            if what not in told and not all(map(is_placeholder, values)):
                told[what] = None
        self.holders.extend(replace(holder, what=what) for what in told)

    def harvest(self, format_name: str, lines: int, unparsed: int) -> Harvest:
        """Everything gathered; lines that are not `unparsed` were read."""
        times = [t for r in self.records for t in (r.first_timestamp, r.timestamp) if t is not None]
        return Harvest(
            format=format_name,
            lines=lines,
            parsed=lines - unparsed,
            unparsed=unparsed,
            first_timestamp=_first(times),
            last_timestamp=max(times, default=None),
            records=tuple(self.records),
            pods=tuple(self.pods),
            containers=tuple(self.containers),
            probes=tuple(self.probes),
            mounts=tuple(self.mounts),
            references=tuple(self.references),
            nodes=tuple(self.nodes),
            objects=tuple(self.objects),
            usages=tuple(self.usages),
            notes=tuple(self.notes),
            holders=tuple(self.holders),
            keyed=tuple(dict.fromkeys(self.keyed)),
            unread_line=min(self.unread, default=None),
            secrets=tuple(dict.fromkeys(self.secrets)),
            pairs=least_of(self.pairs),
        )


def _first(times: list[dt.datetime]) -> dt.datetime | None:
    return min(times, default=None)


def count_lines(raw: bytes) -> int:
    """How many lines there are: "\\n" ends one, and a non-empty rest is one."""
    return raw.count(b"\n") + (bool(raw) and not raw.endswith(b"\n"))


def line_at(raw: bytes, number: int) -> str:
    """The beginning of a line, counted from 1; "" where there are not so many."""
    start, above = 0, number - 1  # lines to pass yet
    while above and (stop := start + _AT_ONCE) < len(raw) and (count := raw.count(b"\n", start, stop)) < above:
        start, above = stop, above - count
    for _ in range(above):
        start = raw.find(b"\n", start) + 1
        if not start:
            return ""
    end = raw.find(b"\n", start, start + 4 * SAMPLE_CHARACTERS)
    return decode(raw[start : end if end >= 0 else start + 4 * SAMPLE_CHARACTERS])[:SAMPLE_CHARACTERS]


def text_lines(raw: bytes) -> list[str]:
    """The lines of a text without their ends; bytes that are not UTF-8 stay visible as \\xNN."""
    lines = decode(raw).removeprefix("\ufeff").split("\n")
    if lines and not lines[-1]:
        lines.pop()
    return [line.removesuffix("\r") for line in lines]
