"""Services that a failing container calls and that lead nowhere."""

from __future__ import annotations

import re
from typing import Final

from analyzer.derive.calls import LINES as CALL_LINES
from analyzer.derive.calls import Call, calls_in_vain
from analyzer.derive.dependents import NO_ANSWER
from analyzer.derive.facts import EPOCH, Facts, Owner, derived, owner_of, quote
from analyzer.derive.references import is_listed
from analyzer.derive.starts import listening
from analyzer.model import Container, Object, Pod, Record

LINES: tuple[str, ...] = CALL_LINES

_WORKLOADS: Final = ("Deployment", "StatefulSet", "ReplicaSet", "DeploymentConfig")
_refused: Final = re.compile(r"(?i)connection refused|econnrefused")
_dialled: Final = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}:\d{1,5}\b")
_no_such_name: Final = re.compile(
    r"(?i)no such host|not known|enotfound|can't resolve|could not (?:translate|resolve)|unknown ?host|bad address|"
    r"does not (?:resolve|exist)|nxdomain|no address"
)
_scaled_down: Final = re.compile(r"^Scaled down replica set \S+ to 0\b")
PORT: Final = re.compile(r"^(?P<port>\d+)/(?P<protocol>\w+)->(?P<target>\S+)$")


def calls_explained(facts: Facts) -> list[Record]:
    """A failing container calls a Service that leads nowhere: the first explanation that the objects prove."""
    found = []
    for call in calls_in_vain(facts):
        record = next((r for explain in EXPLANATIONS if (r := explain(facts, call)) is not None), None)
        if record is not None:
            found.append(record)
    return list({(r.namespace, r.name, r.container, r.message): r for r in found}.values())


def dependency_scaled_to_zero(facts: Facts, call: Call) -> Record | None:
    """The workload behind what is called has 0 replicas."""
    workload = _scaled_to_zero(facts, call)
    if workload is None:
        return _scaled_down_by_event(facts, call)
    message = (
        f"{call.owner.container} calls {_address(call)} in vain: {workload.kind} {workload.name} in namespace "
        f"{call.namespace} is scaled to 0 replicas"
    )
    return derived("DependencyScaledToZero", message, call.record, call.owner)


def service_selects_nothing(facts: Facts, call: Call) -> Record | None:
    """The Service that is called selects labels that no pod has."""
    service = facts.object("Service", call.namespace, call.service)
    if service is None or not service.selector or not any(p.labels for p in _pods(facts, call.namespace)):
        return None
    if selected_pods(facts, service):
        return None
    message = (
        f"{call.owner.container} calls {_address(call)} in vain: Service {service.name} selects "
        f"{', '.join(service.selector)}, and no pod of namespace {call.namespace} has these labels"
    )
    endpoints = facts.object("Endpoints", call.namespace, call.service)
    if endpoints is not None and not endpoints.addresses:
        message += "; its Endpoints are empty"
    return derived("ServiceSelectsNothing", message, call.record, call.owner)


def service_port_serves_nothing(facts: Facts, call: Call) -> Record | None:
    """The Service that is called has no such port, or sends it to one that no container serves."""
    service = facts.object("Service", call.namespace, call.service)
    ports = [m for p in service.ports if (m := PORT.match(p))] if service else []
    if service is None or not ports:
        return None
    own = [p["port"] for p in ports]
    why: tuple[str, list[Record]] = ("", [])
    if call.port is not None and str(call.port) not in own:
        if service.selector:
            why = (f"Service {service.name} has port {', '.join(own)} and none {call.port}", [])
    else:
        targets = [p["target"] for p in ports if call.port is None or p["port"] == str(call.port)]
        why = next((w for t in targets if (w := _unserved(facts, service, t, call))[0]), why)
    if not why[0]:
        return None
    message = f"{call.owner.container} calls {_address(call)} in vain: {why[0]}"
    return derived("ServicePortServesNothing", message, call.record, call.owner, [quote(line) for line in why[1]])


def address_names_no_service(facts: Facts, call: Call) -> Record | None:
    """The cluster DNS name that is called has no Service in its namespace, and DNS was there to say so."""
    if not call.is_qualified or facts.object("Service", call.namespace, call.service):
        return None
    told = call.record.message
    if not is_listed(facts, "Service", call.namespace) or NO_ANSWER.search(told):
        return None
    if _dialled.search(told) and not _no_such_name.search(told):
        return None  # the name had an address
    names = sorted(o.name for o in facts.objects_of("Service", call.namespace))
    like = [n for n in names if call.service in n or n in call.service]
    near = f" (it has {', '.join(like)})" if like else ""
    message = (
        f"{call.owner.container} calls {_address(call)} in vain: namespace {call.namespace} has no Service "
        f"{call.service}{near}"
    )
    return derived("AddressNamesNoService", message, call.record, call.owner)


EXPLANATIONS: Final = (
    dependency_scaled_to_zero,
    service_selects_nothing,
    service_port_serves_nothing,
    address_names_no_service,
)


def _scaled_to_zero(facts: Facts, call: Call) -> Object | None:
    """The workload of 0 replicas behind a Service, if nothing else stands behind it."""
    service = facts.object("Service", call.namespace, call.service)
    if service is not None and selected_pods(facts, service):
        return None
    behind = []
    for kind in _WORKLOADS:
        for workload in facts.objects_of(kind, call.namespace):
            labels = {*workload.selector, *workload.labels}
            is_selected = service is not None and bool(service.selector) and {*service.selector} <= labels
            if is_selected or workload.name == call.service:
                behind.append(workload)
    # the ReplicaSets of earlier revisions have 0 replicas as well, so only their owners count
    behind = [w for w in behind if w.owner_kind != "Deployment"]
    return behind[0] if behind and all(w.replicas == 0 for w in behind) else None


def _scaled_down_by_event(facts: Facts, call: Call) -> Record | None:
    """The Deployment that is called was scaled to 0, as its last event says, and the listed pods have none of it."""
    about = [r for r in facts.named("Deployment", call.service) if r.source == "event"]
    about = [r for r in about if r.namespace == call.namespace and r.reason == "ScalingReplicaSet"]
    last = max(about, key=lambda r: r.timestamp or EPOCH, default=None)
    known = facts.object("Deployment", call.namespace, call.service)
    if last is None or known is not None or not _scaled_down.search(last.message) or not _pods(facts, call.namespace):
        return None
    if any(p.name.startswith(f"{call.service}-") for p in _pods(facts, call.namespace)):
        return None
    message = (
        f"{call.owner.container} calls {_address(call)} in vain: Deployment {call.service} in namespace "
        f"{call.namespace} was scaled to 0 replicas and has no pods"
    )
    return derived("DependencyScaledToZero", message, call.record, call.owner, [quote(last)])


def _unserved(facts: Facts, service: Object, target: str, call: Call) -> tuple[str, list[Record]]:
    """Why a targetPort is served by no container, with the lines that say what is served; "" when it may be."""
    containers = [c for p in selected_pods(facts, service) for c in facts.containers_of(_owner(p))]
    containers = [c for c in containers if c.kind != "init"]
    if not containers:
        return "", []
    if not target.isdecimal():
        if any(p.partition("=")[0] == target for c in containers for p in c.ports):
            return "", []
        return f"Service {service.name} sends to the port named {target}, which no container of its pods has", []
    if any(_number(p) == target for c in containers for p in c.ports) or not _refused.search(call.record.message):
        return "", []
    return _listening_elsewhere(facts, service, target, containers)


def _listening_elsewhere(
    facts: Facts, service: Object, target: str, containers: list[Container]
) -> tuple[str, list[Record]]:
    places = [place for c in containers for place in listening(facts.logs(owner_of(c)))]
    if any(str(p.port) == target for p in places):
        return "", []
    if places:
        place = places[-1]
        return f"Service {service.name} sends to port {target}, and its pod listens on port {place.port}", [
            place.record
        ]
    declared = sorted({_number(p) for c in containers for p in c.ports})
    if declared:
        return f"Service {service.name} sends to port {target}, and its containers have port {', '.join(declared)}", []
    return "", []


def selected_pods(facts: Facts, service: Object) -> list[Pod]:
    """The pods of its namespace that have all the labels a Service selects."""
    return [p for p in _pods(facts, service.namespace or "") if {*service.selector} <= {*p.labels}]


def _pods(facts: Facts, namespace: str) -> list[Pod]:
    return [p for p in facts.pods if (p.namespace or "") == namespace]


def _owner(pod: Pod) -> Owner:
    return Owner(pod.namespace or "", pod.name)


def _number(port: str) -> str:
    """`http=8080/TCP` -> `8080`."""
    return port.rpartition("=")[2].partition("/")[0]


def _address(call: Call) -> str:
    return f"{call.host}:{call.port}" if call.port is not None else call.host
