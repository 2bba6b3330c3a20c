"""How a container's start goes, told from its own log: the time it needs, whether it is up, where it listens."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from analyzer.derive.facts import Facts, Owner
from analyzer.model import Record

_UNIT: Final = r"(ms|milliseconds?|m|mins?|minutes?|s|secs?|seconds?)\b"
TOOK: Final = (
    r"(?i)\b(?:started|ready|initiali[sz]ed|startup (?:completed?|finished)|server startup|warmed up|booted|loaded)\b"
    # Words, not bytes: with `.{0,80}` the screen looks back from each " in " of a log, at the cost of 200 patterns.
    r"[,:.]?(?: [^\s\"]{1,60}){0,8} (?:in|after) \[?(\d[\d,.]{0,12})\]? ?" + _UNIT
)
TAKES: Final = r"(?i)\b(?:estimated|expected|eta|takes?|will take)\b[^0-9\n]{0,30}(\d{1,6}(?:\.\d{1,6})?) ?" + _UNIT
SECONDS_FIELD: Final = (
    r"(?i)\b(?:expected|estimated|eta)_?(?:duration_?)?(?:seconds|secs)\W{1,5}(\d{1,6}(?:\.\d{1,6})?)"
)
UP: Final = (
    r"(?i)\bstarted [\w.-]{1,80} in \d|\blistening (?:on|at|for)\b|\baccepting connections|"
    r"\bready (?:for connections|to (?:accept|serve|handle))|\bserver (?:is )?(?:started|ready|running|up)\b|"
    r"\bstartup (?:is )?complete|\bstarted on ports?\b|\bnow (?:serving|ready|listening)\b|"
    r"\b(?:application|service) (?:is )?(?:started|ready)\b|\brunning (?:on|at) (?:http|port|:|\d)|"
    r"\beverything is ready\b|\ball \w{1,30} (?:are )?(?:ready|up|started)\b|\bstarted successfully\b"
)
LINES: tuple[str, ...] = (TOOK, TAKES, SECONDS_FIELD, UP)

_took: Final = re.compile(TOOK)
_takes: Final = re.compile(TAKES)
_seconds: Final = re.compile(SECONDS_FIELD)
_up: Final = re.compile(UP)
_starting: Final = re.compile(
    r"(?i)\b(?:starting|startup|start-up|initiali[sz](?:ing|ation)|loading|loaded|download(?:ing)?|warm(?:ing|-?up)|"
    r"migrat(?:ing|ions?)|upgrad(?:e|ing)|restor(?:ing|e)|replay(?:ing)?|recover(?:ing|y)|indexing|building|"
    r"compiling|unpacking|importing|bootstrap(?:ping)?|preparing|progress)\b"
)
# ports beside the app's own, which open before it is up
_AUXILIARY: Final = re.compile(r"(?i)metrics|admin|debug|pprof|telemetry|profil|x plugin|temporary server")
_TROUBLE: Final = re.compile(
    r"(?i)\b(?:error|fatal|panic|exception|refused|denied|no such host|unreachable|timed? ?out|failed|cannot)\b"
)
_address: Final = re.compile(
    r"(?:^|[\s/\"'=\[(@])(?P<host>\d{1,3}(?:\.\d{1,3}){3}|localhost|\*|\[[0-9a-f:]+\]|::)?:(?P<port>\d{2,5})(?![\d:.])"
)
_port: Final = re.compile(r"(?i)(?:\bports?(?:\(s\))?[:=]?|\b(?:on|at)) +(?P<port>\d{2,5})\b(?![:.]\d)")
_LOOPBACK: Final = ("localhost", "[::1]")


@dataclass(frozen=True, slots=True)
class Need:
    """The seconds a start takes, as a line says."""

    seconds: float
    record: Record
    is_estimate: bool


@dataclass(frozen=True, slots=True)
class Listening:
    """A port that a line says the process listens on."""

    port: int
    is_loopback: bool
    record: Record


def needed_start(facts: Facts, owner: Owner) -> Need | None:
    """The longest start that the container's log tells of."""
    return max(starts(facts, owner), key=lambda n: (n.seconds, n.record.path, n.record.line), default=None)


def starts(facts: Facts, owner: Owner) -> list[Need]:
    """Every start that the container's log tells the length of, in the order of its lines."""
    return [need for r in facts.logs(owner) if (need := _need(r)) is not None]


def _need(record: Record) -> Need | None:
    message = record.message
    if match := _took.search(message):
        return Need(_in_seconds(match[1], match[2]), record, is_estimate=False)
    if _starting.search(message):
        if match := _seconds.search(message):
            return Need(float(match[1]), record, is_estimate=True)
        if match := _takes.search(message):
            return Need(_in_seconds(match[1], match[2]), record, is_estimate=True)
    return None


def _in_seconds(number: str, unit: str) -> float:
    try:
        value = float(number.replace(",", "").rstrip("."))
    except ValueError:
        return 0.0
    if unit.lower().startswith(("ms", "milli")):
        return value / 1000
    return value * 60 if unit.lower().startswith("m") else value


def last_life(facts: Facts, owner: Owner) -> list[Record]:
    """Kept log lines of the life that ended last, else of the present one; each file of a log is one life."""
    lines = facts.logs(owner)
    ended = [r for r in lines if facts.rank_of(r.path) == 0]
    paths = [r.path for r in ended or lines]
    return [r for r in lines if paths and r.path == paths[-1]]


def up_line(lines: list[Record]) -> Record | None:
    """The last line that says the app serves, if any."""
    found = [r for r in lines if _up.search(r.message) and not _AUXILIARY.search(r.message)]
    return found[-1] if found else None


def start_line(lines: list[Record]) -> Record | None:
    """The last line, when the log ends in the middle of a start and without trouble."""
    tail = lines[-5:]
    if any(_TROUBLE.search(r.message) for r in tail):
        return None
    found = [r for r in tail if _starting.search(r.message)]
    return found[-1] if found else None


def listening(lines: list[Record]) -> list[Listening]:
    """Ports the app says it listens on; those for metrics or administration only if it is up and names no other."""
    main = _listening([r for r in lines if not _AUXILIARY.search(r.message)])
    return main or (_listening(lines) if up_line(lines) else [])


def _listening(lines: list[Record]) -> list[Listening]:
    found = []
    for record in lines:
        match = _up.search(record.message)
        if match is None:
            continue
        rest = record.message[match.start() : match.end() + 120]
        for address in _address.finditer(rest):
            host = (address["host"] or "").lower()
            is_loopback = host in _LOOPBACK or host.startswith("127.")
            found.append(Listening(int(address["port"]), is_loopback, record))
        found += [Listening(int(p["port"]), False, record) for p in _port.finditer(rest)]
    return found
