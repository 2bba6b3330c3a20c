"""Whose image a line of the node is about that names only the image."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from analyzer.derive.owners import Owner, owner_of
from analyzer.model import Container, Record

_WAITS: Final = ("ImagePullBackOff", "ErrImagePull", "InvalidImageName", "ErrImageNeverPull", "ImageInspectError")
_SOURCES: Final = ("kubelet_log", "runtime_log", "node_log")
_named: Final = re.compile(r"(?i)pull(?:ing)?(?: and unpack)? image:? [\\\"'`]{0,4}([a-z0-9][\w./:@-]{1,300})")
_of_image: Final = re.compile(r"(?i)\b(?:image=|PullImage|pull(?:ing|ed)?(?: and unpack)? image)")


def with_image_owners(
    records: Sequence[Record], owners: Sequence[Owner], containers: Sequence[Container]
) -> tuple[Owner, ...]:
    """The owners, and for a line about an image that nobody owns yet the one container that waits for that image.

    The kubelet's own "Failed to pull image" and the runtime's PullImage name no pod (pkg/kubelet/kuberuntime/
    kuberuntime_image.go).
    """
    waiting = _waiting(records, owners, containers)
    if not waiting:
        return tuple(owners)
    return tuple(o or _owner(r, waiting) for o, r in zip(_said(owners), records, strict=True))


def _said(owners: Sequence[Owner]) -> list[Owner | None]:
    return [o if o.pod or o.container else None for o in owners]


def _owner(record: Record, waiting: dict[str, set[Owner]]) -> Owner:
    """The owner of a line without one: the only container that waits for the image it names."""
    if record.source in _SOURCES and record.kind is None and _of_image.search(record.message):
        fits = {o for image, found in waiting.items() if _names(record.message, image) for o in found}
        if len(fits) == 1:
            return next(iter(fits))
    return Owner(record.namespace or "")


def _names(message: str, image: str) -> bool:
    """Whether the message names this very image, not one whose name it begins."""
    return re.search(rf"(?<![\w./:@-]){re.escape(image)}(?![\w.@/-]*\w)", message) is not None


def _waiting(
    records: Sequence[Record], owners: Sequence[Owner], containers: Sequence[Container]
) -> dict[str, set[Owner]]:
    """Containers by the image that they wait for: from their states, and from events and lines that say so."""
    found: dict[str, set[Owner]] = defaultdict(set)
    for container in containers:
        if container.reason in _WAITS and container.image and container.pod:
            found[container.image].add(owner_of(container))
    for owner, record in zip(owners, records, strict=True):
        if owner.container and owner.pod and record.reason in _WAITS and (named := _named.search(record.message)):
            found[named[1].rstrip(":.")].add(owner)
    return dict(found)
