"""A text of several parts, each read as what it is: a terminal session, `minikube logs`, files that `tail` printed.

A part begins with a command at a prompt, with a heading `==> kubelet <==`, or behind a fence of Markdown. A text whose
parts are all of one format is left to that format, which knows prompts and headings itself.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from analyzer.encoding import decode
from analyzer.ingest import bulk, columns, sections
from analyzer.ingest.gather import count_lines
from analyzer.ingest.harvest import Harvest
from analyzer.ingest.logline import LogHints
from analyzer.placement import Placement
from analyzer.screen import Screen

NAME: Final = "sections"
SAMPLES: Final = (("commands at a prompt", "$ kubectl -n shop logs web-0 -c app --previous"),)
LARGEST_BYTES: Final = 64 << 20  # sessions and minikube's logs are a few MB
MOST_PARTS: Final = 400  # in a text of more parts a part is as likely to be a log's own line

_COMMAND: Final = (
    r"(?:kubectl|oc|k|journalctl|dmesg|crictl|docker|podman|cat|tail|head|systemctl|helm|istioctl|etcdctl|free|df|ls)"
)
_PROMPT: Final = r"(?:(?:\[[^\]\n]{1,60}\]|[\w.@:~/()-]{0,60}[ ]?)[$#%>][ ]|\+[ ])(?:sudo[ ])?"
_BEGIN: Final = re.compile(
    rf"^(?:==> [^\n]{{1,200}} <==|```[^\n]{{0,80}}|{_PROMPT}{_COMMAND}[ \r\n][^\n]{{0,400}}"
    r"|(?:\[[\w.-]{1,40}@[^\]\n]{1,60}\]|[\w.-]{1,40}@[\w.-]{1,60}:[^\s#$]{1,60})[$#](?:[ ][^\n]{0,400})?"
    r"|(?:kubectl|oc)[ ](?:-|get|describe|logs)[^\n]{0,400})".encode(),
    re.M,
)
_WITH_VALUE: Final = frozenset(
    ("-n", "--namespace", "-c", "--container", "--tail", "--since", "--since-time", "-l", "--selector", "--context")
)
_UNIT_ROLES: Final = (
    (re.compile(r"journalctl .*(?:-u|--unit)[ =]?kubelet"), "kubelet_log"),
    (re.compile(r"journalctl .*(?:-u|--unit)[ =]?(?:containerd|crio|docker)"), "runtime_log"),
    (re.compile(r"dmesg|journalctl .*(?:-k|--dmesg)\b"), "kernel_log"),
    (re.compile(r"journalctl"), "node_log"),
)

Read = Callable[[bytes, Placement], Harvest | None]
"""Reads bytes as the structured format that claims them; None where none does."""


@dataclass(frozen=True, slots=True)
class Part:
    """raw[start:end] of the text, with what its first line tells of it."""

    start: int
    end: int
    placement: Placement
    heading: LogHints | None = None  # whose lines stand under its heading; None where it has none

    @property
    def content(self) -> Placement:
        """What its content is taken for: a heading `==> describe nodes <==` leaves that open."""
        is_open = self.heading is not None and self.heading.source == "text"
        return replace(self.placement, role="unknown", stem=None) if is_open else self.placement

    @property
    def is_log(self) -> bool:
        """Whether its first line says that it is a log."""
        if self.heading is not None:
            return self.heading.source != "text"
        return self.is_asked_log

    @property
    def is_asked_log(self) -> bool:
        """Whether the command in its first line asks for the log of a pod."""
        is_log = self.placement.role.endswith("_log") and self.placement.pod is not None
        return self.heading is None and is_log


def sniff(head: bytes) -> bool:
    """Whether a part begins somewhere in these first bytes."""
    return _BEGIN.search(head) is not None


def read(raw: bytes, path: str, placement: Placement, screen: Screen, read_part: Read) -> Harvest | None:
    """Every part as what it is; None where they are not of several formats."""
    parts = list(_parts(raw, placement))
    if not parts or len(parts) > MOST_PARTS or (len(parts) == 1 and not parts[0].is_asked_log):
        return None
    found: list[Harvest] = []
    logs: list[Part] = []
    for part in parts:
        harvest = None if part.is_log else read_part(_in_place(raw, [part]), part.content)
        if harvest is None:
            logs.append(part)
        else:
            found.append(_without(harvest, raw.count(b"\n", 0, part.start)))
    if not any(p.is_asked_log for p in logs) and (not found or (not logs and len({h.format for h in found}) == 1)):
        return None
    for group in _together(logs):
        stream = io.BytesIO(_in_place(raw, group))
        harvest = bulk.read_log(stream, group[0].placement, screen, path)
        own = sum(count_lines(raw[p.start : p.end]) for p in group)
        found.append(_without(harvest, harvest.lines - own))
    return _joined(found, count_lines(raw))


def _parts(raw: bytes, placement: Placement) -> Iterator[Part]:
    starts = [match.start() for match in _BEGIN.finditer(raw)]
    if not starts or raw[: starts[0]].strip():
        starts = [0, *starts]
    elif starts[0]:
        starts[0] = 0
    for start, end in zip(starts, [*starts[1:], len(raw)], strict=True):
        first = decode(raw[start : start + 600].lstrip(b"\n")).split("\n", 1)[0].rstrip("\r")
        heading = sections.hints_behind(first, sections.hints_of(placement))
        yield Part(start, end, _placed(first, placement), heading)


def _placed(first: str, placement: Placement) -> Placement:
    """Whose output follows a command: `kubectl logs` names the pod, `journalctl` the unit."""
    for pattern, role in _UNIT_ROLES:
        if pattern.search(first) and _BEGIN.match(first.encode()):
            return replace(placement, role=role, stem=None)
    command = columns.command(first)
    if command is None:
        return placement
    namespace = columns.namespace_of(command) or placement.namespace
    words = command.split()[1:]
    if "logs" not in words:
        return replace(placement, role="unknown", namespace=namespace, stem=None)
    pod, container = _asked(words)
    return replace(
        placement,
        role="container_log",
        namespace=namespace,
        pod=pod,
        container=container,
        instance="previous" if {"-p", "--previous", "--previous=true"} & set(words) else "current",
        stem=None,
    )


def _asked(words: Sequence[str]) -> tuple[str | None, str | None]:
    """Pod and container of the words of `kubectl logs`; None where a selector or a workload was asked for."""
    named: list[str] = []
    container: str | None = None
    for before, word in zip(["", *words[:-1]], words, strict=True):
        if before in ("-c", "--container"):
            container = word
        elif word.startswith("--container="):
            container = word.partition("=")[2]
        elif not word.startswith("-") and before not in _WITH_VALUE and word != "logs":
            named.append(word)
        if word in ("|", ">", ">>", "2>&1", ";", "&&"):
            named = [n for n in named if n != word]
            break
    pod = named[0].removeprefix("pod/").removeprefix("pods/") if named else None
    if pod is None or "/" in pod or not re.fullmatch(r"[a-z0-9][a-z0-9.-]{0,252}", pod):
        return None, container
    return pod, container or (named[1] if len(named) > 1 else None)


def _in_place(raw: bytes, parts: Sequence[Part]) -> bytes:
    """The parts with empty lines for all that stands before and between them: a line keeps its number."""
    out, place = [], 0
    for part in parts:
        out.append(b"\n" * raw.count(b"\n", place, part.start))
        body = raw[part.start : part.end]
        if part.heading is not None:
            out.append(body if part.is_log or len(parts) > 1 else b"\n" + body.partition(b"\n")[2])
        else:  # the command itself is no line of what it printed; formats look for its namespace
            out.append(body if not part.placement.role.endswith("_log") else body[_first_line(body) :])
        place = part.end
    return b"".join(out)


def _first_line(body: bytes) -> int:
    match = _BEGIN.match(body)
    return match.end() if match else 0


def _together(logs: Sequence[Part]) -> Iterator[list[Part]]:
    """Parts under headings tell their own source and are read as one log; each other one is a log of its own."""
    headed = [part for part in logs if part.heading is not None]
    if headed:
        yield headed
    for part in logs:
        if part.heading is None:
            yield [part]


def _without(harvest: Harvest, empty: int) -> Harvest:
    """What a part gave, without the empty lines that stood for the rest of the text."""
    return replace(harvest, lines=harvest.lines - empty, parsed=harvest.parsed - empty)


def _joined(found: Sequence[Harvest], lines: int) -> Harvest:
    firsts = [h.first_timestamp for h in found if h.first_timestamp is not None and not h.is_yearless]
    lasts = [h.last_timestamp for h in found if h.last_timestamp is not None and not h.is_yearless]
    unparsed, skipped = sum(h.unparsed for h in found), sum(h.skipped for h in found)
    return Harvest(
        format=NAME,
        lines=lines,
        parsed=lines - unparsed - skipped,
        unparsed=unparsed,
        skipped=skipped,
        first_timestamp=min(firsts, default=None),
        last_timestamp=max(lasts, default=None),
        has_zone=all(h.has_zone for h in found),
        records=tuple(r for h in found for r in h.records),
        pods=tuple(r for h in found for r in h.pods),
        containers=tuple(r for h in found for r in h.containers),
        probes=tuple(r for h in found for r in h.probes),
        mounts=tuple(r for h in found for r in h.mounts),
        references=tuple(r for h in found for r in h.references),
        nodes=tuple(r for h in found for r in h.nodes),
        objects=tuple(r for h in found for r in h.objects),
        usages=tuple(r for h in found for r in h.usages),
        notes=tuple(n for h in found for n in h.notes),
        sought=tuple(s for h in found for s in h.sought),
        holders=tuple(s for h in found for s in h.holders),
        keyed=tuple(dict.fromkeys(pair for h in found for pair in h.keyed)),
        pairs=tuple(p for h in found for p in h.pairs),
        secrets=tuple(dict.fromkeys(s for h in found for s in h.secrets)),
    )
