"""Reads a binary journal through `journalctl --file`, where that program exists.

The format is systemd's own (docs/JOURNAL_FILE_FORMAT.md, magic "LPKSHHRH"). The bundle's bytes go into an unnamed
temporary file that the program reads as its standard input; no shell, no pager, two minutes at most.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import threading
from dataclasses import replace
from pathlib import Path
from typing import IO, Final

from analyzer.ingest import blocks
from analyzer.ingest.harvest import Harvest
from analyzer.ingest.textlog import TextLog
from analyzer.model import Note
from analyzer.placement import Placement
from analyzer.screen import Screen
from analyzer.tarstream import Readable

NAME: Final = "journal binary"
SAMPLE: Final = "LPKSHHRH... (/var/log/journal/<machine>/system.journal)"
MOST_BYTES: Final = 4 << 30  # journald itself stops at 4 GiB
SECONDS: Final = 120.0
_OPTIONS: Final = ("--file=/dev/stdin", "--no-pager", "--quiet", "--utc", "--all", "--output=short-iso-precise")
_HELP: Final = "convert it where journalctl exists: journalctl --file FILE --utc --all -o short-iso-precise > FILE.log"


def is_journal(head: bytes) -> bool:
    """Whether a file that begins like this is a binary journal."""
    return head.startswith(b"LPKSHHRH")


def read(stream: Readable, placement: Placement, screen: Screen, path: str) -> Harvest:
    """Its entries as `journalctl` shows them; without that program a skipped file with a note of what to do.

    Lines are those of journalctl's output. Never raises for the content.
    """
    program = shutil.which("journalctl")
    if program is None or not Path(program).is_absolute():  # the current directory may be the bundle
        return _skipped(stream, path, f"binary journal, and there is no journalctl here: {_HELP}")
    with tempfile.TemporaryFile() as file:
        lines = _copy(stream, file)
        try:
            harvest, code = _run(program, file, placement, screen, path)
        except OSError as error:
            return _unread(lines, path, f"binary journal, journalctl does not start ({error.strerror}): {_HELP}")
    if not harvest.lines:
        return _unread(lines, path, f"binary journal, journalctl reads nothing from it (exit code {code}): {_HELP}")
    if code:
        note = Note(path=path, problem=f"journalctl ended early (exit code {code}): the rest is not read")
        harvest = replace(harvest, notes=(*harvest.notes, note))
    return replace(harvest, format=NAME)


def _copy(stream: Readable, file: IO[bytes]) -> int:
    """Lines that were copied, the last one also without its newline, for the ledger."""
    lines = size = 0
    last = b"\n"
    while size < MOST_BYTES and (data := stream.read(blocks.BLOCK_BYTES)):
        file.write(data)
        size += len(data)
        lines += data.count(b"\n")
        last = data
    file.seek(0)
    if rest := blocks.count_newlines(stream):
        return lines + rest
    return lines + (0 if last.endswith(b"\n") else 1)


def _run(program: str, file: IO[bytes], placement: Placement, screen: Screen, path: str) -> tuple[Harvest, int]:
    with subprocess.Popen(
        [program, *_OPTIONS],
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin", "SYSTEMD_PAGER": "", "SYSTEMD_COLORS": "0"},
        cwd="/",
    ) as process:
        assert process.stdout is not None
        watchdog = threading.Timer(SECONDS, process.kill)
        watchdog.start()
        try:
            harvest = TextLog(placement, screen, path).read(process.stdout)
            code = process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            code = -1
        finally:
            watchdog.cancel()
            process.kill()
    return harvest, code


def _skipped(stream: Readable, path: str, problem: str) -> Harvest:
    return _unread(blocks.count_newlines(stream), path, problem)


def _unread(lines: int, path: str, problem: str) -> Harvest:
    return Harvest(format="binary", lines=lines, skipped=lines, notes=(Note(path=path, problem=problem),))
