"""All that is looked for, in one Hyperscan screen: which lines deserve a closer look, and for what."""

from __future__ import annotations

import functools
from typing import Final

import regex

from analyzer.redact import armour, named
from analyzer.redact.places import PLACES
from analyzer.redact.shapes import SHAPES, Shape
from analyzer.screen import Screen

RULES: Final = (*SHAPES, *PLACES)

_BASE64: Final = r"[^A-Za-z0-9+/=_-][a-z0-9+/]{0,12}[A-Z][A-Za-z0-9+]{16}"
"""Text in base64: ASCII gives capitals early, and hardly ever a slash or a hyphen, as the paths of a log have them."""
_BYTES: Final = r"\[ {0,4}[0-9]{1,3}(?: {0,2},\s{0,4}[0-9]{1,3}){7}"
_KEY_LINE: Final = r"[^A-Za-z0-9+/][A-Za-z0-9+/]{60}"
_FOLDED: Final = (
    r"\x1b\[|\\u001b\[|\\x1b\[|\\033\[|#033\[|\\u00[2-7]|\\x[2-7][0-9a-f]|%[2-7][0-9A-Fa-f]|&(?:quot|apos|amp|#3[49]);|\\/|"
    r"\xc2\xad|\xe2\x80[\x8b-\x8f\xaa-\xae]|\xe2\x81[\xa0-\xaf]|\xef\xbb\xbf|[\x01-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]"
)
TRIGGERS: Final = (
    *(rule.trigger for rule in RULES),
    *named.TRIGGERS,
    armour.ANY_BEGIN,
    _FOLDED,
    _BASE64,
    _BYTES,
    _KEY_LINE,
)
NAMED: Final = range(len(RULES), len(RULES) + len(named.TRIGGERS))
ARMOUR: Final = NAMED.stop
FOLDED: Final = ARMOUR + 1
BASE64: Final = FOLDED + 1
ENCODED: Final = range(BASE64, BASE64 + 2)
KEY_LINE: Final = ENCODED.stop


@functools.lru_cache(maxsize=1)
def screen() -> Screen:
    """The compiled triggers, from the user's cache where they are there."""
    return Screen.build(TRIGGERS)


def hits(data: bytes) -> set[int]:
    """Indexes into TRIGGERS of what may be in these bytes."""
    return {index for _, index in screen().scan(b"\n" + data) if index < len(TRIGGERS)}


def places(block: bytes) -> list[tuple[int, int]]:
    """(Offset in a line that deserves a closer look: where what was found ends; index into TRIGGERS), sorted."""
    found = screen().scan(b"\n" + block)
    return [(max(0, end - 1), index) for end, index in found if index < len(TRIGGERS)]


@functools.lru_cache(maxsize=len(RULES))
def compiled(rule: Shape) -> regex.Pattern[str]:
    """The rule's own expression."""
    return regex.compile(rule.expression)
