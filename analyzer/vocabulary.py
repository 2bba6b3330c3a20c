"""The words by which a complaint that no pattern knows can still be told to be of one class of causes.

Patterns know wordings; nobody knows all of them. Yet a sentence about a certificate is rarely about a disk. So where
nothing better is found, the words of what the bundle complains about name the class, and never with confidence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

import regex

from analyzer.complaint import LONGEST, is_complaint, is_routine
from analyzer.derive.last_words import REASON as LAST_WORDS
from analyzer.diagnosis import Finding
from analyzer.find import seen_on
from analyzer.model import LOG_SOURCES, Evidence, Record
from patterns.schema import Library

ANY_ERROR: Final = "ends-in-an-error"
"""The pattern that knows no more than that the last words of a log are an error."""

MOST: Final = 500
"""Complaints that are looked at, the first ones."""

CLASSES: Final[tuple[tuple[str, str], ...]] = (
    ("oom-container-limit", r"oom[- ]?killed|memory cgroup out of memory|java heap space|outofmemoryerror"),
    ("oom-node", r"invoked oom-killer|out of memory: kill|systemoom|global_oom"),
    ("image-arch-mismatch", r"exec format error"),
    (
        "image-pull-auth",
        r"(?:pull|manifest|registry|repositor).{0,300}(?:\b40[13]\b|denied|unauthorized|forbidden|authenticat|"
        r"permission|credential)",
    ),
    (
        "image-pull-network",
        r"(?:pull|registry|manifests?/).{0,300}(?:time(?:d )?out|deadline|refused|no such host|unreachable|reset|"
        r"\bEOF\b|\b50[0-9]\b|\b429\b|server misbehaving|proxyconnect)",
    ),
    (
        "image-not-found",
        r"failed to pull|pulling image|errimagepull|imagepullbackoff|reading manifest|"
        r"manifest.{0,60}(?:unknown|not found)",
    ),
    ("quota-exceeded", r"\bquota\b"),
    ("limit-range", r"limitrange|(?:maximum|minimum) (?:cpu|memory) usage per"),
    (
        "security-policy-denied",
        r"selinux|apparmor|seccomp|podsecurity|pod security|keycreate|\bavc\b|securitycontextconstraint|runasnonroot|"
        r'admission webhook "[^"]{1,200}" denied',
    ),
    ("webhook-failure", r"webhook|request did not complete within"),
    ("service-account-missing", r"service ?account.{0,80}not found"),
    (
        "permission-denied-rbac",
        r"is forbidden|cannot (?:get|list|watch|create|patch|update|delete) resource|status code .?forbidden|\brbac\b",
    ),
    ("configmap-missing", r"configmaps?\b.{0,80}not found|couldn.t get configmap"),
    ("secret-missing", r"secrets?\b.{0,80}not found|couldn.t get secret"),
    ("config-key-missing", r"non-existent (?:config|secret) key|couldn.t find key"),
    ("port-conflict", r"address already in use|host ?port|podfitsports|port is already"),
    (
        "insufficient-resources",
        r"insufficient (?:cpu|memory|pods|ephemeral)|podfitsresources|scale-?up|max node group size",
    ),
    (
        "placement-constraint",
        r"node ?affinity|\btaints?\b|node selector|matchnodeselector|\d/\d{1,5} nodes are available|unschedulable|"
        r"failedscheduling|unable to schedule",
    ),
    ("pvc-unbound", r"provisioning|persistentvolumeclaim|storageclass|\bunbound\b"),
    (
        "mount-failed",
        r"failedmount|failedattach|unable to (?:attach or )?mount|mountvolume|mount(?:ing)?\b.{0,80}fail|"
        r"fail.{0,40}(?:mount|attach)|umount|volume.{0,80}(?:fail|not attached|faulted)|\bcsi\b|\bfsck\b|"
        r"superblock|subpath",
    ),
    (
        "cni-failure",
        r"\bcni\b|network ?plugin|calico|\bbird\b|\bfelix\b|flannel|\bweave\b|cilium|podcidr|\bipam\b|set ?up network",
    ),
    (
        "runtime-failure",
        r"sandbox|oci runtime|containerd|\brunc\b|\bdockerd?\b|\bcri-?o\b|\bshim|\bpleg\b|"
        r"container runtime|runtime service",
    ),
    ("node-pressure-eviction", r"\bevict|(?:disk|memory|pid) ?pressure|\breclaim"),
    ("node-not-ready", r"nodenotready|kubeletnotready|kubelet stopped|kubelet\.service.{0,80}(?:failed|auto-restart)"),
    ("tls-certificate", r"x509|certificate|\btls\b|\bissuer\b"),
    ("dns-failure", r"no such host|name or service not known|\bresolv(?:e|ing)\b|getaddrinfo|\bdns\b|unknown ?host"),
    ("control-plane-component-down", r"\betcd|apiserver received|leader ?election|\braft\b"),
    ("apiserver-unreachable", r":6443\b|10\.96\.0\.1\b|connection to the server|node \"[^\"]{1,253}\" not found"),
    (
        "credentials-rejected",
        r"authentication failed|access denied|\b401\b|unauthorized|client token|log ?in failed|"
        r"invalid (?:token|credential|password|api ?key)",
    ),
    (
        "dependency-refuses",
        r"too many (?:clients|connections|requests)|read.only (?:replica|mode)|the database system is|\b429\b|"
        r"rate limit",
    ),
    ("kernel-limit", r"too many open files|inotify|resource temporarily unavailable|pthread_create"),
    ("disk-full", r"no space left|disk (?:is )?full"),
    ("read-only-filesystem", r"read-only file"),
    (
        "entrypoint-missing",
        r"executable file not found|\bexec: |starting container process|command .{0,80}not found|exited with 12[67]",
    ),
    ("probe-timeout", r"\bprobe\b.{0,200}(?:time(?:d )?out|deadline)"),
    ("probe-wrong-endpoint", r"\bprobe\b.{0,200}(?:statuscode: [34]|\b40[0-9]\b)"),
    ("probe-too-early", r"(?:liveness|startup|readiness) probe|\bunhealthy\b"),
    (
        "dependency-unreachable",
        r"connection refused|no route to host|time(?:d )?out|unreachable|deadline exceeded|"
        r"(?:could not|cannot) connect|connect(?:ion)? (?:failed|reset)|unable to (?:fetch|get metrics|connect)",
    ),
    ("permission-denied-filesystem", r"permission denied|operation not permitted|\beacces\b|\beperm\b|not writable"),
    ("config-file-missing", r"no such file|file not found|does not exist"),
    (
        "config-invalid",
        r"is invalid|cannot be handled|unmarshal|unknown (?:flag|field|option)|\byaml: |pars(?:e|ing)\b|syntax|invalid|"
        r"must be\b|required|(?:not |un)supported|misconfig",
    ),
    ("app-crash", r"\bpanic|sigsegv|segfault|segmentation|core dumped|exit code [1-9]"),
)
"""(class of TAXONOMY, words); the first that fits a sentence is its class, so what is narrow stands first. The stable
pattern that is named like its class has the meaning, the fix and the checks."""

_classes: Final = tuple((cause, regex.compile(words, regex.IGNORECASE)) for cause, words in CLASSES)


def by_words(found: Sequence[Finding], evidence: Evidence, library: Library) -> list[Finding]:
    """What the words of the complaints say where `found` names no cause: one class, on each object that complains."""
    records = evidence.records
    if any(_names_a_cause(finding, library) for finding in found):
        return []
    cause, numbers = _likeliest(records)
    if cause not in library.patterns:
        return []
    return [replace(finding, is_by_words=True) for finding in seen_on(numbers, library.patterns[cause], records)]


def _names_a_cause(finding: Finding, library: Library) -> bool:
    """More than that some program ended in an error of its own."""
    pattern = library.patterns[finding.pattern]
    return pattern.role == "cause" and finding.pattern != ANY_ERROR


def _likeliest(records: Sequence[Record]) -> tuple[str, list[int]]:
    """The class that most complaints speak of, with the numbers of their records; "" where no words tell."""
    met: dict[str, list[int]] = defaultdict(list)
    for number in islice(_complaints(records), MOST):
        cause = _class_of(records[number])
        if cause is not None:
            met[cause].append(number)
    order = [cause for cause, _ in CLASSES]
    most = {cause: len({records[i].message for i in numbers}) for cause, numbers in met.items()}
    best = min(most, key=lambda cause: (-most[cause], order.index(cause)), default="")
    return best, met[best]


def _complaints(records: Sequence[Record]) -> Iterable[int]:
    """Warning events, last words of a container, and lines of other logs and texts with a word of trouble."""
    for number, record in enumerate(records):
        if is_routine(record.message):
            continue
        is_bad = record.level in ("error", "fatal") or is_complaint(record.message)
        if record.source == "derived":
            if record.reason == LAST_WORDS:
                yield number
        elif record.source == "event":
            if record.level in ("warning", "error"):
                yield number
        elif record.source != "container_log" and is_bad and (record.source in LOG_SOURCES or record.level != "info"):
            yield number


def _class_of(record: Record) -> str | None:
    said = f"{record.reason or ''} {record.message}" if record.source != "derived" else record.message
    return next((cause for cause, words in _classes if words.search(said[:LONGEST])), None)
