"""The joins that no line states, each one a derivation over the evidence."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Final

from analyzer.derive import (
    control_plane,
    dependents,
    environment,
    exits,
    last_words,
    memory,
    mount_modes,
    mounts,
    network_agents,
    probes,
    processor,
    quiet_services,
    references,
    scheduling,
    services,
)
from analyzer.derive.facts import Facts, Owner
from analyzer.derive.identity import complete
from analyzer.model import INTERNAL_ERROR, Evidence, Note, Record
from analyzer.order import ordered

Derivation = Callable[[Facts], list[Record]]

DERIVATIONS: Final[tuple[Derivation, ...]] = (
    mounts.missing_files_explained,
    mount_modes.mounts_hiding_files,
    mount_modes.wrong_sub_paths,
    mount_modes.read_only_mounts,
    mount_modes.volumes_owned_by_others,
    memory.kills_explained,
    memory.evictions,
    probes.probes_explained,
    processor.processor_exhausted,
    exits.exits_zero,
    exits.pods_completing_again,
    exits.app_exits_non_zero,
    exits.init_containers_failing,
    exits.init_containers_blocking,
    exits.sidecars_never_started,
    last_words.last_words_alone,
    scheduling.pod_requests_exceed_nodes,
    scheduling.taints_keep_pods_off,
    control_plane.leases_expired,
    control_plane.pods_unseen_by_scheduler,
    control_plane.deployments_unseen_by_controllers,
    references.absent_referents,
    references.absent_keys,
    references.unbound_claims,
    references.claims_pending_alone,
    references.tokens_not_mounted,
    environment.variables_set_elsewhere,
    services.calls_explained,
    network_agents.network_agents_down,
    quiet_services.services_without_callers_explained,
)

_MODULES: Final = (
    control_plane,
    mounts,
    mount_modes,
    memory,
    probes,
    exits,
    scheduling,
    references,
    environment,
    services,
    dependents,
)

LINES: Final[tuple[str, ...]] = tuple(dict.fromkeys(line for module in _MODULES for line in module.LINES))
"""The log lines that derivations need, as regexes in the patterns' dialect: the screen must keep them."""


def derive(evidence: Evidence, strict: bool = False) -> Evidence:
    """`evidence` with its records' owners completed, and the records that the derivations add.

    A derivation that fails costs its own records, and is noted as an internal error; `strict` lets it raise.
    """
    evidence, facts = complete(evidence)
    added: list[Record] = []
    broken: list[Note] = []
    for derivation in DERIVATIONS:
        try:
            added += [_on_node(facts, record) for record in derivation(facts)]
        except Exception as error:  # our own bug, met on a bundle that nobody has seen yet
            if strict:
                raise
            problem = f"{INTERNAL_ERROR}: {derivation.__name__}: {type(error).__name__}"
            broken.append(Note(path="", problem=problem))
    if broken:
        evidence = dataclasses.replace(evidence, notes=(*evidence.notes, *ordered(broken)))
    return dataclasses.replace(evidence, records=ordered([*evidence.records, *ordered(added)])) if added else evidence


def _on_node(facts: Facts, record: Record) -> Record:
    """The record with the node of its container or pod, where the decisive line did not say it."""
    if record.node is not None or not record.name:
        return record
    owner = Owner(record.namespace or "", record.name, record.container or "")
    row = facts.container(owner) or facts.pod(owner)
    pod = facts.pod(owner)
    node = (row.node if row else None) or (pod.node if pod else None)
    return dataclasses.replace(record, node=node)
