"""All pattern files to one checked Library, with every problem reported at once."""

from __future__ import annotations

import importlib.resources
from collections.abc import Iterator, Sequence
from importlib.resources.abc import Traversable
from pathlib import Path

from patterns.read import OURS, read_pattern
from patterns.schema import CAUSES, Library, LibraryError, Pattern, Problem


def load_library(directories: Sequence[Path] = ()) -> Library:
    """Our own patterns and those below `directories`; a later file of the same id takes the earlier one's place.

    Raises LibraryError with every problem of every file.
    """
    problems: list[Problem] = []
    patterns: dict[str, Pattern] = {}
    for path, category, text in [*_own_files(), *_user_files(directories, problems)]:
        pattern = read_pattern(path, category, text, problems)
        if pattern is not None:
            patterns[pattern.id] = pattern
    library = Library(dict(sorted(patterns.items())))
    _check_edges(library, problems)
    if problems:
        raise LibraryError(problems)
    return library


def _own_files() -> Iterator[tuple[str, str, str]]:
    root = importlib.resources.files("patterns")
    for folder in sorted((f for f in root.iterdir() if f.is_dir() and f.name in _categories()), key=_name):
        for file in sorted((f for f in folder.iterdir() if f.name.endswith(".yaml")), key=_name):
            yield f"{OURS}{folder.name}/{file.name}", folder.name, file.read_text(encoding="utf-8")


def _name(entry: Traversable) -> str:
    return entry.name


def _categories() -> tuple[str, ...]:
    return ("symptom", *CAUSES)


def _user_files(directories: Sequence[Path], problems: list[Problem]) -> Iterator[tuple[str, str, str]]:
    for directory in directories:
        if not directory.exists():
            problems.append(Problem(str(directory), 1, "path", "does not exist"))
        files = [directory] if directory.is_file() else sorted(directory.rglob("*.yaml"))
        for file in files:
            try:
                yield str(file), file.parent.name, file.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                problems.append(Problem(str(file), 1, "file", f"cannot be read: {error}"))


def _check_edges(library: Library, problems: list[Problem]) -> None:
    """`explains` names known patterns, only causes explain, and no chain of it comes back to its start."""
    open_, done = set[str](), set[str]()

    def visit(name: str) -> None:
        pattern = library.patterns[name]
        open_.add(name)
        for target in pattern.explains:
            if target not in library.patterns:
                problems.append(Problem(pattern.path, 1, "explains", f"{target} is not a pattern"))
            elif target in open_:
                problems.append(Problem(pattern.path, 1, "explains", f"{target} explains {name} in turn"))
            elif target not in done:
                visit(target)
        open_.discard(name)
        done.add(name)

    for name in library.patterns:
        if name not in done:
            visit(name)
