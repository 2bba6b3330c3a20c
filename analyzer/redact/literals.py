"""Known values searched for in raw bytes, all at once; the compiled form never leaves memory."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import hyperscan

_SEARCHED: Final = 48  # bytes of a value; what follows is looked at in the line
_MOST: Final = 20_000  # values; a bundle with more has those found in their own places only


class Literals:
    """A set of values; empty is fine."""

    def __init__(self, values: Iterable[str], expressions: Iterable[str] = ()) -> None:
        """`values` as text; `expressions` are searched for too."""
        heads = sorted({value.encode("utf-8", "surrogatepass")[:_SEARCHED] for value in values if value})[:_MOST]
        self._database: Any = None
        written = [b"".join(b"\\x%02x" % byte for byte in head) for head in heads]
        written += [expression.encode() for expression in expressions]
        if written:
            self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
            self._database.compile(expressions=written, ids=list(range(len(written))), flags=[0] * len(written))
            self._scratch = hyperscan.Scratch(self._database)

    def ends(self, block: bytes) -> list[int]:
        """Offsets behind every occurrence."""
        found: list[int] = []
        if self._database is not None:
            self._database.scan(
                block, match_event_handler=lambda _i, _s, end, *_: found.append(end), scratch=self._scratch
            )
        return found
