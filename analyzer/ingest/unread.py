"""Closes the ledger: links that lead to files that were read, one note for what was not, duplicates."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from analyzer.model import FileEntry, Note

_LINK: Final = re.compile(r"(?:hard )?link to (.+)", re.DOTALL)
_COUNTED: Final = re.compile(r"^\d+ of \d+ lines could not be read$")


def with_links(files: Sequence[FileEntry]) -> list[FileEntry]:
    """The entries; a link to something else that is in the ledger is not unread, its content stands there."""
    if not any(f.status == "skipped" and _LINK.fullmatch(f.reason or "") for f in files):
        return list(files)
    read = {f.path for f in files if f.status != "skipped"}
    folders = {folder for path in read for folder in _folders(path)}
    return [_link(f, read, folders) if f.status == "skipped" and f.reason else f for f in files]


def _folders(path: str) -> list[str]:
    ends = [i for i, character in enumerate(path[:4096]) if character == "/"]
    return [path[:end] for end in ends]


def _link(entry: FileEntry, read: set[str], folders: set[str]) -> FileEntry:
    match = _LINK.fullmatch(entry.reason or "")
    if match is None:
        return entry
    target = posixpath.normpath(posixpath.join(posixpath.dirname(entry.path), match[1]))
    as_member = match[1].lstrip("/") if (entry.reason or "").startswith("hard") else target
    for found in (target, as_member):
        if (
            found in read
            or found in folders
            or any(path.endswith(f"/{found}") for path in _near(entry.path, found, read))
        ):
            return replace(entry, status="parsed", reason=f"{entry.reason}, read there")
    return entry


def _near(path: str, found: str, read: set[str]) -> list[str]:
    """The target of a hard link below each folder of the entry: its name counts from the archive's root."""
    return [folder_path for folder in _folders(path) if (folder_path := f"{folder}/{found}") in read]


def notes_of(files: Sequence[FileEntry], notes: Sequence[Note]) -> list[Note]:
    """A note for each reason why files were not read whole, where no note names them already."""
    named = {note.path for note in notes}
    grouped: dict[str, list[FileEntry]] = {}
    for entry in files:
        if entry.status != "parsed" and entry.path not in named:
            grouped.setdefault(_kind_of(entry.reason or "not read"), []).append(entry)
    return [
        Note(path=of[0].path, problem=kind if len(of) > 1 else of[0].reason or kind, count=len(of))
        for kind, of in grouped.items()
    ]


def _kind_of(reason: str) -> str:
    """The reason without what differs from file to file."""
    if _LINK.fullmatch(reason):
        return "link to something that is not in the bundle"
    return _COUNTED.sub("some of its lines could not be read", reason)
