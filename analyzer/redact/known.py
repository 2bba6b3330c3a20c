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
_AT_ONCE: Final = 1024  # characters of a text
_SIXES: Final = [slice(start, start + _HEAD) for start in range(_AT_ONCE)]


class Known:
    """Values by their beginnings and their parts; looking a text up costs one look a character.

    Most values are nowhere seen again. Of a long one every sixth run of six characters is watched for at first: any
    twelve characters of it hold one of them whole. Its parts are indexed when a text holds such a run.
    """

    def __init__(self) -> None:
        """Nothing known."""
        self._whole: dict[str, list[tuple[str, str]]] = {}  # first six characters -> (kind, value)
        self._parts: dict[str, tuple[int, str, str, int]] = {}  # twelve characters -> (which, kind, value, where in it)
        self._asleep: dict[str, list[tuple[int, str, str]]] = {}  # six characters -> (which, kind, value)
        self._awake: set[int] = set()
        self._watched: set[str] = set()  # all runs of six that a text is looked through for
        self._values: set[str] = set()

    def add(self, kind: str, value: str) -> None:
        """Look for this value from now on; words, names and short values are not looked for: they stand everywhere."""
        if value in self._values or len(self._values) >= _MOST or not _is_distinctive(value):
            return
        self._values.add(value)
        if len(value) < _LONG:
            self._whole.setdefault(value[:_HEAD], []).append((kind, value))
            self._watched.add(value[:_HEAD])
            return
        which = (len(self._values), kind, value)
        runs = [value[start : start + _HEAD] for start in range(0, min(len(value), _INDEXED) - _HEAD + 1, _HEAD)]
        self._watched.update(runs)
        for run in runs:
            if (others := self._asleep.get(run)) is None:
                self._asleep[run] = [which]
            else:
                others.append(which)

    def _wake(self, text: str) -> bool:
        """Index the values of which this text may hold a part; whether there can be any, of these or of short ones."""
        is_any = False
        for start in range(0, len(text) - _HEAD + 1, _AT_ONCE):
            stretch = text[start : start + _AT_ONCE + _HEAD - 1]
            runs = self._watched.intersection(map(stretch.__getitem__, _SIXES[: len(stretch) - _HEAD + 1]))
            is_any = is_any or bool(runs)
            for run in runs:
                for value in self._asleep.pop(run, ()):
                    self._index(*value)
        return is_any

    def _index(self, which: int, kind: str, value: str) -> None:
        """All parts of a value; of the values that share one, the first added has it."""
        if which in self._awake:
            return
        self._awake.add(which)
        for offset in range(min(len(value), _INDEXED) - _GRAM + 1):
            part = value[offset : offset + _GRAM]
            if (known := self._parts.get(part)) is None:
                if _is_mixed(part):
                    self._parts[part] = (which, kind, value, offset)
            elif which < known[0]:
                self._parts[part] = (which, kind, value, offset)

    def occurrences(self, text: str) -> list[Secret]:
        """Where known values stand in this text, from left to right."""
        if not self._wake(text):
            return []
        found: list[Secret] = []
        whole, parts, position = self._whole, self._parts, 0
        while position <= len(text) - _HEAD:
            part = parts.get(text[position : position + _GRAM])
            if part is not None:
                _, kind, value, offset = part
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
