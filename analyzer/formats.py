"""What `podtopsy formats` lists: every layout and every format, each with a sample of its own module."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from analyzer.ingest import (
    applog,
    cri,
    journal,
    journal_export,
    journal_file,
    journal_json,
    journal_verbose,
    kernel,
    klog,
    prefix,
    sectioned,
    sections,
)
from analyzer.ingest.reading import FORMATS
from analyzer.layout import RULES

IGNORED: Final = "ignored"  # the role of files that are none of a bundle's


@dataclass(frozen=True, slots=True)
class Sample:
    """A format or a layout, with a line or a path that is recognised as it."""

    group: str
    name: str
    text: str


def layouts() -> tuple[Sample, ...]:
    """Every shape of path, in the order in which they are tried."""
    return tuple(Sample(rule.layout, rule.role, rule.shape) for rule in RULES if rule.role != IGNORED)


def structured() -> tuple[Sample, ...]:
    """The formats that are read whole, in the order in which they are tried."""
    return tuple(Sample("structured", format.NAME, format.SAMPLE) for format in FORMATS)


def journals() -> tuple[Sample, ...]:
    """The notations of a journal that have entries of several lines, or none that people can read."""
    modules = (journal_json, journal_export, journal_verbose, journal_file)
    return tuple(Sample("journal", module.NAME, module.SAMPLE) for module in modules)


def lines() -> tuple[Sample, ...]:
    """The layers of a log's line, from the outside in."""
    groups = (
        ("envelope", cri.SAMPLES),
        ("journal", journal.SAMPLES),
        ("kernel", kernel.SAMPLES),
        ("prefix", prefix.SAMPLES),
        ("klog", klog.SAMPLES),
        ("program", applog.SAMPLES),
        ("heading", sections.SAMPLES),
        ("command", sectioned.SAMPLES),
    )
    return tuple(Sample(group, name, text) for group, samples in groups for name, text in samples)


def as_text() -> str:
    """All of them for people, one a line."""
    parts = (
        ("Layouts (what a path says)", layouts()),
        ("Structured files", structured()),
        ("Journals written out field by field, and binary ones", journals()),
        ("Lines of logs, in layers", lines()),
    )
    found: list[str] = []
    for title, samples in parts:
        first = max(len(s.group) for s in samples)
        second = max(len(s.name) for s in samples)
        found += [title, ""]
        found += [f"  {s.group:<{first}}  {s.name:<{second}}  {_shown(s.text)}" for s in samples]
        found.append("")
    return "\n".join(found[:-1])


def _shown(text: str) -> str:
    return text.replace("\t", "\\t").strip()
