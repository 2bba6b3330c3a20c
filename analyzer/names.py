"""Names of files inside bundles as text that is safe to show."""

from __future__ import annotations

import re
from typing import Final

_DRIVE: Final = re.compile(rb"[A-Za-z]:")


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
