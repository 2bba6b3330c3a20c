"""What people wrote for the postmortem: a Markdown file with a heading for each field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from analyzer.draft import FIELDS, folded
from analyzer.errors import UsageError

_heading: Final = re.compile(r"#{1,6}[ \t]+(?P<name>.*?)[ \t]*#*[ \t]*")
LARGEST_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """The texts by the folded name of their field, with the headings that are no field's name."""

    texts: Mapping[str, str]
    unknown: tuple[str, ...]


def read_notes(path: Path) -> Notes:
    """The notes in a file; raises UsageError with one sentence where it cannot be read."""
    try:
        content = path.read_bytes()[: LARGEST_BYTES + 1]
        if len(content) > LARGEST_BYTES:
            raise UsageError(f"{path} is larger than 1 MB: notes are short")
        return parse(content.decode("utf-8"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8 text") from None


def parse(text: str) -> Notes:
    """The paragraphs under each heading; what stands before the first one, or under no field's name, is unknown."""
    known = {folded(name) for name, _ in FIELDS}
    found: dict[str, list[str]] = {}
    unknown: list[str] = []
    at: list[str] | None = None
    for line in text.replace("\r\n", "\n").split("\n"):
        heading = _heading.fullmatch(line)
        if heading is None:
            if at is not None:
                at.append(line)
            continue
        name = folded(heading["name"])
        at = found.setdefault(name, []) if name in known else None
        if at is None:
            unknown.append(heading["name"])
    return Notes(texts={name: "\n".join(rows).strip("\n") for name, rows in found.items()}, unknown=tuple(unknown))
