"""A YAML text as a tree whose parts know their lines.

rapidyaml reads the text, without resolving aliases or tags. Its Python binding does not tell where a node stands,
so lines are found again by walking the nodes, which come in the order of the text, and looking for each from where
the one before it ended.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import ryml

from analyzer.ingest.quiet import quiet_stderr


class YamlError(ValueError):
    """The text is no YAML; `line` is where reading stopped, from 1."""

    def __init__(self, line: int, reason: str) -> None:
        """One reason."""
        self.line = line
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Node:
    """A scalar (`text`), a list (`items`) or a mapping (`entries`); exactly one of the three is not None."""

    line: int  # where it begins; of a value of a mapping: where its key stands
    text: str | None = None
    items: tuple[Node, ...] | None = None
    entries: tuple[tuple[str, Node], ...] | None = None
    is_null: bool = False
    is_alias: bool = False

    def get(self, key: str) -> Node | None:
        """The value of a key of a mapping; None where there is none or it is null."""
        found = next((node for name, node in self.entries or () if name == key), None)
        return None if found is None or found.is_null else found


def read_documents(text: str) -> list[Node]:
    """The documents of a YAML text; raises YamlError."""
    data = text.encode("utf-8", "surrogatepass")
    try:
        with quiet_stderr():
            tree = ryml.parse_in_arena(data)
    except ryml.ExceptionBasic as error:
        raise YamlError(*_place(error)) from None
    root = tree.root_id()
    walk = _Walk(tree, text)
    return [walk.node(child) for child in ryml.children(tree, root)] if tree.is_stream(root) else [walk.node(root)]


def _place(error: Any) -> tuple[int, str]:
    location = getattr(getattr(error, "errdata_parse", None), "ymlloc", None)
    line = getattr(location, "line", 1)
    return (line if isinstance(line, int) and line > 0 else 1), str(getattr(error, "msg", "")) or "not readable"


@dataclass(slots=True)
class _Walk:
    """One pass over the nodes, with the offset in the text behind what was met last."""

    tree: Any
    text: str
    at: int = 0
    counted: int = 0  # newlines before `counted_to`
    counted_to: int = field(default=0)

    def node(self, number: int, line: int = 0) -> Node:
        tree = self.tree
        if tree.is_map(number):
            entries = tuple(self._entries(number))
            return Node(line or (entries[0][1].line if entries else self._line()), entries=entries)
        if tree.is_seq(number):
            items = tuple(self.node(child) for child in ryml.children(tree, number))
            return Node(line or (items[0].line if items else self._line()), items=items)
        if not tree.has_val(number):
            return Node(line or self._line(), text="", is_null=True)
        return self._scalar(number, line)

    def _entries(self, number: int) -> Iterator[tuple[str, Node]]:
        for child in ryml.children(self.tree, number):
            key = _string(self.tree.key(child))
            found = re.compile(rf"(?<![\w.-]){re.escape(key)}[\"']?\s*:").search(self.text, self.at)
            if found is not None:
                self.at = found.end()
            line = self._line(found.start() if found is not None else self.at)
            yield key, self.node(child, line)

    def _scalar(self, number: int, line: int) -> Node:
        value = _string(self.tree.val(number))
        is_null = not self.tree.is_val_quoted(number) and value in ("", "~", "null", "Null", "NULL")
        is_alias = bool(self.tree.is_val_ref(number))
        start = None
        for row in value.split("\n"):
            found = self.text.find(row.strip(), self.at)
            if row.strip() and found >= 0:
                start = found if start is None else start
                self.at = found + len(row.strip())
        here = self._line(start if start is not None else self.at)
        return Node(line or here, text=value, is_null=is_null, is_alias=is_alias)

    def _line(self, offset: int | None = None) -> int:
        """The line of an offset, from 1."""
        target = self.at if offset is None else offset
        if target >= self.counted_to:
            self.counted += self.text.count("\n", self.counted_to, target)
        else:
            self.counted -= self.text.count("\n", target, self.counted_to)
        self.counted_to = target
        return self.counted + 1


def _string(raw: memoryview) -> str:
    return bytes(raw).decode("utf-8", "surrogatepass")
