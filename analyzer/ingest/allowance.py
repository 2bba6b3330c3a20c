"""How many records of a bundle are kept, so that memory ends somewhere when a bundle does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from analyzer.ingest.harvest import Harvest
from analyzer.model import Note

MOST_RECORDS: Final = 500_000  # of the real bundles seen the largest gives 14,000; each takes about 3 KB


@dataclass(slots=True)
class Allowance:
    """Takes the files in their order, and leaves out what comes behind the last record allowed."""

    most: int
    _kept: int = field(default=0)
    _left_out: int = field(default=0)
    _first: str = field(default="")  # path of the first file that lacks records

    def take(self, harvest: Harvest, path: str) -> Harvest:
        """The harvest, with as many of its records as may still be kept."""
        kept = harvest.records[: self.most - self._kept]
        self._kept += len(kept)
        if len(kept) == len(harvest.records):
            return harvest
        self._first = self._first or path
        self._left_out += len(harvest.records) - len(kept)
        return replace(harvest, records=kept)

    def notes(self) -> Iterator[Note]:
        """One note, where anything was left out."""
        if self._left_out:
            problem = f"more than {self.most:,} records: the rest, from this file on, is read and counted, not kept"
            yield Note(path=self._first, problem=problem, count=self._left_out)
