"""`podtopsy patterns`: the library, listed, shown and tested."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analyzer.commands.options import USAGE, NoProgress, Patterns
from analyzer.errors import PodtopsyError

if TYPE_CHECKING:  # the help of a command does not need them
    from patterns.schema import Library, Pattern

app = typer.Typer(help="The pattern library: list, show, test.", no_args_is_help=True)


def _known(library: Library, pattern_id: str) -> Pattern:
    if pattern_id not in library.patterns:
        raise PodtopsyError(f"there is no pattern {pattern_id}; `podtopsy patterns list` names them all")
    return library.patterns[pattern_id]


@app.command("list")
def patterns_list(
    patterns: Patterns = None,
    regex: Annotated[
        bool, typer.Option("--regex", help="The log regexes alone, one a line, as ripgrep takes them.")
    ] = False,
    category: Annotated[str | None, typer.Option(help="Only those of this folder, such as volume or symptom.")] = None,
    source: Annotated[str | None, typer.Option(help="Only those that read this source, such as event.")] = None,
    cause: Annotated[str | None, typer.Option(help="Only those of this class of cause.")] = None,
) -> None:
    """List the patterns, or the regexes that bulk logs are screened for."""
    from analyzer.sources import library_of
    from patterns.regexes import for_ripgrep

    library = library_of(tuple(patterns or ()))[0]
    if regex:
        for expression in library.log_expressions:
            typer.echo(for_ripgrep(expression))
        return
    width = max((len(p) for p in library.patterns), default=0)
    for pattern in sorted(library.patterns.values(), key=lambda p: (p.category, p.id)):
        reads = {s for selector in pattern.match.selectors for s in selector.sources}
        if category not in (None, pattern.category) or cause not in (None, pattern.cause):
            continue
        if source is not None and source not in reads:
            continue
        typer.echo(f"{pattern.category:<11} {pattern.role:<8} {pattern.id:<{width}} {pattern.title}")


@app.command("show")
def patterns_show(pattern_id: Annotated[str, typer.Argument(metavar="ID")], patterns: Patterns = None) -> None:
    """Print what a pattern says: meaning, impact, diagnosis, mitigation."""
    from analyzer.output import pattern_page
    from analyzer.sources import library_of

    library = library_of(tuple(patterns or ()))[0]
    typer.echo(pattern_page(_known(library, pattern_id)))


@app.command("test")
def patterns_test(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE|DIR]...", help="Default: our own library.")
    ] = None,
) -> None:
    """Run every example of every pattern, and say what does not hold."""
    from analyzer.prove import prove_all
    from analyzer.sources import library_of

    library = library_of(tuple(paths or ()))[0]
    files = [f for p in paths or () for f in ([p] if p.is_file() else sorted(p.rglob("*.yaml")))]
    given = frozenset(f.stem for f in files) if paths else frozenset(library.patterns)
    problems = prove_all(library, given)
    for problem in problems:
        typer.echo(str(problem))
    typer.echo(f"{len(given)} patterns tested, {len(problems)} problems")
    if problems:
        raise typer.Exit(USAGE)


@app.command("explain")
def patterns_explain(
    path: Annotated[list[str], typer.Argument(metavar="PATH... ID", help="A bundle, then the pattern's id.")],
    patterns: Patterns = None,
) -> None:
    """Say why a pattern fired on a bundle, or what was not met."""
    from analyzer.bundle import open_bundle
    from analyzer.redact.report import masked_text
    from analyzer.sources import library_of
    from analyzer.why import as_text, why

    *paths, pattern_id = path
    if not paths:
        raise PodtopsyError("give a bundle and the id of a pattern: podtopsy patterns explain PATH ID")
    library = library_of(tuple(patterns or ()))[0]
    typer.echo(masked_text(as_text(why(open_bundle(paths), library, _known(library, pattern_id)))))


@app.command("coverage")
def patterns_coverage(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Bundles, each for itself.")],
    patterns: Patterns = None,
    no_progress: NoProgress = False,
) -> None:
    """Say which patterns fire on these bundles, and which never do."""
    from analyzer.analysis import Options
    from analyzer.coverage import as_text, coverage
    from analyzer.progress import progress
    from analyzer.sources import library_of

    with progress(no_progress) as report:
        rows = coverage(paths, library_of(tuple(patterns or ()))[0], Options(progress=report))
    typer.echo(as_text(rows, len(paths)))


@app.command("new")
def patterns_new(
    pattern_id: Annotated[str | None, typer.Argument(metavar="ID", help="Small letters and dashes.")] = None,
    line: Annotated[
        str | None, typer.Option("--from", metavar="FILE:LINE", help="The line of a bundle that it is to find.")
    ] = None,
    cause: Annotated[str | None, typer.Option(metavar="CLASS", help="The class of the cause it names.")] = None,
    title: Annotated[str | None, typer.Option(help="What went wrong, at most 70 characters.")] = None,
    directory: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="DIR", help="Default: your own pattern directory.")
    ] = None,
) -> None:
    """Write a pattern from a real line, with an example and a near miss that hold; what is not given is asked."""
    from analyzer.output import write
    from analyzer.propose import propose
    from analyzer.sources import library_of, own_directory
    from patterns.schema import CAUSES

    pattern_id = pattern_id or typer.prompt("Id of the pattern (small letters and dashes)")
    line = line or typer.prompt("A line that it is to find (FILE:LINE)")
    classes = [c for found in CAUSES.values() for c in found]
    while cause not in classes:
        if cause is not None:
            typer.echo(f"{cause} is none of {', '.join(classes)}", err=True)
        cause = typer.prompt("Class of the cause")
    title = title or typer.prompt("Title (what went wrong)")
    folder = directory or own_directory()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{pattern_id}.yaml"
    if path.exists():
        raise PodtopsyError(f"{path} exists already; choose another id, or edit it")
    write(path, propose(line, pattern_id, cause, title, library_of()[0]).encode())
    typer.echo(f"{path}")
    typer.echo("Complete the sentences that begin with “Say here”, then run:")
    typer.echo(f"  podtopsy patterns test {path}")
