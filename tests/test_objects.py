"""API objects as YAML and JSON: rows, cited lines, and what is left of broken files."""

from __future__ import annotations

import datetime as dt
import json
import tracemalloc

import pytest

from analyzer.ingest import objects, quantity
from analyzer.ingest.harvest import Harvest
from analyzer.ingest.locate import Locator, Span
from analyzer.placement import Placement

FLAT = Placement(layout="flat", why="test")

POD = """\
apiVersion: v1
kind: Pod
metadata:
  creationTimestamp: "2024-03-05T09:14:00Z"
  labels:
    app: shop
    pod-template-hash: 7c9d8b5f4
  name: shop-7c9d8b5f4-k2x9p
  namespace: web
  ownerReferences:
  - apiVersion: apps/v1
    kind: ReplicaSet
    name: shop-7c9d8b5f4
  uid: 0b7e9f4a-1111-4222-8333-444455556666
spec:
  containers:
  - args:
    - --config
    - /etc/shop/shop.yaml
    env:
    - name: DB_PASSWORD
      valueFrom:
        secretKeyRef:
          key: password
          name: shop-db
    - name: CONFIG_DIR
      value: /etc/shop
    - name: GREETING
      value: hello
    envFrom:
    - configMapRef:
        name: shop-env
        optional: true
    image: registry.example/shop:1.4
    livenessProbe:
      httpGet:
        path: /healthz
        port: 8080
      initialDelaySeconds: 5
      timeoutSeconds: 2
    name: shop
    ports:
    - containerPort: 8080
      name: http
      protocol: TCP
    resources:
      limits:
        cpu: 500m
        memory: 128Mi
      requests:
        memory: 64Mi
    volumeMounts:
    - mountPath: /etc/shop
      name: config
      readOnly: true
    - mountPath: /data
      name: data
      subPath: shop
  imagePullSecrets:
  - name: registry-login
  initContainers:
  - image: registry.example/init:1.0
    name: write-config
    volumeMounts:
    - mountPath: /tmp/shop
      name: data
  - image: registry.example/mesh:2.0
    name: mesh
    restartPolicy: Always
  nodeName: worker-3
  nodeSelector:
    disk: ssd
  restartPolicy: Always
  securityContext:
    fsGroup: 2000
    runAsNonRoot: true
  serviceAccountName: shop
  tolerations:
  - operator: Exists
  - effect: NoExecute
    key: node.kubernetes.io/not-ready
    operator: Exists
    tolerationSeconds: 300
  volumes:
  - configMap:
      items:
      - key: shop.yaml
        path: shop.yaml
      name: shop-config
    name: config
  - name: data
    persistentVolumeClaim:
      claimName: shop-data
status:
  conditions:
  - lastTransitionTime: "2024-03-05T09:20:00Z"
    message: 'containers with unready status: [shop]'
    reason: ContainersNotReady
    status: "False"
    type: Ready
  - lastTransitionTime: "2024-03-05T09:20:00Z"
    message: 'containers with unready status: [shop]'
    reason: ContainersNotReady
    status: "False"
    type: ContainersReady
  - lastTransitionTime: "2024-03-05T09:14:01Z"
    status: "True"
    type: PodScheduled
  containerStatuses:
  - containerID: containerd://aaaa
    image: registry.example/shop:1.4
    lastState:
      terminated:
        exitCode: 137
        finishedAt: "2024-03-05T09:19:58Z"
        reason: OOMKilled
        startedAt: "2024-03-05T09:19:40Z"
    name: shop
    ready: false
    restartCount: 4
    started: false
    state:
      waiting:
        message: back-off 1m20s restarting failed container=shop
        reason: CrashLoopBackOff
  initContainerStatuses:
  - name: write-config
    ready: true
    restartCount: 0
    state:
      terminated:
        exitCode: 0
        reason: Completed
  - name: mesh
    ready: true
    restartCount: 0
    state:
      running:
        startedAt: "2024-03-05T09:14:05Z"
  phase: Running
  podIP: 10.1.2.3
"""


def read(text: str | bytes) -> Harvest:
    raw = text.encode() if isinstance(text, str) else text
    found = objects.parse(raw, "a.yaml", FLAT)
    lines = raw.count(b"\n") + (not raw.endswith(b"\n") and bool(raw))
    assert found.parsed + found.unparsed + found.skipped == found.lines == lines
    return found


def line_of(text: str, part: str, nth: int = 1) -> int:
    found = [number for number, line in enumerate(text.split("\n"), start=1) if part in line]
    return found[nth - 1]


def test_a_pod_becomes_one_row_with_its_deployment() -> None:
    (pod,) = read(POD).pods
    assert (pod.namespace, pod.name, pod.node, pod.phase) == ("web", "shop-7c9d8b5f4-k2x9p", "worker-3", "Running")
    assert (pod.owner_kind, pod.owner_name) == ("Deployment", "shop")
    assert (pod.is_ready, pod.is_scheduled, pod.is_initialized) == (False, True, None)
    assert pod.tolerations == ("op=Exists", "node.kubernetes.io/not-ready:NoExecute")
    assert (pod.fs_group, pod.run_as_non_root, pod.restart_policy) == (2000, True, "Always")
    assert (pod.labels, pod.node_selector) == (("app=shop", "pod-template-hash=7c9d8b5f4"), ("disk=ssd",))
    assert pod.image_pull_secrets == ("registry-login",)
    assert pod.created_at == dt.datetime(2024, 3, 5, 9, 14, tzinfo=dt.UTC)
    assert pod.line == line_of(POD, "name: shop-7c9d8b5f4-k2x9p")


def test_containers_join_spec_and_status() -> None:
    found = {c.container: c for c in read(POD).containers}
    shop = found["shop"]
    assert (shop.kind, shop.state, shop.reason, shop.restart_count) == ("main", "waiting", "CrashLoopBackOff", 4)
    assert (shop.last_reason, shop.last_exit_code) == ("OOMKilled", 137)
    assert shop.last_finished_at == dt.datetime(2024, 3, 5, 9, 19, 58, tzinfo=dt.UTC)
    assert (shop.memory_limit_bytes, shop.memory_request_bytes) == (134217728, 67108864)
    assert (shop.cpu_limit_millicores, shop.cpu_request_millicores) == (500, None)
    assert (shop.args, shop.ports, shop.container_id) == (
        ("--config", "/etc/shop/shop.yaml"),
        ("http=8080/TCP",),
        "aaaa",
    )
    assert found["write-config"].kind == "init"
    assert found["mesh"].kind == "sidecar"
    assert [found[name].position for name in ("write-config", "mesh", "shop")] == [0, 1, 0]


def test_environment_keeps_paths_and_addresses_but_no_other_value() -> None:
    shop = next(c for c in read(POD).containers if c.container == "shop")
    assert shop.env == ("DB_PASSWORD", "CONFIG_DIR=/etc/shop", "GREETING")


def test_states_become_records_that_cite_their_own_line() -> None:
    records = [r for r in read(POD).records if r.source == "container_status"]
    assert [(r.container, r.reason, r.exit_code, r.line, r.text) for r in records] == [
        (
            "shop",
            "CrashLoopBackOff",
            None,
            line_of(POD, "reason: CrashLoopBackOff"),
            "        reason: CrashLoopBackOff",
        ),
        ("shop", "OOMKilled", 137, line_of(POD, "reason: OOMKilled"), "        reason: OOMKilled"),
    ]
    assert records[0].message == "back-off 1m20s restarting failed container=shop"
    assert records[1].message == "container shop: last state terminated, reason OOMKilled, exit code 137"
    assert records[1].timestamp == dt.datetime(2024, 3, 5, 9, 19, 58, tzinfo=dt.UTC)


def test_a_false_condition_is_told_once() -> None:
    records = [r for r in read(POD).records if r.source == "pod_condition"]
    assert [(r.reason, r.message, r.line) for r in records] == [
        ("ContainersNotReady", "containers with unready status: [shop]", line_of(POD, "reason: ContainersNotReady"))
    ]


def test_mounts_are_joined_with_their_volumes_and_cite_the_mount_path() -> None:
    found = {(m.container, m.mount_path): m for m in read(POD).mounts}
    config = found["shop", "/etc/shop"]
    assert (config.volume_type, config.referent, config.items) == ("configMap", "shop-config", ("shop.yaml=shop.yaml",))
    assert (config.is_read_only, config.line, config.text) == (
        True,
        line_of(POD, "mountPath: /etc/shop"),
        "    - mountPath: /etc/shop",
    )
    data = found["shop", "/data"]
    assert (data.volume_type, data.referent, data.sub_path) == ("persistentVolumeClaim", "shop-data", "shop")
    init = found["write-config", "/tmp/shop"]
    assert (init.container_kind, init.volume, init.line) == ("init", "data", line_of(POD, "mountPath: /tmp/shop"))


def test_everything_the_pod_needs_is_a_reference() -> None:
    found = [(r.kind, r.name, r.key, r.used_as, r.is_optional) for r in read(POD).references]
    assert found == [
        ("ConfigMap", "shop-config", "shop.yaml", "volume config", False),
        ("PersistentVolumeClaim", "shop-data", None, "volume data", False),
        ("Secret", "shop-db", "password", "env DB_PASSWORD", False),
        ("ConfigMap", "shop-env", None, "envFrom", True),
        ("Secret", "registry-login", None, "imagePullSecrets", False),
        ("ServiceAccount", "shop", None, "serviceAccountName", False),
    ]


def test_a_probe_gets_the_defaults_of_the_api() -> None:
    (probe,) = read(POD).probes
    assert (probe.probe, probe.handler, probe.http_path, probe.port) == ("liveness", "httpGet", "/healthz", "8080")
    assert (probe.initial_delay_seconds, probe.period_seconds, probe.timeout_seconds) == (5.0, 10.0, 2.0)
    assert (probe.failure_threshold, probe.line) == (3, line_of(POD, "livenessProbe:"))


def test_a_comment_at_the_left_margin_does_not_end_the_part_it_stands_in() -> None:
    text = POD.replace("    livenessProbe:", "# slower than before\n    livenessProbe:")
    (probe,) = read(text).probes
    assert probe.line == line_of(text, "livenessProbe:")
    assert [m.line for m in read(text).mounts] == [m.line + 1 for m in read(POD).mounts]


def test_json_and_yaml_lists_give_the_same_rows_and_right_lines() -> None:
    single = read(POD)
    item = "- " + POD.rstrip("\n").replace("\n", "\n  ") + "\n"
    other = item.replace("k2x9p", "zzzzz")
    as_list = f"apiVersion: v1\nitems:\n{item}{other}kind: List\n"
    double = read(as_list)
    assert [p.name for p in double.pods] == ["shop-7c9d8b5f4-k2x9p", "shop-7c9d8b5f4-zzzzz"]
    assert double.containers[:3] == tuple(
        type(c)(**{**{f: getattr(c, f) for f in c.__slots__}, "line": c.line + 2, "text": f"  {c.text}"})
        for c in single.containers
    )
    killed = [r.line for r in double.records if r.reason == "OOMKilled"]
    assert killed == [line_of(as_list, "OOMKilled", 1), line_of(as_list, "OOMKilled", 2)]


def test_lines_are_found_in_indented_json_too() -> None:
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p", "namespace": "n"},
        "spec": {"containers": [{"name": "a", "volumeMounts": [{"mountPath": "/x", "name": "v"}]}]},
        "status": {
            "containerStatuses": [
                {"name": "a", "lastState": {}, "state": {"terminated": {"exitCode": 3, "reason": "Error"}}}
            ]
        },
    }
    text = json.dumps({"apiVersion": "v1", "items": [pod, pod], "kind": "List"}, indent=4)
    found = read(text)
    assert [r.line for r in found.records] == [line_of(text, '"Error"', 1), line_of(text, '"Error"', 2)]
    assert [m.line for m in found.mounts] == [line_of(text, "mountPath", 1), line_of(text, "mountPath", 2)]
    assert [p.line for p in found.pods] == [line_of(text, '"name": "p"', 1), line_of(text, '"name": "p"', 2)]


def test_completed_is_bad_for_a_server_and_good_for_a_job() -> None:
    state = "{terminated: {exitCode: 0, reason: Completed}}"
    text = (
        "kind: Pod\nmetadata: {{name: p}}\nspec: {{restartPolicy: {policy}, containers: [{{name: c}}]}}\n"
        f"status: {{{{containerStatuses: [{{{{name: c, state: {state.replace('{', '{{').replace('}', '}}')}}}}}]}}}}\n"
    )
    assert [r.reason for r in read(text.format(policy="Always")).records] == ["Completed"]
    assert read(text.format(policy="Never")).records == ()


def test_an_evicted_pod_says_why() -> None:
    text = (
        "kind: Pod\nmetadata:\n  name: p\nstatus:\n  message: 'The node was low on resource: memory.'\n"
        "  phase: Failed\n  reason: Evicted\n"
    )
    (record,) = read(text).records
    assert (record.source, record.reason, record.line) == ("pod_condition", "Evicted", 7)
    assert record.message == "The node was low on resource: memory."


NODE = """\
apiVersion: v1
kind: Node
metadata:
  name: worker-1
spec:
  taints:
  - effect: NoSchedule
    key: node.kubernetes.io/memory-pressure
  - effect: NoExecute
    key: dedicated
    value: gpu
  unschedulable: true
status:
  allocatable:
    cpu: 3920m
    memory: 7Gi
    pods: "110"
  conditions:
  - lastTransitionTime: "2024-03-05T09:00:00Z"
    message: kubelet has insufficient memory available
    reason: KubeletHasInsufficientMemory
    status: "True"
    type: MemoryPressure
  - lastTransitionTime: "2024-03-05T09:02:00Z"
    message: Kubelet stopped posting node status.
    reason: NodeStatusUnknown
    status: Unknown
    type: Ready
  nodeInfo:
    architecture: arm64
    containerRuntimeVersion: containerd://1.7.2
    kubeletVersion: v1.29.1
    osImage: Flatcar
"""


def test_a_node_tells_its_capacity_and_its_bad_conditions() -> None:
    found = read(NODE)
    (node,) = found.nodes
    assert (node.node, node.is_ready, node.reason, node.pressures) == (
        "worker-1",
        False,
        "NodeStatusUnknown",
        ("MemoryPressure",),
    )
    assert node.taints == ("node.kubernetes.io/memory-pressure:NoSchedule", "dedicated=gpu:NoExecute")
    assert (node.memory_allocatable_bytes, node.cpu_allocatable_millicores, node.pods_allocatable) == (
        7516192768,
        3920,
        110,
    )
    assert (node.is_unschedulable, node.kubelet_version, node.architecture) == (True, "v1.29.1", "arm64")
    assert [(r.reason, r.message, r.line) for r in found.records] == [
        ("MemoryPressure", "KubeletHasInsufficientMemory: kubelet has insufficient memory available", 20),
        ("Ready", "NodeStatusUnknown: Kubelet stopped posting node status.", 25),
    ]


def test_config_maps_and_secrets_keep_their_keys_and_no_value() -> None:
    text = (
        "kind: Secret\nmetadata: {name: s, namespace: n}\ndata: {password: aHVudGVyMg==}\nstringData: {user: admin}\n"
        "---\nkind: ConfigMap\nmetadata:\n  name: c\ndata:\n  app.conf: |\n    secret-value\nbinaryData: {logo: AAAA}\n"
    )
    found = read(text)
    assert [(o.kind, o.name, o.keys, o.line) for o in found.objects] == [
        ("Secret", "s", ("password", "user"), 2),
        ("ConfigMap", "c", ("app.conf", "logo"), 8),
    ]
    assert "hunter2" not in repr(found) and "aHVudGVyMg" not in repr(found) and "secret-value" not in repr(found)


@pytest.mark.parametrize(
    ("kind", "condition", "status", "reason"),
    [
        ("Deployment", "ReplicaFailure", "True", "FailedCreate"),
        ("Deployment", "Progressing", "False", "ProgressDeadlineExceeded"),
        ("Job", "Failed", "True", "BackoffLimitExceeded"),
        ("ClusterOperator", "Degraded", "True", "NodeInstaller"),
        ("Namespace", "NamespaceDeletionContentFailure", "True", "ContentDeletionFailed"),
    ],
)
def test_a_bad_condition_of_a_workload_is_a_record(kind: str, condition: str, status: str, reason: str) -> None:
    text = (
        f"kind: {kind}\nmetadata:\n  name: x\nstatus:\n  conditions:\n  - message: what went wrong\n"
        f'    reason: {reason}\n    status: "{status}"\n    type: {condition}\n'
    )
    (record,) = read(text).records
    assert (record.source, record.kind, record.name, record.reason) == ("object", kind, "x", reason)
    assert (record.message, record.line) == ("what went wrong", 6)


def test_a_pending_claim_is_a_record_and_a_bound_one_is_not() -> None:
    text = (
        "kind: PersistentVolumeClaim\nmetadata:\n  name: data\nspec:\n  storageClassName: fast\n"
        "status:\n  phase: {phase}\n"
    )
    (record,) = read(text.format(phase="Pending")).records
    assert (record.reason, record.message, record.line) == (
        "Pending",
        "PersistentVolumeClaim data is Pending, storage class fast",
        7,
    )
    assert read(text.format(phase="Bound")).records == ()


def test_other_objects_keep_the_fields_a_cause_can_sit_in() -> None:
    text = """\
kind: Service
metadata: {name: api, namespace: n}
spec: {selector: {app: api}, ports: [{port: 80, targetPort: http}]}
---
kind: Endpoints
metadata: {name: api, namespace: n}
subsets: [{addresses: [{ip: 10.0.0.2}], notReadyAddresses: [{ip: 10.0.0.3}]}]
---
kind: ResourceQuota
metadata: {name: team}
spec: {hard: {pods: "2"}}
status: {hard: {pods: "2", limits.memory: 1Gi}, used: {pods: "2", limits.memory: 900Mi}}
---
kind: LimitRange
metadata: {name: lr}
spec: {limits: [{type: Container, max: {cpu: "2"}}]}
---
kind: ReplicaSet
metadata: {name: api-1, ownerReferences: [{kind: Deployment, name: api}]}
spec: {replicas: 3, template: {spec: {containers: [{name: c, volumeMounts: [{name: v, mountPath: /v}]}]}}}
status: {readyReplicas: 1}
"""
    found = read(text)
    by_kind = {o.kind: o for o in found.objects}
    assert (by_kind["Service"].ports, by_kind["Service"].selector) == (("80/TCP->http",), ("app=api",))
    assert by_kind["Endpoints"].addresses == ("10.0.0.2",)
    assert by_kind["ResourceQuota"].hard == ("limits.memory=1Gi", "pods=2")
    assert by_kind["ResourceQuota"].used == ("limits.memory=900Mi", "pods=2")
    assert by_kind["LimitRange"].hard == ("Container.max.cpu=2",)
    assert (by_kind["ReplicaSet"].replicas, by_kind["ReplicaSet"].ready_replicas) == (3, 1)
    assert by_kind["ReplicaSet"].owner_name == "api"
    assert found.containers == () and found.mounts == ()  # a template does not run


# -- broken and hostile files ------------------------------------------------------------------------


def test_a_document_that_cannot_be_read_costs_itself_alone() -> None:
    text = (
        "kind: Pod\nmetadata: {name: a}\n---\nkind: Pod\nmetadata:\n\tname: tab\n---\nkind: Pod\nmetadata: {name: b}\n"
    )
    found = read(text)
    assert [p.name for p in found.pods] == ["a", "b"]
    assert found.unparsed == 3
    assert [(n.line, n.problem) for n in found.notes] == [(4, "not readable as YAML")]


def test_a_list_that_was_cut_keeps_the_items_before_the_cut() -> None:
    item = "- kind: Pod\n  metadata:\n    name: p{}\n"
    text = "apiVersion: v1\nitems:\n" + item.format(1) + item.format(2) + '- kind: Pod\n  metadata:\n    name: "p'
    found = read(text)
    assert [(p.name, p.line) for p in found.pods] == [("p1", 5), ("p2", 8)]
    assert found.unparsed == 3


def test_json_that_was_cut_keeps_the_objects_before_the_cut() -> None:
    text = '{"kind":"PodList","items":[\n{"kind":"Pod","metadata":{"name":"a"}},\n{"kind":"Pod","metadata":{"na'
    found = read(text)
    assert [p.name for p in found.pods] == ["a"]
    assert (found.unparsed, found.notes[0].line) == (1, 3)


def test_json_lines_and_concatenated_json_are_read() -> None:
    assert [
        p.name
        for p in read('{"kind":"Pod","metadata":{"name":"a"}}\n{broken\n{"kind":"Pod","metadata":{"name":"b"}}\n').pods
    ] == [
        "a",
        "b",
    ]
    pretty = '{\n "kind": "Pod",\n "metadata": {"name": "a"}\n}\n{\n "kind": "Pod",\n "metadata": {"name": "b"}\n}\n'
    assert [(p.name, p.line) for p in read(pretty).pods] == [("a", 3), ("b", 7)]


def test_messages_of_kubectl_in_the_file_do_not_cost_the_object() -> None:
    text = (
        "W0101 00:10:00.000001   12345 warnings.go:70] v1 Endpoints is deprecated\n"
        "kind: Pod\nmetadata:\n  name: p\n"
        "Error from server (Forbidden): pods is forbidden\n"
    )
    found = read(text)
    assert [(p.name, p.line) for p in found.pods] == [("p", 4)]
    assert found.unparsed == 2


def test_each_of_several_messages_of_kubectl_in_a_row_is_noted() -> None:
    text = (
        "Warning of the first line\nWarning of the second line\n---\nkind: Pod\nmetadata:\n  name: p\n"
        "Error from server\nError without an end"
    )
    found = read(text)
    assert [(p.name, p.line) for p in found.pods] == [("p", 6)]
    assert [(n.line, n.problem) for n in found.notes] == [
        (line, "line that is no part of a document") for line in (1, 2, 7, 8)
    ]
    assert found.unparsed == 4


def test_documents_end_at_every_kind_of_marker_and_only_there() -> None:
    pod = "kind: Pod\nmetadata:\n  name: {}\n"
    text = (
        f"---\n{pod.format('a')}--- # next\n{pod.format('b')}...\n%YAML 1.2\n---\n{pod.format('c')}  note: x ---y\n---"
    )
    found = read(text)
    assert [(p.name, p.line) for p in found.pods] == [("a", 4), ("b", 8), ("c", 14)]
    assert (found.unparsed, found.notes) == (0, ())


def test_a_list_whose_items_key_is_the_first_line_is_taken_apart() -> None:
    found = read("items:\n- kind: Pod\n  metadata:\n    name: a\n- kind: Pod\n  metadata:\n    name: b\n")
    assert [(p.name, p.line) for p in found.pods] == [("a", 4), ("b", 7)]


def test_a_key_that_stands_twice_is_noted_from_the_first_line_on() -> None:
    found = read("kind: Pod\nkind: Pod\nmetadata: {name: a}\n")
    assert [(n.line, n.problem) for n in found.notes] == [(1, "a key stands twice: the last one counts")]


def test_a_prompt_line_before_the_object_is_skipped() -> None:
    found = read("$ kubectl get pod p -o yaml\napiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n")
    assert [(p.name, p.line) for p in found.pods] == [("p", 5)]


@pytest.mark.parametrize(
    "text",
    [
        "kind: Pod\nmetadata: [a]\nspec: text\nstatus: 7\n",
        "kind: Pod\nmetadata: {name: [x], labels: 3}\nspec: {containers: null, volumes: {a: b}}\n",
        "kind: Pod\nmetadata: {name: p}\nspec: {containers: [1, null, {name: {}}]}\nstatus: {conditions: {}}\n",
        "kind: List\nitems: null\n",
        "kind: Event\ninvolvedObject: nope\nseries: []\ncount: x\nlastTimestamp: 5\nmessage: {}\n",
        "kind: Node\nstatus: {conditions: [x], allocatable: {memory: [1]}}\n",
        "kind: Secret\ndata: x\n",
        "kind: Job\nstatus: {conditions: [{type: [], status: {}}]}\nmetadata: {ownerReferences: x}\n",
        '{"kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": {"name": "x"}}}',
        "items:\n- \n- a\n- {kind: Pod}\n",
        "",
        "---\n---\n",
        "kind: Pod\nmetadata: {name: +5, namespace: 007}\nspec: {priority: 1e999}\n",
    ],
)
def test_wrong_types_never_raise(text: str) -> None:
    read(text)


def test_hostile_yaml_stays_small_and_harmless() -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"b{i}: &b{i} [*b{i - 1}, *b{i - 1}]\n" for i in range(1, 200))
    assert read("kind: Pod\nmetadata: {name: p}\n" + bomb).pods[0].name == "p"
    assert read("kind: Pod\nx: " + "[" * 60_000 + "]" * 60_000 + "\n").unparsed == 2
    assert read('{"kind": "Pod", "x": ' + "[" * 60_000).pods == ()
    assert read("kind: Pod\nkind: Node\nmetadata: {name: twice}\n").nodes[0].node == "twice"


def test_odd_scalars_survive() -> None:
    raw = (
        b'kind: Pod\nmetadata:\n  name: "caf\\u00e9"\n  namespace: "007"\nspec:\n  nodeName: caf\xe9\n'
        b'status:\n  phase: Failed\n  reason: "no\\0pe\\x1b[31m"\n  message: "\\ud83d\\ude00"\n'
    )
    (pod,) = read(raw).pods
    assert (pod.name, pod.namespace, pod.node) == ("café", "007", "caf\\xe9")
    assert (pod.reason, pod.message) == ("no\x00pe\x1b[31m", "😀")


def test_a_byte_order_mark_changes_nothing() -> None:
    found = read(b"\xef\xbb\xbf" + POD.encode())
    assert found.pods == read(POD).pods
    assert found.records == read(POD).records


def test_old_dumps_with_the_keys_of_go_are_understood() -> None:
    text = json.dumps(
        {
            "Items": [
                {
                    "ObjectMeta": {"Name": "e", "Namespace": "n"},
                    "InvolvedObject": {"Kind": "Pod", "Name": "p", "FieldPath": "spec.containers{c}"},
                    "Reason": "BackOff",
                    "Message": "Back-off restarting failed container",
                    "Count": 3,
                    "LastTimestamp": "2018-01-02T03:04:05Z",
                    "Type": "Warning",
                }
            ]
        },
        indent=1,
    )
    (record,) = read(text).records
    assert (record.kind, record.name, record.container, record.count) == ("Pod", "p", "c", 3)
    assert record.timestamp == dt.datetime(2018, 1, 2, 3, 4, 5, tzinfo=dt.UTC)


def test_sniff_takes_objects_and_leaves_logs() -> None:
    assert objects.sniff(POD, FLAT)
    assert objects.sniff("---\napiVersion: v1\nitems: []\n", FLAT)
    assert objects.sniff('{\n    "apiVersion": "v1",\n    "items": []\n}\n', FLAT)
    assert objects.sniff('{"items":[{"namespace":"n","reason":"R"}]}', FLAT)
    assert not objects.sniff('{"level":"info","ts":1.5,"msg":"x","kind":"Pod"}\n', FLAT)
    assert not objects.sniff('{"log":"kind: Pod\\n","stream":"stdout"}\n', FLAT)
    assert not objects.sniff('{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata"}\n', FLAT)
    assert not objects.sniff("2024-01-01T00:00:00Z kind: Pod\n", FLAT)
    assert not objects.sniff(POD, Placement(layout="var-log", why="", role="container_log"))


# -- quantities and places ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("300Mi", 314572800),
        ("1Gi", 1073741824),
        ("128974848", 128974848),
        ("129M", 129000000),
        ("1e3", 1000),
        ("1E", 10**18),
        ("0.5Ki", 512),
        ("512m", 1),  # meant as megabytes, it is half a byte
        ("", None),
        ("lots", None),
        ("1GB", None),
        ("--1", None),
        ("1e999", None),
        (None, None),
    ],
)
def test_memory_quantities(text: str | None, expected: int | None) -> None:
    assert quantity.to_bytes(text) == expected


@pytest.mark.parametrize(("text", "expected"), [("0.5", 500), ("250m", 250), ("2", 2000), ("100u", 1), ("x", None)])
def test_cpu_quantities(text: str, expected: int | None) -> None:
    assert quantity.to_millicores(text) == expected


def test_a_line_is_cited_only_when_key_and_value_stand_there() -> None:
    raw = b"a:\n  note: an error message: boom\n  message: boom\n  name: app-init\n  name: app\n"
    locator, whole = Locator(raw), Span(0, len(raw))
    place = locator.find(whole, "message", "boom")
    assert place is not None and locator.line(place) == 3
    place = locator.find(whole, "name", "app")
    assert place is not None and (locator.line(place), locator.text(place)) == (5, "  name: app")
    assert locator.find(whole, "name", "other") is None


def test_a_giant_line_is_cited_around_the_place() -> None:
    raw = b'{"pad":"' + b"x" * 50_000 + b'","message":"boom"}'
    locator = Locator(raw)
    place = locator.find(Span(0, len(raw)), "message", "boom")
    assert place is not None
    assert "boom" in locator.text(place) and len(locator.text(place)) <= 1024


def test_lines_are_numbered_alike_in_whatever_order_they_are_asked_for() -> None:
    raw = b"".join(b"%d\n" % i for i in range(2_000))
    starts = [i for i in range(len(raw)) if i == 0 or raw[i - 1 : i] == b"\n"]
    locator = Locator(raw)
    asked = [*range(0, 2_000, 7), *range(1_999, 0, -13), 1_000, 1_001, 5, 1_999]
    assert [locator.line(starts[i]) for i in asked] == [i + 1 for i in asked]


def test_what_is_nested_too_deeply_to_be_remembered_is_read_all_the_same() -> None:
    deep = b'{"a":' * 300 + b"1" + b"}" * 300
    raw = b'{"kind":"Pod","metadata":{"name":"web"},"spec":{"containers":[{"name":"app","livenessProbe":'
    raw += b'{"httpGet":{"port":8080},"extra":' + deep + b"}}]}}"
    [probe] = objects.parse(raw, "pod.json", FLAT).probes
    assert (probe.handler, probe.port, probe.period_seconds) == ("httpGet", "8080", 10.0)


CUSTOM = """\
apiVersion: shop.example.com/v1
kind: Menu
metadata: {name: lunch, namespace: shop}
status:
  conditions:
  - {type: Ready, status: "False", reason: NoDishes, message: no dish is left}
  - {type: Synced, status: "True"}
  - {type: Progressing, status: "False", message: nothing to do}
  - {type: ResolutionFailed, status: "True", reason: TwoCooks, message: cooks disagree}
  - {type: SourcesUnhealthy, status: "False", message: all is well}
"""


def test_a_custom_objects_conditions_are_told_where_their_names_say_which_status_is_bad() -> None:
    harvest = objects.parse(CUSTOM.encode(), "menu.yaml", FLAT)
    told = [(r.source, r.kind, r.name, r.reason, r.message, r.line) for r in harvest.records]
    assert told == [
        ("event", "Menu", "lunch", "NoDishes", "no dish is left", 6),
        ("event", "Menu", "lunch", "TwoCooks", "cooks disagree", 9),
    ]


def test_a_list_on_a_single_line_takes_no_more_memory_than_its_rows() -> None:
    status = {"name": "app", "restartCount": 3, "ready": False, "state": {"waiting": {"reason": "CrashLoopBackOff"}}}
    pods = [
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": f"web-{n}", "namespace": "shop"},
            "spec": {"containers": [{"name": "app", "image": "registry.example/app:1"}]},
            "status": {"phase": "Running", "containerStatuses": [status]},
        }
        for n in range(400)
    ]
    raw = json.dumps({"apiVersion": "v1", "kind": "List", "items": pods}).encode()
    tracemalloc.start()
    try:
        found = objects.parse(raw, "pods.json", FLAT)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [(p.name, p.line) for p in found.pods[:2]] == [("web-0", 1), ("web-1", 1)]
    assert "web-399" in found.pods[399].text
    assert len(found.containers) == 400
    assert peak < 50 * len(raw)
