"""The text of `kubectl describe` as lines with keys, cut into the blocks of single objects."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from analyzer.ingest import columns
from analyzer.ingest.between import is_between
from analyzer.ingest.gather import TEXT_LIMIT
from analyzer.ingest.kinds import is_known, kind_of

_KEYED: Final = re.compile(r"( {0,200})\\?([A-Za-z0-9_](?:[^\s:]| (?! )){0,120}):(?: +(.*))?$")
_ASKED: Final = re.compile(r"\bdescribe\s+(?:-\S+\s+)*([A-Za-z][A-Za-z.]{1,60})(?:[/ ]+([a-z0-9][\w.-]{0,252}))?")
# k8s.io/kubectl/pkg/describe/describe.go: of a pod that is no more its events are shown as long as they live.
_GONE: Final = re.compile(r"Pod '([a-z0-9][a-z0-9.-]{0,252})': error '.{0,500}', but found events\.$")
_NEIGHBOURS: Final = frozenset(
    {
        "Namespace", "Roles", "Labels", "Annotations", "Priority", "Node", "StorageClass", "Role", "Selector",
        "CreationTimestamp", "Image(s)", "Image", "Resource", "Status", "IsDefaultClass",
    }
)  # fmt: skip
"""Keys that stand right behind the Name of an object."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `    Exit Code:  137` is key "Exit Code", value "137", indent 4."""

    number: int
    text: str  # as in the file, cut at TEXT_LIMIT
    plain: str  # without tabs and frames
    indent: int
    key: str | None
    value: str


@dataclass(slots=True)
class Block:
    """The lines of one object, or of a piece that somebody cut out."""

    kind: str | None = None  # of the command before it, or of the file's name
    name: str | None = None
    namespace: str | None = None
    lines: list[Line] = field(default_factory=list)

    def values(self, key: str) -> list[str]:
        """The value of a key at the left margin, with its further lines ("Labels:", "Tolerations:")."""
        margin = self.margin
        for position, line in enumerate(self.lines):
            if line.key == key and line.indent == margin:
                out = [line.value]
                for further in self.lines[position + 1 :]:
                    if further.indent <= margin:
                        break
                    out.append(further.plain.strip())
                return [v for v in out if v and v not in ("<none>", "<unset>", "<unknown>", "<nil>")]
        return []

    def value(self, key: str) -> str | None:
        """The value in the key's own line; None when absent or <none>."""
        return next(iter(self.values(key)), None)

    @property
    def margin(self) -> int:
        """The column of the block's keys: that of its Name, unless this is the Name of something inside it."""
        keyed = [line for line in self.lines if line.key]
        named = next((i for i, line in enumerate(keyed) if line.key == "Name"), None)
        if named is not None and all(line.indent >= keyed[named].indent for line in keyed[:named]):
            return keyed[named].indent
        return min((line.indent for line in keyed), default=0)

    @property
    def keys(self) -> frozenset[str]:
        """The keys at the margin."""
        margin = self.margin
        return frozenset(line.key for line in self.lines if line.key and line.indent == margin)


def lines_of(texts: Sequence[str]) -> list[Line]:
    """All lines, the empty ones too."""
    out = []
    for number, text in enumerate(texts, start=1):
        plain, shown = columns.plain(text), text[:TEXT_LIMIT]
        match = _KEYED.match(plain) if ":" in plain else None
        if match is not None:
            key = "Name" if match.group(2) == "name" and plain.startswith("\\") else match.group(2)
            out.append(Line(number, shown, plain, len(match.group(1)), key, (match.group(3) or "").strip()))
        else:
            out.append(Line(number, shown, plain, len(plain) - len(plain.lstrip()), None, plain.strip()))
    return out


def blocks(lines: Sequence[Line], kind: str | None, namespace: str | None) -> Iterator[Block]:
    """The objects of a text; a command line or a Name at the margin begins one."""
    block = Block(kind=kind, namespace=namespace)
    for position, line in enumerate(lines):
        command = columns.command(line.plain)
        if command is not None:
            if block.lines:
                yield block
            asked = _ASKED.search(command)
            is_kind = asked is not None and is_known(asked.group(1))
            block = Block(
                kind=kind_of(asked.group(1)) if asked and is_kind else kind,
                name=asked.group(2) if asked and is_kind else None,
                namespace=columns.namespace_of(command) or namespace,
            )
            continue
        gone = _GONE.match(line.plain)
        if gone is not None or is_between(line.text):
            if block.lines:
                yield block
            known = ("Pod", gone[1]) if gone is not None else (kind, None)
            block = Block(kind=known[0], name=known[1], namespace=namespace)
            continue
        if any(other.plain for other in block.lines) and _begins(lines, position, block):
            yield block
            block = Block(kind=block.kind, namespace=block.namespace)
        block.lines.append(line)
    if any(line.plain for line in block.lines):
        yield block


def _begins(lines: Sequence[Line], position: int, block: Block) -> bool:
    """Whether this Name is an object's own, not that of a volume's ConfigMap."""
    line = lines[position]
    if line.key != "Name" or not line.value:
        return False
    if any(other.key == "Name" and other.indent < line.indent for other in block.lines):
        return False
    following = [other for other in lines[position + 1 : position + 4] if other.plain]
    return any(other.key in _NEIGHBOURS and other.indent == line.indent for other in following)
