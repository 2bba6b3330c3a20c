"""`podtopsy report`: the report of a diagnosis that was written as JSON before."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analyzer.commands.options import Force, Format, Junit, NotesFile, Sarif
from analyzer.errors import InputError

MOST_MISPLACED = 5  # named, of the quoted lines that do not stand


def report(
    diagnosis: Annotated[
        Path, typer.Argument(metavar="DIAGNOSIS.json", help="What --json or --evidence wrote; - for standard input.")
    ],
    format: Annotated[Format, typer.Option(help="What goes to standard output.")] = Format.text,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Write there, not to standard output.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write the HTML postmortem to this file too.")] = None,
    json: Annotated[Path | None, typer.Option(help="Write the JSON diagnosis to this file too.")] = None,
    markdown: Annotated[Path | None, typer.Option(help="Write the Markdown postmortem to this file too.")] = None,
    sarif: Sarif = None,
    junit: Junit = None,
    notes: NotesFile = None,
    bundle: Annotated[
        list[str] | None, typer.Option(metavar="PATH", help="Check that every quoted line still stands in this bundle.")
    ] = None,
    force: Force = False,
) -> None:
    """Render a diagnosis again, without the bundle."""
    from analyzer.commands.people import written_by_people
    from analyzer.output import Outputs, emit
    from analyzer.revive import revive

    told = revive(_content(diagnosis), str(diagnosis))
    outputs = Outputs(
        format=format.value,
        output=output,
        html=html,
        json=json,
        markdown=markdown,
        sarif=sarif,
        junit=junit,
        notes=written_by_people(notes),
        force=force,
    )
    emit(told, outputs)
    if bundle:
        from analyzer import quoted
        from analyzer.bundle import open_bundle

        wrong = quoted.verify(told, open_bundle(bundle))
        if wrong:
            listed = "; ".join(f"{m.path}:{m.line}: {m.problem}" for m in wrong[:MOST_MISPLACED])
            more = f"; and {len(wrong) - MOST_MISPLACED} more" if len(wrong) > MOST_MISPLACED else ""
            raise InputError(f"{len(wrong)} of {quoted.count(told)} quoted lines do not stand in it: {listed}{more}")
        typer.echo(f"podtopsy: all {quoted.count(told)} quoted lines stand in the bundle", err=True)


def _content(path: Path) -> bytes:
    import sys

    if str(path) == "-":
        return sys.stdin.buffer.read()
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
