"""Whether a bundle holds the evidence of more than one cluster.

The namespaces that every cluster is born with are never made anew: their uids tell clusters apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from analyzer.model import Note, Object

_BORN_WITH: Final = ("kube-system", "kube-public", "default")


def several_clusters(objects: Iterable[Object]) -> list[Note]:
    """One note that names the clusters' folders, or nothing."""
    namespaces = [o for o in objects if o.kind == "Namespace" and o.uid and o.name in _BORN_WITH]
    for name in _BORN_WITH:
        paths: dict[str, list[str]] = {}
        for row in namespaces:
            if row.name == name and row.uid:
                paths.setdefault(row.uid, []).append(row.path)
        if len(paths) > 1:
            roots = sorted(_roots([min(found) for found in paths.values()]))
            problem = (
                f"{len(paths)} bundles of different clusters (the uid of namespace {name} differs): "
                f"{', '.join(roots)}; pods of one name in both are taken for one"
            )
            return [Note(path=roots[0], problem=problem, is_of_source=True)]
    return []


def _roots(paths: Sequence[str]) -> list[str]:
    """The shortest leading folders that tell the paths apart."""
    parts = [path.split("/") for path in paths]
    depth = next((i for i in range(min(map(len, parts))) if len({tuple(p[: i + 1]) for p in parts}) == len(parts)), 0)
    return ["/".join(p[: depth + 1]) for p in parts]
