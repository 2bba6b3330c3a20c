"""Names what a text without events, objects and log lines is, so that the ledger can say what was read.

Such files are searched for what the patterns know like every log; nothing else is taken out of them.
"""

from __future__ import annotations

import re
from typing import Final

from analyzer.encoding import looks_binary
from analyzer.ingest.between import is_between
from analyzer.ingest.documents import Unread, read
from analyzer.ingest.logline import LogHints, parse_line
from analyzer.model import Note
from analyzer.placement import Placement

_DOCUMENT_NAME: Final = re.compile(r"\.(?:ya?ml|json)(?:\.(?:gz|xz|bz2|zst))?$")
_BY_ROLE: Final = {"host": "host facts", "command": "command output", "collector": "collector log"}
_BY_NAME: Final = (
    (re.compile(r"(?:^|/)(?:LICENSE|NOTICE|COPYING|README|CHANGELOG|CONTRIBUTING)[^/]*$", re.IGNORECASE), "document"),
    (re.compile(r"\.(?:md|rst|adoc)$"), "document"),
    (re.compile(r"\.csv$"), "csv"),
    (re.compile(r"\.(?:tpl|tmpl|gotmpl|j2)$"), "template"),
    (re.compile(r"(?:\.(?:conf|cfg|config|ini|toml|properties|golden)|/\.[a-z]+ignore|/Chart\.lock)$"), "settings"),
    (re.compile(r"\.(?:sh|py|go|js|rb)$"), "source code"),
)
_BY_CONTENT: Final = (
    (re.compile(r"-----BEGIN [A-Z ]+-----"), "pem"),
    (re.compile(r"<(?:\?xml|!DOCTYPE|!--|html|testsuites?|[A-Za-z][\w:-]*[ >])", re.IGNORECASE), "markup"),
    (re.compile(r"# (?:HELP|TYPE) \w"), "metrics"),
    (re.compile(r"[\[{]\s*(?:[\"{\[\]}]|\d|true|false|null|-)"), "json"),
    (re.compile(r'(?:null|true|false|"[^"\n]*"|-?\d+(?:\.\d+)?)\s*\Z'), "json"),
)
_NOBODY: Final = LogHints()
_LOOKED_AT: Final = 20  # lines
_TEMPLATE: Final = re.compile(rb"\{\{-? *[.\w$]")  # of Helm, which is YAML only once it is filled in
_YAML_NAME: Final = re.compile(r"\.ya?ml$")
_YAML: Final = re.compile(r"(?:^|\n)(?:- )?[\w.\"'/-]+:(?:[ \t\r\n]|\Z)|(?:^|\n)- ")


def is_document_name(path: str) -> bool:
    """Whether a file is called a YAML or JSON document."""
    return _DOCUMENT_NAME.search(path) is not None


def not_read(raw: bytes, path: str) -> list[Note]:
    """A note where a document that holds no objects is no readable document either."""
    if not raw.strip() or looks_binary(raw[:4096]) or _TEMPLATE.search(raw):
        return []
    found = next((part for part in read(raw) if isinstance(part, Unread) and part.end > part.start), None)
    if found is None:
        return []
    line = raw.count(b"\n", 0, found.start) + 1
    return [Note(path=path, problem=f"{found.problem}: searched as text only", line=line)]


def _is_of_log(line: str) -> bool:
    """Whether a line has the header of a log's."""
    found = parse_line(line, _NOBODY)
    return found.timestamp is not None or found.source != _NOBODY.source


def kind_of(head: str, path: str, placement: Placement) -> str | None:
    """What a text that begins like this is, in a word; None when it is just text."""
    begin = head.lstrip("\ufeff \t\r\n")
    if not begin:
        return "empty"
    if placement.role in _BY_ROLE:
        return _BY_ROLE[placement.role]
    by_name = next((kind for pattern, kind in _BY_NAME if pattern.search(path)), None)
    if by_name is not None:
        return by_name
    by_content = next((kind for pattern, kind in _BY_CONTENT if pattern.match(begin)), None)
    if by_content is not None and (by_content != "json" or "json" in path or begin[:1] in "[{"):
        return by_content
    lines = [line for line in begin[:4096].split("\n") if line.strip()]
    if all(is_between(line) for line in (lines[:-1] or lines)):
        return "times"
    if 2 * sum(map(_is_of_log, lines[:_LOOKED_AT])) >= len(lines[:_LOOKED_AT]):
        return "log"
    return "yaml" if _YAML_NAME.search(path) and _YAML.search(begin) else None
