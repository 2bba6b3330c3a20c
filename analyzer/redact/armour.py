"""Private keys in PEM or PGP armour, line by line, also without their end or with a header before each line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import regex

BEGIN: Final = r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----"
ANY_BEGIN: Final = r"-----BEGIN [A-Z]"
_BEGIN: Final = regex.compile(BEGIN)
_CERTIFICATE: Final = regex.compile(r"-----BEGIN (?!(?:[A-Z0-9 ]{0,30})PRIVATE KEY)[A-Z0-9 ]{1,40}-----")
_END: Final = regex.compile(r"-----END [A-Z0-9 ]{1,40}-----|-----END[A-Z0-9 -]{0,40}$")
_SAME_LINE: Final = regex.compile(r"(?:[A-Za-z0-9+/=]|\\+[nr]|[ ,\"'](?=[A-Za-z0-9+/]{16})|%0[AaDd]|%2[BbFf]|%3[Dd])+")
_BODY: Final = regex.compile(r"(?<![A-Za-z0-9+/=])(?P<body>[A-Za-z0-9+/]{16,200}={0,2})[\s\"',\\nr]{0,12}$")
_SHORT: Final = regex.compile(r"(?<![A-Za-z0-9+/=])(?P<body>[A-Za-z0-9+/]{1,64}={0,2})\s{0,4}$")
_ATTRIBUTE: Final = regex.compile(r"(?:Proc-Type|DEK-Info|Version|Comment|Hash): ")
_LONE: Final = regex.compile(
    r"^(?:\S{20,40} std(?:out|err) [FP] )?\s{0,40}"
    r"(?P<body>[A-Za-z0-9+/]{64}|[A-Za-z0-9+/]{70}|[A-Za-z0-9+/]{76})\s{0,2}$"
)

Spot = tuple[int, int, int]  # line index, start, end


def key_bodies(lines: Sequence[str], *, is_excerpt: bool) -> Iterator[list[Spot]]:
    """One list of spots for each private key in these adjacent lines.

    In an excerpt a line of base64 may belong to a key whose beginning is out of sight, and counts.
    """
    index = 0
    public = False  # inside a certificate or a public key
    while index < len(lines):
        line = lines[index]
        begin = _BEGIN.search(line)
        if begin is None:
            public = _CERTIFICATE.search(line) is not None or (public and _END.search(line) is None)
            lone = None if public or not is_excerpt else _LONE.search(line)
            if lone and _is_key_material(lone["body"]):
                yield [(index, lone.start("body"), lone.end("body"))]
            index += 1
            continue
        spots, index = _block(lines, index, begin.end())
        if spots:
            yield spots


def _block(lines: Sequence[str], index: int, start: int) -> tuple[list[Spot], int]:
    """The spots of the key that begins in this line behind `start`, and the index of the first line behind it."""
    spots: list[Spot] = []
    line = lines[index]
    end = _END.search(line, start)
    same = _SAME_LINE.match(line, start)
    if end or (same and len(same.group()) >= 20):
        stop = end.start() if end else same.end() if same else start
        if stop > start:
            spots.append((index, start, stop))
        if end or stop < len(line.rstrip()) or "\\n" in line[start:stop]:
            return spots, index + 1
    index += 1
    while index < len(lines):
        line = lines[index]
        end = _END.search(line)
        if end:
            return spots, index + 1
        is_last = index + 1 < len(lines) and _END.search(lines[index + 1]) is not None
        body = _BODY.search(line) or (_SHORT.search(line) if is_last or not line.strip() or _is_bare(line) else None)
        if body is not None and (body["body"] or "").strip():
            spots.append((index, body.start("body"), body.end("body")))
        elif line.strip() and not _ATTRIBUTE.search(line) and not _is_header_alone(line):
            return spots, index
        index += 1
    return spots, index


def _is_bare(line: str) -> bool:
    return regex.fullmatch(r"(?:\S{20,40} std(?:out|err) [FP] )?\s*[A-Za-z0-9+/]{1,76}={0,2}\s*", line) is not None


def _is_header_alone(line: str) -> bool:
    return regex.fullmatch(r"\S{20,40} std(?:out|err) [FP]\s*", line) is not None


def _is_key_material(body: str) -> bool:
    """Whether a line of base64 has what real key bytes have: both cases and digits, no path, no repetition."""
    return (
        len(set(body)) > 20
        and any(c.islower() for c in body)
        and any(c.isupper() for c in body)
        and any(c.isdigit() for c in body)
    )
