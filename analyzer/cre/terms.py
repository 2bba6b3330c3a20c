"""What a CRE term asks of one line: how it is screened for, and how a line is proved."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from typing import Final

import orjson
import regex

from analyzer.cre.guarded import Guarded, compiled
from analyzer.cre.rule import Term
from analyzer.screen import MATCH_SECONDS, MOST_SLOW

Slow = dict[Term, int]
"""Lines on which a term took longer than MATCH_SECONDS."""

JSON_LINE: Final = r"\{"
"""What a jq term is screened for where no text of it must stand in the line."""

_QUOTED: Final = re.compile(r"\\Q(.*?)(?:\\E|\Z)", re.DOTALL)
_EQUALS: Final = r'\.[\w.]{1,100}\s{0,4}==\s{0,4}"([\w .:/-]{1,200})"'
_SIMPLE_JQ: Final = re.compile(
    rf"\s*select\(\s{{0,4}}{_EQUALS}(?:\s{{1,4}}and\s{{1,4}}{_EQUALS}){{0,20}}\s{{0,4}}\)\s*"
)
_EQUAL: Final = re.compile(r'(\.[\w.]{1,100})\s{0,4}==\s{0,4}"([\w .:/-]{1,200})"')
_PATH: Final = re.compile(r"(?:\.[A-Za-z_]\w{0,99})+", re.ASCII)
_TEXTS: Final = re.compile(r'==\s{0,4}"([\w .:-]{1,200})"')
_TELLING: Final = 5  # letters and digits that make a part worth searching for alone
_LETTERS: Final = re.compile(r"\\.|\[[^\]]*\]|\{[^}]*\}|[^A-Za-z0-9]")
_LEADING_FLAGS: Final = re.compile(r"\(\?[a-zA-Z]+\)")
_TOKEN: Final = re.compile(
    r"(?P<any>\((?:\?:)?\.[+*]\??\)|\.[+*]\??)|\\.|\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]|.", re.DOTALL
)


def term_problem(kind: str, text: str) -> str:
    """Why a term cannot be looked for; "" when it can."""
    if not text:
        return "must not be empty"
    if kind == "regex":
        try:
            regex.compile(_ours(text), _FLAGS)
        except (regex.error, ValueError, OverflowError, RecursionError) as error:
            return f"is no regular expression: {error}"
    if kind == "jq":
        try:
            compiled(text)
        except ValueError as error:
            return f"is no jq program: {str(error).strip().split(chr(10))[0]}"
    return ""


def screened_for(term: Term) -> str:
    """The regular expression that matches in a line of every entry that the term may be true of.

    Of an expression that may match across the lines of one entry, its most telling part.
    """
    if term.kind == "regex":
        return _telling_part(_ours(term.text))
    if term.kind == "value":
        return re.escape(term.text)
    required = _TEXTS.findall(term.text) if _SIMPLE_JQ.fullmatch(term.text) else []
    return re.escape(max(required, key=len)) if required else JSON_LINE


def _telling_part(expression: str) -> str:
    """The part between two of "anything at all" that has the most letters; the whole where there are choices."""
    flags = _LEADING_FLAGS.match(expression)
    head = flags[0] if flags else ""
    parts, position, depth = [""], len(head), 0
    while position < len(expression):
        token = _TOKEN.match(expression, position)
        assert token is not None
        position = token.end()
        depth += (token[0] == "(") - (token[0] == ")")
        if not depth and token.lastgroup == "any":
            parts.append("")
        elif not depth and token[0] == "|":
            return expression
        else:
            parts[-1] += token[0]
    best = max(parts, key=lambda part: len(_LETTERS.sub("", part)))
    return head + best if len(_LETTERS.sub("", best)) >= _TELLING else expression


_FLAGS: Final = regex.VERSION0 | regex.ASCII


def _ours(expression: str) -> str:
    """A regular expression of Go (RE2) in the words of Python: \\z, and \\Q...\\E."""
    plain = _QUOTED.sub(lambda found: re.escape(found[1]), expression)
    return re.sub(r"((?:^|[^\\])(?:\\\\)*)\\z", r"\1\\Z", plain)


def prover(term: Term, slow: Slow) -> Callable[[str], bool]:
    """Whether a line is what the term asks for; one that took too long on some lines is asked no more."""
    asks = _asker(term)

    def proves(line: str) -> bool:
        if slow.get(term, 0) >= MOST_SLOW:
            return False
        try:
            return asks(line)
        except TimeoutError:
            slow[term] = slow.get(term, 0) + 1
            return False

    return proves


@functools.lru_cache(maxsize=8192)
def _asker(term: Term) -> Callable[[str], bool]:
    """Whether a line is what the term asks for; raises TimeoutError."""
    if term.kind == "value":
        return functools.partial(_has_field, term) if term.field else functools.partial(_contains, term.text)
    if term.kind == "regex":
        return functools.partial(_matches, regex.compile(_ours(term.text), _FLAGS))
    if _SIMPLE_JQ.fullmatch(term.text) and all(_PATH.fullmatch(path) for path, _ in _EQUAL.findall(term.text)):
        return functools.partial(_has_values, [(path[1:].split("."), text) for path, text in _EQUAL.findall(term.text)])
    return functools.partial(_guarded().is_true, term.text)


@functools.cache
def _guarded() -> Guarded:
    """One process for all programs."""
    return Guarded(MATCH_SECONDS)


def _has_values(wanted: Sequence[tuple[Sequence[str], str]], line: str) -> bool:
    """`select(.a.b == "x" and ...)` without jq: by far the most rules ask nothing else."""
    start = line.find("{")
    if start < 0:
        return False
    try:
        value = orjson.loads(line[start:])
    except ValueError:
        return False
    return all(_value_at(value, path) == text for path, text in wanted)


def _value_at(value: object, path: Sequence[str]) -> object:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _has_field(term: Term, line: str) -> bool:
    """An event in JSON has the field; of other text no more can be said than that it holds the value."""
    if not line.startswith("{"):
        return term.text in line
    try:
        event = orjson.loads(line)
    except ValueError:
        return False
    return isinstance(event, dict) and event.get(term.field) == term.text


def _contains(text: str, line: str) -> bool:
    return text in line


def _matches(expression: regex.Pattern[str], line: str) -> bool:
    return expression.search(line, timeout=MATCH_SECONDS) is not None
