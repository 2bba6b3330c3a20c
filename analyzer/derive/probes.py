"""Probes judged against what the container's own log says of its start."""

from __future__ import annotations

import re
from typing import Final

from analyzer.derive.facts import Facts, Owner, derived, quote
from analyzer.derive.probe_stories import LINES as STORY_LINES
from analyzer.derive.probe_stories import Failure, Story, budget, count, port_of, probe_of, stories
from analyzer.derive.starts import LINES as START_LINES
from analyzer.derive.starts import last_life, listening, needed_start, start_line, up_line
from analyzer.model import Probe, Record

LINES: tuple[str, ...] = (
    *STORY_LINES,
    *START_LINES,
    r"timed out waiting for the condition",
    r"has timed out progressing",
)

MANY: Final = 3  # failures that are more than the misses of a start; the API's default failureThreshold
SOON_SECONDS: Final = 90.0  # many programs need longer than that for their first start
ROW_SECONDS: Final = 120.0  # three failures in a row of most probes
_deadline: Final = re.compile(r"timed out waiting for the condition|has timed out progressing")
_answered: Final = re.compile(r"(?i)awaiting headers|^command .{0,400} timed out")
_status: Final = re.compile(r"(?i)status ?code: ?(\d{3})")


def probes_explained(facts: Facts) -> list[Record]:
    """A container and its probes disagree: it needs longer, listens elsewhere, says no or is slow."""
    gave_up = [r for r in facts.records if r.reason == "ProgressDeadlineExceeded" or _deadline.search(r.message)]
    out: list[Record] = []
    for story in stories(facts):
        too_early = probe_kills_before_start(facts, story)
        if too_early is not None:
            out.append(too_early)
            continue
        found = [
            probe_endpoint_refused(facts, story),
            probe_always_rejected(facts, story),
            probe_times_out(facts, story),
            readiness_deadline_before_start(facts, story, gave_up),
            probe_kills_soon(facts, story),
        ]
        out += [record for record in found if record is not None]
    return out


def probe_kills_before_start(facts: Facts, story: Story) -> Record | None:
    """The kubelet kills the container for a probe that allows less time than its start needs."""
    kill, is_inferred = _kill(facts, story)
    failures = story.of(story.killer)
    if kill is None or any(f.answer == "rejected" for f in failures):
        return None
    name = story.owner.container
    probe = probe_of(facts, story.owner, story.killer)
    need = needed_start(facts, story.owner)
    life = last_life(facts, story.owner)
    is_up = up_line(life) is not None
    starting = start_line(life)
    if need is not None and probe is not None and need.seconds > budget(probe):
        takes = "expects to take about" if need.is_estimate else "took"
        why, stands = f"its start {takes} {_s(need.seconds)}", need.record
    elif need is not None and probe is None and need.is_estimate and not is_up:
        why, stands = f"its start expects to take about {_s(need.seconds)}", need.record
    elif starting is not None and not is_up and (need is None or probe is None):
        why, stands = f"its log was still in the start ({_short(starting.message)})", starting
    else:
        return None
    allowed = f" allows {_allowance(probe)}" if probe is not None else " failed before that"
    message = f"the kubelet kills {name} before it is up: {why}, and its {story.killer} probe{allowed}"
    if is_inferred:
        container = facts.container(story.owner)
        message += f"; it ended with exit code {container.last_exit_code if container else 137}"
    cites = [quote(stands), *(quote(f.record) for f in failures[-1:])]
    return derived("ProbeKillsBeforeStart", message, kill, story.owner, cites, count=kill.count)


def probe_kills_soon(facts: Facts, story: Story) -> Record | None:
    """The kubelet kills a container that never answered, soon after its start, and no log says how the start went."""
    failures = story.of(story.killer)
    probe = probe_of(facts, story.owner, story.killer)
    is_soon = probe is None or budget(probe) <= SOON_SECONDS
    if not story.kills or story.killer != "liveness" or not is_soon or facts.logs(story.owner):
        return None
    if not failures or any(f.answer != "refused" or "dial tcp" not in f.output for f in failures):
        return None
    allowed = f", which allows {_allowance(probe)}" if probe is not None else ""
    message = (
        f"the kubelet kills {story.owner.container} for its liveness probe{allowed}: nothing listens yet, "
        f"and no log shows whether it would"
    )
    return derived("ProbeKillsSoon", message, story.kills[-1], story.owner, [quote(failures[-1].record)])


def probe_endpoint_refused(facts: Facts, story: Story) -> Record | None:
    """The probe knocks at a port where the app, which is up, does not listen."""
    refused = [f for f in story.failures if f.answer == "refused"]
    if not refused or not (story.kills or count(refused) >= MANY):
        return None
    places = listening(last_life(facts, story.owner))
    failure = refused[-1]
    port = failure.port or port_of(facts, story.owner, probe_of(facts, story.owner, failure.probe))
    if port is None or not places or any(p.port == port and not p.is_loopback for p in places):
        return None
    loopback = [p for p in places if p.port == port]
    place = (loopback or places)[-1]
    where = f"on 127.0.0.1:{port} only, which the kubelet cannot reach" if loopback else f"on port {place.port}"
    message = (
        f"the {failure.probe} probe of {story.owner.container} asks port {port} and is refused, "
        f"while {story.owner.container} listens {where}"
    )
    cites = [quote(place.record)]
    return derived("ProbeEndpointRefused", message, failure.record, story.owner, cites, count=count(refused))


def probe_always_rejected(facts: Facts, story: Story) -> Record | None:
    """The app answers the probe and says no, each time: a path, a scheme or a permission that is wrong."""
    up = up_line(facts.logs(story.owner))
    for kind in ("startup", "liveness", "readiness"):
        rejected = story.of(kind, "rejected")
        if not rejected or not (story.kills or up or count(rejected) >= MANY):
            continue
        failure, times = rejected[-1], count(rejected)
        message = (
            f"the {kind} probe of {story.owner.container}{_target(facts, story.owner, kind)} is answered "
            f"{_answer(failure)}, {_times(times)}, and {story.owner.container} is not ready"
        )
        cites = [quote(r) for r in (up, *story.kills[-1:]) if r is not None]
        return derived("ProbeAlwaysRejected", message, failure.record, story.owner, cites, count=times)
    return None


def probe_times_out(facts: Facts, story: Story) -> Record | None:
    """The container is alive, but answers its probe later than timeoutSeconds."""
    up = up_line(facts.logs(story.owner))
    for kind in ("liveness", "startup", "readiness"):
        late = story.of(kind, "timeout")
        if not late or not _matters(facts, story, kind, late):
            continue
        if up is None and not any(_is_alive(f) for f in late):
            continue
        probe = probe_of(facts, story.owner, kind)
        limit = f" within timeoutSeconds {probe.timeout_seconds:g}" if probe else " in time"
        message = f"{story.owner.container} is alive but does not answer its {kind} probe{limit}, {_times(count(late))}"
        message += ", and the kubelet kills it" if story.kills and story.killer == kind else ""
        cites = [quote(r) for r in (up, *story.kills[-1:]) if r is not None]
        return derived("ProbeTimesOut", message, late[-1].record, story.owner, cites, count=count(late))
    return None


def _matters(facts: Facts, story: Story, kind: str, late: list[Failure]) -> bool:
    """Whether timeouts had a consequence: a kill, restarts, or a container that is known not to be ready."""
    container = facts.container(story.owner)
    if story.kills and story.killer == kind:
        return True
    if container is None:
        return kind != "readiness" and _in_a_row(late)
    return (kind != "readiness" and bool(container.restart_count)) or count(late) >= MANY


def _in_a_row(late: list[Failure]) -> bool:
    """Whether so many fell close together that the kubelet will have killed for them."""
    times = sorted(t for f in late if (t := f.record.timestamp) is not None)
    pairs = zip(times, times[MANY - 1 :], strict=False)
    return any((last - first).total_seconds() <= ROW_SECONDS for first, last in pairs)


def readiness_deadline_before_start(facts: Facts, story: Story, gave_up: list[Record]) -> Record | None:
    """The release gave up waiting before the container, which starts slowly, could become ready."""
    unready = story.of("readiness", "refused", "unhealthy", "timeout")
    need = needed_start(facts, story.owner)
    container = facts.container(story.owner)
    if not unready or story.kills or need is None or not need.is_estimate or container is None:
        return None
    mine = [r for r in gave_up if _is_about(facts, story.owner, r)]
    if not mine or container.is_ready or up_line(last_life(facts, story.owner)):
        return None
    message = (
        f"{story.owner.container} is not ready yet: its start expects to take about {_s(need.seconds)}, and the "
        f"release gave up before: {_short(mine[-1].message)}"
    )
    cites = [quote(mine[-1]), quote(unready[-1].record)]
    return derived("ReadinessDeadlineBeforeStart", message, need.record, story.owner, cites)


def _times(number: int) -> str:
    return f"{number} time{'s' if number > 1 else ''}"


def _kill(facts: Facts, story: Story) -> tuple[Record | None, bool]:
    """The kill for a probe: stated, else inferred from exit 137 or 143 after failures of a probe that kills."""
    if story.kills:
        return story.kills[-1], False
    container = facts.container(story.owner)
    killing = [f for f in story.failures if f.probe in ("liveness", "startup")]
    if container is None or not killing or container.last_exit_code not in (137, 143):
        return None, False
    if "OOMKilled" in (container.last_reason, container.reason):
        return None, False
    story.killer = killing[-1].probe
    return killing[-1].record, True


def _is_about(facts: Facts, owner: Owner, record: Record) -> bool:
    """Whether a release that gave up is that of the owner's workload."""
    pod = facts.pod(owner)
    workload = (pod.owner_name if pod else None) or owner.pod
    names = {workload, workload.rpartition("-")[0]} - {""}
    if record.namespace == owner.namespace and record.name in names:
        return True
    words = set(re.split(r"[^a-z0-9.-]+", record.message))
    return bool(names & words) and owner.namespace in words


def _is_alive(failure: Failure) -> bool:
    """Whether a timeout itself proves that something answers: a connection was made, or a command ran."""
    return _answered.search(failure.output) is not None and "dial tcp" not in failure.output


def _allowance(probe: Probe) -> str:
    return (
        f"{_s(budget(probe))} (initialDelaySeconds {probe.initial_delay_seconds:g} + failureThreshold "
        f"{probe.failure_threshold} × periodSeconds {probe.period_seconds:g})"
    )


def _target(facts: Facts, owner: Owner, kind: str) -> str:
    probe = probe_of(facts, owner, kind)
    if probe is None or not probe.http_path:
        return ""
    return f", {(probe.scheme or 'HTTP').upper()} GET {probe.http_path} at port {probe.port},"


def _answer(failure: Failure) -> str:
    status = _status.search(failure.output)
    return f"with status {status[1]}" if status else f"wrongly ({_short(failure.output)})"


def _s(seconds: float) -> str:
    return f"{seconds:g} s"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text.rstrip(".") if len(text) <= 160 else text[:157] + "..."
