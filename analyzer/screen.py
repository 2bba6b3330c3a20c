"""Many expressions searched for at once in raw bytes.

Hyperscan (https://intel.github.io/hyperscan/dev-reference/) answers "which expressions may match, and where
do they end" for a whole block in one pass; the `regex` package then confirms on the one line. To make the
first answer never too small it is asked a looser question: `^` and `$` are dropped, because what stands at
the start of a message stands behind a log header in the file, and what ends it may be followed by the quote
of a JSON string; of a closing `+`, `.*` or `{1,200}` the least is asked, because it would report every further byte.

The dialect is what Hyperscan, `regex` and Rust's regex share: no look-around, no back-references.
"""

from __future__ import annotations

import functools
import os
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import hyperscan
import regex

from analyzer import screen_cache
from analyzer.errors import PatternError
from analyzer.placement import Placement

MATCH_SECONDS: Final = 1.0  # for one expression on one text; what takes longer counts as no match
MOST_SLOW: Final = 3  # texts on which an expression may take longer; then it is not tried any more
_FLAGS: Final = hyperscan.HS_FLAG_MULTILINE
PARTIAL_LINE: Final = r"^\d{4}-\d\d-\d\dT\S{8,40} std(?:out|err) P(?::\S{1,16})? "
"""A line of the CRI log format that goes on in the next one (the tag P of kubelet's pkg/kuberuntime/logs)."""
SECTION_LINE: Final = (
    r"^(?:==== START logs for container \S{1,63} of pod \S{1,320} ====|Default(?:ed|ing) container "
    r"|(?:[^\n]{0,80}[$#>%~] {1,5})?(?:kubectl|oc|kc|k) (?:[^\n]{1,120} )?logs? [^\n]{1,300}$)"
)
"""The heading of one container's log: in `kubectl cluster-info dump` (kubectl's clusterinfo_dump.go), what `kubectl
logs` says when it was not told the container, and the command itself where somebody copied it along."""
DOCKER_PART: Final = r'(?:[^n]|[^\\]n)","stream":"std(?:out|err)"'
"""A line of docker's json-file that goes on in the next one: its text does not end with `\\n`."""
FILE_LINE: Final = r"^==> \S[^\n]{0,200} <==\r?\n"
"""The heading of one log among several: `minikube logs`, and `tail` of several files."""
SUPPRESSED_LINE: Final = r"Suppressed \d+ messages from "
"""What journald's rate limit leaves out (systemd's journald-rate-limit.c)."""
BOOT_LINE: Final = r"^-- (?:Reboot|Boot [0-9a-f]{32}) --"
"""What journalctl writes where the next boot begins."""
STRUCTURE: Final = (PARTIAL_LINE, SECTION_LINE, DOCKER_PART, FILE_LINE, SUPPRESSED_LINE, BOOT_LINE)
_ANY_LINE: Final = r"^[^\n]"  # for what Hyperscan can tell nothing of, such as what matches an empty text
_CLOSING: Final = re.compile(
    r"""(?:(?<=[\w\s:"'])\.[*+]\??|(?<![+*?}\\(|])\+\??|(?<=[\w\s\].)])\{(?P<least>[1-9]\d{0,3}),\d{0,4}\}\??)"""
    r"(?P<groups>\)*)$"
)


class ScreenError(PatternError):
    """Expressions outside the shared dialect: `problems` has (index, reason) for each, in order."""

    def __init__(self, problems: Sequence[tuple[int, str]]) -> None:
        """One line a problem."""
        self.problems = tuple(problems)
        super().__init__("\n".join(f"expression {index}: {reason}" for index, reason in problems))


@dataclass(frozen=True, slots=True)
class Sought:
    """What a screen searches for besides, for somebody else."""

    expressions: tuple[str, ...]
    wanted: Callable[[str, Placement], frozenset[int]]  # numbers of those that matter in the file at this path
    lone: frozenset[int]  # numbers of those that matter without anything else beside them


class Screen:
    """A compiled set of expressions; safe to use from several threads.

    `threads` is how many may scan one log at a time; what they find does not depend on it.
    """

    def __init__(self, expressions: Sequence[str], database: Any, sought: Sought | None = None) -> None:
        """Use `Screen.build`."""
        self.expressions = tuple(expressions)
        self.sought = sought
        self.first_sought = len(self.expressions) + len(STRUCTURE)  # the index that `scan` gives the first of those
        self.slow: dict[int, int] = {}  # expression index -> texts on which it took longer than MATCH_SECONDS
        self.threads = _cores()
        self._database = database
        self._local = threading.local()

    @classmethod
    def build(cls, expressions: Sequence[str], cache: Path | None = None, sought: Sought | None = None) -> Screen:
        """Compile, or load from the cache directory (default: the user's); ScreenError lists every bad one.

        What is `sought` besides is searched for in the same pass; `match` and `confirm` know nothing of it, and
        nothing of it is refused.

        The cache saves time and nothing else: absent, unwritable or damaged it is as if it were not there.
        """
        written = tuple(expressions)
        directory = cache or screen_cache.user_directory()
        terms = sought.expressions if sought is not None else ()
        key = screen_cache.key((*written, *STRUCTURE, *terms))
        stored = screen_cache.load(directory, key)
        database = None if stored is None else _revive(stored)
        if database is None:
            database = _compile_or_explain(written, terms)
            screen_cache.store(directory, key, hyperscan.dumpb(database))
        return cls(written, database, sought)

    def scan(self, block: bytes) -> list[tuple[int, int]]:
        """(End offset, expression index) of every line that may match, sorted; one hit a line and expression.

        Indexes from `len(expressions)` on are those of STRUCTURE, from `first_sought` on those of `sought`. A
        candidate only: `confirm` decides.
        Where one line has several matches of an expression the first counts.
        """
        if not block:
            return []
        found: list[tuple[int, int]] = []
        line_ends: dict[int, int] = {}
        find = block.find
        length = len(block)

        def on_match(index: int, _start: int, end: int, _flags: int, _context: object) -> None:
            if end > line_ends.get(index, -1):
                following = find(b"\n", end)
                line_ends[index] = length if following < 0 else following
                found.append((end, index))

        self._database.scan(block, match_event_handler=on_match, scratch=self._scratch())
        found.sort()
        return found

    def match(self, text: str) -> tuple[int, ...]:
        """Indexes of the expressions that match somewhere in this text, ascending."""
        if not text:
            return ()
        found: set[int] = set()
        data = text.encode("utf-8", "surrogatepass")
        self._database.scan(data, match_event_handler=lambda index, *_: found.add(index), scratch=self._scratch())
        return self.confirm(text, sorted(i for i in found if i < len(self.expressions)))

    def confirm(self, text: str, candidates: Sequence[int]) -> tuple[int, ...]:
        """Those of the candidate expressions that do match in this text."""
        return tuple(i for i in candidates if self._matches(i, text))

    def _matches(self, index: int, text: str) -> bool:
        if self.slow.get(index, 0) >= MOST_SLOW:
            return False
        try:
            return _compiled(self.expressions[index]).search(text, timeout=MATCH_SECONDS) is not None
        except TimeoutError:
            self.slow[index] = self.slow.get(index, 0) + 1
            return False

    def _scratch(self) -> Any:
        """Hyperscan's working memory, one a thread."""
        scratch = getattr(self._local, "scratch", None)
        if scratch is None:
            scratch = self._local.scratch = hyperscan.Scratch(self._database)
        return scratch


def _cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@functools.lru_cache(maxsize=8192)
def _compiled(expression: str) -> regex.Pattern[str]:
    return regex.compile(expression, regex.MULTILINE)


def matches(expression: str, text: str) -> bool:
    """Whether the expression matches somewhere in the text; what takes too long counts as no match."""
    try:
        return _compiled(expression).search(text, timeout=MATCH_SECONDS) is not None
    except TimeoutError:
        return False


def loosen(expression: str) -> str:
    """The expression without anchors and without greedy ends: it matches wherever the original does, and more."""
    branches: list[list[str]] = [[]]
    position = depth = 0
    while position < len(expression):
        char = expression[position]
        end = position + 1
        if char == "\\":
            end = position + 2
            pair = expression[position:end]
            branches[-1].append("" if pair in ("\\A", "\\Z", "\\z") else pair)
        elif char == "[":
            end = _class_end(expression, position)
            branches[-1].append(expression[position:end])
        elif char == "|" and not depth:
            branches.append([])
        else:
            depth += (char == "(") - (char == ")")
            branches[-1].append("" if char in "^$" else char)
        position = end
    return "|".join(_CLOSING.sub(_least, "".join(branch)) for branch in branches)


def _least(closing: re.Match[str]) -> str:
    """What is left of a quantifier at the end, with the groups it closes."""
    least, groups = closing["least"], closing["groups"] or ""
    return groups if least is None else f"{{{least}}}{groups}"


def _class_end(expression: str, start: int) -> int:
    """Where the character class that opens at `start` ends: a `]` right behind `[` or `[^` is a member."""
    position = start + 1
    if expression[position : position + 1] == "^":
        position += 1
    if expression[position : position + 1] == "]":
        position += 1
    while position < len(expression) and expression[position] != "]":
        if expression.startswith("[:", position):
            position = max(expression.find(":]", position) + 1, position)
        position += 2 if expression[position] == "\\" else 1
    return min(position + 1, len(expression))


def _compile(expressions: Sequence[str], flags: Sequence[int] = ()) -> Any:
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=[e.encode("utf-8") for e in expressions],
        ids=list(range(len(expressions))),
        flags=[*flags] or [_FLAGS] * len(expressions),
    )
    return database


def _compile_or_explain(expressions: Sequence[str], terms: Sequence[str]) -> Any:
    """The database; expressions are compiled one by one only where compiling all of them fails."""
    try:
        for expression in expressions:
            _compiled(expression)
        searched = [*(loosen(e) for e in expressions), *STRUCTURE]
        if not terms:
            return _compile(searched)
        try:
            return _compile([*searched, *(loosen(term) for term in terms)])
        except hyperscan.error:
            looked_for = [_searchable(term) for term in terms]
        flags = [*([_FLAGS] * len(searched)), *(flag for _, flag in looked_for)]
        return _compile([*searched, *(term for term, _ in looked_for)], flags)
    except (hyperscan.error, regex.error, ValueError, OverflowError):
        _check(expressions)
        raise


def _searchable(term: str) -> tuple[str, int]:
    """What Hyperscan searches for a term, with its flags: the term, what it can tell of it, or every line."""
    for flags in (_FLAGS, _FLAGS | hyperscan.HS_FLAG_PREFILTER):
        try:
            _compile([loosen(term)], [flags])
        except hyperscan.error:
            continue
        return loosen(term), flags
    return _ANY_LINE, _FLAGS


def _check(expressions: Sequence[str]) -> None:
    """Raise ScreenError with every expression that one of the two engines refuses."""
    problems: list[tuple[int, str]] = []
    for index, expression in enumerate(expressions):
        try:
            _compiled(expression)
        except (regex.error, ValueError, OverflowError) as error:
            problems.append((index, str(error)))
            continue
        try:
            _compile([loosen(expression)])
        except hyperscan.error as error:
            problems.append((index, str(error).rstrip(".")))
    if problems:
        raise ScreenError(problems)


def _revive(stored: bytes) -> Any:
    try:
        return hyperscan.loadb(stored, hyperscan.HS_MODE_BLOCK)
    except (hyperscan.error, ValueError, TypeError, MemoryError):  # made for another processor or version
        return None
