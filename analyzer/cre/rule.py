"""A CRE rule in types: what the file says, checked, with named terms and counts written out.

Spans are whole nanoseconds. Source of the words: the schema of CRE 0.1 (https://docs.prequel.dev/cre-schema.json)
and https://docs.prequel.dev/cres/rule-syntax.
"""

from __future__ import annotations

from dataclasses import dataclass

EVENT_SOURCES = frozenset(("k8s", "cre.k8s", "cre.kubernetes", "cre.prequel.k8s", "cre.events"))
"""Abstract sources that mean the events of the cluster; terms of other sources have no fields."""
SEVERITIES = ("critical", "high", "medium", "low", "info")  # severity: 0 to 4


@dataclass(frozen=True, slots=True)
class Term:
    """What one line must hold; equal terms are one term, however often a rule names it."""

    kind: str  # value (the line contains it), regex (it matches somewhere in the line), jq (true of the line's JSON)
    text: str
    field: str = ""  # of a Kubernetes event: reason, type, reasonDetail


@dataclass(frozen=True, slots=True, kw_only=True)
class Negation:
    """What must not happen near a match, and when.

    The forbidden span begins at the match's event number `anchor` in time order, moved by `slide`; it lasts
    `window`, and as long as the match itself unless `is_absolute`.
    """

    what: Term | Condition
    window: int = 0
    slide: int = 0
    anchor: int = 0
    is_absolute: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A set (in any order) or a sequence (in this order) of terms within a window.

    `parts` are all terms or all conditions; what the rule counts n times stands there n times.
    """

    is_sequence: bool
    parts: tuple[Term, ...] | tuple[Condition, ...]
    window: int
    negations: tuple[Negation, ...] = ()
    source: str = ""  # the abstract source its terms are looked for in; "" where the parts are conditions
    is_origin: bool = False
    correlations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What the rule is about."""

    name: str = ""
    process: str = ""
    container: str = ""
    image: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of a file."""

    id: str
    path: str
    line: int
    condition: Condition
    title: str = ""
    severity: str = ""  # one of SEVERITIES; "" not stated
    category: str = ""
    description: str = ""
    cause: str = ""
    impact: str = ""
    mitigation: str = ""
    references: tuple[str, ...] = ()
    applications: tuple[Application, ...] = ()


def leaves(condition: Condition) -> tuple[Condition, ...]:
    """The conditions within whose parts are terms, forbidden ones included, in the order of the file."""
    if condition.source:
        return (condition,)
    inside = [part for part in condition.parts if isinstance(part, Condition)]
    inside += [negation.what for negation in condition.negations if isinstance(negation.what, Condition)]
    return tuple(leaf for part in inside for leaf in leaves(part))


def terms_of(leaf: Condition) -> tuple[Term, ...]:
    """Every term of a leaf once, wanted ones first."""
    wanted = [part for part in leaf.parts if isinstance(part, Term)]
    forbidden = [negation.what for negation in leaf.negations if isinstance(negation.what, Term)]
    return tuple(dict.fromkeys([*wanted, *forbidden]))
