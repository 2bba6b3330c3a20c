"""The command line: what is asked, where the answer goes, and the exit code.

Exit codes: 0 analysed; 1 analysed and `--fail-on cause` found one; 2 usage, unreadable input or a wrong
pattern; 3 analysed, but our own code failed on a part of it; 130 interrupted.
"""

from __future__ import annotations

import enum
import sys
from pathlib import Path
from typing import Annotated

import typer

from analyzer._version import __version__
from analyzer.errors import PodtopsyError

INTERRUPTED, USAGE, BROKEN, FOUND = 130, 2, 3, 1

app = typer.Typer(
    name="podtopsy",
    help="The autopsy of a pod: the root cause, from a support bundle, offline.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
patterns_app = typer.Typer(help="The pattern library: list, show, test.", no_args_is_help=True)
app.add_typer(patterns_app, name="patterns")


class Format(enum.StrEnum):
    """What goes to standard output."""

    text = "text"
    json = "json"
    markdown = "markdown"
    html = "html"


class FailOn(enum.StrEnum):
    """When the exit code says that something was found."""

    cause = "cause"
    never = "never"


Paths = Annotated[
    list[str],
    typer.Argument(metavar="PATH...", help="A directory, an archive, a file, or - for standard input."),
]
Patterns = Annotated[list[Path] | None, typer.Option("--patterns", metavar="DIR", help="Further patterns.")]
NoProgress = Annotated[bool, typer.Option("--no-progress", help="No progress on standard error.")]
Strict = Annotated[bool, typer.Option("--strict", help="Let an error of our own code end the run.")]


def _version(value: bool) -> None:
    if value:
        typer.echo(f"podtopsy {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """The autopsy of a pod: the root cause, from a support bundle, offline."""


@app.command()
def diagnose(
    paths: Paths,
    format: Annotated[Format, typer.Option(help="What goes to standard output.")] = Format.text,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Write there, not to standard output.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write the HTML postmortem to this file too.")] = None,
    json: Annotated[Path | None, typer.Option(help="Write the JSON diagnosis to this file too.")] = None,
    markdown: Annotated[Path | None, typer.Option(help="Write the Markdown postmortem to this file too.")] = None,
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
    from analyzer.conclude import Focus
    from analyzer.output import Outputs, emit
    from analyzer.progress import progress
    from analyzer.timezone import zone

    with progress(no_progress) as report:
        diagnosis = analyze(
            paths,
            Options(
                patterns=tuple(patterns or ()),
                focus=Focus(namespaces=tuple(namespace or ()), pods=tuple(pod or ())),
                strict=strict,
                timezone=zone(timezone) if timezone else None,
                progress=report,
            ),
        )
    emit(diagnosis, Outputs(format=format.value, output=output, html=html, json=json, markdown=markdown))
    if diagnosis.broken_parts:
        for part in diagnosis.broken_parts:
            typer.echo(f"podtopsy: {part}", err=True)
        raise typer.Exit(BROKEN)
    if fail_on is FailOn.cause and diagnosis.causes:
        raise typer.Exit(FOUND)


@app.command()
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


@app.command()
def formats() -> None:
    """List every layout and format that is recognised, each with a sample."""
    from analyzer.formats import as_text

    typer.echo(as_text())


@patterns_app.command("list")
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


@patterns_app.command("show")
def patterns_show(pattern_id: Annotated[str, typer.Argument(metavar="ID")], patterns: Patterns = None) -> None:
    """Print what a pattern says: meaning, impact, diagnosis, mitigation."""
    from analyzer.output import pattern_page
    from patterns.load import load_library

    library = load_library(tuple(patterns or ()))
    if pattern_id not in library.patterns:
        raise PodtopsyError(f"there is no pattern {pattern_id}; `podtopsy patterns list` names them all")
    typer.echo(pattern_page(library.patterns[pattern_id]))


@patterns_app.command("test")
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


COMMANDS = frozenset({"diagnose", "files", "formats", "patterns"})


def _with_command(arguments: list[str]) -> list[str]:
    """`podtopsy PATH` alone means `podtopsy diagnose PATH`."""
    first = arguments[0] if arguments else ""
    if first and first not in COMMANDS and (first == "-" or not first.startswith("-")):
        return ["diagnose", *arguments]
    return arguments


def main() -> None:
    """Run the command line and exit."""
    from patterns.schema import LibraryError

    try:
        app(_with_command(sys.argv[1:]), standalone_mode=True)
    except PodtopsyError as error:
        typer.echo(f"podtopsy: {error}", err=True)
        raise SystemExit(USAGE) from None
    except LibraryError as error:
        for problem in error.problems:
            typer.echo(str(problem), err=True)
        raise SystemExit(USAGE) from None
    except SystemExit as ended:
        if ended.code == INTERRUPTED:  # typer has caught the KeyboardInterrupt and says nothing
            typer.echo("podtopsy: interrupted", err=True)
        raise
    except BrokenPipeError:
        # The reader of our output has gone; closing standard error too keeps the interpreter from complaining.
        sys.stderr.close()
        raise SystemExit(0) from None
