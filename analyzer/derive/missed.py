"""The files that failing containers say are not there."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from analyzer.derive.facts import Facts, Owner
from analyzer.derive.paths import absolute_paths
from analyzer.model import LOG_SOURCES, Record

MISSING: Final = (
    r"(?i)no such file|\benoent\b|filenotfound|cannot load config|could not (?:open|find|locate)|"
    r"can(?:no|')t (?:open|find|locate|stat)|unable to (?:open|find|locate)|unable to access jarfile|"
    r"(?:does not|doesn't) exist|missing (?:config|file)|not found:? .{0,20}/[\w.-]|/[\w.-]{1,100}[\"']? "
    r"(?:was |is |could )?not (?:be )?found"
)
LINES: tuple[str, ...] = (MISSING,)

_missing: Final = re.compile(MISSING)
_number: Final = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Missed:
    """A path that a failing container says is not there, with its last such line."""

    owner: Owner
    path: str
    record: Record
    others: tuple[Record, ...]  # the last line that says the same in other words, if any
    count: int


def missed_files(facts: Facts) -> list[Missed]:
    """Paths that failing containers miss, each once; the line is from the log of the life that ended, if kept."""
    found: dict[tuple[Owner, str], list[Record]] = defaultdict(list)
    for owner, record in facts.owned_records():
        if record.source not in (*LOG_SOURCES, "container_status", "event") or not owner.container:
            continue
        if facts.is_failing(owner) and _missing.search(record.message):
            for path in absolute_paths(record.message):
                found[owner, path].append(record)
    out = []
    for (owner, path), records in sorted(found.items(), key=lambda kv: kv[0]):
        logs = [r for r in records if r.source == "container_log"] or records
        ended = [r for r in logs if facts.is_previous(r.path)] or logs
        # the first words on it are the app's own, what follows is often a library's
        record = [r for r in ended if _shape(r) == _shape(ended[0])][-1]
        others = tuple(r for r in ended[-1:] if r is not record)
        out.append(Missed(owner, path, record, others, len(records)))
    return out


def _shape(record: Record) -> str:
    """The message without its numbers."""
    return _number.sub("#", record.message)
