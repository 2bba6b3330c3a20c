"""Kubernetes quantities ("300Mi", "250m", "1e3") as bytes or millicores.

Grammar: k8s.io/apimachinery/pkg/api/resource/quantity.go: a decimal number with a binary suffix (Ki to Ei), a
decimal suffix (n, u, m, k, M to E) or a decimal exponent.
"""

from __future__ import annotations

import functools
import re
from fractions import Fraction
from math import ceil
from typing import Final

_QUANTITY: Final = re.compile(r"([+-]?)(\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})([a-zA-Z]{0,2}|[eE][+-]?\d{1,2})")
_SUFFIX: Final = {
    "n": Fraction(1, 10**9),
    "u": Fraction(1, 10**6),
    "m": Fraction(1, 1000),
    "": Fraction(1),
    **{letter: Fraction(1000**power) for power, letter in enumerate("kMGTPE", 1)},
    **{letter + "i": Fraction(1024**power) for power, letter in enumerate("KMGTPE", 1)},
}


def parse(text: str | None) -> Fraction | None:
    """The exact value; None when this is no quantity."""
    match = _QUANTITY.fullmatch(text.strip()) if text else None
    if match is None:
        return None
    sign, digits, suffix = match.groups()
    factor = _SUFFIX.get(suffix)
    if factor is None:
        if suffix[:1] not in ("e", "E") or not suffix[1:].lstrip("+-").isdecimal():
            return None
        factor = Fraction(10) ** int(suffix[1:])
    return Fraction(digits.rstrip(".")) * factor * (-1 if sign == "-" else 1)


@functools.lru_cache(maxsize=1024)
def to_bytes(text: str | None) -> int | None:
    """Whole bytes, rounded up as the API does: "512m", meant as megabytes, is 0.512 of one byte and gives 1."""
    return _whole(parse(text))


@functools.lru_cache(maxsize=1024)
def to_millicores(text: str | None) -> int | None:
    """Thousandths of a CPU, rounded up: "0.5" and "500m" give 500."""
    value = parse(text)
    return _whole(value * 1000 if value is not None else None)


def to_count(text: str | None) -> int | None:
    """A plain number such as the 110 pods a node takes."""
    return _whole(parse(text))


def _whole(value: Fraction | None) -> int | None:
    if value is None:
        return None
    rounded = ceil(value)
    return rounded if -(2**63) <= rounded < 2**63 else None
