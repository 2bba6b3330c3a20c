"""A cleaned copy of a bundle: read once for what it calls secret and whose it is, then written."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from analyzer.analysis import Options, read, screen_of
from analyzer.bundle import open_bundle
from analyzer.errors import UsageError
from analyzer.output import require_free, write
from analyzer.redact.account import Account
from analyzer.redact.anonymize import Anonymizer
from analyzer.redact.bundle import Cleaner
from analyzer.redact.mask import Masker
from patterns.load import load_library


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaning:
    """What the command line may ask of a cleaned bundle."""

    anonymize: bool = False
    mapping: Path | None = None  # where to write what was replaced by what
    force: bool = False
    progress: Callable[[int, int, str], None] | None = None


def clean_bundle(path: str, out: Path, asked: Cleaning = Cleaning()) -> Account:
    """Write the cleaned copy of `path` to `out`, whole or not at all; raises InputError and UsageError."""
    if path == "-":
        raise UsageError("standard input can be read only once; give a file or a directory")
    if out.is_symlink():
        raise UsageError(f"cannot write {out}: it is a link")
    if out.exists() and not asked.force:
        raise UsageError(f"{out} exists already; --force replaces it")
    if Path(path).is_dir() and out.resolve().is_relative_to(Path(path).resolve()):
        raise UsageError(f"{out} lies inside {path}")
    if asked.mapping is not None:
        _require_apart(asked.mapping, out, asked)
    evidence = read(open_bundle([path]), screen_of(load_library()), Options(progress=asked.progress))
    masker = Masker(evidence.secrets, evidence.keyed, is_excerpt=False)
    anonymizer = Anonymizer.of(evidence) if asked.anonymize else None
    cleaner = Cleaner(masker, evidence.secrets, anonymizer)
    with tempfile.TemporaryDirectory(prefix=".podtopsy-", dir=_directory_of(out)) as scratch:
        fresh = Path(scratch) / "clean"
        cleaner.write(path, fresh)
        _move(fresh, out, Path(scratch) / "old")
    if asked.mapping is not None and anonymizer is not None:
        write(asked.mapping, anonymizer.mapping(), force=asked.force)
    return cleaner.account


def _require_apart(mapping: Path, out: Path, asked: Cleaning) -> None:
    """Whoever is given the cleaned bundle is not to be given the names with it."""
    if not asked.anonymize:
        raise UsageError("--mapping needs --anonymize")
    if mapping.resolve().is_relative_to(out.resolve()):
        raise UsageError(f"{mapping} lies inside {out}, which is given away")
    require_free([mapping], force=asked.force)


def _directory_of(out: Path) -> Path:
    if not out.absolute().parent.is_dir():
        raise UsageError(f"cannot write {out}: there is no directory {out.parent}")
    return out.absolute().parent


def _move(fresh: Path, out: Path, old: Path) -> None:
    """Put the finished copy in its place; what stood there goes only once it is finished."""
    if out.exists():
        out.rename(old)
    try:
        fresh.rename(out)
    except OSError:
        if old.exists():
            old.rename(out)  # what stood there goes only for something better
        raise
