"""The hosts that failing containers call in vain, as their logs name them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from analyzer.derive.facts import Facts, Owner
from analyzer.model import LOG_SOURCES, Pod, Record

IN_VAIN: Final = (
    r"(?i)connection refused|\beconnrefused\b|no such host|name or service not known|could not translate host name|"
    r"\benotfound\b|\beai_again\b|getaddrinfo|i/o timeout|connection timed out|no route to host|host is unreachable|"
    r"server misbehaving|temporary failure in name resolution|can't resolve|bad address|unknown ?host|"
    r"name does not resolve|could not resolve|connect timeout|\betimedout\b"
)
LINES: tuple[str, ...] = (IN_VAIN,)

# what waits for a host says so in its last lines, which are kept anyway
IN_VAIN_WORDS: Final = re.compile(IN_VAIN + r"|waiting for [a-z0-9]")
_host: Final = re.compile(
    r"(?<![\w./@-])(?:(?P<scheme>[a-z][a-z0-9+]{1,20})://(?:[^\s/@]{1,100}@)?)?"
    r"(?P<host>[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?){0,5})\.?"
    r"(?::(?P<port>\d{2,5}))?(?![\w-])"
)
# words before a bare name that make it a host's name rather than a word
_INTRODUCES: Final = re.compile(
    r"(?i)\b(?:lookup|host|host name|hostname|resolve|address|waiting for|enotfound)[\s:=]*[\"'`(]?$"
)


@dataclass(frozen=True, slots=True)
class Call:
    """A host that a container called in vain: a Service's name and namespace as DNS would read them."""

    owner: Owner
    host: str
    service: str
    namespace: str
    port: int | None
    is_qualified: bool  # the host names its namespace, or ends in .svc
    record: Record


def calls_in_vain(facts: Facts) -> list[Call]:
    """Each host once a container, with the last line about it."""
    spaces = {o.namespace for o in facts.objects if o.namespace} | {p.namespace for p in facts.pods if p.namespace}
    by_address = {a: (o.name, o.namespace or "") for o in facts.objects if o.kind == "Service" for a in o.addresses}
    found: dict[tuple[Owner, str, str, int | None], Call] = {}
    callers: dict[Owner, list[Owner]] = {}
    for owner, record in facts.owned_records():
        if record.source not in LOG_SOURCES or not owner.container:
            continue
        if owner not in callers:
            callers[owner] = _callers(facts, owner)
        if not callers[owner] or not IN_VAIN_WORDS.search(record.message):  # most logs are of healthy containers
            continue
        for caller in callers[owner]:
            for call in _calls(facts, caller, record, spaces, by_address):
                found[caller, call.service, call.namespace, call.port] = call
    return [call for _, call in sorted(found.items(), key=lambda kv: (kv[0][:3], kv[0][3] or 0))]


def _callers(facts: Facts, owner: Owner) -> list[Owner]:
    """The failing container whose log it is; of a log named after a workload alone, the pods of it that are down."""
    if owner.pod:
        return [owner] if facts.is_failing(owner) else []
    pods = [Owner(p.namespace or "", p.name) for p in facts.pods if is_named_after(p, owner.container)]
    return [pod.of(owner.container) for pod in pods if facts.is_down(pod)]


def _calls(
    facts: Facts, owner: Owner, record: Record, spaces: set[str], by_address: Mapping[str, tuple[str, str]]
) -> list[Call]:
    out = []
    text = record.message[:4096]
    for match in _host.finditer(text):
        port = int(match["port"]) if match["port"] else None
        if known := by_address.get(match["host"]):
            out.append(Call(owner, match["host"], *known, port, True, record))
            continue
        read = _read(match["host"], owner.namespace, spaces)
        if read is None or read[0].isdecimal():
            continue
        service, namespace, is_qualified = read
        is_host = is_qualified or port is not None or match["scheme"] or _INTRODUCES.search(text[: match.start()][-40:])
        if is_host and (is_qualified or _is_known(facts, service, namespace)):
            out.append(Call(owner, match["host"], service, namespace, port, is_qualified, record))
    return out


def _read(host: str, namespace: str, spaces: set[str]) -> tuple[str, str, bool] | None:
    """(service, namespace, is qualified) of a cluster DNS name
    (https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/); None for other names.

    Where the bundle names no namespace at all, as a listing of one namespace does, each is the caller's.
    """
    labels = host.split(".")
    if len(labels) == 1:
        return labels[0], namespace, False
    if "svc" in labels[2:4]:
        before = labels[: labels.index("svc", 2)]
        if before[-1] in spaces:
            return before[-2], before[-1], True
        return None if spaces or namespace else (before[-2], namespace, True)
    if len(labels) == 2 and labels[1] in spaces:
        return labels[0], labels[1], True
    return None


def _is_known(facts: Facts, name: str, namespace: str) -> bool:
    """Whether a bare host name is one of the namespace: a Service's, or that of pods that are listed."""
    if facts.object("Service", namespace, name) is not None:
        return True
    return any(is_named_after(p, name) for p in facts.pods if (p.namespace or "") == namespace)


def is_named_after(pod: Pod, service: str) -> bool:
    """Whether a pod's name is that of a workload called like the Service."""
    return (
        re.fullmatch(rf"{re.escape(service)}(?:-[a-z0-9]{{6,10}})?-(?:[a-z0-9]{{5}}|\d{{1,4}})", pod.name) is not None
    )
