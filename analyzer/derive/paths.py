"""Absolute paths in texts, with the arithmetic of mounts on them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence
from typing import Final

from analyzer.model import Mount

_TOKEN: Final = re.compile(r"(?:^|(?<=[\s\"'`=(\[<,:;>]))/[A-Za-z0-9_.@%+~-]+(?:/+[A-Za-z0-9_.@%+~-]+)*/?")
# a frame of a stack trace or a script's own "line 3:": the path of code that ran, so it is not missing
_FRAME: Final = re.compile(r"""^(?::\d+|["']?, line \d|: line \d|: \d+:)""")
_SCHEMES: Final = re.compile(r"\b(?:unix|file)://(?=/)")


def absolute_paths(text: str) -> tuple[str, ...]:
    """Absolute paths that `text` names, in order, without URLs or frames of stack traces."""
    text = _SCHEMES.sub(" ", text[:4096])
    found = [
        normal(match.group().rstrip("."))
        for match in _TOKEN.finditer(text)
        if not _FRAME.match(text[match.end() : match.end() + 12])
    ]
    return tuple(dict.fromkeys(p for p in found if p != "/"))


def normal(path: str) -> str:
    """The path without `.`, `..`, doubled or trailing slashes."""
    return "/" + posixpath.normpath(path).lstrip("/") if path.startswith("/") else posixpath.normpath(path)


def base(path: str) -> str:
    """The last component."""
    return posixpath.basename(path)


def parent(path: str) -> str:
    """The directory a path lies in."""
    return posixpath.dirname(path)


def is_under(path: str, directory: str) -> bool:
    """Whether `path` is `directory` or inside it."""
    directory = normal(directory)
    return path == directory or path.startswith(directory.rstrip("/") + "/")


def relative(path: str, directory: str) -> str:
    """`path` as seen from `directory`, "" for the directory itself."""
    return path[len(normal(directory).rstrip("/")) :].strip("/")


def join(directory: str, below: str) -> str:
    """`below` inside `directory`."""
    return normal(posixpath.join(directory, below)) if below else normal(directory)


def covering(path: str, mounts: Iterable[Mount]) -> Mount | None:
    """The mount a path lies in: the deepest mount path that holds it."""
    fits = [m for m in mounts if is_under(path, m.mount_path)]
    return max(fits, key=lambda m: len(normal(m.mount_path)), default=None)


def in_volume(path: str, mount: Mount) -> str:
    """Where in the volume a path under `mount` lies, subPath included; "" is the volume's root."""
    return posixpath.join((mount.sub_path or "").strip("/"), relative(path, mount.mount_path)).strip("/")


def seen_through(place: str, mount: Mount) -> str | None:
    """The path at which `place` of the volume appears under `mount`, or None when subPath cuts it off."""
    sub_path = (mount.sub_path or "").strip("/")
    if not sub_path:
        return join(mount.mount_path, place)
    if place != sub_path and not place.startswith(sub_path + "/"):
        return None
    return join(mount.mount_path, place[len(sub_path) :].strip("/"))


def is_one_edit(one: str, other: str) -> bool:
    """Whether one insertion, deletion or replacement of a letter turns one name into the other."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    short, long = sorted((one, other), key=len)
    at = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    return short[at:] == long[at + 1 :] or (len(short) == len(long) and short[at + 1 :] == long[at + 1 :])


_COPY: Final = re.compile(r"(?:^|[\s;&|])(?:cp|mv|install|ln|rsync)\s+([^;&|<>\n]{1,500})")
_OUTPUT: Final = re.compile(
    r"(?:>{1,2}\s*|\btee\s+(?:-a\s+)?|\s-(?:o|O)\s+|\s--?(?:out|output|output-file|dest|destination|target)[= ]\s*)"
    r"[\"']?(/[A-Za-z0-9_.@%+~/-]+)"
)


def written_by_command(command: Sequence[str]) -> tuple[str, ...]:
    """Paths of files that a container's command and args write: copies and redirections."""
    text = " ".join(command)[:16384]
    found = [normal(p) for p in _OUTPUT.findall(" " + text)]
    for arguments in _COPY.findall(text):
        words = [w.strip("\"'") for w in arguments.split() if not w.startswith("-")]
        if len(words) < 2 or not words[-1].startswith("/"):
            continue
        target = normal(words[-1])
        found.append(target)
        found += [join(target, base(w.rstrip("/"))) for w in words[:-1] if base(w) not in ("*", ".")]
    return tuple(dict.fromkeys(found))
