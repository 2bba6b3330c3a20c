"""The command line: which commands there are, and the exit code when one cannot end well.

Exit codes: 0 analysed; 1 analysed and `--fail-on cause` found one; 2 usage, unreadable input or a wrong
pattern; 3 analysed, but our own code failed on a part of it; 130 interrupted.
"""

from __future__ import annotations

import gc
import signal
import sys
from types import FrameType
from typing import Annotated

import typer

from analyzer._version import __version__
from analyzer.commands import cre, patterns
from analyzer.commands.diagnose import diagnose
from analyzer.commands.files import files
from analyzer.commands.formats import formats
from analyzer.commands.options import BROKEN, INTERRUPTED, USAGE
from analyzer.commands.redact import redact
from analyzer.commands.report import report
from analyzer.commands.timeline import timeline
from analyzer.errors import PodtopsyError

app = typer.Typer(
    name="podtopsy",
    help="The autopsy of a pod: the root cause, from a support bundle, offline.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _command in (diagnose, files, formats, redact, report, timeline):
    app.command()(_command)
app.add_typer(patterns.app, name="patterns")
app.add_typer(cre.app, name="cre")
COMMANDS = frozenset({"cre", "diagnose", "files", "formats", "patterns", "redact", "report", "timeline"})


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


def _with_command(arguments: list[str]) -> list[str]:
    """`podtopsy PATH` alone means `podtopsy diagnose PATH`."""
    first = arguments[0] if arguments else ""
    if first and first not in COMMANDS and (first == "-" or not first.startswith("-")):
        return ["diagnose", *arguments]
    return arguments


def _end_on_signals() -> None:
    """Asked to stop, end as an exception does, so that everything is cleaned up: a closed terminal too."""

    def stop(number: int, _: FrameType | None) -> None:
        raise SystemExit(128 + number)

    for name in ("SIGTERM", "SIGHUP"):  # Windows has no SIGHUP
        if (number := getattr(signal, name, None)) is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, stop)


def _where(error: Exception) -> str:
    """The error's kind and place; not its text, which may quote the bundle."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f" in {frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame is not None else ""
    return f"{type(error).__name__}{place}"


def main() -> None:
    """Run the command line and exit."""
    from patterns.schema import LibraryError

    _end_on_signals()
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
    except Exception as error:
        if "--strict" in sys.argv:
            raise
        typer.echo(f"podtopsy: internal error: {_where(error)}; --strict shows all of it", err=True)
        raise SystemExit(BROKEN) from None
    finally:
        gc.freeze()  # else Python looks through all there is for garbage once more before it ends
