"""What the bundle does not hold, in which of four ways, with the command that would fetch it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence

from analyzer.derive.facts import Facts, Owner
from analyzer.diagnosis import Cause, EvidenceLine, Missing, ObjectRef
from analyzer.failures import Failure
from analyzer.gaps import SURE, gaps
from analyzer.model import FileEntry
from analyzer.shell import word

EVENTS_LIVE = dt.timedelta(hours=1)  # kube-apiserver's --event-ttl default
MOST_OBJECTS = 3  # failures asked about one by one; the rest are alike


# What cleaners leave in place of a value: Troubleshoot's redactors, must-gather-clean, kubectl config view, people.
REDACTED = re.compile(
    r"\*\*\*(?:HIDDEN|TOKEN_\w+)\*\*\*|\bx-[a-z0-9]+-\d{10}-x\b|DATA\+OMITTED|[<\[](?:redacted|masked|removed|omitted)[>\]]"
    r"|(?-i:\bREDACTED\b)",
    re.IGNORECASE,
)


def missing(
    facts: Facts,
    failures: Sequence[Failure],
    files: Sequence[FileEntry],
    quoted: Sequence[EvidenceLine] = (),
    first: Cause | None = None,
) -> tuple[Missing, ...]:
    """What would decide or prove the diagnosis, most telling first; `quoted` is what it rests on, `first` its cause."""
    out: dict[tuple[str, str], Missing] = {}
    for failure in sorted(failures, key=lambda f: (-f.weight, f.about))[:MOST_OBJECTS]:
        for gap in _of_failure(facts, failure, files):
            out.setdefault((gap.what, gap.command), gap)
    unsure = first is None or first.confidence < SURE
    more = gaps(facts, first.cause if first else None, first.about if first else None) if unsure else ()
    for gap in (*_redacted(quoted), *_truncated(files), *more):
        out.setdefault((gap.what, gap.command), gap)
    return tuple(out.values())


def _of_failure(facts: Facts, failure: Failure, files: Sequence[FileEntry]) -> Iterable[Missing]:
    ref = failure.about
    if ref.pod:
        yield from _previous_log(facts, ref, files)
        yield from _events(facts, failure)
        if facts.pod(Owner(ref.namespace, ref.pod)) is None:
            yield Missing(
                what=f"the object of pod {ref.pod}",
                state="absent",
                because="its limits, probes and mounts cannot be read from what is here",
                command=f"kubectl{_n(ref)} get pod {word(ref.pod, 'pod')} -o yaml",
            )
    if ref.node and facts.node(ref.node) is None:
        yield Missing(
            what=f"the object of node {ref.node}",
            state="absent",
            because="its pressure, taints and allocatable resources are not known",
            command=f"kubectl describe node {word(ref.node, 'node')}",
        )


def _n(ref: ObjectRef) -> str:
    return f" -n {word(ref.namespace, 'namespace')}" if ref.namespace else ""


def _previous_log(facts: Facts, ref: ObjectRef, files: Sequence[FileEntry]) -> Iterable[Missing]:
    container = facts.container(Owner(ref.namespace, ref.pod, ref.container)) if ref.container else None
    if container is None or not container.restart_count:
        return
    logs = [f for f in files if f.pod == ref.pod and f.container == ref.container and f.lines]
    if any(f.instance in ("previous", "rotated") for f in logs) or len(logs) > 1:
        return
    yield Missing(
        what=f"the previous log of container {ref.container} in pod {ref.pod}",
        state="absent",
        because=f"it restarted {container.restart_count} times, and its last words before an exit are in that log",
        command=f"kubectl{_n(ref)} logs {word(ref.pod, 'pod')} -c {word(ref.container, 'container')} --previous",
    )


def _events(facts: Facts, failure: Failure) -> Iterable[Missing]:
    ref = failure.about
    ids = facts.ids_of(Owner(ref.namespace, ref.pod))
    if any(facts.records[i].source == "event" for i in ids):
        return
    times = sorted(t for r in facts.records if r.source == "event" and (t := r.first_timestamp or r.timestamp))
    command = f"kubectl{_n(ref)} get events --field-selector involvedObject.name={word(ref.pod, 'pod')} -o yaml"
    if times and failure.since is not None and failure.since < times[0]:
        because = f"events live {EVENTS_LIVE.seconds // 3600} hour, and the failure is older than the oldest one here"
        yield Missing(what=f"events of pod {ref.pod}", state="expired", because=because, command=command)
    else:
        because = "the bundle holds no event of this pod" if times else "the bundle holds no events at all"
        yield Missing(what=f"events of pod {ref.pod}", state="absent", because=because, command=command)


def _redacted(quoted: Iterable[EvidenceLine]) -> Iterable[Missing]:
    """Values that were cleaned away from the very lines that count."""
    for line in quoted:
        if found := REDACTED.search(line.text):
            yield Missing(
                what=f"the value behind {found[0]} at {line.path}:{line.line}",
                state="redacted",
                because="it was removed from a line that the diagnosis rests on, before the bundle came here",
                command="ask for this value alone, or whether it is the same as where it is set",
            )


def _truncated(files: Sequence[FileEntry]) -> Iterable[Missing]:
    for entry in files:
        if entry.status == "partial":
            yield Missing(
                what=f"the rest of {entry.path}",
                state="truncated",
                because=entry.reason or "it could not be read to its end",
                command="collect the bundle again, or send this file alone",
            )
