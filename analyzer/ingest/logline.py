"""Reads one line of a log: its time, level, source, subject, and the message behind its headers.

A line is wrapped in layers: what a copy put in front, the runtime's or the journal's envelope, the kernel's or a
program's own header. Each layer has its module; here they are taken off one after the other.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from analyzer.ingest import applog, bare_message, cri, journal, kernel, klog, prefix
from analyzer.ingest.klog import Subject
from analyzer.ingest.layer import Layer
from analyzer.timestamps import Instant

LONGEST: Final = 65536
"""Characters of a line that are read; what is behind them is left out of the message."""

_MOST_LAYERS: Final = 5
_Peel = Callable[[str], Layer | None]
_OF_KNOWN: Final[tuple[_Peel, ...]] = (cri.peel, prefix.peel_certain, applog.peel_time)  # the path names the pod
_OF_CONTAINERS: Final[tuple[_Peel, ...]] = (cri.peel, prefix.peel, applog.peel_time)
_OF_ANY: Final[tuple[_Peel, ...]] = (cri.peel, journal.peel, kernel.peel, prefix.peel, applog.peel_time)
# What pasting, `minikube logs`, editors and exports put in front of a line: "* ", "> ", "   7690 ", a quote.
_DECORATION: Final = re.compile(r'[\s>*\ufeff"]{0,64}(?:[0-9]{1,9}[:\s]\s{0,16})?')
_QUARTER_SECONDS: Final = 900.0
_SAME_MOMENT: Final = dt.timedelta(hours=26)  # the same moment in two zones, or in one and slowly written


@dataclass(frozen=True, slots=True, kw_only=True)
class LogHints:
    """What is known of a line from where it stands."""

    source: str = "text"  # one of model.LOG_SOURCES; used when the line itself does not say
    namespace: str | None = None
    pod: str | None = None
    container: str | None = None
    node: str | None = None


class LogLine(NamedTuple):
    """One line, read; the fields are those of model.Record."""

    message: str  # verbatim, a part of the line (or of the string in its JSON envelope)
    source: str
    timestamp: dt.datetime | None = None
    timestamp_error_seconds: float = 0.0
    is_yearless: bool = False
    has_zone: bool = True  # False: nothing says in which zone the time was written
    level: str | None = None
    namespace: str | None = None
    kind: str | None = None
    name: str | None = None
    container: str | None = None
    node: str | None = None
    reason: str | None = None
    is_partial: bool = False  # it goes on in the next line of the same stream
    stream: str | None = None


def parse_line(line: str, hints: LogHints) -> LogLine:
    """Reads `line`, without its line end, in time linear in its length; never raises.

    The time of an outer layer wins over an inner one, unless only the inner one states its year and zone. The
    subject (namespace, kind, name, container) is the line's own where a component states it, else the hints'.
    """
    text = line[:LONGEST].rstrip("\r\n")
    layers = _layers(text, hints)
    if len(layers) == 1 and layers[0].instant is None:
        layers = _undecorated(text, hints) or layers
    return _line(layers, hints)


def parse_inside(envelope: Layer, hints: LogHints) -> LogLine:
    """Reads what an envelope of several lines holds, such as an entry of `journalctl -o export`; never raises."""
    return _line([envelope, *_layers(envelope.text[:LONGEST].rstrip("\r\n"), hints)], hints)


def _line(layers: list[Layer], hints: LogHints) -> LogLine:
    message = layers[-1].text
    source = _source(layers, hints)
    subject = _subject(layers, source)
    instants = [layer.instant for layer in layers if layer.instant is not None]
    instant = _instant(instants)
    is_own = subject.name is not None
    named = next((layer for layer in layers if layer.name is not None), None)  # by `kubectl logs --prefix`
    pod = named.name if named else hints.pod
    bare = bare_message.read(message) if source == "text" else None
    line = LogLine(
        message=message,
        source=source,
        timestamp=instant.timestamp if instant else None,
        timestamp_error_seconds=_zone_gap(instants),
        is_yearless=instant.is_yearless if instant else False,
        has_zone=instant.has_zone if instant else True,
        level=subject.level or next((layer.level for layer in reversed(layers) if layer.level), None),
        namespace=subject.namespace if is_own else (named and named.namespace) or hints.namespace,
        kind=subject.kind if is_own else "Pod" if pod else None,
        name=subject.name if is_own else pod,
        container=subject.container if is_own else named.container if named else hints.container,
        node=hints.node or next((layer.node for layer in layers if layer.node), None),
        reason=subject.reason,
        is_partial=any(layer.is_partial for layer in layers),
        stream=next((layer.stream for layer in layers if layer.stream), None),
    )
    return line if bare is None else _as_event(line, bare)


def _as_event(line: LogLine, bare: bare_message.BareMessage) -> LogLine:
    """A line that is the message of an event: it is one, of the object that it names."""
    return line._replace(
        source=bare.source,
        level="warning",
        kind=line.kind or bare.kind,
        name=line.name or bare.name,
        namespace=line.namespace or bare.namespace,
        container=line.container or bare.container,
        reason=line.reason or bare.reason,
    )


def _layers(text: str, hints: LogHints) -> list[Layer]:
    """The layers of a line from the outside in; the last one's text is the message."""
    layers: list[Layer] = []
    outer = _OF_ANY
    if hints.source == "container_log":
        outer = _OF_KNOWN if hints.pod else _OF_CONTAINERS
    while len(layers) < _MOST_LAYERS:
        header = klog.peel(text)
        if header is not None:  # what stands behind it is the message, whatever it looks like
            return [*layers, header]
        layer = next((found for peel in outer if (found := peel(text)) is not None), None)
        if layer is None:
            break
        layers.append(layer)
        text = layer.text
    return [*layers, applog.read(text)]


def _undecorated(text: str, hints: LogHints) -> list[Layer]:
    """The layers behind what was put in front of the line; empty when no header shows up there."""
    decoration = _DECORATION.match(text)
    if decoration is None or not decoration.end():
        return []
    bare = text[decoration.end() :]
    if text.startswith('"'):  # CSV export
        bare = bare.removesuffix('"')
    layers = _layers(bare, hints)
    return layers if len(layers) > 1 or layers[0].instant is not None else []


def _source(layers: list[Layer], hints: LogHints) -> str:
    """Whose log it is: a container's by its file, else by the journal's tag, else by the file, else by shape."""
    if hints.source == "container_log":
        return hints.source
    tagged = next((layer.source for layer in layers if layer.source), None)
    likely = [layer.likely_source for layer in layers if layer.likely_source]
    if "kubelet_log" in likely and tagged in (None, "runtime_log", "node_log") and hints.source in ("text", tagged):
        return "kubelet_log"  # the kubelet runs in a unit of another name
    if tagged is not None:
        return tagged
    return hints.source if hints.source != "text" or not likely else likely[0]


def _subject(layers: list[Layer], source: str) -> Subject:
    """What the message is about. A container's own lines are about itself, unless a key or an event says otherwise."""
    of_container = source == "container_log"
    found = klog.subject(layers[-1].text, must_state=of_container)
    return Subject() if of_container and not found.is_stated else found


def _instant(stated: list[Instant]) -> Instant | None:
    """The time to believe, of all that the layers state, from the outside in."""
    known = [(instant.timestamp, instant) for instant in stated if instant.timestamp is not None]
    if not known:
        return None
    time, outer = known[0]
    if outer.has_zone:
        return outer
    for inner_time, inner in known[1:]:
        if inner.is_yearless:
            continue
        same = _in_year_of(time, inner_time) if outer.is_yearless else time
        if abs(same - inner_time) <= _SAME_MOMENT:
            return inner if inner.has_zone else Instant(same, 0)
    return outer


def _zone_gap(stated: list[Instant]) -> float:
    """How far apart the first two times of a line are, when they are one moment written in two zones.

    The journal shows the zone of its reader, klog that of its process; neither names it. Zones lie whole quarters
    of an hour apart.
    """
    known = [(instant.timestamp, instant) for instant in stated if instant.timestamp is not None]
    if len(known) < 2 or known[0][1].has_zone or known[1][1].has_zone:
        return 0.0
    (time, outer), (inner_time, inner) = known[:2]
    if outer.is_yearless != inner.is_yearless:
        time, inner_time = (
            (_in_year_of(time, inner_time), inner_time) if outer.is_yearless else (time, _in_year_of(inner_time, time))
        )
    gap = abs((time - inner_time).total_seconds())
    quarters = round(gap / _QUARTER_SECONDS)
    return quarters * _QUARTER_SECONDS if quarters <= 4 * 26 and abs(gap - quarters * _QUARTER_SECONDS) < 60 else 0.0


def _in_year_of(time: dt.datetime, other: dt.datetime) -> dt.datetime:
    """`time` in the year that brings it nearest to `other`."""
    candidates = []
    for year in (other.year - 1, other.year, other.year + 1):
        try:
            candidates.append(time.replace(year=year))
        except ValueError:  # Feb 29
            continue
    return min(candidates, key=lambda candidate: abs(candidate - other), default=time)
