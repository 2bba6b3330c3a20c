"""What several commands may be asked, and the exit codes they share."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated, Final

import typer

FOUND: Final = 1  # `--fail-on cause`, and there is one; a rule or pattern under test fails
USAGE: Final = 2  # wrong arguments, unreadable input, a wrong pattern
BROKEN: Final = 3  # our own code failed on a part of the bundle
INTERRUPTED: Final = 130


class Format(enum.StrEnum):
    """What goes to standard output."""

    text = "text"
    json = "json"
    markdown = "markdown"
    html = "html"
    sarif = "sarif"
    junit = "junit"


Paths = Annotated[
    list[str],
    typer.Argument(metavar="PATH...", help="A directory, an archive, a file, or - for standard input."),
]
Patterns = Annotated[list[Path] | None, typer.Option("--patterns", metavar="DIR", help="Further patterns.")]
NotesFile = Annotated[
    Path | None, typer.Option("--notes", help="What people add to the postmortem: Markdown, a heading for each field.")
]
Sarif = Annotated[Path | None, typer.Option("--sarif", help="Write SARIF 2.1.0 to this file too.")]
Junit = Annotated[Path | None, typer.Option("--junit", help="Write JUnit XML to this file too.")]
SitePolicy = Annotated[
    Path | None, typer.Option("--policy", metavar="FILE", help="What is off, noise or expected at this site.")
]
NoProgress = Annotated[bool, typer.Option("--no-progress", help="No progress on standard error.")]
Strict = Annotated[bool, typer.Option("--strict", help="Let an error of our own code end the run.")]
Timezone = Annotated[
    str | None, typer.Option(metavar="TZ", help="Zone of times that say none, such as Europe/Prague or +02:00.")
]
Since = Annotated[
    str | None,
    typer.Option(metavar="T", help="Nothing that was over by then: 2024-03-14T09:00Z, or 2h before the collection."),
]
Until = Annotated[str | None, typer.Option(metavar="T", help="Nothing that began later; written like --since.")]
