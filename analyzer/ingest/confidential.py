"""Values that objects themselves call secret: they are hidden in every output, wherever else they stand."""

from __future__ import annotations

import base64
import binascii
import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from analyzer.ingest.fields import Fields, mapping, parts, remembered, text
from analyzer.model import Container, Holder, Object
from analyzer.redact.telling import telling
from analyzer.redact.values import is_placeholder

_CERTIFICATE: Final = re.compile(r"-----BEGIN CERTIFICATE-----[^-]{0,65536}-----END CERTIFICATE-----")
"""What anybody may see (RFC 7468): its server sends it to each client. The key beside it is another block."""


def in_container(container: Container) -> Holder:
    """A container's place, before it is known what holds the secret."""
    return Holder(
        namespace=container.namespace,
        kind="Pod",
        name=container.pod,
        container=container.container,
        what="",
        path=container.path,
        line=container.line,
    )


def in_object(thing: Object) -> Holder:
    """An object's place, before it is known what holds the secret."""
    return Holder(
        namespace=thing.namespace,
        kind=thing.kind,
        name=thing.name,
        container=None,
        what="",
        path=thing.path,
        line=thing.line,
    )


def of_environment(spec: Fields) -> tuple[tuple[str, tuple[str]], ...]:
    """(Name, the one value) of a container's environment variables with telling names."""
    return _of_variables(parts(spec, "env"))


@remembered
def _of_variables(variables: Sequence[Fields]) -> tuple[tuple[str, tuple[str]], ...]:
    return tuple(of_pairs((text(v, "name") or "", text(v, "value") or "") for v in variables))


def of_pairs(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, tuple[str]]]:
    """Those (name, the one value) whose name tells that it is a secret."""
    return ((name, (value,)) for name, value in pairs if value and telling(name))


def of_secret(fields: Fields) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(Key, values) of a Secret's data and stringData: as written, and the lines of what is decoded."""
    yield from ((key, (value,)) for key, value in written_in(fields))
    for key in mapping(fields, "data"):
        value = text(fields, "data", key)
        if value and not is_placeholder(value):
            yield key, _decoded(value)


def written_in(fields: Fields) -> Iterator[tuple[str, str]]:
    """(Key, value) of a Secret's data and stringData, as written."""
    for part in ("data", "stringData"):
        values = ((key, text(fields, part, key)) for key in mapping(fields, part))
        yield from ((key, value) for key, value in values if value)


@functools.lru_cache(maxsize=64)  # the certificates of a cluster stand in fifty of its Secrets
def _decoded(value: str) -> tuple[str, ...]:
    try:
        said = base64.b64decode(value, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return ()
    lines = _CERTIFICATE.sub("", said).split("\n")
    return tuple(dict.fromkeys(line for line in lines if line.isprintable()))
