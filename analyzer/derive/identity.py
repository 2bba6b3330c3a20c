"""Whose each record is, where its own source did not say all of it."""

from __future__ import annotations

import dataclasses
import operator
from collections import defaultdict

from analyzer.derive.facts import Facts, Owner
from analyzer.model import Evidence, Record
from analyzer.order import ordered


def complete(evidence: Evidence) -> tuple[Evidence, Facts]:
    """The evidence with the namespace, pod and container of its records filled in where only one fits, and its facts.

    A flat `logs/web.log` belongs to the one pod with a container `web`; an event of a pod that one namespace
    alone has belongs to that namespace. What two would fit stays open. A node has one name throughout.
    """
    facts = Facts.of(evidence)
    nodes = _full_names(facts)
    completed = [_on_full_node(_completed(record, owner), nodes) for owner, record in facts.owned_records()]
    if all(map(operator.is_, completed, facts.records)):
        return evidence, facts
    records = ordered(completed)  # which goes by what was filled in, too
    return dataclasses.replace(evidence, records=records), facts.with_records(records)


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
    said = (record.namespace, record.kind, record.name, record.container)
    full = (
        record.namespace or owner.namespace or None,
        record.kind or ("Pod" if owner.pod else None),
        record.name or owner.pod or None,
        record.container or owner.container or None,
    )
    if full == said:
        return record
    namespace, kind, name, container = full
    return dataclasses.replace(record, namespace=namespace, kind=kind, name=name, container=container)
