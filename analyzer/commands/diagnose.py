"""`podtopsy diagnose`: why it broke."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated

import typer

from analyzer.commands.options import (
    BROKEN,
    FOUND,
    INTERRUPTED,
    Force,
    Format,
    Isolate,
    Junit,
    MaxBytes,
    MaxDepth,
    MaxEmptyFiles,
    MaxFileBytes,
    MaxFiles,
    MaxLineBytes,
    MaxRatio,
    MaxSeconds,
    NoProgress,
    NotesFile,
    Paths,
    Patterns,
    Sarif,
    Since,
    SitePolicy,
    Strict,
    Timezone,
    Until,
    limits_of,
)
from analyzer.errors import UsageError
from analyzer.member import DEFAULT_LIMITS


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
    since: Since = None,
    until: Until = None,
    timezone: Timezone = None,
    patterns: Patterns = None,
    policy: SitePolicy = None,
    cre: Annotated[
        list[Path] | None, typer.Option("--cre", metavar="DIR", help="Rules of the CRE format to run besides.")
    ] = None,
    cre_source: Annotated[
        list[str] | None,
        typer.Option("--cre-source", metavar="NAME=GLOB", help="The files that a source of CRE rules means."),
    ] = None,
    fail_on: Annotated[FailOn, typer.Option(help="Exit 1 when a cause is found.")] = FailOn.never,
    force: Force = False,
    strict: Strict = False,
    anonymize: Annotated[
        bool, typer.Option("--anonymize", help="Replace addresses, names of hosts, users and namespaces.")
    ] = False,
    mapping: Annotated[
        Path | None, typer.Option(metavar="FILE", help="With --anonymize: write there what was replaced by what.")
    ] = None,
    partial: Annotated[
        bool, typer.Option("--partial", help="After Ctrl-C, diagnose what was read until then.")
    ] = False,
    no_progress: NoProgress = False,
    isolate: Isolate = False,
    max_bytes: MaxBytes = DEFAULT_LIMITS.total_bytes,
    max_file_bytes: MaxFileBytes = DEFAULT_LIMITS.member_bytes,
    max_line_bytes: MaxLineBytes = DEFAULT_LIMITS.line_bytes,
    max_files: MaxFiles = DEFAULT_LIMITS.files,
    max_empty_files: MaxEmptyFiles = DEFAULT_LIMITS.empty_files,
    max_depth: MaxDepth = DEFAULT_LIMITS.depth,
    max_ratio: MaxRatio = DEFAULT_LIMITS.bomb_ratio,
    max_seconds: MaxSeconds = DEFAULT_LIMITS.file_seconds,
) -> None:
    """Say why it broke: the root cause, its cascade and its proof."""
    from analyzer.analysis import Options, analyze
    from analyzer.commands.people import written_by_people
    from analyzer.focus import Focus
    from analyzer.moments import period
    from analyzer.output import Outputs, emit, require_free, write
    from analyzer.progress import progress
    from analyzer.quoted import WIDE
    from analyzer.redact.anonymous import Anonymous
    from analyzer.timezone import zone

    if partial and isolate:
        raise UsageError("--partial does not go with --isolate, whose process does not know of Ctrl-C")
    if mapping is not None and not anonymize:
        raise UsageError("--mapping needs --anonymize")
    if evidence is not None and "-" in paths:
        raise UsageError("--evidence looks twice at the bundle, and standard input can be read once")
    people = written_by_people(notes)
    anonymous = Anonymous() if anonymize else None
    tz = zone(timezone) if timezone else None
    focus = Focus(namespaces=tuple(namespace or ()), pods=tuple(pod or ()), period=period(since, until, tz))
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
        force=force,
    )
    require_free([*outputs.paths, *([mapping] if mapping is not None else [])], force=force)
    limits = limits_of(
        max_bytes=max_bytes,
        max_file_bytes=max_file_bytes,
        max_line_bytes=max_line_bytes,
        max_files=max_files,
        max_empty_files=max_empty_files,
        max_depth=max_depth,
        max_ratio=max_ratio,
        max_seconds=max_seconds,
    )
    with progress(paths, no_progress) as report:
        diagnosis = analyze(
            paths,
            Options(
                patterns=tuple(patterns or ()),
                policy=policy,
                cre=tuple(cre or ()),
                cre_sources=tuple(cre_source or ()),
                focus=focus,
                strict=strict,
                timezone=tz,
                progress=report,
                neighbours=WIDE if evidence is not None else None,
                anonymize=anonymous,
                limits=limits,
                isolate=isolate,
                partial=partial,
            ),
        )
    emit(diagnosis, outputs)
    if mapping is not None and anonymous is not None:
        write(mapping, anonymous.mapping(), force=force)
    if diagnosis.is_interrupted:
        raise typer.Exit(INTERRUPTED)
    if diagnosis.broken_parts:
        for part in diagnosis.broken_parts:
            typer.echo(f"podtopsy: {part}", err=True)
        raise typer.Exit(BROKEN)
    if fail_on is FailOn.cause and diagnosis.causes:
        raise typer.Exit(FOUND)
