"""Tables of `kubectl get events` and `kubectl get <anything>`, as files and as pasted pieces."""

# ruff: noqa: E501 (the samples keep the width they have in the wild)

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.ingest import event_table, get_table
from analyzer.ingest.harvest import Harvest
from analyzer.placement import Placement

FLAT = Placement(layout="flat", why="test")
INCIDENTS = Path(__file__).resolve().parents[2] / "shared" / "incidents"


def events(text: str, placement: Placement = FLAT) -> Harvest:
    found = event_table.parse(text.encode(), "events.txt", placement)
    assert found.parsed + found.unparsed == found.lines == len(text.split("\n")) - 1
    return found


def table(text: str) -> Harvest:
    found = get_table.parse(text.encode(), "get.txt", FLAT)
    assert found.parsed + found.unparsed == found.lines == len(text.split("\n")) - 1
    return found


# -- kubectl get events ------------------------------------------------------------------------------


def test_todays_table() -> None:
    found = events(
        "LAST SEEN   TYPE      REASON    OBJECT                     MESSAGE\n"
        "3m20s       Warning   BackOff   pod/shop-0                 Back-off restarting failed container shop in pod x\n"
        "2d4h        Normal    Killing   persistentvolumeclaim/d    a  message   with blanks\n"
    )
    first, second = found.records
    assert (first.kind, first.name, first.reason, first.level) == ("Pod", "shop-0", "BackOff", "warning")
    assert (first.age_seconds, first.timestamp_error_seconds, first.timestamp) == (200.0, 0.5, None)
    assert (first.container, first.line) == ("shop", 2)
    assert first.text.startswith("3m20s       Warning")
    assert (second.kind, second.age_seconds, second.timestamp_error_seconds) == (
        "PersistentVolumeClaim",
        187200.0,
        1800.0,
    )
    assert second.message == "a  message   with blanks"
    assert found.unparsed == 0


def test_the_wide_table_of_all_namespaces() -> None:
    found = events(
        "NAMESPACE   LAST SEEN   TYPE      REASON      OBJECT         SUBOBJECT              SOURCE"
        "              MESSAGE                  FIRST SEEN   COUNT   NAME\n"
        "web         12m         Warning   Unhealthy   pod/shop-0     spec.containers{shop}  kubelet, worker-2"
        "   Liveness probe failed    14m          3       shop-0.17b0c0ffee12ab00\n"
        "default     39m         Normal    Starting    node/worker-2                         kubelet, worker-2"
        "   Starting kubelet.        39m          1       worker-2.17b0c0ffee12ab01\n"
    )
    first, second = found.records
    assert (first.namespace, first.container, first.node, first.count) == ("web", "shop", "worker-2", 3)
    assert (first.message, first.first_age_seconds) == ("Liveness probe failed", 840.0)
    assert (second.kind, second.name, second.namespace, second.container) == ("Node", "worker-2", None, None)


def test_the_table_of_clients_up_to_1_13() -> None:
    found = events(
        "LAST SEEN   FIRST SEEN   COUNT     NAME                      KIND         SUBOBJECT               TYPE      REASON"
        "         SOURCE                  MESSAGE\n"
        "13m         15m          4         shop-0.17a4c0ffee12ab34   Pod          spec.containers{shop}   Warning   BackOff"
        "        kubelet, worker-2       Back-off restarting\n"
        "1m          2m           1         shop-8c5.17a4c0ffee12     ReplicaSet                           Warning   FailedCreate"
        "   replicaset-controller   Error creating: quota\n"
    )
    first, second = found.records
    assert (first.age_seconds, first.first_age_seconds, first.count) == (780.0, 900.0, 4)
    assert (first.name, first.container, first.node) == ("shop-0", "shop", "worker-2")
    assert (second.kind, second.name, second.message) == ("ReplicaSet", "shop-8c5", "Error creating: quota")


def test_the_oldest_table_puts_the_first_time_first() -> None:
    found = events(
        "FIRSTSEEN   LASTSEEN   COUNT   NAME     KIND   SUBOBJECT   TYPE      REASON   SOURCE             MESSAGE\n"
        "9m          1m         5       shop-0   Pod                Warning   Failed   {kubelet node-1}   no\n"
    )
    (record,) = found.records
    assert (record.first_age_seconds, record.age_seconds, record.node) == (540.0, 60.0, "node-1")


def test_pieces_without_header_with_prompts_and_repeated_headers() -> None:
    found = events(
        "$ kubectl get events -n web\n"
        "LAST SEEN   TYPE      REASON    OBJECT       MESSAGE\n"
        "5m          Warning   Failed    pod/shop-0   Error: ErrImagePull\n"
        "LAST SEEN   TYPE      REASON    OBJECT       MESSAGE\n"
        "14h         Normal    Starting  node/n1      Starting kubelet.\n"
        "user@host:~$ kubectl get events --namespace=other\n"
        "4s          Warning   Failed    pod/x        Error: other\n"
    )
    assert [(r.namespace, r.name) for r in found.records] == [("web", "shop-0"), (None, "n1"), ("other", "x")]
    assert found.unparsed == 0


def test_further_lines_belong_to_the_message_and_a_cut_row_does_not() -> None:
    found = events(
        "LAST SEEN   TYPE      REASON      OBJECT       MESSAGE\n"
        "92s         Warning   Unhealthy   pod/db-0     Liveness probe failed: pg_isready: no response\n"
        "/tmp:5432 - no response from 'db'\n"
        "9s          Warn\n"
        "stray words\n"
    )
    (record,) = found.records
    assert record.message == ("Liveness probe failed: pg_isready: no response\n/tmp:5432 - no response from 'db'")
    assert found.unparsed == 2


@pytest.mark.parametrize("age", ["<unknown>", "<invalid>", "<nil>"])
def test_no_age_is_no_time(age: str) -> None:
    (record,) = events(f"{age}   Warning   Failed   pod/p   Error\n").records
    assert (record.age_seconds, record.timestamp, record.timestamp_error_seconds) == (None, None, 0.0)


def test_columns_of_ones_own_are_read_by_their_names() -> None:
    found = events(
        "TIME                   NAMESPACE   REASON      KIND   NAME     MESSAGE\n"
        "2024-03-05T09:00:00Z   web         Scheduled   Pod    shop-0   Successfully assigned web/shop-0 to n1\n"
        "<nil>                  web         Failed      Pod    shop-0   Error: no\n"
    )
    first, second = found.records
    assert first.timestamp is not None and first.timestamp.isoformat() == "2024-03-05T09:00:00+00:00"
    assert (first.kind, first.name, first.namespace, first.age_seconds) == ("Pod", "shop-0", "web", None)
    assert second.timestamp is None


def test_the_namespace_of_the_file_is_used_where_the_table_has_none() -> None:
    placement = Placement(layout="must-gather", why="", namespace="web")
    assert events("5m   Warning   Failed   pod/p   Error\n", placement).records[0].namespace == "web"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("LAST SEEN   TYPE      REASON    OBJECT       MESSAGE\n", True),
        ("NAMESPACE   LAST SEEN   TYPE   REASON   OBJECT   MESSAGE\n", True),
        ("$ kubectl get events\n5m   Warning   Failed   pod/p   Error\n", True),
        ("14h         Normal    Starting                  node/cp   Starting kubelet.\n", True),
        ("NAME   READY   STATUS   RESTARTS   AGE\n", False),
        ("  Warning  Failed  5s  kubelet  Error: ImagePullBackOff\n", False),
        ("Startup probe failed: HTTP probe failed with statuscode: 404\n", False),
        ("", False),
    ],
)
def test_event_tables_are_recognised(text: str, expected: bool) -> None:
    assert event_table.sniff(text, FLAT) is expected


# -- kubectl get pods, nodes, ... --------------------------------------------------------------------


def test_pods_with_their_bad_words() -> None:
    found = table(
        "$ kubectl get pods -n web -o wide\n"
        "NAME                   READY   STATUS                  RESTARTS        AGE     IP           NODE      NOMINATED NODE   READINESS GATES\n"
        "shop-7c9d8b5f4-k2x9p   1/2     CrashLoopBackOff        11 (2m27s ago)  4h      10.0.0.1     worker1   <none>           <none>\n"
        "shop-7c9d8b5f4-zzzzz   2/2     Running                 0               4h      10.0.0.2     worker1   <none>           <none>\n"
        "job-1                  0/1     Completed               0               4h      10.0.0.3     worker2   <none>           <none>\n"
        "db-0                   0/1     Init:CrashLoopBackOff   7               16m     <none>       worker2   <none>           <none>\n"
        "web-0                  0/1     Init:0/1                0               5s      <none>       worker2   <none>           <none>\n"
        "old-0                  0/1     Evicted                 0               3d      <none>       worker2   <none>           <none>\n"
    )
    assert [(p.namespace, p.name, p.is_ready) for p in found.pods] == [
        ("web", "shop-7c9d8b5f4-k2x9p", False),
        ("web", "shop-7c9d8b5f4-zzzzz", True),
        ("web", "job-1", False),
        ("web", "db-0", False),
        ("web", "web-0", False),
        ("web", "old-0", False),
    ]
    assert (found.pods[0].node, found.pods[0].owner_name, found.pods[3].ip) == ("worker1", "shop", None)
    assert [(r.source, r.name, r.reason, r.level, r.container, r.line) for r in found.records] == [
        ("container_status", "shop-7c9d8b5f4-k2x9p", "CrashLoopBackOff", "warning", None, 3),
        ("container_status", "db-0", "Init:CrashLoopBackOff", "warning", None, 6),
        ("container_status", "web-0", "Init:0/1", "info", None, 7),
        ("container_status", "old-0", "Evicted", "warning", None, 8),
    ]
    assert found.records[0].message == ("pod shop-7c9d8b5f4-k2x9p: status CrashLoopBackOff, ready 1/2, 11 restarts")
    assert (found.records[0].age_seconds, found.records[1].age_seconds) == (147.0, None)
    assert found.unparsed == 0


def test_pods_of_all_namespaces_and_a_row_without_header() -> None:
    found = table(
        "NAMESPACE     NAME      READY   STATUS         RESTARTS   AGE\n"
        "kube-system   dns-0     1/1     Running        1          3d\n"
        "web           shop-0    0/1     ErrImagePull   0          3d\n"
    )
    assert [(p.namespace, p.name) for p in found.pods] == [("kube-system", "dns-0"), ("web", "shop-0")]
    alone = table("indexer-5d8f7c6b94-q4tnz      0/1     CrashLoopBackOff             9 (4m12s ago)   31m\n")
    assert [(r.name, r.reason, r.age_seconds) for r in alone.records] == [
        ("indexer-5d8f7c6b94-q4tnz", "CrashLoopBackOff", 252.0)
    ]


def test_columns_that_were_pushed_aside_are_still_read() -> None:
    found = table(
        "NAME           STATUS                     ROLES    AGE   VERSION\n"
        "10.20.30.207   Ready,SchedulingDisabled   master   47d   v1.14.9\n"
        "10.20.30.74     NotReady                   node     47d   v1.14.9\n"
    )
    assert [(n.node, n.is_ready, n.is_unschedulable, n.kubelet_version) for n in found.nodes] == [
        ("10.20.30.207", True, True, "v1.14.9"),
        ("10.20.30.74", False, False, "v1.14.9"),
    ]
    (record,) = found.records
    assert (record.source, record.reason, record.name, record.line) == ("node_condition", "Ready", "10.20.30.74", 3)


def test_volumes_workloads_and_services() -> None:
    found = table(
        "NAME     CAPACITY   ACCESS MODES   RECLAIM POLICY   STATUS     CLAIM      STORAGECLASS   REASON   AGE\n"
        "pv-one   2Gi        RWO            Retain           Released   web/data   fast                    17h\n"
        "\n"
        "NAME   STATUS    VOLUME   CAPACITY   ACCESS MODES   STORAGECLASS   AGE\n"
        "data   Pending                                      fast           17h\n"
        "\n"
        "NAME   READY   UP-TO-DATE   AVAILABLE   AGE\n"
        "shop   1/3     3            1           17h\n"
        "\n"
        "NAME     COMPLETIONS   DURATION   AGE\n"
        "import   0/1           15m        15m\n"
        "\n"
        "NAME   TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)           AGE\n"
        "api    ClusterIP   10.96.0.1    <none>        80/TCP,443/TCP    17h\n"
    )
    assert [(o.kind, o.name, o.phase, o.storage_class, o.ready_replicas, o.replicas) for o in found.objects] == [
        ("PersistentVolume", "pv-one", "Released", "fast", None, None),
        ("PersistentVolumeClaim", "data", "Pending", "fast", None, None),
        ("Deployment", "shop", None, None, 1, 3),
        ("Job", "import", None, None, 0, 1),
        ("Service", "api", None, None, None, None),
    ]
    assert found.objects[4].ports == ("80/TCP", "443/TCP")
    assert [(r.kind, r.reason, r.message) for r in found.records] == [
        ("PersistentVolumeClaim", "Pending", "PersistentVolumeClaim data is Pending, storage class fast")
    ]


def test_a_table_of_everything_names_the_kind_in_each_row() -> None:
    found = table(
        "NAME         READY   STATUS    RESTARTS   AGE\npod/shop-0   0/1     Pending   0          5m\n\n"
        "NAME                   READY   UP-TO-DATE   AVAILABLE   AGE\n"
        "deployment.apps/shop   0/1     1            0           5m\n"
    )
    assert [p.name for p in found.pods] == ["shop-0"]
    assert [(o.kind, o.name) for o in found.objects] == [("Deployment", "shop")]


def test_degraded_cluster_operators_are_records() -> None:
    found = table(
        "NAME             VERSION   AVAILABLE   PROGRESSING   DEGRADED   SINCE   MESSAGE\n"
        "authentication   4.14.3    False       False         True       17h     OAuthServerRouteEndpoint is not available\n"
        "console          4.14.3    True        False         False      17h\n"
    )
    assert [(r.name, r.reason, r.message) for r in found.records] == [
        ("authentication", "Available", "OAuthServerRouteEndpoint is not available"),
        ("authentication", "Degraded", "OAuthServerRouteEndpoint is not available"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("NAME   READY   STATUS   RESTARTS   AGE\n", True),
        ("kubectl get job\nNAME   COMPLETIONS   DURATION   AGE\n", True),
        ("worker-1   0/1   CrashLoopBackOff   9 (4m12s ago)   31m\n", True),
        ("node01   NotReady   <none>   4d4h   v1.33.2\n", True),
        ("CONTAINER   IMAGE   CREATED   STATE   NAME   ATTEMPT   POD ID   POD\n", True),
        ("2024-03-05T09:00:00Z NAME READY\n", False),
        ("NAME=value\n", False),
        ("", False),
    ],
)
def test_get_tables_are_recognised(text: str, expected: bool) -> None:
    assert get_table.sniff(text, FLAT) is expected


@pytest.mark.skipif(not INCIDENTS.is_dir(), reason="the labelled incidents are not on this machine")
def test_every_pasted_table_of_the_incidents_is_read_whole() -> None:
    paths = sorted(INCIDENTS.glob("*/input/get-*.txt"))
    assert len(paths) > 10
    for path in paths:
        found = get_table.parse(path.read_bytes(), path.name, FLAT)
        assert get_table.sniff(path.read_text(), FLAT), path
        assert found.unparsed == 0, path
        assert found.pods or found.nodes or found.objects, path


@pytest.mark.parametrize(
    "row",
    [
        "Warning   BackOff   pod/web-0   Back-off restarting failed container",  # without its age
        "ADDED   30s   Warning   BackOff   pod/web-0   Back-off restarting failed container",  # --output-watch-events
        "2024-03-05T07:08:09Z   Warning   BackOff   pod/web-0   Back-off restarting failed container",
        "    30s   Warning   BackOff   pod/web-0   Back-off restarting failed container",
        "> 30s   Warning   BackOff   pod/web-0   Back-off restarting failed container",  # quoted in a mail
        "| 30s | Warning | BackOff | pod/web-0 | Back-off restarting failed container |",  # a table of Markdown
        "TYPE      REASON    OBJECT   MESSAGE\nWarning   BackOff   web-0    Back-off restarting failed container",
        "NAME                     REASON    MESSAGE\nweb-0.17b9d0c0ffee1234   BackOff   Back-off restarting failed container",
    ],
)
def test_a_row_is_read_however_it_was_cut_out(row: str) -> None:
    [event] = events(row + "\n").records
    assert event_table.sniff(row, FLAT)
    assert (event.kind, event.name, event.reason) == ("Pod", "web-0", "BackOff")
    assert event.message == "Back-off restarting failed container"


def test_a_row_that_a_terminal_cut_at_its_width_is_one_message() -> None:
    rows = "".join(
        f"3{n}s         Warning   FailedMount   pod/web-{n}   MountVolume.SetUp failed for vol\n"
        'ume "config" : configmap "web-config" not found\n'
        for n in range(2)
    )
    assert {e.message for e in events(rows).records} == {
        'MountVolume.SetUp failed for volume "config" : configmap "web-config" not found'
    }


def test_a_row_that_a_mail_program_wrapped_is_one_message() -> None:
    rows = "".join(
        f"3{n}s         Warning   FailedMount   pod/{'w' * (n + 1)}-0   MountVolume.SetUp failed for\n"
        'volume "config" : configmap "web-config" not found\n'
        for n in range(3)
    )
    assert {e.message for e in events(rows).records} == {
        'MountVolume.SetUp failed for volume "config" : configmap "web-config" not found'
    }


def test_the_messages_of_a_table_of_a_controllers_own_kind_are_kept() -> None:
    found = table(
        "NAMESPACE   NAME    STATUS   AGE   MESSAGE\n"
        'media       hello   Error    20m   pods "hello" is forbidden: User "crew" cannot patch resource "pods"\n'
    )
    assert [(r.source, r.message) for r in found.records] == [
        ("text", 'pods "hello" is forbidden: User "crew" cannot patch resource "pods"')
    ]


def test_why_a_controllers_thing_is_not_ready_is_kept() -> None:
    found = table(
        "NAME         READY   REASON      AGE\nmenu-00001   False   NoTraffic   9m\nmenu-00002   True                9m\n"
    )
    assert [r.message for r in found.records] == ["not ready: NoTraffic"]
