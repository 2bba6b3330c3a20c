"""The JSON Schema of a pattern file, made from the same words that the reader checks with."""

from __future__ import annotations

from typing import Final

import orjson

from patterns.read import DURATION, FIELDS, LONGEST_TITLE, REQUIRED
from patterns.schema import CAUSES, COLUMNS, ROLES, SCOPES, SEVERITIES, SOURCES, STATUSES

PATH: Final = "pattern.schema.json"  # in this package: editors are pointed to it
DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"

_TEXT: Final = {"type": "string", "minLength": 1}
_TEXTS: Final = {"type": "array", "items": _TEXT}
_SCALARS: Final = {
    "oneOf": [{"type": ["string", "integer"]}, {"type": "array", "items": {"type": ["string", "integer"]}}]
}


def json_schema() -> bytes:
    """The schema as indented JSON, ended by a line feed."""
    return orjson.dumps(_pattern(), option=orjson.OPT_INDENT_2) + b"\n"


def _pattern() -> dict[str, object]:
    fields: dict[str, object] = {
        "title": {"type": "string", "minLength": 1, "maxLength": LONGEST_TITLE, "pattern": r"[^.]$"},
        "role": {"enum": ROLES},
        "cause": {"enum": [cause for classes in CAUSES.values() for cause in classes]},
        "severity": {"enum": SEVERITIES},
        "status": {"enum": STATUSES},
        "summary": _TEXT,
        "meaning": _TEXT,
        "impact": _TEXT,
        **dict.fromkeys(("diagnosis", "mitigation", "verify", "avoid", "prevent"), _TEXTS),
        "match": {"oneOf": [_selector(), _any(), _all()]},
        "explains": _TEXTS,
        "references": _TEXTS,
        "examples": {"type": "array", "minItems": 1, "items": _example()},
    }
    return {
        "$schema": DRAFT,
        "title": "podtopsy pattern",
        "type": "object",
        "properties": {name: fields[name] for name in FIELDS},
        "required": REQUIRED,
        "additionalProperties": False,
    }


def _listed(allowed: object) -> dict[str, object]:
    return {"oneOf": [allowed, {"type": "array", "items": allowed, "minItems": 1}]}


def _selector() -> dict[str, object]:
    return {
        "type": "object",
        "properties": {
            "source": _listed({"enum": ["log", *SOURCES]}),
            "reason": _listed(_TEXT),
            "message": _TEXT,
            "where": {"type": "object", "properties": dict.fromkeys(COLUMNS, _SCALARS), "additionalProperties": False},
        },
        "required": ["source"],
        "additionalProperties": False,
    }


def _any() -> dict[str, object]:
    return {
        "type": "object",
        "properties": {"any": {"type": "array", "minItems": 1, "items": _selector()}},
        "required": ["any"],
        "additionalProperties": False,
    }


def _all() -> dict[str, object]:
    return {
        "type": "object",
        "properties": {
            "all": {"type": "array", "minItems": 1, "items": _selector()},
            "within": {"type": "string", "pattern": f"^{DURATION.pattern}"},
            "on": {"enum": SCOPES},
        },
        "required": ["all"],
        "additionalProperties": False,
    }


def _example() -> dict[str, object]:
    return {
        "type": "object",
        "properties": {
            "name": _TEXT,
            "origin": _TEXT,
            "files": {"type": "object", "additionalProperties": {"type": "string"}, "minProperties": 1},
            "finds": {"oneOf": [{"const": "nothing"}, {"type": "array", "minItems": 1, "items": {"type": "object"}}]},
            "also": _TEXTS,
        },
        "required": ["name", "origin", "files", "finds"],
        "additionalProperties": False,
    }
