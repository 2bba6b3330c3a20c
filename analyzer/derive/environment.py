"""Environment variables that one container of a pod misses while another has them."""

from __future__ import annotations

import re
from typing import Final

from analyzer.derive.facts import Facts, derived
from analyzer.model import Record

MISSING: Final = (
    r"\b[A-Z][A-Z0-9]{1,40}_[A-Z0-9_]{1,60}\b.{0,40}(?:not set|is required|must be set|is missing|not defined)",
    r"(?:required|missing) env(?:ironment)? var(?:iable)?s?:? .{0,20}\b[A-Z][A-Z0-9]{1,40}_[A-Z0-9_]{1,60}\b",
    r"KeyError: '[A-Z][A-Z0-9]{1,40}_[A-Z0-9_]{1,60}'",
)
LINES: tuple[str, ...] = MISSING

_missing: Final = re.compile("|".join(MISSING))
_variable: Final = re.compile(r"\b[A-Z][A-Z0-9]{1,40}_[A-Z0-9_]{1,60}\b")


def variables_set_elsewhere(facts: Facts) -> list[Record]:
    """A failing container misses a variable that its pod's spec gives to another container alone."""
    found: dict[tuple[str, str, str, str], Record] = {}
    for owner, record in facts.owned_records():
        if record.source not in ("container_log", "text") or not owner.pod or not facts.is_failing(owner):
            continue
        own = facts.container(owner)
        said = _missing.search(record.message[:4096])
        if own is None or said is None:
            continue
        for name in _variable.findall(said.group()):
            others = [c for c in facts.containers_of(owner) if c is not own and name in _names(c.env)]
            if others and name not in _names(own.env):
                neighbour = others[0].container
                message = f"{owner.container} needs the variable {name}, which of this pod only {neighbour} has"
                found[owner.namespace, owner.pod, owner.container, name] = derived(
                    "VariableSetElsewhere", message, record, owner
                )
    return list(found.values())


def _names(env: tuple[str, ...]) -> set[str]:
    return {entry.partition("=")[0] for entry in env}
