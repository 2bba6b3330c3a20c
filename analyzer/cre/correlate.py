"""What nested conditions must have in common: the same host, container, pod."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Final

from analyzer.cre.evaluate import Hit
from analyzer.cre.proof import Proof

_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    name: fields
    for names, fields in (
        (("hostname", "host", "node", "nodename", "machine", "machineid"), ("node",)),
        (("container", "containerid", "containername"), ("namespace", "pod", "container")),
        (("pod", "podname", "podid"), ("namespace", "pod")),
        (("namespace",), ("namespace",)),
        (("file", "filename", "path", "source"), ("path",)),
    )
    for name in names
}
"""Correlation, in small letters without underscores -> what of a line must be equal."""


_FIELD: Final[Mapping[str, Callable[[Proof], str]]] = {
    "node": lambda proof: proof.about.node or (proof.about.name if proof.about.kind == "Node" else ""),
    "namespace": lambda proof: proof.about.namespace,
    "pod": lambda proof: proof.about.pod,
    "container": lambda proof: proof.about.container,
    "path": lambda proof: proof.line.path,
}


def groups(hits: Sequence[Hit], correlations: Sequence[str], proofs: Mapping[int, Proof]) -> Iterator[Collection[Hit]]:
    """The hits that agree in all correlations, group by group; all in one when there is nothing to agree in.

    What a line does not tell agrees with everything: a bundle seldom names the host of a container's log. A
    correlation of a name that is not known here is left out.
    """
    known = [_FIELDS[name] for c in correlations if (name := c.lower().replace("_", "").replace("-", "")) in _FIELDS]
    fields = tuple(dict.fromkeys(field for group in known for field in group))
    told = {hit: _told(hit, fields, proofs) for hit in hits}
    keys = sorted({key for key in told.values() if all(key)}) or [("",) * len(fields)]
    for key in keys:
        yield {
            hit
            for hit, own in told.items()
            if all(not mine or not asked or mine == asked for mine, asked in zip(own, key, strict=True))
        }


def _told(hit: Hit, fields: Sequence[str], proofs: Mapping[int, Proof]) -> tuple[str, ...]:
    """What the lines of a hit say of each field, the first that says anything."""
    lines = [proofs[number] for number in hit.lines]
    return tuple(next((value for line in lines if (value := _FIELD[field](line))), "") for field in fields)
