"""Rows to polars frames and back: the only ways in and out of polars.

Both ways read the row's dataclass, so that schema and type cannot drift apart.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import types
import typing
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any, Final, TypeVar

import polars as pl

from analyzer.model import Quote

_ZERO: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND: Final = dt.timedelta(microseconds=1)

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
    types = _schema(row)
    kept = values if isinstance(values, Sequence) else list(values)
    table = pl.DataFrame([_column(n, list(map(attrgetter(n), kept)), dtype) for n, dtype in types.items()])
    order = [n for n in ORDER if n in types]
    return table.sort(order, maintain_order=True, nulls_last=False)


def _column(name: str, values: list[Any], dtype: pl.DataType) -> pl.Series:
    """One column of a frame; polars alone takes a microsecond and more for each instant and each list."""
    if isinstance(dtype, pl.Datetime):
        counted = [None if v is None else (v - _ZERO) // _MICROSECOND for v in values]
        return pl.Series(name, counted, dtype=pl.Int64, strict=True).cast(dtype)
    if isinstance(dtype, pl.List):
        return _lists(name, values, dtype)
    return pl.Series(name, values, dtype=dtype, strict=True)


def _lists(name: str, values: list[Any], dtype: pl.List) -> pl.Series:
    """A column of lists: each different one is made once (most are empty, many the same), all from one flat column."""
    if values.count(()) == len(values):
        return pl.Series(name, [[]], dtype=dtype).new_from_index(0, len(values))
    number: dict[tuple[Any, ...], int] = {}
    picked = [number.setdefault(v, len(number)) for v in values]
    owners = [i for items, i in number.items() for _ in items]
    items = [_plain(v) if name == "cites" else v for items in number for v in items]
    flat = [pl.Series("owner", owners, dtype=pl.Int64), pl.Series(name, items, dtype=dtype.inner, strict=True)]
    filled = pl.DataFrame(flat).group_by("owner", maintain_order=True).agg(name)
    all_of = pl.DataFrame([pl.Series("owner", range(len(number)), dtype=pl.Int64)])
    made = all_of.join(filled, on="owner", how="left", maintain_order="left")[name]
    return made.fill_null(pl.Series([[]], dtype=dtype)).gather(picked)


def rows(row: type[Row], table: pl.DataFrame) -> list[Row]:
    """The rows of a frame as values again; columns that the class does not know are left out."""
    return list(map(row, *(_values(table[n], dtype) for n, dtype in _schema(row).items())))


def _values(column: pl.Series, dtype: pl.DataType) -> list[Any]:
    """The values of a column; each different instant and list is made once."""
    if isinstance(dtype, pl.Datetime):
        known: dict[int | None, dt.datetime | None] = {None: None}
        counted = column.cast(pl.Int64).to_list()
        for value in counted:
            if value not in known:
                known[value] = _ZERO + dt.timedelta(microseconds=value)
        return [known[value] for value in counted]
    if not isinstance(dtype, pl.List):
        return column.to_list()
    made: list[tuple[Any, ...]] = [()] * len(column)
    is_filled = column.list.len() > 0
    filled = column.filter(is_filled).to_list()
    for place, items in zip(is_filled.arg_true().to_list(), filled, strict=True):
        made[place] = tuple(Quote(**q) for q in items) if column.name == "cites" else tuple(items)
    return made
