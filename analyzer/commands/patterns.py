"""`podtopsy patterns`: the library, listed, shown and tested."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analyzer.commands.options import USAGE, Patterns
from analyzer.errors import PodtopsyError

app = typer.Typer(help="The pattern library: list, show, test.", no_args_is_help=True)


@app.command("list")
def patterns_list(
    patterns: Patterns = None,
    regex: Annotated[
        bool, typer.Option("--regex", help="The log regexes alone, one a line, as ripgrep takes them.")
    ] = False,
) -> None:
    """List the patterns, or the regexes that bulk logs are screened for."""
    from patterns.load import load_library
    from patterns.regexes import for_ripgrep

    library = load_library(tuple(patterns or ()))
    if regex:
        for expression in library.log_expressions:
            typer.echo(for_ripgrep(expression))
        return
    width = max((len(p) for p in library.patterns), default=0)
    for pattern in sorted(library.patterns.values(), key=lambda p: (p.category, p.id)):
        typer.echo(f"{pattern.category:<11} {pattern.role:<8} {pattern.id:<{width}} {pattern.title}")


@app.command("show")
def patterns_show(pattern_id: Annotated[str, typer.Argument(metavar="ID")], patterns: Patterns = None) -> None:
    """Print what a pattern says: meaning, impact, diagnosis, mitigation."""
    from analyzer.output import pattern_page
    from patterns.load import load_library

    library = load_library(tuple(patterns or ()))
    if pattern_id not in library.patterns:
        raise PodtopsyError(f"there is no pattern {pattern_id}; `podtopsy patterns list` names them all")
    typer.echo(pattern_page(library.patterns[pattern_id]))


@app.command("test")
def patterns_test(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE|DIR]...", help="Default: our own library.")
    ] = None,
) -> None:
    """Run every example of every pattern, and say what does not hold."""
    from analyzer.prove import prove_all
    from patterns.load import load_library

    library = load_library(tuple(paths or ()))
    files = [f for p in paths or () for f in ([p] if p.is_file() else sorted(p.rglob("*.yaml")))]
    given = frozenset(f.stem for f in files) if paths else frozenset(library.patterns)
    problems = prove_all(library, given)
    for problem in problems:
        typer.echo(str(problem))
    typer.echo(f"{len(given)} patterns tested, {len(problems)} problems")
    if problems:
        raise typer.Exit(USAGE)
