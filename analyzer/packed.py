"""The entries of a tar or zip archive, one after the other, whatever is wrong with it.

What is unsafe, special or damaged is told and passed over; nothing is unpacked, no link is followed.
"""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack

from analyzer import tarstream, zipsalvage, zipstream
from analyzer.given import Entry, Told, give_up, instant
from analyzer.member import UNREADABLE, first_line
from analyzer.names import LONGEST_PATH, clean_name, shown_name


def tar_entries(entry: Entry, told: Told) -> Iterator[Entry]:
    """The members of a tar archive in stored order; each is valid until the next is asked for."""
    seen: set[bytes] = set()
    for member, data in tarstream.members(entry.stream, lambda problem: told.note(entry.path, problem)):
        name = clean_name(member.name)
        path = entry.prefix + (name or shown_name(member.name))
        if member.kind == "directory":
            continue
        if name is None:
            told.skip(path, member.size, "unsafe path")
        elif len(member.name) > LONGEST_PATH:
            told.skip(path[:LONGEST_PATH], member.size, f"path of more than {LONGEST_PATH} bytes")
        elif member.kind in ("link", "hard link"):
            told.skip(path, 0, f"{member.kind} to {shown_name(member.target)}")
        elif member.kind != "file":
            told.skip(path, member.size, f"{member.kind}: not a regular file")
        else:
            if member.name in seen:
                told.note(path, "stands more than once in the archive; each is read")
            seen.add(member.name)
            yield Entry(path=path, size=member.size, modified=instant(member.modified), stream=data, prefix=f"{path}/")


def zip_entries(entry: Entry, head: bytes, told: Told) -> Iterator[Entry]:
    """The members of a zip archive by name, or those found by their own headers where its list is of no use.

    `head` was read from a stream that has no way back. Raises InputError where nothing is found in what was given.
    """
    with ExitStack() as stack:
        try:
            zipped = zipfile.ZipFile(zipstream.seekable(entry.stream, head, stack))
        except UNREADABLE as error:
            yield from _salvaged(entry, f"damaged zip archive ({first_line(error)})", told)
            return
        if not zipped.infolist() and head[:4] != b"PK\x05\x06":  # an empty list, in a comment for instance
            yield from _salvaged(entry, "its list of members is empty", told)
            return
        yield from _listed(zipped, entry, told)


def _listed(zipped: zipfile.ZipFile, entry: Entry, told: Told) -> Iterator[Entry]:
    seen: set[str] = set()
    for info in sorted(zipped.infolist(), key=lambda i: i.filename):
        name = clean_name(os.fsencode(info.filename.replace("\\", "/")))
        path = entry.prefix + (name or shown_name(os.fsencode(info.filename)))
        if info.filename.endswith("/") and not info.file_size:
            continue
        if reason := zipstream.reason_to_skip(info, name):
            told.skip(path, info.compress_size, reason)
            continue
        if path in seen:
            told.note(path, "stands more than once in the archive; each is read")
        seen.add(path)
        try:
            stream = zipped.open(info)
        except UNREADABLE as error:
            told.skip(path, info.compress_size, f"damaged zip member ({first_line(error)})")
            continue
        with stream:
            modified = zipstream.modified(info)
            yield Entry(path=path, size=info.file_size, modified=modified, stream=stream, prefix=f"{path}/")


def _salvaged(entry: Entry, reason: str, told: Told) -> Iterator[Entry]:
    """What a zip archive without its list of members still holds."""
    if not isinstance(entry.stream, (io.FileIO, io.BytesIO)) or entry.size > told.limits.salvage_bytes:
        give_up(told, entry, reason)
        return
    entry.stream.seek(0)
    found = 0
    for member in zipsalvage.salvage(entry.stream.read(), told.limits.salvage_bytes):
        name = clean_name(member.name)
        path = entry.prefix + (name or shown_name(member.name))
        if name is None or (member.damage is not None and not member.data):
            told.skip(path, 0, member.damage or "unsafe path")
            continue
        found += 1
        if member.damage is not None:
            told.note(path, member.damage)
        stream = io.BytesIO(member.data)
        yield Entry(path=path, size=len(member.data), modified=None, stream=stream, prefix=f"{path}/")
    if found:
        told.note(entry.path, f"{reason}: {found} files were found by their own headers")
    else:
        give_up(told, entry, reason)
