"""Events of the API in both of its versions."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import orjson
import pytest

from analyzer import analysis
from analyzer.bundle import Bundle
from analyzer.ingest import objects
from analyzer.model import Record
from analyzer.placement import Placement
from patterns.load import load_library

FLAT = Placement(layout="flat", why="test")
PEER = (
    Path(__file__).resolve().parents[2]
    / "shared"
    / "peers/insights-core-parser-inputs/insights/tests/parsers/test_openshift_get.OC_GET_EVENT.txt"
)

CORE = """\
apiVersion: v1
items:
- apiVersion: v1
  count: 7
  eventTime: null
  firstTimestamp: "2024-03-05T09:10:00Z"
  involvedObject:
    apiVersion: v1
    fieldPath: spec.initContainers{fetch}
    kind: Pod
    name: shop-0
    namespace: web
  kind: Event
  lastTimestamp: "2024-03-05T09:19:00Z"
  message: Back-off restarting failed container fetch in pod shop-0_web(1)
  metadata:
    creationTimestamp: "2024-03-05T09:10:00Z"
    name: shop-0.17b9
    namespace: web
  reason: BackOff
  source:
    component: kubelet
    host: worker-1
  type: Warning
- apiVersion: v1
  involvedObject:
    kind: Node
    name: worker-1
    uid: worker-1
  kind: Event
  lastTimestamp: "2024-03-05T09:21:00Z"
  message: |-
    System OOM encountered, victim process: java
    pid: 4711
  metadata:
    name: worker-1.17b9
    namespace: default
  reason: SystemOOM
  source:
    component: kubelet
    host: worker-1
  type: Warning
kind: List
metadata:
  resourceVersion: ""
"""


def read(text: str) -> tuple[Record, ...]:
    found = objects.parse(text.encode(), "events.yaml", FLAT)
    assert found.unparsed == 0
    return found.records


def event(fields: str) -> Record:
    (record,) = read("kind: Event\nreason: R\nmessage: m\n" + fields)
    return record


def at(minute: int) -> dt.datetime:
    return dt.datetime(2024, 3, 5, 9, minute, tzinfo=dt.UTC)


def test_a_core_event_keeps_object_container_node_and_counts() -> None:
    record = read(CORE)[0]
    assert (record.source, record.level, record.reason, record.count) == ("event", "warning", "BackOff", 7)
    assert (record.namespace, record.kind, record.name, record.container) == ("web", "Pod", "shop-0", "fetch")
    assert (record.node, record.first_timestamp, record.timestamp) == ("worker-1", at(10), at(19))
    assert record.message == "Back-off restarting failed container fetch in pod shop-0_web(1)"
    assert (record.line, record.text) == (15, "  message: " + record.message)


def test_an_event_about_a_node_has_no_namespace_and_a_block_message_is_found() -> None:
    record = read(CORE)[1]
    assert (record.namespace, record.kind, record.name, record.node) == (None, "Node", "worker-1", "worker-1")
    assert record.message == "System OOM encountered, victim process: java\npid: 4711"
    assert (record.line, record.text) == (33, "    System OOM encountered, victim process: java")


def test_events_of_the_newer_api_are_read_by_their_own_names() -> None:
    record = event(
        "apiVersion: events.k8s.io/v1\nregarding: {kind: Pod, name: p, namespace: n, fieldPath: 'spec.containers{c}'}\n"
        'eventTime: "2024-03-05T09:01:00.123456Z"\nreportingController: kubelet\nreportingInstance: worker-2\n'
        'series: {count: 12, lastObservedTime: "2024-03-05T09:05:00.000000Z"}\ntype: Warning\n'
    )
    assert (record.kind, record.name, record.namespace, record.container) == ("Pod", "p", "n", "c")
    assert (record.count, record.timestamp, record.node) == (12, at(5), "worker-2")
    assert record.first_timestamp == dt.datetime(2024, 3, 5, 9, 1, 0, 123456, tzinfo=dt.UTC)


def test_a_note_is_the_message_of_the_newer_api() -> None:
    text = (
        'apiVersion: events.k8s.io/v1\nkind: Event\nnote: "said \\"no\\""\nreason: R\nregarding: {kind: Pod, name: p}\n'
    )
    (record,) = read(text)
    assert (record.message, record.line) == ('said "no"', 3)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ('eventTime: "2024-03-05T09:02:00Z"\nfirstTimestamp: "2024-03-05T09:01:00Z"\n', at(2)),
        ('firstTimestamp: "2024-03-05T09:01:00Z"\nlastTimestamp: null\n', at(1)),
        ('lastTimestamp: "0001-01-01T00:00:00Z"\nmetadata: {creationTimestamp: "2024-03-05T09:03:00Z"}\n', at(3)),
        ('deprecatedLastTimestamp: "2024-03-05T09:04:00Z"\n', at(4)),
        ("lastTimestamp: null\n", None),
        ("lastTimestamp: yesterday\n", None),
    ],
)
def test_the_time_is_the_last_occurrence_or_the_next_best(fields: str, expected: dt.datetime | None) -> None:
    assert event(fields).timestamp == expected


def test_an_event_without_a_count_happened_once() -> None:
    assert event("count: 0\n").count == 1
    assert event("deprecatedCount: 5\n").count == 5


def test_the_compact_events_of_insights_archives_are_events() -> None:
    text = (
        '{\n  "items":[\n    {\n      "namespace":"n",\n      "lastTimestamp":"2023-06-14T13:05:44+02:00",\n'
        '      "reason":"FailedCreate",\n      "message":"requeue in: 45s",\n      "type":"Warning"\n    }\n  ]\n}\n'
    )
    (record,) = read(text)
    assert (record.namespace, record.kind, record.reason, record.line) == ("n", None, "FailedCreate", 7)
    assert record.timestamp == dt.datetime(2023, 6, 14, 11, 5, 44, tzinfo=dt.UTC)


def test_audit_events_are_no_events() -> None:
    assert read("apiVersion: audit.k8s.io/v1\nkind: Event\nlevel: Metadata\n") == ()


def test_first_and_last_time_of_the_file_are_known() -> None:
    found = objects.parse(CORE.encode(), "events.yaml", FLAT)
    assert (found.first_timestamp, found.last_timestamp) == (at(10), at(21))


@pytest.mark.skipif(not PEER.is_file(), reason="the peers' test inputs are not on this machine")
def test_a_peers_list_of_events_is_read_whole() -> None:
    raw = PEER.read_bytes()
    found = objects.parse(raw, "events", FLAT)
    assert found.unparsed == 0
    assert len(found.records) == raw.count(b"kind: Event")
    first = found.records[0]
    assert (first.container, first.count, first.reason, first.node) == ("busybox", 5613, "Pulling", "node2")


def test_an_event_in_the_envelope_of_a_watch_is_read() -> None:
    inner = '{"kind": "Event", "reason": "OOMKilling", "message": "Killed process 7 (kubectl)", "involvedObject": {}}'
    for envelope in ('{"type": "ADDED", "object": %s}', '{"verb": "UPDATED", "event": %s}'):
        found = objects.parse((envelope % inner).encode(), "events.json", FLAT)
        assert [(r.reason, r.message) for r in found.records] == [("OOMKilling", "Killed process 7 (kubectl)")]


def test_an_event_that_a_watch_saw_deleted_is_not_read() -> None:
    text = b'{"type": "DELETED", "object": {"kind": "Event", "reason": "Failed", "message": "x", "involvedObject": {}}}'
    assert objects.parse(text, "events.json", FLAT).records == ()


def test_a_page_of_events_counts_only_what_the_events_do_not_say() -> None:
    page = (Path(__file__).resolve().parent.parent / "samples/formats/event_page/event-filter.html").read_bytes()
    message = 'MountVolume.SetUp failed for volume "config" : configmap "web-config" not found'
    event = {
        "apiVersion": "v1", "kind": "Event", "metadata": {"name": "e", "namespace": "shop"}, "reason": "FailedMount",
        "involvedObject": {"kind": "Pod", "name": "web-6d5f4c7b9d-x2k8p", "namespace": "shop"}, "message": message,
        "count": 7, "lastTimestamp": "2024-03-05T07:10:00Z",
    }  # fmt: skip
    files = {"mg/event-filter.html": page, "mg/image/event-filter.html": page, "mg/image/e.json": orjson.dumps(event)}
    screen = analysis.screen_of(load_library(()))
    found = analysis.read(Bundle.of_files(files), screen).records

    assert [(r.path, r.line, r.reason, r.count) for r in found if r.source == "event"] == [
        ("mg/event-filter.html", 37, "ScalingReplicaSet", 1),
        ("mg/image/e.json", 1, "FailedMount", 7),
    ]
