r"""What a text says under its escapes: colours taken out, %41, \u0041 and &amp; read, base64 decoded.

Every view knows which characters of the text each of its own stands for.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_ENTITIES: Final = {"quot": '"', "apos": "'", "amp": "&", "lt": "<", "gt": ">", "#34": '"', "#39": "'", "#x27": "'"}
_FOLD: Final = re.compile(
    r"(?:\x1b|\\u001b|\\x1b|\\033|\\e|#033)\[[0-9;?]{0,16}[A-Za-z]"  # colours, as bytes or as loggers escape them
    r"|(?P<hidden>[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff])"
    r"|\\{1,8}u(?P<unicode>00[0-9a-fA-F]{2})|\\{1,8}x(?P<byte>[2-7][0-9a-fA-F])"
    r"|%(?P<percent>[2-7][0-9a-fA-F])|&(?P<entity>quot|apos|amp|lt|gt|#34|#39|#x27);"
    r"|\\{1,4}(?P<slash>/)"
)
_BASE64_RUN: Final = re.compile(
    r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/]{20,}={0,2}|(?<![A-Za-z0-9+/_-])[A-Za-z0-9_-]{20,}={0,2}"
)
_BYTES_RUN: Final = re.compile(r"\[\s{0,4}\d{1,3}(?:\s{0,2},\s{0,4}\d{1,3}){7,}\s{0,4}\]")
_TEXT: Final = bytes((*range(32, 127), *b"\t\r\n"))
_TEXT_SHARE: Final = 0.9  # the rest may be letters with accents; the bytes of a key or a picture are far below


@dataclass(frozen=True, slots=True)
class View:
    """`text`, and for each of its characters where its source begins; one more entry for the end."""

    text: str
    starts: tuple[int, ...]

    def source(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original for a span of this view."""
        return self.starts[start], self.starts[end]


def unfolded(text: str) -> View | None:
    """The text without colours and escapes; None when it has none."""
    parts: list[str] = []
    starts: list[int] = []
    position = 0
    for match in _FOLD.finditer(text):
        parts.append(text[position : match.start()])
        starts.extend(range(position, match.start()))
        if char := _meaning(match):
            parts.append(char)
            starts.append(match.start())
        position = match.end()
    if not position:
        return None
    parts.append(text[position:])
    starts.extend(range(position, len(text) + 1))
    return View("".join(parts), tuple(starts))


def _meaning(match: re.Match[str]) -> str:
    code = match["unicode"] or match["byte"] or match["percent"]
    if code:
        char = chr(int(code, 16))
        return char if char >= " " else ""
    return _ENTITIES.get(match["entity"] or "", "") or match["slash"] or ""


def encoded_runs(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, what it says) of every run of base64 or of byte numbers that holds readable text."""
    for match in _BASE64_RUN.finditer(text):
        if (said := base64_text(match.group())) is not None:
            yield match.start(), match.end(), said
    for match in _BYTES_RUN.finditer(text):
        numbers = [int(n) for n in re.findall(r"\d+", match.group())]
        if max(numbers) < 256 and (said := _readable(bytes(numbers))) is not None:
            yield match.start(), match.end(), said


def base64_text(run: str) -> str | None:
    """The readable text a base64 run stands for; an incomplete last group of a cut run is left out."""
    body = run.rstrip("=")
    whole = body[: len(body) - len(body) % 4] if len(body) % 4 == 1 else body
    try:
        alt = b"-_" if "-" in whole or "_" in whole else None
        data = base64.b64decode(whole + "=" * (-len(whole) % 4), altchars=alt, validate=True)
    except (binascii.Error, ValueError):
        return None
    return _readable(data)


def _readable(data: bytes) -> str | None:
    if len(data) < 4 or len(data.translate(None, _TEXT)) > (1 - _TEXT_SHARE) * len(data):
        return None
    return data.decode("utf-8", "ignore")
