"""What the kubelet's probes said about each container: failures by kind, kills that followed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from analyzer.derive.facts import Facts, Owner
from analyzer.model import Probe, Record

LINES: tuple[str, ...] = (
    r"Probe failed.{0,20} probeType=",
    r"(Liveness|Readiness|Startup) probe (for .{0,300} )?(failed|errored)",
    r"[Cc]ontainer .{1,80} failed (liveness|startup) probe",
)

_SOURCES: Final = ("event", "kubelet_log", "text")
_failed: Final = re.compile(
    r"(?is)\b(liveness|readiness|startup) probe (?:for .{1,300}? )?(?:failed|errored)[^:]{0,40}:?\s?(.*)"
)
_structured: Final = re.compile(r'(?is)probe failed.{0,20} probetype="?(liveness|readiness|startup)"?(.*)')
_output: Final = re.compile(r'(?s)output=\\*"(.*)')
_killed: Final = re.compile(r"[Cc]ontainer ([a-z0-9][a-z0-9-]{0,62}) failed (liveness|startup) probe")
_killed_long_ago: Final = re.compile(
    r"Killing container with id \w+://([a-z0-9][a-z0-9-]*):.{0,200}(?:failed (liveness|startup) probe|is unhealthy)"
)
_url: Final = re.compile(r"https?://[^\s\"'\\]{0,200}")
_port: Final = re.compile(r":(\d{2,5})(?=[/\s\"'\\?:]|$)")

_CLASSES: Final = (
    (
        "rejected",
        re.compile(
            r"(?i)status ?code: ?4(?:0[013456]|10|21|26)|server gave HTTP response to HTTPS client|"
            r"malformed HTTP (?:response|status)|does not look like a TLS handshake|unknown service grpc\.health"
        ),
    ),
    (
        "refused",
        re.compile(r"(?i)connection refused|connection reset|no such file|can't connect|could not connect|\bEOF\b"),
    ),
    ("timeout", re.compile(r"(?i)deadline exceeded|timed? ?out|Client\.Timeout")),
)


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure of a probe, `count` times; `answer` is rejected, refused, timeout or unhealthy."""

    probe: str  # liveness, readiness, startup
    answer: str
    output: str
    record: Record

    @property
    def port(self) -> int | None:
        """The port in the output, where the probe names it."""
        url = _url.search(self.output)
        found = _port.search(url[0][6:] if url else self.output)
        return int(found[1]) if found else None


@dataclass(slots=True)
class Story:
    """Everything about the probes of one container."""

    owner: Owner
    failures: list[Failure] = field(default_factory=list)
    kills: list[Record] = field(default_factory=list)
    killer: str = "liveness"  # the probe that the kills were for

    def of(self, probe: str, *answers: str) -> list[Failure]:
        """Failures of one probe, of these answers or of all."""
        return [f for f in self.failures if f.probe == probe and (not answers or f.answer in answers)]


def count(failures: list[Failure]) -> int:
    """How often, over all records; events and kubelet log tell of the same failures, so the larger counts."""
    by_source: dict[str, int] = defaultdict(int)
    for failure in failures:
        by_source[failure.record.source] += failure.record.count
    return max(by_source.values(), default=0)


def stories(facts: Facts, owned: Iterable[tuple[Owner, Record]] | None = None) -> list[Story]:
    """One story for each container that a probe failed or killed, in order of owner; only failing containers.

    Told from all records, or from those of `owned`.
    """
    found: dict[Owner, Story] = {}
    loose: list[tuple[Owner, Failure]] = []
    for owner, record in facts.owned_records() if owned is None else owned:
        if record.source not in _SOURCES or not owner.pod or not _is_of_probe(record.message):
            continue
        if kill := _killed.search(record.message) or _killed_long_ago.search(record.message):
            story = found.setdefault(owner.of(kill[1]), Story(owner.of(kill[1])))
            story.kills.append(record)
            story.killer = kill[2] or "liveness"
        elif failure := _failure(record):
            loose.append((owner, failure))
    for owner, failure in loose:
        whose = owner if owner.container else _owner_of(facts, owner, failure, list(found))
        found.setdefault(whose, Story(whose)).failures.append(failure)
    return [s for o, s in sorted(found.items()) if o.container and facts.is_failing(o)]


def probe_of(facts: Facts, owner: Owner, kind: str) -> Probe | None:
    """The probe of this kind."""
    return next((p for p in facts.probes_of(owner) if p.probe == kind), None)


def port_of(facts: Facts, owner: Owner, probe: Probe | None) -> int | None:
    """The number of a probe's port; a name is looked up among the container's ports."""
    if probe is None or not probe.port:
        return None
    if probe.port.isdecimal():
        return int(probe.port)
    container = facts.container(owner)
    for port in container.ports if container else ():
        name, _, rest = port.partition("=")
        number = rest.partition("/")[0]
        if name == probe.port and number.isdecimal():
            return int(number)
    return None


def budget(probe: Probe) -> float:
    """Seconds from the container's start to the probe's last allowed failure."""
    return probe.initial_delay_seconds + probe.period_seconds * probe.failure_threshold


def _is_of_probe(message: str) -> bool:
    """A quick look, since most records are of other things."""
    return "robe" in message or "is unhealthy" in message


def _failure(record: Record) -> Failure | None:
    match = _structured.search(record.message)
    if match:
        output = _output.search(match[2])
        text = output[1] if output else match[2]
    else:
        match = _failed.search(record.message)
        text = match[2] if match else ""
    if match is None:
        return None
    answer = next((name for name, expression in _CLASSES if expression.search(text)), "unhealthy")
    return Failure(match[1].lower(), answer, text.strip(), record)


def _owner_of(facts: Facts, pod: Owner, failure: Failure, killed: list[Owner]) -> Owner:
    """The container of a failure that names only its pod: the one whose probe has that port, or the only one."""
    probes = [p for c in facts.containers_of(pod) for p in facts.probes_of(pod.of(c.container))]
    probes = [p for p in probes if p.probe == failure.probe]
    if failure.port is not None and len(probes) > 1:
        probes = [p for p in probes if port_of(facts, pod.of(p.container), p) == failure.port]
    if len(probes) == 1:
        return pod.of(probes[0].container)
    names = [o for o in killed if o.whole_pod == pod]
    if len(names) == 1 and not probes:
        return names[0]
    known = sorted(facts.container_names(pod))
    return pod.of(known[0]) if len(known) == 1 else pod
