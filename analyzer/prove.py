"""The proof of a pattern: its examples, run through the real pipeline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from analyzer.analysis import read, screen_of
from analyzer.bundle import Bundle
from analyzer.diagnosis import Finding, ObjectRef
from analyzer.find import find
from analyzer.model import Evidence
from analyzer.screen import Screen
from patterns.regexes import dialect_problem
from patterns.schema import Example, Library, Match, Pattern, Problem

FINDABLE = ("namespace", "kind", "name", "pod", "container", "node")


def prove(pattern: Pattern, library: Library, screen: Screen) -> list[Problem]:
    """Every way in which the pattern's examples do not say what it does.

    A cause needs an example that finds and a near miss; each of its selectors must be needed by some
    finding example; no other stable cause may fire on one unless `also` says so.
    """
    problems: list[Problem] = []
    evidences: list[Evidence] = []
    for number, example in enumerate(pattern.examples):
        evidence = read(_bundle(example), screen)
        findings = find(evidence, library, screen)
        if example.finds:
            evidences.append(evidence)
        problems += [
            _problem(pattern, f"examples[{number}]", f"{example.name}: {sentence}")
            for sentence in _misses(pattern, example, findings, library)
        ]
    if not evidences:
        problems.append(_problem(pattern, "examples", "has no example that finds"))
    if pattern.role == "cause" and len(evidences) == len(pattern.examples):
        problems.append(_problem(pattern, "examples", "has no near miss, an example with `finds: nothing`"))
    problems += _idle_selectors(pattern, evidences, screen)
    for selector in pattern.match.selectors:
        if selector.message is not None and (sentence := dialect_problem(selector.message)):
            problems.append(_problem(pattern, "match", sentence))
    return problems


def _bundle(example: Example) -> Bundle:
    return Bundle.of_files({path: text.encode("utf-8") for path, text in example.files.items()})


def _problem(pattern: Pattern, field: str, sentence: str) -> Problem:
    return Problem(pattern.path, 1, field, sentence)


def _misses(pattern: Pattern, example: Example, findings: Iterable[Finding], library: Library) -> Iterable[str]:
    mine = [f for f in findings if f.pattern == pattern.id]
    if not example.finds and mine:
        yield f"must find nothing, finds {_shown(mine[0].about)}"
    for wanted in example.finds:
        unknown = [k for k in wanted if k not in FINDABLE]
        if unknown:
            yield f"finds names {unknown[0]}, known are {', '.join(FINDABLE)}"
        elif not any(_is(f.about, wanted) for f in mine):
            found = "; ".join(_shown(f.about) for f in mine) or "nothing"
            yield f"must find {dict(wanted)}, finds {found}"
    if example.finds:
        allowed = {pattern.id, *example.also}
        others = {f.pattern for f in findings} - allowed
        for name in sorted(others):
            other = library.patterns[name]
            if other.role == "cause" and other.status == "stable":
                yield f"{name} fires too; bound one of the two, or list it under also"


def _is(ref: ObjectRef, wanted: Mapping[str, str]) -> bool:
    return all(getattr(ref, key) == value for key, value in wanted.items())


def _shown(ref: ObjectRef) -> str:
    parts = ((k, getattr(ref, k)) for k in ("namespace", "kind", "name", "container", "node"))
    return ", ".join(f"{k} {v}" for k, v in parts if v) or "something without a name"


def _idle_selectors(pattern: Pattern, evidences: Iterable[Evidence], screen: Screen) -> Iterable[Problem]:
    """Selectors that no finding example needs, tried one by one."""
    if len(pattern.match.selectors) == 1:
        return
    for number, selector in enumerate(pattern.match.selectors):
        alone = Library({pattern.id: replace(pattern, match=Match((selector,)), explains=())})
        if not any(find(e, alone, screen) for e in evidences):
            kind = "all" if pattern.match.is_all else "any"
            yield _problem(pattern, f"match.{kind}[{number}]", "is needed by no example")


def prove_all(library: Library, only: frozenset[str]) -> list[Problem]:
    """The problems of the patterns in `only`, in file order."""
    screen = screen_of(library)
    out: list[Problem] = []
    for name, pattern in library.patterns.items():
        if name in only:
            out += prove(pattern, library, screen)
    return sorted(out)
