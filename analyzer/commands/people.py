"""What people wrote, read from the file they name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import typer

from analyzer.draft import FIELDS
from analyzer.notes import read_notes


def written_by_people(path: Path | None) -> Mapping[str, str] | None:
    """The texts by field; a heading that names none is told on standard error."""
    if path is None:
        return None
    notes = read_notes(path)
    for heading in notes.unknown:
        typer.echo(f"podtopsy: {path}: no field is called {heading!r}; it is left out", err=True)
    if notes.unknown:
        typer.echo(f"podtopsy: the fields are {', '.join(name for name, _ in FIELDS)}", err=True)
    return notes.texts
