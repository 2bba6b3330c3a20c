"""`podtopsy files`: the ledger of a bundle."""

from __future__ import annotations

from typing import Annotated

import typer

from analyzer.commands.options import (
    Format,
    Isolate,
    MaxBytes,
    MaxDepth,
    MaxEmptyFiles,
    MaxFileBytes,
    MaxFiles,
    MaxLineBytes,
    MaxRatio,
    MaxSeconds,
    NoProgress,
    Paths,
    limits_of,
)
from analyzer.member import DEFAULT_LIMITS


def files(
    paths: Paths,
    format: Annotated[Format, typer.Option(help="text or json.")] = Format.text,
    no_progress: NoProgress = False,
    isolate: Isolate = False,
    max_bytes: MaxBytes = DEFAULT_LIMITS.total_bytes,
    max_file_bytes: MaxFileBytes = DEFAULT_LIMITS.member_bytes,
    max_line_bytes: MaxLineBytes = DEFAULT_LIMITS.line_bytes,
    max_files: MaxFiles = DEFAULT_LIMITS.files,
    max_empty_files: MaxEmptyFiles = DEFAULT_LIMITS.empty_files,
    max_depth: MaxDepth = DEFAULT_LIMITS.depth,
    max_ratio: MaxRatio = DEFAULT_LIMITS.bomb_ratio,
    max_seconds: MaxSeconds = DEFAULT_LIMITS.file_seconds,
) -> None:
    """Account for every file: what it is, how it was read, and what was not."""
    from analyzer.analysis import Options, ledger
    from analyzer.output import emit_ledger
    from analyzer.progress import progress

    limits = limits_of(
        max_bytes=max_bytes,
        max_file_bytes=max_file_bytes,
        max_line_bytes=max_line_bytes,
        max_files=max_files,
        max_empty_files=max_empty_files,
        max_depth=max_depth,
        max_ratio=max_ratio,
        max_seconds=max_seconds,
    )
    with progress(paths, no_progress) as report:
        entries, notes = ledger(paths, Options(progress=report, limits=limits, isolate=isolate))
    emit_ledger(entries, notes, as_json=format is Format.json)
