"""One YAML or JSON document as Python values."""

from __future__ import annotations

import orjson
import ryml

from analyzer.ingest.quiet import quiet_stderr
from analyzer.ingest.salvage import repaired

_ERRORS = (ryml.ExceptionBasic, ryml.ExceptionParse, ryml.ExceptionVisit, RuntimeError, MemoryError, ValueError)


class YamlReader:
    """Reads documents of one file; its memory serves them all, since new pages cost as much as the parse."""

    def __init__(self) -> None:
        """Nothing is read yet."""
        self._tree = ryml.Tree()
        self._buffer = bytearray()

    def value(self, raw: bytes) -> object:
        """One YAML document; None when it cannot be read, an empty map when it is empty."""
        try:
            clean = raw if raw.isascii() else raw.decode("utf-8", "backslashreplace").encode()
            self._tree.clear()
            self._tree.clear_arena()
            with quiet_stderr():
                ryml.parse_in_arena(clean, tree=self._tree)
                emitted = self._emitted(2 * len(clean) + 1024)
        except _ERRORS:
            self._tree = ryml.Tree()  # a tree that was left half built is not used again
            return None
        return json_value(emitted) if emitted else {}  # nothing but comments

    def _emitted(self, size: int) -> memoryview:
        """The tree as JSON bytes; the buffer grows until it fits (deep nesting is indented by ryml)."""
        while True:
            if len(self._buffer) < size:
                self._buffer = bytearray(size)
            try:
                emitted: memoryview = ryml.emit_json_in_place(self._tree, self._buffer)
                return emitted
            except IndexError:
                size = 4 * max(size, len(self._buffer))


def json_value(raw: bytes | memoryview) -> object:
    """One JSON value, repaired where orjson refuses it; an empty map for null, None when it cannot be read."""
    try:
        return _not_none(orjson.loads(raw))
    except orjson.JSONDecodeError:
        pass
    try:
        return _not_none(orjson.loads(repaired(bytes(raw))))
    except orjson.JSONDecodeError:
        return None


def _not_none(loaded: object) -> object:
    return {} if loaded is None else loaded
