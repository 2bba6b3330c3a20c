"""Where the bundle holds secrets, and where failing pods get theirs: names and places, never a value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from analyzer.derive.facts import Facts, Owner
from analyzer.diagnosis import Cause, Confidential, ObjectRef, SecretsHeld, Unexplained
from analyzer.model import Holder

MOST: Final = 1000


def secrets_held(
    holders: Sequence[Holder], facts: Facts, causes: Sequence[Cause], leads: Sequence[Unexplained]
) -> SecretsHeld:
    """The places with a value of their own first, then what the pods of `causes` and `leads` refer to."""
    rows = [
        Confidential(
            about=ObjectRef(namespace=h.namespace or "", kind=h.kind, name=h.name, container=h.container or ""),
            what=h.what,
            comes_from="",
            path=h.path,
            line=h.line,
        )
        for h in holders
    ]
    rows += [row for about in _failing(causes, leads) for row in _references(about, facts)]
    found = list(dict.fromkeys(rows))
    return SecretsHeld(places=tuple(found[:MOST]), hidden=max(0, len(found) - MOST))


def _failing(causes: Sequence[Cause], leads: Sequence[Unexplained]) -> list[ObjectRef]:
    """The pods that the diagnoses are about or that fell victim to them, and those of the leads."""
    about = [c.about for c in causes] + [lead.about for lead in leads]
    victims = [ObjectRef(namespace=v.namespace or "", kind="Pod", name=v.pod or "") for c in causes for v in c.victims]
    pods = ((ref.namespace, ref.pod) for ref in (*about, *victims) if ref.pod)
    return [ObjectRef(namespace=namespace, kind="Pod", name=pod) for namespace, pod in dict.fromkeys(pods)]


def _references(about: ObjectRef, facts: Facts) -> list[Confidential]:
    """What one pod takes out of Secrets."""
    return [
        Confidential(
            about=ObjectRef(
                namespace=about.namespace, kind="Pod", name=about.name, container=reference.container or ""
            ),
            what=reference.used_as or "",
            comes_from=f"Secret {reference.name}" + (f", key {reference.key}" if reference.key else ""),
            path=reference.path,
            line=reference.line,
        )
        for reference in facts.references_of(Owner(about.namespace, about.name, ""))
        if reference.kind == "Secret"
    ]
