"""The `rule` part of a CRE rule: sets, sequences, terms, negations, checked as the reference compiler checks them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from analyzer.cre import spans
from analyzer.cre.rule import EVENT_SOURCES, Condition, Negation, Term, leaves
from analyzer.cre.terms import term_problem
from analyzer.cre.yaml_tree import Node
from patterns.schema import Problem

MOST_PARTS: Final = 1000  # of one condition, counts written out
DEEPEST: Final = 16
_KINDS: Final = ("set", "sequence")
_VALUES: Final = ("value", "regex", "jq")
_OPTIONS: Final = ("window", "slide", "anchor", "absolute")
_OF_TERM: Final = ("field", "count", *_VALUES, *_KINDS, *_OPTIONS)
_OF_CONDITION: Final = ("window", "correlations", "event", "origin", "match", "order", "negate")


class Reader:
    """Reads the conditions of one rule; problems are appended with the place in the file."""

    def __init__(self, path: str, problems: list[Problem], terms: Mapping[str, Node]) -> None:
        """`terms` are the file's named terms."""
        self._path = path
        self._problems = problems
        self._terms = terms

    def root(self, node: Node, field: str) -> Condition | None:
        """The condition of a rule; None when it is wrong in any way."""
        known = len(self._problems)
        body = node.get("rule")
        if body is None or body.entries is None:
            self._report(body or node, f"{field}.rule", "is missing: a rule needs a set or a sequence")
            return None
        for key, value in body.entries:
            if key not in _KINDS:
                self._report(value, f"{field}.rule.{key}", "is not known here; known are set, sequence")
        # Where a rule gives both, the reference implementation reads the sequence alone.
        kind = next((k for k in ("sequence", "set") if body.get(k) is not None), None)
        if kind is None:
            self._report(body, f"{field}.rule", "needs a set or a sequence")
            return None
        found = body.get(kind)
        assert found is not None
        condition = self._condition(found, kind, f"{field}.rule.{kind}", 0)
        if condition is None or len(self._problems) > known:
            return None
        if not condition.source:
            origins = sum(leaf.is_origin for leaf in leaves(condition))
            if origins != 1:
                sentence = "none of the nested conditions" if not origins else "more than one of the nested conditions"
                self._report(found, f"{field}.rule.{kind}", f"{sentence} is the origin; set origin: true on one event")
                return None
        return condition

    def _report(self, node: Node, field: str, sentence: str) -> None:
        self._problems.append(Problem(self._path, node.line, field, sentence))

    def _condition(self, node: Node, kind: str, field: str, depth: int) -> Condition | None:
        if depth > DEEPEST:
            self._report(node, field, f"is nested deeper than {DEEPEST} levels")
            return None
        if node.entries is None:
            self._report(node, field, "must be a mapping")
            return None
        wanted, other = ("order", "match") if kind == "sequence" else ("match", "order")
        for key, value in node.entries:
            if key == other:
                self._report(value, f"{field}.{key}", f"does not go with a {kind}; use {wanted}")
            elif key not in _OF_CONDITION:
                self._report(value, f"{field}.{key}", f"is not known here; known are {', '.join(_OF_CONDITION)}")
        parts = self._parts(node.get(wanted), f"{field}.{wanted}", depth)
        if parts is None:
            if node.get(wanted) is None and node.get(other) is None:
                self._report(node, f"{field}.{wanted}", "is missing: a rule needs something that must happen")
            return None
        source, is_origin = self._event(node, field, isinstance(parts[0], Term))
        negations = self._negations(node.get("negate"), f"{field}.negate", depth, parts)
        if source not in EVENT_SOURCES:
            parts = [_fieldless(part) for part in parts]
            negations = tuple(replace(negation, what=_fieldless(negation.what)) for negation in negations)
        return Condition(
            is_sequence=kind == "sequence",
            parts=tuple(parts),  # type: ignore[arg-type]  # all of one kind: _parts has checked
            window=self._window(node, kind, field, len(parts)),
            negations=negations,
            source=source,
            is_origin=is_origin,
            correlations=tuple(n.text for n in _items(node.get("correlations")) if n.text),
        )

    def _event(self, node: Node, field: str, has_terms: bool) -> tuple[str, bool]:
        """The abstract source, and whether the event is the one to blame."""
        event = node.get("event")
        is_origin = self._flag(node, "origin", field)
        if not has_terms:
            if event is not None:
                self._report(event, f"{field}.event", "belongs to the nested conditions, which have sources")
            return "", is_origin
        source = event.get("source") if event is not None else None
        if source is None or not (source.text or "").strip():
            self._report(event or node, f"{field}.event.source", "is missing: terms need a source to look in")
            return "?", is_origin
        return (source.text or "").strip(), is_origin or (event is not None and self._flag(event, "origin", field))

    def _window(self, node: Node, kind: str, field: str, parts: int) -> int:
        window = node.get("window")
        if window is None:
            if kind == "sequence" or parts > 1:
                reason = "a sequence needs one" if kind == "sequence" else "a set of two or more needs one"
                self._report(node, f"{field}.window", f"is missing: {reason}")
            return 0
        found = self._span(window, f"{field}.window")
        if found < 0:
            self._report(window, f"{field}.window", "must not be negative")
        if kind == "sequence" and parts < 2:
            self._report(node, f"{field}.order", "a sequence needs two or more terms; use a set")
        return found

    def _parts(self, node: Node | None, field: str, depth: int) -> list[Term | Condition] | None:
        """The terms or nested conditions, counts written out; None when there are none."""
        if node is None:
            return None
        if not node.items:
            self._report(node, field, "must be a list of one or more terms")
            return None
        parts: list[Term | Condition] = []
        for number, item in enumerate(node.items):
            place = f"{field}[{number}]"
            for key, value in item.entries or ():
                if key in _OPTIONS:
                    self._report(value, f"{place}.{key}", "goes with terms of negate only")
            found = self._part(item, place, depth)
            if found is not None:
                count = self._count(item, place)
                parts += [found] * min(count, MOST_PARTS + 1)
            if len(parts) > MOST_PARTS:
                self._report(item, place, f"there are more than {MOST_PARTS} terms")
                return None
        if not parts:
            return None
        if len({isinstance(part, Term) for part in parts}) > 1:
            self._report(node, field, "must be all terms or all nested sets and sequences")
            return None
        return parts

    def _part(self, node: Node, field: str, depth: int) -> Term | Condition | None:
        """One term or nested condition; a string that names a term of the file stands for it."""
        if depth > DEEPEST:
            self._report(node, field, f"is nested deeper than {DEEPEST} levels")
            return None
        if node.is_alias:
            self._report(node, field, "is a YAML alias, which is not read; write the term out, or name it in terms")
            return None
        if node.items is not None or node.is_null:
            self._report(node, field, "must be text or a mapping")
            return None
        if node.entries is None:
            return self._named(node.text or "", field, depth) or self._term(node, "value", node.text or "", "", field)
        for key, value in node.entries:
            if key not in _OF_TERM:
                self._report(value, f"{field}.{key}", f"is not known here; known are {', '.join(_OF_TERM)}")
        given = [(key, value) for key, value in node.entries if key in (*_VALUES, *_KINDS)]
        if len(given) != 1:
            problem = "needs one" if not given else "takes only one"
            self._report(node, field, f"{problem} of {', '.join((*_VALUES, *_KINDS))}")
            return None
        key, value = given[0]
        if key in _KINDS:
            return self._condition(value, key, f"{field}.{key}", depth + 1)
        if value.text is None:
            self._report(value, f"{field}.{key}", "must be text")
            return None
        named = self._named(value.text, field, depth) if key == "value" else None
        return named or self._term(value, key, value.text, _text(node, "field"), field)

    def _named(self, name: str, field: str, depth: int) -> Term | Condition | None:
        node = self._terms.get(name)
        if node is None or (node.text == name):
            return None
        return self._part(node, f"{field} ({name})", depth + 1)

    def _term(self, node: Node, kind: str, text: str, name: str, field: str) -> Term | None:
        problem = term_problem(kind, text)
        if problem:
            self._report(node, field, problem)
            return None
        return Term(kind, text, name)

    def _count(self, node: Node, field: str) -> int:
        count = node.get("count")
        if count is None:
            named = self._terms.get(node.text or _text(node, "value"))
            return self._count(named, field) if named is not None and named.entries is not None else 1
        text = (count.text or "").strip()
        if not (text.isascii() and text.isdigit() and 0 < len(text) < 10 and int(text) > 0):
            self._report(count, f"{field}.count", "must be a whole number from 1")
            return 1
        return int(text)

    def _negations(
        self, node: Node | None, field: str, depth: int, parts: list[Term | Condition]
    ) -> tuple[Negation, ...]:
        if node is None:
            return ()
        if node.items is None:
            self._report(node, field, "must be a list of terms")
            return ()
        found: list[Negation] = []
        for number, item in enumerate(node.items):
            place = f"{field}[{number}]"
            what = self._part(item, place, depth)
            if what is None:
                continue
            self._count(item, place)
            if isinstance(what, Term) != isinstance(parts[0], Term):
                self._report(item, place, "must be of the kind of what it goes with: terms, or nested conditions")
                continue
            found.append(
                Negation(
                    what=what,
                    window=self._option(item, "window", place),
                    slide=self._option(item, "slide", place),
                    anchor=self._anchor(item, place, len(parts)),
                    is_absolute=self._flag(item, "absolute", place),
                )
            )
        return tuple(found)

    def _option(self, node: Node, key: str, field: str) -> int:
        value = node.get(key)
        return 0 if value is None else self._span(value, f"{field}.{key}")

    def _span(self, node: Node, field: str) -> int:
        found = spans.nanoseconds((node.text or "").strip())
        if found is None:
            self._report(node, field, 'must be a span such as "30s", "5m" or "1h30m"')
            return 0
        return found

    def _anchor(self, node: Node, field: str, parts: int) -> int:
        value = node.get("anchor")
        text = (value.text or "").strip() if value is not None else "0"
        if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) < parts):
            self._report(value or node, f"{field}.anchor", f"must be a whole number from 0 to {parts - 1}")
            return 0
        return int(text)

    def _flag(self, node: Node, key: str, field: str) -> bool:
        value = node.get(key)
        text = (value.text or "").strip() if value is not None else "false"
        if text.lower() not in ("true", "false"):
            self._report(value or node, f"{field}.{key}", "must be true or false")
        return text.lower() == "true"


def _fieldless(part: Term | Condition) -> Term | Condition:
    """The reference implementation looks at fields of events alone; elsewhere the line must hold the value."""
    return replace(part, field="") if isinstance(part, Term) else part


def _text(node: Node, key: str) -> str:
    value = node.get(key)
    return (value.text or "").strip() if value is not None else ""


def _items(node: Node | None) -> tuple[Node, ...]:
    return (node.items if node is not None else None) or ()
