"""`podtopsy redact`: a cleaned bundle of the same layout."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analyzer.commands.options import Format, NoProgress


def redact(
    path: Annotated[str, typer.Argument(metavar="PATH", help="A directory, an archive or a file.")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="OUT", help="Where the cleaned bundle goes.")],
    anonymize: Annotated[
        bool, typer.Option("--anonymize", help="Replace addresses, names of hosts, users and namespaces too.")
    ] = False,
    mapping: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write there what was replaced by what; keep it to yourself.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace OUT if it is there.")] = False,
    format: Annotated[Format, typer.Option(help="Of the report on standard output: text or json.")] = Format.text,
    no_progress: NoProgress = False,
) -> None:
    """Write the bundle again without secrets, and say what was masked where."""
    from analyzer.clean import Cleaning, clean_bundle
    from analyzer.progress import progress
    from analyzer.redact import account

    with progress(no_progress) as report:
        done = clean_bundle(path, output, Cleaning(anonymize=anonymize, mapping=mapping, force=force, progress=report))
    if format is Format.json:
        typer.echo(account.as_json(done).decode(), nl=False)
    else:
        typer.echo(account.as_text(done))
