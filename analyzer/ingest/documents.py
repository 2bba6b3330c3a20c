"""YAML and JSON bytes as separate API objects, each with the bytes it was read from.

Lists (`kind: List`, PodList, ...) are taken apart: their items are the entries. Large YAML lists are read in
groups of items, so that memory follows the group and a broken item costs itself. YAML goes through rapidyaml
without resolving anchors (an alias stays the text "*name", so an alias bomb stays small) and without PyYAML's
recursion; rapidyaml gives up below 64 nested levels, which costs the one document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import orjson

from analyzer.encoding import decode
from analyzer.ingest import fields
from analyzer.ingest.between import is_between
from analyzer.ingest.doubts import doubts
from analyzer.ingest.glance import Trait, glance
from analyzer.ingest.salvage import complete_objects, elements_of_list, old_keys
from analyzer.ingest.values import YamlReader, json_value

GROUP_BYTES: Final = 32 << 10  # its values in Python, some twenty times that, stay in the processor's cache

# Each starts with the newline before its line: searching for a byte is eight times as fast as for re's "^".
_MARKER: Final = re.compile(rb"\n(?:---(?=[ \t\r\n]|\Z)[^\n]*|\.\.\.[ \t\r]*(?=\n|\Z)|%YAML[^\n]*)")
_ITEMS_KEY: Final = re.compile(rb"\nitems:[ \t]*(?:#[^\n]*)?\r?(?=\n)")
_FIRST_ITEM: Final = re.compile(rb"(?:[ \t]*(?:#[^\n]*)?\r?\n)*( *)- ")
_FOREIGN: Final = re.compile(rb"\n(?:\w[\w./-]*(?![\w./:-])|[=~*>]{3,}[ \t])[^\n]*")
_MOST_BETWEEN: Final = 1024  # bytes of what a script writes between two dumps
_WATCHED: Final = ("ADDED", "MODIFIED", "UPDATED")
_AROUND: Final = frozenset(("items", "object", "event"))  # keys of what may hold objects
_JSON_FIELD: Final = re.compile(rb'[{\[]\s*(?:"|\{\s*")')
_SCALAR: Final = re.compile(rb"---\n[^\n]*\n---")  # a document that is one line of text: valid, and no object
_AHEAD_OF_JSON: Final = re.compile(rb"(?:[^\n{}\[]{0,400}\n){1,4}(?=[{\[][ \t]*\r?\n)")
_LONE_SURROGATE: Final = re.compile(
    rb"(?<!\\)((?:\\\\)*)(?:\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|"
    rb"(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2})"
)
_PROMPT: Final = re.compile(rb"\s*(?:(?:[\w.@:~/\[\]-]{0,80}[$#>] ?)?(?:kubectl|oc|k) [^\n]*\n\s*)")


class Entry(NamedTuple):
    """One API object and where it stands: raw[start:end]."""

    fields: fields.Fields
    start: int
    end: int
    list_kind: str | None = None  # "PodList": what items without a kind of their own are

    @property
    def kind(self) -> str | None:
        """Its kind, from the list it stands in when it does not say."""
        own = fields.string(self.fields, "kind")
        if own is None and self.list_kind is not None and self.list_kind != "List":
            own = self.list_kind.removesuffix("List")
        return own


@dataclass(frozen=True, slots=True)
class Unread:
    """A part of the file that is neither YAML nor JSON, raw[start:end]; an empty one is a doubt about what was read."""

    start: int
    end: int
    problem: str


def read(raw: bytes) -> Iterator[Entry | Unread]:
    """All objects of a file in order, with the parts that could not be read in between."""
    return (
        part for part in _read(raw) if not isinstance(part, Unread) or not _is_of_script(raw[part.start : part.end])
    )


def _is_of_script(text: bytes) -> bool:
    """Whether these are the lines that a script writes between the dumps it collects."""
    if not text or len(text) > _MOST_BETWEEN:
        return False
    return all(is_between(line) for line in decode(text).split("\n") if line.strip())


def _read(raw: bytes) -> Iterator[Entry | Unread]:
    prompt = _PROMPT.match(raw)
    start = prompt.end() if prompt else 0
    if (ahead := _AHEAD_OF_JSON.match(raw, start)) and _JSON_FIELD.match(raw, ahead.end()):
        yield Unread(start, ahead.end(), "line that is no part of a document")
        start = ahead.end()
    first = raw[start : start + 4096].lstrip()[:1]
    if first in (b"{", b"["):
        yield from _read_json(raw, start)
    else:
        traits = glance(raw[start:] if start else raw)
        if Trait.FOREIGN in traits:
            raw, foreign = without_foreign_lines(raw, start)
            yield from foreign
        reader = YamlReader()
        for begin, end in documents(raw, start) if Trait.MARKER in traits else [(start, len(raw))]:
            yield from (Unread(at, at, problem) for at, problem in doubts(raw, begin, end, traits))
            yield from _read_document(raw, begin, end, reader)


def _lines(pattern: re.Pattern[bytes], raw: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where the lines stand that a pattern with a newline in front finds, each with its own newline."""
    if not start:  # nothing stands before the first line
        stop = raw.find(b"\n", 0, end) + 1 or end
        match = pattern.match(b"\n" + raw[:stop])
        if match is not None:
            yield 0, min(match.end(), stop)
    for match in pattern.finditer(raw, max(start - 1, 0), end):
        yield match.start() + 1, min(match.end() + 1, end)


def without_foreign_lines(raw: bytes, start: int) -> tuple[bytes, list[Unread]]:
    """The same bytes with what is no YAML at the left margin made a comment: kubectl's warnings and errors."""
    lines = _lines(_FOREIGN, raw, start, len(raw))
    found = [(begin, end) for begin, end in lines if not _SCALAR.match(raw, max(0, begin - 4), end + 4)]
    if not found:
        return raw, []
    masked = bytearray(raw)
    for begin, _ in found:
        masked[begin] = ord("#")
    return bytes(masked), [Unread(begin, end, "line that is no part of a document") for begin, end in found]


def documents(raw: bytes, start: int) -> Iterator[tuple[int, int]]:
    """Where the documents of a file stand."""
    for begin, end in _lines(_MARKER, raw, start, len(raw)):
        yield start, begin
        start = end
    yield start, len(raw)


def _read_document(raw: bytes, start: int, end: int, reader: YamlReader) -> Iterator[Entry | Unread]:
    key = next(_lines(_ITEMS_KEY, raw, start, end), None)
    first = _FIRST_ITEM.match(raw, key[1], end) if key else None
    if key is None or first is None:
        values = reader.value(raw[start:end])
        if values is None:
            yield Unread(start, end, "not readable as YAML")
        else:
            yield from _entries(values, start, end, None)
        return
    starts, stop = _items(raw, first, end)
    frame = reader.value(raw[start : key[0]] + raw[stop:end])
    kind = fields.text(frame, "kind")
    for group in _groups(starts, stop):
        yield from _read_group(raw, group, kind, reader)


def _items(raw: bytes, first: re.Match[bytes], end: int) -> tuple[list[int], int]:
    """Where the items of a list start, and where the list ends: at the next key of the document."""
    starts = [first.start(1)]
    item_or_key = re.compile(rb"\n(?:%b(- )|(?![-\s#]))" % first.group(1))
    for match in item_or_key.finditer(raw, first.end(), end):
        if match.lastindex is None:
            return starts, match.end()
        starts.append(match.start() + 1)
    return starts, end


def _groups(starts: Sequence[int], stop: int) -> Iterator[list[tuple[int, int]]]:
    group: list[tuple[int, int]] = []
    for start, end in zip(starts, [*starts[1:], stop], strict=True):
        group.append((start, end))
        if end - group[0][0] >= GROUP_BYTES:
            yield group
            group = []
    if group:
        yield group


def _read_group(
    raw: bytes, group: Sequence[tuple[int, int]], kind: str | None, reader: YamlReader
) -> Iterator[Entry | Unread]:
    """The items of one group; halves of it when the whole does not parse, down to the broken item."""
    values = reader.value(raw[group[0][0] : group[-1][1]])
    if isinstance(values, list) and len(values) == len(group):
        for value, (start, end) in zip(values, group, strict=True):
            if isinstance(value, dict) and "metadata" in value and _AROUND.isdisjoint(value):
                yield Entry(value, start, end, kind)  # as nearly all are: an object, and nothing around it
            else:
                yield from _entries(value, start, end, kind)
    elif len(group) == 1:
        yield Unread(*group[0], "list item is cut off or not readable as YAML")
    else:
        half = len(group) // 2
        yield from _read_group(raw, group[:half], kind, reader)
        yield from _read_group(raw, group[half:], kind, reader)


def _read_json(raw: bytes, start: int) -> Iterator[Entry | Unread]:
    try:
        whole = orjson.loads(memoryview(raw)[start:])
    except orjson.JSONDecodeError:
        # Halves of surrogate pairs are common where a log line was cut; their replacement has the same length.
        yield from _read_broken_json(_LONE_SURROGATE.sub(rb"\1\\ufffd", raw), start)
    else:
        yield from _json_entries(raw, whole, start, len(raw))


def _read_broken_json(raw: bytes, start: int) -> Iterator[Entry | Unread]:
    """JSON lines, concatenated documents, and the complete objects of a list that was cut off."""
    end_of_line = raw.find(b"\n", start)
    if end_of_line > 0 and json_value(raw[start:end_of_line]) is not None:
        yield from _read_json_lines(raw, start)
        return
    place = start
    for begin, end in complete_objects(raw, start):
        value = json_value(raw[begin:end])
        if value is None:
            continue
        is_frame = place == start and raw[place:begin].rstrip().endswith(b"[")  # {"kind": "List", "items": [
        if not is_frame:
            yield from _rest(raw, place, begin)
        yield from _json_entries(raw, value, begin, end)
        place = end
    yield from _rest(raw, place, len(raw))
    is_open = raw.rstrip()[-1:] not in (b"}", b"]") and not raw[place:].strip(b" \t\r\n,]}")
    if place > start and is_open:
        yield Unread(len(raw), len(raw), "JSON is cut off")


def _rest(raw: bytes, start: int, end: int) -> Iterator[Unread]:
    """What stands between the objects, when it is more than punctuation."""
    rest = raw[start:end]
    behind_commas = rest.lstrip(b" \t\r\n,")
    if behind_commas.strip(b" \t\r\n,]}"):
        yield Unread(end - len(behind_commas), end, "JSON is cut off or broken")


def _read_json_lines(raw: bytes, start: int) -> Iterator[Entry | Unread]:
    while start < len(raw):
        end = raw.find(b"\n", start) + 1 or len(raw)
        line = raw[start:end]
        value = json_value(line) if line.strip() else {}
        if value is None:
            yield Unread(start, end, "line is no JSON")
        else:
            yield from _json_entries(raw, value, start, end)
        start = end


def _json_entries(raw: bytes, value: object, start: int, end: int) -> Iterator[Entry | Unread]:
    elements = value if isinstance(value, list) else fields.items(value, "items")
    spans = _json_spans(raw, start, end, len(elements))
    yield from _entries(value, start, end, None, spans)


def _json_spans(raw: bytes, start: int, end: int, count: int) -> list[tuple[int, int]]:
    """Where the elements of a JSON list stand; nothing when that is unclear."""
    first = re.compile(rb'(?:"items": ?)?\[\s*?\n([ \t]*)\{').search(raw, start, end)
    if not count:
        return []
    if first is None:
        spans = list(elements_of_list(raw, start, end))
        return spans if len(spans) == count else []
    needle = b"\n" + first.group(1) + b"{"
    starts: list[int] = []
    place = raw.find(needle, first.start(), end)
    while place >= 0 and len(starts) <= count:
        starts.append(place + 1)
        place = raw.find(needle, place + 1, end)
    return list(zip(starts, [*starts[1:], end], strict=True)) if len(starts) == count else []


def _unwrapped(value: dict[str, object]) -> dict[str, object]:
    """The object in what a watch tells: {"type": "ADDED", "object": {}}, eventrouter: {"verb": "ADDED", "event": {}}.

    Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
    """
    for said, held in (("type", "object"), ("verb", "event")):
        inner = value.get(held)
        if value.get(said) in _WATCHED and isinstance(inner, dict):
            return inner
    return value


def _entries(
    value: object, start: int, end: int, kind: str | None, spans: Sequence[tuple[int, int]] = ()
) -> Iterator[Entry | Unread]:
    """The objects in a value: itself, the items of a List, or the elements of a bare array."""
    if isinstance(value, list):
        elements: Sequence[object] = value
        list_kind = None
    elif not isinstance(value, dict):
        return  # a scalar is a document, and no object
    else:
        value = old_keys(_unwrapped(value))
        list_kind = fields.text(value, "kind")
        if "items" not in value or (list_kind is not None and not list_kind.endswith("List")):
            if value:
                yield Entry(value, start, end, kind)
            return
        elements = fields.items(value, "items")
    if len(spans) != len(elements):
        spans = [(start, end)] * len(elements)
    for element, (begin, stop) in zip(elements, spans, strict=True):
        if isinstance(element, dict) and element:
            yield Entry(old_keys(element), begin, stop, list_kind)
