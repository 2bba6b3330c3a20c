"""What an advisor sees of a cause, and what it answers with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analyzer.derive.facts import Facts, Owner, quotes
from analyzer.diagnosis import ObjectRef, Patch
from analyzer.model import Container, Pod, Quote, Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A cause with all that the bundle says around it."""

    facts: Facts
    about: ObjectRef
    workload: tuple[str, str] | None  # kind, name of what controls the pod
    records: tuple[Record, ...]  # what the cause rests on, in time order

    @property
    def owner(self) -> Owner:
        """The container, or the pod where that is not known."""
        return Owner(self.about.namespace, self.about.pod, self.about.container)

    @property
    def pod(self) -> Pod | None:
        """The pod the cause is about."""
        return self.facts.pod(self.owner)

    @property
    def container(self) -> Container | None:
        """The container the cause is about."""
        return self.facts.container(self.owner)

    def quotes(self) -> Iterator[Quote]:
        """The lines that the cause rests on."""
        for record in self.records:
            yield from quotes(record)

    def said(self, expression: re.Pattern[str]) -> Iterator[tuple[re.Match[str], Record]]:
        """Where the records say something, in their own words or in the lines they were joined from."""
        for record in self.records:
            for text in (record.message, *(q.text for q in record.cites)):
                if match := expression.search(text[:4096]):
                    yield match, record


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What would have been, in a sentence with the numbers of the evidence, and the lines they stand in."""

    statement: str
    cites: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What was computed; either part may be empty."""

    patch: tuple[Patch, ...] = ()
    told: tuple[Told, ...] = ()


def cited(records: Sequence[Record], most: int = 2) -> tuple[Quote, ...]:
    """The first line of each record, each line once."""
    return tuple(dict.fromkeys(q for r in records for q in quotes(r)[:1]))[:most]
