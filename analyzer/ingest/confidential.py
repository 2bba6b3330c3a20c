"""Values that objects themselves call secret: they are hidden in every output, wherever else they stand."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator

from analyzer.ingest.fields import Fields, mapping, maps, text
from analyzer.redact.telling import telling


def of_environment(spec: Fields) -> Iterator[str]:
    """Values of a container's environment variables with telling names."""
    return of_pairs((text(v, "name") or "", text(v, "value") or "") for v in maps(spec, "env"))


def of_pairs(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    """The values of those (name, value) whose name tells that it is a secret."""
    return (value for name, value in pairs if value and telling(name))


def of_secret(fields: Fields) -> Iterator[str]:
    """Values of a Secret's data and stringData, as written and decoded."""
    for part in ("data", "stringData"):
        for key in mapping(fields, part):
            value = text(fields, part, key)
            if value:
                yield value
                if part == "data":
                    yield from _decoded(value)


def _decoded(value: str) -> Iterator[str]:
    try:
        said = base64.b64decode(value, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return
    yield from (line for line in said.split("\n") if line.isprintable())
