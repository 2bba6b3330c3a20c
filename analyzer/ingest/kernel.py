"""Takes the kernel's own stamp off a line.

Sources: dmesg(1) with seconds since boot, with deltas and with -T; printk's caller field
(kernel/printk/printk.c, CONFIG_PRINTK_CALLER) as in "[ 1630.158028][T14021]".
"""

from __future__ import annotations

import re
from typing import Final

from analyzer.ingest.journal import level_of
from analyzer.ingest.layer import Layer
from analyzer.timestamps import leading_time

SAMPLES: Final = (
    ("dmesg", "[12345.678901] Out of memory: Killed process 77 (app)"),
    ("dmesg -T", "[Tue Mar  5 07:08:09 2024] oom_reaper: reaped process 77 (app)"),
    ("dmesg, delta", "[  +0.000112] Out of memory: Killed process 77 (app)"),
    ("printk with its caller", "<4>[ 1630.158028][T14021] oom-kill:constraint=CONSTRAINT_MEMCG,task=app,pid=77"),
)
"""(What writes it, one line of it)."""

_SINCE_BOOT: Final = re.compile(
    r"(?:<([0-9]{1,3})>)?\[ {0,12}\+?[0-9]{1,12}\.[0-9]{1,9}\](?:\[ {0,8}[TC][0-9]{1,10}\])? ?"
)
_CLOSED: Final = re.compile(r"\] ")


def peel(line: str) -> Layer | None:
    """The text behind a kernel stamp; None when there is none.

    Seconds since boot are no time of day: such a line has no instant. A fraction of a second never stands in
    dmesg -T, which tells it from Apache's "[Tue Nov 20 22:30:22.123456 2018] [core:error]".
    """
    match = _SINCE_BOOT.match(line)
    if match is not None:
        return Layer(text=line[match.end() :], likely_source="kernel_log", level=level_of(match.group(1)))
    if line[:1] != "[" or not line[1:2].isalpha():
        return None
    instant = leading_time(line, 1)
    if instant is None or instant.is_yearless or "." in line[1 : instant.end]:
        return None
    closed = _CLOSED.match(line, instant.end)
    if closed is None:
        return None
    return Layer(text=line[closed.end() :], instant=instant, likely_source="kernel_log")
