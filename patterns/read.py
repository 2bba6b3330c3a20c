"""One YAML file to a pattern, with every problem at its place.

The text is read by rapidyaml without resolving anchors or tags, so that `no`, `1e3` and `0o7` stay the
text they are, and a hostile file can neither run code nor grow without bound.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import orjson
import ryml

from patterns.regexes import dialect_problem, relax_quotes
from patterns.schema import (
    CAUSES,
    COLUMNS,
    LOG_SOURCES,
    ROLES,
    SCOPES,
    SEVERITIES,
    SOURCES,
    STATUSES,
    Example,
    Match,
    Pattern,
    Problem,
    Selector,
)

LONGEST_REGEX = 4000  # the longest of ours has a tenth

FIELDS = (
    "title",
    "role",
    "cause",
    "severity",
    "status",
    "summary",
    "meaning",
    "impact",
    "diagnosis",
    "mitigation",
    "verify",
    "avoid",
    "prevent",
    "match",
    "explains",
    "references",
    "examples",
)
REQUIRED = ("title", "role", "severity", "status", "meaning", "impact", "diagnosis", "mitigation", "match", "examples")
OURS = "patterns:"  # begins the path of a file of this package, as in patterns:memory/oom-node.yaml
DURATION = re.compile(r"(\d+)(s|m|h)$")
SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0}
LONGEST_TITLE = 70


class _File:
    """One file being read: its values, and where to report a problem."""

    def __init__(self, path: str, text: str, problems: list[Problem]) -> None:
        self.path = path
        self.is_ours = path.startswith(OURS)  # whose regexes `prove` checks: compiling them all costs 60 ms a run
        self.lines = text.split("\n")
        self.problems = problems
        self.values: dict[str, object] = {}

    def report(self, field: str, sentence: str) -> None:
        self.problems.append(Problem(self.path, self._line(field), field, sentence))

    def _line(self, field: str) -> int:
        """The line of the top-level key, moved to the nested key where one is named."""
        names = [n for n in re.split(r"[.\[\]]+", field) if n and not n.isdigit()]
        at = next((i for i, text in enumerate(self.lines) if names and text.startswith(names[0] + ":")), 0)
        for name in names[1:]:
            inner = re.compile(rf"[\s{{,-]{re.escape(name)}:")
            at = next((i for i in range(at, len(self.lines)) if inner.search(" " + self.lines[i])), at)
        return at + 1

    def line_of(self, text: str, field: str) -> int:
        """The line that holds this text as it is; that of the field where YAML writes it otherwise."""
        return next((n for n, line in enumerate(self.lines, 1) if text and text in line), None) or self._line(field)

    def text(self, field: str, value: object) -> str:
        if isinstance(value, str) and value.strip():
            return " ".join(value.split())
        self.report(field, "must be text that is not empty")
        return ""

    def texts(self, field: str, value: object) -> tuple[str, ...]:
        if value is None:
            return ()
        if not isinstance(value, list):
            self.report(field, "must be a list")
            return ()
        return tuple(self.text(f"{field}[{i}]", v) for i, v in enumerate(value))

    def one_of(self, field: str, value: object, allowed: Sequence[str]) -> str:
        if isinstance(value, str) and value in allowed:
            return value
        self.report(field, f"must be one of {', '.join(allowed)}")
        return allowed[0]

    def mapping(self, field: str, value: object, allowed: Sequence[str] = ()) -> dict[str, object]:
        if not isinstance(value, dict):
            self.report(field, "must be a mapping")
            return {}
        for key in value:
            if allowed and key not in allowed:
                self.report(f"{field}.{key}", f"is not a known key here; known are {', '.join(allowed)}")
        return value


def read_pattern(path: str, category: str, text: str, problems: list[Problem]) -> Pattern | None:
    """One file's pattern; problems are appended, and None is returned when the file is not even YAML."""
    file = _File(path, text, problems)
    try:
        tree = ryml.parse_in_arena(text.encode("utf-8"))
        values = orjson.loads(ryml.emit_json(tree))
    except Exception as error:  # ryml raises bare RuntimeErrors of several kinds
        first = str(error).strip().split("\n")[0]
        file.report("file", f"is not YAML that can be read: {first}")
        return None
    if not isinstance(values, dict):
        file.report("file", "must be a mapping of fields")
        return None
    file.values = values
    _check_fields(file)
    role = file.one_of("role", values.get("role"), ROLES)
    return Pattern(
        id=Path(path.removeprefix(OURS)).stem,
        category=category,
        path=path,
        title=_title(file, values.get("title")),
        role=role,
        cause=_cause(file, role, category),
        severity=file.one_of("severity", values.get("severity"), SEVERITIES),
        status=file.one_of("status", values.get("status"), STATUSES),
        summary=file.text("summary", values["summary"]) if "summary" in values else "",
        meaning=file.text("meaning", values.get("meaning")),
        impact=file.text("impact", values.get("impact")),
        diagnosis=file.texts("diagnosis", values.get("diagnosis")),
        mitigation=file.texts("mitigation", values.get("mitigation")),
        verify=file.texts("verify", values.get("verify")),
        avoid=file.texts("avoid", values.get("avoid")),
        prevent=file.texts("prevent", values.get("prevent")),
        match=_match(file, values.get("match")),
        explains=file.texts("explains", values.get("explains")),
        references=file.texts("references", values.get("references")),
        examples=_examples(file, values.get("examples")),
    )


def _check_fields(file: _File) -> None:
    keys = [m[1] for line in file.lines if (m := re.match(r"([A-Za-z_]\w*):", line))]
    for key in dict.fromkeys(keys):
        if keys.count(key) > 1:
            file.report(key, "is given twice")
        if key not in FIELDS:
            file.report(key, f"is not a field of a pattern; known are {', '.join(FIELDS)}")
    known = [k for k in dict.fromkeys(keys) if k in FIELDS]
    if known != sorted(known, key=FIELDS.index):
        late = next(k for k, o in zip(known, sorted(known, key=FIELDS.index), strict=True) if k != o)
        file.report(late, f"is out of order; the order is {', '.join(FIELDS)}")
    for key in REQUIRED:
        if key not in file.values:
            file.report(key, "is missing")


def _title(file: _File, value: object) -> str:
    title = file.text("title", value)
    if len(title) > LONGEST_TITLE:
        file.report("title", f"has {len(title)} characters, at most {LONGEST_TITLE} are allowed")
    if title.endswith("."):
        file.report("title", "must not end in a full stop")
    return title


def _cause(file: _File, role: str, category: str) -> str | None:
    value = file.values.get("cause")
    if role == "symptom":
        if value is not None:
            file.report("cause", "must be absent for a symptom")
        return None
    known = [c for classes in CAUSES.values() for c in classes]
    if value not in known:
        file.report("cause", f"must be one of {', '.join(known)}")
    elif category in CAUSES and category != _home(str(value)) and category not in ("config", "volume"):
        file.report("cause", f"belongs in the folder {_home(str(value))}/")
    return str(value)


def _home(cause: str) -> str:
    return next(category for category, classes in CAUSES.items() if cause in classes)


def _match(file: _File, value: object) -> Match:
    body = file.mapping("match", value)
    if "any" in body or "all" in body:
        file.mapping("match", value, ("any", "all", "within", "on"))
        kind = "all" if "all" in body else "any"
        if "any" in body and "all" in body:
            file.report("match", "takes either any or all, not both")
        if kind == "any" and ("within" in body or "on" in body):
            file.report("match", "within and on go with all")
        entries = body[kind]
        if not isinstance(entries, list) or not entries:
            file.report(f"match.{kind}", "must be a list of selectors")
            entries = []
        selectors = tuple(_selector(file, f"match.{kind}[{i}]", e) for i, e in enumerate(entries))
        on = file.one_of("match.on", body.get("on", "pod"), SCOPES)
        return Match(selectors, kind == "all", _within(file, body.get("within")), on)
    return Match((_selector(file, "match", value),))


def _within(file: _File, value: object) -> float | None:
    if value is None:
        return None
    found = DURATION.match(str(value))
    if not found:
        file.report("match.within", 'must be a duration such as "30s", "10m" or "2h"')
        return None
    return int(found[1]) * SECONDS[found[2]]


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _selector(file: _File, field: str, value: object) -> Selector:
    body = file.mapping(field, value, ("source", "reason", "message", "where"))
    sources: list[str] = []
    for source in _listed(body.get("source")):
        if source == "log":
            sources += LOG_SOURCES
        else:
            sources.append(file.one_of(f"{field}.source", source, SOURCES))
    if not sources:
        file.report(f"{field}.source", f"is missing; known are log, {', '.join(SOURCES)}")
    reasons = tuple(file.text(f"{field}.reason", r) for r in _listed(body.get("reason")))
    message = body.get("message")
    if message is not None and not isinstance(message, str):
        file.report(f"{field}.message", "must be a regex in quotes")
        message = None
    if message is not None and len(message) > LONGEST_REGEX:
        file.report(f"{field}.message", f"is longer than {LONGEST_REGEX:,} characters")
        message = None
    if message is not None and not file.is_ours and (problem := dialect_problem(message)):
        file.report(f"{field}.message", problem)
    if message is None and not reasons and not body.get("where"):
        file.report(field, "selects everything of its source; give a reason, a message or a where")
    if message is None and any(s in LOG_SOURCES for s in sources):
        file.report(f"{field}.message", "is needed for log sources: only lines it matches are kept")
    where = file.mapping(f"{field}.where", body["where"], COLUMNS) if "where" in body else {}
    return Selector(
        sources=tuple(dict.fromkeys(sources)),
        reasons=reasons,
        message=relax_quotes(message) if message is not None else None,
        where=tuple((k, tuple(_scalar(v) for v in _listed(w))) for k, w in sorted(where.items())),
        line=file.line_of(message or "", f"{field}.message"),
    )


def _scalar(value: object) -> str | int:
    return value if isinstance(value, int) else str(value)


def _examples(file: _File, value: object) -> tuple[Example, ...]:
    if not isinstance(value, list):
        file.report("examples", "must be a list")
        return ()
    return tuple(_example(file, f"examples[{i}]", e) for i, e in enumerate(value))


def _example(file: _File, field: str, value: object) -> Example:
    body = file.mapping(field, value, ("name", "origin", "files", "finds", "also"))
    files = file.mapping(f"{field}.files", body.get("files"))
    finds = body.get("finds")
    if finds != "nothing" and not (isinstance(finds, list) and finds):
        file.report(f"{field}.finds", "must be the word nothing or a list of what is found")
    found = [] if not isinstance(finds, list) else [file.mapping(f"{field}.finds", f) for f in finds]
    return Example(
        name=file.text(f"{field}.name", body.get("name")),
        origin=file.text(f"{field}.origin", body.get("origin")),
        files={str(k): str(v) for k, v in files.items()},
        finds=tuple({str(k): str(v) for k, v in f.items()} for f in found),
        also=file.texts(f"{field}.also", body.get("also")),
    )
