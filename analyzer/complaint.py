"""Whether a sentence complains: the words of trouble that programs share."""

from __future__ import annotations

from typing import Final

import regex

LONGEST: Final = 1000
"""Characters of a message that are looked at."""

_complaint: Final = regex.compile(
    r"\b(?:error|fatal|panic|exception|critical|fail(?:s|ed|ure)?|denied|refused|invalid|unknown|missing|not found|"
    r"no such|cannot|can't|could not|couldn't|unable|forbidden|time(?:d )?out|killed|oom\w{0,9}|unhealthy|not ?ready|"
    r"deadline exceeded|crash\w{0,7}|unauthorized)\b|^[EF]\d{4} ",
    regex.IGNORECASE,
)
_routine: Final = regex.compile(
    r"required revision has been compacted|too old resource version"
    r"|Operation cannot be fulfilled on .{1,300}the object has been modified|due to client-side throttling"
    r"|TLS handshake error from \S{1,60}: (?:EOF|read tcp .{1,120}: connection reset by peer)"
    r"|failed to load cni during init|skip loading plugin|ACPI (?:BIOS )?Error"
    r'|Unable to fetch container log stats|"Probe failed" probeType="Readiness"'
)
"""What every cluster writes and mends: old revisions are dropped every few minutes, and whoever watched from one lists
anew (client-go, reflector.go); of two that write one object, the later reads it again (client-go, retry); balancers
and scanners open a port and close it again (net/http, server.go); the kubelet asks for the logs of a container that is
gone, and for the readiness of one that has just begun; containerd starts before the network plugin, and firmware is
as it is."""


def is_routine(message: str) -> bool:
    """It sounds like trouble, and is of every day."""
    return _routine.search(message[:LONGEST]) is not None


def is_complaint(message: str) -> bool:
    """It has a word of trouble."""
    return _complaint.search(message[:LONGEST]) is not None
