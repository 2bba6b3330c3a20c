"""Tables that kubectl prints for people: a header line, and cells below its words.

Cells are cut at the header's offsets; a value that is too long pushes the rest to the right, then the cells are
what two or more blanks separate (k8s.io/cli-runtime/pkg/printers pads with three).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_GAP: Final = re.compile(r" {2,}")
_WORDS: Final = re.compile(r"[^ ]+(?: [^ ]+)*")
_FRAMES: Final = ("│", "┃", "|")
_QUOTED: Final = re.compile(r"^(?:> ?)+(?=[^>]*\S)")  # by a mail program, or in Markdown
_INNER: Final = re.compile(r"[ ]{0,200}[│┃|][ ]{0,200}")  # between the cells of a table of Markdown
_LEAST_COLUMNS: Final = 4  # a frame with fewer cells may be around a message with such a mark
_RULE: Final = frozenset("-:|│┃ ")
_PROMPT: Final = re.compile(r"^.{0,80}?(?:^|[\w\])~/-]*[$#>%➜]\s*|^z?)(?P<command>z?(?:kubectl|oc|k)\s+.*)$")
_NAMESPACE: Final = re.compile(r"(?:\s-n\s*|\s-n=|--namespace[ =])([a-z0-9][a-z0-9-]{0,62})")


@dataclass(frozen=True, slots=True)
class Columns:
    """The header of one table."""

    names: tuple[str, ...]  # upper case
    starts: tuple[int, ...]

    def cells(self, line: str) -> dict[str, str] | None:
        """The cells of a row by column name; None when the line does not fit the table."""
        if self._is_aligned(line):
            ends = (*self.starts[1:], len(line))
            cut = [line[a:b].strip() for a, b in zip((0, *self.starts[1:]), ends, strict=True)]
            return dict(zip(self.names, cut, strict=True))
        parts = _GAP.split(line.strip(), maxsplit=len(self.names) - 1)
        if len(parts) != len(self.names):
            return None
        return dict(zip(self.names, parts, strict=True))

    def _is_aligned(self, line: str) -> bool:
        """Whether no value crosses the start of a column."""
        return all(
            start >= len(line) or (line[start - 1] == " " and (start < 2 or line[start - 2] == " "))
            for start in self.starts[1:]
        )


def header(line: str) -> Columns | None:
    """The columns when this line is the header of a table: upper-case words, or Type, Reason, Age..."""
    words = list(_WORDS.finditer(line))
    if len(words) < 2:
        return None
    columns: list[tuple[str, int]] = [(w.group().upper(), w.start()) for w in words]
    return Columns(tuple(n for n, _ in columns), tuple(s for _, s in columns))


def plain(line: str) -> str:
    """The line with tabs as blanks, and without what was drawn around it: a terminal's frame, a quotation's mark."""
    line = _QUOTED.sub("", line.expandtabs(8).rstrip())
    start = line.lstrip()
    if start[:1] not in _FRAMES:
        return line
    inner = start[1:].rstrip("".join(_FRAMES)).rstrip()
    if len(_INNER.findall(inner)) < _LEAST_COLUMNS - 1:
        return inner
    return "" if set(inner) <= _RULE else _INNER.sub("   ", inner).strip()


def command(line: str) -> str | None:
    """The kubectl or oc command of a pasted prompt line ("$ kubectl get pods"), without the prompt."""
    if "kubectl" not in line and "oc " not in line and "k " not in line:
        return None
    match = _PROMPT.match(line.strip()[:400])
    return match.group("command") if match else None


def namespace_of(command_line: str) -> str | None:
    """The namespace that a command asks for with -n or --namespace."""
    match = _NAMESPACE.search(command_line)
    return match.group(1) if match else None
