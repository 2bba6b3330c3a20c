"""`podtopsy timeline`: what happened when, from all files."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated

import typer

from analyzer.commands.options import BROKEN, Force, NoProgress, Paths, Patterns, Since, Timezone, Until


class TimelineFormat(enum.StrEnum):
    """What the merged timeline is written as."""

    text = "text"
    csv = "csv"
    json = "json"


def timeline(
    paths: Paths,
    format: Annotated[TimelineFormat, typer.Option(help="What goes to standard output.")] = TimelineFormat.text,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Write there, not to standard output.")] = None,
    namespace: Annotated[list[str] | None, typer.Option(help="Only what is about this namespace.")] = None,
    pod: Annotated[list[str] | None, typer.Option(help="Only what is about this pod.")] = None,
    since: Since = None,
    until: Until = None,
    timezone: Timezone = None,
    patterns: Patterns = None,
    force: Force = False,
    no_progress: NoProgress = False,
) -> None:
    """Merge what all files say into one timeline, in UTC."""
    from analyzer.analysis import Options, evidence_of
    from analyzer.chronicle import chronicle
    from analyzer.conclude import broken_parts
    from analyzer.moments import period
    from analyzer.output import emit_chronicle
    from analyzer.progress import progress
    from analyzer.redact.mask import Masker
    from analyzer.redact.report import mask_with
    from analyzer.timezone import zone

    tz = zone(timezone) if timezone else None
    asked = period(since, until, tz)
    with progress(paths, no_progress) as report:
        evidence = evidence_of(paths, Options(patterns=tuple(patterns or ()), timezone=tz, progress=report))
    told = mask_with(Masker(evidence.secrets, evidence.keyed), chronicle(evidence, namespace or (), pod or (), asked))
    emit_chronicle(told, format.value, output, force=force)
    if broken := broken_parts(evidence):
        for part in broken:
            typer.echo(f"podtopsy: {part}", err=True)
        raise typer.Exit(BROKEN)
