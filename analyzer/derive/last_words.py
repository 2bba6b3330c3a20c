"""The error lines at the end of a container's log, where nothing says that the container is well.

The end of a log also stands in the status of its container, as the message of the state that it ended in
(terminationMessagePolicy FallbackToLogsOnError: the last 2048 bytes or 80 lines).

Patterns know the wording of many programs, never of all. What a program says last before it ends is the reason in
nearly every case, so the end of a log may be judged by far fewer words than its middle.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from typing import Final

from analyzer.complaint import is_routine
from analyzer.derive.exits import ERROR
from analyzer.derive.facts import Facts, Owner, derived
from analyzer.derive.health import has_pod_status, has_status
from analyzer.model import Record

REASON: Final = "LastWords"
LAST_LINES: Final = 15  # of a log; a stack trace or a usage text may follow the line that counts
MOST: Final = 3  # error lines told of one log
_OF_KUBECTL: Final = re.compile(r"Error from server \(BadRequest\)")  # there was no log to show
_LEAVES: Final = re.compile(
    r"(?i)\bwarn|\bexit(?:s|ed|ing)?\b|\bstopp(?:ed|ing)\b|\bterminat|\bshut(?:ting)? ?down|\bkilled\b"
)
_END: Final = re.compile(r"(?i)\b(?:shutting down|is shut down|shut ?down (?:completed|now)|exiting|terminating)\b")
_ASKED: Final = re.compile(r"(?i)graceful")  # an end that was asked for is none in error
_STARTS: Final = re.compile(r"(?i)\b(?:start(?:s|ed|ing)?|ready|listening|accept\w{0,3} connections|serving)\b")
_REMARK: Final = re.compile(r"\b(?:DETAIL|HINT|CONTEXT|STATEMENT|QUERY|LOCATION):  ")  # PostgreSQL, of the line above
_STATED: Final = re.compile(r"container\b[^:\n]{0,70}: (?:last state )?terminated")  # our words where a state has none
_REQUEST: Final = re.compile(r'"[A-Z]{3,8} \S{1,2000} HTTP/[0-9.]{1,3}" [1-5][0-9]{2}\b')


def last_words_alone(facts: Facts) -> list[Record]:
    """Each log that ends in errors gives its last few of them."""
    by_file: dict[str, list[tuple[Owner, Record]]] = defaultdict(list)
    for owner, record in facts.owned_records():
        if record.source in ("container_log", "control_plane_log"):
            by_file[record.path].append((owner, record))
    lengths = {f.path: f.lines for f in facts.files}
    out = []
    for path in sorted(by_file):
        tail = [(o, r) for o, r in by_file[path] if lengths.get(path, 0) - r.line < LAST_LINES]
        tail.sort(key=lambda owned: owned[1].line)
        told = [(o, r) for i, (o, r) in enumerate(tail) if _is_last_word(r, [t[1] for t in tail[i + 1 :]])]
        out += [_told(r, o) for o, r in told[-MOST:] if _may_be_unwell(facts, o)]
    return out + _told_by_status(facts, {(o.namespace, o.pod, o.container) for f in by_file.values() for o, _ in f})


def is_end_of_log(record: Record) -> bool:
    """Whether it is the state of a container with what its program said last."""
    is_state = record.source == "container_status" and record.reason == "Error" and record.exit_code is not None
    return is_state and not _STATED.match(record.message)


def _told_by_status(facts: Facts, logged: set[tuple[str, str, str]]) -> list[Record]:
    """The error lines in the messages of states, of containers of which the bundle holds no log."""
    out = []
    for owner, record in facts.owned_records():
        if not is_end_of_log(record) or (owner.namespace, owner.pod, owner.container) in logged:
            continue
        lines = [line.strip() for line in record.message.split("\n")]
        errors = [line for line in lines if ERROR.search(line)] or [line for line in lines if line]
        if _may_be_unwell(facts, owner):
            out += [derived(REASON, line, record, owner) for line in errors[-MOST:]]
    return out


def _told(record: Record, owner: Owner) -> Record:
    """About what the line itself is about: a log named after a container alone is about no pod."""
    told = derived(REASON, record.message, record, owner)
    return told if owner.pod else replace(told, kind=record.kind)


def _is_last_word(record: Record, after: list[Record]) -> bool:
    """An error after which the program says nothing in its usual voice."""
    is_worded = record.level in (None, "warning") and ERROR.search(record.message) is not None
    if not is_worded and record.level not in ("error", "fatal"):
        return False
    if _OF_KUBECTL.match(record.message) or is_routine(record.message):
        return False
    after = [r for r in after if not _REMARK.search(r.message)]
    if after and _END.search(after[0].message) and not any(_returns(r) for r in after):
        after = []  # what it says while it stops
    return not any(_goes_on(r) for r in after)


def _returns(record: Record) -> bool:
    """A line of a stop that was asked for, or of the next start."""
    return _STARTS.search(record.message) is not None or _ASKED.search(record.message) is not None


def _goes_on(record: Record) -> bool:
    """A line of the program at work: at a level below warning, a request, or dated without a word of trouble."""
    if record.level is not None:
        return record.level == "info"
    is_plain = record.timestamp is not None and not ERROR.search(record.message) and not _LEAVES.search(record.message)
    return is_plain or _REQUEST.search(record.message) is not None


def _may_be_unwell(facts: Facts, owner: Owner) -> bool:
    """Its state is bad, or the bundle holds no state of it."""
    container, pod = facts.container(owner), facts.pod(owner)
    is_known = (container is not None and has_status(container)) or (pod is not None and has_pod_status(pod))
    return facts.is_failing(owner) if is_known else True
