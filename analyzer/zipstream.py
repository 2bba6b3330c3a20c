"""What a zip archive needs that a tar does not: random access, and a look at each entry's flags."""

from __future__ import annotations

import datetime as dt
import io
import stat
import tempfile
import zipfile
from contextlib import ExitStack
from typing import IO, Final

from analyzer.tarstream import Readable

_SPOOL_BYTES: Final = 64 << 20  # a zip that arrives as a stream is held in memory up to here, then on disk


def seekable(stream: Readable, head: bytes, stack: ExitStack) -> IO[bytes]:
    """The zip format has its list of members at the end: what cannot seek is spooled first."""
    if isinstance(stream, (io.FileIO, io.BytesIO)):
        stream.seek(0)
        if isinstance(stream, io.BytesIO):
            return stream
        buffered = io.BufferedReader(stream)
        stack.callback(buffered.detach)  # forgotten, it would close the file below it
        return buffered
    spool = stack.enter_context(tempfile.SpooledTemporaryFile(max_size=_SPOOL_BYTES))  # noqa: SIM115
    spool.write(head)
    while data := stream.read(1 << 20):
        spool.write(data)
    spool.seek(0)
    return spool


def reason_to_skip(info: zipfile.ZipInfo, name: str | None) -> str | None:
    """Why this entry is not read; `name` is its clean name, None when it is unsafe."""
    if name is None:
        return "unsafe path"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "link"
    if info.flag_bits & 1:
        return "encrypted"
    if info.filename.endswith("/"):
        return "a directory that holds data"
    return None


def modified(info: zipfile.ZipInfo) -> dt.datetime | None:
    """The DOS time, which has no zone: right to within a day."""
    try:
        return dt.datetime(*info.date_time, tzinfo=dt.UTC) if info.date_time[0] > 1980 else None
    except ValueError:
        return None
