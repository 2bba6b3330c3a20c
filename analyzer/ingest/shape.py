"""What every line of a container's log file has to look like, to count those that do not.

Kubelet and docker drop a line that is not in the format of its file ("kubectl logs" never shows it); here it is
kept and screened like any other, and counted as unparsed. A quick search finds the blocks that hold such a line,
only those are looked at line by line.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import hyperscan
import orjson

from analyzer.placement import Placement

EXACT_BYTES: Final = 16 << 20  # of a file, searched whole; kubelet rotates at 10 MiB
SAMPLED: Final = 8  # beyond that every eighth block, as long as no line was found amiss
_HEAD_LINES: Final = 200
_ROLES: Final = frozenset(("container_log", "control_plane_log"))

_CRI: Final = re.compile(
    rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[\d.,]{0,12}(?:[Zz]|[+-]\d\d:?\d\d) std(?:out|err) [PF](?::[^ ]*)?(?: |\r?$)"
)
# Each is found in a line that is amiss, seldom in another one.
_NOT_CRI: Final = (
    rb"^(?:[^12\s]|[ \t]+[^\s]"
    rb"|[^ \n]*(?:\n| (?:[^s]|s[^t]|st[^d]|std[^oe]|stdout[^ ]|stderr[^ ]|std(?:out|err) [^PF])))"
)
_NOT_DOCKER: Final = rb'^[^{\s]|[^}\s][ \r]*\n|[^\n]\{"log":"'


@dataclass(frozen=True, slots=True)
class Shape:
    """The format that all lines of a file are in."""

    name: str
    is_whole: Callable[[bytes], bool]  # whether a line is in the format
    begin: re.Pattern[bytes]  # how a line of it begins
    amiss: bytes  # what is found in blocks with a line that is not

    def strange(self, block: bytes) -> Iterator[tuple[int, bytes]]:
        """(Number from 0, line) of the lines that are not in the format.

        Empty lines are nobody's, a JSON object is read whatever stands around it, and the end of the file may have been
        copied while its last line was being written.
        """
        if not _is_found(self.amiss, block if block.endswith(b"\n") else block + b"\n"):
            return
        lines = block.split(b"\n")
        last = len(lines) - 1
        for number, line in enumerate(lines):
            if not line.strip() or self.is_whole(line):
                continue
            is_unfinished = number == last and self.begin.match(line) is not None
            if not is_unfinished and not _is_object(line):
                yield number, line


@dataclass(slots=True)
class Check:
    """Counts the strange lines of one file."""

    shape: Shape | None
    count: int = 0
    first: list[tuple[int, bytes]] = field(default_factory=list)  # a few of them, with their numbers from 1
    _blocks: int = 0

    def look(self, block: bytes, offset: int, lines_before: int) -> None:
        """Take in the next block of the file."""
        self._blocks += 1
        if self.shape is None or (offset > EXACT_BYTES and not self.count and self._blocks % SAMPLED):
            return
        for number, line in self.shape.strange(block):
            self.count += 1
            if len(self.first) < 5:
                self.first.append((lines_before + number + 1, line))


def shape_of(block: bytes, placement: Placement) -> Shape | None:
    """The format of a container's log that begins with this block; None where lines may look like anything.

    `kubectl logs` output has no envelope. A file has one when a third of its first lines do, two thirds where only
    its name says that it is a log; a single line proves nothing of others.
    """
    if placement.role not in _ROLES:
        return None
    lines = [line for line in block.split(b"\n", _HEAD_LINES)[:_HEAD_LINES] if line.strip()]
    least = len(lines) * (2 / 3 if placement.layout in ("flat", "other") else 1 / 3)
    for shape in (CRI, DOCKER):
        whole = sum(map(shape.is_whole, lines))
        if lines and whole >= least and (whole > 1 or len(lines) == 1):
            return shape
    return None


def _is_cri(line: bytes) -> bool:
    """`copytruncate` leaves a hole of NULs where a log was cut; an editor, or Windows, a byte order mark."""
    return _CRI.match(line.lstrip(b"\0").removeprefix(b"\xef\xbb\xbf")) is not None


def _is_object(line: bytes) -> bool:
    try:
        return line.startswith(b"{") and isinstance(orjson.loads(line), dict)
    except orjson.JSONDecodeError:
        return False


def _is_docker(line: bytes) -> bool:
    if b'"log"' not in line:  # to raise for each line of another kind takes five times as long
        return False
    try:
        entry = orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return isinstance(entry, dict) and isinstance(entry.get("log"), str)


CRI: Final = Shape("CRI", _is_cri, re.compile(rb"[12]\d{0,3}(?![^-])"), _NOT_CRI)
DOCKER: Final = Shape("docker json-file", _is_docker, re.compile(rb"\{"), _NOT_DOCKER)


def _is_found(expression: bytes, block: bytes) -> bool:
    database, scratch = _database(expression)
    found: list[int] = []
    database.scan(block, match_event_handler=lambda index, *_: found.append(index), scratch=scratch)
    return bool(found)


@functools.cache
def _database(expression: bytes) -> tuple[Any, Any]:
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    flags = hyperscan.HS_FLAG_MULTILINE | hyperscan.HS_FLAG_SINGLEMATCH
    database.compile(expressions=[expression], ids=[0], flags=[flags])
    return database, hyperscan.Scratch(database)
