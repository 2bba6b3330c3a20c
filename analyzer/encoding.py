"""The encoding of a text file, told from its first bytes."""

from __future__ import annotations

from typing import Final

_CONTROL: Final = bytes(b for b in range(32) if b not in b"\t\n\f\r\x1b\x08")
_BINARY_MAGIC: Final = (
    b"\x7fELF",
    b"LPKSHHRH",
    b"\x89PNG\r\n",
    b"GIF8",
    b"\xff\xd8\xff",
    b"%PDF-",
    b"SQLite format 3\0",
)
_BOMS: Final = (
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)


def wide_encoding(head: bytes) -> str | None:
    """utf-16-le, utf-16-be, utf-32-le, utf-32-be (what PowerShell redirects write), or None for one-byte text."""
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    sample = head[:4096]
    if len(sample) < 16:
        return None
    even, odd = sample[0::2], sample[1::2]
    if odd.count(0) * 10 > len(odd) * 8 and even.count(0) * 10 < len(even):
        return "utf-16-le"
    if even.count(0) * 10 > len(even) * 8 and odd.count(0) * 10 < len(odd):
        return "utf-16-be"
    return None


def to_utf8(data: bytes, encoding: str) -> bytes:
    """The same text in UTF-8 without a byte order mark; what does not decode becomes U+FFFD."""
    return data.decode(encoding, "replace").lstrip("\ufeff").encode("utf-8", "replace")


def decode(data: bytes) -> str:
    """UTF-8 as text; bytes that are not UTF-8 become `\\xNN`, as text."""
    return data.decode("utf-8", "backslashreplace")


def looks_binary(data: bytes) -> bool:
    """Whether this is no text in any of the encodings logs come in, judged by its first bytes.

    A run of NULs at the start is the hole that `copytruncate` leaves, and counts for nothing; later ones
    do. Bytes above 127 are UTF-8 or some old code page and say little, unless most are not UTF-8.
    """
    text = data.lstrip(b"\0")
    if not text:
        return bool(data)
    if text.startswith(_BINARY_MAGIC):
        return True
    control = len(text) - len(text.translate(None, _CONTROL))
    if control * 10 > len(text):
        return True
    broken = text.decode("utf-8", "replace").count("\ufffd")
    return broken * 10 > len(text) * 3
