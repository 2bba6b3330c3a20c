"""Lines of a YAML or JSON file that hold what a row says, found by key, value and indentation.

The parsers keep no positions, so they are looked up afterwards. A dump is indented regularly: the keys of one
object start in one column, its list items in one column. `Span` narrows the search by that, `find` accepts a
place only when the key and the value really stand there.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final, NamedTuple

from analyzer.ingest.gather import TEXT_LIMIT

_WINDOW: Final = 1024
_ESCAPED: Final = re.compile(r"[\"'\\\n\r\t<>&]|[^ -~]")  # Go writes < > & of JSON as \u003c ...
_NEEDLE_LENGTH: Final = 48
_MOST_COUNTED: Final = 200  # lines whose numbers are remembered: a few objects' worth
_DEEPEST: Final = 400  # no key stands further right than this
_VALUE_END: Final = b" \r\n\"',}]#"


class Span(NamedTuple):
    """A part of the file: raw[start:end]."""

    start: int
    end: int
    is_value: bool = False  # it starts with its own key: "spec:", and its map stands below


class Locator:
    """Looks places up in one file; asking near what was asked lately is fast."""

    def __init__(self, raw: bytes) -> None:
        """Keep `raw`; nothing is read yet."""
        self._raw = raw
        self._is_json = raw[:256].lstrip()[:1] in (b"{", b"[")
        self._offsets = [0]  # of lines that were counted, ascending
        self._lines = [1]  # their numbers

    def line(self, offset: int) -> int:
        """The number of the line, from 1, that holds this byte."""
        if len(self._offsets) > _MOST_COUNTED:  # the first ones are those of objects further up
            del self._offsets[1 : _MOST_COUNTED // 2], self._lines[1 : _MOST_COUNTED // 2]
        place = bisect_right(self._offsets, offset)
        before = self._offsets[place - 1]
        if before == offset:
            return self._lines[place - 1]
        number = self._lines[place - 1] + self._raw.count(b"\n", before, offset)
        self._offsets.insert(place, offset)
        self._lines.insert(place, number)
        return number

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
        end = _less_indented(column).search(raw, place + 1, span.end)
        return _span((place, end.start() if end else span.end, True))

    def elements(self, span: Span, count: int) -> list[Span]:
        """The elements of the list whose key stands at the start of `span`; `span` for each when unclear."""
        raw = self._raw
        first = _FIRST_ELEMENT.search(raw, raw.find(b"\n", span.start, span.end), span.end) if count else None
        if first is None:
            return [span] * count
        needle = b"\n" + first.group(1) + first.group(2)
        starts: list[int] = []
        place = first.start()
        while place >= 0 and len(starts) < count:
            starts.append(place + 1)
            place = raw.find(needle, place + 1, span.end)
        if len(starts) != count:
            return [span] * count
        ends = [*starts[1:], place + 1 if place >= 0 else span.end]
        return [_span((start, end, False)) for start, end in zip(starts, ends, strict=True)]

    def find(self, span: Span, key: str, value: str | None) -> int | None:
        """Where `key` has `value` (or a value that starts like it, when it is long or escaped) in `span`."""
        if value is None:
            return None
        probe = value[:_NEEDLE_LENGTH]
        cut = _ESCAPED.search(probe)
        probe = probe[: cut.start()] if cut else probe
        is_whole = len(probe) == len(value) and bool(probe.strip())
        if is_whole and not self._is_json:  # as nearly all values are written
            place = self._verified(f"{key}: {probe}".encode(), True, span)
            if place is not None:
                return place
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
        raw = self._raw
        start = raw.find(b"\n", span.start, span.end) + 1 if span.is_value else span.start
        line = raw[start : min(start + _NARROW, span.end)]
        rest = line.lstrip(b" ")
        item = rest[2:] if rest[:2] == b"- " else rest
        if item[:1].isalpha() and raw[start - 1 : start] == b"\n":
            return len(line) - len(item)
        match = _MAP_START.match(raw, start, span.end)
        end = match.end() if match else start
        return end - raw.rfind(b"\n", 0, end) - 1

    def _key(self, span: Span, key: str, column: int) -> int:
        name, below = _written_key(key, column, self._is_json)
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


@functools.cache
def _written_key(key: str, column: int, is_json: bool) -> tuple[bytes, bytes]:
    """A key as it is written, alone and on a line of its own in its column."""
    name = b'"%b":' % key.encode() if is_json else key.encode() + b":"
    return name, b"\n" + b" " * column + name


@functools.cache
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
