"""The parts that a container runtime cuts a long line into, recognised in raw bytes.

Sources: the tags P and F of the CRI format (kubelet pkg/kuberuntime/logs); docker's json-file, where the text of a
part lacks the closing "\\n" (moby daemon/logger/jsonfilelog cuts at 16 KiB).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

_CRI: Final = re.compile(rb"(\d{4}-\d\d-\d\d[T ]\S{8,40}) (stdout|stderr) ([PF])(?::\S{1,16})?(?: |(?=\r?$))")
_DOCKER: Final = re.compile(rb'\{"log":"((?:[^"\\]|\\.)*+)"(,"stream":"(stdout|stderr)"[^\n]{0,4096})')


class Part(NamedTuple):
    """One line of a container's log file."""

    stream: bytes
    is_open: bool  # the next line of the stream goes on with it
    head: bytes  # the envelope of a whole line, before its text
    text: bytes
    tail: bytes  # and behind it


def part_of(raw: bytes) -> Part | None:
    """The line as a part; None when it is in neither format."""
    match = _CRI.match(raw)
    if match is not None:
        time, stream, tag = match.groups()
        return Part(stream, tag == b"P", time + b" " + stream + b" F ", raw[match.end() :].removesuffix(b"\r"), b"")
    match = _DOCKER.match(raw) if raw.startswith(b'{"log":"') else None
    if match is None:
        return None
    text, rest, stream = match.groups()
    return Part(stream, not text.endswith(b"\\n"), b'{"log":"', text, b'"' + rest)


def joined(lines: Sequence[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    """Numbered lines, those in parts made whole: under the number and the envelope of their first part.

    Half a line must not stand alone: a secret that the runtime cut in two would not be known for one.
    """
    out: list[tuple[int, bytes]] = []
    begun: dict[bytes, tuple[int, Part, list[bytes]]] = {}  # stream -> place in `out`, first part, texts
    for number, raw in lines:
        part = part_of(raw)
        if part is None or (part.stream not in begun and not part.is_open):
            out.append((number, raw))
            continue
        if part.stream not in begun:
            begun[part.stream] = (len(out), part, [])
            out.append((number, raw))
        place, first, texts = begun[part.stream]
        texts.append(part.text)
        out[place] = (out[place][0], b"".join([first.head, *texts, first.tail]))
        if not part.is_open:
            del begun[part.stream]
    return out
