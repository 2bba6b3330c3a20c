"""Whose each record is, where its own source did not say all of it."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from typing import Final

import polars as pl

from analyzer.derive.facts import Facts, Owner
from analyzer.frames import ORDER
from analyzer.model import Evidence, Record

_COMPLETED: Final = ("namespace", "kind", "name", "container", "node")


def complete(evidence: Evidence) -> tuple[Evidence, Facts]:
    """The evidence with the namespace, pod and container of its records filled in where only one fits, and its facts.

    A flat `logs/web.log` belongs to the one pod with a container `web`; an event of a pod that one namespace
    alone has belongs to that namespace. What two would fit stays open. A node has one name throughout.
    """
    facts = Facts.of(evidence)
    nodes = _full_names(facts)
    completed = [_on_full_node(_completed(record, owner), nodes) for owner, record in facts.owned_records()]
    if completed == list(facts.records):
        return evidence, facts
    table = evidence.records.with_columns(
        pl.Series(name, [getattr(record, name) for record in completed], dtype=pl.String) for name in _COMPLETED
    )
    # The order of frames goes by some of these columns: table and records are put into it together.
    by = [name for name in ORDER if name in table.columns]
    table = table.drop("record_id", strict=False).with_row_index("record_id").sort(by, maintain_order=True)
    ordered = tuple(completed[i] for i in table["record_id"].to_list())
    table = table.drop("record_id").with_row_index("record_id")
    return dataclasses.replace(evidence, records=table), facts.with_records(ordered)


def _full_names(facts: Facts) -> dict[str, str]:
    """Names of nodes by their first label, where one node alone has it: journals write the host name so."""
    names = {n.node for n in facts.nodes} | {p.node for p in facts.pods if p.node}
    found: dict[str, list[str]] = defaultdict(list)
    for name in sorted(names):
        found[name.split(".")[0]].append(name)
    return {short: full[0] for short, full in found.items() if len(full) == 1 and full[0] != short}


def _on_full_node(record: Record, nodes: dict[str, str]) -> Record:
    if record.node not in nodes:
        return record
    return dataclasses.replace(record, node=nodes[record.node])


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
