"""The pattern grammar: what is refused, and where the finger points."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from patterns.load import load_library
from patterns.read import read_pattern
from patterns.regexes import dialect_problem, relax_quotes
from patterns.schema import CAUSES, LibraryError, Problem

GOOD = """\
title: Widget lost its cog
role: cause
cause: app-crash
severity: warning
status: stable
meaning: The cog is gone.
impact: The widget stops.
diagnosis: ["kubectl get widget"]
mitigation: ["Put the cog back."]
match: {source: log, message: 'cog (?P<cog>[a-z]{1,20}) lost'}
examples:
  - name: a lost cog
    origin: "made: plain"
    files: {logs/widget.log: "cog alpha lost\\n"}
    finds: [{container: widget}]
  - name: a found cog
    origin: "made: near miss"
    files: {logs/widget.log: "cog alpha found\\n"}
    finds: nothing
"""


def problems_of(text: str) -> list[str]:
    found: list[Problem] = []
    read_pattern("patterns/app/widget.yaml", "app", text, found)
    return [f"{p.line}: {p.field}: {p.sentence}" for p in sorted(found)]


def test_a_good_pattern_has_no_problem_and_its_values() -> None:
    found: list[Problem] = []
    pattern = read_pattern("patterns/app/widget.yaml", "app", GOOD, found)
    assert found == []
    assert pattern is not None
    assert (pattern.id, pattern.category, pattern.cause) == ("widget", "app", "app-crash")
    assert pattern.match.selectors[0].message == "cog (?P<cog>[a-z]{1,20}) lost"
    assert pattern.match.selectors[0].log_sources[0] == "kubelet_log"
    assert [bool(e.finds) for e in pattern.examples] == [True, False]


def test_every_problem_is_reported_at_once_with_its_line() -> None:
    text = GOOD.replace("severity: warning", "severity: bad").replace("Widget lost its cog", "Widget lost its cog.")
    text = text.replace("role: cause", "rule: cause")
    assert problems_of(text) == [
        "1: role: is missing",
        "1: role: must be one of cause, symptom",
        "1: title: must not end in a full stop",
        "2: rule: is not a field of a pattern; known are title, role, cause, severity, status, summary, meaning, "
        "impact, diagnosis, mitigation, verify, avoid, prevent, match, explains, references, examples",
        "4: severity: must be one of critical, warning, info",
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("cause: app-crash", "cause: gremlins", "3: cause: must be one of config-file-missing, "),
        ("role: cause", "role: symptom", "3: cause: must be absent for a symptom"),
        ("source: log", "source: tea-leaves", "10: match.source: must be one of event, "),
        (", message: 'cog (?P<cog>[a-z]{1,20}) lost'", "", "10: match: selects everything of its source"),
        ("cog (?P<cog>[a-z]{1,20}) lost", "(?=cog)lost", "10: match.message: look-around is not in the dialect"),
        ("cog (?P<cog>[a-z]{1,20}) lost", "cog .* lost", "10: match.message: an unbounded .* or .+ is too greedy"),
        ("severity: warning", "severity: warning\nseverity: info", "4: severity: is given twice"),
        ("    finds: nothing", "    finds: []", "11: examples[1].finds: must be the word nothing or a list"),
        ("status: stable", "mitigation2: x\nstatus: stable", "5: mitigation2: is not a field of a pattern"),
    ],
)
def test_a_wrong_value_is_refused_in_one_sentence(old: str, new: str, expected: str) -> None:
    assert old in GOOD
    line = expected.split(":", maxsplit=1)[0]
    problems = [re.sub(r"^\d+", line, problem) for problem in problems_of(GOOD.replace(old, new))]
    assert any(problem.startswith(expected) for problem in problems)


def test_fields_out_of_order_are_refused() -> None:
    text = GOOD.replace("role: cause\ncause: app-crash\n", "cause: app-crash\nrole: cause\n")
    assert problems_of(text)[0].startswith("2: cause: is out of order")


def test_a_file_that_is_not_yaml_is_one_problem() -> None:
    assert len(problems_of("title: [unclosed\nrole: cause\n")) == 1


def test_a_users_pattern_takes_the_place_of_ours_by_its_id(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "widget.yaml").write_text(GOOD, encoding="utf-8")
    assert load_library([tmp_path]).patterns["widget"].title == "Widget lost its cog"


def test_a_users_folder_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="does not exist"):
        load_library([tmp_path / "nowhere"])


def test_explains_must_name_patterns_and_never_come_back(tmp_path: Path) -> None:
    folder = tmp_path / "app"
    folder.mkdir()
    with_edge = GOOD.replace("examples:", "explains: [EDGE]\nexamples:")
    (folder / "one.yaml").write_text(with_edge.replace("EDGE", "two"), encoding="utf-8")
    (folder / "two.yaml").write_text(with_edge.replace("EDGE", "one"), encoding="utf-8")
    (folder / "three.yaml").write_text(with_edge.replace("EDGE", "nobody"), encoding="utf-8")
    with pytest.raises(LibraryError) as caught:
        load_library([tmp_path])
    sentences = [p.sentence for p in caught.value.problems]
    assert sorted(sentences) == ["nobody is not a pattern", "one explains two in turn"]


NOT_IN_THE_DIALECT = ["(?=x)y", "(?<!a)b", r"(a)\1", "a++b", r"\Aabc", "x.*y", "", "a?", "(", r"\p{L}x"]


@pytest.mark.parametrize("expression", NOT_IN_THE_DIALECT)
def test_what_the_dialect_lacks_is_named(expression: str) -> None:
    assert dialect_problem(expression)


def test_a_plain_expression_is_in_the_dialect() -> None:
    assert dialect_problem(r"exit code (?P<code>\d{1,3}) of \.\* [.]{2}x") is None


def test_a_quote_also_matches_an_escaped_quote_outside_classes() -> None:
    relaxed = relax_quotes(r'exec: "(?P<file>[^"\\]+)": not \"found')
    assert relaxed == r'exec: \\*"(?P<file>[^"\\]+)\\*": not \"found'
    assert re.search(relaxed, r'exec: \\\"sh\\\": not "found')
    assert re.search(relaxed, 'exec: "sh": not "found')


def test_the_closed_list_of_causes_has_no_doubles() -> None:
    names = [c for classes in CAUSES.values() for c in classes]
    assert len(names) == len(set(names)) == 53
