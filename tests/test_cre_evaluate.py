"""Sets and sequences of the CRE format, judged over logs written for it."""

from __future__ import annotations

import io
from time import process_time

import pytest

from analyzer.cre import terms
from analyzer.cre.evaluate import Hit, matches, span
from analyzer.cre.guarded import Guarded
from analyzer.cre.read import read_text
from analyzer.cre.rule import Condition, Negation, Term
from analyzer.cre.terms import prover
from analyzer.cre.translate import Translation
from analyzer.diagnosis import Detection
from analyzer.ingest.bulk import read_log
from analyzer.placement import Placement
from analyzer.screen import Screen
from patterns.schema import Problem

A, B, C, CALM = (Term("value", name) for name in ("a", "b", "c", "calm"))
SET, SEQUENCE = "set", "sequence"


def hits(**times: list[int]) -> dict[Term, list[Hit]]:
    """Hits by term, each at a time; what comes first in the call comes first among equal times."""
    named = {"a": A, "b": B, "c": C, "calm": CALM}
    return {named[name]: [Hit(t, (n,)) for t in given] for n, (name, given) in enumerate(times.items())}


def condition(kind: str, parts: tuple[Term, ...], window: int, *negations: Negation) -> Condition:
    return Condition(is_sequence=kind == SEQUENCE, parts=parts, window=window, negations=negations, source="s")


def times(found: Condition, seen: dict[Term, list[Hit]]) -> list[tuple[int, ...]]:
    return [tuple(hit.time for hit in match) for match in matches(found, seen)]


def test_a_set_holds_in_any_order() -> None:
    assert times(condition(SET, (A, B), 10), hits(b=[1], a=[5])) == [(1, 5)]


def test_a_sequence_holds_in_its_order_alone() -> None:
    assert times(condition(SEQUENCE, (A, B), 10), hits(b=[1], a=[5])) == []
    assert times(condition(SEQUENCE, (A, B), 10), hits(a=[1], b=[5])) == [(1, 5)]


def test_of_equal_times_the_order_of_lines_counts() -> None:
    assert times(condition(SEQUENCE, (A, B), 10), hits(a=[1], b=[1])) == [(1, 1)]
    assert times(condition(SEQUENCE, (A, B), 10), hits(b=[1], a=[1])) == []


@pytest.mark.parametrize("kind", [SET, SEQUENCE])
def test_the_ends_of_a_window_belong_to_it(kind: str) -> None:
    assert times(condition(kind, (A, B), 10), hits(a=[0], b=[10])) == [(0, 10)]
    assert times(condition(kind, (A, B), 10), hits(a=[0], b=[11])) == []


@pytest.mark.parametrize("kind", [SET, SEQUENCE])
def test_a_first_event_that_is_too_old_gives_way_to_a_later_one(kind: str) -> None:
    assert times(condition(kind, (A, B), 10), hits(a=[0, 8], b=[15])) == [(8, 15)]


def test_every_match_has_events_of_its_own() -> None:
    assert times(condition(SET, (A, B), 10), hits(a=[1, 2, 3], b=[4, 5])) == [(1, 4), (2, 5)]


def test_a_count_needs_so_many_events_within_the_window() -> None:
    assert times(condition(SET, (A, A, A), 10), hits(a=[0, 9, 12, 18])) == [(9, 12, 18)]
    assert times(condition(SEQUENCE, (A, A, B), 10), hits(a=[0, 3], b=[2])) == []
    assert times(condition(SEQUENCE, (A, A, B), 10), hits(a=[0, 3], b=[4])) == [(0, 3, 4)]


def test_a_line_that_holds_two_terms_serves_a_set_and_not_two_steps_of_a_sequence() -> None:
    both = {A: [Hit(1, (1,))], B: [Hit(1, (1,))]}
    assert times(condition(SET, (A, B), 10), both) == [(1, 1)]
    assert times(condition(SEQUENCE, (A, B), 10), both) == []


@pytest.mark.parametrize(
    ("negation", "first", "last"),
    [
        (Negation(what=CALM), 100, 104),  # as long as the match
        (Negation(what=CALM, window=6), 100, 110),  # that, and the window
        (Negation(what=CALM, window=6, is_absolute=True), 100, 106),
        (Negation(what=CALM, slide=-3), 97, 101),
        (Negation(what=CALM, slide=3), 103, 107),
        (Negation(what=CALM, anchor=1), 104, 108),
        (Negation(what=CALM, window=2, slide=-5, anchor=1, is_absolute=True), 99, 101),
        (Negation(what=CALM, window=-10), 100, 100),  # never less than its first instant
    ],
)
def test_a_forbidden_event_counts_from_the_first_to_the_last_instant_of_its_span(
    negation: Negation, first: int, last: int
) -> None:
    assert span(negation, (100, 104)) == (first, last)
    for kind in (SET, SEQUENCE):
        found = condition(kind, (A, B), 10, negation)
        for time in (first, last):
            assert times(found, hits(a=[100], b=[104], calm=[time])) == []
        for time in (first - 1, last + 1):
            assert times(found, hits(a=[100], b=[104], calm=[time])) == [(100, 104)]


def test_a_set_is_anchored_at_its_events_in_time_order() -> None:
    found = condition(SET, (A, B), 10, Negation(what=CALM, anchor=1, window=1, is_absolute=True))
    assert times(found, hits(b=[1], a=[5], calm=[6])) == []


def test_a_match_that_is_forbidden_leaves_its_other_events_to_the_next() -> None:
    found = condition(SEQUENCE, (A, B), 10, Negation(what=CALM))
    assert times(found, hits(a=[1, 4], calm=[2], b=[5])) == [(4, 5)]


def test_what_stands_right_before_a_match_within_one_tick_does_not_forbid_it() -> None:
    found = condition(SET, (A, B), 10, Negation(what=CALM))
    assert times(found, hits(calm=[1], a=[1], b=[2])) == [(1, 2)]
    assert times(condition(SET, (A,), 0, Negation(what=CALM)), hits(calm=[1], a=[1])) == []


def test_many_events_that_lead_nowhere_are_judged_quickly() -> None:
    count = 5000
    found = condition(SEQUENCE, (A, B, C), 10, Negation(what=CALM, anchor=2, window=10**9, is_absolute=True))
    many = list(range(count))
    assert times(found, hits(a=many, b=many, c=many, calm=[10**6])) == []


def detect(rule: str, log: str, terms: str = "") -> tuple[Detection, ...]:
    problems: list[Problem] = []
    text = "rules:\n  - cre: {id: made-up, title: Pumps stall}\n    rule:\n"
    text += "".join(f"      {line}\n" for line in rule.strip("\n").split("\n")) + terms
    translation = Translation.of(read_text("r.yaml", text, problems))
    assert problems == []
    screen = Screen.build((), sought=translation.sought())
    harvest = read_log(io.BytesIO(log.encode()), Placement(layout="flat", why=""), screen, "pump.log")
    return translation.detect(harvest.sought)


ONE = "set:\n  event: {source: s}\n  match:\n    - "


def lines_of(found: tuple[Detection, ...]) -> list[list[int]]:
    return [[line.line for line in detection.evidence] for detection in found]


def test_a_value_is_text_and_a_regex_is_none() -> None:
    log = "2026-01-02T03:04:05Z pump (1) stalled [x]\n"
    assert lines_of(detect(ONE + '"pump (1) stalled [x]"', log)) == [[1]]
    assert detect(ONE + '"pump (.) stalled"', log) == ()
    assert lines_of(detect(ONE + "regex: 'pump \\(.\\) stall'", log)) == [[1]]


def test_a_jq_term_is_true_of_a_line_of_json() -> None:
    log = '{"ts":"2026-01-02T03:04:05Z","event":"stall","level":"error"}\n{"event":"stall","level":"info"}\nno json\n'
    assert lines_of(detect(ONE + 'jq: \'select(.event == "stall" and .level == "error")\'', log)) == [[1]]
    assert detect(ONE + "jq: '.level | error'", log) == ()


def test_a_count_and_the_first_time_are_told() -> None:
    log = "".join(f"2026-01-02 03:04:0{n} pump stalled\n" for n in range(3))
    (found,) = detect(ONE + "pump stalled", log)
    assert (found.id, found.count, str(found.first_seen)) == ("made-up", 3, "2026-01-02 03:04:00+00:00")
    assert [(line.path, line.line, line.text) for line in found.evidence] == [
        ("pump.log", 1, "2026-01-02 03:04:00 pump stalled")
    ]


def test_lines_of_one_entry_are_read_as_one_where_no_line_alone_holds_the_term() -> None:
    log = "2026-01-02 03:04:05 pump failed\n  valve: 7\n  stuck for good\n2026-01-02 03:04:06 stuck\n"
    assert lines_of(detect(ONE + "regex: 'pump failed.*stuck for good'", log)) == [[3]]
    assert detect(ONE + "regex: 'valve.*2026'", log) == ()


def test_in_a_log_without_times_the_order_of_lines_counts() -> None:
    rule = "sequence:\n  window: 1s\n  event: {source: s}\n  order: [opened, closed]\n  negate: [drained]"
    assert lines_of(detect(rule, "opened\nx\nclosed\n")) == [[1, 3]]
    assert detect(rule, "closed\nopened\n") == ()
    assert detect(rule, "opened\ndrained\nclosed\n") == ()
    assert lines_of(detect(rule, "drained\nopened\nclosed\n")) == [[1 + 1, 3]]


def test_a_regex_that_hyperscan_refuses_is_found_all_the_same() -> None:
    assert lines_of(detect(ONE + "regex: '^\\s*stalled?\\s*$|x*y*'", "z\n  stalled \n"))[0] == [1]


NESTED = """
sequence:
  window: 30s
  order:
    - sequence:
        window: 5s
        event: {source: cre.log.pump, origin: true}
        order: [pressure low, pump stalled]
    - set:
        event: {source: cre.log.valve}
        match: [valve stuck]
  negate:
    - set:
        event: {source: cre.log.valve}
        match: [drill]
"""


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (("00 pressure low", "03 pump stalled", "20 valve stuck"), [[1, 2, 3]]),
        (("00 pressure low", "09 pump stalled", "20 valve stuck"), []),  # the inner window
        (("00 pressure low", "03 pump stalled", "59 valve stuck"), []),  # the outer one
        (("00 valve stuck", "10 pressure low", "13 pump stalled"), []),  # the order
        (("00 pressure low", "03 pump stalled", "09 drill", "20 valve stuck"), []),  # the forbidden set
    ],
)
def test_nested_conditions_are_events_of_the_one_they_stand_in(rows: tuple[str, ...], expected: list[int]) -> None:
    log = "".join(f"2026-01-02 03:04:{row}\n" for row in rows)
    assert lines_of(detect(NESTED, log)) == expected


@pytest.mark.parametrize(
    ("program", "line", "holds"),
    [
        ('select(.a.b == "x")', '{"a": {"b": "x"}}', True),
        ('select(.a.b == "x")', '{"a": "x"}', False),
        ('select(.a.b == "x")', '{"a": {"b": 1}}', False),
        ('select(.a == "x") | .b', '{"a": "x", "b": false}', False),
        ('select(.a | test("^x+$"))', 'pump: {"a": "xx"}', True),
        (".a", '{"a": 1} and more', False),
    ],
)
def test_a_jq_program_says_the_same_whoever_evaluates_it(program: str, line: str, holds: bool) -> None:
    assert prover(Term("jq", program), {})(line) is holds


SLOW = (Term("jq", 'select(.a == "x") | [limit(300000000; repeat(1))] | length'), Term("regex", "(a|aa)+$"))


@pytest.mark.parametrize("term", SLOW, ids=["jq", "regex"])
def test_a_term_that_takes_too_long_is_no_match_and_asked_no_more(term: Term, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terms, "MATCH_SECONDS", 0.1)
    terms._guarded.cache_clear()
    slow: terms.Slow = {}
    line = '{"a": "x", "b": "' + "a" * 40 + '"}'
    proves = prover(term, slow)
    start = process_time()
    assert [proves(line) for _ in range(20)] == [False] * 20
    assert slow == {term: 3}
    assert process_time() - start < 5
    terms._guarded.cache_clear()


def test_the_process_for_jq_goes_on_after_a_program_was_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    guarded = Guarded(0.2)
    with pytest.raises(TimeoutError):
        guarded.is_true(SLOW[0].text, '{"a": "x"}')
    assert Guarded(30).is_true(".a", '{"a": "x"}')
    monkeypatch.setattr(guarded, "_seconds", 30)
    assert guarded.is_true(".a", '{"a": "x"}')
    assert not guarded.is_true(".a", "no json")


def test_a_rule_with_a_slow_term_is_named_with_its_file_and_line() -> None:
    problems: list[Problem] = []
    text = "rules:\n  - cre: {id: made-up, title: Pumps stall}\n    rule:\n      " + ONE.replace("\n", "\n      ")
    translation = Translation.of(read_text("r.yaml", text + "regex: 'a+b'\n", problems))
    assert problems == []
    translation.slow[translation.terms[0]] = 3
    (note,) = translation.notes()
    assert (note.path, note.count) == ("r.yaml", 3)
    assert note.line is not None
    assert note.problem == "a term of made-up took more than 1 s on a line, which counts as no match"
