"""A path says what a file is and whose, as the table of layouts has it."""

from __future__ import annotations

import functools
import re
from typing import Final

from analyzer.layout_rules import RULES, Rule
from analyzer.placement import Placement

__all__ = ["CONTROL_PLANE", "RULES", "place"]

CONTROL_PLANE: Final = frozenset(
    ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd", "cloud-controller-manager", "kube-proxy")
)
LONGEST: Final = 4096
"""Characters at the end of a path that are looked at: PATH_MAX of Linux; a member's name may be longer."""
_COMPRESSION: Final = re.compile(r"\.(?:gz|xz|bz2|zst)$")


@functools.lru_cache(maxsize=64)  # a path is asked for several times in a row
def place(path: str) -> Placement:
    """What the path alone tells; role "unknown" leaves the decision to the content. Never raises."""
    name = _COMPRESSION.sub("", path[-LONGEST:])
    for rule in RULES:
        match = rule.match(name)
        if match is not None:
            return _placement(rule, match, path)
    return Placement(layout="other", why="no known layout: the content decides")


def _placement(rule: Rule, match: re.Match[str], path: str) -> Placement:
    told = match.groupdict()
    role = rule.role
    if role == "container_log" and told.get("container") in CONTROL_PLANE:
        role = "control_plane_log"
    is_inspect = rule.layout == "must-gather" and "inspect.local." in path
    return Placement(
        layout="inspect" if is_inspect else rule.layout,
        why=f"path matches {rule.shape}",
        role=role,
        namespace=told.get("namespace"),
        pod=told.get("pod"),
        container=told.get("container"),
        node=told.get("node"),
        uid=told.get("uid"),
        instance=rule.instance,
        stem=told.get("stem"),
    )
