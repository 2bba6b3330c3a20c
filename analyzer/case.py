"""Everything the verdict is weighed from, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analyzer.derive.dependents import Dependency
from analyzer.derive.facts import Facts
from analyzer.diagnosis import Finding
from analyzer.failures import Failure
from analyzer.model import FileEntry
from patterns.schema import Library


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One bundle on the table: what it says, what was found in it, what failed."""

    facts: Facts
    findings: tuple[Finding, ...]
    library: Library
    failures: tuple[Failure, ...]
    files: Mapping[str, FileEntry]  # by path, in path order
    dependencies: tuple[Dependency, ...] = ()  # who calls whom in vain
    is_cut: bool = False  # the bundle itself ends early
