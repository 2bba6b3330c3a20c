"""Placeholders for secrets: a kind and a counter, the same for the same value, never made from the value."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from analyzer.diagnosis import Masked
from analyzer.redact.detect import Secret, Unchecked, secrets_in
from analyzer.redact.keyed import Keyed
from analyzer.redact.known import Known

WITHHELD: Final = "<withheld>"
"""Stands for a line that could not be checked."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What one group of adjacent lines holds; None where it could not be checked."""

    secrets: list[list[Secret]] | None


class Masker:
    """Everything one report or bundle hides; learn first, then clean, and nothing learnt leaves by any line."""

    def __init__(
        self, known: Iterable[str] = (), keyed: Iterable[tuple[str, str]] = (), *, is_excerpt: bool = True
    ) -> None:
        """`known` values are secrets wherever they stand, `keyed` (key, value) behind their key.

        Lines are excerpts, or follow one another to a file's end.
        """
        self._keyed = Keyed(keyed)
        self._is_excerpt = is_excerpt
        self._known = Known()
        self._masks: dict[str, str] = {}
        self._kinds: Counter[str] = Counter()
        self._places: Counter[str] = Counter()
        self._found: dict[tuple[str, ...], _Found] = {}
        self._harmless: set[tuple[str, ...]] = (
            set()
        )  # lines in which nothing was replaced, as long as nothing is learnt
        for value in known:
            self._learn("secret", value)

    def learn(self, lines: Sequence[str]) -> None:
        """Remember the secrets of these adjacent lines."""
        for secrets in self._find(tuple(lines)).secrets or ():
            for secret in secrets:
                self._learn(secret.kind, secret.value)

    def clean(self, lines: Sequence[str]) -> list[str]:
        """The same lines with every secret replaced: those found in them, and those learnt anywhere."""
        group = tuple(lines)
        if group in self._harmless:
            return list(group)
        found = self._find(group)
        if found.secrets is None:
            self._places["withheld"] += len(group)
            return [WITHHELD] * len(group)
        replaced = [self._replaced(line, secrets) for line, secrets in zip(group, found.secrets, strict=True)]
        if all(new is old for new, old in zip(replaced, group, strict=True)):
            self._harmless.add(group)
        return replaced

    def withhold(self) -> None:
        """Count a line that could not be looked at."""
        self._places["withheld"] += 1

    def forget_lines(self) -> None:
        """Drop what was kept of lines seen; values stay known."""
        self._found.clear()
        self._harmless.clear()

    @property
    def places(self) -> Counter[str]:
        """How often each kind was replaced so far."""
        return self._places.copy()

    @property
    def counts(self) -> tuple[Masked, ...]:
        """How many values of each kind were replaced in how many places, by kind."""
        return tuple(
            Masked(kind=kind, values=self._kinds[kind], places=self._places[kind]) for kind in sorted(self._places)
        )

    def _find(self, group: tuple[str, ...]) -> _Found:
        found = self._found.get(group)
        if found is None:
            try:
                found = _Found(secrets_in(group, is_excerpt=self._is_excerpt))
            except Unchecked:
                found = _Found(None)
            self._found[group] = found
        return found

    def _learn(self, kind: str, value: str) -> None:
        self._harmless.clear()
        self._known.add(kind, value)
        if 8 <= len(value) <= 1024:
            coded = base64.b64encode(value.encode("utf-8", "surrogatepass")).decode()
            self._known.add(kind, coded)

    def _replaced(self, line: str, secrets: list[Secret]) -> str:
        spans = _joined(secrets, [*self._known.occurrences(line), *self._keyed.occurrences(line)])
        if not spans:
            return line
        parts: list[str] = []
        position = 0
        for secret in spans:
            mask = self._mask(secret)
            if line[secret.start] == "[" and line[secret.end - 1] == "]":  # journald's list of bytes, in JSON
                mask = f'"{mask}"'
            parts += (line[position : secret.start], mask)
            position = secret.end
        return "".join((*parts, line[position:]))

    def _mask(self, secret: Secret) -> str:
        mask = self._masks.get(secret.value)
        if mask is None:
            self._kinds[secret.kind] += 1
            mask = self._masks[secret.value] = f"<{secret.kind}-{self._kinds[secret.kind]}>"
        self._places[mask[1 : mask.rindex("-")]] += 1
        return mask


def _joined(secrets: list[Secret], known: list[Secret]) -> list[Secret]:
    """Found spans and known ones without overlaps; a span that holds another wins, one that overlaps is widened."""
    if not known:
        return secrets
    joined: list[Secret] = []
    for secret in sorted((*secrets, *known), key=lambda s: (s.start, -s.end)):
        last = joined[-1] if joined else None
        if last is None or secret.start >= last.end:
            joined.append(secret)
        elif secret.end > last.end:
            joined[-1] = Secret(last.start, secret.end, last.kind, last.value)
    return joined
