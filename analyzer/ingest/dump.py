"""`kubectl cluster-info dump` as one file: objects, and behind them the logs of every container."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Final

from analyzer.ingest import bulk
from analyzer.ingest.harvest import Harvest
from analyzer.placement import Placement
from analyzer.screen import Screen

_START: Final = b"==== START logs for container "
_SECTION: Final = re.compile(rb"==== START logs for container \S+ of pod \S+ ====")


def logs_start(raw: bytes) -> int | None:
    """Where the logs begin in a file that begins with objects; None where it holds none."""
    start = raw.find(_START)
    while start >= 0:
        if (not start or raw[start - 1] == 0x0A) and _SECTION.match(raw, start):
            return start
        start = raw.find(_START, start + 1)
    return None


def with_logs(objects: Harvest, raw: bytes, start: int, path: str, placement: Placement, screen: Screen) -> Harvest:
    """What the objects in raw[:start] gave, and what the logs behind them do."""
    above = raw.count(b"\n", 0, start)
    # Empty lines in place of the objects: a line keeps the number it has in the file.
    stream = io.BytesIO(b"\n" * above + raw[start:])
    logs = bulk.read_log(stream, replace(placement, role="container_log"), screen, path)
    return replace(
        objects,
        lines=objects.lines + logs.lines - above,
        parsed=objects.parsed + logs.parsed - above,
        unparsed=objects.unparsed + logs.unparsed,
        skipped=objects.skipped + logs.skipped,
        first_timestamp=min(filter(None, (objects.first_timestamp, logs.first_timestamp)), default=None),
        last_timestamp=max(filter(None, (objects.last_timestamp, logs.last_timestamp)), default=None),
        records=(*objects.records, *logs.records),
        notes=(*objects.notes, *logs.notes),
        sought=logs.sought,
    )
