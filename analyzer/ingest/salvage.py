"""Repairs that make broken or unusual JSON readable again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from analyzer.ingest.fields import Fields

_CONTROL: Final = re.compile(rb"[\x00-\x09\x0b-\x1f]")
_BARE: Final = re.compile(
    rb'^([ \t]*(?:"[^"\\\n]*(?:\\.[^"\\\n]*)*": )?)([^\s"{}\[\],][^\n,]*)(,?)$',
    re.M,
)
_JSON_WORD: Final = re.compile(rb"true|false|null|-?(?:0|[1-9]\d{0,17})(?:\.\d+)?(?:[eE][-+]?\d{1,2})?")
_TOKEN: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\Z)|[{}\[\]]', re.S)
_MAX_DEPTH: Final = 200


def repaired(raw: bytes) -> bytes:
    """JSON as rapidyaml writes it, with what orjson refuses put right.

    Raw control characters become escapes, bare words such as +5 become strings, halves of surrogate pairs
    are joined or replaced, bytes that are not UTF-8 become their escape.
    """
    try:
        text = raw.decode("utf-8", "surrogatepass")
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    except UnicodeDecodeError:
        text = raw.decode("utf-8", "replace")
    fixed = _CONTROL.sub(lambda m: b"\\u%04x" % m.group()[0], text.encode())
    return _BARE.sub(_quoted, fixed)


def _quoted(match: re.Match[bytes]) -> bytes:
    head, word, comma = match.groups()
    if _JSON_WORD.fullmatch(word):
        return match.group()
    return head + b'"' + word.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"' + comma


def complete_objects(raw: bytes, start: int) -> Iterator[tuple[int, int]]:
    """The outermost whole objects of broken JSON: each document, or else each element of its outer list.

    A document that is complete is one span. Of one that is cut off, the complete elements of its first list
    are the spans ({"items": [{...}, {...}, {"a":).
    """
    stack: list[tuple[bytes, int]] = []
    inner: list[tuple[int, int]] = []
    for token in _TOKEN.finditer(raw, start):
        mark = token.group()
        if mark in (b"{", b"["):
            if len(stack) >= _MAX_DEPTH:
                break
            stack.append((mark, token.start()))
        elif mark in (b"}", b"]") and stack:
            opened, begin = stack.pop()
            if opened == b"{" and not stack:
                inner.clear()
                yield begin, token.end()
            elif opened == b"{" and len(stack) <= 2 and stack[-1][0] == b"[":
                inner.append((begin, token.end()))
            elif opened == b"[" and not stack:
                yield from inner
                inner.clear()
    yield from inner


def elements_of_list(raw: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The objects that are elements of the outermost list ({"items":[{...},{...}]}), of JSON that is whole."""
    stack: list[tuple[bytes, int]] = []
    for token in _TOKEN.finditer(raw, start, end):
        mark = token.group()
        if mark in (b"{", b"["):
            stack.append((mark, token.start()))
        elif mark in (b"}", b"]") and stack:
            opened, begin = stack.pop()
            if opened == b"{" and 0 < len(stack) <= 2 and stack[-1][0] == b"[":
                yield begin, token.end()


_ALIASES: Final = {"typeMeta": None, "objectMeta": "metadata"}


def old_keys(value: Fields) -> Fields:
    """The same object with keys as the API writes them, for dumps that used Go's field names (Name, UID)."""
    if "metadata" in value or "kind" in value or not any(key[:1].isupper() for key in value):
        return value
    lowered = _lowered(value, 0)
    return lowered if isinstance(lowered, dict) else value


def _lowered(value: object, depth: int) -> object:
    if depth > _MAX_DEPTH:
        return None
    if isinstance(value, list):
        return [_lowered(item, depth + 1) for item in value]
    if not isinstance(value, dict):
        return value
    out: dict[str, object] = {}
    for key, item in value.items():
        name = _api_key(key)
        new = _lowered(item, depth + 1)
        alias = _ALIASES.get(name, name)
        if alias is None and isinstance(new, dict):
            out.update(new)
        else:
            out[alias or name] = new
    return out


def _api_key(key: str) -> str:
    """'InvolvedObject' -> 'involvedObject', 'UID' -> 'uid', 'APIVersion' -> 'apiVersion', 'hostIP' stays."""
    capitals = len(key) - len(key.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    if capitals <= 1 or capitals == len(key):
        return key[:1].lower() + key[1:] if capitals <= 1 else key.lower()
    return key[: capitals - 1].lower() + key[capitals - 1 :]
