"""A bundle written again without secrets: same files, same lines, archives inside archives included.

Everything is a stream: a member goes through the screen and into the new archive, spooled to disk where its size must
be known first. What cannot be looked through, or is no regular file, is left out and listed.
"""

from __future__ import annotations

import io
import os
import shutil
import tarfile
import tempfile
import zipfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Final

from analyzer import archive, directory, tarstream, zipsalvage, zipstream
from analyzer.archive import HEAD_BYTES, Decompressed, Rewound
from analyzer.encoding import looks_binary, wide_encoding
from analyzer.errors import InputError, UsageError
from analyzer.member import UNREADABLE, Limits, MemberStream, Meter, first_line
from analyzer.names import clean_name, shown_name
from analyzer.redact.account import Account, CleanedFile, LeftOut
from analyzer.redact.anonymize import Anonymizer
from analyzer.redact.literals import Literals
from analyzer.redact.mask import Masker
from analyzer.redact.packing import compressor
from analyzer.redact.stream import WITHHELD, cleaned
from analyzer.tarstream import Readable

_SPOOL_BYTES: Final = 16 << 20  # of an archive's member in memory, more of it on disk
_NUMBERS: Final = range(2, 1 << 30)
_WIDE_BYTES: Final = 64 << 20  # a file in UTF-16 is looked through whole, up to here


class Cleaner:
    """Writes one bundle; what it did is in `account`."""

    def __init__(self, masker: Masker, known: Sequence[str], anonymizer: Anonymizer | None) -> None:
        """`known` are the values to look for in every file."""
        self._masker = masker
        self._anonymizer = anonymizer
        self._literals = Literals(known)
        self._limits = Limits()
        self._meter = Meter(self._limits)
        self._files: list[CleanedFile] = []
        self._left_out: list[LeftOut] = []

    @property
    def account(self) -> Account:
        """What was masked where, and what was left out."""
        return Account(files=tuple(self._files), left_out=tuple(self._left_out), masked=self._masker.counts)

    def write(self, given: str, out: Path) -> None:
        """The cleaned copy of the directory, archive or file at `given`; raises InputError and UsageError."""
        try:
            if Path(given).is_dir():
                directory.require_files(given)
                self._directory(given, out)
            else:
                with Path(given).open("rb", buffering=0) as source, _created(out) as sink:
                    if not self._entry(source, self._name(Path(given).name), sink, 0):
                        raise InputError(f"{given} cannot be cleaned: {self._left_out[-1].reason}")
        except OSError as error:
            raise UsageError(f"cannot write {out}: {error.strerror or error}") from None

    def _directory(self, root: str, out: Path) -> None:
        out.mkdir(mode=0o700)
        for found in directory.walk(root):
            if found.reason is not None:
                self._leave_out(found.path, found.reason)
                continue
            name = self._name(found.path)
            target = _free(out / name)
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                source = directory.open_regular(found.location)
            except OSError as error:
                self._leave_out(found.path, f"not readable: {error.strerror or error}")
                continue
            with source, _created(target) as sink:
                written = self._entry(source, name, sink, 0)
            if not written:
                target.unlink()

    def _entry(self, source: Readable, path: str, sink: IO[bytes], depth: int) -> bool:
        """One file or archive into `sink`; False when it is left out, and listed."""
        try:
            head = _head(source)
        except UNREADABLE as error:
            return self._leave_out(path, first_line(error))
        kind = archive.kind_of(head)
        stream = Rewound(head, source)
        if kind is None:
            return self._file(MemberStream(stream, self._meter), head, path, sink)
        if kind in archive.FOREIGN or depth > self._limits.depth:
            return self._leave_out(path, f"{kind} archive" if kind in archive.FOREIGN else "too many archives inside")
        if kind == "tar":
            return self._tar(stream, path, sink, depth)
        if kind == "zip":
            return self._zip(source, head, path, sink, depth)
        packer = compressor(kind, sink) if archive.can_read(kind) else None
        if packer is None:
            return self._leave_out(path, f"{kind} data cannot be written here")
        with packer:
            return self._entry(Decompressed(stream, kind, self._limits), path, packer, depth + 1)

    def _file(self, stream: MemberStream, head: bytes, path: str, sink: IO[bytes]) -> bool:
        encoding = wide_encoding(head)
        if encoding is None and looks_binary(head):
            return self._leave_out(path, "no text: it cannot be looked through")
        before, lines = self._masker.places, 0
        source: Readable = stream
        if encoding is not None:
            whole = stream.read(_WIDE_BYTES)
            if len(whole) == _WIDE_BYTES:
                return self._leave_out(path, f"{encoding} text of more than {_WIDE_BYTES >> 20} MiB")
            source = io.BytesIO(whole.decode(encoding, "replace").encode("utf-8", "surrogatepass"))
        for masked_piece in cleaned(source, self._mask, self._literals):
            if masked_piece is WITHHELD:
                self._masker.withhold()
            piece = masked_piece if self._anonymizer is None else self._anonymizer.clean_bytes(masked_piece)
            lines += piece.count(b"\n")
            sink.write(piece if encoding is None else piece.decode("utf-8", "surrogatepass").encode(encoding))
            self._masker.forget_lines()
        if stream.damage:
            self._left_out.append(LeftOut(path, f"the rest of it: {stream.damage}"))
        masked = tuple(sorted((self._masker.places - before).items()))
        self._files.append(CleanedFile(path=path, lines=lines, masked=masked))
        return True

    def _tar(self, stream: Readable, path: str, sink: IO[bytes], depth: int) -> bool:
        with tarfile.open(fileobj=sink, mode="w|", format=tarfile.PAX_FORMAT) as packed:
            for member, data in tarstream.members(stream, lambda problem: self._note(path, problem)):
                name = clean_name(member.name)
                inner = f"{path}/{name or shown_name(member.name)}"
                if name is None or member.kind not in ("file", "directory"):
                    self._leave_out(inner, "unsafe path" if name is None else f"{member.kind}: not a regular file")
                    continue
                entry = tarfile.TarInfo(self._name(name))
                entry.mtime, entry.mode = int(member.modified or 0), 0o600
                if member.kind == "directory":
                    entry.type, entry.mode = tarfile.DIRTYPE, 0o700
                    packed.addfile(entry)
                    continue
                with _spool() as spool:
                    if self._entry(data, f"{path}/{entry.name}", spool, depth + 1):
                        entry.size = spool.tell()
                        spool.seek(0)
                        packed.addfile(entry, spool)
        return True

    def _zip(self, source: Readable, head: bytes, path: str, sink: IO[bytes], depth: int) -> bool:
        with ExitStack() as stack:
            taken: set[str] = set()
            seekable = zipstream.seekable(source, head, stack)
            try:
                zipped = zipfile.ZipFile(seekable)
            except UNREADABLE as error:
                return self._salvaged(seekable, path, f"damaged zip archive ({first_line(error)})", sink, depth)
            packed = stack.enter_context(zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED))
            for info in sorted(zipped.infolist(), key=lambda i: i.filename):
                name = clean_name(os.fsencode(info.filename.replace("\\", "/")))
                inner = f"{path}/{name or shown_name(os.fsencode(info.filename))}"
                if info.filename.endswith("/") and not info.file_size:
                    continue
                if reason := zipstream.reason_to_skip(info, name):
                    self._leave_out(inner, reason)
                    continue
                entry = zipfile.ZipInfo(_other(self._name(name or ""), taken), info.date_time)
                taken.add(entry.filename)
                try:
                    with zipped.open(info) as data:
                        self._into_zip(data, path, entry, packed, depth)
                except UNREADABLE as error:
                    self._leave_out(inner, f"damaged zip member ({first_line(error)})")
        return True

    def _into_zip(self, data: Readable, path: str, entry: zipfile.ZipInfo, packed: zipfile.ZipFile, depth: int) -> None:
        entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
        with _spool() as spool:
            if self._entry(data, f"{path}/{entry.filename}", spool, depth + 1):
                spool.seek(0)
                with packed.open(entry, "w", force_zip64=True) as target:
                    shutil.copyfileobj(spool, target, 1 << 20)

    def _salvaged(self, source: IO[bytes], path: str, reason: str, sink: IO[bytes], depth: int) -> bool:
        """What a zip archive without its list of members still holds, as one that has a list."""
        source.seek(0)
        most = self._limits.salvage_bytes
        found = list(zipsalvage.salvage(source.read(most), most))
        if not any(member.data for member in found):
            return self._leave_out(path, reason)
        self._note(path, f"{reason}: {len(found)} files were found by their own headers")
        taken: set[str] = set()
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as packed:
            for member in found:
                name = clean_name(member.name)
                if name is None or (member.damage is not None and not member.data):
                    self._leave_out(f"{path}/{shown_name(member.name)}", member.damage or "unsafe path")
                    continue
                if member.damage is not None:
                    self._note(f"{path}/{self._name(name)}", member.damage)
                entry = zipfile.ZipInfo(_other(self._name(name), taken))
                taken.add(entry.filename)
                self._into_zip(io.BytesIO(member.data), path, entry, packed, depth)
        return True

    def _mask(self, lines: Sequence[str]) -> Sequence[str]:
        self._masker.learn(lines)
        return self._masker.clean(lines)

    def _clean(self, lines: Sequence[str]) -> Sequence[str]:
        """Names and reasons, which are no content of a file."""
        masked = self._mask(lines)
        return masked if self._anonymizer is None else self._anonymizer.clean(masked)

    def _name(self, path: str) -> str:
        """A path without secrets, made of characters that every file system takes."""
        return self._clean((path,))[0].replace("<", "").replace(">", "")

    def _note(self, path: str, problem: str) -> None:
        self._left_out.append(LeftOut(path, problem))

    def _leave_out(self, path: str, reason: str) -> bool:
        self._left_out.append(LeftOut(self._name(path), self._clean((reason,))[0]))
        return False


def _head(stream: Readable) -> bytes:
    head = stream.read(HEAD_BYTES)
    while 0 < len(head) < HEAD_BYTES and (more := stream.read(HEAD_BYTES - len(head))):
        head += more
    return head


def _spool() -> IO[bytes]:
    return tempfile.SpooledTemporaryFile(max_size=_SPOOL_BYTES)


def _created(path: Path) -> IO[bytes]:
    """A new file, readable by its owner alone."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags, 0o600), "wb")


def _free(path: Path) -> Path:
    """The path, or the first `name~2` that is not taken: two names may be the same once masked."""
    return path if not path.exists() else next(c for n in _NUMBERS if not (c := Path(f"{path}~{n}")).exists())


def _other(name: str, taken: set[str]) -> str:
    return name if name not in taken else next(c for n in _NUMBERS if (c := f"{name}~{n}") not in taken)
