"""Where the answer goes: standard output and files, written whole or not at all."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from analyzer import accounts, chronicle
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
    notes: Mapping[str, str] | None = None  # what people wrote, by the folded name of a field
    evidence: Path | None = None  # the same document as json; the quoted lines have more neighbours then


def emit(diagnosis: Diagnosis, outputs: Outputs) -> None:
    """Write every output; the files first, so that the text can name the report."""
    for kind, path in (
        ("html", outputs.html),
        ("json", outputs.json),
        ("markdown", outputs.markdown),
        ("sarif", outputs.sarif),
        ("junit", outputs.junit),
        ("json", outputs.evidence),
    ):
        if path is not None:
            write(path, _rendered(diagnosis, kind, outputs.notes))
    answer = (
        _text(diagnosis, outputs) if outputs.format == "text" else _rendered(diagnosis, outputs.format, outputs.notes)
    )
    if outputs.output is not None:
        write(outputs.output, answer)
    else:
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


def write(path: Path, content: bytes) -> None:
    """The file whole or not at all: written beside its place, readable by its owner alone, then moved there.

    Raises UsageError with one sentence when that cannot be done.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    except BaseException as error:
        Path(name).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise UsageError(f"cannot write {path}: {error.strerror}") from None
        raise


def emit_ledger(entries: Sequence[FileEntry], notes: Sequence[Note], *, as_json: bool) -> None:
    """The ledger to standard output."""
    if as_json:
        _print(accounts.as_json(entries, notes))
    else:
        _print(accounts.as_text(entries, notes).encode("utf-8", "backslashreplace"))


def emit_chronicle(told: Chronicle, kind: str, output: Path | None) -> None:
    """The merged timeline as text, csv or json, to standard output or to `output`."""
    if kind == "csv":
        answer = chronicle.as_csv(told)
    elif kind == "json":
        answer = json_bytes(chronicle.as_document(told))
    else:
        answer = chronicle.as_text(told).encode("utf-8", "backslashreplace")
    if output is not None:
        write(output, answer)
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
