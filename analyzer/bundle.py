"""The files of a support bundle, whatever it came packed in, one after the other.

Nothing is unpacked to disk, no link is followed, nothing but regular files is opened. What a thing is
decides its content (magic numbers), never its name. Compressed files and archives inside the bundle are
read in place; a member's path is then `outer.tgz/inner/name`.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from analyzer import archive
from analyzer.ahead import ReadAhead
from analyzer.archive import HEAD_BYTES, Decompressed, Rewound
from analyzer.encoding import looks_binary
from analyzer.errors import InputError
from analyzer.given import Entry, Source, Told, give_up, prefixes, source_of
from analyzer.member import UNREADABLE, Limits, MemberStream, Meter, Unbroken, damage_of, first_line
from analyzer.model import ARCHIVE, INTERRUPTED, FileEntry, Note
from analyzer.names import is_odd
from analyzer.packed import tar_entries, zip_entries
from analyzer.stored import Stored
from analyzer.tarstream import Readable

__all__ = ["Bundle", "BundleFile", "Limits", "open_bundle"]

CRASHED: Final = "the reader crashed on this file: not read"
_ARCHIVE_PARTS: Final = frozenset(("tar", "gz", "tgz", "xz", "txz", "bz2", "tbz2", "zst", "zip", "7z", "rar"))


@dataclass(frozen=True, slots=True)
class BundleFile:
    """One regular file of the bundle.

    `open()` gives the decompressed content as a binary stream. It may be called once, and the stream is
    valid only until the next file is asked for: most bundles are archives read in one pass.
    """

    path: str  # POSIX, relative to the given PATH
    size: int  # bytes as the bundle stores them: compressed, when the file itself is compressed
    modified: dt.datetime | None
    open: Callable[[], MemberStream]
    stored: Stored | None = None  # where it is compressed: to be finished when the content has been read


class _Stopped(Exception):
    """Nothing more is to be read."""


class Bundle:
    """One incident's evidence; `files()` may be walked once, `listed` and `notes` fill while it is."""

    def __init__(self, sources: Sequence[Source], paths: Sequence[str], limits: Limits | None = None) -> None:
        """Use `open_bundle` or `of_files`."""
        self.paths = tuple(paths)
        self.listed: list[FileEntry] = []  # beside the files: what is skipped, and archives inside the bundle
        self.notes: list[Note] = []
        self.files_seen = 0
        self.limits = limits or Limits()
        self.watch: Callable[[str, int], None] | None = None  # told (path, bytes) before anything is looked into
        self.avoid: frozenset[str] = frozenset()  # paths that have ended a process that looked into them
        self._sources = sources
        self._meter = Meter(self.limits)
        self._taken = 0  # bytes of the entries before the present one
        self._stream: Readable | None = None  # of the present entry
        self._path = ""  # of the present file
        self._is_stopped = False
        self._empty = 0  # files without content
        self._unlisted = ""  # the first of those that are not listed

    @classmethod
    def of_files(cls, files: Mapping[str, bytes], limits: Limits | None = None) -> Bundle:
        """A bundle held in memory, read like a directory with these files."""

        def entries(_: Told) -> Iterator[Entry]:
            for path, data in sorted(files.items()):
                yield Entry(path=path, size=len(data), modified=None, stream=io.BytesIO(data), prefix=f"{path}/")

        return cls([entries], (), limits)

    @property
    def bytes_read(self) -> int:
        """Decompressed bytes handed out so far."""
        return self._meter.total

    @property
    def bytes_taken(self) -> int:
        """Bytes of the given PATHs read so far, compressed where they are: what a share of their size is told from."""
        stream = self._stream
        return self._taken + (stream.tell() if isinstance(stream, io.FileIO) and not stream.closed else 0)

    def tell(self, progress: Callable[[int, int, str], None]) -> None:
        """Tell `progress` (files, bytes of the PATHs, path) with each file and again with each block of it."""
        self._meter.told = lambda: progress(self.files_seen, self.bytes_taken, self._path)

    def files(self) -> Iterator[BundleFile]:
        """Every readable file; raises InputError where a PATH as a whole cannot be read."""
        try:
            yield from self._all_files()
        except _Stopped:
            self.note(self._path, INTERRUPTED)
        if self._unlisted:
            problem = (
                f"more than {self.limits.empty_files:,} empty files (--max-empty-files): the others are not listed"
            )
            self.notes.append(Note(path=self._unlisted, problem=problem, count=self._empty - self.limits.empty_files))

    def _all_files(self) -> Iterator[BundleFile]:
        for given in self._sources:
            for entry in given(self):
                before, self._stream = self.files_seen, entry.stream
                yield from self._open(entry, 0)
                self._taken, self._stream = self._taken + entry.size, None
                if entry.given and self.files_seen == before:
                    why = next((n.problem for n in self.notes if n.path == entry.path), "it holds no files")
                    raise InputError(f"{entry.given} cannot be read: {why}")

    def stop(self) -> None:
        """End `files()` behind the present one, with a note."""
        self._is_stopped = True

    def held(
        self, path: str, size: int, modified: dt.datetime | None, raw: bytes, rest: Readable | None = None
    ) -> BundleFile:
        """A file of this bundle of which `raw` was read already, and `rest` is still to be read."""
        stream = MemberStream(io.BytesIO(raw) if rest is None else Rewound(raw, rest), Meter(self.limits))
        return BundleFile(path, size, modified, lambda: stream)

    def skip(self, path: str, size: int, reason: str) -> None:
        """List something that is not read."""
        self.listed.append(FileEntry(path=path, bytes=size, status="skipped", reason=reason))
        self.files_seen += 1

    def note(self, path: str, problem: str) -> None:
        """Say something about how the bundle was read."""
        self.notes.append(Note(path=path, problem=problem))

    def _open(self, entry: Entry, depth: int) -> Iterator[BundleFile]:
        if self._is_full(entry):
            return
        if self.watch is not None:
            self.watch(entry.path, entry.size)
        if entry.path in self.avoid:
            give_up(self, entry, CRASHED)
            return
        try:
            head = _read_head(entry.stream)
        except UNREADABLE as error:
            give_up(self, entry, first_line(error))
            return
        if not head and damage_of(entry.stream) is None:
            self._empty += 1
            if self._empty > self.limits.empty_files:
                self._unlisted = self._unlisted or entry.path
                return
        yield from self._recognise(entry, head, depth)
        if self._is_stopped:
            raise _Stopped

    def _is_full(self, entry: Entry) -> bool:
        if self.files_seen == self.limits.files:
            self.note(entry.path, f"more than {self.limits.files:,} files (--max-files): the rest is not read")
            self.files_seen += 1
        return self.files_seen > self.limits.files

    def _recognise(self, entry: Entry, head: bytes, depth: int) -> Iterator[BundleFile]:
        kind = archive.kind_of(head)
        if kind is None and _is_zip_behind_something(entry):
            self.note(entry.path, "the zip archive begins behind other data")
            yield from self._members(zip_entries(entry, head, self), depth)
        elif kind is None:
            _refuse_other_things(entry, head)
            yield self._file(entry, _whole(head, entry.stream))
        elif kind in archive.FOREIGN:
            give_up(self, entry, f"{kind} archives are not read; send it as .tar.gz or .zip")
        elif kind == "zstd" and not archive.can_read(kind):
            give_up(self, entry, "this Python cannot read zstd: decompress it with zstd -d, or install backports.zstd")
        elif depth > self.limits.depth:
            self.skip(
                entry.path,
                entry.size,
                f"more than {self.limits.depth} archives inside one another (--max-depth): not read",
            )
        elif kind in ("zip", "tar"):
            yield from self._archive(entry, head, kind, depth)
        else:
            source = Rewound(head, entry.stream) if entry.stored else Stored(entry.stream, kind, head)
            content = Decompressed(source, kind, self.limits)
            if isinstance(source, Stored):
                source.behind = lambda: content.lines_behind
                entry = replace(entry, stored=source)
            yield from self._compressed(entry, content, depth)

    def _archive(self, entry: Entry, head: bytes, kind: str, depth: int) -> Iterator[BundleFile]:
        """The files of an archive; one inside the bundle is a file of the bundle itself, and listed as one."""
        before, stored = len(self.listed), entry.stored
        is_seekable = isinstance(entry.stream, (io.FileIO, io.BytesIO))
        if stored is None:
            stored = Stored(entry.stream, kind, b"" if is_seekable and kind == "zip" else head)
        if kind == "tar":
            stream = Unbroken(Rewound(head, entry.stream) if entry.stored else stored)
            yield from self._members(tar_entries(replace(entry, stream=stream), self), depth)
            if stream.broken is not None:
                self.note(entry.path, stream.broken)
        else:
            source = replace(entry, stream=entry.stream if is_seekable else stored)
            yield from self._members(zip_entries(source, head, self), depth)
        if entry.given or any(found.path == entry.path for found in self.listed[before:]):
            return
        if kind == "zip" and isinstance(entry.stream, (io.FileIO, io.BytesIO)):  # it was read here and there
            entry.stream.seek(0)
            stored.drain()
        left = stored.finish()
        damage = next((n.problem for n in self.notes if n.path == entry.path), None)
        self.listed.append(
            FileEntry(
                path=entry.path,
                bytes=entry.size,
                status="parsed" if damage is None else "partial",
                format=ARCHIVE,
                reason=damage or "its files are listed one by one",
                coding=stored.coding,
                stored_lines=stored.lines,
                stored_skipped=left,
            )
        )

    def _members(self, entries: Iterator[Entry], depth: int) -> Iterator[BundleFile]:
        for entry in entries:
            yield from self._open(entry, depth + 1)

    def _compressed(self, entry: Entry, content: Decompressed, depth: int) -> Iterator[BundleFile]:
        head = content.read(HEAD_BYTES)
        kind = archive.kind_of(head)
        if not head and content.damage:
            give_up(self, entry, content.damage)
        elif kind is None or kind in archive.FOREIGN:
            yield self._file(entry, Rewound(head, content))
        else:
            if entry.given and kind in ("tar", "zip") and entry.stored is not None:
                entry.stored.uncounted()
            with closing(ReadAhead(content)) if entry.given else nullcontext(content) as rest:
                inner = replace(entry, stream=Rewound(head, rest))
                yield from self._open(inner, depth if kind == "tar" else depth + 1)
                if rest.damage:
                    self.note(entry.path, rest.damage)

    def _file(self, entry: Entry, stream: Readable) -> BundleFile:
        self.files_seen += 1
        self._path = entry.path
        if is_odd(entry.path):
            self.note(entry.path, "its name has control characters, or bytes that are not UTF-8: shown as escapes")
        guarded = MemberStream(stream, self._meter)
        return BundleFile(entry.path, entry.size, entry.modified, lambda: guarded, entry.stored)


def open_bundle(paths: Sequence[str | Path], limits: Limits | None = None) -> Bundle:
    """The bundle made of all given PATHs ("-" is standard input); raises InputError with one sentence."""
    if not paths:
        raise InputError("no PATH given")
    heads = prefixes([str(p) for p in paths])
    sources = [source_of(path, prefix) for path, prefix in zip(map(str, paths), heads, strict=True)]
    return Bundle(sources, [str(p) for p in paths], limits)


def _read_head(stream: Readable) -> bytes:
    """The first bytes, fewer than HEAD_BYTES only when there are no more."""
    head = stream.read(HEAD_BYTES)
    while 0 < len(head) < HEAD_BYTES and (more := stream.read(HEAD_BYTES - len(head))):
        head += more
    return head


def _whole(head: bytes, stream: Readable) -> Readable:
    if len(head) < HEAD_BYTES:  # that was all
        return io.BytesIO(head)
    if isinstance(stream, (io.FileIO, io.BytesIO)):  # rewinding saves a copy of every block
        stream.seek(0)
        return stream
    return Rewound(head, stream)


def _is_zip_behind_something(entry: Entry) -> bool:
    """Whether a given file called .zip has a zip archive's list of members at its end."""
    if not entry.given or not entry.path.lower().endswith(".zip") or not isinstance(entry.stream, io.FileIO):
        return False
    found = zipfile.is_zipfile(entry.stream)
    if not found:
        entry.stream.seek(HEAD_BYTES)
    return found


def _refuse_other_things(entry: Entry, head: bytes) -> None:
    """A given PATH that is called an archive, holds none, and is no text either."""
    if not entry.given or not any(part in _ARCHIVE_PARTS for part in entry.path.lower().split(".")[1:]):
        return
    if head.lstrip()[:1] == b"<":
        raise InputError(f"{entry.given} is not an archive: it looks like a web page saved under this name")
    if looks_binary(head):
        raise InputError(
            f"{entry.given} is not an archive: its first bytes belong to no format known here "
            "(a damaged copy, or one part of a split upload)"
        )
