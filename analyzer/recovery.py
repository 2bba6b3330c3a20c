"""Whether what a finding tells of is past: a later success on the same object, or a log that simply goes on."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from analyzer.derive.facts import Facts, Owner
from analyzer.diagnosis import Finding
from analyzer.model import LOG_SOURCES, Record
from patterns.schema import CAUSES

RECOVERY_REASONS = frozenset(
    {
        "Started",
        "Pulled",
        "Completed",
        "SuccessfulCreate",
        "SuccessfulAttachVolume",
        "ProvisioningSucceeded",
        "EnsuredLoadBalancer",
        "NodeReady",
    }
)
PLANNED = frozenset({"DisruptionTerminating"})  # Karpenter's, of a node that is empty, underused, expired or drifted
FOR_GOOD = frozenset({"ProvisioningSucceeded"})  # said once of an object, so an equal age in a table is later, too
SUCCEEDED = re.compile(r"(?i)\bsuccessfully\b|\b(?:has )?succeeded\b")
SCHEDULING = frozenset({"pod-pending", *CAUSES["scheduling"]})  # patterns that a Scheduled event answers
RAN_ON = dt.timedelta(minutes=15)
LOG_RAN_ON = dt.timedelta(minutes=10)
AT_WORK = re.compile(
    r"(?i)\b(?:finished|completed|processed|served|accepted|succeeded|successful(?:ly)?|synced|handled|committed|"
    r"issued|drained|uncordoned)\b|"
    r'"[A-Z]{3,8} [^"]{1,2000}" [23]\d\d\b|"?status"?[:=] ?"?2\d\d\b|'
    r"\bNOERROR qr(?:,\w\w){0,3},ra\b"  # CoreDNS, of an answer that it had from elsewhere
)
NOT_AT_WORK = re.compile(
    r"(?i)\b(?:shut(?:ting)? ?down|stopp(?:ed|ing)|clos(?:ed|ing)|exit(?:ed|ing)?|terminat\w*|start(?:ed|ing)|boot\w*|"
    r"initiali[sz]\w*|retry\w*|waiting|error|fail\w*|refused|denied|timeout|timed out)\b"
)
UNDATED = (0.0, float("-inf"))
_CONNECTED = re.compile(r"(?i)\b(?:re)?connected to (?P<to>[\w.:/@*+-]{4,200})")
_SERVES = re.compile(
    r"(?i)\bready (?:to accept connections|for (?:connections|start up|queries))\b"
    r"|\bstarted .{1,60} in \d[\d.,]{0,9} ?m?s|\bstarted on port|startup complete|\bnow listening on"
    r"|\b(?:is|became|are) ready to serve\b"
)
"""What servers say once they serve: PostgreSQL, MySQL, Redis, Spring Boot, Quarkus, uvicorn, ASP.NET and others."""


def has_recovered(facts: Facts, finding: Finding) -> bool:
    """An event of success on the same object after the last bad one.

    Events that name nothing are rows of one `kubectl describe`, cut out below its name.
    """
    told = [facts.records[i] for i in finding.record_ids]
    if _served_since(facts, told) or _was_planned(facts, told):
        return True
    if not finding.about.name:
        if finding.about.node and not facts.pods and _log_ran_on(facts, finding):
            return True
        near = (r for path in {r.path for r in told} for r in facts.records_in(path))
        about = [r for r in near if r.source == "event" and r.name is None]
    elif finding.about.pod:
        about = [facts.records[i] for i in facts.ids_of(Owner(finding.about.namespace, finding.about.pod))]
    else:
        about = facts.named(finding.about.kind, finding.about.name)
    if finding.about.name and not facts.pods and _ran_on(facts, finding):
        return True
    last = max(told, key=_moment, default=None)
    if last is None or (_moment(last) == UNDATED and any(r.source == "container_log" for r in told)):
        return False  # nobody knows which of the starts this line belongs to
    last = max((r for r in told if _moment(r) == _moment(last)), key=lambda r: (r.path, r.line))
    return any(_is_recovery(r, finding) and _is_later(r, last) for r in about)


def _is_later(good: Record, bad: Record) -> bool:
    """Behind the bad one in time; where a table's rounded ages are equal, behind it in the table.

    Of a pod equal ages say nothing: a container is started just before it fails again.
    """
    if _moment(good) != _moment(bad) or good.timestamp is not None:
        return _moment(good) > _moment(bad)
    return good.reason in FOR_GOOD or (good.kind != "Pod" and good.path == bad.path and good.line > bad.line)


def _was_planned(facts: Facts, told: Sequence[Record]) -> bool:
    """An autoscaler took a node away on purpose, and pods have gone elsewhere since."""
    if not told or any(r.reason not in PLANNED for r in told):
        return False
    last = max(map(_moment, told))
    return any(r.reason == "Scheduled" and _moment(r) > last for r in facts.records if r.source == "event")


def _served_since(facts: Facts, told: Sequence[Record]) -> bool:
    """Without any state: the program's log says behind the line that it serves, and nothing bad after that."""
    if facts.containers or any(r.source != "container_log" or r.path != told[0].path for r in told):
        return False
    last = max(r.line for r in told)
    behind = [r for r in facts.records_in(told[0].path) if r.line > last]
    serving = [r.line for r in behind if _SERVES.search(r.message) or _is_reached(r, told)]
    return bool(serving) and not any(r.level in ("error", "fatal") and r.line > serving[0] for r in behind)


def _is_reached(record: Record, told: Sequence[Record]) -> bool:
    """Whether it says that what a complaint names is connected by now."""
    found = _CONNECTED.search(record.message)
    return found is not None and any(found["to"].rstrip("./:") in r.message for r in told)


def worked_on(facts: Facts, finding: Finding) -> bool:
    """A log, alone, in which the program tells of work done after its complaint: one client's or one object's trouble.

    Where the complaint comes again after the work, it is not over. The parts of the control plane go on working while
    they fail, so of their logs that is said of guesses alone.
    """
    records = [facts.records[i] for i in finding.record_ids]
    sources = LOG_SOURCES if finding.is_by_words else ("container_log",)
    if not records or any(r.source not in sources or facts.is_previous(r.path) for r in records):
        return False
    return all(_is_followed_by_work(facts, path, records) for path in {r.path for r in records})


def _is_followed_by_work(facts: Facts, path: str, records: Sequence[Record]) -> bool:
    last = max(r.line for r in records if r.path == path)
    return any(r.line > last and is_at_work(r) for r in facts.records_in(path))


def is_at_work(record: Record) -> bool:
    """The usual voice of a program that has done something, neither starting nor stopping."""
    if record.level in ("warning", "error", "fatal"):
        return False
    return AT_WORK.search(record.message) is not None and NOT_AT_WORK.search(record.message) is None


def _ran_on(facts: Facts, finding: Finding) -> bool:
    """Without any state: the container's own log goes on for minutes after the last sign of trouble."""
    if finding.last_seen is None:
        return False
    files = facts.files_of(Owner(finding.about.namespace, finding.about.pod))
    logs = [f for f in files if f.last_timestamp is not None]
    mine = [f for f in logs if finding.about.container in ("", f.container)]
    return any(f.last_timestamp is not None and f.last_timestamp - finding.last_seen > RAN_ON for f in mine)


def _log_ran_on(facts: Facts, finding: Finding) -> bool:
    """A node's log that goes on for long without another word of it."""
    paths = {facts.records[i].path for i in finding.record_ids}
    ends = [f.last_timestamp for f in facts.files if f.path in paths and f.last_timestamp is not None]
    return finding.last_seen is not None and any(end - finding.last_seen > LOG_RAN_ON for end in ends)


def _is_recovery(record: Record, finding: Finding) -> bool:
    """An event that says the object is past what the finding tells of."""
    if record.source != "event" or _moment(record) == UNDATED:
        return False
    if record.container and finding.about.container and record.container != finding.about.container:
        return False
    if record.reason == "Scheduled":
        return finding.pattern in SCHEDULING
    return record.reason in RECOVERY_REASONS or (record.level == "info" and _tells_success(record))


def _tells_success(record: Record) -> bool:
    """A controller's own word for it, about an object of its own kind; pods and nodes have theirs in the list."""
    return record.kind not in ("Pod", "Node") and SUCCEEDED.search(record.message) is not None


def _moment(record: Record) -> tuple[float, float]:
    """Sorts records in time: by their instant, else by their age (a smaller age is later); UNDATED without either."""
    if record.timestamp is not None:
        return (record.timestamp.timestamp(), 0.0)
    return UNDATED if record.age_seconds is None else (0.0, -record.age_seconds)
