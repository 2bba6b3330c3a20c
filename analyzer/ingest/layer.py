"""What one layer of a log line says about the text it wraps."""

from __future__ import annotations

from typing import NamedTuple

from analyzer.timestamps import Instant


class Layer(NamedTuple):
    """One header (or envelope) taken off a line; None means that this layer does not say."""

    text: str  # what is inside, verbatim
    instant: Instant | None = None
    source: str | None = None  # whose log it is, stated by the journal's tag
    likely_source: str | None = None  # whose log it looks like; gives way to what the path says
    level: str | None = None  # info, warning, error, fatal
    node: str | None = None
    namespace: str | None = None
    kind: str | None = None
    name: str | None = None
    container: str | None = None
    reason: str | None = None
    stream: str | None = None  # stdout, stderr
    is_partial: bool = False  # the line goes on in the next one of the same stream
