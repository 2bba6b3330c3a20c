"""What a failing part of the cluster leaves undone elsewhere follows from it, told by events and logs alone."""

from __future__ import annotations

import pytest

from analyzer.analysis import analyze_bundle
from analyzer.bundle import Bundle
from analyzer.diagnosis import Diagnosis, ObjectRef
from analyzer.providers import provides
from patterns.load import load_library

HEAD = "NAMESPACE   LAST SEEN   TYPE      REASON   OBJECT   MESSAGE\n"
NO_IMAGE = (
    "calico-system   1m   Warning   Failed   pod/calico-node-4k5l6   "
    'Failed to pull image "docker.io/calico/node:v3.27.2": toomanyrequests: You have reached your pull rate limit.\n'
)
NO_NETWORK = (
    "shop   2m   Warning   NetworkNotReady   pod/menu-2j3k4   network is not ready: container runtime network not "
    "ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: "
    "cni plugin not initialized\n"
)
NO_RULES = 'E0312 08:12:01.990113       1 proxier.go:1484] "Failed to execute iptables-restore" err="exit status 1"\n'


def diagnosed(files: dict[str, str]) -> Diagnosis:
    return analyze_bundle(Bundle.of_files({path: text.encode() for path, text in files.items()}), load_library())


def test_nodes_without_network_follow_from_the_image_that_the_network_agent_cannot_pull() -> None:
    found = diagnosed({"events.txt": HEAD + NO_NETWORK + NO_IMAGE})
    assert [c.cause for c in found.causes] == ["image-pull-network"]
    assert [s.title for s in found.causes[0].chain if s.role == "mechanism"] == ["Pod network could not be set up"]


def test_another_image_that_cannot_be_pulled_does_not_take_the_network_away() -> None:
    found = diagnosed({"events.txt": HEAD + NO_NETWORK + NO_IMAGE.replace("calico-node", "report")})
    assert {c.cause for c in found.causes} == {"image-pull-network", "cni-failure"}


def test_of_a_network_agent_and_a_dns_server_that_miss_each_other_one_is_the_cause() -> None:
    rows = (
        "kube-system   2m   Warning   FailedCreatePodSandBox   pod/coredns-5d78c9869d-x2x7k   Failed to create pod "
        'sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "7c1de0a4": plugin '
        'type="calico" failed (add): stat /var/lib/calico/nodename: no such file or directory\n'
        "kube-system   2m   Warning   BackOff   pod/calico-node-abcde   Back-off restarting failed container "
        "calico-node in pod calico-node-abcde\n"
    )
    line = (
        "2026-03-14 09:00:00.000 [FATAL][8] startup.go 1: lookup api.cluster.example on 10.96.0.10:53: "
        "read udp 10.0.0.4:5353->10.96.0.10:53: i/o timeout\n"
    )
    log = "namespaces/kube-system/pods/calico-node-abcde/calico-node/calico-node/logs/previous.log"
    found = diagnosed({"events.txt": HEAD + rows, log: line})
    assert [(c.cause, c.about.name) for c in found.causes] == [("dns-failure", "calico-node-abcde")]
    assert found.unexplained == ()


def called(address: str) -> dict[str, str]:
    line = f"2026-03-12T08:13:40Z ERROR upstream: Post {address}: connect: connection refused\n"
    return {"logs/kube-proxy.log": NO_RULES, "logs/menu.log": line}


def test_a_service_that_cannot_be_reached_follows_from_kube_proxy() -> None:
    found = diagnosed(called('"http://store.shop.svc.cluster.local/reserve": dial tcp 10.103.44.7:80'))
    assert [c.cause for c in found.causes] == ["control-plane-component-down"]


def test_an_address_outside_the_cluster_does_not() -> None:
    found = diagnosed(called('"http://store.example.com/reserve": dial tcp 203.0.113.7:80'))
    assert {c.cause for c in found.causes} == {"control-plane-component-down", "dependency-unreachable"}


AGENT = ObjectRef(namespace="kube-system", kind="Pod", name="cilium-8dbzk", node="worker-1")


@pytest.mark.parametrize(
    ("about", "cause", "is_behind"),
    [
        (ObjectRef(namespace="shop", kind="Pod", name="menu-0", node="worker-1"), "cni-failure", True),
        (ObjectRef(namespace="shop", kind="Pod", name="menu-0", node="worker-2"), "cni-failure", False),
        (ObjectRef(namespace="shop", kind="Pod", name="menu-0"), "mount-failed", False),
        (ObjectRef(namespace="kube-system", kind="Pod", name="cilium-xk2p7"), "cni-failure", False),
    ],
)
def test_a_network_agent_serves_its_own_node(about: ObjectRef, cause: str, is_behind: bool) -> None:
    assert provides(AGENT, about, cause, "network is not ready") is is_behind


def test_pods_that_wait_for_their_nodes_to_be_initialized_follow_from_the_cloud_controller() -> None:
    taint = "node.cloudprovider.kubernetes.io/uninitialized: true"
    waiting = "".join(
        f"shop   1m   Warning   FailedScheduling   pod/{pod}   0/3 nodes are available: 3 node(s) had untolerated "
        f"taint {{{taint}}}. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.\n"
        for pod in ("menu-0", "store-0")
    )
    log = {
        "logs/cloud-controller-manager.log": "E0312 08:00:01.100012 1 node.go:2] the token you provided is not valid\n"
    }
    assert [c.cause for c in diagnosed({"events.txt": HEAD + waiting, **log}).causes] == ["credentials-rejected"]
    other = {"events.txt": HEAD + waiting.replace(taint, "dedicated: gpu"), **log}
    assert {c.cause for c in diagnosed(other).causes} == {"credentials-rejected", "placement-constraint"}


def test_pods_without_room_follow_from_the_machine_that_the_account_may_not_have() -> None:
    full = (
        "shop   2m   Warning   FailedScheduling   pod/menu-1   0/5 nodes are available: 5 Insufficient cpu. "
        "preemption: 0/5 nodes are available: 5 No preemption victims found for incoming pod.\n"
    )
    limit = (
        "machines   4m   Warning   FailedCreate   machine/worker-b   error launching instance: You have requested more "
        "vCPU capacity than your current vCPU limit of 32 allows for the instance bucket.\n"
    )
    assert [c.cause for c in diagnosed({"events.txt": HEAD + full}).causes] == ["insufficient-resources"]
    (cause,) = diagnosed({"events.txt": HEAD + full + limit}).causes
    assert cause.cause == "quota-exceeded"
