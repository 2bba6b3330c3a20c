"""A diagnosis or a ledger without secrets: what `analyze` and `ledger` return."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

from analyzer.diagnosis import Diagnosis
from analyzer.redact.mask import Masker
from analyzer.redact.walk import T, changed


def masked(diagnosis: Diagnosis, known: Iterable[str] = (), keyed: Iterable[tuple[str, str]] = ()) -> Diagnosis:
    """The diagnosis with every secret masked and the masks counted; `known` and `keyed` as of a Masker."""
    masker = Masker(known, keyed)
    clean = mask_with(masker, diagnosis)
    return dataclasses.replace(clean, masked=masker.counts)


def mask_with(masker: Masker, value: T) -> T:
    """Any frozen value without secrets: first all its strings are looked through, then all are replaced."""

    def learn(lines: Sequence[str]) -> Sequence[str]:
        masker.learn(lines)
        return lines

    changed(value, learn)
    return changed(value, masker.clean)


def masked_text(text: str) -> str:
    """A page of text without secrets."""
    lines = text.split("\n")
    return "\n".join(mask_with(Masker(), tuple(lines)))
