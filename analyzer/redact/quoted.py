"""Where a value begins and ends, quoted or bare, at any depth of escaping."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

MAX_VALUE: Final = 8192  # characters; a longer value is taken up to here, and the rest is looked at by itself
_OPENING: Final = re.compile(r"""(\\{0,32})(["'`])""")
_BARE: Final = re.compile(r"""[^\s"'`,;&<>]+""")
_FURTHER: Final = re.compile(
    r"""(?!&(?:quot|amp|lt|gt|apos|#3[49]);)[,;&](?!\s|[\w.\-]{1,60}["'\\]{0,3}[=:])[^\s"'`,;&<>]+"""
)
_CLOSERS: Final = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True, slots=True)
class Value:
    """text[start:end]; `quote` is the opening quote with its backslashes, "" for a bare value."""

    start: int
    end: int
    quote: str


def value_at(text: str, start: int) -> Value | None:
    """The value that begins at `start`; a quoted one without its end goes to the end of the line."""
    opening = _OPENING.match(text, start)
    if opening is not None:
        return Value(opening.end(), _close(text, opening.end(), opening[1], opening[2]), opening[0])
    bare = _BARE.match(text, start, start + MAX_VALUE)
    if bare is None:
        return None
    end = bare.end()
    while end - start < MAX_VALUE and (more := _FURTHER.match(text, end, end + MAX_VALUE)):
        end = more.end()
    return Value(start, _without_closers(text, start, end), "")


def _close(text: str, start: int, slashes: str, quote: str) -> int:
    line_end = text.find("\n", start)
    limit = min(len(text) if line_end < 0 else line_end, start + MAX_VALUE)
    position = start
    while (found := text.find(quote, position, limit)) >= 0:
        before = found
        while before > start and text[before - 1] == "\\":
            before -= 1
        if found - before == len(slashes) or (not slashes and (found - before) % 2 == 0):
            return before if slashes else found
        if slashes and found - before < len(slashes):  # an outer quote: the inner text was cut
            return before
        position = found + 1
    return limit


def _without_closers(text: str, start: int, end: int) -> int:
    """Less the brackets, full stops and backslashes that belong to what stands around the value."""
    while end > start:
        last = text[end - 1]
        opener = _CLOSERS.get(last)
        if (
            (opener and text.count(last, start, end) > text.count(opener, start, end))
            or last in "\\:"
            or (last == "." and end - start > 1 and (end == len(text) or text[end] in " \n"))
        ):
            end -= 1
        else:
            break
    return end
