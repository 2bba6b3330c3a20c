"""Takes the header of the systemd journal, or of syslog, off a line.

Sources: journalctl(1) `-o short`, `short-precise`, `short-iso`, `short-iso-precise`, `short-full`,
`short-monotonic`, `short-unix`, `with-unit`; `-o json` as in systemd's docs/JOURNAL_EXPORT_FORMATS.md and
systemd.journal-fields(7); syslog priorities as in RFC 5424.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

import orjson

from analyzer.ingest.layer import Layer
from analyzer.timestamps import Instant, epoch, leading_time

_TAGS: Final[Mapping[str, str]] = {
    tag: source
    for source, tags in {
        "kubelet_log": (
            "kubelet", "kubelite", "hyperkube", "kubenswrapper", "kubelet-wrapper", "kubelet.sh", "k3s", "k3s-agent",
            "rke2", "rke2-server", "rke2-agent", "edgecore", "localkube", "atomic-openshift-node", "origin-node",
        ),
        "kernel_log": ("kernel",),
        "runtime_log": ("containerd", "crio", "cri-o", "conmon", "dockerd", "dockerd-current", "docker", "env"),
        "control_plane_log": (
            "kube-apiserver", "kube-scheduler", "kube-controller-manager", "etcd", "kube-proxy", "cluster-autoscaler",
            "cloud-controller-manager", "apiserver", "scheduler", "controller-manager", "proxy",
            "atomic-openshift-master", "atomic-openshift-master-api", "atomic-openshift-master-controllers",
        ),
    }.items()
    for tag in tags
}  # fmt: skip
"""Whose log a syslog identifier's lines are; dockerd runs under env(1) on CoreOS, every other name is a node_log."""

SAMPLES: Final = (
    ("journalctl -o short", "Mar 05 07:08:09 node-a kubelet[912]: node is not ready"),
    ("journalctl -o short-precise", "Mar 05 07:08:09.250000 node-a crio[644]: node is not ready"),
    ("journalctl -o short-iso", "2024-03-05T07:08:09+0100 node-a kernel: eth0: link is down"),
    ("journalctl -o short-iso-precise", "2024-03-05T07:08:09.147769+00:00 node-a k3s[761]: node is not ready"),
    ("journalctl -o short-full", "Tue 2024-03-05 07:08:09 UTC node-a kubelet[912]: node is not ready"),
    ("journalctl -o with-unit", "Tue 2024-03-05 07:08:09 UTC node-a kubelet.service[912]: node is not ready"),
    ("journalctl -o short-monotonic", "[ 2641.827901] node-a kubelet[912]: node is not ready"),
    ("journalctl -o short-unix", "1709622489.250000 node-a kubelet[912]: node is not ready"),
    ("rsyslog", "Mar  5 07:08:09 node-a kubelet: node is not ready"),
)
"""(What writes it, one line of it)."""

# " host tag[pid]: ", host and pid optional; a tag may hold slashes, dots and blanks in parentheses.
_HEADER: Final = re.compile(r" (?:([^\s:\[\]]{1,255}) )?([^\s:\[\]]{1,128})(?:\[([0-9]{1,10})\])?:(?: |$)")
# short-full names every zone as the node does: CST and IST are no offset, but no host name either.
_FULL_HEADER: Final = re.compile(rf"(?: (?:[A-Z]{{2,5}}|[+-][0-9]{{2,4}}))?{_HEADER.pattern}")
_COUNTED: Final = re.compile(  # seconds since boot, or of the Unix epoch
    r"(?:\[ {0,12}[0-9]{1,10}\.[0-9]{6}\]|([0-9]{9,10}\.[0-9]{6})) "
    r"([^\s:\[\]]{1,255}) ([^\s:\[\]]{1,128})(?:\[([0-9]{1,10})\])?:(?: |$)"
)
_TAG_ALONE: Final = re.compile(r"([^\s:\[\]]{1,128})\[[0-9]{1,10}\]: ")
_PRIORITIES: Final = ("fatal", "fatal", "fatal", "error", "warning", "info", "info", "info")
# "2024-01-01T00:00:00Z ERROR main: text" is a program's own line, no journal's.
_NO_HOSTS: Final = frozenset({"trace", "debug", "info", "notice", "warn", "warning", "error", "err", "fatal", "panic"})


def source_of(tag: str) -> str:
    """The log that a syslog identifier names: microk8s.daemon-kubelet is the kubelet's."""
    tag = tag.rpartition("/")[2].lower().removesuffix(".service")
    last = tag.rpartition(".")[2].removeprefix("daemon-")
    return _TAGS.get(tag) or _TAGS.get(last) or "node_log"


def level_of(priority: object) -> str | None:
    """The level of a syslog priority (facility * 8 + severity), given as a number or in digits."""
    if isinstance(priority, str):
        priority = int(priority) if priority.isascii() and priority.isdecimal() and len(priority) < 4 else None
    return _PRIORITIES[priority & 7] if isinstance(priority, int) else None


def peel(line: str) -> Layer | None:
    """The text behind a journal header; None when the line has none."""
    if line.startswith("{") or line.startswith("\x1e{"):  # RS of journalctl -o json-seq
        return _peel_json(line.removeprefix("\x1e"))
    instant = leading_time(line)
    if instant is None:
        return _peel_counted(line) or _peel_tag(line)
    is_full = line[0].isalpha() and not instant.is_yearless
    match = (_FULL_HEADER if is_full else _HEADER).match(line, instant.end)
    if match is None:
        return None
    host, tag, pid = match.groups()
    source = source_of(tag)
    is_journal = instant.is_yearless or pid is not None or source != "node_log"
    if not is_journal or tag.lower() in _NO_HOSTS or (host or "").lower() in _NO_HOSTS:
        return None
    return Layer(text=line[match.end() :], instant=instant, source=source, node=host)


def _peel_counted(line: str) -> Layer | None:
    """`-o short-unix` and `-o short-monotonic`; what is no journal's tag is left to dmesg."""
    match = _COUNTED.match(line)
    if match is None:
        return None
    seconds, host, tag, pid = match.groups()
    source = source_of(tag)
    if pid is None and source == "node_log":
        return None
    timestamp = epoch(seconds) if seconds else None
    instant = Instant(timestamp, match.end(), has_zone=True) if timestamp else None
    return Layer(text=line[match.end() :], instant=instant, source=source, node=host)


def _peel_tag(line: str) -> Layer | None:
    """A line whose time and host were cut away: "kubelet[1817]: text"."""
    match = _TAG_ALONE.match(line)
    if match is None or source_of(match.group(1)) == "node_log":
        return None
    return Layer(text=line[match.end() :], source=source_of(match.group(1)))


def _peel_json(line: str) -> Layer | None:
    if '"MESSAGE"' not in line and '"__REALTIME_TIMESTAMP"' not in line:
        return None
    try:
        entry = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return of_entry(entry) if isinstance(entry, dict) else None


def of_entry(entry: Mapping[str, object]) -> Layer:
    """The layer that a journal entry's fields are."""
    stamp = entry.get("__REALTIME_TIMESTAMP", entry.get("_SOURCE_REALTIME_TIMESTAMP"))
    timestamp = epoch(stamp) if isinstance(stamp, str | int) and not isinstance(stamp, bool) else None
    tag = _text(entry.get("SYSLOG_IDENTIFIER")) or _text(entry.get("_COMM"))
    if not tag and entry.get("_TRANSPORT") == "kernel":
        tag = "kernel"
    return Layer(
        text=_text(entry.get("MESSAGE")),
        instant=None if timestamp is None else Instant(timestamp, 0, has_zone=True),
        source=source_of(tag) if tag else None,
        level=level_of(entry.get("PRIORITY")),
        node=_text(entry.get("_HOSTNAME")) or None,
    )


def _text(value: object) -> str:
    """A journal field as text.

    It is a string, null (too large for journalctl without --all), an array of bytes (not UTF-8, or with
    control characters), or an array of those (a field given more than once: joined with line ends).
    """
    if isinstance(value, str):
        return value
    if not isinstance(value, list):
        return "" if value is None else str(value)
    if value and all(isinstance(item, int) and not isinstance(item, bool) for item in value):
        return _decode(value)
    return "\n".join(_text(item) for item in value if isinstance(item, str) or _is_bytes(item))


def _is_bytes(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, int) for item in value)


def _decode(values: Iterable[int]) -> str:
    raw = bytes(value for value in values if 0 <= value <= 255)
    return raw.decode("utf-8", "backslashreplace").removesuffix("\r")
