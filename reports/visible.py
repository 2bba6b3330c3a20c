"""Characters that hide, reorder or steer text, written out so that they can be seen."""

from __future__ import annotations

import re
from typing import Final

_HIDDEN: Final = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 without tab and line feed, DEL, C1: terminals obey them
    "\u00ad\u034f\u061c\u06dd\u070f\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f"  # no width of their own
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"  # zero width, line separators, bidirectional controls
    "\ud800-\udfff"  # lone surrogates cannot be written as UTF-8
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"  # variation selectors, byte order mark, annotations
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"  # format controls, tags
    "]"
)


def escape_of(character: str) -> str:
    r"""`character` as \uXXXX, or \UXXXXXXXX above U+FFFF."""
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def visible(text: str) -> str:
    r"""`text` with every hidden character as an escape such as \u202e; tab and line feed stay."""
    return _HIDDEN.sub(lambda match: escape_of(match.group()), text)


def one_line(text: str) -> str:
    r"""`visible` text on one line: a line feed becomes the two characters \n, a tab a blank."""
    return visible(text).replace("\n", "\\n").replace("\t", " ")
