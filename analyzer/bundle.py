"""The files of a support bundle, whatever it came packed in, one after the other.

Nothing is unpacked to disk, no link is followed, nothing but regular files is opened. What a thing is
decides its content (magic numbers), never its name. Compressed files and archives inside the bundle are
read in place; a member's path is then `outer.tgz/inner/name`.
"""

from __future__ import annotations

import datetime as dt
import io
import os
import stat
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from analyzer import archive, directory, tarstream, zipstream
from analyzer.archive import HEAD_BYTES, Decompressed, Rewound
from analyzer.encoding import looks_binary
from analyzer.errors import InputError
from analyzer.member import UNREADABLE, Limits, MemberStream, Meter, first_line
from analyzer.model import FileEntry, Note
from analyzer.names import clean_name, shown_name
from analyzer.tarstream import Readable

__all__ = ["Bundle", "BundleFile", "Limits", "open_bundle"]

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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """Something that may be a file, an archive or compressed, before anybody looked inside."""

    path: str
    size: int
    modified: dt.datetime | None
    stream: Readable
    prefix: str  # of its members' paths, when it turns out to be an archive
    given: str | None = None  # the PATH as the user wrote it, when this is the whole of it


Source = Callable[["Bundle"], Iterator[_Entry]]


class Bundle:
    """One incident's evidence; `files()` may be walked once, `skipped` and `notes` fill while it is."""

    def __init__(self, sources: Sequence[Source], paths: Sequence[str], limits: Limits | None = None) -> None:
        """Use `open_bundle` or `of_files`."""
        self.paths = tuple(paths)
        self.skipped: list[FileEntry] = []
        self.notes: list[Note] = []
        self.files_seen = 0
        self.limits = limits or Limits()
        self._sources = sources
        self._meter = Meter(self.limits)

    @classmethod
    def of_files(cls, files: Mapping[str, bytes], limits: Limits | None = None) -> Bundle:
        """A bundle held in memory, read like a directory with these files."""

        def entries(_: Bundle) -> Iterator[_Entry]:
            for path, data in sorted(files.items()):
                yield _Entry(path=path, size=len(data), modified=None, stream=io.BytesIO(data), prefix=f"{path}/")

        return cls([entries], (), limits)

    @property
    def bytes_read(self) -> int:
        """Decompressed bytes handed out so far."""
        return self._meter.total

    def files(self) -> Iterator[BundleFile]:
        """Every readable file; raises InputError where a PATH as a whole cannot be read."""
        for source in self._sources:
            for entry in source(self):
                before = self.files_seen
                yield from self._open(entry, 0)
                if entry.given and self.files_seen == before:
                    why = next((n.problem for n in self.notes if n.path == entry.path), "it holds no files")
                    raise InputError(f"{entry.given} cannot be read: {why}")

    def skip(self, path: str, size: int, reason: str) -> None:
        """List something that is not read."""
        self.skipped.append(FileEntry(path=path, bytes=size, status="skipped", reason=reason))
        self.files_seen += 1

    def note(self, path: str, problem: str) -> None:
        """Say something about how the bundle was read."""
        self.notes.append(Note(path=path, problem=problem))

    def _give_up(self, entry: _Entry, reason: str) -> None:
        if entry.given:
            raise InputError(f"{entry.given} cannot be read: {reason}")
        self.skip(entry.path, entry.size, reason)

    def _open(self, entry: _Entry, depth: int) -> Iterator[BundleFile]:
        if self.files_seen >= self.limits.files:
            if self.files_seen == self.limits.files:
                self.note(entry.path, f"more than {self.limits.files} files: the rest is not read")
                self.files_seen += 1
            return
        try:
            head = _read_head(entry.stream)
        except UNREADABLE as error:
            self._give_up(entry, first_line(error))
            return
        kind = archive.kind_of(head)
        if kind is None:
            _refuse_other_things(entry, head)
            yield self._file(entry, _whole(head, entry.stream))
        elif kind in archive.FOREIGN:
            self._give_up(entry, f"{kind} archives are not read; send it as .tar.gz or .zip")
        elif kind == "zstd" and not archive.can_read(kind):
            self._give_up(entry, "this Python cannot read zstd; decompress it with zstd -d")
        elif depth > self.limits.depth:
            self.skip(entry.path, entry.size, f"more than {self.limits.depth} archives inside one another: not read")
        elif kind == "zip":
            yield from self._zip(entry, head, depth)
        elif kind == "tar":
            yield from self._tar(replace(entry, stream=Rewound(head, entry.stream)), depth)
        else:
            yield from self._compressed(entry, Decompressed(Rewound(head, entry.stream), kind, self.limits), depth)

    def _compressed(self, entry: _Entry, content: Decompressed, depth: int) -> Iterator[BundleFile]:
        head = content.read(HEAD_BYTES)
        kind = archive.kind_of(head)
        if not head and content.damage:
            self._give_up(entry, content.damage)
        elif kind is None or kind in archive.FOREIGN:
            yield self._file(entry, Rewound(head, content))
        else:
            inner = replace(entry, stream=Rewound(head, content))
            yield from self._open(inner, depth if kind == "tar" else depth + 1)
            if content.damage:
                self.note(entry.path, content.damage)

    def _file(self, entry: _Entry, stream: Readable) -> BundleFile:
        self.files_seen += 1
        guarded = MemberStream(stream, self._meter)
        return BundleFile(entry.path, entry.size, entry.modified, lambda: guarded)

    def _tar(self, entry: _Entry, depth: int) -> Iterator[BundleFile]:
        seen: set[bytes] = set()
        for member, data in tarstream.members(entry.stream, lambda problem: self.note(entry.path, problem)):
            name = clean_name(member.name)
            path = entry.prefix + (name or shown_name(member.name))
            if member.kind == "directory":
                continue
            if name is None:
                self.skip(path, member.size, "unsafe path")
            elif member.kind in ("link", "hard link"):
                self.skip(path, 0, f"{member.kind} to {shown_name(member.target)}")
            elif member.kind != "file":
                self.skip(path, member.size, f"{member.kind}: not a regular file")
            else:
                if member.name in seen:
                    self.note(path, "stands more than once in the archive; each is read")
                seen.add(member.name)
                modified = instant(member.modified)
                inner = _Entry(path=path, size=member.size, modified=modified, stream=data, prefix=f"{path}/")
                yield from self._open(inner, depth + 1)

    def _zip(self, entry: _Entry, head: bytes, depth: int) -> Iterator[BundleFile]:
        with ExitStack() as stack:
            try:
                zipped = zipfile.ZipFile(zipstream.seekable(entry.stream, head, stack))
            except UNREADABLE as error:
                self._give_up(entry, f"damaged zip archive ({first_line(error)})")
                return
            seen: set[str] = set()
            for info in sorted(zipped.infolist(), key=lambda i: i.filename):
                name = clean_name(os.fsencode(info.filename.replace("\\", "/")))
                path = entry.prefix + (name or shown_name(os.fsencode(info.filename)))
                if info.filename.endswith("/") and not info.file_size:
                    continue
                if reason := zipstream.reason_to_skip(info, name):
                    self.skip(path, info.compress_size, reason)
                    continue
                if path in seen:
                    self.note(path, "stands more than once in the archive; each is read")
                seen.add(path)
                try:
                    stream = stack.enter_context(zipped.open(info))
                except UNREADABLE as error:
                    self.skip(path, info.compress_size, f"damaged zip member ({first_line(error)})")
                    continue
                modified = zipstream.modified(info)
                inner = _Entry(path=path, size=info.file_size, modified=modified, stream=stream, prefix=f"{path}/")
                yield from self._open(inner, depth + 1)
                stream.close()


def open_bundle(paths: Sequence[str | Path], limits: Limits | None = None) -> Bundle:
    """The bundle made of all given PATHs ("-" is standard input); raises InputError with one sentence."""
    if not paths:
        raise InputError("no PATH given")
    prefixes = _prefixes([str(p) for p in paths])
    sources = [_source(path, prefix) for path, prefix in zip(map(str, paths), prefixes, strict=True)]
    return Bundle(sources, [str(p) for p in paths], limits)


def _prefixes(paths: list[str]) -> list[str]:
    """With several PATHs each one's base name, made unique; with one, nothing."""
    if len(paths) == 1:
        return [""]
    names: list[str] = []
    for path in paths:
        name = "stdin" if path == "-" else shown_name(os.fsencode(Path(path).resolve().name)) or "root"
        count = sum(1 for n in names if n == name or n.startswith(f"{name}~"))
        names.append(f"{name}~{count + 1}" if count else name)
    return [f"{name}/" for name in names]


def _source(path: str, prefix: str) -> Source:
    if path == "-":
        return lambda _: _stdin(prefix)
    try:
        status = Path(path).stat()  # the user named it: a link is followed here, and nowhere else
    except FileNotFoundError:
        raise InputError(f"{path} does not exist") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if stat.S_ISDIR(status.st_mode):
        directory.require_files(path)
        return lambda bundle: _directory(bundle, path, prefix)
    if not stat.S_ISREG(status.st_mode):
        raise InputError(f"{path} is neither a file nor a directory; use - for standard input")
    if status.st_size == 0:
        raise InputError(f"{path} is an empty file: nothing to read")
    if not os.access(path, os.R_OK):
        raise InputError(f"{path} cannot be read: permission denied")
    return lambda _: _single(path, prefix)


def _stdin(prefix: str) -> Iterator[_Entry]:
    import sys

    stream = sys.stdin.buffer
    yield _Entry(path="stdin", size=0, modified=None, stream=stream, prefix=prefix, given="standard input")


def _single(path: str, prefix: str) -> Iterator[_Entry]:
    status = Path(path).stat()
    with Path(path).open("rb", buffering=0) as file:
        yield _Entry(
            path=shown_name(os.fsencode(Path(path).name)),
            size=status.st_size,
            modified=instant(status.st_mtime),
            stream=file,
            prefix=prefix,
            given=path,
        )


def _directory(bundle: Bundle, root: str, prefix: str) -> Iterator[_Entry]:
    for found in directory.walk(root):
        path = prefix + found.path
        if found.reason is not None:
            bundle.skip(path, found.size, found.reason)
            continue
        try:
            file = directory.open_regular(found.location)
        except OSError as error:
            bundle.skip(path, found.size, f"not readable: {error.strerror or error}")
            continue
        with file:
            yield _Entry(path=path, size=found.size, modified=instant(found.modified), stream=file, prefix=f"{path}/")


def _read_head(stream: Readable) -> bytes:
    """The first bytes, fewer than HEAD_BYTES only when there are no more."""
    head = stream.read(HEAD_BYTES)
    while 0 < len(head) < HEAD_BYTES and (more := stream.read(HEAD_BYTES - len(head))):
        head += more
    return head


def _whole(head: bytes, stream: Readable) -> Readable:
    if isinstance(stream, (io.FileIO, io.BytesIO)):  # rewinding saves a copy of every block
        stream.seek(0)
        return stream
    return Rewound(head, stream)


def _refuse_other_things(entry: _Entry, head: bytes) -> None:
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


def instant(seconds: float | None) -> dt.datetime | None:
    """A file's time; None where it says nothing (0 and below) or nothing possible."""
    if seconds is None or seconds <= 0:
        return None
    try:
        return dt.datetime.fromtimestamp(seconds, dt.UTC)
    except (OverflowError, OSError, ValueError):
        return None
