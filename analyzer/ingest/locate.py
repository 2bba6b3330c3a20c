"""Lines of a YAML or JSON file that hold what a row says, found by key, value and indentation.

The parsers keep no positions, so they are looked up afterwards. A dump is indented regularly: the keys of one
object start in one column, its list items in one column. `Span` narrows the search by that, `find` accepts a
place only when the key and the value really stand there.
"""

from __future__ import annotations

import functools
import re
from array import array
from collections.abc import Collection, Iterator, Mapping
from itertools import accumulate
from typing import Final, NamedTuple

from analyzer.ingest.fields import Fields
from analyzer.ingest.gather import TEXT_LIMIT

_WINDOW: Final = 1024
_ESCAPED: Final = re.compile(r"[\"'\\\n\r\t<>&]|[^ -~]")  # Go writes < > & of JSON as \u003c ...
_NEEDLE_LENGTH: Final = 48
_STEP: Final = 1024  # bytes whose lines are counted beforehand
_DEEPEST: Final = 400  # no key stands further right than this
_VALUE_END: Final = b" \r\n\"',}]#"


class Span(NamedTuple):
    """A part of the file: raw[start:end]."""

    start: int
    end: int
    is_value: bool = False  # it starts with its own key: "spec:", and its map stands below


class Located(NamedTuple):
    """A map of the file, where it stands, and where some of its values do."""

    fields: Fields
    span: Span
    values: Mapping[str, Span]

    def at(self, key: str) -> Span:
        """The value of a key that was looked for; the whole map when it was not found."""
        return self.values.get(key, self.span)


class Locator:
    """Looks places up in one file."""

    def __init__(self, raw: bytes) -> None:
        """Keep `raw`; nothing is read yet."""
        self._raw = raw
        self._is_json = raw[:256].lstrip()[:1] in (b"{", b"[")
        counts = (raw.count(b"\n", at, at + _STEP) for at in range(0, len(raw), _STEP))
        self._above = array("Q", accumulate(counts, initial=0))  # how many lines end before each step

    @property
    def lines(self) -> int:
        """How many lines there are: "\\n" ends one, and a non-empty rest is one."""
        return self._above[-1] + (bool(self._raw) and not self._raw.endswith(b"\n"))

    def line(self, offset: int) -> int:
        """The number of the line, from 1, that holds this byte."""
        step = offset // _STEP
        return self._above[step] + self._raw.count(b"\n", step * _STEP, offset) + 1

    def text(self, offset: int) -> str:
        """The line that holds this byte; of a line beyond 4,096 bytes the part around the byte."""
        raw = self._raw
        before, behind = offset - TEXT_LIMIT if offset > TEXT_LIMIT else 0, min(offset + TEXT_LIMIT, len(raw))
        start = raw.rfind(b"\n", before, offset) + 1 or before
        end = raw.find(b"\n", offset, behind)
        end = behind if end < 0 else end
        if end - start > TEXT_LIMIT:
            start = max(start, offset - _WINDOW // 8)
            end = min(end, start + _WINDOW)
        return raw[start:end].decode("utf-8", "backslashreplace").rstrip("\r")

    def child(self, span: Span, key: str) -> Span:
        """The value of a key of the map in `span`; `span` itself when it is not found.

        The map's keys stand in the column of its first key; a value ends where that column, or one further
        left, is used again.
        """
        raw = self._raw
        column = self._column(span)
        place = self._key(span, key, column)
        if place < 0:
            return span
        end = _less_indented(column).search(raw, place + 1, span.end) if column <= _DEEPEST else None
        return _span((place, end.start() if end else span.end, True))

    def located(self, fields: Fields, span: Span, wanted: Collection[str]) -> Located:
        """The map in `span`, which was read as `fields`, with the places of the `wanted` keys that it has.

        A dump has the keys in the order of `fields`, and a value ends where the next key starts: each is looked for
        from the one before on. Where they stand otherwise, each is looked for by itself.
        """
        raw, first = self._raw, self._first_key(span)
        column = self._column_of(first)
        values: dict[str, Span] = {}
        last, place = None, first - column - 1  # the last wanted key, and the newline before its line
        for key in fields:
            is_wanted = key in wanted
            if last is None and not is_wanted:
                continue
            name, below = _written_key(key, column, self._is_json)
            behind = raw.find(below, max(place, 0), span.end) if below else -1  # -1: at the very beginning
            if behind < 0:
                if last is not None or not raw.startswith(name, first):  # nor is it the first of a list's item
                    return Located(fields, span, {k: self.child(span, k) for k in wanted if k in fields})
                behind = first - column - 1
            if last is not None:
                values[last] = _span((place + column + 1, behind, True))
            last, place = key if is_wanted else None, behind
        if last is not None:
            values[last] = _span((place + column + 1, span.end, True))
        return Located(fields, span, values)

    def elements(self, span: Span, count: int) -> list[Span]:
        """The elements of the list whose key stands at the start of `span`; `span` for each when unclear."""
        raw = self._raw
        below = raw.find(b"\n", span.start, span.end) if count else -1
        first = _FIRST_ELEMENT.search(raw, below, span.end) if below >= 0 else None
        if first is None:
            return [span] * count
        needle = b"\n" + first.group(1) + first.group(2)
        starts = [first.start() + 1]
        while len(starts) < count:
            place = raw.find(needle, starts[-1], span.end)
            if place < 0:
                return [span] * count
            starts.append(place + 1)
        return [_span((start, end, False)) for start, end in zip(starts, [*starts[1:], span.end], strict=True)]

    def find(self, span: Span, key: str, value: str | None) -> int | None:
        """Where `key` has `value` (or a value that starts like it, when it is long or escaped) in `span`."""
        if value is None:
            return None
        if value and not self._is_json and value.isascii():  # as nearly all values are written
            exact = self._raw.find(f"{key}: {value}\n".encode(), span.start, span.end)
            if exact >= 0 and self._is_key(exact):
                return exact
        probe = value[:_NEEDLE_LENGTH]
        cut = _ESCAPED.search(probe)
        probe = probe[: cut.start()] if cut else probe
        is_whole = len(probe) == len(value) and bool(probe.strip())
        for needle in _needles(key.encode(), value, probe, self._is_json):
            place = self._verified(needle, is_whole, span)
            if place is not None:
                return place
        return None if self._is_json else self._in_block(span, key, value)

    def start(self, span: Span) -> int:
        """The first byte of `span` that is no blank, comment or document marker."""
        match = _LEAD.match(self._raw, span.start, span.end)
        return min(match.end(), max(span.end - 1, 0)) if match else span.start

    def _verified(self, needle: bytes, is_whole: bool, span: Span) -> int | None:
        raw = self._raw
        place = raw.find(needle, span.start, span.end)
        while place >= 0:
            stop = place + len(needle)
            if self._is_key(place) and (not is_whole or stop >= len(raw) or raw[stop] in _VALUE_END):
                return place
            place = raw.find(needle, place + 1, span.end)
        return None

    def _is_key(self, place: int) -> bool:
        """Whether only blanks and dashes, or another pair of a flow map, stand before this in its line."""
        if self._is_json:
            return True
        raw = self._raw
        before = raw[raw.rfind(b"\n", place - _DEEPEST if place > _DEEPEST else 0, place) + 1 : place]
        return not before.strip(b" -\t") or before.rstrip(b" ")[-1:] in (b"{", b",")

    def _in_block(self, span: Span, key: str, value: str) -> int | None:
        """The first line of a block scalar ("message: |") that starts like `value`."""
        name = key.encode()
        if self._raw.find(name + b": |", *span[:2]) < 0 and self._raw.find(name + b": >", *span[:2]) < 0:
            return None
        head = re.compile(rb"^[ \t-]*%b: [|>][-+\d]*[ \t]*\r?\n[ \t]*" % re.escape(name), re.M)
        match = head.search(self._raw, span.start, span.end)
        if match is None:
            return None
        lead = value.strip()[:_NEEDLE_LENGTH].split("\n")[0].encode("utf-8", "replace")
        return match.end() if self._raw.startswith(lead, match.end()) else None

    def _column(self, span: Span) -> int:
        """The column in which the keys of the map in `span` start."""
        return self._column_of(self._first_key(span))

    def _column_of(self, place: int) -> int:
        """The column of this byte; one beyond _DEEPEST stands for all that are further right."""
        begin = place - _DEEPEST - 1 if place > _DEEPEST else 0
        newline = self._raw.rfind(b"\n", begin, place)
        return _DEEPEST + 1 if newline < 0 and begin else place - newline - 1

    def _first_key(self, span: Span) -> int:
        """Where the first key of the map in `span` stands."""
        raw = self._raw
        start = raw.find(b"\n", span.start, span.end) + 1 if span.is_value else span.start
        line = raw[start : min(start + _NARROW, span.end)]
        rest = line.lstrip(b" ")
        item = rest[2:] if rest[:2] == b"- " else rest
        if item[:1].isalpha() and raw[start - 1 : start] == b"\n":
            return start + len(line) - len(item)
        match = _MAP_START.match(raw, start, span.end)
        return match.end() if match else start

    def _key(self, span: Span, key: str, column: int) -> int:
        name, below = _written_key(key, column, self._is_json)
        if not below:
            first = self._first_key(span)
            return first if self._raw.startswith(name, first) else -1
        place = self._raw.find(below, span.start - 1 if span.start else 0, span.end)
        if place >= 0:
            return place + 1 + column
        # "- name: ..." in the item's own line, or the first line of all
        begin = self._raw.rfind(b"\n", max(span.start - _DEEPEST, 0), span.start) + 1
        return begin + column if self._raw.startswith(name, begin + column) else -1


_span: Final = functools.partial(tuple.__new__, Span)  # without NamedTuple's own call, which takes as long again
_NARROW: Final = 80  # characters in which the first key of a map is expected
_LEAD: Final = re.compile(rb"(?:[ \t]*(?:#[^\n]*|---[^\n]*)?\r?\n)*[ \t]*")
_FIRST_ELEMENT: Final = re.compile(rb"\n([ \t]*)(- |\{)")
# Up to the first key of a map: past blank lines, JSON's brace, a list item's dash.
_MAP_START: Final = re.compile(rb"(?:[ \t]*(?:#[^\n]*|---[^\n]*)?\r?\n)*(?:[ \t]*\{[ \t]*\r?\n)?[ \t]*(?:-[ \t]+)?")


@functools.lru_cache(maxsize=4096)
def _written_key(key: str, column: int, is_json: bool) -> tuple[bytes, bytes]:
    """A key as it is written, alone and on a line of its own in its column: b"" where no line is so long.

    JSON of a single line has its keys millions of columns to the right.
    """
    name = b'"%b":' % key.encode() if is_json else key.encode() + b":"
    return name, b"\n" + b" " * column + name if column <= _DEEPEST else b""


@functools.lru_cache(maxsize=_DEEPEST)
def _less_indented(column: int) -> re.Pattern[bytes]:
    """The end of a value whose key stands in `column`: a later line that starts there or further left.

    A list may start in its key's own column, so a dash in that column does not end it.
    """
    # The blanks are taken possessively (+): a line further right is given up at once.
    return re.compile(rb"\n {0,%d}+(?:[^\s\-}\]]|(?<!\n {%d})[\-}\]])" % (column, column))


def _needles(key: bytes, value: str, probe: str, is_json: bool) -> Iterator[bytes]:
    """What to look for, the usual form first; `probe` is the part of the value that stands in the file as it is."""
    if not probe.strip():  # nothing of the value can be compared: the key alone has to do
        yield b'"' + key + b'":' if is_json else key + b": "
        return
    written = probe.encode()
    if is_json:
        yield b'"' + key + b'": "' + written
        yield b'"' + key + b'":"' + written
        if value.lstrip("-").isdecimal():
            yield b'"' + key + b'": ' + written
            yield b'"' + key + b'":' + written
    else:
        lead = key + b": "
        yield lead + written
        yield lead + b"'" + written
        yield lead + b'"' + written
