"""The lines that a collecting script writes above what it collects: the time, or a heading.

`date; kubectl describe pods` in a loop, or `echo "===== nodes ====="`: they belong to no object and hold nothing else.
"""

from __future__ import annotations

import re
from typing import Final

LONGEST: Final = 160
_MARKED: Final = re.compile(r"(?:[=#*~+_>-]{3,}[ \t].{0,120}?[ \t]?[=#*~+_<-]{2,}|[=#*~+]{3,}[ \t].{1,120})\s*$")
_WORDS: Final = re.compile(r"[\w .,;:=/()+-]+$")
_KEY: Final = re.compile(r"[A-Za-z][\w ()./-]{0,60}:(?:[ \t]|$)")
_TIME: Final = re.compile(
    r"\d{4}[-/]\d\d[-/]\d\d(?:[T _-]\d\d[:_-]?\d\d(?:[:_-]?\d\d)?(?:[.,]\d{1,9})?)?"
    r"|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),?[ ]+(?:\w{3}[ ]+\d{1,2}|\d{1,2}[ ]\w{3})(?:[ ]\d{4})?"
    r"|\b\d{1,2}:\d\d(?::\d\d)?(?:[.,]\d{1,9})?(?:[ ]?[AP]M)?\b"
)
_LEFT: Final = 24  # letters and digits beside the times: a name, a counter, a zone


def is_between(line: str) -> bool:
    """Whether a whole line is a script's: a time with at most a word or two, or a heading between marks."""
    text = line.rstrip("\r\n")
    if not text or text[0] in " \t" or len(text) > LONGEST:
        return False
    if _MARKED.match(text) is not None:
        return any(map(str.isalnum, text))  # a rule without words stands below the names of a table's columns
    if _WORDS.match(text) is None or _KEY.match(text) is not None:
        return False
    left, found = _TIME.subn("", text)
    return found > 0 and sum(map(str.isalnum, left)) <= _LEFT
