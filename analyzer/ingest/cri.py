"""Takes off what a container runtime puts around a container's line.

Sources: the CRI format "time stream tags text" (kubernetes pkg/kubelet/kuberuntime/logs/logs.go, containerd
internal/cri/io/logger.go) and docker's json-file driver (moby daemon/logger/jsonfilelog).
"""

from __future__ import annotations

import re
from typing import Final

import orjson

from analyzer.ingest.layer import Layer
from analyzer.timestamps import Instant, leading_time, rfc3339

SAMPLES: Final = (
    ("CRI (containerd, CRI-O)", "2024-03-05T07:08:09.123456789Z stderr F connection refused"),
    ("docker json-file", '{"log":"connection refused\\n","stream":"stderr","time":"2024-03-05T07:08:09.123456789Z"}'),
)
"""(What writes it, one line of it)."""

# The tags follow the first colon-separated one, which is P (part of a line) or F (full line, or its end).
_CRI: Final = re.compile(r" (stdout|stderr) ([PF])(?::[^ ]*)?(?: |$)")
_DOCKER_KEYS: Final = frozenset({"log", "stream", "time", "attrs"})


def peel(line: str) -> Layer | None:
    """The line inside a CRI or docker json-file envelope; None when there is none."""
    if line.startswith('{"'):
        return _peel_docker(line)
    if not line[:4].isdecimal():
        return None
    instant = leading_time(line)
    match = None if instant is None else _CRI.match(line, instant.end)
    if match is None:
        return None
    return Layer(
        text=line[match.end() :],
        instant=instant,
        likely_source="container_log",
        stream=match.group(1),
        is_partial=match.group(2) == "P",
    )


def _peel_docker(line: str) -> Layer | None:
    if '"log"' not in line:
        return None
    try:
        entry = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(entry, dict) or not _DOCKER_KEYS.issuperset(entry):
        return None
    log, stream, time = entry.get("log"), entry.get("stream"), entry.get("time")
    if not isinstance(log, str) or not (isinstance(stream, str) or isinstance(time, str)):
        return None
    timestamp = rfc3339(time) if isinstance(time, str) else None
    return Layer(
        text=log.removesuffix("\n").removesuffix("\r"),
        instant=None if timestamp is None else Instant(timestamp, 0, has_zone=True),
        likely_source="container_log",
        stream=stream if isinstance(stream, str) and stream in ("stdout", "stderr") else None,
        is_partial=not log.endswith("\n"),
    )
