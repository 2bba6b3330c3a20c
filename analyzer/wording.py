"""The English of a diagnosis: sentences for cause classes, objects, times, quantities."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Final

from analyzer.diagnosis import Cause, ObjectRef

VERDICTS: Final[dict[str, str]] = {
    "config-file-missing": "cannot find a configuration file that must be there at the start",
    "configmap-missing": "cannot start: a ConfigMap it refers to does not exist",
    "secret-missing": "cannot start: a Secret it refers to does not exist",
    "config-key-missing": "cannot start: a required setting is missing",
    "config-invalid": "cannot start: the configuration is not valid",
    "volume-mount-mismatch": "cannot find a needed file: the shared volume is mounted in the wrong place",
    "mount-failed": "cannot start: a volume could not be mounted",
    "volume-multi-attach": "cannot start: the volume is still attached to another node",
    "pvc-unbound": "cannot start: no storage could be found for a volume",
    "disk-full": "cannot go on: the disk is full",
    "read-only-filesystem": "cannot write: the file system is read-only",
    "oom-container-limit": "needed more memory than the container's limit allows and got killed",
    "oom-node": "got killed because the node ran out of memory",
    "node-pressure-eviction": "had to go: the node ran short of memory, disk space or process ids",
    "probe-too-early": "got killed by a health check before the start-up was done",
    "probe-wrong-endpoint": "failed a health check that asks at the wrong place",
    "probe-timeout": "failed a health check by answering too slowly",
    "permission-denied-filesystem": "cannot work: access to a file or directory is denied",
    "permission-denied-rbac": "cannot work: the service account lacks rights in the cluster",
    "security-policy-denied": "cannot start: a security policy forbids it",
    "sa-token-mount": "cannot talk to the cluster: the service account token is not mounted",
    "service-account-missing": "cannot start: the service account does not exist",
    "credentials-rejected": "cannot work: another service rejects the user name, password or token",
    "image-not-found": "cannot start: the image does not exist under this name",
    "image-pull-auth": "cannot start: the registry hands out the image to known users only",
    "image-pull-network": "cannot start: the image could not be downloaded",
    "image-arch-mismatch": "cannot start: the image is built for another kind of processor",
    "entrypoint-missing": "cannot start: the program to run is missing from the image",
    "insufficient-resources": "cannot start: the cluster has too little free CPU, memory or other resources",
    "placement-constraint": "cannot start: the placement rules leave no node to run on",
    "quota-exceeded": "cannot start: the namespace has used up its quota",
    "limit-range": "cannot start: the requested resources are outside the namespace's limits",
    "scaled-to-zero": "cannot serve anybody: the number of replicas is zero",
    "node-not-ready": "went down with a node that no longer reports to the cluster",
    "cni-failure": "cannot start: the pod network could not be set up",
    "runtime-failure": "cannot run: the container runtime of the node failed",
    "kernel-limit": "hit a limit of the node's kernel, such as open files or process ids",
    "node-shutdown-or-preemption": "stopped because the node was shut down or taken away",
    "cpu-starved": "became too slow for want of CPU time",
    "dns-failure": "cannot find other services: host names do not resolve",
    "dependency-unreachable": "cannot reach another service that must be there",
    "dependency-refuses": "cannot work: another service answers but refuses",
    "service-misrouted": "cannot be reached: the traffic is sent to the wrong place",
    "tls-certificate": "cannot connect safely: a certificate has expired or is not trusted",
    "port-conflict": "cannot start: the network port is already taken",
    "network-degraded": "suffered from a slow or lossy network",
    "webhook-failure": "cannot be created or changed: an admission webhook fails",
    "apiserver-unreachable": "cannot reach the Kubernetes API server",
    "control-plane-component-down": "suffered because a part of the control plane is down",
    "api-version-removed": "cannot work: the cluster no longer serves the API version in use",
    "app-crash": "crashed on an error in the program itself",
    "exits-zero": "cannot stay up: the main process ends by itself, without an error",
    "init-container-blocked": "cannot start: an init container does not finish",
}
"""What each cause class means for whoever it hits; follows a singular or plural subject alike."""

EVEN_ODDS: Final = 0.5
"""Of confidence; what is less is no root cause in words, only a possible one."""
CONFIDENCES: Final = ((0.9, "almost certain"), (0.75, "very likely"), (0.5, "likely"), (0.3, "possible"), (0.0, "weak"))

STATES: Final = {
    "absent": "not in the bundle",
    "expired": "expired before collection",
    "redacted": "redacted",
    "truncated": "cut short",
}

SOURCES: Final = {"object": "Kubernetes object", "text": "text file", "derived": "joined from several lines"}

SHORT_FORMS: Final = {
    **{word: word.upper() for word in ("api", "cni", "cpu", "dns", "oom", "pvc", "rbac", "tls")},
    **{"apiserver": "API server", "configmap": "ConfigMap", "sa": "service account"},
}

LONG_PATH: Final = 40  # characters
MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 pod`, `1,200 pods`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def listed(words: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def sentence(text: str) -> str:
    """`text` on one line with a full stop at its end; "" stays empty."""
    line = re.sub(r"[ \t\n]+", " ", text).strip(" \t\n")
    return line if not line or line[-1] in ".!?:…" else line + "."


def confidence_words(confidence: float) -> str:
    """The word for a confidence between 0 and 1."""
    return next((words for least, words in CONFIDENCES if confidence >= least), "weak")


def class_words(cause: str) -> str:
    """`oom-container-limit` as `OOM container limit`."""
    return " ".join(SHORT_FORMS.get(word, word) for word in cause.split("-"))


def end_of(path: str, parts: int) -> str:
    """The last `parts` of a long path, which tell more than the first: `…/logs/previous.log`."""
    names = path.split("/")
    return "/".join(["…", *names[-parts:]]) if len(names) > parts and len(path) > LONG_PATH else path


def source_words(source: str) -> str:
    """`container_log` as `container log`."""
    return SOURCES.get(source, source.replace("_", " "))


def place(about: ObjectRef) -> str:
    """`shop / api-v2-x2x7k / fluentd on worker-2`; parts that are not known are left out."""
    name = about.name if about.kind in ("Pod", "") else f"{about.kind} {about.name}".strip()
    if about.kind == "Node":
        return f"node {about.name or about.node}".strip()
    parts = " / ".join(part for part in (about.namespace, name, about.container) if part)
    node = f"node {about.node}" if about.node else ""
    return " on ".join(part for part in (parts, node) if part) or "the cluster"


def subject(cause: Cause) -> str:
    """Who suffers, as the subject of a sentence; `Container fluentd of deployment api-v2`."""
    about, pods = cause.about, pods_of(cause)
    owner = f"{cause.workload[0].lower()} {cause.workload[1]}" if cause.workload else ""
    container = f"Container {about.container}" if about.container else ""
    if len(pods) > 1:
        whole = f"{len(pods):,} pods" + (f" of {owner}" if owner else "")
        return f"{container} in {whole}" if container else whole
    if about.kind == "Node":
        return f"Node {about.name or about.node}".strip()
    whole = owner or (f"pod {about.name}" if about.pod else f"{about.kind} {about.name}".strip())
    if container:
        return f"{container} of {whole}" if whole else container
    return whole[:1].upper() + whole[1:] or "The cluster"


def verdict(cause: Cause) -> str:
    """The cause in one sentence that needs no knowledge of Kubernetes; the title where the class is new."""
    words = VERDICTS.get(cause.cause)
    return sentence(f"{subject(cause)} {words}" if words else f"{subject(cause)}: {cause.title}")


def pods_of(cause: Cause) -> tuple[tuple[str, str], ...]:
    """(namespace, pod) of every pod that suffered, sorted."""
    found = {(v.namespace or "", v.pod) for v in cause.victims if v.pod}
    if not found and cause.about.pod:
        found = {(cause.about.namespace, cause.about.pod)}
    return tuple(sorted(found))


def duration(seconds: float) -> str:
    """`25 minutes`, `1 hour 5 minutes`, `3 days`; below a minute in seconds."""
    whole = max(0, round(seconds))
    if whole < 60:
        return count(whole, "second")
    minutes = round(whole / 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [count(n, noun) for n, noun in ((days, "day"), (hours, "hour"), (minutes, "minute")) if n]
    return " ".join(parts[:2])


def clock(instant: dt.datetime) -> str:
    """`09:15:02`."""
    return f"{instant:%H:%M:%S}"


def day(instant: dt.datetime) -> str:
    """`14 March 2026`, whatever the locale."""
    return f"{instant.day} {MONTHS[instant.month - 1]} {instant.year}"


def span(first: dt.datetime | None, last: dt.datetime | None) -> str:
    """`14 March 2026, 09:15:02 to 09:40:11 UTC (25 minutes)`; says so where times are unknown."""
    known = sorted(t for t in (first, last) if t is not None)
    if not known:
        return "time unknown: no line here has a date with its year"
    start, end = known[0], known[-1]
    if len(known) < 2 or (end - start).total_seconds() < 1:
        return f"{day(start)}, {clock(start)} UTC"
    until = clock(end) if start.date() == end.date() else f"{day(end)}, {clock(end)}"
    return f"{day(start)}, {clock(start)} to {until} UTC ({duration((end - start).total_seconds())})"


def size(number: int) -> str:
    """Bytes in the unit that fits, in powers of 1,000: `1.2 MB`."""
    value, units = float(number), ["bytes", "kB", "MB", "GB", "TB"]
    while value >= 999.5 and len(units) > 1:
        value, units = value / 1000, units[1:]
    return f"{number:,} {units[0]}" if units[0] == "bytes" else f"{value:.3g} {units[0]}"
