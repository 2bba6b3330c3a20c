"""Names of files inside bundles as text that is safe to show."""

from __future__ import annotations

import re
from typing import Final

_DRIVE: Final = re.compile(rb"[A-Za-z]:")
_ODD: Final = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]|\\x[0-9a-f]{2}")
LONGEST_PATH: Final = 4096
"""Bytes of a path that any system takes: PATH_MAX of Linux."""


def is_odd(shown: str) -> bool:
    """Whether a shown name stands for one with control characters or with bytes that are not UTF-8."""
    return _ODD.search(shown) is not None


def shown_name(name: bytes) -> str:
    """UTF-8 text; every byte that is not UTF-8 becomes `\\xNN`, as text."""
    return name.decode("utf-8", "backslashreplace")


def clean_name(name: bytes) -> str | None:
    """An archive member's name as a relative POSIX path; None when it is absolute, climbs out or is empty.

    A backslash is an ordinary character on the systems that write tar archives (systemd escapes unit names
    with it), yet the parts between backslashes may not climb out either: a reader on Windows sees paths.
    """
    if name.startswith((b"/", b"\\")) or _DRIVE.match(name) or b"\0" in name:
        return None
    if b".." in re.split(rb"[/\\]", name):
        return None
    parts = [part for part in name.split(b"/") if part not in (b"", b".")]
    return shown_name(b"/".join(parts)) if parts else None
