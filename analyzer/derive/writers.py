"""The files that the other containers of a pod wrote, as their logs and commands tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from analyzer.derive.facts import Facts, Owner
from analyzer.derive.missed import Missed
from analyzer.derive.paths import absolute_paths, base, covering, join, written_by_command
from analyzer.model import Record

WRITING: Final = (
    r"(?i)\b(?:wrote|written|writing|copied|copying|rendered|rendering|generated|generating|saved|saving|placed|"
    r"placing|created|creating|installed|extracted|stored|dumped)\b.{0,160}[\s\"'=:(>]/[\w.-]"
)
LINES: tuple[str, ...] = (WRITING,)

_writing: Final = re.compile(WRITING)
_in_vain: Final = re.compile(r"(?i)\b(?:fail|error|cannot|could not|unable|denied|no such|skipp)")
_of_config: Final = re.compile(r"(?i)\b(?:config|configuration|conf|settings|template|file|cert|certificate)s?\b")


@dataclass(frozen=True, slots=True)
class Written:
    """A file that a container wrote; `record` is its log line, None when only its command says so."""

    owner: Owner
    path: str
    record: Record | None


def writers(facts: Facts, missed: Missed) -> Iterator[Written]:
    """Files with the missed name that other containers wrote, those told by a log first."""
    others = others_in_pod(facts, missed.owner)
    for other in others:
        for record in facts.logs(other):
            if not _writing.search(record.message) or _in_vain.search(record.message):
                continue
            paths = absolute_paths(record.message)
            targets = [p for p in paths if base(p) == base(missed.path)]
            # the last one: "copied /templates/app.conf to /rendered/app.conf"
            yield from (Written(other, p, record) for p in targets[-1:])
            if not targets and paths and _is_directory_for(facts, missed, other, paths[-1], record.message):
                yield Written(other, join(paths[-1], base(missed.path)), record)
    for other in others:
        container = facts.container(other)
        if container is not None and container.exit_code in (0, None) and container.last_exit_code in (0, None):
            for path in written_by_command((*container.command, *container.args)):
                if base(path) == base(missed.path):
                    yield Written(other, path, None)


def others_in_pod(facts: Facts, owner: Owner) -> list[Owner]:
    """The other containers of the owner's pod, init containers first."""
    names = [c.container for c in facts.containers_of(owner)] + [m.container for m in facts.pod_mounts(owner)]
    names = names or sorted(facts.container_names(owner))
    return [owner.of(n) for n in dict.fromkeys(names) if n != owner.container]


def _is_directory_for(facts: Facts, missed: Missed, other: Owner, directory: str, message: str) -> bool:
    """Whether "config placed in /tmp/app" can mean the missed file: by its name, or by the shared volume."""
    if re.search(rf"(?<![\w/.-]){re.escape(base(missed.path))}(?![\w/-])", message):
        return True
    there, here = covering(directory, facts.mounts_of(other)), covering(missed.path, facts.mounts_of(missed.owner))
    is_shared = there is not None and here is not None and there.volume == here.volume
    return is_shared and "." not in base(directory) and _of_config.search(message) is not None
