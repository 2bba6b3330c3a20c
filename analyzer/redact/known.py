"""Values that are known to be secret, found wherever they stand again, whole or cut."""

from __future__ import annotations

from typing import Final

from analyzer.redact.detect import Secret
from analyzer.redact.values import is_ordinary, is_placeholder

_HEAD: Final = 6  # the shortest value that is looked for elsewhere
_GRAM: Final = 12  # the shortest part of a longer value that still gives it away
_LONG: Final = 16
_MOST: Final = 50_000  # values; a log full of tokens may not fill the memory
_INDEXED: Final = 4096  # characters of one value that are looked for in parts


class Known:
    """Values by their beginnings and their parts; looking a text up costs one look a character."""

    def __init__(self) -> None:
        """Nothing known."""
        self._whole: dict[str, list[tuple[str, str]]] = {}  # first six characters -> (kind, value)
        self._parts: dict[str, tuple[str, str, int]] = {}  # twelve characters -> (kind, value, where in it)
        self._values: set[str] = set()

    def add(self, kind: str, value: str) -> None:
        """Look for this value from now on; words, names and short values are not looked for: they stand everywhere."""
        if value in self._values or len(self._values) >= _MOST or not _is_distinctive(value):
            return
        self._values.add(value)
        if len(value) < _LONG:
            self._whole.setdefault(value[:_HEAD], []).append((kind, value))
            return
        for offset in range(min(len(value), _INDEXED) - _GRAM + 1):
            part = value[offset : offset + _GRAM]
            if _is_mixed(part):
                self._parts.setdefault(part, (kind, value, offset))

    def occurrences(self, text: str) -> list[Secret]:
        """Where known values stand in this text, from left to right."""
        if not self._values:
            return []
        found: list[Secret] = []
        whole, parts, position = self._whole, self._parts, 0
        while position <= len(text) - _HEAD:
            part = parts.get(text[position : position + _GRAM])
            if part is not None:
                kind, value, offset = part
                end = position + _GRAM
                while (
                    end < len(text)
                    and end - position + offset < len(value)
                    and text[end] == value[end - position + offset]
                ):
                    end += 1
                found.append(Secret(position, end, kind, value))
                position = end
                continue
            for kind, value in whole.get(text[position : position + _HEAD], ()):
                if text.startswith(value, position):
                    found.append(Secret(position, position + len(value), kind, value))
                    position += len(value) - 1
                    break
            position += 1
        return found

    def __len__(self) -> int:
        """How many values are looked for."""
        return len(self._values)


def _is_distinctive(value: str) -> bool:
    if len(value) < _HEAD or is_placeholder(value):
        return False
    if not is_ordinary(value):
        return len(value) >= 8 or _is_mixed(value)
    return value.isalnum() and _is_mixed(value) and not value.isdigit()


def _is_mixed(text: str) -> bool:
    """Letters with digits, or both cases: no plain word."""
    has_digit = any(c.isdigit() for c in text)
    return (has_digit and any(c.isalpha() for c in text)) or (
        text.lower() != text and any(c.islower() for c in text[1:]) and any(c.isupper() for c in text[1:])
    )
