"""The program in one function: a bundle in, a diagnosis out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from analyzer.bundle import Bundle, open_bundle
from analyzer.conclude import EVERYTHING, Focus, conclude
from analyzer.derive import LINES, derive
from analyzer.diagnosis import Diagnosis
from analyzer.find import find
from analyzer.frames import rows
from analyzer.ingest import ingest
from analyzer.model import Evidence, FileEntry, Note
from analyzer.quoted import NEAR, QUICK_BYTES, with_neighbours
from analyzer.screen import Screen
from patterns.load import load_library
from patterns.schema import Library

Progress = Callable[[int, int, str], None]  # files done, bytes done, path at hand


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command line may ask of an analysis."""

    patterns: tuple[Path, ...] = ()  # further pattern files or folders
    focus: Focus = EVERYTHING
    strict: bool = False  # let our own bugs raise
    timezone: dt.tzinfo | None = None  # of times that say none; None: UTC
    progress: Progress | None = None
    neighbours: int | None = None  # lines quoted around each quoted one; None: a few, where that costs no time


def analyze(paths: Sequence[str | Path], options: Options = Options()) -> Diagnosis:
    """The diagnosis of the bundle at `paths`.

    Raises InputError when a path is missing or unreadable as a whole, and patterns.LibraryError when a
    pattern is wrong.
    """
    library = load_library(options.patterns)
    again = None if "-" in map(str, paths) else lambda: open_bundle(paths)  # standard input is read once
    return analyze_bundle(open_bundle(paths), library, options, again)


def analyze_bundle(
    bundle: Bundle, library: Library, options: Options = Options(), again: Callable[[], Bundle] | None = None
) -> Diagnosis:
    """The stages, in order: ingest reads, derive joins, patterns judge, rank weighs.

    `again` opens the bundle a second time, for the lines around those that are quoted.
    """
    screen = screen_of(library)
    evidence = read(bundle, screen, options)
    findings = find(evidence, library, screen)
    diagnosis = conclude(evidence, findings, library, bundle.paths, options.focus)
    if again is not None and (options.neighbours is not None or bundle.bytes_read <= QUICK_BYTES):
        diagnosis = with_neighbours(diagnosis, again(), NEAR if options.neighbours is None else options.neighbours)
    return diagnosis


def read(bundle: Bundle, screen: Screen, options: Options = Options()) -> Evidence:
    """What the bundle says, read and joined, before any pattern judges it."""
    return derive(ingest(bundle, screen, options.progress, strict=options.strict, timezone=options.timezone))


def screen_of(library: Library) -> Screen:
    """One screen for all: what bulk logs are scanned for, and what records are matched with."""
    return Screen.build(tuple(sorted({*library.expressions, *LINES})))


def ledger(paths: Sequence[str | Path], options: Options = Options()) -> tuple[list[FileEntry], list[Note]]:
    """What the bundle holds and what became of each file, with the notes on what could not be read."""
    evidence = read(open_bundle(paths), screen_of(load_library(options.patterns)), options)
    return rows(FileEntry, evidence.files), rows(Note, evidence.notes)
