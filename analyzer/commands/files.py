"""`podtopsy files`: the ledger of a bundle."""

from __future__ import annotations

from typing import Annotated

import typer

from analyzer.commands.options import Format, NoProgress, Paths


def files(
    paths: Paths,
    format: Annotated[Format, typer.Option(help="text or json.")] = Format.text,
    no_progress: NoProgress = False,
) -> None:
    """Account for every file: what it is, how it was read, and what was not."""
    from analyzer.analysis import Options, ledger
    from analyzer.output import emit_ledger
    from analyzer.progress import progress

    with progress(no_progress) as report:
        entries, notes = ledger(paths, Options(progress=report))
    emit_ledger(entries, notes, as_json=format is Format.json)
