"""Takes off what a viewer puts in front of a line: pod and container, or a node's address.

Sources: `kubectl logs --prefix` (kubectl pkg/cmd/logs: "[pod/<pod>/<container>] "); stern's default template
("<pod> <container> <text>", with -A the namespace first); kail ("<namespace>/<pod>[<container>]: "); talosctl.
"""

from __future__ import annotations

import re
from typing import Final

from analyzer.ingest import klog
from analyzer.ingest.layer import Layer
from analyzer.timestamps import leading_time

SAMPLES: Final = (
    ("kubectl logs --prefix", "[pod/web-6d5f4c7b9d-x2k8p/app] 2024-03-05T07:08:09Z FATAL no config"),
    ("stern", "web-6d5f4c7b9d-x2k8p app listening on :8080"),
    ("kail", "shop/web-6d5f4c7b9d-x2k8p[app]: listening on :8080"),
    ("talosctl logs", '10.0.0.9: {"ts":1709622489000.0,"caller":"cm/policy.go:1","msg":"started","v":0}'),
)
"""(What writes it, one line of it)."""

_NAME: Final = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_POD: Final = "[a-z0-9][a-z0-9.-]{0,252}"
_COLOUR: Final = r"(?:\x1b\[[0-9;]{0,16}m){0,4}"
_KUBECTL: Final = re.compile(rf"\[pod/({_POD})/({_NAME})\] ")
_KAIL: Final = re.compile(rf"({_NAME})/({_POD})\[({_NAME})\]: ")
_ADDRESS: Final = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,3}){3}): (?=\{)")
_STERN: Final = re.compile(
    rf"{_COLOUR}(?:({_NAME}) {_COLOUR})?([a-z0-9][a-z0-9.-]{{0,246}}-([a-z0-9]{{1,5}})){_COLOUR} "
    rf"{_COLOUR}({_NAME}){_COLOUR} (?=.)"
)
# What the name of a pod ends with: k8s.io/apimachinery/pkg/util/rand leaves out vowels and 0, 1 and 3.
_RANDOM: Final = re.compile(r"[bcdfghjklmnpqrstvwxz2456789]{5}")
_ORDINAL: Final = re.compile(r"[0-9]{1,3}")


def peel_certain(line: str) -> Layer | None:
    """The line behind a prefix that nothing else looks like."""
    if line[:5] == "[pod/":
        match = _KUBECTL.match(line)
        return match and _of(line[match.end() :], None, *match.groups())
    match = _ADDRESS.match(line)
    return Layer(text=line[match.end() :], node=match.group(1)) if match is not None else None


def peel(line: str) -> Layer | None:
    """The line behind any prefix.

    stern's is two words: they are a pod and a container when the first ends as controllers make names, or, of a
    StatefulSet ("db-0 postgres ..."), when a time follows.
    """
    found = peel_certain(line)
    if found is not None:
        return found
    match = _KAIL.match(line)
    if match is not None:
        namespace, pod, container = match.groups()
        return _of(line[match.end() :], namespace, pod, container)
    match = _STERN.match(line)
    if match is None:
        return None
    namespace, pod, suffix, container = match.groups()
    rest = line[match.end() :]
    if not _RANDOM.fullmatch(suffix) and not (_ORDINAL.fullmatch(suffix) and _begins_with_time(rest)):
        return None
    return _of(rest, namespace, pod, container)


def _of(text: str, namespace: str | None, pod: str, container: str) -> Layer:
    return Layer(
        text=text, namespace=namespace, kind="Pod", name=pod, container=container, likely_source="container_log"
    )


def _begins_with_time(text: str) -> bool:
    return leading_time(text) is not None or klog.peel(text) is not None
