"""`kubectl describe` texts: whole objects, several in a file, pieces."""

# ruff: noqa: E501 (the samples keep the width they have in the wild)

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from analyzer.analysis import analyze
from analyzer.ingest import describe
from analyzer.ingest.harvest import Harvest
from analyzer.placement import Placement

FLAT = Placement(layout="flat", why="test")
INCIDENTS = Path(__file__).resolve().parents[2] / "shared" / "incidents"

POD = """\
Name:             shop-7c9d8b5f4-k2x9p
Namespace:        web
Priority:         0
Service Account:  shop
Node:             worker-3/10.0.0.3
Start Time:       Tue, 05 Mar 2024 10:14:00 +0100
Labels:           app=shop
                  pod-template-hash=7c9d8b5f4
Annotations:      <none>
Status:           Running
IP:               10.1.2.3
IPs:
  IP:           10.1.2.3
Controlled By:  ReplicaSet/shop-7c9d8b5f4
Init Containers:
  fetch:
    Container ID:  containerd://bbbb
    Image:         registry.example/fetch:1
    Command:
      sh
      -c
      cp /src/app.conf: /out
    State:          Terminated
      Reason:       Completed
      Exit Code:    0
      Started:      Tue, 05 Mar 2024 10:14:05 +0100
      Finished:     Tue, 05 Mar 2024 10:14:06 +0100
    Ready:          True
    Restart Count:  0
    Environment:    <none>
    Mounts:
      /tmp/out from work (rw)
Containers:
  shop:
    Container ID:  containerd://aaaa
    Image:         registry.example/shop:1.4
    Port:          8080/TCP
    Host Port:     0/TCP
    State:          Waiting
      Reason:       CrashLoopBackOff
    Last State:     Terminated
      Reason:       Error
      Message:      panic: no config
goroutine 1 [running]:
main.main()
      Exit Code:    2
      Started:      Tue, 05 Mar 2024 10:19:40 +0100
      Finished:     Tue, 05 Mar 2024 10:19:58 +0100
    Ready:          False
    Restart Count:  4
    Limits:
      cpu:     500m
      memory:  128Mi
    Requests:
      memory:   64Mi
    Liveness:   http-get http://:8080/healthz delay=5s timeout=2s period=10s #success=1 #failure=3
    Readiness:  exec [cat /tmp/ready] delay=0s timeout=1s period=5s #success=1 #failure=6
    Startup:    tcp-socket :metrics delay=1s timeout=1s period=1s #success=1 #failure=30
    Environment Variables from:
      shop-env  ConfigMap  Optional: true
    Environment:
      DB_USER:      <set to the key 'user' in secret 'shop-db'>                Optional: false
      LOG_LEVEL:    <set to the key 'level' of config map 'shop-config'>       Optional: true
      CONFIG_DIR:   /etc/shop
    Mounts:
      /etc/shop from work (rw,path="conf")
      /var/run/secrets/kubernetes.io/serviceaccount from kube-api-access-x1 (ro)
Conditions:
  Type              Status
  Initialized       True
  Ready             False
  ContainersReady   False
  PodScheduled      True
Volumes:
  work:
    Type:       EmptyDir (a temporary directory that shares a pod's lifetime)
    Medium:
    SizeLimit:  <unset>
  settings:
    Type:      ConfigMap (a volume populated by a ConfigMap)
    Name:      shop-config
    Optional:  false
  kube-api-access-x1:
    Type:                    Projected (a volume that contains injected data from multiple sources)
    TokenExpirationSeconds:  3607
    ConfigMapName:           kube-root-ca.crt
    ConfigMapOptional:       <nil>
    DownwardAPI:             true
QoS Class:                   Burstable
Node-Selectors:              disk=ssd
                             zone=a
Tolerations:                 node.kubernetes.io/not-ready:NoExecute op=Exists for 300s
                             op=Exists
Events:
  Type     Reason     Age                 From               Message
  ----     ------     ----                ----               -------
  Normal   Scheduled  5m2s                default-scheduler  Successfully assigned web/shop-7c9d8b5f4-k2x9p to worker-3
  Warning  Unhealthy  92s (x3 over 112s)  kubelet            Readiness probe failed: cat: can't open '/tmp/ready'
second line of the probe's output
  Warning  BackOff    4s (x9 over 2m)     kubelet            Back-off restarting failed container shop in pod shop-7c9d8b5f4-k2x9p_web(0b7e9f4a-1111-4222-8333-444455556666)
"""

NODE = """\
Name:               worker-3
Roles:              <none>
Labels:             kubernetes.io/arch=amd64
                    zone=a
CreationTimestamp:  Mon, 04 Mar 2024 10:00:00 +0000
Taints:             node.kubernetes.io/disk-pressure:NoSchedule
                    dedicated=gpu:NoExecute
Unschedulable:      true
Lease:
  HolderIdentity:  worker-3
Conditions:
  Type             Status  LastHeartbeatTime                 LastTransitionTime                Reason                       Message
  ----             ------  -----------------                 ------------------                ------                       -------
  MemoryPressure   False   Tue, 05 Mar 2024 09:20:00 +0000   Mon, 04 Mar 2024 10:00:00 +0000   KubeletHasSufficientMemory   kubelet has sufficient memory available
  DiskPressure     True    Tue, 05 Mar 2024 09:20:00 +0000   Tue, 05 Mar 2024 09:10:00 +0000   KubeletHasDiskPressure       kubelet has disk pressure
  Ready            True    Tue, 05 Mar 2024 09:20:00 +0000   Mon, 04 Mar 2024 10:00:10 +0000   KubeletReady                 kubelet is posting ready status
Capacity:
  cpu:     4
  memory:  8Gi
Allocatable:
  cpu:     3920m
  memory:  7Gi
  pods:    110
System Info:
  OS Image:                   Flatcar
  Architecture:               amd64
  Container Runtime Version:  containerd://1.7.2
  Kubelet Version:            v1.29.1
Non-terminated Pods:          (1 in total)
  Namespace  Name    CPU Requests  CPU Limits  Memory Requests  Memory Limits  Age
  ---------  ----    ------------  ----------  ---------------  -------------  ---
  web        shop-0  0 (0%)        500m (12%)  64Mi (0%)        128Mi (1%)     5m
Allocated resources:
  (Total limits may be over 100 percent, i.e., overcommitted.)
  Resource           Requests     Limits
  --------           --------     ------
  cpu                1740m (43%)  2 (50%)
  memory             1520Mi (21%)  9216Mi (128%)
Events:
  Type     Reason                Age    From     Message
  ----     ------                ----   ----     -------
  Warning  EvictionThresholdMet  6m12s  kubelet  Attempting to reclaim inodes
"""


def read(text: str, path: str = "describe.txt") -> Harvest:
    found = describe.parse(text.encode(), path, FLAT)
    assert found.parsed + found.unparsed + found.skipped == found.lines == len(text.split("\n")) - 1
    return found


def line_of(text: str, part: str, nth: int = 1) -> int:
    return [number for number, line in enumerate(text.split("\n"), start=1) if part in line][nth - 1]


def test_a_described_pod_gives_the_row_of_a_pod() -> None:
    found = read(POD)
    (pod,) = found.pods
    assert found.unparsed == 0
    assert (pod.namespace, pod.name, pod.node, pod.phase) == ("web", "shop-7c9d8b5f4-k2x9p", "worker-3", "Running")
    assert (pod.owner_kind, pod.owner_name, pod.service_account) == ("Deployment", "shop", "shop")
    assert (pod.is_ready, pod.is_scheduled, pod.is_initialized) == (False, True, True)
    assert pod.created_at == dt.datetime(2024, 3, 5, 9, 14, tzinfo=dt.UTC)
    assert pod.labels == ("app=shop", "pod-template-hash=7c9d8b5f4")
    assert pod.node_selector == ("disk=ssd", "zone=a")
    assert pod.tolerations == ("node.kubernetes.io/not-ready:NoExecute op=Exists", "op=Exists")


def test_described_containers_carry_state_limits_and_arguments() -> None:
    fetch, shop = read(POD).containers
    assert (fetch.kind, fetch.state, fetch.exit_code) == ("init", "terminated", 0)
    assert fetch.command == ("sh", "-c", "cp /src/app.conf: /out")
    assert (shop.kind, shop.state, shop.reason, shop.restart_count) == ("main", "waiting", "CrashLoopBackOff", 4)
    assert (shop.last_reason, shop.last_exit_code) == ("Error", 2)
    assert shop.last_message == "panic: no config\ngoroutine 1 [running]:\nmain.main()"
    assert shop.last_finished_at == dt.datetime(2024, 3, 5, 9, 19, 58, tzinfo=dt.UTC)
    assert (shop.memory_limit_bytes, shop.memory_request_bytes, shop.cpu_limit_millicores) == (134217728, 67108864, 500)
    assert (shop.ports, shop.env) == (("8080/TCP",), ("DB_USER", "LOG_LEVEL", "CONFIG_DIR=/etc/shop"))
    assert (shop.owner_name, shop.line) == ("shop", line_of(POD, "  shop:"))


def test_described_states_become_records_that_cite_the_reason() -> None:
    records = [r for r in read(POD).records if r.source == "container_status"]
    assert [(r.container, r.reason, r.exit_code, r.line) for r in records] == [
        ("shop", "CrashLoopBackOff", None, line_of(POD, "CrashLoopBackOff")),
        ("shop", "Error", 2, line_of(POD, "Reason:       Error")),
    ]
    assert records[1].text == "      Reason:       Error"


def test_described_probes_are_read_with_their_settings() -> None:
    found = {p.probe: p for p in read(POD).probes}
    liveness, readiness, startup = found["liveness"], found["readiness"], found["startup"]
    assert (liveness.handler, liveness.scheme, liveness.port, liveness.http_path) == (
        "httpGet",
        "HTTP",
        "8080",
        "/healthz",
    )
    assert (liveness.initial_delay_seconds, liveness.timeout_seconds, liveness.failure_threshold) == (5.0, 2.0, 3)
    assert (readiness.handler, readiness.command, readiness.failure_threshold) == ("exec", ("cat /tmp/ready",), 6)
    assert (startup.handler, startup.port, startup.period_seconds) == ("tcpSocket", "metrics", 1.0)
    assert liveness.line == line_of(POD, "Liveness:")


def test_described_mounts_are_joined_with_the_volumes_below() -> None:
    found = {(m.container, m.mount_path): m for m in read(POD).mounts}
    work = found["fetch", "/tmp/out"]
    assert (work.container_kind, work.volume, work.volume_type) == ("init", "work", "emptyDir")
    conf = found["shop", "/etc/shop"]
    assert (conf.sub_path, conf.is_read_only, conf.line) == ("conf", False, line_of(POD, "/etc/shop from"))
    token = found["shop", "/var/run/secrets/kubernetes.io/serviceaccount"]
    assert (token.volume_type, token.referent, token.is_read_only) == ("projected", None, True)


def test_a_described_pod_names_everything_it_needs() -> None:
    found = [(r.kind, r.name, r.key, r.used_as, r.is_optional) for r in read(POD).references]
    assert found == [
        ("Secret", "shop-db", "user", "env DB_USER", False),
        ("ConfigMap", "shop-config", "level", "env LOG_LEVEL", True),
        ("ConfigMap", "shop-env", None, "envFrom", True),
        ("ConfigMap", "shop-config", None, "volume settings", False),
        ("ConfigMap", "kube-root-ca.crt", None, "volume kube-api-access-x1", False),
        ("ServiceAccount", "shop", None, "serviceAccountName", False),
    ]


def test_described_events_carry_ages_counts_and_whole_messages() -> None:
    events = [r for r in read(POD).records if r.source == "event"]
    assert [(e.reason, e.age_seconds, e.first_age_seconds, e.count, e.timestamp_error_seconds) for e in events] == [
        ("Scheduled", 302.0, None, 1, 0.5),
        ("Unhealthy", 92.0, 112.0, 3, 0.5),
        ("BackOff", 4.0, 120.0, 9, 0.5),
    ]
    assert events[1].message == (
        "Readiness probe failed: cat: can't open '/tmp/ready'\nsecond line of the probe's output"
    )
    assert [(e.kind, e.name, e.namespace, e.node, e.container) for e in events[1:]] == [
        ("Pod", "shop-7c9d8b5f4-k2x9p", "web", "worker-3", None),
        ("Pod", "shop-7c9d8b5f4-k2x9p", "web", "worker-3", "shop"),
    ]


def test_a_described_node_gives_capacity_requests_and_bad_conditions() -> None:
    found = read(NODE)
    (node,) = found.nodes
    assert (node.node, node.is_ready, node.pressures, node.is_unschedulable) == (
        "worker-3",
        True,
        ("DiskPressure",),
        True,
    )
    assert node.taints == ("node.kubernetes.io/disk-pressure:NoSchedule", "dedicated=gpu:NoExecute")
    assert (node.memory_allocatable_bytes, node.cpu_allocatable_millicores) == (7516192768, 3920)
    assert (node.memory_requested_bytes, node.cpu_requested_millicores) == (1593835520, 1740)
    assert (node.kubelet_version, node.container_runtime) == ("v1.29.1", "containerd://1.7.2")
    condition, event = found.records
    assert (condition.source, condition.reason, condition.message) == (
        "node_condition",
        "DiskPressure",
        "KubeletHasDiskPressure: kubelet has disk pressure",
    )
    assert condition.timestamp == dt.datetime(2024, 3, 5, 9, 10, tzinfo=dt.UTC)
    assert (event.kind, event.name, event.node, event.namespace) == ("Node", "worker-3", "worker-3", None)


def test_several_objects_in_one_file_are_kept_apart() -> None:
    found = read(POD + "\n\n" + NODE + "\n" + POD.replace("k2x9p", "zzzzz"))
    assert [p.name for p in found.pods] == ["shop-7c9d8b5f4-k2x9p", "shop-7c9d8b5f4-zzzzz"]
    assert [n.node for n in found.nodes] == ["worker-3"]
    assert [len(found.containers), len(found.mounts), found.unparsed] == [4, 6, 0]


def test_indented_pastes_with_prompts_are_read_like_the_original() -> None:
    pasted = "$ kubectl describe pod shop-7c9d8b5f4-k2x9p -n web\n" + "".join(
        f"    {line}\n" for line in POD.split("\n")[:-1]
    )
    found = read(pasted)
    assert [p.name for p in found.pods] == ["shop-7c9d8b5f4-k2x9p"]
    assert [c.last_reason for c in found.containers] == [None, "Error"]


def test_a_container_cut_out_of_a_pod_has_no_names() -> None:
    piece = (
        "    State:          Running\n      Started:      Tue, 05 Mar 2024 09:20:02 +0000\n"
        "    Last State:     Terminated\n      Reason:       OOMKilled\n      Exit Code:    137\n"
        "      Started:      Tue, 05 Mar 2024 09:19:40 +0000\n"
        "      Finished:     Tue, 05 Mar 2024 09:19:58 +0000\n    Ready:          True\n    Restart Count:  5\n"
        "    Limits:\n      memory:  64Mi\n"
    )
    found = read(piece)
    (container,) = found.containers
    assert (container.pod, container.container, container.namespace) == ("", "", None)
    assert (container.state, container.last_reason, container.memory_limit_bytes) == ("running", "OOMKilled", 67108864)
    (record,) = found.records
    assert (record.reason, record.exit_code, record.line, record.name) == ("OOMKilled", 137, 4, None)
    assert record.message == "container: last state terminated, reason OOMKilled, exit code 137"
    assert (found.pods, found.unparsed) == ((), 0)


def test_an_events_table_alone_learns_its_pod_from_the_messages() -> None:
    table = POD[POD.index("Events:") :]
    records = read(table).records
    assert {(r.namespace, r.kind, r.name) for r in records} == {("web", "Pod", "shop-7c9d8b5f4-k2x9p")}
    assert read(table.split("\n", 1)[1]).unparsed == 0


def test_the_table_of_old_clients_is_read_with_its_tabs() -> None:
    text = (
        "Name:\t\tshop-2417\nNamespace:\tweb\nReplicas:\t0 current / 2 desired\n"
        "Pods Status:\t0 Running / 0 Waiting / 0 Succeeded / 0 Failed\nEvents:\n"
        "  FirstSeen\tLastSeen\tCount\tFrom\t\t\t\tSubObjectPath\tType\t\tReason\t\tMessage\n"
        "  ---------\t--------\t-----\t----\t\t\t\t-------------\t--------\t------\t\t-------\n"
        "  3m\t\t21s\t\t26\t{replicaset-controller }\t\t\tWarning\t\tFailedCreate\tError creating: exceeded quota\n"
        "  3m\t\t20s\t\t2\t{kubelet node-1}\tspec.containers{app}\tWarning\t\tBackOff\tBack-off\n"
    )
    found = read(text)
    (thing,) = found.objects
    assert (thing.kind, thing.name, thing.replicas, thing.ready_replicas) == ("ReplicaSet", "shop-2417", 2, 0)
    first, second = found.records
    assert (first.reason, first.count, first.age_seconds, first.first_age_seconds) == ("FailedCreate", 26, 21.0, 180.0)
    assert (first.kind, first.name, first.message) == ("ReplicaSet", "shop-2417", "Error creating: exceeded quota")
    assert (second.container, second.node) == ("app", "node-1")


def test_a_frame_around_the_paste_is_no_part_of_the_message() -> None:
    text = (
        "│   Warning  FailedScheduling   3m32s  default-scheduler   0/5 nodes are available: 1       │\n"
        "│ Insufficient cpu.                                                                         │\n"
    )
    (record,) = read(text).records
    assert (record.reason, record.message) == ("FailedScheduling", "0/5 nodes are available: 1 Insufficient cpu.")


def test_conditions_quotas_and_keys_of_other_objects_are_kept() -> None:
    text = """\
Name:           shop-7c9d8b5f4
Namespace:      web
Controlled By:  Deployment/shop
Replicas:       0 current / 2 desired
Pods Status:    0 Running / 0 Waiting / 0 Succeeded / 0 Failed
Pod Template:
  Containers:
   shop:
    Image:      registry.example/shop:1.4
    Limits:
      memory:  512Mi
Conditions:
  Type            Status  Reason
  ----            ------  ------
  ReplicaFailure  True    FailedCreate
Events:  <none>


Name:          team
Namespace:     web
Resource       Used   Hard
--------       ----   ----
limits.memory  6Gi    16Gi
pods           20     20


Name:         shop-db
Namespace:    web
Labels:       <none>

Type:  Opaque

Data
====
password:  11 bytes
user:      5 bytes


Name:         shop-config
Namespace:    web
Labels:       <none>

Data
====
shop.yaml:
----
token: not-for-you

Events:  <none>
"""
    found = read(text)
    assert [(o.kind, o.name) for o in found.objects] == [
        ("ReplicaSet", "shop-7c9d8b5f4"),
        ("ResourceQuota", "team"),
        ("Secret", "shop-db"),
        ("ConfigMap", "shop-config"),
    ]
    _, quota, secret, config = found.objects
    assert (quota.hard, quota.used) == (("limits.memory=16Gi", "pods=20"), ("limits.memory=6Gi", "pods=20"))
    assert (secret.keys, config.keys) == (("password", "user"), ("shop.yaml",))
    assert [(r.source, r.reason, r.line) for r in found.records] == [("object", "FailedCreate", 15)]
    assert (found.containers, found.mounts) == ((), ())
    assert "not-for-you" not in repr(found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (POD, True),
        (NODE, True),
        ("    State:          Terminated\n      Reason:       OOMKilled\n      Exit Code:    137\n", True),
        ("  Warning  Failed  5s (x9 over 95s)  kubelet  Error: ImagePullBackOff\n", True),
        ("Events:\n  Type     Reason   Age   From   Message\n", True),
        ("2024-03-05T09:00:00Z starting server\nready\n", False),
        ("Name: x\n", False),
        ("level=info msg=hello State: Running\n", False),
        ("", False),
    ],
)
def test_sniff_takes_describe_texts(text: str, expected: bool) -> None:
    assert describe.sniff(text, FLAT) is expected


@pytest.mark.parametrize(
    "text",
    [
        "Name:\n",
        "Containers:\n",
        "Events:\n\n\n",
        "Name: a\nNamespace: b\nContainers:\n  x:\n    State: \x00\n",
        ": :\n",
    ],
)
def test_odd_texts_never_raise(text: str) -> None:
    read(text)


def test_a_line_of_blanks_costs_no_more_than_its_length() -> None:
    hostile = "  Warning  Failed  5s " + " " * 300_000 + "\n" + "│" + " " * 300_000 + "x\n"
    assert read(hostile).lines == 2


@pytest.mark.skipif(not INCIDENTS.is_dir(), reason="the labelled incidents are not on this machine")
def test_every_pasted_describe_of_the_incidents_is_read_whole() -> None:
    paths = sorted(INCIDENTS.glob("*/input/describe-*.txt"))
    assert len(paths) > 20
    for path in paths:
        raw = path.read_bytes()
        found = describe.parse(raw, path.name, FLAT)
        assert describe.sniff(raw.decode(), FLAT), path
        assert found.unparsed == 0, path
        assert found.records or found.nodes or found.objects or found.pods, path


def test_a_node_whose_cut_conditions_are_unknown_is_lost() -> None:
    text = (
        "Name:               box-1\n"
        "Taints:             <none>\n"
        "Conditions:\n"
        "  Type             Status    LastHeartbeatTime                 LastTransitionTime                Reason"
        "              Message\n"
        "  ----             ------    -----------------                 ------------------                ------"
        "              -------\n"
        "  MemoryPressure   Unknown   Tue, 05 Mar 2024 10:13:50 +0000   Tue, 05 Mar 2024 10:14:30 +0000   "
        "NodeStatusUnknown   Kubelet stopped posting node status.\n"
    )
    found = read(text)
    assert [node.is_ready for node in found.nodes] == [False]
    assert [r.message for r in found.records] == ["NodeStatusUnknown: Kubelet stopped posting node status."]


def test_an_event_of_a_node_whose_name_was_left_out_is_read() -> None:
    text = 'Events:\n  Warning  Failed  4m (x6 over 5m)  kubelet, <my node>  Error: secrets "desk" not found\n'
    assert [(r.reason, r.message) for r in read(text).records] == [("Failed", 'Error: secrets "desk" not found')]


def test_the_name_of_a_mounted_object_is_not_the_name_of_the_pod() -> None:
    text = """\
Containers:
  tiles:
    Image:  registry.example/tiles:1
    Last State:  Terminated
      Reason:  Error
      Exit Code:  3
Volumes:
  conf:
    Type:      ConfigMap (a volume populated by a ConfigMap)
    Name:      tiles-conf
    Optional:  false
"""
    read = describe.parse(text.encode(), "describe-pod.txt", FLAT)
    assert [(c.pod, c.container, c.last_exit_code) for c in read.containers] == [("", "tiles", 3)]
    assert read.unparsed == 0


def test_a_row_of_events_without_its_age_is_read() -> None:
    text = 'Warning  Failed  kubelet, worker-3  Error: configmap "tiles" not found\n'
    assert describe.sniff(text, FLAT)
    [event] = describe.parse(text.encode(), "events.txt", FLAT).records
    assert (event.reason, event.level, event.node, event.message) == (
        "Failed",
        "warning",
        "worker-3",
        'Error: configmap "tiles" not found',
    )


def test_a_piece_without_a_count_of_restarts_is_of_a_container_that_was_started_again(tmp_path: Path) -> None:
    (tmp_path / "describe-pod.txt").write_text(
        "Name:             tiles-775f4c6d7d-25fwx\n<snip>\n    State:          Running\n"
        "    Last State:     Terminated\n      Reason:       OOMKilled\n      Exit Code:    137\n"
    )
    assert [c.cause for c in analyze([tmp_path]).causes] == ["oom-container-limit"]


def test_a_quoted_describe_is_read_behind_its_marks() -> None:
    text = "> Events:\n>   Type     Reason  Age  From     Message\n>   Warning  Failed  9m   kubelet  Error: ErrImagePull\n"
    [event] = describe.parse(text.encode(), "describe-pod.txt", FLAT).records
    assert (event.reason, event.message, event.text) == ("Failed", "Error: ErrImagePull", text.split("\n")[2])


def test_a_reason_that_holds_its_message_is_taken_apart() -> None:
    text = (
        "Containers:\n  web:\n    State:  Waiting\n      Reason:  PostStartHookError: command '/warm' exited with 126\n"
    )
    [status] = describe.parse(text.encode(), "describe-pod.txt", FLAT).records
    assert (status.reason, status.message) == ("PostStartHookError", "command '/warm' exited with 126")


@pytest.mark.parametrize(
    "message",
    [
        'Error: failed to start container "web": Error response from daemon: no such user',
        'Error syncing pod, skipping: failed to "StartContainer" for "web" with RunContainerError',
        'Exec lifecycle hook ([/warm]) for Container "web" in Pod "shop-1_web(41)" failed',
        "spec.containers{web}: Error: container has runAsNonRoot and image has non-numeric user (node)",
        'Error: failed to prepare subPath for volumeMount "conf" of container "web"',
    ],
)
def test_the_container_that_a_sentence_of_the_kubelet_names_is_taken(message: str) -> None:
    text = f"  Warning  Failed  9m (x3 over 9m)  kubelet  {message}\n"
    [event] = describe.parse(text.encode(), "events.txt", FLAT).records
    assert event.container == "web"


def test_rows_cut_out_of_one_describe_answer_each_other(tmp_path: Path) -> None:
    (tmp_path / "events.txt").write_text(
        '  Warning  Failed   26m  kubelet  Failed to pull image "tiles:3": unexpected status: 401 Unauthorized\n'
        '  Normal   Pulled   25m  kubelet  Successfully pulled image "tiles:3" in 3.1s\n'
        "  Normal   Started  25m  kubelet  Started container tiles\n"
    )
    assert analyze([tmp_path]).causes == ()


def test_a_container_that_completes_again_and_again_is_no_long_running_one(tmp_path: Path) -> None:
    (tmp_path / "describe-pod.txt").write_text(
        "Name:       clock\nNamespace:  shop\nStatus:     Running\nContainers:\n  clock:\n    Args:\n      sleep\n      900\n"
        "    State:          Running\n    Last State:     Terminated\n      Reason:       Completed\n"
        "      Exit Code:    0\n    Ready:          True\n    Restart Count:  211\n"
    )
    assert [(c.cause, c.about.container) for c in analyze([tmp_path]).causes] == [("exits-zero", "clock")]


def test_an_init_container_with_a_probe_is_a_sidecar_that_has_not_started(tmp_path: Path) -> None:
    (tmp_path / "describe-pod.txt").write_text(
        "Init Containers:\n  shipper:\n    State:          Running\n    Ready:          False\n    Restart Count:  1\n"
        "    Startup:        exec [true] delay=0s timeout=1s period=1s #success=1 #failure=3\n"
        "Containers:\n  web:\n    State:          Waiting\n      Reason:       PodInitializing\n    Ready:          False\n"
    )
    [cause, *_] = analyze([tmp_path]).causes
    assert (cause.pattern, cause.about.container) == ("sidecar-never-started", "shipper")


def test_a_nodes_old_table_of_events_without_its_heading_is_read() -> None:
    text = (
        "  FirstSeen\tLastSeen\tCount\tFrom\t\t\tSubObjectPath\tType\tReason\tMessage\n"
        "  ---------\t--------\t-----\t----\t\t\t-------------\t----\t------\t-------\n"
        "  4h\t\t19s\t\t564\tkubelet, box-1\t\t\tWarning\tEvictionThresholdMet\tAttempting to reclaim nodefs\n"
    )
    found = describe.parse(text.encode(), "describe-node.txt", FLAT)
    assert [(r.reason, r.message) for r in found.records] == [("EvictionThresholdMet", "Attempting to reclaim nodefs")]
    assert found.unparsed == 0


def test_an_unmet_condition_of_a_controllers_own_kind_is_told() -> None:
    text = (
        "Name:         menu-crt\n"
        "Namespace:    shop\n"
        "API Version:  cert-manager.io/v1\n"
        "Kind:         Certificate\n"
        "Status:\n"
        "  Conditions:\n"
        "    Message:  Certificate is being renewed\n"
        "    Reason:   Renewing\n"
        "    Status:   True\n"
        "    Type:     Issuing\n"
        "    Message:  Issuing certificate as Secret does not exist\n"
        "    Reason:   DoesNotExist\n"
        "    Status:   False\n"
        "    Type:     Ready\n"
    )
    told = [(r.kind, r.name, r.reason, r.message) for r in read(text).records]
    assert told == [("Certificate", "menu-crt", "DoesNotExist", "Issuing certificate as Secret does not exist")]
