"""What was masked where in a bundle, and what was left out of it."""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from analyzer.diagnosis import Masked
from reports.visible import one_line


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanedFile:
    """One file of the cleaned bundle, by its name there."""

    path: str
    lines: int  # line feeds, as many as the original has
    masked: tuple[tuple[str, int], ...]  # kind, places


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that the cleaned bundle lacks, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The whole of it."""

    files: tuple[CleanedFile, ...]
    left_out: tuple[LeftOut, ...]
    masked: tuple[Masked, ...]


def as_json(account: Account) -> bytes:
    """`podtopsy/redaction/v1`."""
    content = {
        "schema": "podtopsy/redaction/v1",
        "masked": [{"kind": m.kind, "values": m.values, "places": m.places} for m in account.masked],
        "files": [{"path": f.path, "lines": f.lines, "masked": dict(f.masked)} for f in account.files],
        "left_out": [{"path": left.path, "reason": left.reason} for left in account.left_out],
    }
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def as_text(account: Account) -> str:
    """The files in which something was masked, the totals by kind, what was left out."""
    lines = [
        f"{one_line(file.path)}: " + ", ".join(f"{kind} {number}" for kind, number in file.masked)
        for file in account.files
        if file.masked
    ]
    if lines:
        lines.append("")
    lines += [f"{kind.kind}: {kind.values} different in {kind.places} places" for kind in account.masked]
    lines.append(f"{len(account.files)} files written, {sum(bool(f.masked) for f in account.files)} with masks")
    if account.left_out:
        lines += ["", f"Left out ({len(account.left_out)}):"]
        lines += [f"  {one_line(left.path)}: {one_line(left.reason)}" for left in account.left_out]
    return "\n".join(lines)
