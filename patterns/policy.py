"""What one site knows of itself, apart from the patterns: what is off, what is noise, which restarts are expected.

A YAML file of at most four keys; `*` and `?` in names stand for any characters (fnmatch):

    off: [cpu-throttled]                                  # patterns that are not used
    severity: {image-pull-backoff: warning}               # another severity than the pattern's own
    noise: [{pattern: probe-failed, namespace: batch-*}]  # what is no sign of trouble there
    restarts: [{namespace: ci, pod: runner-*, at_most: 20}]
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import orjson
import ryml

from patterns.schema import SEVERITIES, Library, LibraryError, Problem

KEYS = ("off", "severity", "noise", "restarts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """A pattern that means nothing in some namespaces."""

    pattern: str
    namespace: str = "*"

    def covers(self, pattern: str, namespace: str) -> bool:
        """Whether a finding of `pattern` in `namespace` is noise."""
        return self.pattern == pattern and fnmatchcase(namespace, self.namespace)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restarts:
    """Pods that restart now and then, and are well."""

    at_most: int
    namespace: str = "*"
    pod: str = "*"

    def covers(self, namespace: str, pod: str, restarts: int) -> bool:
        """Whether so many restarts of this pod are expected."""
        return restarts <= self.at_most and fnmatchcase(namespace, self.namespace) and fnmatchcase(pod, self.pod)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One site's policy."""

    off: tuple[str, ...] = ()
    severity: tuple[tuple[str, str], ...] = ()
    noise: tuple[Noise, ...] = ()
    restarts: tuple[Restarts, ...] = ()

    def applied(self, library: Library) -> Library:
        """`library` without what is off, with the site's severities; patterns no longer explain what is gone."""
        severity = dict(self.severity)
        kept = {name: p for name, p in library.patterns.items() if name not in self.off}
        return Library(
            {
                name: dataclasses.replace(
                    p,
                    severity=severity.get(name, p.severity),
                    explains=tuple(e for e in p.explains if e in kept),
                )
                for name, p in kept.items()
            }
        )


NO_POLICY = Policy()


def load_policy(path: Path, library: Library) -> Policy:
    """The policy in a file; raises LibraryError with every problem, among them names that `library` does not know."""
    problems: list[Problem] = []
    values = _values(path, problems)
    off = tuple(_strings(path, "off", values.get("off"), problems))
    severity = tuple((str(k), str(v)) for k, v in _map(path, "severity", values.get("severity"), problems).items())
    noise = tuple(_noise(path, values.get("noise"), problems))
    restarts = tuple(_restarts(path, values.get("restarts"), problems))
    named = [
        *(("off", n) for n in off),
        *(("severity", n) for n, _ in severity),
        *(("noise", n.pattern) for n in noise),
    ]
    wrong = [(str(k), f"is not known here; known are {', '.join(KEYS)}") for k in values if k not in KEYS]
    wrong += [(field, f"{name} is not a pattern") for field, name in named if name not in library.patterns]
    wrong += [
        (f"severity.{name}", f"must be one of {', '.join(SEVERITIES)}") for name, v in severity if v not in SEVERITIES
    ]
    problems += [Problem(str(path), 1, field, sentence) for field, sentence in wrong]
    if problems:
        raise LibraryError(problems)
    return Policy(off=off, severity=severity, noise=noise, restarts=restarts)


def _values(path: Path, problems: list[Problem]) -> Mapping[str, object]:
    try:
        found = orjson.loads(ryml.emit_json(ryml.parse_in_arena(path.read_bytes())))
    except OSError as error:
        problems.append(Problem(str(path), 1, "file", f"cannot be read: {error.strerror}"))
        return {}
    except Exception as error:  # ryml raises bare RuntimeErrors of several kinds
        first = str(error).strip().split("\n")[0]
        problems.append(Problem(str(path), 1, "file", f"is not YAML that can be read: {first}"))
        return {}
    return _map(path, "file", found, problems)


def _map(path: Path, field: str, value: object, problems: list[Problem]) -> Mapping[str, object]:
    if value is None or isinstance(value, dict):
        return value or {}
    problems.append(Problem(str(path), 1, field, "must be a mapping"))
    return {}


def _maps(path: Path, field: str, value: object, problems: list[Problem]) -> Iterator[Mapping[str, object]]:
    if value is not None and not isinstance(value, list):
        problems.append(Problem(str(path), 1, field, "must be a list"))
        return
    for i, item in enumerate(value or []):
        yield _map(path, f"{field}[{i}]", item, problems)


def _strings(path: Path, field: str, value: object, problems: list[Problem]) -> Iterator[str]:
    if value is not None and not (isinstance(value, list) and all(isinstance(v, str) for v in value)):
        problems.append(Problem(str(path), 1, field, "must be a list of names"))
    elif isinstance(value, list):
        yield from value


def _noise(path: Path, value: object, problems: list[Problem]) -> Iterator[Noise]:
    for item in _maps(path, "noise", value, problems):
        if set(item) - {"pattern", "namespace"} or "pattern" not in item:
            problems.append(Problem(str(path), 1, "noise", "takes pattern, and namespace if not all are meant"))
        else:
            yield Noise(pattern=str(item["pattern"]), namespace=str(item.get("namespace", "*")))


def _restarts(path: Path, value: object, problems: list[Problem]) -> Iterator[Restarts]:
    for item in _maps(path, "restarts", value, problems):
        most = str(item.get("at_most", ""))
        if set(item) - {"namespace", "pod", "at_most"} or not most.isdecimal():
            problems.append(Problem(str(path), 1, "restarts", "takes at_most (a number), namespace and pod"))
        else:
            namespace, pod = (str(item.get(name, "*")) for name in ("namespace", "pod"))
            yield Restarts(at_most=int(most), namespace=namespace, pod=pod)
