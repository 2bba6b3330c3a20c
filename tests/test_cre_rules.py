"""CRE rule files: what is read, and what is refused at which line."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.cre.read import read_file, read_rules, read_text
from analyzer.cre.rule import Condition, Rule, Term
from analyzer.cre.spans import nanoseconds
from analyzer.cre.terms import screened_for
from patterns.schema import LibraryError, Problem

SECOND = 10**9
HEAD = """rules:
  - cre:
      id: made-up-1
      title: Pumps stall
    rule:
"""  # the rule's own lines begin at 6


def read(body: str, terms: str = "") -> tuple[list[Rule], list[Problem]]:
    problems: list[Problem] = []
    indented = "".join(f"      {line}\n" for line in body.strip("\n").split("\n"))
    return read_text("r.yaml", HEAD + indented + terms, problems), problems


def condition(body: str, terms: str = "") -> Condition:
    rules, problems = read(body, terms)
    assert problems == []
    return rules[0].condition


def refused(body: str, terms: str = "") -> list[str]:
    rules, problems = read(body, terms)
    assert rules == []
    return [f"{p.line}: {p.field}: {p.sentence}" for p in problems]


def test_a_set_has_terms_of_three_kinds_within_a_window() -> None:
    body = """
set:
  window: 1m30s
  event: {source: cre.log.pump}
  match:
    - plain text
    - value: "with: colon"
    - regex: 'a(.+)b'
"""
    assert condition(body) == Condition(
        is_sequence=False,
        parts=(Term("value", "plain text"), Term("value", "with: colon"), Term("regex", "a(.+)b")),
        window=90 * SECOND,
        source="cre.log.pump",
    )


def test_a_count_stands_for_as_many_terms() -> None:
    found = condition(
        "sequence:\n  window: 5s\n  event: {source: s}\n  order:\n    - value: a\n      count: 3\n    - b"
    )
    assert found.parts == (Term("value", "a"),) * 3 + (Term("value", "b"),)


def test_a_negation_has_window_slide_anchor_and_absolute() -> None:
    body = """
set:
  window: 5s
  event: {source: s}
  match: [a, b]
  negate:
    - calm
    - value: drained
      window: 10s
      slide: -2s
      anchor: 1
      absolute: true
"""
    first, second = condition(body).negations
    assert (first.what, first.window, first.anchor, first.is_absolute) == (Term("value", "calm"), 0, 0, False)
    assert (second.window, second.slide, second.anchor, second.is_absolute) == (10 * SECOND, -2 * SECOND, 1, True)


def test_a_name_of_terms_stands_for_what_it_names() -> None:
    terms = "terms:\n  stall:\n    regex: 'stall(ed|s)'\n"
    assert condition("set:\n  event: {source: s}\n  match:\n    - stall", terms).parts == (
        Term("regex", "stall(ed|s)"),
    )


def test_a_named_condition_may_be_nested_and_one_event_is_the_origin() -> None:
    terms = """terms:
  stalled:
    sequence:
      window: 10s
      event: {source: cre.log.pump, origin: true}
      order: [a, b]
  evicted:
    set:
      event: {source: k8s}
      match:
        - field: reason
          value: Evicted
"""
    found = condition("sequence:\n  window: 30s\n  correlations: [hostname]\n  order: [stalled, evicted]", terms)
    assert found.correlations == ("hostname",)
    assert [part.source for part in found.parts if isinstance(part, Condition)] == ["cre.log.pump", "k8s"]
    assert [part.is_origin for part in found.parts if isinstance(part, Condition)] == [True, False]


def test_where_a_rule_has_both_a_sequence_and_a_set_the_sequence_counts() -> None:
    body = "set:\n  event: {source: s}\n  match: [a]\nsequence:\n  window: 1s\n  event: {source: s}\n  order: [b, c]"
    assert condition(body).is_sequence


def test_a_field_is_of_events_alone() -> None:
    event = "set:\n  event: {source: SOURCE}\n  match:\n    - field: reason\n      value: Killing"
    assert condition(event.replace("SOURCE", "k8s")).parts == (Term("value", "Killing", "reason"),)
    assert condition(event.replace("SOURCE", "cre.log.pump")).parts == (Term("value", "Killing"),)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("set:\n  event: {source: s}\n  order: [a]", "8: rules[0].rule.set.order: does not go with a set; use match"),
        (
            "sequence:\n  window: 1s\n  event: {source: s}\n  match: [a, b]",
            "9: rules[0].rule.sequence.match: does not go with a sequence; use order",
        ),
        (
            "set:\n  event: {source: s}\n  negate: [a]",
            "6: rules[0].rule.set.match: is missing: a rule needs something that must happen",
        ),
        (
            "set:\n  event: {source: s}\n  match: [a, b]",
            "6: rules[0].rule.set.window: is missing: a set of two or more needs one",
        ),
        (
            "sequence:\n  event: {source: s}\n  order: [a, b]",
            "6: rules[0].rule.sequence.window: is missing: a sequence needs one",
        ),
        (
            "sequence:\n  window: 1s\n  event: {source: s}\n  order: [a]",
            "6: rules[0].rule.sequence.order: a sequence needs two or more terms; use a set",
        ),
        (
            "set:\n  window: 10d\n  event: {source: s}\n  match: [a]",
            '7: rules[0].rule.set.window: must be a span such as "30s", "5m" or "1h30m"',
        ),
        (
            "set:\n  window: -1s\n  event: {source: s}\n  match: [a]",
            "7: rules[0].rule.set.window: must not be negative",
        ),
        (
            "set:\n  match: [a]",
            "6: rules[0].rule.set.event.source: is missing: terms need a source to look in",
        ),
        (
            "set:\n  event: {source: s}\n  match:\n    - regexs: a",
            "9: rules[0].rule.set.match[0].regexs: is not known here; known are field, count, value, regex, jq, set, "
            "sequence, window, slide, anchor, absolute",
        ),
        (
            "set:\n  event: {source: s}\n  match:\n    - value: a\n      regex: b",
            "9: rules[0].rule.set.match[0]: takes only one of value, regex, jq, set, sequence",
        ),
        (
            "set:\n  event: {source: s}\n  match:\n    - value: a\n      count: 0",
            "10: rules[0].rule.set.match[0].count: must be a whole number from 1",
        ),
        (
            "set:\n  event: {source: s}\n  match:\n    - value: a\n      slide: 1s",
            "10: rules[0].rule.set.match[0].slide: goes with terms of negate only",
        ),
        (
            "set:\n  event: {source: s}\n  match: [a]\n  negate:\n    - value: b\n      anchor: 1",
            "11: rules[0].rule.set.negate[0].anchor: must be a whole number from 0 to 0",
        ),
        (
            "set:\n  event: {source: s}\n  match: [a]\n  negate:\n    - value: b\n      absolute: maybe",
            "11: rules[0].rule.set.negate[0].absolute: must be true or false",
        ),
        (
            "set:\n  window: 1s\n  match:\n    - a\n    - set: {event: {source: s}, match: [b]}",
            "8: rules[0].rule.set.match: must be all terms or all nested sets and sequences",
        ),
        (
            "set:\n  match:\n    - set: {event: {source: s}, match: [b]}",
            "6: rules[0].rule.set: none of the nested conditions is the origin; set origin: true on one event",
        ),
        ("superset:\n  match: [a]", "6: rules[0].rule.superset: is not known here; known are set, sequence"),
    ],
)
def test_what_is_wrong_is_refused_at_its_line(body: str, problem: str) -> None:
    assert problem in refused(body)


def test_a_regex_that_is_none_is_refused_with_the_reason() -> None:
    (problem,) = refused("set:\n  event: {source: s}\n  match:\n    - regex: 'a('")
    assert problem.startswith("9: rules[0].rule.set.match[0]: is no regular expression: ")


def test_text_that_is_no_yaml_is_refused_where_reading_stopped() -> None:
    problems: list[Problem] = []
    assert read_text("r.yaml", "rules:\n  - cre: [a, b\n    rule: x\n", problems) == []
    assert [(p.line, p.field) for p in problems] == [(3, "file")]


def test_a_rule_without_an_id_is_refused_but_its_own_ids_may_be_absent() -> None:
    problems: list[Problem] = []
    body = "    rule:\n      set: {event: {source: s}, match: [a]}\n"
    assert read_text("r.yaml", "rules:\n  - cre: {title: x}\n" + body, problems) == []
    assert [str(p) for p in problems] == ["r.yaml:2: rules[0].cre.id: is missing"]
    assert len(read_text("r.yaml", "rules:\n  - cre: {id: x}\n" + body, [])) == 1


def test_the_text_of_a_value_does_not_mislead_the_count_of_lines() -> None:
    text = """rules:
  - cre:
      id: made-up-2
      cause: |
        rule: this text looks
        set: like the rule
      impact: none
    rule:
      set:
        event: {source: s}
        order: [a]
"""
    problems: list[Problem] = []
    assert read_text("r.yaml", text, problems) == []
    assert problems[0].line == 11


def test_two_rules_of_one_id_are_a_problem(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(HEAD + "      set: {event: {source: s}, match: [a]}\n")
    with pytest.raises(LibraryError) as raised:
        read_rules([tmp_path])
    assert str(raised.value) == f"{tmp_path}/b.yaml:2: cre.id: made-up-1 is also in {tmp_path}/a.yaml:2"


def test_files_of_a_directory_that_hold_no_rules_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "tags.yaml").write_text("tags:\n  - name: x\n")
    (tmp_path / "r.yaml").write_text(HEAD + "      set: {event: {source: s}, match: [a]}\n")
    assert [rule.id for rule in read_rules([tmp_path])] == ["made-up-1"]
    problems: list[Problem] = []
    assert read_file(tmp_path / "tags.yaml", problems) == []
    assert problems


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5s", 5 * SECOND),
        ("1.5h", 5400 * SECOND),
        ("-300ms", -300_000_000),
        ("2m30s", 150 * SECOND),
        ("0", 0),
        ("7µs", 7_000),
        ("10", None),
        ("10d", None),
        ("", None),
    ],
)
def test_spans_are_those_of_go(text: str, expected: int | None) -> None:
    assert nanoseconds(text) == expected


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (Term("value", "a.b"), r"a\.b"),
        (Term("regex", "pump stalled(.+)pressure"), "pump stalled"),
        (Term("regex", "(?i).*valve.*has no pressure.*"), "(?i)has no pressure"),
        (Term("regex", "pump.*stalled|valve.*stuck"), "pump.*stalled|valve.*stuck"),
        (Term("jq", 'select(.event == "pump_stall" and .level == "error")'), "pump_stall"),
        (Term("jq", 'select(.event == "pump_stall" or .level == "error")'), r"\{"),
    ],
)
def test_a_term_is_screened_for_by_what_must_stand_in_one_line(term: Term, expected: str) -> None:
    assert screened_for(term) == expected
