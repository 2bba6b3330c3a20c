"""Pods by uid, as cgroup names and log directories write it."""

from __future__ import annotations

import re
from typing import Final

from analyzer.derive.facts import Facts, Owner
from analyzer.model import LOG_SOURCES

_POD_DIRECTORY: Final = re.compile(r"(?:^|/)([a-z0-9.-]+)_([a-z0-9.-]+)_([0-9a-f-]{32,36})/")
_POD_AND_UID: Final = re.compile(r"\b([a-z0-9][a-z0-9.-]+)_([a-z0-9-]+)\(([0-9a-f-]{32,36})\)")


def pod_uids(facts: Facts) -> dict[str, Owner]:
    """Pods by uid: from objects, from log directories `<namespace>_<pod>_<uid>`, from kubelet lines."""
    found: dict[str, Owner] = {}
    for path in sorted({f.path for f in facts.files} | {r.path for r in facts.records}):
        for namespace, pod, uid in _POD_DIRECTORY.findall(path):
            found[plain_uid(uid)] = Owner(namespace, pod)
    for record in facts.records:
        if record.source in LOG_SOURCES and "(" in record.message:
            for pod, namespace, uid in _POD_AND_UID.findall(record.message):
                found.setdefault(plain_uid(uid), Owner(namespace, pod))
    for row in facts.pods:
        if row.uid:
            found[plain_uid(row.uid)] = Owner(row.namespace or "", row.name)
    return found


def plain_uid(uid: str) -> str:
    """A uid without separators: cgroup names write `_`, or nothing, for `-`."""
    return uid.replace("-", "").replace("_", "").lower()
