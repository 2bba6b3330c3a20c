"""What several commands may be asked, and the exit codes they share."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final

import typer

from analyzer.member import Limits

FOUND: Final = 1  # `--fail-on cause`, and there is one; a rule or pattern under test fails
USAGE: Final = 2  # wrong arguments, unreadable input, a wrong pattern
BROKEN: Final = 3  # our own code failed on a part of the bundle
INTERRUPTED: Final = 130
LEAST_LINE_BYTES: Final = 1 << 20


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
Force = Annotated[bool, typer.Option("--force", help="Replace output files that exist already.")]
Isolate = Annotated[
    bool, typer.Option("--isolate", help="Read files in a process of their own: a crash then costs one file.")
]
_SIZE = re.compile(r"(\d{1,15}) ?([KMGT]?)(?:i?B)?", re.IGNORECASE)
_PANEL = "Limits (what goes beyond them is listed as not read)"


def size(text: str) -> int:
    """Bytes, from "64G" or "500000"; K is 1024."""
    match = _SIZE.fullmatch(str(text).strip())
    if match is None:
        raise typer.BadParameter(f"{text} is no size; write 500000, 512M or 64G")
    return int(match[1]) << (10 * " KMGT".index(match[2].upper() or " "))


def line_size(text: str) -> int:
    """Bytes of a line; lines are looked for in blocks, so that smaller limits would hold here and not there."""
    if (found := size(text)) < LEAST_LINE_BYTES:
        raise typer.BadParameter(
            f"{text} is too small: lines of up to {LEAST_LINE_BYTES >> 20} MiB are always read whole"
        )
    return found


def _size_option(name: str, help: str, parser: Callable[[str], int] = size) -> object:
    return typer.Option(name, parser=parser, metavar="SIZE", help=help, rich_help_panel=_PANEL)


MaxBytes = Annotated[int, _size_option("--max-bytes", "Of the whole bundle, decompressed.")]
MaxFileBytes = Annotated[int, _size_option("--max-file-bytes", "Of one file, decompressed.")]
MaxLineBytes = Annotated[
    int, _size_option("--max-line-bytes", "Of one line; longer ones are read in pieces.", line_size)
]
MaxFiles = Annotated[int, typer.Option("--max-files", min=1, help="Files of the bundle.", rich_help_panel=_PANEL)]
MaxEmptyFiles = Annotated[
    int, typer.Option("--max-empty-files", min=0, help="Files without content, listed.", rich_help_panel=_PANEL)
]
MaxDepth = Annotated[int, typer.Option("--max-depth", min=0, help="Archives in archives.", rich_help_panel=_PANEL)]
MaxRatio = Annotated[
    int,
    typer.Option("--max-ratio", min=2, help="Content to compressed data, beyond 1 GiB.", rich_help_panel=_PANEL),
]
MaxSeconds = Annotated[
    float,
    typer.Option("--max-seconds", min=0.1, help="For one file, and one more for each MB.", rich_help_panel=_PANEL),
]


def limits_of(
    *,
    max_bytes: int,
    max_file_bytes: int,
    max_line_bytes: int,
    max_files: int,
    max_empty_files: int,
    max_depth: int,
    max_ratio: int,
    max_seconds: float,
) -> Limits:
    """What the flags of the same names say together."""
    return Limits(
        total_bytes=max_bytes,
        member_bytes=max_file_bytes,
        line_bytes=max_line_bytes,
        files=max_files,
        empty_files=max_empty_files,
        depth=max_depth,
        bomb_ratio=max_ratio,
        file_seconds=max_seconds,
    )
