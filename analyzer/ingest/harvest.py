"""What one file gave: the rows a format module returns."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from analyzer.ingest.skew import Pairs
from analyzer.model import (
    Container,
    Holder,
    Mount,
    Node,
    Note,
    Object,
    Pod,
    Probe,
    Record,
    Reference,
    SoughtLine,
    Usage,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvest:
    """All rows read from one file, with its lines accounted for: parsed + unparsed + skipped = lines."""

    format: str
    lines: int = 0
    parsed: int = 0
    unparsed: int = 0
    skipped: int = 0
    first_timestamp: dt.datetime | None = None
    last_timestamp: dt.datetime | None = None
    is_yearless: bool = False  # of first_timestamp and last_timestamp
    has_zone: bool = True  # of first_timestamp and last_timestamp
    coding: str | None = None  # what the lines were decoded from, where that is no text of one byte a line end
    stored_lines: int = 0  # with a coding: of the bytes before they were decoded
    collected_at: dt.datetime | None = None  # where the file says when the bundle was taken
    records: tuple[Record, ...] = ()
    pods: tuple[Pod, ...] = ()
    containers: tuple[Container, ...] = ()
    probes: tuple[Probe, ...] = ()
    mounts: tuple[Mount, ...] = ()
    references: tuple[Reference, ...] = ()
    nodes: tuple[Node, ...] = ()
    objects: tuple[Object, ...] = ()
    usages: tuple[Usage, ...] = ()
    notes: tuple[Note, ...] = ()
    unread_line: int | None = None  # the number of the first line that fits nowhere, where the format knows it
    sought: tuple[SoughtLine, ...] = ()
    holders: tuple[Holder, ...] = ()
    pairs: tuple[Pairs, ...] = ()  # what two clocks stamped
    keyed: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # (key, value) as a Secret writes them
    secrets: tuple[str, ...] = field(default=(), repr=False)  # values that objects call secret; never written anywhere

    @property
    def is_empty(self) -> bool:
        """No row was read."""
        return not (self.records or self.pods or self.containers or self.nodes or self.objects or self.usages)
