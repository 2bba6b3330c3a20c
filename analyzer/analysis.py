"""The program in one function: a bundle in, a diagnosis out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from analyzer.bundle import Bundle, open_bundle
from analyzer.conclude import conclude
from analyzer.cre.beside import beside
from analyzer.cre.read import read_rules
from analyzer.cre.sources import Binding
from analyzer.cre.translate import Translation
from analyzer.derive import LINES, derive
from analyzer.diagnosis import Diagnosis
from analyzer.find import find
from analyzer.focus import EVERYTHING, Focus
from analyzer.ingest import ingest
from analyzer.ingest.collector import rare_collection
from analyzer.ingest.patience import interruptible
from analyzer.isolate import read_isolated
from analyzer.member import DEFAULT_LIMITS, Limits
from analyzer.model import Evidence, FileEntry, Note
from analyzer.quoted import NEAR, QUICK_BYTES, QUICK_FILES, with_neighbours
from analyzer.redact.mask import Masker
from analyzer.redact.report import mask_with, masked
from analyzer.regex_limits import refused, with_slow
from analyzer.screen import Screen, ScreenError
from analyzer.sources import library_of
from analyzer.vocabulary import by_words
from patterns.policy import NO_POLICY, Policy
from patterns.schema import Library, LibraryError

Progress = Callable[[int, int, str], None]  # files done, bytes done, path at hand


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command line may ask of an analysis."""

    patterns: tuple[Path, ...] = ()  # further pattern files or folders
    policy: Path | None = None  # the site's policy; None: the user's own, where there is one
    cre: tuple[Path, ...] = ()  # files and folders of CRE rules
    cre_sources: tuple[str, ...] = ()  # NAME=GLOB: what their abstract sources mean
    focus: Focus = EVERYTHING
    strict: bool = False  # let our own bugs raise
    timezone: dt.tzinfo | None = None  # of times that say none; None: UTC
    progress: Progress | None = None
    neighbours: int | None = None  # lines quoted around each quoted one; None: a few, where that costs no time
    anonymize: Callable[[Diagnosis, Evidence], Diagnosis] | None = None  # the last word on what is told
    limits: Limits = DEFAULT_LIMITS
    isolate: bool = False  # read files in a process of their own
    partial: bool = False  # after Ctrl-C, go on with what was read until then


def analyze(paths: Sequence[str | Path], options: Options = Options()) -> Diagnosis:
    """The diagnosis of the bundle at `paths`.

    Raises InputError when a path is missing or unreadable as a whole, and patterns.LibraryError when a
    pattern or a CRE rule is wrong.
    """
    library, policy = library_of(options.patterns, options.policy)
    rules = Translation.of(read_rules(options.cre), Binding.of(options.cre_sources)) if options.cre else None
    # Standard input is read once.
    again = None if "-" in map(str, paths) else lambda: open_bundle(paths, options.limits)
    return analyze_bundle(open_bundle(paths, options.limits), library, options, policy, rules, again)


@rare_collection()
def analyze_bundle(
    bundle: Bundle,
    library: Library,
    options: Options = Options(),
    policy: Policy = NO_POLICY,
    rules: Translation | None = None,
    again: Callable[[], Bundle] | None = None,
) -> Diagnosis:
    """The stages, in order: ingest reads, derive joins, patterns judge, rank weighs, redact masks; CRE rules beside.

    `again` opens the bundle a second time, for the lines around those that are quoted.
    """
    screen = screen_of(library, rules)
    evidence = read(bundle, screen, options)
    found = find(evidence, library, screen)
    findings = [
        f
        for f in (*found, *by_words(found, evidence, library))
        if not any(noise.covers(f.pattern, f.about.namespace) for noise in policy.noise)
    ]
    evidence = with_slow(evidence, library, screen)
    concluded = conclude(evidence, findings, library, bundle.paths, options.focus, policy.restarts)
    together = concluded if rules is None else beside(concluded, rules.find(evidence), rules.notes())
    is_quick = bundle.bytes_read <= QUICK_BYTES and bundle.files_seen <= QUICK_FILES
    if again is not None and (options.neighbours is not None or is_quick):
        together = with_neighbours(together, again(), NEAR if options.neighbours is None else options.neighbours)
    diagnosis = masked(together, evidence.secrets, evidence.keyed)
    return diagnosis if options.anonymize is None else options.anonymize(diagnosis, evidence)


def read(bundle: Bundle, screen: Screen, options: Options = Options()) -> Evidence:
    """What the bundle says, read and joined, before any pattern judges it."""
    readings = read_isolated(bundle, screen, options.progress, options.strict) if options.isolate else None
    with interruptible(bundle.stop) if options.partial else nullcontext():
        evidence = ingest(bundle, screen, options.progress, options.strict, options.timezone, readings)
    return derive(evidence, options.strict)


def screen_of(library: Library, rules: Translation | None = None) -> Screen:
    """One screen for all: what bulk logs are scanned for, and what records are matched with."""
    sought = None if rules is None else rules.sought()
    expressions = tuple(sorted({*library.expressions, *LINES}))
    try:
        return Screen.build(expressions, sought=sought)
    except ScreenError as error:
        if problems := refused(error, expressions, library):
            raise LibraryError(problems) from None
        raise


def ledger(paths: Sequence[str | Path], options: Options = Options()) -> tuple[list[FileEntry], list[Note]]:
    """What the bundle holds and what became of each file, with the notes on what could not be read."""
    evidence = evidence_of(paths, options)
    return mask_with(Masker(evidence.secrets, evidence.keyed), (list(evidence.files), list(evidence.notes)))


def evidence_of(paths: Sequence[str | Path], options: Options = Options()) -> Evidence:
    """What the bundle at `paths` says, not masked yet; raises as `analyze` does."""
    return read(open_bundle(paths, options.limits), screen_of(library_of(options.patterns)[0]), options)
