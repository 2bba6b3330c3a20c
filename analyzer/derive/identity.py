"""Whose each record is, where its own source did not say all of it."""

from __future__ import annotations

import dataclasses

from analyzer.derive.facts import Facts, Owner
from analyzer.model import Evidence, Record, frame


def complete(evidence: Evidence) -> Evidence:
    """The evidence with the namespace, pod and container of its records filled in where only one fits.

    A flat `logs/web.log` belongs to the one pod with a container `web`; an event of a pod that one namespace
    alone has belongs to that namespace. What two would fit stays open.
    """
    facts = Facts.of(evidence)
    completed = [_completed(record, owner) for owner, record in facts.owned_records()]
    if completed == list(facts.records):
        return evidence
    return dataclasses.replace(evidence, records=frame(Record, completed).with_row_index("record_id"))


def _completed(record: Record, owner: Owner) -> Record:
    if not owner.pod and not owner.container:
        return record
    return dataclasses.replace(
        record,
        namespace=record.namespace or owner.namespace or None,
        kind=record.kind or ("Pod" if owner.pod else None),
        name=record.name or owner.pod or None,
        container=record.container or owner.container or None,
    )
