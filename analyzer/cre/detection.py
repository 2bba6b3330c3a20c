"""A CRE rule that holds for what a log or a bundle says."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from analyzer.cre.rule import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One line that a match is made of."""

    path: str
    line: int
    timestamp: dt.datetime | None
    text: str
    source: str = "text"
    namespace: str = ""
    pod: str = ""
    container: str = ""
    node: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """One rule, all of its matches together."""

    rule: Rule
    count: int  # of matches
    first_seen: dt.datetime | None
    last_seen: dt.datetime | None
    evidence: tuple[Proof, ...]  # the lines of the first match
