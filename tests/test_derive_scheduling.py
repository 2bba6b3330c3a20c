from __future__ import annotations

from typing import Any

from deriving import container, derived, event, listing, messages, pod

NO_ROOM = event("FailedScheduling", "0/2 nodes are available: 2 Insufficient cpu.", count=14)


def node(name: str, cpu: str, memory: str = "8Gi") -> dict[str, Any]:
    allocatable = {"cpu": cpu, "memory": memory, "pods": "110"}
    conditions = [{"type": "Ready", "status": "True", "reason": "KubeletReady"}]
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name},
        "status": {"allocatable": allocatable, "capacity": allocatable, "conditions": conditions},
    }


def asks(name: str, cpu: str, **more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    return container(name, resources={"requests": {"cpu": cpu}}, **more), {}


def pending(containers: dict[str, Any], inits: dict[str, Any] | None = None) -> dict[str, Any]:
    made = pod(containers, inits)
    del made["spec"]["nodeName"]
    condition = {
        "type": "PodScheduled",
        "status": "False",
        "reason": "Unschedulable",
        "message": NO_ROOM["message"],
    }
    made["status"] = {"phase": "Pending", "conditions": [condition]}
    return made


def bundle(made: dict[str, Any], *nodes: dict[str, Any]) -> dict[str, Any]:
    return {"pod.json": made, "nodes.json": listing(*nodes), "events.json": listing(NO_ROOM)}


def test_the_requests_of_all_containers_together_exceed_the_largest_node() -> None:
    made = pending({"api": asks("api", "500m"), "fluentd": asks("fluentd", "2")})
    assert messages("PodRequestsExceedNodes", bundle(made, node("node-1", "1930m"), node("node-2", "940m"))) == [
        "pod web-0 requests api 500m + fluentd 2000m = 2500m of cpu, and the largest node, node-1, has 1930m "
        "allocatable"
    ]


def test_a_pod_that_fits_on_one_node_is_not_told() -> None:
    made = pending({"api": asks("api", "500m"), "fluentd": asks("fluentd", "1")})
    assert derived(bundle(made, node("node-1", "1930m"), node("node-2", "940m"))) == []


def test_an_init_container_counts_alone_when_it_asks_more_than_all_others() -> None:
    made = pending({"api": asks("api", "500m")}, {"migrate": asks("migrate", "3")})
    assert messages("PodRequestsExceedNodes", bundle(made, node("node-1", "2"))) == [
        "pod web-0 requests migrate 3000m of cpu, and the largest node, node-1, has 2000m allocatable"
    ]


def test_a_native_sidecar_counts_beside_the_containers() -> None:
    mesh = asks("mesh", "600m", restartPolicy="Always")
    made = pending({"api": asks("api", "1500m")}, {"mesh": mesh})
    assert messages("PodRequestsExceedNodes", bundle(made, node("node-1", "2"))) == [
        "pod web-0 requests mesh 600m + api 1500m = 2100m of cpu, and the largest node, node-1, has 2000m allocatable"
    ]


def test_without_nodes_nothing_is_claimed() -> None:
    assert derived({"pod.json": pending({"api": asks("api", "64")}), "events.json": listing(NO_ROOM)}) == []
