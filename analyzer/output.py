"""Where the answer goes: standard output and files, written whole or not at all."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from analyzer import accounts, atomic, chronicle
from analyzer.chronicle import Chronicle
from analyzer.diagnosis import Diagnosis
from analyzer.errors import UsageError
from analyzer.model import FileEntry, Note
from analyzer.present import json_bytes, to_json, to_text
from patterns.schema import Pattern

TEXT_WIDTH = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """What was asked for: a format for standard output (or `output`), and further files."""

    format: str = "text"
    output: Path | None = None
    html: Path | None = None
    json: Path | None = None
    markdown: Path | None = None
    sarif: Path | None = None
    junit: Path | None = None
    evidence: Path | None = None  # the same document as json; the quoted lines have more neighbours then
    notes: Mapping[str, str] | None = None  # what people wrote, by the folded name of a field
    force: bool = False  # replace files that are there

    @property
    def asked(self) -> tuple[tuple[str, Path], ...]:
        """The further files that are to be written, each with its format."""
        asked = (
            ("html", self.html),
            ("json", self.json),
            ("markdown", self.markdown),
            ("sarif", self.sarif),
            ("junit", self.junit),
            ("json", self.evidence),
        )
        return tuple((kind, path) for kind, path in asked if path is not None)

    @property
    def paths(self) -> tuple[Path, ...]:
        """Every file that is to be written."""
        return (*(path for _, path in self.asked), *([self.output] if self.output is not None else ()))


def emit(diagnosis: Diagnosis, outputs: Outputs) -> None:
    """Write every output, when all of them are made; raises UsageError where one cannot be written."""
    require_free(outputs.paths, force=outputs.force)
    pages = [(path, _rendered(diagnosis, kind, outputs.notes)) for kind, path in outputs.asked]
    is_text = outputs.format == "text"
    answer = _text(diagnosis, outputs) if is_text else _rendered(diagnosis, outputs.format, outputs.notes)
    if outputs.output is not None:
        pages.append((outputs.output, answer))
    for path, content in pages:
        write(path, content, force=outputs.force)
    if outputs.output is None:
        _print(answer)


def _rendered(diagnosis: Diagnosis, kind: str, notes: Mapping[str, str] | None) -> bytes:
    if kind == "json":
        return to_json(diagnosis)
    if kind == "sarif":
        from analyzer.sarif import sarif

        return json_bytes(sarif(diagnosis))
    if kind == "junit":
        from analyzer.junit import junit

        return junit(diagnosis)
    from analyzer.compose import compose
    from reports import render

    postmortem = compose(diagnosis, notes)
    page = render.html(postmortem) if kind == "html" else render.markdown(postmortem)
    return page.encode("utf-8", "backslashreplace")


def _text(diagnosis: Diagnosis, outputs: Outputs) -> bytes:
    color = outputs.output is None and sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    report = str(outputs.html) if outputs.html else None
    return to_text(diagnosis, width=TEXT_WIDTH, color=color, report=report).encode("utf-8", "backslashreplace")


def _print(answer: bytes) -> None:
    sys.stdout.buffer.write(answer if answer.endswith(b"\n") else answer + b"\n")
    sys.stdout.buffer.flush()


def require_free(paths: Sequence[Path], *, force: bool) -> None:
    """Raise UsageError in one sentence for the first path that may not be written; nothing is touched."""
    for number, path in enumerate(paths):
        if path in paths[:number]:
            raise UsageError(f"{path} is named for two outputs")
        try:
            mode = path.lstat().st_mode
        except FileNotFoundError:
            if not path.parent.is_dir():
                raise UsageError(f"cannot write {path}: there is no directory {path.parent}") from None
            continue
        except (OSError, ValueError) as error:
            raise UsageError(f"cannot write {path}: {getattr(error, 'strerror', None) or error}") from None
        if stat.S_ISLNK(mode):
            raise UsageError(f"cannot write {path}: it is a link, and links are not followed; name another file")
        if not stat.S_ISREG(mode):
            raise UsageError(f"cannot write {path}: it is there, and no regular file; name another file")
        if not force:
            raise UsageError(f"{path} exists already; --force replaces it")


def write(path: Path, content: bytes, *, force: bool = False) -> None:
    """The file whole or not at all, readable by its owner alone; raises UsageError with one sentence."""
    require_free([path], force=force)
    try:
        atomic.place(path, content, over=force)
    except FileExistsError:
        raise UsageError(f"{path} exists already; --force replaces it") from None
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from None


def emit_ledger(entries: Sequence[FileEntry], notes: Sequence[Note], *, as_json: bool) -> None:
    """The ledger to standard output."""
    if as_json:
        _print(json_bytes(accounts.as_document(entries, notes)))
    else:
        _print(accounts.as_text(entries, notes).encode("utf-8", "backslashreplace"))


def emit_chronicle(told: Chronicle, kind: str, output: Path | None, *, force: bool) -> None:
    """The merged timeline as text, csv or json, to standard output or to `output`."""
    if kind == "csv":
        answer = chronicle.as_csv(told)
    elif kind == "json":
        answer = json_bytes(chronicle.as_document(told))
    else:
        answer = chronicle.as_text(told).encode("utf-8", "backslashreplace")
    if output is not None:
        write(output, answer, force=force)
    else:
        _print(answer)


def pattern_page(pattern: Pattern) -> str:
    """A pattern as a page of text."""
    lines = [pattern.title, "=" * len(pattern.title), ""]
    lines += [f"{pattern.id}  {pattern.role}  {pattern.cause or ''}  {pattern.severity}  {pattern.status}", ""]
    for heading, text in (("Meaning", pattern.meaning), ("Impact", pattern.impact)):
        lines += [heading, f"  {text}", ""]
    for heading, texts in (
        ("Diagnosis", pattern.diagnosis),
        ("Mitigation", pattern.mitigation),
        ("Verify", pattern.verify),
        ("Avoid", pattern.avoid),
        ("Prevent", pattern.prevent),
        ("Explains", pattern.explains),
        ("References", pattern.references),
        ("Examples", tuple(f"{e.name} ({'finds' if e.finds else 'near miss'})" for e in pattern.examples)),
    ):
        if texts:
            lines += [heading, *(f"  - {t}" for t in texts), ""]
    return "\n".join(lines).rstrip()
