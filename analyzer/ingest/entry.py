"""The ledger's line of one file."""

from __future__ import annotations

from dataclasses import replace

from analyzer.bundle import BundleFile
from analyzer.ingest.harvest import Harvest
from analyzer.member import MemberStream
from analyzer.model import FileEntry
from analyzer.placement import Placement


def skipped(file: BundleFile, placement: Placement, reason: str) -> FileEntry:
    """The line of a file that is not read."""
    return replace(blank(file, placement), status="skipped", reason=reason)


def blank(file: BundleFile, placement: Placement) -> FileEntry:
    """What the path and the size tell."""
    return FileEntry(
        path=file.path,
        bytes=file.size,
        status="parsed",
        layout=placement.layout,
        why=placement.why,
        namespace=placement.namespace,
        pod=placement.pod,
        container=placement.container,
        node=placement.node,
        instance=placement.instance,
    )


def entry_of(file: BundleFile, placement: Placement, harvest: Harvest, stream: MemberStream) -> FileEntry:
    """What became of a file that was read; `stream` was read to its end."""
    status, reason = "parsed", None
    if harvest.format == "binary":
        status, reason = "skipped", harvest.notes[0].problem if harvest.notes else "binary file"
    elif stream.damage is not None:
        status, reason = "partial", stream.damage
    elif harvest.unparsed or harvest.skipped:
        status, reason = "partial", _first_problem(harvest)
    elif not harvest.lines:
        reason = "empty file"
    coding, stored_lines, left = harvest.coding, harvest.stored_lines, 0
    if file.stored is not None:
        left = file.stored.finish()
        coding, stored_lines = file.stored.coding, file.stored.lines
    return replace(
        blank(file, placement),
        status=status,
        reason=reason,
        format=None if harvest.format == "binary" else harvest.format,
        lines=harvest.lines,
        parsed=harvest.parsed,
        unparsed=harvest.unparsed,
        skipped=harvest.skipped,
        records=len(harvest.records),
        first_timestamp=harvest.first_timestamp,
        last_timestamp=harvest.last_timestamp,
        coding=coding,
        content_bytes=stream.count if coding is not None else 0,
        stored_lines=stored_lines,
        stored_skipped=left,
    )


def _first_problem(harvest: Harvest) -> str:
    if harvest.notes:
        return harvest.notes[0].problem
    return f"{harvest.unparsed + harvest.skipped} of {harvest.lines} lines could not be read"
