"""Reads CRE rule files, with every problem at its place.

A file holds documents of `rules` and of `terms` (named terms, which every rule of the file may use). What makes a
rule invalid follows the reference compiler (https://github.com/prequel-dev/prequel-compiler, pkg/parser and pkg/ast);
keys of `cre` and `metadata` that are not known here are left alone, for the format grows there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from analyzer.cre.condition import Reader
from analyzer.cre.rule import SEVERITIES, Application, Rule
from analyzer.cre.yaml_tree import Node, YamlError, read_documents
from patterns.schema import LibraryError, Problem

LARGEST_BYTES: Final = 16 << 20
_SUFFIXES: Final = frozenset((".yaml", ".yml"))
_ID: Final = re.compile(r"[A-Za-z0-9_.-]{1,200}")
_TOP: Final = ("rules", "terms", "section", "version")
_OF_RULE: Final = ("metadata", "cre", "rule", "compiler")


def rule_files(paths: Sequence[Path]) -> list[Path]:
    """The given files, and the YAML files below the given directories, in sorted order."""
    found: list[Path] = []
    for path in paths:
        found += sorted(f for f in path.rglob("*") if f.suffix in _SUFFIXES) if path.is_dir() else [path]
    return list(dict.fromkeys(found))


def read_rules(paths: Sequence[Path]) -> tuple[Rule, ...]:
    """All rules of files and directories; raises LibraryError with every problem of every file.

    A YAML file of a directory that has no `rules` (tags, categories) is passed over.
    """
    problems: list[Problem] = []
    rules: list[Rule] = []
    for path in rule_files(paths):
        rules += read_file(path, problems, is_given=path in paths)
    seen: dict[str, Rule] = {}
    for rule in rules:
        other = seen.setdefault(rule.id, rule)
        if other is not rule:
            problems.append(Problem(rule.path, rule.line, "cre.id", f"{rule.id} is also in {other.path}:{other.line}"))
    if not rules and not problems:
        problems.append(Problem(str(paths[0]) if paths else "rules", 1, "rules", "there are no CRE rules here"))
    if problems:
        raise LibraryError(problems)
    return tuple(rules)


def read_file(path: Path, problems: list[Problem], is_given: bool = True) -> list[Rule]:
    """The rules of one file that are right; what is wrong with the others goes to `problems`."""
    try:
        if path.stat().st_size > LARGEST_BYTES:
            problems.append(Problem(str(path), 1, "file", f"is larger than {LARGEST_BYTES >> 20} MiB"))
            return []
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        problems.append(Problem(str(path), 1, "file", f"cannot be read: {error}"))
        return []
    return read_text(str(path), text, problems, is_given)


def read_text(path: str, text: str, problems: list[Problem], is_given: bool = True) -> list[Rule]:
    """The rules of a file's text; see `read_file`."""
    try:
        documents = read_documents(text)
    except YamlError as error:
        problems.append(Problem(path, error.line, "file", f"is not YAML that can be read: {error}"))
        return []
    return _File(path, problems).rules(documents, is_given)


class _File:
    """One file being read."""

    def __init__(self, path: str, problems: list[Problem]) -> None:
        self.path = path
        self.problems = problems

    def report(self, node: Node, field: str, sentence: str) -> None:
        self.problems.append(Problem(self.path, node.line, field, sentence))

    def rules(self, documents: Sequence[Node], is_given: bool) -> list[Rule]:
        mappings = [d for d in documents if d.entries is not None]
        if not is_given and not any(d.get("rules") for d in mappings):
            return []
        terms: dict[str, Node] = {}
        found: list[tuple[Node, int]] = []
        for document in documents:
            if document.entries is None:
                if document.text is None or document.text.strip():
                    self.report(document, "file", "must be a mapping with rules")
                continue
            for key, node in document.entries:
                if key not in _TOP:
                    self.report(node, key, f"is not known here; known are {', '.join(_TOP)}")
            self._named(document.get("terms"), terms)
            listed = document.get("rules")
            if listed is not None and listed.items is None:
                self.report(listed, "rules", "must be a list")
            found += [(node, number) for number, node in enumerate((listed.items if listed else None) or ())]
        if not found and not self.problems:
            self.report(Node(1), "rules", "is missing: there are no rules in this file")
        return [rule for node, number in found if (rule := self._rule(node, number, terms)) is not None]

    def _named(self, node: Node | None, terms: dict[str, Node]) -> None:
        if node is None:
            return
        if node.entries is None:
            self.report(node, "terms", "must be a mapping of names to terms")
        for name, term in node.entries or ():
            if name in terms:
                self.report(term, f"terms.{name}", "is given twice")
            terms[name] = term

    def _rule(self, node: Node, number: int, terms: dict[str, Node]) -> Rule | None:
        field = f"rules[{number}]"
        known = len(self.problems)
        if node.entries is None:
            self.report(node, field, "must be a mapping with cre and rule")
            return None
        for key, value in node.entries:
            if key not in _OF_RULE:
                self.report(value, f"{field}.{key}", f"is not known here; known are {', '.join(_OF_RULE)}")
        cre = node.get("cre") or Node(node.line, entries=())
        name = self._text(cre, "id")
        if not name:
            self.report(cre, f"{field}.cre.id", "is missing")
        elif not _ID.fullmatch(name):
            self.report(cre, f"{field}.cre.id", "may hold letters, digits, dots, underscores and hyphens only")
        self._check_metadata(node.get("metadata"), field)
        reader = Reader(self.path, self.problems, terms)
        condition = reader.root(node, field)
        if condition is None or len(self.problems) > known:
            return None
        return Rule(
            id=name,
            path=self.path,
            line=node.line,
            condition=condition,
            title=self._text(cre, "title"),
            severity=self._severity(cre),
            category=self._text(cre, "category"),
            description=self._text(cre, "description"),
            cause=self._text(cre, "cause"),
            impact=self._text(cre, "impact"),
            mitigation=self._text(cre, "mitigation"),
            references=tuple(n.text.strip() for n in _items(cre.get("references")) if n.text),
            applications=tuple(self._application(n) for n in _items(cre.get("applications"))),
        )

    def _check_metadata(self, metadata: Node | None, field: str) -> None:
        """Rule and hash id may be absent; what is there must be one word."""
        for key in ("id", "hash"):
            node = metadata.get(key) if metadata is not None else None
            if node is not None and not (node.text and _ID.fullmatch(node.text)):
                self.report(node, f"{field}.metadata.{key}", "must be one word of letters and digits")

    @staticmethod
    def _text(node: Node, key: str) -> str:
        value = node.get(key)
        return (value.text or "").strip() if value is not None else ""

    def _severity(self, cre: Node) -> str:
        text = self._text(cre, "severity")
        return SEVERITIES[int(text)] if text.isascii() and text.isdigit() and int(text) < len(SEVERITIES) else ""

    def _application(self, node: Node) -> Application:
        return Application(
            name=self._text(node, "name"),
            process=self._text(node, "processName"),
            container=self._text(node, "containerName"),
            image=self._text(node, "imageUrl"),
        )


def _items(node: Node | None) -> tuple[Node, ...]:
    return (node.items if node is not None else None) or ()
