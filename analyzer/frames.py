"""The rows of a bundle as polars frames, for who wants to ask something of them that we do not.

    from analyzer.analysis import evidence_of
    from analyzer.frames import frames
    frames(evidence_of(["bundle.tar.gz"]))["records"].group_by("reason").len()

The program itself reads rows: each stage walks over all of them once, and columns would be made to be taken apart.
What is in a frame is not masked.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import types
import typing
from collections.abc import Sequence
from typing import Any, TypeVar

import polars as pl

from analyzer.model import (
    Container,
    Evidence,
    FileEntry,
    Mount,
    Node,
    Note,
    Object,
    Pod,
    Probe,
    Record,
    Reference,
    Usage,
)

Row = TypeVar("Row")


def frames(evidence: Evidence) -> dict[str, pl.DataFrame]:
    """All frames of one bundle, by the name of what their rows are; `record_id` numbers the records from 0."""
    return {
        "records": frame(Record, evidence.records).with_row_index("record_id"),
        "pods": frame(Pod, evidence.pods),
        "containers": frame(Container, evidence.containers),
        "probes": frame(Probe, evidence.probes),
        "mounts": frame(Mount, evidence.mounts),
        "references": frame(Reference, evidence.references),
        "nodes": frame(Node, evidence.nodes),
        "objects": frame(Object, evidence.objects),
        "usages": frame(Usage, evidence.usages),
        "files": frame(FileEntry, evidence.files),
        "notes": frame(Note, evidence.notes),
    }


def frame(row: type[Row], values: Sequence[Row]) -> pl.DataFrame:
    """A frame of rows of one class, strictly typed after its fields; TypeError where a value is of another type."""
    return pl.DataFrame(
        [
            pl.Series(name, [_plain(getattr(value, name)) for value in values], dtype=dtype, strict=True)
            for name, dtype in schema(row).items()
        ]
    )


def schema(row: type[Any]) -> dict[str, pl.DataType]:
    """The polars schema of a row class, in field order."""
    hints = typing.get_type_hints(row)
    return {field.name: _dtype(hints[field.name]) for field in dataclasses.fields(row)}


def _dtype(annotation: Any) -> pl.DataType:
    if isinstance(annotation, types.UnionType):  # X | None
        (annotation,) = [a for a in typing.get_args(annotation) if a is not type(None)]
    simple: dict[Any, pl.DataType] = {
        str: pl.String(),
        int: pl.Int64(),
        float: pl.Float64(),
        bool: pl.Boolean(),
        dt.datetime: pl.Datetime("us", "UTC"),
    }
    if annotation in simple:
        return simple[annotation]
    if typing.get_origin(annotation) is tuple:  # tuple[X, ...]
        return pl.List(_dtype(typing.get_args(annotation)[0]))
    return pl.Struct(schema(annotation))


def _plain(value: Any) -> Any:
    """What polars knows: lists for tuples, dictionaries for rows within rows."""
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    if dataclasses.is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    return value
