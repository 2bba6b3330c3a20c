"""Reads API objects written as YAML or JSON: one, many, lists, and what is left of a file that was cut."""

from __future__ import annotations

import re
from typing import Final

from analyzer.ingest import events, nodes, pods, skew, workloads
from analyzer.ingest.documents import Entry, Unread, read
from analyzer.ingest.gather import Gathered, count_lines
from analyzer.ingest.harvest import Harvest
from analyzer.ingest.locate import Locator
from analyzer.model import Note
from analyzer.placement import Placement

NAME: Final = "objects"
SAMPLE: Final = "apiVersion: v1  kind: Pod  metadata: {name: web-0}   (YAML or JSON, also List)"

_LINES_TO_SNIFF: Final = 60  # a licence or warnings may stand before the first key
_YAML_HEAD: Final = re.compile(r"^(?:apiVersion:|kind:[ \t]+\w|items:[ \t]*(?:#.*|\[\])?$|- apiVersion:)", re.M)
_JSON_HEAD: Final = re.compile(r'"(?:apiVersion|kind|items|involvedObject|InvolvedObject|metadata)" ?:')
_AHEAD_OF_JSON: Final = re.compile(  # a line of a script between the dumps it collects
    r'(?:[^\n{}\[]{0,400}\n){1,4}\{[ \t]*\r?\n\s*"(?:apiVersion|kind|items|metadata)" ?:'
)
_LINE_OF_LOG: Final = re.compile(r'[{]"(?:log|level|ts|time|msg|severity)"|.{0,200}"audit\.k8s\.io/', re.S)


def sniff(head: str, placement: Placement) -> bool:
    """Whether the file starts like a document with kind, apiVersion or items."""
    if placement.role.endswith("_log"):
        return False
    start = head.removeprefix("\ufeff").lstrip()
    if start.startswith(("{", "[")):
        first = start[:4096]
        return bool(_JSON_HEAD.search(first)) and not _LINE_OF_LOG.match(start)
    if _AHEAD_OF_JSON.match(head) is not None:
        return True
    beginning = "\n".join(head.split("\n", _LINES_TO_SNIFF)[:_LINES_TO_SNIFF])
    return bool(_YAML_HEAD.search(beginning))


def parse(raw: bytes, path: str, placement: Placement) -> Harvest:
    """All objects of the file; a document or list item that cannot be read costs itself and is noted."""
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    out = Gathered(path)
    locator = Locator(raw)
    lines = locator.lines
    unparsed = 0
    for entry in read(raw):
        if isinstance(entry, Unread):
            unparsed += count_lines(raw[entry.start : entry.end])
            out.notes.append(Note(path=path, problem=entry.problem, line=locator.line(entry.start)))
        else:
            _take(entry, entry.kind, locator, out, placement)
    return out.harvest(NAME, lines, min(unparsed, lines))


def _take(entry: Entry, kind: str | None, locator: Locator, out: Gathered, placement: Placement) -> None:
    """The rows of one object."""
    if events.is_event(entry, kind):
        out.records.append(events.record(entry, locator, out.path))
        if (pair := skew.of_event(entry.fields)) is not None:
            out.pairs.append(pair)
    elif kind == "Pod":
        pods.read(entry, locator, out, placement.namespace)
        if (pair := skew.of_pod(entry.fields)) is not None:
            out.pairs.append(pair)
    elif kind == "Node":
        nodes.read(entry, locator, out)
    elif kind is not None:
        workloads.read(entry, kind, locator, out, None)
