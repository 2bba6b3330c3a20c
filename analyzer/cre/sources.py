"""Which logs a rule's abstract source means.

A CRE rule names its source in the abstract ("cre.log.nginx"). A log is of that source when its container, pod,
namespace or unit holds a word of it, or of the applications that the rule names; where nothing tells whose a log is,
it may be of any source. The user's own bindings (NAME=GLOB) come first: a source that is bound by hand means the
files that match, and no others.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from analyzer.cre.rule import EVENT_SOURCES, Rule, leaves
from analyzer.errors import UsageError
from analyzer.model import Whose
from analyzer.placement import Placement

_WORD: Final = re.compile(r"[a-z0-9]+")
_NO_NAMES: Final = frozenset(
    ("cre", "log", "logs", "on", "or", "and", "by", "the", "of", "in", "via", "based", "candidates", "commonly",
     "managed", "kubernetes", "k8s", "sigs", "operator", "cloud", "elastic", "server", "agent", "controller", "manager",
     "proxy", "worker", "api", "app", "service", "node", "pod", "pods", "config", "demo", "cli", "client", "cres", "s")
)  # fmt: skip
"""Words of sources that say nothing of whose log it is."""
_UNITS: Final[Mapping[str, frozenset[str]]] = {
    "kubelet_log": frozenset(("kubelet",)),
    "runtime_log": frozenset(("containerd", "crio", "docker")),
    "kernel_log": frozenset(("kernel", "linux", "dmesg")),
}
"""Whose log it is where its lines tell no container."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What each source is asked for, and which files may be of it."""

    binding: Binding
    asked: Mapping[str, frozenset[int]]  # source -> numbers of terms
    names: Mapping[str, frozenset[str]]  # source -> words that a log of it may have in its name

    def of(self, path: str, placement: Placement) -> frozenset[int]:
        """The terms to search a file for."""
        owner = owner_of(placement.role, placement.namespace, placement.pod, placement.container)
        fitting = (s for s in self.asked if self.binding.fits(s, self.names.get(s, frozenset()), path, owner))
        return frozenset().union(*(self.asked[source] for source in fitting))


@dataclass(frozen=True, slots=True)
class Binding:
    """The user's bindings: source -> shapes of paths. With `is_all` every log is of every source."""

    globs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    is_all: bool = False

    @classmethod
    def of(cls, given: Sequence[str]) -> Binding:
        """From `NAME=GLOB` of the command line; raises UsageError. "*" as the name means every source."""
        globs: dict[str, tuple[str, ...]] = {}
        for text in given:
            name, equals, shape = text.partition("=")
            if not (name.strip() and equals and shape.strip()):
                raise UsageError(f"--cre-source takes NAME=GLOB, such as cre.log.nginx='*/ingress-*/*'; not {text!r}")
            globs[name.strip()] = (*globs.get(name.strip(), ()), shape.strip())
        return cls(globs)

    def asking(self, asked: Mapping[str, frozenset[int]], rules: Sequence[Rule]) -> Wanted:
        """For the screen: what to search each file for."""
        names: dict[str, frozenset[str]] = {}
        for rule in rules:
            for leaf in leaves(rule.condition):
                names[leaf.source] = names.get(leaf.source, frozenset()) | names_of(leaf.source, rule)
        return Wanted(self, asked, names)

    def binds(self, source: str, rule: Rule, whose: Whose, path: str) -> bool:
        """A log may be of the source, for this rule."""
        if whose.source == "event":
            return self.is_all or source in EVENT_SOURCES
        owner = owner_of(whose.source, whose.namespace, whose.pod, whose.container)
        return self.fits(source, names_of(source, rule), path, owner)

    def fits(self, source: str, names: frozenset[str], path: str, owner: frozenset[str]) -> bool:
        """`owner` are the words of whose log it is; none where nothing tells."""
        if self.is_all:
            return True
        globs = self.globs.get(source) or self.globs.get("*")
        if globs is not None:
            return any(fnmatch.fnmatchcase(path, glob) for glob in globs)
        return not owner or bool(names & owner)


EVERYTHING: Final = Binding(is_all=True)


def names_of(source: str, rule: Rule) -> frozenset[str]:
    """The words that a log of the source may have in its name: those of the source, and of the rule's applications."""
    told = [source]
    for application in rule.applications:
        told += [application.name, application.process, application.container, application.image.rpartition("/")[2]]
    return _words(*told) - _NO_NAMES


def owner_of(source: str, namespace: str | None, pod: str | None, container: str | None) -> frozenset[str]:
    """The words of whose log it is; none where nothing tells."""
    return _words(namespace, pod, container) or _UNITS.get(source, frozenset())


def _words(*texts: str | None) -> frozenset[str]:
    return frozenset(word for text in texts if text for word in _WORD.findall(text.lower()))
