"""What a pattern is: the typed form of one YAML file."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

ROLES = ("cause", "symptom")
SEVERITIES = ("critical", "warning", "info")
STATUSES = ("stable", "experimental")  # experimental never ranks first
SCOPES = ("container", "pod", "node", "namespace")
LOG_SOURCES = (
    "kubelet_log",
    "runtime_log",
    "kernel_log",
    "control_plane_log",
    "node_log",
    "container_log",
    "text",
)
SOURCES = ("event", "container_status", "pod_condition", "node_condition", "object", *LOG_SOURCES, "derived")
COLUMNS = ("level", "namespace", "kind", "name", "container", "node", "exit_code")  # what `where` may ask

CAUSES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "config": (
            "config-file-missing",
            "configmap-missing",
            "secret-missing",
            "config-key-missing",
            "config-invalid",
            "volume-mount-mismatch",
        ),
        "volume": ("mount-failed", "volume-multi-attach", "pvc-unbound", "disk-full", "read-only-filesystem"),
        "memory": ("oom-container-limit", "oom-node", "node-pressure-eviction"),
        "probe": ("probe-too-early", "probe-wrong-endpoint", "probe-timeout"),
        "permission": (
            "permission-denied-filesystem",
            "permission-denied-rbac",
            "security-policy-denied",
            "sa-token-mount",
            "service-account-missing",
            "credentials-rejected",
        ),
        "image": (
            "image-not-found",
            "image-pull-auth",
            "image-pull-network",
            "image-arch-mismatch",
            "entrypoint-missing",
        ),
        "scheduling": (
            "insufficient-resources",
            "placement-constraint",
            "quota-exceeded",
            "limit-range",
            "scaled-to-zero",
        ),
        "node": (
            "node-not-ready",
            "cni-failure",
            "runtime-failure",
            "kernel-limit",
            "node-shutdown-or-preemption",
            "cpu-starved",
        ),
        "network": (
            "dns-failure",
            "dependency-unreachable",
            "dependency-refuses",
            "service-misrouted",
            "tls-certificate",
            "port-conflict",
            "network-degraded",
        ),
        "control": (
            "webhook-failure",
            "apiserver-unreachable",
            "control-plane-component-down",
            "api-version-removed",
        ),
        "app": ("app-crash", "exits-zero", "init-container-blocked"),
    }
)
"""Category -> cause classes: the closed list that a diagnosis names one of."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong in a pattern file, with its place."""

    path: str
    line: int
    field: str
    sentence: str

    def __str__(self) -> str:
        """`file:line: field: sentence`, as editors and people read it."""
        return f"{self.path}:{self.line}: {self.field}: {self.sentence}"


class LibraryError(Exception):
    """One or more patterns are wrong; `problems` lists all of them."""

    def __init__(self, problems: list[Problem]) -> None:
        """Keep every problem, in file and line order."""
        self.problems = sorted(problems)
        super().__init__("\n".join(str(p) for p in self.problems))


@dataclass(frozen=True, slots=True)
class Selector:
    """What one record must be like; every part given must hold."""

    sources: tuple[str, ...]
    reasons: tuple[str, ...] = ()  # empty: any
    message: str | None = None  # regex, quotes relaxed; None: any
    where: tuple[tuple[str, tuple[str | int, ...]], ...] = ()
    line: int = field(default=1, compare=False)  # of the message in the pattern's file

    @property
    def is_of_joins(self) -> bool:
        """It asks for nothing but records that were joined: no line of a log needs to be kept for it."""
        return self.sources == ("derived",)

    @property
    def log_sources(self) -> tuple[str, ...]:
        """Those of its sources whose records come from the screen."""
        return tuple(s for s in self.sources if s in LOG_SOURCES)


@dataclass(frozen=True, slots=True)
class Match:
    """Which records make a finding: any one of the selectors, or all of them near each other."""

    selectors: tuple[Selector, ...]
    is_all: bool = False
    within_seconds: float | None = None  # None: at any time
    on: str = "pod"  # the scope that all the records must share


@dataclass(frozen=True, slots=True)
class Example:
    """A tiny bundle, with what the pattern must find in it."""

    name: str
    origin: str
    files: Mapping[str, str]
    finds: tuple[Mapping[str, str], ...]  # empty: nothing, a near miss
    also: tuple[str, ...] = ()  # other causes that may fire


@dataclass(frozen=True, slots=True)
class Pattern:
    """One YAML file."""

    id: str
    category: str
    path: str
    title: str
    role: str
    cause: str | None
    severity: str
    status: str
    summary: str
    meaning: str
    impact: str
    diagnosis: tuple[str, ...]
    mitigation: tuple[str, ...]
    verify: tuple[str, ...]
    avoid: tuple[str, ...]
    prevent: tuple[str, ...]
    match: Match
    explains: tuple[str, ...]
    references: tuple[str, ...]
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class Library:
    """All patterns by id, in id order."""

    patterns: Mapping[str, Pattern] = field(default_factory=dict)

    @functools.cached_property
    def log_expressions(self) -> tuple[str, ...]:
        """The distinct message regexes that bulk logs are screened for, sorted."""
        return tuple(sorted({s.message for s in self._selectors if s.message and s.log_sources}))

    @functools.cached_property
    def expressions(self) -> tuple[str, ...]:
        """The distinct message regexes of what is read, sorted; joined records are few, each looked at alone."""
        return tuple(sorted({s.message for s in self._selectors if s.message and not s.is_of_joins}))

    @property
    def _selectors(self) -> list[Selector]:
        return [s for p in self.patterns.values() for s in p.match.selectors]

    @functools.cached_property
    def reach(self) -> Mapping[str, frozenset[str]]:
        """Pattern id -> every pattern id that it explains, directly or through others."""
        done: dict[str, frozenset[str]] = {}

        def visit(pattern: str) -> frozenset[str]:
            if pattern not in done:
                direct = self.patterns[pattern].explains
                done[pattern] = frozenset(direct).union(*(visit(e) for e in direct))
            return done[pattern]

        for name in self.patterns:
            visit(name)
        return done
