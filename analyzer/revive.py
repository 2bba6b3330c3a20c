"""A diagnosis written as JSON becomes a Diagnosis again.

The reader goes by the type hints of the dataclasses, so a field that is added to them and written under its own name
is read without a word here; `_shaped` undoes what the contract writes in another shape.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import types
import typing
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar

from analyzer.diagnosis import SCHEMA, Diagnosis
from analyzer.errors import InputError

Value = TypeVar("Value")

FAMILY: Final = SCHEMA.rpartition("/")[0]
_hints: dict[type[Any], dict[str, Any]] = {}


class _WrongError(Exception):
    """What does not fit, and where: `diagnoses[0].title: must be text`."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place}: {problem}" if place else problem)


def revive(content: bytes, name: str) -> Diagnosis:
    """The diagnosis in the document `content`; raises InputError with one sentence that begins with `name`."""
    import orjson

    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise InputError(f"{name} is not JSON: {error.msg} in line {error.lineno}") from None
    try:
        stated = _object(document, "").get("schema")
        if stated != SCHEMA:
            other = f"another version of it, {stated}" if str(stated).startswith(f"{FAMILY}/") else "something else"
            raise _WrongError("", f"its schema is not {SCHEMA}; it is {other}")
        return read(Diagnosis, _shaped(document), "")
    except _WrongError as wrong:
        raise InputError(f"{name} is not a diagnosis by podtopsy: {wrong}") from None


def read(kind: type[Value], value: object, place: str) -> Value:
    """`value`, as parsed from JSON, as a `kind`: any dataclass whose fields are written under their names."""
    result = _value(kind, value, place)
    assert isinstance(result, kind)
    return result


def _value(hint: Any, value: object, place: str) -> Any:
    if isinstance(hint, types.UnionType):  # X | None
        if value is None:
            return None
        (hint,) = [a for a in typing.get_args(hint) if a is not types.NoneType]
    if typing.get_origin(hint) is tuple:
        return _tuple(typing.get_args(hint), value, place)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _row(hint, _object(value, place), place)
    if hint is dt.datetime:
        return _instant(value, place)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
        names = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}
        raise _WrongError(place, f"must be {names[hint]}")
    return value


def _row(kind: type[Any], value: Mapping[str, object], place: str) -> Any:
    if kind not in _hints:
        _hints[kind] = typing.get_type_hints(kind)
    fields: dict[str, Any] = {}
    for field in dataclasses.fields(kind):
        where = f"{place}.{field.name}" if place else field.name
        if field.name in value:
            fields[field.name] = _value(_hints[kind][field.name], value[field.name], where)
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise _WrongError(where, "is missing")
    return kind(**fields)


def _tuple(hints: tuple[Any, ...], value: object, place: str) -> tuple[Any, ...]:
    items = _list(value, place)
    if hints[-1] is Ellipsis:
        return tuple(_value(hints[0], item, f"{place}[{i}]") for i, item in enumerate(items))
    if len(items) != len(hints):
        raise _WrongError(place, f"must have {len(hints)} parts")
    return tuple(_value(h, item, f"{place}[{i}]") for i, (h, item) in enumerate(zip(hints, items, strict=True)))


def _instant(value: object, place: str) -> dt.datetime:
    try:
        instant = dt.datetime.fromisoformat(value if isinstance(value, str) else "")
        return (instant if instant.tzinfo else instant.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise _WrongError(place, "must be a time such as 2026-03-14T09:15:02Z") from None


def _object(value: object, place: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise _WrongError(place, "must be an object")
    return value


def _list(value: object, place: str) -> Sequence[object]:
    if not isinstance(value, list):
        raise _WrongError(place, "must be a list")
    return value


def _shaped(document: Mapping[str, object]) -> dict[str, object]:
    """The document in the shape of the dataclasses."""
    bundle = _object(document.get("bundle"), "bundle")
    causes = _list(document.get("diagnoses"), "diagnoses")
    leads = _list(document.get("unexplained"), "unexplained")
    found = _list(document.get("detections", []), "detections")
    files = _list(document.get("files"), "files")
    also = _object(document.get("also", {}), "also")
    others = _list(also.get("records", []), "also.records")
    return {
        **document,
        "also": {**also, "records": [_about(_object(o, f"also.records[{i}]"), "also") for i, o in enumerate(others)]},
        "bundle": {**bundle, **_object(bundle.get("cluster"), "bundle.cluster")},
        "causes": [_cause(_object(c, f"diagnoses[{i}]"), f"diagnoses[{i}]") for i, c in enumerate(causes)],
        "files": [_file(_object(f, f"files[{i}]"), f"files[{i}].content") for i, f in enumerate(files)],
        "detections": [_detection(_object(d, f"detections[{i}]"), f"detections[{i}]") for i, d in enumerate(found)],
        "unexplained": [_about(_object(u, f"unexplained[{i}]"), f"unexplained[{i}]") for i, u in enumerate(leads)],
    }


def _file(value: Mapping[str, object], place: str) -> dict[str, object]:
    """The lines of a file that is stored coded stand under its content."""
    if value.get("content") is None:
        return {**value}
    content = {**_object(value["content"], place)}
    bytes_of_it = content.pop("bytes", 0)
    stored = {"stored_lines": value.get("lines"), "stored_skipped": value.get("skipped")}
    return {**value, **content, **stored, "content_bytes": bytes_of_it}


def _cause(value: Mapping[str, object], place: str) -> dict[str, object]:
    workload = value.get("workload")
    if workload is not None:
        parts = _object(workload, f"{place}.workload")
        workload = [parts.get("kind"), parts.get("name")]
    return {**_about(value, place), "workload": workload}


def _detection(value: Mapping[str, object], place: str) -> dict[str, object]:
    return {**_about(value, place), "severity": value.get("severity") or ""}


def _about(value: Mapping[str, object], place: str) -> dict[str, object]:
    """The parts of an object lie flat beside the rest; null stands for the unknown ""."""
    own = _object(value.get("object"), f"{place}.object")
    parts = {
        "namespace": value.get("namespace"),
        "kind": own.get("kind"),
        "name": own.get("name"),
        "container": value.get("container"),
        "node": own.get("node"),
    }
    return {**value, "about": {name: "" if part is None else part for name, part in parts.items()}}
