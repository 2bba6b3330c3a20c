"""One printed event as a record, in every layout that kubectl has had.

`kubectl get events` up to 1.13 prints LAST SEEN, FIRST SEEN, COUNT, NAME, KIND, SUBOBJECT, TYPE, REASON, SOURCE,
MESSAGE, since then LAST SEEN, TYPE, REASON, OBJECT, MESSAGE (k8s.io/kubernetes/pkg/printers/internalversion);
`describe` prints Type, Reason, Age, From, Message, before 1.6 FirstSeen, LastSeen, Count, From, SubObjectPath,
Type, Reason, Message (k8s.io/kubectl/pkg/describe). Rows are told by their words, so pasted pieces without a
header are read too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from analyzer import timestamps
from analyzer.ingest import columns
from analyzer.ingest.columns import Columns
from analyzer.ingest.events import container_in, container_said
from analyzer.ingest.kinds import kind_of
from analyzer.model import Record

# Bounded, so that a line of a million blanks costs no more than its length.
_GAP: Final = "[ ]{1,400}"
_GAP0: Final = "[ ]{0,400}"
_AGE: Final = r"(?:<unknown>|<invalid>|<nil>|<none>|(?:\d{1,7}[ywdhms]){1,5})"
_SOURCE: Final = (
    r"(?:\{[^}\n]{0,200}\}|[\w./-]{1,200}(?:,[ ](?:[\w.-]{1,200}|<[\w. -]{1,80}>))?)"  # people write <node>
)
_SUBOBJECT: Final = r"(?:[\w.]{1,60}\{[^}\n]{0,200}\})"
_TYPE: Final = r"(?P<type>Normal|Warning)"
_REASON: Final = r"(?P<reason>[\w.-]{1,128})"

_DESCRIBED: Final = re.compile(
    rf"{_GAP0}{_TYPE}{_GAP}{_REASON}{_GAP}(?P<last>{_AGE})(?: \(x(?P<count>\d+)(?: over (?P<first>{_AGE}))?\))?"
    rf"{_GAP}(?P<source>{_SOURCE})(?:{_GAP}(?P<message>.*))?$"
)
_DESCRIBED_AGELESS: Final = re.compile(  # somebody cut the ages out
    rf"{_GAP0}{_TYPE}{_GAP}(?P<reason>[A-Z][a-z]+[A-Za-z]{{0,60}}){_GAP}"
    rf"(?P<source>(?:kubelet|default-scheduler|[a-z]{{2,60}}-(?:controller|scheduler|manager|plugin))"
    rf"(?:,[ ][\w.-]{{1,200}})?)"
    rf"{_GAP}(?P<message>\S.*)$"
)
_DESCRIBED_OLD: Final = re.compile(
    rf"{_GAP0}(?P<first>{_AGE}){_GAP}(?P<last>{_AGE}){_GAP}(?P<count>\d+){_GAP}(?P<source>{_SOURCE})?"
    rf"(?:{_GAP}(?P<sub>{_SUBOBJECT}))?{_GAP}{_TYPE}{_GAP}{_REASON}(?:{_GAP}(?P<message>.*))?$"
)
_DATE: Final = r"\w{3}, \d{1,2} \w{3} \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}"
_DESCRIBED_DATED: Final = re.compile(
    rf"{_GAP0}(?P<first>{_DATE}){_GAP}(?P<last>{_DATE}){_GAP}(?P<count>\d+){_GAP}(?P<source>\{{[^}}]{{0,200}}\}})"
    rf"(?:{_GAP}(?P<sub>{_SUBOBJECT}))?{_GAP}(?:{_TYPE}{_GAP})?{_REASON}(?:{_GAP}(?P<message>.*))?$"
)
_STAMP: Final = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
_LISTED: Final = re.compile(
    rf"{_GAP0}(?:(?:ADDED|MODIFIED){_GAP})?(?:(?P<namespace>[a-z0-9][a-z0-9-]{{0,62}}){_GAP})?(?P<last>{_AGE}|{_STAMP})"
    rf"{_GAP}{_TYPE}{_GAP}{_REASON}{_GAP}(?P<object>[\w.-]{{1,100}}/\S{{1,300}})(?:{_GAP}(?P<message>.*))?$"
)
_LISTED_AGELESS: Final = re.compile(  # as somebody asked for with custom-columns, or cut it out
    rf"{_GAP0}{_TYPE}{_GAP}{_REASON}{_GAP}(?P<object>[a-z][a-z.-]{{1,60}}/[a-z0-9]\S{{0,252}})(?:{_GAP}(?P<message>.*))$"
)
_LISTED_OLD: Final = re.compile(
    rf"(?:(?P<namespace>[a-z0-9][a-z0-9-]{{0,62}}){_GAP})?(?P<a>{_AGE}){_GAP}(?P<b>{_AGE}){_GAP}(?P<count>\d+)"
    rf"{_GAP}(?P<name>\S{{1,300}}){_GAP}(?P<kind>[A-Z]\w{{1,60}})(?:{_GAP}(?P<sub>{_SUBOBJECT}))?{_GAP}{_TYPE}{_GAP}{_REASON}"
    rf"{_GAP}(?P<source>{_SOURCE})(?:{_GAP}(?P<message>.*))?$"
)
_WIDE_HEAD: Final = re.compile(rf"(?:(?P<sub>{_SUBOBJECT}){_GAP})?(?P<source>{_SOURCE})[ ]{{2,400}}(?P<message>.*)$")
_WIDE_TAIL: Final = re.compile(rf"(?P<first>{_AGE})[ ]{{2,400}}(?P<count>\d{{1,9}})[ ]{{2,400}}\S+")
_CUT: Final = re.compile(
    rf"(?:[a-z0-9][a-z0-9-]{{0,62}}{_GAP})?{_AGE}{_GAP}(?:N[a-z]{{0,5}}|W[a-z]{{0,6}})?(?:{_GAP}|$)"
)
_GAPS: Final = re.compile(r" {2,}")
_HASH: Final = re.compile(r"\.[0-9a-f]{10,20}$")
# k8s.io/kubernetes/pkg/kubelet/events/event.go, pkg/scheduler: what is only said of pods
_OF_PODS: Final = frozenset(
    {"BackOff", "Created", "Started", "Killing", "Failed", "Pulling", "Pulled", "Unhealthy", "FailedScheduling",
     "Scheduled", "FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox", "SandboxChanged", "Evicted",
     "Preempted", "FailedPostStartHook", "FailedPreStopHook", "FailedKillPod", "ProbeWarning",
     "TaintManagerEviction", "InspectFailed", "ErrImageNeverPull", "ExceededGracePeriod", "FailedSync",
     "SuccessfulAttachVolume", "AddedInterface"}
)  # fmt: skip
_OF_CONTAINER: Final = frozenset({"BackOff", "Created", "Started", "Killing", "Failed"})
# k8s.io/kubernetes/pkg/kubelet/kuberuntime/kuberuntime_container.go and kuberuntime_manager.go
_NAMED: Final = re.compile(
    r"(?:Back-off restarting failed container ([a-z0-9-]{1,63})(?: in pod .*)?"
    r"|(?:Created|Started|Stopping) container:? ([a-z0-9-]{1,63})"
    r"|Container ([a-z0-9-]{1,63}) failed .*|Error: .{1,2000}, container: ([a-z0-9-]{1,63})\))$",
    re.S,
)
_NARROWEST: Final = 60
_WIDEST: Final = 240
_WORD: Final = 12
_TERMINALS: Final = frozenset((80, 100, 120, 132))
_REPEATED: Final = re.compile(rf"({_AGE})(?: \(x(\d+)(?: over ({_AGE}))?\))?")


_PATTERNS: Final = (
    _LISTED, _LISTED_OLD, _LISTED_AGELESS, _DESCRIBED, _DESCRIBED_OLD, _DESCRIBED_DATED, _DESCRIBED_AGELESS,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class About:
    """What the surrounding text says about its events."""

    namespace: str | None = None
    kind: str | None = None
    name: str | None = None
    node: str | None = None


def row(line: str, about: About, table: Columns | None, path: str, number: int) -> Record | None:
    """The event of one line, or None when the line is none; `line` has no tabs and no frame."""
    for pattern in _PATTERNS:
        match = pattern.match(line)
        if match is not None:
            cells = {key: value or "" for key, value in match.groupdict().items()}
            _settle_old(cells, table)
            _settle_wide(cells, table)
            return _record(cells, about, path, line, number)
    return _by_header(line, about, table, path, number)


def _settle_old(cells: dict[str, str], table: Columns | None) -> None:
    """LAST SEEN stands first since 1.3, FIRSTSEEN before that."""
    if "a" in cells:
        is_first_first = table is not None and table.names[0].startswith("FIRST")
        cells["last"], cells["first"] = (cells["b"], cells["a"]) if is_first_first else (cells["a"], cells["b"])


def _settle_wide(cells: dict[str, str], table: Columns | None) -> None:
    """`-o wide` puts SUBOBJECT and SOURCE before the message, FIRST SEEN, COUNT and NAME behind it."""
    if "object" not in cells or (table is not None and "SOURCE" not in table.names):
        return
    gaps = list(_GAPS.finditer(cells["message"]))
    tail = _WIDE_TAIL.fullmatch(cells["message"], gaps[-3].end()) if len(gaps) >= 3 else None
    head = _WIDE_HEAD.match(cells["message"][: gaps[-3].start()]) if tail else None
    if tail is not None and head is not None:
        cells.update({key: value or "" for key, value in (*tail.groupdict().items(), *head.groupdict().items())})


def _by_header(line: str, about: About, table: Columns | None, path: str, number: int) -> Record | None:
    """A row of a table that somebody composed (custom-columns), read by the names of its columns."""
    found = table.cells(line) if table else None
    if found is None or not found.get("REASON", ""):
        return None
    names = {
        "last": ("LAST SEEN", "LASTSEEN", "LAST", "AGE", "TIME", "TIMESTAMP", "LASTTIMESTAMP", "LAST TIMESTAMP"),
        "first": ("FIRST SEEN", "FIRSTSEEN", "FIRST"),
        "count": ("COUNT",),
        "type": ("TYPE",),
        "reason": ("REASON",),
        "object": ("OBJECT",),
        "kind": ("KIND",),
        "name": ("NAME",),
        "sub": ("SUBOBJECT", "SUBOBJECTPATH"),
        "source": ("SOURCE", "FROM"),
        "message": ("MESSAGE",),
        "namespace": ("NAMESPACE",),
    }
    cells = {key: next((found[n] for n in known if n in found), "") for key, known in names.items()}
    repeated = _REPEATED.fullmatch(cells["last"])
    if repeated and repeated.group(2):
        cells["last"], cells["count"], cells["first"] = (part or "" for part in repeated.groups())
    if cells["reason"].startswith(("--", "<")) or set(cells["reason"]) <= {"-"}:
        return None
    return _record(cells, about, path, line, number)


def _record(cells: dict[str, str], about: About, path: str, line: str, number: int) -> Record:
    kind, name = _object(cells, about)
    last, first = cells.get("last", ""), cells.get("first", "")
    age, first_age = timestamps.age(last), timestamps.age(first)
    component, node = _source(cells.get("source", ""))
    is_node = kind == "Node"
    return Record(
        source="event",
        message=(cells.get("message") or "").strip(),
        path=path,
        line=number,
        text=line,
        timestamp=timestamps.parse_time(last) if last and age is None else None,
        first_timestamp=timestamps.parse_time(first) if first and first_age is None else None,
        timestamp_error_seconds=age.error_seconds if age else 0.0,
        age_seconds=age.seconds if age else None,
        first_age_seconds=first_age.seconds if first_age else None,
        count=int(cells.get("count") or 1) if (cells.get("count") or "1").isdecimal() else 1,
        level="warning" if cells.get("type") == "Warning" else "info",
        namespace=None if is_node else cells.get("namespace") or about.namespace,
        kind=kind,
        name=name,
        container=container_in(cells.get("sub")) or _container_named(cells),
        node=node or (about.node if component == "kubelet" or is_node else None) or (name if is_node else None),
        reason=cells.get("reason") or None,
    )


def _object(cells: dict[str, str], about: About) -> tuple[str | None, str | None]:
    written = cells.get("object", "")
    if "/" in written:
        kind, _, name = written.partition("/")
        return kind_of(kind), name
    named = _HASH.sub("", cells.get("name", "")) or written
    if cells.get("kind"):
        return kind_of(cells["kind"]), named or None
    if named and pod_named(cells.get("reason") or ""):
        return "Pod", named
    return about.kind, about.name


def pod_named(reason: str) -> bool:
    """Whether only events about pods have this reason, so that a name without a kind is a pod's."""
    return reason in _OF_PODS


def _container_named(cells: dict[str, str]) -> str | None:
    """The container that the kubelet's own sentences name."""
    message = cells.get("message") or ""
    match = _NAMED.match(message) if cells.get("reason") in _OF_CONTAINER else None
    return next((g for g in match.groups() if g), None) if match else container_said(message)


def _source(written: str) -> tuple[str, str | None]:
    """'kubelet, node-1' and '{kubelet node-1}' name the node."""
    inner = written.strip("{}").strip()
    component, _, host = inner.partition(", ") if ", " in inner else inner.partition(" ")
    return component, host.strip() or None


def is_cut(line: str) -> bool:
    """Whether a line begins like a row of a list but is none: its end is missing."""
    return _CUT.match(line) is not None


@dataclass(frozen=True, slots=True)
class Wrapping:
    """How a terminal or a mail program may have wrapped the lines of a text.

    A terminal cuts every long line at one length, a mail program before the word that no longer fits.
    """

    width: int  # of the longest line
    at_width: int  # lines that are that long
    near_width: int  # lines that a word would have filled

    @classmethod
    def of(cls, lines: Iterable[str]) -> Wrapping:
        """Of all lines of the text."""
        lengths = [len(line) for line in lines]
        width = max(lengths, default=0)
        return cls(width, lengths.count(width), sum(length > width - _WORD for length in lengths))

    def separator(self, previous: str, line: str) -> str:
        """What stood between two lines of a message before they were wrapped; a newline where they were not."""
        if line.lstrip()[:1] in ("│", "┃"):
            return " "
        if not _NARROWEST <= self.width <= _WIDEST or not line.strip():
            return "\n"
        if len(previous) == self.width and (self.at_width > 1 or self.width in _TERMINALS):
            return ""
        is_full = self.near_width > 2 and len(previous) + 1 + len(line.split(maxsplit=1)[0]) > self.width
        return " " if is_full and line[:1] != " " else "\n"


def joined(event: Record, line: str, separator: str = "\n") -> Record:
    """The event with another line of its message."""
    return replace(event, message=event.message + separator + line if event.message else line)


def header(line: str) -> Columns | None:
    """The columns when this line is the header of an event table."""
    if "MESSAGE" not in line and "Message" not in line:
        return None
    found = columns.header(line)
    return found if found and {"REASON", "MESSAGE"} <= set(found.names) and len(found.names) >= 3 else None
