"""`podtopsy formats`: what is recognised."""

from __future__ import annotations

import typer


def formats() -> None:
    """List every layout and format that is recognised, each with a sample."""
    from analyzer.formats import as_text

    typer.echo(as_text())
