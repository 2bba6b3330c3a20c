"""Reports of the kernel's OOM killer, each put together from its lines."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from analyzer.derive.facts import Facts
from analyzer.model import Record

LINES: tuple[str, ...] = (
    r"invoked oom-killer",
    r"oom-kill",  # the kernel's report, and the result that systemd gives a unit which lost a process
    r"[Oo]ut of memory( \(oom_kill_allocating_task\))?: Kill(ed)? process \d",
    r"Killed process \d{1,10} \(",
    r"Task in /.{0,400} killed as a result of limit of /",
    r"memory: usage \d{1,15}kB, limit \d{1,15}kB",
)

_SOURCES: Final = ("kernel_log", "node_log", "kubelet_log", "runtime_log", "text")

_start: Final = re.compile(r"invoked oom-killer")
_oom_kill: Final = re.compile(
    r"oom-kill:constraint=CONSTRAINT_(?P<constraint>[A-Z_]+).{0,600}?"
    r"(?:oom_memcg=(?P<oom>[^,]{1,400}),|global_oom,)?task_memcg=(?P<task>[^,]{1,400}),"
    r"task=(?P<name>[^,]{1,64}),pid=(?P<pid>\d{1,10})"
)
_killed: Final = re.compile(r"\bKill(?:ed)? process (?P<pid>\d{1,10}) \((?P<name>[^)]{1,64})\)")
_rss: Final = re.compile(r"anon-rss:(\d{1,15})kB")
_old_task: Final = re.compile(r"Task in (?P<task>/\S{0,400}) killed as a result of limit of (?P<oom>/\S{0,400})")
_usage: Final = re.compile(r"memory: usage (\d{1,15})kB, limit (\d{1,15})kB")
_container_id: Final = re.compile(r"([0-9a-f]{64})(?:\.scope)?$")
_pod: Final = re.compile(r"pod([0-9a-f]{8}(?:[-_]?[0-9a-f]{4}){3}[-_]?[0-9a-f]{12})")
_of_all_pods: Final = re.compile(r"kubepods(?:-burstable|-besteffort)?(?:\.slice)?(?:/burstable|/besteffort)?$")
_WORDS: Final = ("oom-kill", " process ", " killed as a result", "memory: usage")
_NO_LIMIT_KB: Final = 2**52  # the kernel's "no limit" is 2^63 - 1 bytes, rounded down to a page, in kB


@dataclass(slots=True)
class Kill:
    """One report: which limit was hit, whose process was killed."""

    node: str | None
    lines: list[Record] = field(default_factory=list)
    is_cgroup: bool | None = None  # a cgroup's limit was hit; False: the node had no memory left
    oom_cgroup: str = ""  # the cgroup whose limit was hit
    task_cgroup: str = ""
    process: str = ""
    pid: str = ""
    rss_bytes: int | None = None
    limit_bytes: int | None = None
    usage_bytes: int | None = None  # of the cgroup whose limit was hit

    @property
    def decisive(self) -> Record:
        """The line that says which limit was hit, else the last one."""
        stated = [r for r in self.lines if "oom-kill:" in r.message or "ut of memory" in r.message]
        return stated[0] if stated else self.lines[-1]

    @property
    def level(self) -> str:
        """Whose limit was hit: container, pod, kubepods (all pods), other (a service of the node), unknown, node."""
        if not self.is_cgroup:
            return "node"
        if not self.oom_cgroup:
            return "unknown"
        if container_id(self.oom_cgroup):
            return "container"
        if pod_uid(self.oom_cgroup):
            return "pod"
        if "kubepods" not in self.oom_cgroup:
            return "other"
        return "kubepods" if _of_all_pods.search(self.oom_cgroup) else "unknown"


def container_id(cgroup: str) -> str | None:
    """The id of the container that a cgroup belongs to; cgroupfs and systemd names alike."""
    found = _container_id.search(cgroup)
    return found[1] if found else None


def pod_uid(cgroup: str) -> str | None:
    """The uid of the pod that a cgroup belongs to, as it is written there."""
    found = _pod.search(cgroup)
    return found[1] if found else None


def kernel_kills(facts: Facts) -> list[Kill]:
    """All reports that name a victim and the limit, in the order of their files."""
    kills: list[Kill] = []
    at_hand: dict[str, Kill] = {}  # by path: logs of several nodes are never mixed
    for record in facts.records:
        if record.source not in _SOURCES or not _is_of_report(record.message):
            continue
        kill = at_hand.get(record.path)
        if kill is None or _starts_another(kill, record.message):
            kill = at_hand[record.path] = Kill(node=record.node)
            kills.append(kill)
        kill.lines.append(record)
        _take(kill, record.message)
    return [k for k in kills if k.pid and k.is_cgroup is not None]


def _is_of_report(message: str) -> bool:
    if not any(word in message for word in _WORDS):  # a quick look, since most records are of other things
        return False
    return any(e.search(message) for e in (_start, _oom_kill, _killed, _old_task, _usage))


def _starts_another(kill: Kill, message: str) -> bool:
    """Whether a line cannot belong to the report at hand; more processes of one cgroup may die in one report."""
    if _start.search(message):
        return True
    if found := _oom_kill.search(message):
        return kill.pid not in ("", found["pid"])
    found = _killed.search(message)
    is_verdict = found is not None and "ut of memory" in message
    return is_verdict and not kill.task_cgroup and kill.pid not in ("", found["pid"] if found else "")


def _take(kill: Kill, message: str) -> None:
    """Add what one line says; what the `oom-kill:` line said stands."""
    if found := _oom_kill.search(message):
        kill.is_cgroup = found["constraint"] == "MEMCG"
        kill.oom_cgroup, kill.task_cgroup = found["oom"] or "", found["task"]
        kill.process, kill.pid = found["name"], found["pid"]
    elif found := _old_task.search(message):
        kill.is_cgroup, kill.task_cgroup, kill.oom_cgroup = True, found["task"], found["oom"]
    elif found := _usage.search(message):
        kill.usage_bytes = int(found[1]) * 1024
        kill.limit_bytes = int(found[2]) * 1024 if int(found[2]) < _NO_LIMIT_KB else None
    elif found := _killed.search(message):
        if not kill.pid:
            kill.process, kill.pid = found["name"], found["pid"]
        if kill.is_cgroup is None and "ut of memory" in message:
            kill.is_cgroup = "emory cgroup out of memory" in message
        if kill.rss_bytes is None and (rss := _rss.search(message)):
            kill.rss_bytes = int(rss[1]) * 1024
