"""Only failures that may be near a finding are asked, and none of those is missed."""

import itertools

import pytest

from analyzer.bundle import Bundle
from analyzer.case import Case
from analyzer.derive.dependents import Dependency
from analyzer.derive.facts import Facts, Owner
from analyzer.diagnosis import ObjectRef
from analyzer.failures import Failure
from analyzer.ingest import ingest
from analyzer.model import Record
from analyzer.places import Places
from analyzer.relate import nearness
from analyzer.screen import Screen

PODS = "apiVersion: v1\nkind: List\nitems:\n" + "".join(
    f"""\
- apiVersion: v1
  kind: Pod
  metadata: {{name: {name}, namespace: shop, ownerReferences: [{{kind: StatefulSet, name: db, apiVersion: apps/v1}}]}}
  spec: {{nodeName: node-1, containers: [{{name: app, image: x}}]}}
"""
    for name in ("db-0", "other")
)
ABOUTS = [
    ObjectRef(namespace=namespace, kind=kind, name=name, container=container, node=node)
    for namespace, kind, name, container, node in itertools.product(
        ("", "shop", "bank"),
        ("", "Pod", "Node", "Deployment", "ReplicaSet"),
        ("", "db-0", "other", "web-5d9c7b9f6d-abcde", "web-5d9c7b9f6d-fghjk", "node-1"),
        ("", "app"),
        ("", "node-1", "node-2"),
    )
]


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    evidence = ingest(Bundle.of_files({"pods.yaml": PODS.encode()}), Screen.build([], tmp_path_factory.mktemp("cache")))
    failed = [
        Failure(about=a, title="", reason="", weight=1.0, since=None, record_ids=(), is_state=True) for a in ABOUTS
    ]
    line = Record(source="container_log", message="", path="a.log", line=1)
    calls = (Dependency(caller=Owner("bank", "other", "app"), pod=Owner("shop", "db-0"), record=line),)
    return Case(
        facts=Facts.of(evidence), findings=(), library=None, failures=tuple(failed), files={}, dependencies=calls
    )


def test_every_failure_that_is_near_a_finding_is_among_those_around_it(case):
    places = Places.of(case)
    for about in ABOUTS:
        around = list(places.around(about))
        assert around == sorted(set(around))
        near = {i for i, failure in enumerate(case.failures) if nearness(case.facts, about, failure.about)}
        assert near <= set(around)


def test_the_callers_of_a_pod_are_around_it_and_around_its_node(case):
    places = Places.of(case)
    callers = {i for i, f in enumerate(case.failures) if (f.about.namespace, f.about.pod) == ("bank", "other")}
    assert callers <= set(places.around(ObjectRef(namespace="shop", kind="Pod", name="db-0")))
    assert callers <= set(places.around(ObjectRef(kind="Node", name="node-1", node="node-1")))
    assert not callers & set(places.around(ObjectRef(namespace="shop", kind="Pod", name="web-5d9c7b9f6d-abcde")))
