"""Whether a sentence complains: the words of trouble that programs share."""

from __future__ import annotations

from typing import Final

import regex

LONGEST: Final = 1000
"""Characters of a message that are looked at."""

_complaint: Final = regex.compile(
    r"\b(?:error|fatal|panic|exception|critical|fail(?:s|ed|ure)?|denied|refused|invalid|unknown|missing|not found|"
    r"no such|cannot|can't|could not|couldn't|unable|forbidden|time(?:d )?out|killed|oom\w{0,9}|unhealthy|not ?ready|"
    r"deadline exceeded|crash\w{0,7}|unauthorized)\b|^[EF]\d{4} ",
    regex.IGNORECASE,
)


def is_complaint(message: str) -> bool:
    """It has a word of trouble."""
    return _complaint.search(message[:LONGEST]) is not None
