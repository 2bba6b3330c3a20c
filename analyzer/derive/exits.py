"""Containers that end by themselves, and what waits behind them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from analyzer.derive.facts import Facts, Owner, derived, owner_of, quote, quotes
from analyzer.derive.health import pod_problem
from analyzer.derive.probe_stories import stories
from analyzer.derive.starts import last_life
from analyzer.model import LOG_SOURCES, Container, Record

WAITING: Final = (
    r"(?i)\b(?:still )?waiting (?:for|on|until|to)\b|"
    r"\bnot (?:yet )?(?:ready|available|reachable|up)\b.{0,60}(?:wait|sleep|retry)|"
    r"\b(?:sleeping|retrying|will retry|trying again|try again)\b"
)
LINES: tuple[str, ...] = ()  # last words and repeated lines are among the last lines of a log, which are kept

NOT_THE_APPS_OWN: Final = (
    "OOMKilled",
    "StartError",
    "ContainerCannotRun",
    "ContainerStatusUnknown",
    "Unknown",  # the runtime or the node was restarted under it
    "DeadlineExceeded",
    "Evicted",
    "NodeLost",
)
KILLED_FROM_OUTSIDE: Final = (137, 143)
RESTARTS: Final = 2  # one more start may be chance
LONG_SECONDS: Final = 120.0  # an init container that has said the same for so long holds up its pod
PROGRESS_SECONDS: Final = 600.0  # one that says other things may be migrating or downloading; so long is too long
MOST_ERRORS: Final = 3
BEHIND: Final = ("PodInitializing", "ContainerCreating")

_waiting: Final = re.compile(WAITING)
ERROR: Final = re.compile(
    r"(?i)\b(?:error|fatal|panic|exception|critical|traceback|segmentation fault|segfault|abort(?:ed|ing)?|cannot|"
    r"can't|could not|failed|failure|denied|refused|invalid|unknown|missing|not found|no such)\b|^E\d{4} |^F\d{4} "
)
_stopping: Final = re.compile(r"(?i)sigterm|signal.{0,20}terminated|terminated.{0,10}signal|shutting down|graceful")
_loop: Final = re.compile(r"\b(?:until|while)\b.{1,2000}\bsleep\b", re.S)
_number: Final = re.compile(r"\d+")


def last_errors(facts: Facts, owner: Owner) -> list[Record]:
    """The last few error lines in the logs of a container, or of all containers of a pod."""
    containers = [owner] if owner.container else [owner.of(name) for name in sorted(facts.container_names(owner))]
    logs = [r for one in containers for r in facts.records_of(one) if r.source in LOG_SOURCES]
    return [r for r in logs if r.level in ("error", "fatal") or ERROR.search(r.message)][-MOST_ERRORS:]


def exits_zero(facts: Facts) -> list[Record]:
    """The main process completes with exit code 0, so the kubelet starts it again for ever."""
    out = []
    killed = _killed_by_probe(facts)
    for container in facts.containers:
        owner = owner_of(container)
        pod = facts.pod(owner)
        code = container.exit_code if container.state == "terminated" else container.last_exit_code
        restarts = container.restart_count or 0
        is_piece = container.state is None and container.restart_count is None  # it has a last state: it was restarted
        keeps_on = restarts >= RESTARTS or container.reason == "CrashLoopBackOff" or is_piece
        if code != 0 or not keeps_on or container.kind != "main" or not _is_kept_running(facts, owner):
            continue
        if owner in killed or not facts.is_failing(owner):
            continue
        life = last_life(facts, owner)
        if any(_stopping.search(r.message) for r in life[-5:]):
            continue
        command = " ".join((*container.command, *container.args))
        runs = f" (it runs: {_short(command)})" if command else ""
        policy = f"restartPolicy {pod.restart_policy}" if pod and pod.restart_policy else "its restart policy"
        so_far = f", {restarts} times so far" if restarts else ""
        message = f"{_name(container)} completes with exit code 0{runs} and {policy} starts it again{so_far}"
        out.append(_record("ExitsZero", message, facts, container, life[-1:]))
    return out


def pods_completing_again(facts: Facts) -> list[Record]:
    """A table of pods shows one completed after restarts, and its state or the kubelet's back-off says it goes on."""
    out = []
    for pod in facts.pods:
        owner = Owner(pod.namespace or "", pod.name)
        about = facts.named("Pod", pod.name)
        rows = [r for r in about if r.source == "container_status" and r.reason == "Completed" and r.count > 1]
        is_backed_off = any(r.source == "event" and r.reason == "BackOff" for r in about)
        if not rows or facts.containers_of(owner) or not (is_backed_off or pod_problem(pod, facts.present)):
            continue
        message = f"pod {pod.name} completes with exit code 0 and is started again, {rows[-1].count} times so far"
        out.append(derived("ExitsZero", message, rows[-1], Owner(rows[-1].namespace or "", pod.name)))
    return out


def app_exits_non_zero(facts: Facts) -> list[Record]:
    """The process ends with an error code of its own; its last words are in its log."""
    out = []
    killed = _killed_by_probe(facts)
    for container in facts.containers:
        owner = owner_of(container)
        if container.kind == "init" or owner in killed:
            continue
        code, reason = _exit(container)
        if not code or reason in NOT_THE_APPS_OWN or not facts.is_failing(owner):
            continue
        if code in KILLED_FROM_OUTSIDE and any(_stopping.search(r.message) for r in last_life(facts, owner)[-5:]):
            continue
        words = last_words(facts, owner)
        if code in KILLED_FROM_OUTSIDE and not words:
            continue
        said = f"; its last words: {_short(words[0].message)}" if words else ""
        restarts = f", restarted {container.restart_count} times" if container.restart_count else ""
        message = f"{_name(container)} ends by itself with {exit_words(code)}{restarts}{said}"
        out.append(_record("AppExitsNonZero", message, facts, container, words))
    return out


def init_containers_failing(facts: Facts) -> list[Record]:
    """An init container ends with an error, so nothing behind it is started."""
    out = []
    for container in facts.containers:
        owner = owner_of(container)
        code, reason = _exit(container)
        is_ours = container.kind == "init" and facts.is_failing(owner)
        if not is_ours or not code:
            continue
        words = last_words(facts, owner)
        said = f"; its last words: {_short(words[0].message)}" if words else ""
        why = f" ({reason})" if reason not in (None, "Error") else ""
        message = (
            f"init container {container.container} ends with {exit_words(code)}{why}{_holds_up(facts, container)}{said}"
        )
        out.append(_record("InitContainerFails", message, facts, container, words))
    return out


def init_containers_blocking(facts: Facts) -> list[Record]:
    """An init container runs on without completing, so nothing behind it is started."""
    out = []
    for container in facts.containers:
        owner = owner_of(container)
        behind = _behind(facts, container)
        if container.kind != "init" or container.state != "running" or not behind or container.last_exit_code:
            continue
        ran = None
        if container.started_at is not None and facts.present is not None:
            ran = (facts.present - container.started_at).total_seconds()
        line, times = _repeated(facts, owner)
        patience = LONG_SECONDS if times > 1 else PROGRESS_SECONDS
        is_loop = not ran and _is_waiting_loop(container)
        if (ran is None or ran < patience) and times < RESTARTS and not is_loop:
            continue
        for_long = f" for {ran / 60:.0f} minutes" if ran else ""
        again = " again and again" if times > 1 else ""
        said = f"; it says{again}: {_short(line.message)}" if line else ""
        message = (
            f"init container {container.container} has been running{for_long} without completing"
            f"{_holds_up(facts, container)}{said}"
        )
        out.append(_record("InitContainerBlocks", message, facts, container, [line] if line else []))
    return out


def _is_waiting_loop(container: Container) -> bool:
    """Whether its command tries again and again: while it runs it waits, where no time after its start is known."""
    command = " ".join((*container.command, *container.args))
    return _loop.search(command) is not None


def sidecars_never_started(facts: Facts) -> list[Record]:
    """A native sidecar has not started, by its startup probe or at all, so nothing behind it is started."""
    out = []
    for container in facts.containers:
        behind = _behind(facts, container)
        if container.kind != "sidecar" or container.is_started is not False or not behind:
            continue
        owner = owner_of(container)
        probes = [p for p in facts.probes_of(owner) if p.probe == "startup"]
        if container.state == "running" and probes:
            how = "runs, but its startup probe has not passed"
        elif container.state in ("waiting", "terminated") and container.reason not in BEHIND:
            how = f"does not start ({container.reason})"
        else:
            continue
        message = f"sidecar {container.container} {how}{_holds_up(facts, container)}"
        out.append(_record("SidecarNeverStarted", message, facts, container, last_words(facts, owner)))
    return out


def last_words(facts: Facts, owner: Owner) -> list[Record]:
    """The last one to three lines of the life that ended; the last that looks like an error comes first."""
    life = last_life(facts, owner)[-20:]
    errors = [r for r in life if r.level in ("error", "fatal") or ERROR.search(r.message)]
    decisive = errors[-1:] or life[-1:]
    return [*decisive, *(r for r in life[-2:] if r not in decisive)]


def exit_words(code: int) -> str:
    """The exit code with the signal in it: "exit code 139 (signal 11)"."""
    return f"exit code {code} (signal {code - 128})" if 128 < code < 160 else f"exit code {code}"


def _exit(container: Container) -> tuple[int | None, str | None]:
    if container.state == "terminated":
        return container.exit_code, container.reason
    return container.last_exit_code, container.last_reason


def _is_kept_running(facts: Facts, owner: Owner) -> bool:
    pod = facts.pod(owner)
    if pod is not None and pod.restart_policy is not None:
        return pod.restart_policy == "Always"
    return pod is None or pod.owner_kind not in ("Job", "CronJob")


def _killed_by_probe(facts: Facts) -> set[Owner]:
    """Containers whose end is the kubelet's doing."""
    told = stories(facts)
    out = {s.owner for s in told if s.kills}
    for story in told:
        container = facts.container(story.owner)
        is_killing = any(f.probe in ("liveness", "startup") for f in story.failures)
        if is_killing and container is not None and container.last_exit_code in KILLED_FROM_OUTSIDE:
            out.add(story.owner)
    return out


def _behind(facts: Facts, container: Container) -> list[str]:
    """Containers of the pod that wait for an init container or sidecar."""
    mine = facts.containers_of(owner_of(container))
    later = [c for c in mine if c.kind == "main" or (c.kind != "ephemeral" and c.position > container.position)]
    return [c.container for c in later if c.state in (None, "waiting") and c.reason in (None, *BEHIND)]


def _holds_up(facts: Facts, container: Container) -> str:
    behind = _behind(facts, container)
    verb = "has" if len(behind) == 1 else "have"
    return f", so {', '.join(behind)} {verb} not been started" if behind else ""


def _repeated(facts: Facts, owner: Owner) -> tuple[Record | None, int]:
    """The line an init container repeats most, numbers aside, and how often; lines that say "waiting" go first."""
    lines = facts.logs(owner)
    lines = [r for r in lines if _waiting.search(r.message)] or lines
    if not lines:
        return None, 0
    shapes = Counter(_number.sub("#", r.message) for r in lines)
    shape, times = max(shapes.items(), key=lambda kv: (kv[1], kv[0]))
    return [r for r in lines if _number.sub("#", r.message) == shape][-1], times


def _record(reason: str, message: str, facts: Facts, container: Container, words: Sequence[Record]) -> Record:
    owner = owner_of(container)
    status = [r for r in facts.records_of(owner) if r.source == "container_status"]
    status.sort(key=lambda r: r.exit_code is None)  # the end before the waiting that follows
    if words:
        cites = [*(quote(r) for r in words[1:]), *(q for r in status[:1] for q in quotes(r))]
        return derived(reason, message, words[0], owner, cites, node=container.node)
    decisive = status[0] if status else _of_container(container)
    return derived(reason, message, decisive, owner, quotes(decisive), node=container.node)


def _of_container(container: Container) -> Record:
    """The place of a container's status, where no record of it was made."""
    at = container.last_finished_at or container.finished_at or container.started_at
    return Record(
        source="container_status",
        message=f"container {container.container}: {container.state or 'no state'}",
        path=container.path,
        line=container.line,
        text=container.text,
        timestamp=at,
        node=container.node,
    )


def _name(container: Container) -> str:
    return container.container or "the container"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 200 else text[:197] + "..."
