"""Rows to polars frames and back: the only ways in and out of polars.

Both ways read the row's dataclass, so that schema and type cannot drift apart.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import types
import typing
from collections.abc import Iterable
from typing import Any, Final, TypeVar

import polars as pl

from analyzer.model import Quote

Row = TypeVar("Row")

ORDER: Final = ("path", "line", "source", "reason", "message", "namespace", "name", "pod", "container")
"""The columns that frames are sorted by, those of them that a frame has."""


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


_SCHEMAS: dict[type[Any], dict[str, pl.DataType]] = {}  # a row class never changes, so neither does its schema


def _schema(row: type[Any]) -> dict[str, pl.DataType]:
    if row not in _SCHEMAS:
        hints = typing.get_type_hints(row)
        _SCHEMAS[row] = {f.name: _dtype(hints[f.name]) for f in dataclasses.fields(row)}
    return _SCHEMAS[row]


def schema(row: type[Any]) -> dict[str, pl.DataType]:
    """The polars schema of a row class, in field order."""
    return dict(_schema(row))


def _plain(value: Any) -> Any:
    return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}


def frame(row: type[Row], values: Iterable[Row]) -> pl.DataFrame:
    """A frame of `values`, strictly typed, in a total order (path, line, then every other field)."""
    names = list(_schema(row))
    nested = [n for n in names if n == "cites"]
    columns: dict[str, list[Any]] = {n: [] for n in names}
    for value in values:
        for name in names:
            columns[name].append(getattr(value, name))
    for name in nested:
        columns[name] = [[_plain(q) for q in quotes] for quotes in columns[name]]
    table = pl.DataFrame(
        [pl.Series(n, columns[n], dtype=_schema(row)[n], strict=True) for n in names],
    )
    order = [n for n in ORDER if n in names]
    return table.sort(order, maintain_order=True, nulls_last=False)


def rows(row: type[Row], table: pl.DataFrame) -> list[Row]:
    """The rows of a frame as values again; columns that the class does not know are left out."""
    names = list(_schema(row))
    lists = [i for i, n in enumerate(names) if isinstance(_schema(row)[n], pl.List)]
    cites = names.index("cites") if "cites" in names else -1
    out: list[Row] = []
    for values in table.select(names).iter_rows():
        fields = list(values)
        for i in lists:
            fields[i] = tuple(Quote(**q) for q in fields[i]) if i == cites else tuple(fields[i])
        out.append(row(**dict(zip(names, fields, strict=True))))
    return out
