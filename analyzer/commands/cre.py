"""`podtopsy cre`: rules of the Common Reliability Enumerations, tested and run."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated

import typer

from analyzer.commands.options import FOUND

app = typer.Typer(help="Rules of the Common Reliability Enumerations (CRE): test, run.", no_args_is_help=True)


class CreFormat(enum.StrEnum):
    """What goes to standard output."""

    text = "text"
    json = "json"


@app.command("test")
def cre_test(
    directories: Annotated[
        list[Path], typer.Argument(metavar="DIR...", help="Rules with test.log and test-fp.log beside them.")
    ],
) -> None:
    """Run each rule on its own logs: it must hold for test.log, and not for test-fp.log."""
    from analyzer.cre.read import read_file, rule_files
    from analyzer.cre.run import trials
    from patterns.schema import Problem

    problems: list[Problem] = []
    results = []
    for file in rule_files(directories):
        results += trials(read_file(file, problems, is_given=False))
    for trial in results:
        word = "untested" if not trial.is_tried else "FAILED" if trial.problem else "ok"
        reason = f": {trial.problem}" if trial.problem else ""
        typer.echo(f"{word:<8} {trial.rule.id} {trial.rule.path}:{trial.rule.line}{reason}")
    for problem in sorted(problems):
        typer.echo(f"{'INVALID':<8} {problem}")
    failed = sum(bool(trial.problem) and trial.is_tried for trial in results)
    untested = sum(not trial.is_tried for trial in results)
    typer.echo(
        f"{len(results)} rules: {len(results) - failed - untested} ok, {failed} failed, {untested} untested; "
        f"{len({p.path for p in problems})} files invalid"
    )
    if failed or problems or not results:
        raise typer.Exit(FOUND)


@app.command("run")
def cre_run(
    rules: Annotated[Path, typer.Argument(metavar="RULES", help="A rule file, or a directory of them.")],
    log: Annotated[str, typer.Argument(metavar="LOG", help="A log, or - for standard input.")],
    format: Annotated[CreFormat, typer.Option(help="What goes to standard output.")] = CreFormat.text,
) -> None:
    """Say which rules hold for a log, whatever its source."""
    from analyzer.cre.read import read_rules
    from analyzer.cre.run import run
    from analyzer.detections import as_text
    from analyzer.document import detection_document
    from analyzer.present import json_bytes
    from analyzer.redact.mask import Masker
    from analyzer.redact.report import mask_with

    found, notes = run(read_rules([rules]), log)
    detections = mask_with(Masker(), found)
    for note in notes:
        typer.echo(f"podtopsy: {note.path}:{note.line}: {note.problem}", err=True)
    if format is CreFormat.json:
        typer.echo(json_bytes({"detections": [detection_document(d) for d in detections]}), nl=False)
    else:
        typer.echo(as_text(detections), nl=False)
