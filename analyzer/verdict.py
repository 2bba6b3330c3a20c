"""What the first screen says of a diagnosis, on the page as on the terminal."""

from __future__ import annotations

from analyzer import wording
from analyzer.diagnosis import Cause, Diagnosis
from analyzer.model import LOG_SOURCES, SHORTENED, Note
from reports.visible import one_line


def outcome_of(diagnosis: Diagnosis) -> str:
    """cause, leads, healthy or unread (no file of the bundle could be read)."""
    if diagnosis.causes:
        return "cause"
    if not any(f.status != "skipped" for f in diagnosis.files):
        return "unread"
    return "leads" if diagnosis.has_failures or diagnosis.unexplained else "healthy"


def headline(diagnosis: Diagnosis) -> str:
    """The verdict where there is no root cause."""
    outcome = outcome_of(diagnosis)
    if outcome == "unread":
        return "Nothing in this bundle could be read."
    if outcome == "leads":
        return "No root cause found, but there are failures."
    if incomplete(diagnosis):
        return "No root cause found in the part of this bundle that could be read."
    return "No root cause found: nothing in this bundle is in a bad state."


def incomplete(diagnosis: Diagnosis) -> str:
    """What was not read whole, as a sentence; "" when everything was."""
    unread = sum(f.status == "skipped" and not f.is_left_out for f in diagnosis.files)
    part = sum(f.status == "partial" for f in diagnosis.files)
    doubts = _doubts(diagnosis)
    is_whole = diagnosis.complete or (bool(diagnosis.notes) and not doubts)
    if is_whole and not diagnosis.broken_parts and not unread and not part:
        return ""
    facts = ["it was interrupted"] if diagnosis.is_interrupted else []
    if unread:
        facts.append(f"{wording.count(unread, 'file')} could not be read")
    if part:
        facts.append(f"{wording.count(part, 'file')} could be read only in part")
    if diagnosis.broken_parts:
        facts.append(f"podtopsy itself failed on {wording.count(len(diagnosis.broken_parts), 'part')}")
    if not facts and doubts:
        more = f", and {wording.count(len(doubts) - 1, 'more note')}" if len(doubts) > 1 else ""
        facts = [f"{one_line(doubts[0].problem)}{more}"]
    listed = wording.listed(facts) or "part of the bundle could not be read"
    return f"Not everything was read: {listed}. What is said here rests on the rest."


def _doubts(diagnosis: Diagnosis) -> list[Note]:
    """The notes that say what was not read, or not as it stands."""
    left_out = {f.path for f in diagnosis.files if f.is_left_out}
    return [n for n in diagnosis.notes if not n.is_of_source and n.problem != SHORTENED and n.path not in left_out]


def explained(diagnosis: Diagnosis) -> str:
    """What the causes account for, and what they do not; "" where there was no sign of trouble."""
    numbers = diagnosis.explained
    if not numbers.warnings or not diagnosis.causes:
        return ""
    told = wording.listed(
        [
            wording.count(number, noun)
            for number, noun in (
                (numbers.pods, "pod"),
                (numbers.events, "warning event"),
                (numbers.lines, "log line"),
                (numbers.restarts, "restart"),
            )
            if number
        ]
    )
    left = numbers.warnings - numbers.explained
    rest = f"; {wording.count(left, 'warning')} unexplained" if left else "; no warning is left unexplained"
    window = f" Time span: {wording.span(*numbers.window)}." if numbers.window else ""
    return f"{wording.count(len(diagnosis.causes), 'cause')}: {told or 'nothing'} explained{rest}.{window}"


def explanation(diagnosis: Diagnosis) -> str:
    """What follows the headline where there is no root cause."""
    facts, outcome = diagnosis.bundle, outcome_of(diagnosis)
    looked = wording.listed(
        [
            wording.count(number, noun)
            for number, noun in ((facts.pods, "pod"), (facts.nodes, "node"), (facts.namespaces, "namespace"))
            if number
        ]
    )
    if outcome == "leads":
        return "The evidence does not say what caused them. The best leads follow, in no order of likelihood."
    if outcome == "unread":
        return "So nothing can be said of the cluster. The list of files tells why."
    read = wording.count(sum(f.status != "skipped" for f in diagnosis.files), "file")
    return f"Looked at {looked} in {read}." if looked else f"Looked at {read}."


def who(cause: Cause) -> str:
    """`1 pod of deployment api-v2, namespace shop`."""
    pods = wording.pods_of(cause)
    if not pods:
        return one_line(wording.place(cause.about))
    namespaces = [n for n in dict.fromkeys(namespace for namespace, _ in pods) if n]
    owner = f" of {cause.workload[0].lower()} {cause.workload[1]}" if cause.workload else ""
    if len(namespaces) == 1:
        where = f", namespace {namespaces[0]}"
    else:
        where = f", in {len(namespaces):,} namespaces" if namespaces else ""
    return one_line(f"{wording.count(len(pods), 'pod')}{owner}{where}")


def decisive(cause: Cause, limit: int) -> tuple[int, ...]:
    """Indexes of the at most `limit` lines that prove the cause, in the order of the cascade.

    Lines of the cause and its mechanism go before those of symptoms, what was logged before what was configured,
    one line of each file before a second of any.
    """
    order = [i for role in ("cause", "mechanism") for step in cause.chain if step.role == role for i in step.evidence]
    known = [i for i in dict.fromkeys(order) if 0 <= i < len(cause.evidence)] or list(range(len(cause.evidence)))
    turn: dict[int, int] = {}  # how many lines of the same file come before this one
    seen: dict[str, int] = {}
    for i in known:
        path = cause.evidence[i].path
        turn[i] = seen.get(path, 0)
        seen[path] = turn[i] + 1
    happened = {i for i in known if cause.evidence[i].source in (*LOG_SOURCES, "event")}
    chosen = sorted(known, key=lambda i: (turn[i], i not in happened, known.index(i)))[:limit]
    return tuple(sorted(chosen, key=known.index))
