"""Compressed streams to write, of the kinds that bundles are compressed with."""

from __future__ import annotations

import bz2
import lzma
from typing import IO, Any


def compressor(kind: str, sink: IO[bytes]) -> Any:
    """A stream that writes `kind` data into `sink`, without a time or a name in it; None for what cannot be written."""
    if kind == "gzip":
        from isal import igzip

        return igzip.IGzipFile(  # type: ignore[no-untyped-call]  # isal has no types here
            filename="", mode="wb", compresslevel=2, fileobj=sink, mtime=0
        )
    if kind == "xz":
        return lzma.LZMAFile(sink, "wb", preset=1)
    return bz2.BZ2File(sink, "wb") if kind == "bzip2" else None
