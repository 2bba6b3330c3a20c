"""Failing containers are led back to the pods that they call and that are down."""

from __future__ import annotations

import json
from typing import Any

from deriving import CRASHING, RUNNING, container, event, listing, log, pod

from analyzer.analysis import analyze_bundle
from analyzer.bundle import Bundle
from analyzer.derive import LINES
from analyzer.derive.dependents import dependencies
from analyzer.derive.facts import Facts
from analyzer.ingest import ingest
from analyzer.screen import Screen
from patterns.load import load_library


def service(name: str) -> dict[str, Any]:
    ports = [{"port": 5432, "protocol": "TCP", "targetPort": 5432}]
    spec = {"selector": {"app": name}, "ports": ports}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"namespace": "shop", "name": name}, "spec": spec}


def member(app: str, status: dict[str, Any], name: str | None = None, namespace: str = "shop") -> dict[str, Any]:
    more = {"labels": {"app": app}, "namespace": namespace}
    return pod({app: (container(app), status)}, name=name or f"{app}-0", metadata=more)


def found(*things: dict[str, Any], **logs: str) -> list[tuple[str, str, str]]:
    """(calling pod, calling container, called pod)."""
    files = {"all.json": listing(*things)} | {f"{n.replace('_', '-')}.log": text for n, text in logs.items()}
    bundle = Bundle.of_files({path: text.encode() for path, text in files.items()})
    facts = Facts.of(ingest(bundle, Screen.build(LINES)))
    return [(d.caller.pod, d.caller.container, d.pod.pod) for d in dependencies(facts)]


def refused(host: str) -> str:
    return log(f"FATAL dial tcp: connect to {host}:5432: connection refused")


def test_a_caller_is_led_to_the_pod_behind_the_service() -> None:
    things = (member("api", CRASHING), member("db", CRASHING), service("db"), service("api"))
    assert found(*things, api_0_api=refused("db")) == [("api-0", "api", "db-0")]


def test_a_service_with_a_pod_that_is_well_is_not_to_blame() -> None:
    things = (member("api", CRASHING), member("db", CRASHING), member("db", RUNNING, "db-1"), service("db"))
    assert found(*things, api_0_api=refused("db")) == []


def test_the_name_of_a_pod_tells_where_the_bundle_lacks_the_service() -> None:
    assert found(member("api", CRASHING), member("db", CRASHING), api_0_api=refused("db")) == [("api-0", "api", "db-0")]


def test_of_two_that_call_each_other_the_later_to_fail_is_the_caller() -> None:
    early = event("BackOff", "Back-off restarting failed container", "db", name="db-0")
    late = event("BackOff", "Back-off restarting failed container", "api", name="api-0")
    late |= {"firstTimestamp": "2026-03-14T09:15:00Z"}
    things = (member("api", CRASHING), member("db", CRASHING), service("db"), service("api"), early, late)
    assert found(*things, api_0_api=refused("db"), db_0_db=refused("api")) == [("api-0", "api", "db-0")]


def test_a_lookup_without_an_answer_leads_to_the_dns_servers() -> None:
    dns = member("coredns", CRASHING, "coredns-6d4b75cb6d-x2k9p", "kube-system")
    line = "lookup db on 10.96.0.10:53: read udp 10.1.2.3:41822->10.96.0.10:53: i/o timeout"
    assert found(member("api", CRASHING), dns, api_0_api=log(line)) == [("api-0", "api", "coredns-6d4b75cb6d-x2k9p")]


def test_a_name_that_does_not_exist_is_an_answer() -> None:
    dns = member("coredns", CRASHING, "coredns-6d4b75cb6d-x2k9p", "kube-system")
    assert found(member("api", CRASHING), dns, api_0_api=log("lookup bd on 10.96.0.10:53: no such host")) == []


def test_a_line_about_an_image_belongs_to_the_one_container_that_waits_for_it() -> None:
    line = (
        'E0314 09:20:21.100000    1234 kuberuntime_image.go:53] "Failed to pull image" err="rpc error: code = NotFound '
        'desc = not found" image="registry.example/relay:2"'
    )
    waits = {"restartCount": 0, "ready": False, "state": {"waiting": {"reason": "ImagePullBackOff"}}, "lastState": {}}
    spec = {**container("relay"), "image": "registry.example/relay:2"}
    made = pod({"relay": (spec, waits), "app": (container("app"), RUNNING)})
    files = {"pod.json": json.dumps(made), "kubelet.log": line + "\n" + line.replace("relay:2", "relay:21") + "\n"}
    bundle = Bundle.of_files({path: text.encode() for path, text in files.items()})
    facts = Facts.of(ingest(bundle, Screen.build((*LINES, "Failed to pull image"))))
    told = [o.container for o, r in facts.owned_records() if r.source == "kubelet_log"]
    assert told == ["relay", ""]


def test_the_cluster_address_of_a_service_is_as_good_as_its_name() -> None:
    made = service("db")
    made["spec"]["clusterIP"] = "10.96.4.9"
    things = (member("api", CRASHING), member("db", CRASHING), made)
    assert found(*things, api_0_api=refused("10.96.4.9")) == [("api-0", "api", "db-0")]


def serving(app: str, status: dict[str, Any], image: str, *ports: int) -> dict[str, Any]:
    spec = {**container(app, ports=[{"containerPort": p} for p in ports]), "image": image}
    return pod({app: (spec, status)}, name=f"{app}-0", metadata={"labels": {"app": app}})


def test_a_refused_port_leads_to_the_one_pod_of_the_namespace_that_serves_it() -> None:
    db = serving("store", CRASHING, "registry.example/store:1", 5432)
    assert found(member("api", CRASHING), db, api_0_api=refused("10.96.4.9")) == [("api-0", "api", "store-0")]
    assert found(member("api", CRASHING), db, api_0_api=refused("127.0.0.1")) == []


def test_an_image_that_declares_no_port_serves_the_one_its_program_is_known_for() -> None:
    db = serving("store", CRASHING, "registry.example/postgresql:15")
    assert found(member("api", CRASHING), db, api_0_api=refused("10.96.4.9")) == [("api-0", "api", "store-0")]
    other = serving("store", CRASHING, "registry.example/redis:7")
    assert found(member("api", CRASHING), other, api_0_api=refused("10.96.4.9")) == []


NO_NETWORK = "dial tcp 10.96.0.10:53: i/o timeout"


def test_a_pod_without_network_is_led_to_the_network_agent_of_its_node() -> None:
    agent = member("calico-node", CRASHING, "calico-node-7xk2p", "kube-system")
    assert found(member("api", CRASHING), agent, api_0_api=log(NO_NETWORK)) == [("api-0", "api", "calico-node-7xk2p")]


def test_the_network_agent_of_another_node_is_not_to_blame() -> None:
    agent = member("calico-node", CRASHING, "calico-node-7xk2p", "kube-system")
    agent["spec"]["nodeName"] = "node-2"
    assert found(member("api", CRASHING), agent, api_0_api=log(NO_NETWORK)) == []


def unseen(name: str) -> dict[str, Any]:
    made = member("api", {}, name)
    made["spec"].pop("nodeName")
    made["status"] = {"phase": "Pending"}
    return made


def test_a_pod_that_nobody_scheduled_is_led_to_the_scheduler_that_is_down() -> None:
    at = event("Started", "Started container x", name="other-0")
    scheduler = member("kube-scheduler", CRASHING, "kube-scheduler-cp-1", "kube-system")
    assert found(unseen("api-0"), scheduler, at) == [("api-0", "", "kube-scheduler-cp-1")]
    well = member("kube-scheduler", RUNNING, "kube-scheduler-cp-1", "kube-system")
    assert found(unseen("api-0"), well, at) == []


def test_a_listing_without_namespaces_joins_a_qualified_name_with_its_pods() -> None:
    pods = "NAME    READY   STATUS              RESTARTS     AGE\n"
    pods += (
        "api-0   0/1     CrashLoopBackOff    7 (2m ago)   13m\ndb-0    0/1     ContainerCreating   0            13m\n"
    )
    events = "LAST SEEN   TYPE      REASON        OBJECT     MESSAGE\n"
    said = 'MountVolume.SetUp failed for volume "init" : configmap "db-init" not found'
    events += f"50s         Warning   FailedMount   pod/db-0   {said}\n"
    unknown = "getaddrinfo ENOTFOUND db-0.db.shop.svc.cluster.local\n"
    files = {"get-pods.txt": pods, "events.txt": events, "logs/api.log": unknown}
    bundle = Bundle.of_files({path: text.encode() for path, text in files.items()})
    first = analyze_bundle(bundle, load_library()).causes[0]
    assert (first.cause, first.about.name) == ("configmap-missing", "db-0")
