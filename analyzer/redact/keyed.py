"""Values too short or too plain to be looked for everywhere, found behind the key that a Secret has them under."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from analyzer.redact.detect import Secret
from analyzer.redact.values import is_placeholder

# key: value, "key": "value", and the same within a string of JSON, where the quotes are escaped.
_KEY: Final = re.compile(r'(?<![\w.-])([\w.-]{1,253})(?:\\{0,3}["\'])?[ \t]{0,8}:[ \t]{0,8}(?:\\{0,3}["\'])?')
_NAME: Final = re.compile(r"""(?<![\w.-])[\w.-]++(?=[\\"' \t]{0,12}:)""")  # what may be a key, and a few more
_END: Final = " \t\r\n\"'\\,}"


class Keyed:
    """Pairs of (key, value as a Secret writes it)."""

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        """Values that give nothing away are left out."""
        self._values: dict[str, set[str]] = defaultdict(set)
        for key, value in pairs:
            if not is_placeholder(value):
                self._values[key].add(value)

    def occurrences(self, text: str) -> list[Secret]:
        """Where a value stands behind its own key, from left to right."""
        if self._values.keys().isdisjoint(_NAME.findall(text)):
            return []
        found: list[Secret] = []
        for match in _KEY.finditer(text):
            for value in sorted(self._values.get(match[1], ()), key=len, reverse=True):
                end = match.end() + len(value)
                if text.startswith(value, match.end()) and text[end : end + 1] in ("", *_END):
                    found.append(Secret(match.end(), end, "secret", value))
                    break
        return found
