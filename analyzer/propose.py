"""A pattern proposed from a real line: its source, a regex for what stays the same, and examples that hold."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from analyzer.analysis import read, screen_of
from analyzer.bundle import Bundle
from analyzer.errors import UsageError
from analyzer.find import find
from analyzer.ingest import ingest
from analyzer.layout import place
from analyzer.model import Record
from analyzer.screen import Screen
from patterns.draft import EXPLAINED_BY_A_CONTAINER, Draft, text_of
from patterns.read import read_pattern
from patterns.regexes import dialect_problem
from patterns.schema import CAUSES, LOG_SOURCES, Library, Problem

LEAST_LITERAL: Final = 10  # characters that stay the same; a shorter regex is met by everything
LONGEST_MESSAGE: Final = 300  # of the message, from its start, that the regex is made of

# What differs from one occurrence to the next, the most particular first.
_VARYING: Final = re.compile(
    r"(?P<id>[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})"
    r"|(?P<address>\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?)"
    r"|(?P<path>(?<![\w.])/[\w.@-]+(?:/[\w.@-]+)+)"
    r"|\"(?P<quoted>[^\"\\]{1,200})\""
    r"|(?P<host>\b[a-z0-9-]+(?:\.[a-z0-9-]+){2,}\b)"
    r"|(?P<hash>\b(?=[a-f]*\d)[0-9a-f]{8,64}\b)"
    r"|(?P<number>\d+(?:\.\d+)?)"
)
_WRITTEN: Final = {
    "id": r"[0-9a-f-]{36}",
    "address": r"\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?",
    "path": r"/[\w./@-]{1,200}",
    "quoted": r'[^"]{1,200}',
    "host": r"[\w.-]{1,253}",
    "hash": r"[0-9a-f]{8,64}",
    "number": r"\d{1,18}(?:\.\d{1,9})?",
}
_NAMED: Final = ("address", "path", "quoted", "host")  # worth telling in the summary


def expression_of(message: str) -> tuple[str, tuple[str, ...]]:
    """A regex for messages like this one, with the names of its groups.

    Raises UsageError when too little of it stays the same to be told from anything else.
    """
    head = message.split("\n", maxsplit=1)[0][:LONGEST_MESSAGE].strip()
    out, names, literal, end = [], [], 0, 0
    for found in _VARYING.finditer(head):
        fixed, kind = head[end : found.start()], found.lastgroup or ""
        written = _WRITTEN[kind]
        if kind in _NAMED and kind not in names:
            names.append(kind)
            written = f"(?P<{kind}>{written})"
        out += [re.escape(fixed), f'"{written}"' if kind == "quoted" else written]
        literal += len(fixed.strip())
        end = found.end()
    out.append(re.escape(head[end:]))
    if literal + len(head[end:].strip()) < LEAST_LITERAL:
        raise UsageError(f"too little of this line stays the same to make a pattern of it: {head}")
    expression = "".join(out).replace(r"\ ", " ")
    if problem := dialect_problem(expression):
        raise UsageError(f"the regex proposed from this line does not hold ({problem}); give one with --message")
    return expression, tuple(names)


def line_of(place_given: str) -> tuple[str, str, str]:
    """FILE:LINE as the file's path, that line, and one beside it (the one before, else the one after, else "")."""
    path, _, number = place_given.rpartition(":")
    if not path or not number.isdecimal() or int(number) < 1:
        raise UsageError(f"{place_given}: give a file and a line, as in logs/cart.log:12")
    try:
        lines = Path(path).read_bytes().decode("utf-8", "backslashreplace").split("\n")
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None
    wanted = int(number)
    if wanted > len(lines) or not lines[wanted - 1].strip():
        raise UsageError(f"{path} has no text in line {wanted}")
    beside = [lines[i] for i in (wanted - 2, wanted) if 0 <= i < len(lines) and lines[i].strip()]
    return path, lines[wanted - 1], beside[0] if beside else ""


def propose(place_given: str, pattern_id: str, cause: str, title: str, library: Library) -> str:
    """The text of a pattern for the line at FILE:LINE; its example and its near miss hold."""
    path, line, beside = line_of(place_given)
    record = _record(path, line)
    expression, names = expression_of(record.message)
    name = Path(place(path).container or "app").name
    where = {"container_log": f"logs/{name}.log", "kernel_log": "kernel.log", "kubelet_log": "kubelet.log"}
    file = where.get(record.source, "pasted.txt" if record.source == "text" else Path(path).name)
    near = beside if beside and not re.search(expression, beside) else "all is well"
    draft = Draft(
        title=title,
        role="cause",
        cause=cause,
        source="log" if record.source in LOG_SOURCES else record.source,
        reason=None if record.source in LOG_SOURCES else record.reason,
        message=expression,
        found={file: f"{line}\n"},
        missed={file: f"{near}\n"},
        explains=EXPLAINED_BY_A_CONTAINER if record.source in ("container_log", "text") else (),
        captures=names,
    )
    return text_of(dataclasses.replace(draft, also=tuple(_others(draft, pattern_id, library))))


def _record(path: str, line: str) -> Record:
    """The line as the pipeline reads it at this path."""
    bundle = Bundle.of_files({path.lstrip("./"): f"{line}\n".encode("utf-8", "backslashreplace")})
    found = ingest(bundle, Screen.build((r"\S",))).records
    if not found:
        raise UsageError(
            f"{path}: this line is of a format whose records say nothing here; give --source and --message"
        )
    return found[0]


def _others(draft: Draft, pattern_id: str, library: Library) -> Iterable[str]:
    """Stable causes of the library that fire on the example too."""
    problems: list[Problem] = []
    category = next((c for c, classes in CAUSES.items() if draft.cause in classes), "app")
    pattern = read_pattern(f"{pattern_id}.yaml", category, text_of(draft), problems)
    if pattern is None or problems:
        raise UsageError(f"the pattern proposed is wrong: {problems[0] if problems else 'it cannot be read'}")
    bundle = Bundle.of_files({path: text.encode("utf-8") for path, text in draft.found.items()})
    screen = screen_of(library)
    for finding in find(read(bundle, screen), library, screen):
        other = library.patterns[finding.pattern]
        if other.role == "cause" and other.status == "stable":
            yield other.id
