"""Where patterns and the site's policy come from, beside our own: packages, the user's configuration, arguments."""

from __future__ import annotations

import importlib.metadata
import importlib.resources
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import typer

from patterns.load import load_library
from patterns.policy import NO_POLICY, Policy, load_policy
from patterns.schema import Library

GROUP: Final = "podtopsy.patterns"  # of entry points; each names a package that holds YAML files


def own_directory() -> Path:
    """The user's own patterns: `patterns` in the configuration directory of podtopsy (~/.config/podtopsy on Linux)."""
    return Path(typer.get_app_dir("podtopsy")) / "patterns"


def own_policy() -> Path:
    """The user's site policy, where there is one."""
    return Path(typer.get_app_dir("podtopsy")) / "policy.yaml"


def library_of(given: Sequence[Path] = (), policy: Path | None = None) -> tuple[Library, Policy]:
    """Our own patterns, then those of packages, of the user and of `given`; of one id the later one counts.

    The policy is the file given, else the user's own, else none; what it turns off is gone from the library.
    Raises LibraryError when any of it is wrong.
    """
    library = load_library([*_of_packages(), *_of_user(), *given])
    path = policy or (own_policy() if own_policy().is_file() else None)
    if path is None:
        return library, NO_POLICY
    found = load_policy(path, library)
    return found.applied(library), found


def _of_user() -> Iterator[Path]:
    if own_directory().is_dir():
        yield own_directory()


def _of_packages() -> Iterator[Path]:
    for entry in sorted(importlib.metadata.entry_points(group=GROUP), key=lambda e: (e.name, e.value)):
        root = importlib.resources.files(entry.value)
        if isinstance(root, Path):  # a package inside a zip file has no directory to read
            yield root
