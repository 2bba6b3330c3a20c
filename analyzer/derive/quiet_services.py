"""Services that lead nowhere although every pod runs, in the few objects that somebody picked to show it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from analyzer.derive.facts import Facts, Owner, derived, owner_of
from analyzer.derive.services import PORT, selected_pods
from analyzer.ingest.workloads import NO_ENDPOINTS
from analyzer.model import Object, Record

LINES: tuple[str, ...] = ()

FEW: Final = 5
"""More Services than that are a cluster's listing, where one without pods is a leftover that nobody misses."""


def services_without_callers_explained(facts: Facts) -> list[Record]:
    """Nothing has failed, yet one of the few Services shown selects no pod, or a port that none of them has."""
    services = [o for o in facts.objects if o.kind == "Service" and o.selector]
    if not 0 < len(services) <= FEW or _something_fails(facts):
        return []
    return [r for service in services if (r := _selects_nothing(facts, service) or _leads_nowhere(facts, service))]


def _leads_nowhere(facts: Facts, service: Object) -> Record | None:
    told = next((r for r in facts.records if _tells_of_none(r, service)), None)
    return _serves_nothing(facts, service) if told is None else _no_endpoints(service, told)


def _tells_of_none(record: Record, service: Object) -> bool:
    return record.reason == NO_ENDPOINTS and (record.path, record.name) == (service.path, service.name)


def _no_endpoints(service: Object, told: Record) -> Record:
    message = f"Service {service.name} selects {', '.join(service.selector)}, and its list of endpoints is empty"
    record = derived("ServiceHasNoEndpoints", message, told, Owner(service.namespace or ""))
    return replace(record, kind="Service", name=service.name)


def _something_fails(facts: Facts) -> bool:
    owners = [Owner(p.namespace or "", p.name) for p in facts.pods] + [owner_of(c) for c in facts.containers]
    return any(facts.is_failing(o) for o in owners)


def _selects_nothing(facts: Facts, service: Object) -> Record | None:
    pods = [p for p in facts.pods if p.namespace == service.namespace and p.labels]
    if not pods or selected_pods(facts, service):
        return None
    theirs = ", ".join(sorted({label for p in pods for label in p.labels})[:6])
    message = f"Service {service.name} selects {', '.join(service.selector)}, and the pods here have {theirs}"
    return _record("ServiceSelectsNothing", message, service)


def _serves_nothing(facts: Facts, service: Object) -> Record | None:
    containers = [
        c for p in selected_pods(facts, service) for c in facts.containers_of(Owner(p.namespace or "", p.name))
    ]
    served = {part for c in containers for port in c.ports for part in _names_of(port)}
    if not served:  # containers need not declare what they listen on
        return None
    for port in service.ports:
        match = PORT.match(port)
        if match and match["target"] not in served:
            message = (
                f"Service {service.name} sends port {match['port']} to targetPort {match['target']}, "
                f"and its pods declare {', '.join(sorted(served))}"
            )
            return _record("ServicePortServesNothing", message, service)
    return None


def _names_of(port: str) -> list[str]:
    """`http=8080/TCP` can be meant as http or as 8080."""
    name, _, rest = port.rpartition("=")
    return [part for part in (name, rest.partition("/")[0]) if part]


def _record(reason: str, message: str, service: Object) -> Record:
    place = Record(
        source="object",
        message=message,
        path=service.path,
        line=service.line,
        text=service.text,
        kind="Service",
        name=service.name,
        namespace=service.namespace,
    )
    return replace(derived(reason, message, place, Owner(service.namespace or "")), kind="Service", name=service.name)
