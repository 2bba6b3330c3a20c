"""Every secret in a few adjacent lines, and where it stands.

Three readings are laid over one another: the lines as they stand, the lines without colours and escapes, and what runs
of base64 say. Lines that a container runtime has split are put together first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import regex

from analyzer.redact import views
from analyzer.redact.armour import key_bodies
from analyzer.redact.named import named_values
from analyzer.redact.rules import ARMOUR, ENCODED, FOLDED, KEY_LINE, NAMED, RULES, compiled, hits
from analyzer.redact.shapes import SHAPES
from analyzer.redact.values import decoded_pair, is_placeholder

MATCH_SECONDS: Final = 2.0  # for one expression on one group of lines; what takes longer is withheld
MAX_CHARACTERS: Final = 1 << 20  # of a quoted line with its neighbours; longer ones are withheld
MAX_WHOLE: Final = 16 << 20  # of a group of adjacent lines of a file that is looked through
_DEPTH: Final = 3  # base64 inside base64 inside base64: a Secret's data holding a docker config holding an auth

_CRI: Final = re.compile(r"\S{20,40} (?P<stream>stdout|stderr) (?P<tag>[PF])(?::\S{1,16})? ?")
_DOCKER: Final = re.compile(r'\{"log":"')
_DOCKER_TAIL: Final = re.compile(r'","stream":"(?P<stream>stdout|stderr)"')
_COOKIE: Final = re.compile(r"(?:^|[;,\s])\s{0,4}(?P<name>[^=;,\s]{1,128})=(?P<value>[^;,\s]{4,4096})")
_COOKIE_SETTINGS: Final = frozenset(
    ("path", "domain", "expires", "max-age", "samesite", "version", "priority", "comment")
)


@dataclass(frozen=True, slots=True, order=True)
class Secret:
    """text[start:end] of one text is a secret, or a part of one; `value` is the whole of it, as it is meant."""

    start: int
    end: int
    kind: str
    value: str


class Unchecked(Exception):
    """These lines could not be looked through: too long, or an expression took too long."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of the joined text and the line it comes from."""

    start: int  # in the joined text
    line: int
    offset: int  # in that line
    length: int


def secrets_in(lines: Sequence[str], *, is_excerpt: bool = True) -> list[list[Secret]]:
    """For each of these adjacent lines its secrets, sorted, none overlapping; raises Unchecked.

    `is_excerpt`: what stands before and behind them is not known.
    """
    if sum(map(len, lines)) > (MAX_CHARACTERS if is_excerpt else MAX_WHOLE):
        raise Unchecked
    text, pieces = _joined(lines)
    found: list[list[Secret]] = [[] for _ in lines]
    for spots in (
        key_bodies(lines, is_excerpt=is_excerpt) if _may_hold_key(lines) else ()
    ):  # first: they know of the lines around them
        value = "".join(lines[i][start:end] for i, start, end in spots)
        for index, start, end in spots:
            found[index].append(Secret(start, end, "private-key", value))
    try:
        spans = list(_spans(text, _DEPTH))
    except TimeoutError:
        raise Unchecked from None
    for span in spans:
        for index, secret in _placed(span, pieces):
            found[index].append(secret)
    return [_merged(secrets, line) for secrets, line in zip(found, lines, strict=True)]


def _may_hold_key(lines: Sequence[str]) -> bool:
    found = hits("\n".join(lines).encode("utf-8", "surrogatepass"))
    return ARMOUR in found or KEY_LINE in found


def _joined(lines: Sequence[str]) -> tuple[str, list[_Piece]]:
    """The lines as one text, those that a runtime has split put together without their headers."""
    parts: list[str] = []
    pieces: list[_Piece] = []
    position = 0
    open_streams: dict[str, int] = {}
    for index, line in enumerate(lines):
        stream, start, end, is_partial = _content(line)
        continues = stream is not None and stream == next(iter(open_streams), None)
        if not continues:
            start = 0
            if parts:
                parts.append("\n")
                position += 1
        open_streams = {stream: 1} if stream is not None and is_partial else {}
        stop = end if is_partial else len(line)
        parts.append(line[start:stop])
        pieces.append(_Piece(position, index, start, stop - start))
        position += stop - start
    return "".join(parts), pieces


def _content(line: str) -> tuple[str | None, int, int, bool]:
    """(Stream, start and end of the program's own text, whether it goes on in the next line of that stream)."""
    cri = _CRI.match(line)
    if cri:
        return cri["stream"], cri.end(), len(line), cri["tag"] == "P"
    if _DOCKER.match(line) and (tail := _DOCKER_TAIL.search(line)):
        return tail["stream"], 8, tail.start(), line[tail.start() - 2 : tail.start()] != "\\n"
    return None, 0, len(line), False


def _placed(span: Secret, pieces: Sequence[_Piece]) -> Iterator[tuple[int, Secret]]:
    """The parts of a span of the joined text, each in its line."""
    for piece in pieces:
        start, end = max(span.start, piece.start), min(span.end, piece.start + piece.length)
        if start < end:
            shift = piece.offset - piece.start
            yield piece.line, Secret(start + shift, end + shift, span.kind, span.value)


def _spans(text: str, depth: int) -> Iterator[Secret]:
    """Every secret of the joined text, with overlaps."""
    found = hits(text.encode("utf-8", "surrogatepass"))
    if not found:
        return
    view = views.unfolded(text) if FOLDED in found else None
    if view is not None:
        for secret in _spans(view.text, depth):
            start, end = view.source(secret.start, secret.end)
            yield Secret(start, end, secret.kind, secret.value)
    yield from _read(text, found)
    if depth and not found.isdisjoint(ENCODED):
        for start, end, said in views.encoded_runs(text):
            inner = next(_spans(said, depth - 1), None) or _armoured(said)
            if inner is not None:
                yield Secret(start, end, inner.kind, text[start:end])


def _armoured(text: str) -> Secret | None:
    """Whether decoded text is a private key, or the beginning of one."""
    return Secret(0, len(text), "private-key", text) if "PRIVATE KEY-----" in text else None


def _read(text: str, found: set[int]) -> Iterator[Secret]:
    """What those rules find in this text that the screen has named."""
    for index in sorted(i for i in found if i < len(RULES)):
        rule = RULES[index]
        expression = compiled(rule)
        for match in expression.finditer(text, timeout=MATCH_SECONDS):
            if "cookies" in expression.groupindex:
                yield from _cookies(match)
                continue
            start, end = match.span("secret") if "secret" in expression.groupindex else match.span()
            if start < end and (index < len(SHAPES) or _is_given_away(rule.kind, text[start:end])):
                yield Secret(start, end, rule.kind, text[start:end])
    if not found.isdisjoint(NAMED):
        for start, end, kind in named_values(text):
            yield Secret(start, end, kind, text[start:end])


def _is_given_away(kind: str, value: str) -> bool:
    """Whether the value at a telling place is one: no placeholder, and behind the word Basic a name and a password."""
    return not is_placeholder(value) and (kind != "basic-auth" or decoded_pair(value) is not None)


def _cookies(match: regex.Match[str]) -> Iterator[Secret]:
    for cookie in _COOKIE.finditer(match["cookies"]):
        if cookie["name"].lower() not in _COOKIE_SETTINGS and not is_placeholder(cookie["value"]):
            start = match.start("cookies") + cookie.start("value")
            yield Secret(start, start + len(cookie["value"]), "cookie", cookie["value"])


def _merged(secrets: list[Secret], line: str) -> list[Secret]:
    """Overlaps made one; the widest names the kind, and of equals the first."""
    merged: list[Secret] = []
    for secret in sorted(secrets, key=lambda s: (s.start, -s.end)):
        last = merged[-1] if merged else None
        if last is None or secret.start >= last.end:
            merged.append(secret)
        elif secret.end > last.end:
            value = line[last.start : secret.end]
            merged[-1] = Secret(last.start, secret.end, last.kind, value)
    return merged
