"""`podtopsy diagnose`: why it broke."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated

import typer

from analyzer.commands.options import (
    BROKEN,
    FOUND,
    Format,
    Junit,
    NoProgress,
    NotesFile,
    Paths,
    Patterns,
    Sarif,
    Strict,
)
from analyzer.errors import UsageError


class FailOn(enum.StrEnum):
    """When the exit code says that something was found."""

    cause = "cause"
    never = "never"


def diagnose(
    paths: Paths,
    format: Annotated[Format, typer.Option(help="What goes to standard output.")] = Format.text,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Write there, not to standard output.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write the HTML postmortem to this file too.")] = None,
    json: Annotated[Path | None, typer.Option(help="Write the JSON diagnosis to this file too.")] = None,
    markdown: Annotated[Path | None, typer.Option(help="Write the Markdown postmortem to this file too.")] = None,
    evidence: Annotated[
        Path | None,
        typer.Option(help="Write the diagnosis with every quoted line and the ten lines around it: enough to report."),
    ] = None,
    sarif: Sarif = None,
    junit: Junit = None,
    notes: NotesFile = None,
    namespace: Annotated[list[str] | None, typer.Option(help="Only failures in this namespace.")] = None,
    pod: Annotated[list[str] | None, typer.Option(help="Only failures of this pod.")] = None,
    timezone: Annotated[
        str | None, typer.Option(metavar="TZ", help="Zone of times that say none, such as Europe/Prague or +02:00.")
    ] = None,
    patterns: Patterns = None,
    fail_on: Annotated[FailOn, typer.Option(help="Exit 1 when a cause is found.")] = FailOn.never,
    strict: Strict = False,
    no_progress: NoProgress = False,
) -> None:
    """Say why it broke: the root cause, its cascade and its proof."""
    from analyzer.analysis import Options, analyze
    from analyzer.commands.people import written_by_people
    from analyzer.conclude import Focus
    from analyzer.output import Outputs, emit
    from analyzer.progress import progress
    from analyzer.quoted import WIDE
    from analyzer.timezone import zone

    if evidence is not None and "-" in paths:
        raise UsageError("--evidence looks twice at the bundle, and standard input can be read once")

    people = written_by_people(notes)
    with progress(no_progress) as report:
        diagnosis = analyze(
            paths,
            Options(
                patterns=tuple(patterns or ()),
                focus=Focus(namespaces=tuple(namespace or ()), pods=tuple(pod or ())),
                strict=strict,
                timezone=zone(timezone) if timezone else None,
                progress=report,
                neighbours=WIDE if evidence is not None else None,
            ),
        )
    outputs = Outputs(
        format=format.value,
        output=output,
        html=html,
        json=json,
        markdown=markdown,
        sarif=sarif,
        junit=junit,
        evidence=evidence,
        notes=people,
    )
    emit(diagnosis, outputs)
    if diagnosis.broken_parts:
        for part in diagnosis.broken_parts:
            typer.echo(f"podtopsy: {part}", err=True)
        raise typer.Exit(BROKEN)
    if fail_on is FailOn.cause and diagnosis.causes:
        raise typer.Exit(FOUND)
