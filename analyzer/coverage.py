"""Which patterns fire on a set of bundles, and which never do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analyzer.analysis import Options, read, screen_of
from analyzer.bundle import open_bundle
from analyzer.find import find
from patterns.schema import Library


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How often each pattern of the library was seen."""

    pattern: str
    bundles: int  # in how many of the bundles
    findings: int  # on how many objects, in all of them


def coverage(paths: Sequence[str], library: Library, options: Options) -> tuple[Coverage, ...]:
    """One row a pattern, the most seen first; each path is a bundle of its own."""
    screen = screen_of(library)
    bundles, findings = Counter[str](), Counter[str]()
    for path in paths:
        seen = find(read(open_bundle([path]), screen, options), library, screen)
        findings.update(f.pattern for f in seen)
        bundles.update({f.pattern for f in seen})
    rows = [Coverage(pattern=p, bundles=bundles[p], findings=findings[p]) for p in library.patterns]
    return tuple(sorted(rows, key=lambda r: (-r.bundles, -r.findings, r.pattern)))


def as_text(rows: Sequence[Coverage], bundles: int) -> str:
    """For people: those that fire with their numbers, then the names of those that never do."""
    fired = [r for r in rows if r.bundles]
    idle = sorted(r.pattern for r in rows if not r.bundles)
    return "\n".join([*_table(fired, bundles), "", f"{len(idle)} of {len(rows)} patterns never fired:", *idle])


def _table(rows: Sequence[Coverage], bundles: int) -> Iterable[str]:
    yield f"{'bundles':>9}  {'objects':>9}  pattern"
    for row in rows:
        yield f"{row.bundles:>4,} of {bundles:<,}".rjust(9) + f"  {row.findings:>9,}  {row.pattern}"
