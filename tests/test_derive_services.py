from __future__ import annotations

from typing import Any

from deriving import CRASHING, RUNNING, WAITING_BEHIND, container, derived, event, listing, log, messages, pod

REFUSED = "FATAL: dial tcp: connect to redis:6379: connection refused"


def service(name: str, port: int = 6379, target: int | str | None = None, **selector: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"namespace": "shop", "name": name},
        "spec": {"selector": selector, "ports": [{"port": port, "protocol": "TCP", "targetPort": target or port}]},
    }


def deployment(name: str, replicas: int) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"namespace": "shop", "name": name},
        "spec": {"replicas": replicas, "selector": {"matchLabels": {"app": name}}},
    }


def backend(port: int = 6379, **labels: str) -> dict[str, Any]:
    spec = container("redis", ports=[{"name": "redis", "containerPort": port}])
    return pod({"redis": (spec, RUNNING)}, name="redis-0", metadata={"labels": labels})


def bundle(line: str, *things: dict[str, Any], status: dict[str, Any] = CRASHING) -> dict[str, Any]:
    caller = pod({"app": (container("app"), status)}, metadata={"labels": {"app": "web"}})
    return {
        "pods.json": listing(caller, *(t for t in things if t["kind"] == "Pod")),
        "services.json": listing(*(t for t in things if t["kind"] == "Service")),
        "deployments.json": listing(*(t for t in things if t["kind"] == "Deployment")),
        "web-0-app.previous.log": log(line),
    }


def test_a_dependency_scaled_to_zero_is_told() -> None:
    files = bundle(REFUSED, service("redis", app="redis"), service("web", app="web"), deployment("redis", 0))
    assert messages("DependencyScaledToZero", files) == [
        "app calls redis:6379 in vain: Deployment redis in namespace shop is scaled to 0 replicas"
    ]


def test_a_dependency_with_replicas_is_not_called_scaled_to_zero() -> None:
    files = bundle(REFUSED, service("redis", app="redis"), deployment("redis", 1), backend(app="redis"))
    assert [r.reason for r in derived(files)] == ["AppExitsNonZero"]


def test_a_service_whose_selector_no_pod_has_is_told() -> None:
    files = bundle(REFUSED, service("redis", app="redis-master"), backend(app="redis"))
    assert messages("ServiceSelectsNothing", files) == [
        "app calls redis:6379 in vain: Service redis selects app=redis-master, and no pod of namespace shop has these "
        "labels"
    ]


def test_a_target_port_that_no_container_has_is_told() -> None:
    files = bundle(REFUSED, service("redis", target=6380, app="redis"), backend(app="redis"))
    assert messages("ServicePortServesNothing", files) == [
        "app calls redis:6379 in vain: Service redis sends to port 6380, and its containers have port 6379"
    ]


def test_a_named_target_port_that_no_container_has_is_told() -> None:
    files = bundle(REFUSED, service("redis", target="tcp", app="redis"), backend(app="redis"))
    assert messages("ServicePortServesNothing", files) == [
        "app calls redis:6379 in vain: Service redis sends to the port named tcp, which no container of its pods has"
    ]


def test_a_port_that_the_service_does_not_have_is_told() -> None:
    files = bundle(REFUSED.replace("6379", "6380"), service("redis", app="redis"), backend(app="redis"))
    assert messages("ServicePortServesNothing", files) == [
        "app calls redis:6380 in vain: Service redis has port 6379 and none 6380"
    ]


def test_a_cluster_name_without_a_service_is_told_with_the_nearest_name() -> None:
    line = "dial tcp: lookup redis-master.shop.svc.cluster.local on 10.96.0.10:53: no such host"
    files = bundle(line, service("redis", app="redis"), backend(app="redis"))
    assert messages("AddressNamesNoService", files) == [
        "app calls redis-master.shop.svc.cluster.local in vain: namespace shop has no Service redis-master (it has "
        "redis)"
    ]


def test_a_name_outside_the_cluster_is_not_judged() -> None:
    line = "dial tcp: lookup api.example.com on 10.96.0.10:53: no such host"
    assert [r.reason for r in derived(bundle(line, service("redis", app="redis")))] == ["AppExitsNonZero"]


def test_an_ordinary_word_that_is_a_services_name_is_no_host() -> None:
    line = "redis pool closed: connection refused"
    files = bundle(line, service("redis", app="redis-master"), backend(app="redis"))
    assert [r.reason for r in derived(files)] == ["AppExitsNonZero"]


def test_what_a_healthy_container_once_logged_is_not_judged() -> None:
    assert derived(bundle(REFUSED, service("redis", app="nothing"), status=RUNNING)) == []


def scaled(message: str) -> dict[str, Any]:
    return event("ScalingReplicaSet", message, kind="Deployment", name="redis")


def test_a_dependency_scaled_to_zero_is_told_by_the_event_alone() -> None:
    files = bundle("waiting for redis.shop:6379: connection refused", service("web", app="web"))
    files["events.json"] = listing(scaled("Scaled down replica set redis-7c9d8f6b5d to 0 from 1"))
    del files["deployments.json"], files["services.json"]
    assert messages("DependencyScaledToZero", files) == [
        "app calls redis.shop:6379 in vain: Deployment redis in namespace shop was scaled to 0 replicas and has no pods"
    ]


def test_the_scale_down_of_a_rolling_update_is_not_a_scale_to_zero() -> None:
    files = bundle("waiting for redis.shop:6379: connection refused", backend(app="redis"))
    files["events.json"] = listing(scaled("Scaled down replica set redis-7c9d8f6b5d to 0 from 1"))
    del files["deployments.json"], files["services.json"]
    assert messages("DependencyScaledToZero", files) == []


def test_an_init_container_that_waits_is_a_caller_too() -> None:
    spec = container("wait-redis")
    made = pod({"app": (container("app"), WAITING_BEHIND)}, {"wait-redis": (spec, {**RUNNING, "ready": False})})
    files = bundle(REFUSED, service("redis", app="redis"), service("web", app="web"), deployment("redis", 0))
    files |= {"pods.json": listing(made), "web-0-wait-redis.log": log("waiting for redis:6379")}
    del files["web-0-app.previous.log"]
    assert messages("DependencyScaledToZero", files) == [
        "wait-redis calls redis:6379 in vain: Deployment redis in namespace shop is scaled to 0 replicas"
    ]


def test_a_name_that_had_an_address_names_a_service() -> None:
    """It is refused or slow; the listing may lack it for reasons of its own."""
    line = "FATAL Get http://rates.shop.svc:8080/: dial tcp 10.96.7.7:8080: i/o timeout"
    services = (service("other", app="other"), service("web", app="web"))
    assert messages("AddressNamesNoService", bundle(line, *services)) == []
    gone = "FATAL Get http://rates.shop.svc:8080/: dial tcp: lookup rates.shop.svc on 10.96.0.10:53: no such host"
    assert messages("AddressNamesNoService", bundle(gone, *services)) != []


DESCRIBED = """\
Name:              store
Namespace:         shop
Selector:          app=store,release=blue
Type:              ClusterIP
Port:              http  80/TCP
TargetPort:        8080/TCP
Endpoints:         <none>
Session Affinity:  None
"""
LISTED = "NAMESPACE   NAME      READY   STATUS    RESTARTS   AGE"


def test_a_described_service_without_endpoints_is_told_beside_pods_that_are_well() -> None:
    files = {
        "describe-svc.txt": DESCRIBED,
        "get-pods.txt": f"{LISTED}\nshop        store-0   1/1     Running   0          18m\n",
    }
    assert messages("ServiceHasNoEndpoints", files) == [
        "Service store selects app=store, release=blue, and its list of endpoints is empty"
    ]


def test_the_labels_of_a_listing_are_held_against_the_selector() -> None:
    row = "shop        store-0   1/1     Running   0          18m   app=store,release=green"
    files = {"describe-svc.txt": DESCRIBED, "get-pods.txt": f"{LISTED}   LABELS\n{row}\n"}
    assert messages("ServiceSelectsNothing", files) == [
        "Service store selects app=store, release=blue, and the pods here have app=store, release=green"
    ]
