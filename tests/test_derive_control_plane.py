"""Leases that nobody renews, and work that nobody takes up."""

from __future__ import annotations

from typing import Any

from deriving import CRASHING, RUNNING, container, event, listing, messages, of, pod


def lease(name: str, renewed: str, namespace: str = "kube-system") -> dict[str, Any]:
    return {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {"namespace": namespace, "name": name},
        "spec": {"holderIdentity": "cp-1_0c8c2a11", "renewTime": f"2026-03-14T{renewed}.101010Z"},
    }


def component(name: str, status: dict[str, Any]) -> dict[str, Any]:
    return pod({name: (container(name), status)}, name=f"{name}-cp-1", metadata={"namespace": "kube-system"})


def node(name: str, *, ready: str) -> dict[str, Any]:
    conditions = [{"type": "Ready", "status": ready, "reason": "x", "message": "y"}]
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}, "status": {"conditions": conditions}}


OLD, NEW = "08:30:00", "09:29:58"


def test_a_component_that_alone_does_not_renew_its_lease_is_told() -> None:
    (told,) = of(
        "ComponentLeaseExpired",
        {"leases.json": listing(lease("kube-scheduler", NEW), lease("kube-controller-manager", OLD))},
    )
    assert told.message == (
        "the lease kube-system/kube-controller-manager was last renewed 59 min before this was collected: no "
        "kube-controller-manager leads"
    )
    assert "renewTime" in told.text


def test_the_expired_lease_is_told_of_the_components_own_pod() -> None:
    leases = listing(lease("kube-scheduler", OLD), lease("kube-controller-manager", NEW))
    files = {"leases.json": leases, "pod.json": component("kube-scheduler", CRASHING)}
    (told,) = of("ComponentLeaseExpired", files)
    assert (told.namespace, told.name) == ("kube-system", "kube-scheduler-cp-1")


def test_leases_renewed_within_seconds_say_nothing() -> None:
    leases = listing(lease("kube-scheduler", NEW), lease("kube-controller-manager", "09:29:41"))
    assert messages("ComponentLeaseExpired", {"leases.json": leases}) == []


def test_a_lease_of_a_program_of_the_users_own_is_left_alone() -> None:
    leases = listing(lease("kube-scheduler", NEW), lease("some-operator-lock", OLD))
    assert messages("ComponentLeaseExpired", {"leases.json": leases}) == []


def node_leases(*renewed: str) -> str:
    return listing(*(lease(f"worker-{i}", at, "kube-node-lease") for i, at in enumerate(renewed)))


def test_a_kubelet_that_stopped_renewing_is_told_where_its_node_is_not_ready() -> None:
    nodes = listing(node("worker-0", ready="True"), node("worker-1", ready="Unknown"))
    (told,) = of("NodeLeaseExpired", {"leases.json": node_leases(NEW, OLD), "nodes.json": nodes})
    assert (told.kind, told.name) == ("Node", "worker-1")


def test_the_lease_of_a_node_that_is_gone_or_well_is_a_leftover() -> None:
    nodes = listing(node("worker-0", ready="True"))
    assert messages("NodeLeaseExpired", {"leases.json": node_leases(NEW, OLD), "nodes.json": nodes}) == []


def test_describe_prints_the_lease_too() -> None:
    text = """\
Name:               worker-{0}
Roles:              <none>
Unschedulable:      false
Lease:
  HolderIdentity:  worker-{0}
  AcquireTime:     <unset>
  RenewTime:       Sat, 14 Mar 2026 {1} +0000
Conditions:
  Type    Status    LastHeartbeatTime                 LastTransitionTime                Reason              Message
  ----    ------    -----------------                 ------------------                ------              -------
  Ready   {2}   Sat, 14 Mar 2026 09:29:00 +0000   Sat, 14 Mar 2026 08:00:00 +0000   NodeStatusUnknown   x
"""
    described = text.format(0, NEW, "True") + "\n\n" + text.format(1, OLD, "Unknown")
    assert len(messages("NodeLeaseExpired", {"nodes.txt": described})) == 1


LATER = event("Started", "Started container x", name="other-0")


def unseen(**more: Any) -> dict[str, Any]:
    made = pod({"app": (container("app"), {})}, **more)
    made["spec"].pop("nodeName")
    made["status"] = {"phase": "Pending"}
    return made


def test_a_pod_without_a_word_from_any_scheduler_is_told() -> None:
    (told,) = messages("UnseenByScheduler", {"pod.json": unseen(), "events.json": listing(LATER)})
    assert told.startswith("no scheduler has looked at pod web-0: there is no node, no condition and no event")


def test_a_scheduler_that_is_well_has_its_reasons() -> None:
    files = {"pods.json": listing(unseen(), component("kube-scheduler", RUNNING)), "events.json": listing(LATER)}
    assert messages("UnseenByScheduler", files) == []


def test_a_pod_that_was_just_created_may_still_be_seen() -> None:
    young = unseen(metadata={"creationTimestamp": "2026-03-14T09:20:30Z"})
    assert messages("UnseenByScheduler", {"pod.json": young, "events.json": listing(LATER)}) == []


def deployment(**status: Any) -> dict[str, Any]:
    metadata = {"namespace": "shop", "name": "cart", "creationTimestamp": "2026-03-14T08:00:00Z"}
    spec = {"replicas": 2, "selector": {"matchLabels": {"app": "cart"}}}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec, "status": status}


def test_a_deployment_that_no_controller_took_up_is_told() -> None:
    files = {"deployments.json": listing(deployment()), "events.json": listing(LATER)}
    assert len(messages("UnseenByControllers", files)) == 1


def test_a_deployment_with_conditions_was_seen() -> None:
    seen = deployment(conditions=[{"type": "Progressing", "status": "True"}])
    assert messages("UnseenByControllers", {"d.json": listing(seen), "events.json": listing(LATER)}) == []
