"""The control plane's silence: leases that nobody renews, and work that nobody takes up."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from analyzer.derive.exits import last_errors
from analyzer.derive.facts import Facts, Owner, derived, quote
from analyzer.derive.health import node_problem
from analyzer.model import Object, Pod, Record

LINES: tuple[str, ...] = ()

NODE_LEASES: Final = "kube-node-lease"
COMPONENTS: Final = ("kube-scheduler", "kube-controller-manager")
EXPIRED: Final = dt.timedelta(minutes=2)
"""Behind the newest lease of the bundle. A kubelet renews every 10 s a lease of 40 s, a component every 2 s one of 15 s
(pkg/kubelet/apis/config/v1beta1/defaults.go, staging/src/k8s.io/component-base/config/v1alpha1/defaults.go)."""
ALONE: Final = dt.timedelta(minutes=10)  # behind the bundle's own present, which is when the last file was written
UNSEEN: Final = dt.timedelta(minutes=2)  # the scheduler and the controllers take up an object within seconds

_SCHEDULER: Final = re.compile(r"^(?:openshift-)?kube-scheduler-")


def leases_expired(facts: Facts) -> list[Record]:
    """A component or a kubelet stopped renewing its lease while others went on."""
    leases = [o for o in facts.objects if o.kind == "Lease" and o.renewed_at is not None]
    newest = max((o.renewed_at for o in leases if o.renewed_at), default=None)
    out = []
    for lease in sorted({(o.namespace, o.name): o for o in leases}.values(), key=lambda o: (o.namespace or "", o.name)):
        if lease.namespace == NODE_LEASES or lease.name in COMPONENTS:
            behind = _behind(lease, newest, facts.present)
            record = _expired(facts, lease, behind) if behind is not None else None
            out += [record] if record is not None else []
    return out


def pods_unseen_by_scheduler(facts: Facts) -> list[Record]:
    """A pod has waited for minutes, and no scheduler has said a word about it."""
    schedulers = scheduler_pods(facts)
    unseen = unscheduled(facts)
    if not unseen or not all(map(facts.is_down, schedulers)):
        return []
    others = f" and {len(unseen) - 1} more pods" if len(unseen) > 1 else ""
    message = (
        f"no scheduler has looked at pod {unseen[0].name}{others}: there is no node, no condition and no event of "
        "scheduling, minutes after creation"
    )
    about = schedulers[0] if schedulers else Owner(unseen[0].namespace or "", unseen[0].name)
    cites = [quote(r) for r in [*last_errors(facts, about), *map(_of_pod, unseen[:5])]]
    return [replace(derived("UnseenByScheduler", message, _of_pod(unseen[0]), about, cites), node=None)]


def deployments_unseen_by_controllers(facts: Facts) -> list[Record]:
    """A Deployment has existed for minutes, and no controller has written a word into its status."""
    if any(r.name == COMPONENTS[1] or COMPONENTS[1] in r.message for r in leases_expired(facts)):
        return []  # the lease says it for all of them
    out = []
    for thing in facts.objects:
        if thing.kind != "Deployment" or not thing.replicas or thing.conditions or thing.ready_replicas is not None:
            continue
        if not _is_old(thing.created_at, facts.present) or _has_child(facts, thing):
            continue
        message = (
            f"Deployment {thing.name} wants {thing.replicas} replicas, and minutes after its creation no controller "
            "has made a ReplicaSet of it or set its status"
        )
        about = Owner(thing.namespace or "")
        record = derived("UnseenByControllers", message, _of_object(thing), about)
        out.append(replace(record, kind=thing.kind, name=thing.name))
    return out


def unscheduled(facts: Facts) -> list[Pod]:
    """Pods, as objects, that no scheduler has looked at in minutes."""
    return [
        p
        for p in facts.pods
        if p.uid
        and p.phase == "Pending"
        and p.node is None
        and p.is_scheduled is None
        and _is_old(p.created_at, facts.present)
        and not any(r.reason in ("FailedScheduling", "Scheduled") for r in facts.pod_records(_owner(p)))
    ]


def scheduler_pods(facts: Facts) -> list[Owner]:
    """The schedulers among the pods."""
    return [_owner(p) for p in facts.pods if _SCHEDULER.match(p.name)]


def _behind(lease: Object, newest: dt.datetime | None, present: dt.datetime | None) -> dt.timedelta | None:
    """How long the lease has not been renewed, if too long."""
    if lease.renewed_at is None or newest is None:
        return None
    if newest - lease.renewed_at > EXPIRED:
        return newest - lease.renewed_at
    return present - lease.renewed_at if present is not None and present - lease.renewed_at > ALONE else None


def _expired(facts: Facts, lease: Object, behind: dt.timedelta) -> Record | None:
    minutes = int(behind.total_seconds()) // 60
    told = f"the lease {lease.namespace}/{lease.name} was last renewed {minutes} min before this was collected"
    if lease.namespace != NODE_LEASES:
        pods = [_owner(p) for p in facts.pods if p.name.startswith(f"{lease.name}-")]
        failing = [o for o in pods if facts.is_down(o)]
        about = next(iter(failing or pods), Owner(lease.namespace or ""))
        cites = [quote(r) for r in last_errors(facts, about)]
        record = derived("ComponentLeaseExpired", f"{told}: no {lease.name} leads", _of_object(lease), about, cites)
        return record if about.pod else replace(record, kind="Lease", name=lease.name)
    node = facts.node(lease.name)
    if facts.nodes and (node is None or node_problem(node) is None):
        return None  # it is gone, or says that it is well
    record = derived("NodeLeaseExpired", f"{told}: its kubelet has stopped", _of_object(lease), Owner(""))
    return replace(record, kind="Node", name=lease.name, node=lease.name)


def _has_child(facts: Facts, thing: Object) -> bool:
    children: Sequence[Object] = facts.objects_of("ReplicaSet", thing.namespace or "")
    return any(c.owner_name == thing.name for c in children)


def _is_old(created: dt.datetime | None, present: dt.datetime | None) -> bool:
    return created is not None and present is not None and present - created > UNSEEN


def _owner(pod: Pod) -> Owner:
    return Owner(pod.namespace or "", pod.name)


def _of_pod(pod: Pod) -> Record:
    return Record(source="object", message=f"pod {pod.name} is Pending", path=pod.path, line=pod.line, text=pod.text)


def _of_object(thing: Object) -> Record:
    return Record(
        source="object", message=f"{thing.kind} {thing.name}", path=thing.path, line=thing.line, text=thing.text
    )
