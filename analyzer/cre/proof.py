"""One line that a match is made of, and whose it is."""

from __future__ import annotations

from dataclasses import dataclass

from analyzer.diagnosis import EvidenceLine, ObjectRef


@dataclass(frozen=True, slots=True)
class Proof:
    """A line of the bundle as it stands there."""

    line: EvidenceLine
    about: ObjectRef
