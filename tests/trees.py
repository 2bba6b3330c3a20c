# ruff: noqa: E501  (a tree reads best with one file a line)
"""One incident as each collector writes it down: small trees, path -> content.

A pod in a crash loop whose last words name the file it misses. All names and texts are ours; shapes of paths and
files follow each collector's own code (see analyzer/layout_rules.py for the sources).
"""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Mapping
from typing import Any

Tree = dict[str, bytes]

NS, POD, BOX, NODE = "shop", "web-6d5f4c7b9d-x2k8p", "app", "worker-1"
UID = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
ID = "a1b2" * 16
LAST = "open /etc/web/web.yaml: no such file or directory"
STAMP = "20240305-071500"

METADATA: dict[str, Any] = {
    "name": POD, "namespace": NS, "uid": UID, "creationTimestamp": "2024-03-05T07:00:00Z",
    "labels": {"app": "web", "pod-template-hash": "6d5f4c7b9d"},
    "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-6d5f4c7b9d", "uid": "r-1", "controller": True}],
}  # fmt: skip
STATUS: dict[str, Any] = {
    "name": BOX, "ready": False, "started": False, "restartCount": 6, "image": "registry.example.test/web:1", "imageID": "",
    "containerID": f"containerd://{ID}",
    "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s restarting failed container"}},
    "lastState": {"terminated": {"exitCode": 1, "reason": "Error", "containerID": f"containerd://{ID}",
                                 "startedAt": "2024-03-05T07:08:08Z", "finishedAt": "2024-03-05T07:08:09Z"}},
}  # fmt: skip
POD_OBJECT: dict[str, Any] = {
    "apiVersion": "v1", "kind": "Pod", "metadata": METADATA,
    "spec": {"nodeName": NODE, "containers": [{"name": BOX, "image": "registry.example.test/web:1", "args": ["--config", "/etc/web/web.yaml"]}]},
    "status": {"phase": "Running", "startTime": "2024-03-05T07:00:00Z", "hostIP": "192.0.2.7", "podIP": "10.1.0.9",
               "conditions": [{"type": "Ready", "status": "False", "reason": "ContainersNotReady", "message": f"containers with unready status: [{BOX}]", "lastTransitionTime": "2024-03-05T07:08:09Z"}],
               "containerStatuses": [STATUS]},
}  # fmt: skip
EVENT: dict[str, Any] = {
    "apiVersion": "v1", "kind": "Event",
    "metadata": {"name": f"{POD}.17b9d0c0ffee1234", "namespace": NS, "creationTimestamp": "2024-03-05T07:01:10Z"},
    "involvedObject": {"kind": "Pod", "namespace": NS, "name": POD, "uid": UID, "apiVersion": "v1", "fieldPath": f"spec.containers{{{BOX}}}"},
    "reason": "BackOff", "message": f"Back-off restarting failed container {BOX} in pod {POD}_{NS}({UID})", "type": "Warning", "count": 31,
    "source": {"component": "kubelet", "host": NODE}, "firstTimestamp": "2024-03-05T07:01:10Z", "lastTimestamp": "2024-03-05T07:14:30Z",
}  # fmt: skip
NODE_OBJECT: dict[str, Any] = {
    "apiVersion": "v1", "kind": "Node", "metadata": {"name": NODE, "creationTimestamp": "2024-01-05T07:00:00Z"}, "spec": {},
    "status": {"conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady", "lastTransitionTime": "2024-01-05T07:01:00Z"}],
               "allocatable": {"cpu": "4", "memory": "16Gi", "pods": "110"}, "nodeInfo": {"kubeletVersion": "v1.29.2"}},
}  # fmt: skip
NAMESPACE_OBJECT = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NS, "uid": "n-1"}}
VERSION = {"major": "1", "minor": "29", "gitVersion": "v1.29.2"}

LOG = f"""\
2024-03-05T07:08:08.101234567Z level=info msg="starting web 1.4.2"
2024-03-05T07:08:09.201234567Z level=fatal msg="{LAST}"
""".encode()
PLAIN = f"starting web 1.4.2\nfatal: {LAST}\n".encode()
CRI = b"""\
2024-03-05T07:08:08.101234567Z stdout F starting web 1.4.2
2024-03-05T07:08:09.201234567Z stderr P fatal: open /etc/web/
2024-03-05T07:08:09.201334567Z stderr F web.yaml: no such file or directory
"""
DOCKER = (
    b'{"log":"starting web 1.4.2\\n","stream":"stdout","time":"2024-03-05T07:08:08.101234567Z"}\n'
    + json.dumps({"log": f"fatal: {LAST}\n", "stream": "stderr", "time": "2024-03-05T07:08:09.2Z"}).encode()
    + b"\n"
)
PODREF = f"{POD}_{NS}({UID})"
KUBELET = (
    f"Mar 05 07:08:10 {NODE} kubelet[912]: I0305 07:08:10.101234     912 scope.go:117] \"RemoveContainer\" containerID=\"{ID}\"\n"
    f"Mar 05 07:08:10 {NODE} kubelet[912]: E0305 07:08:10.101234     912 pod_workers.go:1298] \"Error syncing pod, skipping\" "
    f'err="failed to \\"StartContainer\\" for \\"{BOX}\\" with CrashLoopBackOff: \\"back-off 5m0s restarting failed container={BOX} '
    f'pod={PODREF}\\"" pod="{NS}/{POD}" podUID="{UID}"\n'
).encode()  # fmt: skip
CRIO = f'Mar 05 07:08:09 {NODE} crio[800]: time="2024-03-05T07:08:09.301Z" level=info msg="Stopped container {ID}"\n'.encode()
JOURNAL = f"Mar 05 07:08:01 {NODE} systemd[1]: Started Session 7 of user core.\n".encode() + KUBELET
DMESG = b"[    0.000000] Linux version 5.14.0-284.el9.x86_64\n[   12.345678] eth0: renamed from tmp1\n"
EVENTS_TABLE = (
    f"LAST SEEN   TYPE      REASON      OBJECT                     MESSAGE\n"
    f"30s         Warning   BackOff     pod/{POD}   Back-off restarting failed container {BOX} in pod {PODREF}\n"
    f"7m          Normal    Pulled      pod/{POD}   Container image \"registry.example.test/web:1\" already present on machine\n"
).encode()  # fmt: skip
PODS_TABLE = (
    f"NAMESPACE   NAME                   READY   STATUS             RESTARTS      AGE   IP         NODE       NOMINATED NODE   READINESS GATES\n"
    f"{NS}        {POD}   0/1     CrashLoopBackOff   6 (30s ago)   15m   10.1.0.9   {NODE}   <none>           <none>\n"
).encode()  # fmt: skip
DESCRIBE_POD = f"""\
Name:             {POD}
Namespace:        {NS}
Priority:         0
Node:             {NODE}/192.0.2.7
Start Time:       Tue, 05 Mar 2024 07:00:00 +0000
Labels:           app=web
Status:           Running
IP:               10.1.0.9
Controlled By:    ReplicaSet/web-6d5f4c7b9d
Containers:
  {BOX}:
    Container ID:  containerd://{ID}
    Image:         registry.example.test/web:1
    Args:
      --config
      /etc/web/web.yaml
    State:          Waiting
      Reason:       CrashLoopBackOff
    Last State:     Terminated
      Reason:       Error
      Exit Code:    1
      Started:      Tue, 05 Mar 2024 07:08:08 +0000
      Finished:     Tue, 05 Mar 2024 07:08:09 +0000
    Ready:          False
    Restart Count:  6
    Environment:    <none>
    Mounts:         <none>
Conditions:
  Type              Status
  Initialized       True
  Ready             False
Events:
  Type     Reason   Age                 From     Message
  ----     ------   ----                ----     -------
  Normal   Pulled   15m (x5 over 15m)   kubelet  Container image "registry.example.test/web:1" already present on machine
  Warning  BackOff  30s (x31 over 14m)  kubelet  Back-off restarting failed container {BOX} in pod {PODREF}
""".encode()
DESCRIBE_NODE = f"""\
Name:               {NODE}
Roles:              <none>
Labels:             kubernetes.io/hostname={NODE}
CreationTimestamp:  Fri, 05 Jan 2024 07:00:00 +0000
Taints:             <none>
Unschedulable:      false
Conditions:
  Type             Status  LastHeartbeatTime                 LastTransitionTime                Reason                       Message
  ----             ------  -----------------                 ------------------                ------                       -------
  MemoryPressure   False   Tue, 05 Mar 2024 07:14:00 +0000   Fri, 05 Jan 2024 07:00:00 +0000   KubeletHasSufficientMemory   kubelet has sufficient memory available
  Ready            True    Tue, 05 Mar 2024 07:14:00 +0000   Fri, 05 Jan 2024 07:01:00 +0000   KubeletReady                 kubelet is posting ready status
Addresses:
  InternalIP:  192.0.2.7
Capacity:
  cpu:     4
  memory:  16393244Ki
Allocatable:
  cpu:     4
  memory:  16290844Ki
System Info:
  Kernel Version:   5.14.0-284.el9.x86_64
  Kubelet Version:  v1.29.2
Non-terminated Pods:  (1 in total)
  Namespace    Name                   CPU Requests  CPU Limits  Memory Requests  Memory Limits  Age
  ---------    ----                   ------------  ----------  ---------------  -------------  ---
  {NS}         {POD}   0 (0%)        0 (0%)      0 (0%)           0 (0%)         15m
Allocated resources:
  (Total limits may be over 100 percent, i.e., overcommitted.)
  Resource           Requests  Limits
  --------           --------  ------
  cpu                0 (0%)    0 (0%)
  memory             0 (0%)    0 (0%)
Events:              <none>
""".encode()  # fmt: skip


def yaml(value: object, indent: int = 0) -> str:
    """JSON values in the block style of the API's own printer."""
    pad = "  " * indent
    if isinstance(value, Mapping) and value:
        return "".join(
            f"{pad}{key}:" + (f"\n{yaml(v, indent + (isinstance(v, Mapping)))}" if isinstance(v, Mapping | list) and v else f" {json.dumps(v)}\n")
            for key, v in value.items()
        )  # fmt: skip
    if isinstance(value, list) and value:
        return "".join(f"{pad}- {yaml(v, indent + 1).lstrip()}" for v in value)
    return f"{pad}{json.dumps(value)}\n"


def y(value: object) -> bytes:
    return yaml(value).encode()


def j(value: object) -> bytes:
    return json.dumps(value, indent=4).encode() + b"\n"


def items(kind: str, *of: Mapping[str, Any], version: str = "v1") -> dict[str, Any]:
    return {"apiVersion": version, "kind": f"{kind}List", "items": list(of), "metadata": {"resourceVersion": "7"}}


def targz(files: Tree) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for path, data in files.items():
            info = tarfile.TarInfo(path)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def zipped(files: Tree) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    return buffer.getvalue()


def under(prefix: str, files: Tree) -> Tree:
    return {f"{prefix}/{path}": data for path, data in files.items()}


LOGS = f"namespaces/{NS}/pods/{POD}/{BOX}/{BOX}/logs"
IMAGE = "quay-io-openshift-release-dev-ocp-v4-0-art-dev-sha256-ab12"
INSPECT: Tree = {
    f"namespaces/{NS}/{NS}.yaml": y(NAMESPACE_OBJECT),
    f"namespaces/{NS}/core/events.yaml": y(items("Event", EVENT)),
    f"namespaces/{NS}/core/pods.yaml": y(items("Pod", POD_OBJECT)),
    f"namespaces/{NS}/core/configmaps.yaml": b"---\napiVersion: v1\nitems: []\nkind: ConfigMapList\nmetadata:\n  resourceVersion: \"7\"\n",
    f"namespaces/{NS}/pods/{POD}/{POD}.yaml": b"---\n" + y(POD_OBJECT),
    f"{LOGS}/current.log": b"",
    f"{LOGS}/previous.log": b"",
    f"{LOGS}/previous.insecure.log": b"",
    f"{LOGS}/rotated/0.log.{STAMP}.gz": gzip.compress(CRI),
    "cluster-scoped-resources/core/nodes/worker-1.yaml": b"---\n" + y(NODE_OBJECT),
}  # fmt: skip
TIMES: Tree = {
    "timestamp": b"2024-03-05 07:14:00.100000000 +0000 UTC m=+0.1\n2024-03-05 07:15:00.1 +0000 UTC m=+60.1\n"
}
MUST_GATHER: Tree = {
    **TIMES,
    "must-gather.logs": b"[must-gather      ] OUT 2024-03-05T07:14:00.1Z Using must-gather plug-in image: quay.io/x@sha256:ab12\n",
    "event-filter.html": b"<!DOCTYPE html>\n<html>\n<body>\n<table>\n<tr><td>07:14:30</td><td>shop</td><td>BackOff</td></tr>\n</table></body></html>\n",
    **under(IMAGE, {
        **INSPECT, **TIMES,
        "version": b"openshift/must-gather\n4.15.3-202403010000.p0.abc\n",
        "gather-debug.log": b"[disk usage checker] Started\n[disk usage checker] Volume usage percentage: current = 3 ; allowed = 30\n",
        "gather.logs": b"2024/03/05 07:14:01 INFO: Gathering data for ns/shop...\n",
        "monitoring/prometheus/rules.json": b'{"status":"success","data":{"groups":[]}}\n',
        "monitoring/prometheus/rules.stderr": b"",
        "etcd_info/endpoint_health.json": b'[{"endpoint":"https://192.0.2.1:2379","health":true,"took":"8ms"}]\n',
        "pod_network_connectivity_check/podnetworkconnectivitychecks.yaml": b"---\napiVersion: controlplane.operator.openshift.io/v1alpha1\nitems: []\nkind: PodNetworkConnectivityCheckList\nmetadata:\n  resourceVersion: \"7\"\n",
        "host_service_logs/masters/kubelet_service.log": KUBELET,
        "host_service_logs/masters/crio_service.log": CRIO,
        f"nodes/{NODE}/{NODE}_logs_kubelet.gz": gzip.compress(KUBELET),
        f"nodes/{NODE}/dmesg": DMESG,
        f"nodes/{NODE}/lscpu": b"Architecture:        x86_64\n",
        f"nodes/{NODE}/sysinfo.tgz": targz({"proc/meminfo": b"MemTotal: 16393244 kB\n"}),
        f"nodes/{NODE}/journal.tar.gz": targz({"journal/kubelet.log": KUBELET}),
        "audit_logs/kube-apiserver/m0-audit.log.gz": gzip.compress(b'{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","verb":"get"}\n'),
        "static-pods/kube-apiserver/m0/startup.log": b"I0305 07:00:00.000001       1 options.go:228] external host was not specified\n",
        "network_logs/cluster_scale": b"Number of nodes: 1\n",
        "insights-data/insights-2024-03-05-071400.tar.gz": targz({"config/version.json": j({"kind": "ClusterVersion", "apiVersion": "config.openshift.io/v1", "metadata": {"name": "version"}})}),
    }),
}  # fmt: skip
OF_IMAGE = under(IMAGE, INSPECT)
ADD_ONS: Tree = {  # several images' output side by side
    **OF_IMAGE,
    **under("registry-redhat-io-odf4-odf-must-gather-rhel9-sha256-cd34", {
        "version": b"odf-must-gather\n4.15.0\n",
        "gather-debug.log": b"collecting dump of namespace openshift-storage\n",
        "ceph/must_gather_commands/ceph_status": b"  cluster:\n    id:     a1\n    health: HEALTH_OK\n",
        "ceph/must_gather_commands_json_output/ceph_status_--format_json-pretty": j({"health": {"status": "HEALTH_OK"}}),
        "ceph/journal_worker-1/journal_worker-1.gz": gzip.compress(JOURNAL),
        "ceph/kernel_worker-1/kernel_worker-1.gz": gzip.compress(f"Mar 05 07:08:09 {NODE} kernel: rbd: rbd0: capacity 10737418240 features 0x1\n".encode()),
        "ceph/ceph_daemon_log_worker-1/ceph-osd.0.log": b"2024-03-05T07:00:00.000+0000 7f1d5b7fe700  1 osd.0 24 state: booting -> active\n",
        "ceph/namespaces/openshift-storage/core/events.yaml": y(items("Event")),
        "ceph/namespaces/openshift-storage/pods/rook-ceph-osd-0-5c9c8-x2k8p/osd/osd/logs/current.log": b"2024-03-05T07:00:00.1Z debug 2024-03-05T07:00:00.000+0000 7f1d 1 osd.0 24 boot\n",
        "ceph/namespaces/openshift-storage/ceph.rook.io/cephclusters/ocs.yaml": y({"apiVersion": "ceph.rook.io/v1", "kind": "CephCluster", "metadata": {"name": "ocs", "namespace": "openshift-storage"}}),
        "noobaa/raw_output/status": b"INFO[0000] CLI version: 5.15.0\n",
        "noobaa/logs/noobaa-core-0.log": b"2024-03-05T07:00:00.1Z [Server/14] [L0] core.server:: up\n",
        "noobaa/namespaces/openshift-storage/noobaa.io/noobaas/noobaa.yaml": y({"apiVersion": "noobaa.io/v1alpha1", "kind": "NooBaa", "metadata": {"name": "noobaa"}}),
        "oc_output/get_csv": b"NAME                 DISPLAY   VERSION   REPLACES   PHASE\nodf-operator.v4.15   ODF       4.15.0               Succeeded\n",
        "cluster-scoped-resources/oc_output/get_nodes": b"NAME       STATUS   ROLES    AGE   VERSION\nworker-1   Ready    worker   60d   v1.29.2\n",
        "cluster-scoped-resources/storage.k8s.io/storageclasses/rbd.yaml": y({"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "rbd"}, "provisioner": "rbd"}),
    }),
    **under("registry-redhat-io-container-native-virtualization-cnv-must-gather-rhel9-sha256-ef56", {
        "version": b"cnv/must-gather\n4.15.0\n",
        f"nodes/{NODE}/ip.txt": b"1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN\n",
        f"nodes/{NODE}/bridge": b"port              vlan-id\n",
        f"nodes/{NODE}/nft-ip-filter": b"table ip filter {\n}\n",
        f"nodes/{NODE}/dev_vfio": b"total 0\n",
        f"nodes/{NODE}/audit.log": b"type=AVC msg=audit(1709622489.250:42): avc:  denied  { read } for  pid=7\n",
        f"namespaces/{NS}/vms/vm-1/virt-launcher-vm-1-x2k8p.dumpxml.xml": b"<domain type='kvm' id='1'>\n  <name>shop_vm-1</name>\n</domain>\n",
        f"namespaces/{NS}/vms/vm-1/virt-launcher-vm-1-x2k8p.qemu.log": b"2024-03-05 07:00:00.123+0000: starting up libvirt version: 9.5.0\n",
        f"namespaces/{NS}/vms/vm-1/virt-launcher-vm-1-x2k8p.ruletables.txt": b"# Generated by iptables-save\n*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n",
        f"namespaces/{NS}/kubevirt.io/virtualmachines/custom/vm-1.yaml": y({"apiVersion": "kubevirt.io/v1", "kind": "VirtualMachine", "metadata": {"name": "vm-1", "namespace": NS}}),
        "apiservices/v1.subresources.kubevirt.io.yaml": y({"apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService", "metadata": {"name": "v1"}}),
        "webhooks/validating/virt-api-validator/validatingwebhookconfiguration.yaml": y({"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration", "metadata": {"name": "virt-api"}, "webhooks": []}),
    }),
    **under("registry-redhat-io-rhacm2-acm-must-gather-rhel9-sha256-0a1b", {
        "version": b"acm-must-gather\n2.10.0\n",
        "gather-acm.log": b"Getting ACM hub namespaces\n",
        "gather-managed.log": b"start collecting managed cluster ...\n",
        "cluster-scoped-resources/cluster.open-cluster-management.io/managedclusters/local.yaml": y({"apiVersion": "cluster.open-cluster-management.io/v1", "kind": "ManagedCluster", "metadata": {"name": "local"}}),
        "namespaces/open-cluster-management/pods/search-api-7c9d8b6f54-x2x7k/search-api/search-api/logs/current.log": b"2024-03-05T07:00:00.1Z I0305 07:00:00.000001       1 main.go:30] starting\n",
    }),
    **under("registry-redhat-io-openshift-logging-cluster-logging-rhel9-operator-sha256-2c3d", {
        "cluster-logging/clo/cluster-logging-operator-7c9d8b6f54-x2x7k": b'{"_ts":"2024-03-05T07:00:00.1Z","_level":"0","_component":"cluster-logging-operator","_message":"starting"}\n',
        "cluster-logging/clo/csv": b"NAME                     DISPLAY   VERSION   REPLACES   PHASE\ncluster-logging.v5.8.3   Logging   5.8.3                Succeeded\n",
        "cluster-logging/collector/collector-x2k8p/disk-usage": b"Filesystem     1K-blocks     Used Available Use% Mounted on\n/dev/sda4      125293548 21334688 103958860  18% /\n",
        "cluster-logging/collector/daemonset.describe": b"Name:           collector\nNamespace:      openshift-logging\nSelector:       component=collector\nDesired Number of Nodes Scheduled: 1\nEvents:         <none>\n",
        "cluster-logging/es/cluster-elasticsearch/health": b"epoch      timestamp cluster status\n1709622489 07:08:09  es      green\n",
        "cluster-logging/es/cluster-elasticsearch/nodes": b"ip heap.percent ram.percent\n10.0.0.1 30 60\n",
        "cluster-logging/install/csv/clusterlogging.v5.8.3.yaml": y({"apiVersion": "operators.coreos.com/v1alpha1", "kind": "ClusterServiceVersion", "metadata": {"name": "x", "namespace": "openshift-logging"}}),
        "cluster-logging/lokistack/logging-loki.yaml": y({"apiVersion": "loki.grafana.com/v1", "kind": "LokiStack", "metadata": {"name": "logging-loki"}}),
        "namespaces/openshift-logging/core/events.yaml": y(items("Event")),
    }),
}  # fmt: skip
OC_INSPECT = under(
    "inspect.local.123",
    {
        **INSPECT,
        **TIMES,
        "event-filter.html": b"<html><body></body></html>\n",
        "aggregated-discovery-apis.yaml": y(
            {"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "items": []}
        ),
    },
)
NODE_LOGS: Tree = {
    **under("case", {"pod.yaml": y(POD_OBJECT), f"{POD}.log": PLAIN}),
    "case/node-logs-worker-1.txt": b"-- Logs begin at Mon 2024-03-04 07:00:00 UTC, end at Tue 2024-03-05 07:15:00 UTC. --\n" + KUBELET,
    "case/node-logs-role-worker.log": b"".join(f"{NODE} ".encode() + line + b"\n" for line in KUBELET.splitlines()),
    "case/node-logs-kube-apiserver-audit.log": f'{NODE} {{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","verb":"get"}}\n'.encode(),
}  # fmt: skip


def cluster_info(extension: str, write: Any) -> Tree:
    empty = {
        kind: write({"kind": f"{kind}List", "apiVersion": version, "metadata": {"resourceVersion": "7"}, "items": []})
        for kind, version in (("Service", "v1"), ("ReplicationController", "v1"), ("DaemonSet", "apps/v1"), ("Deployment", "apps/v1"), ("ReplicaSet", "apps/v1"))
    }  # fmt: skip
    names = {"Service": "services", "ReplicationController": "replication-controllers", "DaemonSet": "daemonsets", "Deployment": "deployments", "ReplicaSet": "replicasets"}  # fmt: skip
    container = f"==== START logs for container {BOX} of pod {NS}/{POD} ====\n".encode()
    return under("cluster-state", {
        f"nodes.{extension}": write(items("Node", NODE_OBJECT)),
        f"{NS}/events.{extension}": write(items("Event", EVENT)),
        f"{NS}/pods.{extension}": write(items("Pod", POD_OBJECT)),
        **{f"{NS}/{names[kind]}.{extension}": data for kind, data in empty.items()},
        f"{NS}/{POD}/logs.txt": container + PLAIN + f"==== END logs for container {BOX} of pod {NS}/{POD} ====\n".encode(),
    })  # fmt: skip


TROUBLESHOOT = under("support-bundle-2024-03-05T07_15_00", {
    "version.yaml": b"apiVersion: troubleshoot.sh/v1beta2\nkind: SupportBundle\nspec:\n  versionNumber: 0.80.0\n",
    "analysis.json": j([{"name": "node.resources", "labels": {}, "insight": {"name": "n", "primary": "Nodes", "detail": "ok", "severity": "debug"}, "severity": "debug"}]),
    "cluster-info/cluster_version.json": j({"info": VERSION, "string": "v1.29.2"}),
    "cluster-resources/nodes.json": j(items("Node", NODE_OBJECT)),
    "cluster-resources/nodes-errors.json": j([]),
    "cluster-resources/namespaces.json": j(items("Namespace", NAMESPACE_OBJECT)),
    "cluster-resources/resources.json": j([{"groupVersion": "v1", "resources": []}]),
    "cluster-resources/groups.json": j([{"name": "apps"}]),
    f"cluster-resources/pods/{NS}.json": j(items("Pod", POD_OBJECT)),
    f"cluster-resources/events/{NS}.json": j(items("Event", EVENT)),
    f"cluster-resources/auth-cani-list/{NS}.json": j({"metadata": {"creationTimestamp": None}, "spec": {}, "status": {"resourceRules": [], "nonResourceRules": [], "incomplete": False}}),
    f"cluster-resources/deployments/{NS}.json": j(items("Deployment", version="apps/v1")),
    f"cluster-resources/configmaps/{NS}.json": j(items("ConfigMap")),
    "cluster-resources/custom-resource-definitions.json": j(items("CustomResourceDefinition", version="apiextensions.k8s.io/v1")),
    "cluster-resources/custom-resources/certificates.cert-manager.io/shop.json": j([]),
    "cluster-resources/custom-resources/certificates.cert-manager.io/shop.yaml": b"[]\n",
    f"cluster-resources/pods/logs/{NS}/{POD}/{BOX}.log": b"",
    f"cluster-resources/pods/logs/{NS}/{POD}/{BOX}-previous.log": PLAIN,
    f"cluster-resources/pods/logs/{NS}/{POD}/{BOX}-logs-errors.log": b"previous terminated container not found\n",
    f"configmaps/{NS}/web.json": j({"namespace": NS, "name": "web", "key": "", "configMapExists": True, "keyExists": False}),
    f"secrets/{NS}/web/password.json": j({"namespace": NS, "name": "web", "key": "password", "secretExists": True, "keyExists": True}),
    "host-collectors/system/memory.json": j({"total": 16786681856}),
    "host-collectors/system/cpu.json": j({"logicalCount": 4, "physicalCount": 2}),
    "host-collectors/system/hostos_info.json": j({"name": NODE, "kernelVersion": "5.14.0", "platform": "rocky"}),
    "host-collectors/system/systemctl_services.json": j([{"Unit": "kubelet.service", "Load": "loaded", "Active": "active", "Sub": "running"}]),
    "host-collectors/diskUsage/root.json": j({"total_bytes": 10, "used_bytes": 3}),
    "host-collectors/journald/kubelet.txt": KUBELET,
    "host-collectors/journald/kubelet-info.json": j({"command": "/usr/bin/journalctl -u kubelet", "exitCode": "0", "error": "", "outputDir": "", "input": "", "env": None}),
    "host-collectors/run-host/uptime.txt": b" 07:15:01 up 60 days,  1:02,  1 user,  load average: 0.10, 0.20, 0.30\n",
    "host-collectors/run-host/uptime-info.json": j({"command": "/usr/bin/uptime", "exitCode": "0"}),
    "host-collectors/run-host/k8s-services-status.txt": "\u25cf kubelet.service - kubelet: The Kubernetes Node Agent\n     Active: active (running)\n".encode(),
    "host-collectors/run-host/dmesg.txt": DMESG,
    "host-collectors/kubernetes/kubelet.log": KUBELET,
    "collector-errors.json": j({}),
    "copy/worker-1/etc/hosts": b"127.0.0.1 localhost\n",
    "ceph/status.json": j({"health": {"status": "HEALTH_OK"}}),
    "shop-logs/web/app.log": b"up\n",
})  # fmt: skip
CRUST = {
    f"namespaces/{NS}/v1/pod/{POD}.yaml": y(POD_OBJECT),
    f"namespaces/{NS}/v1/pod/{POD}/{BOX}/current.log": b"",
    f"namespaces/{NS}/v1/pod/{POD}/{BOX}/previous.log": PLAIN,
    f"namespaces/{NS}/v1/event/{POD}.17b9d0c0ffee1234.yaml": y(EVENT),
    f"namespaces/{NS}/apps-v1/deployment/web.yaml": y({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": NS}, "spec": {"replicas": 1}, "status": {"replicas": 1, "unavailableReplicas": 1}}),
    f"cluster/v1/node/{NODE}.yaml": y(NODE_OBJECT),
    f"cluster/v1/node/{NODE}/kubelet/kubelet.log": KUBELET,
    f"cluster/v1/node/{NODE}/containerd/current.log": CRIO,
    "cluster/v1/namespace/shop.yaml": y(NAMESPACE_OBJECT),
    "version.yaml": y(VERSION),
}  # fmt: skip
KIT_NODE = under(NODE, {
    "logs/kubelet.log": KUBELET, "logs/k3s-service.log": JOURNAL, "logs/rke2-server.log": JOURNAL, "logs/containerd.log": CRIO.split(b": ", 1)[1],
    "logs/kernel.log": f"Mar 05 07:08:09 {NODE} kernel: eth0: renamed from tmp1\n".encode(), "logs/syslog": JOURNAL, "logs/messages": JOURNAL, "logs/dmesg.log": DMESG,
    "logs/console.log": b"console up\n",
    "hostinfos/hostinfo": b"Linux worker-1 5.14.0\n", "hostinfos/proc_mounts": b"/dev/sda1 / ext4 rw 0 0\n",
    "configs/10-kubeadm.conf": b"[Service]\n",
})  # fmt: skip
HARVESTER = under("supportbundle_0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0_2024-03-05T07-15-00Z", {
    "metadata.yaml": b"projectName: Harvester\nprojectVersion: v1.3.0\nbundleID: a1\nkubernetesVersion: v1.29.2\nissueURL: \"\"\nissueDescription: shop is down\n",
    "bundleGenerationError.log": b"",
    f"logs/{NS}/{POD}/{BOX}.log": b"", f"logs/{NS}/{POD}/{BOX}.log.1": PLAIN,
    f"yamls/namespaced/{NS}/v1/pods.yaml": y(items("Pod", POD_OBJECT)),
    f"yamls/namespaced/{NS}/v1/events.yaml": y(items("Event", EVENT)),
    f"yamls/namespaced/{NS}/apps/v1/deployments.yaml": y(items("Deployment", version="apps/v1")),
    "yamls/cluster/v1/nodes.yaml": y(items("Node", NODE_OBJECT)),
    "external/harvester-kubeconfig.log": b"ok\n",
    f"nodes/{NODE}.zip": zipped(KIT_NODE),
})  # fmt: skip
LONGHORN = under("supportbundle_1f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0_2024-03-05T07-15-00Z", {
    "metadata.yaml": b"projectName: Longhorn\nbundleID: a1\n",
    f"logs/{NS}/{POD}/{BOX}.log.1": PLAIN,
    "logs/longhorn-system/longhorn-manager-x2k8p/longhorn-manager.log": b'time="2024-03-05T07:00:00Z" level=info msg="Start overwriting built-in settings" func=main\n',
    f"yamls/namespaced/{NS}/kubernetes/pods.yaml": y(items("Pod", POD_OBJECT)),
    "yamls/namespaced/longhorn-system/longhorn.io/v1beta2/volumes.yaml": y(items("Volume", version="longhorn.io/v1beta2")),
    "yamls/cluster/kubernetes/nodes.yaml": y(items("Node", NODE_OBJECT)),
    f"nodes/{NODE}.zip": zipped(KIT_NODE),
})  # fmt: skip
RANCHER: Tree = {"worker-1-2024-03-05_07_15_00.tar.gz": targz(under("worker-1-2024-03-05_07_15_00", {
    "collector-output.log": b"2024-03-05 07:15:00: Detecting available commands...\n",
    "systeminfo/dmesg": DMESG, "systeminfo/freem": b"              total        used        free\nMem:          15990        3045       1204\n",
    "systeminfo/date": b"Tue Mar  5 07:15:00 UTC 2024\n", "systeminfo/psauxfww": b"USER PID %CPU %MEM COMMAND\n",
    "systemlogs/messages": JOURNAL, "systemlogs/syslog.1": JOURNAL,
    "networking/iptables": b"# Generated by iptables-save\n*filter\nCOMMIT\n", "networking/ss4apn": b"State Recv-Q Send-Q\n", "networking/cni/10-canal.conflist": b'{"name": "k8s-pod-network", "plugins": []}\n',
    "journald/rke2-agent": KUBELET, "journald/containerd": CRIO,
    f"rke2/podlogs/{NS}-{POD}": b"", f"rke2/podlogs/{NS}-{POD}-previous": PLAIN,
    "rke2/crictl/psa": b"CONTAINER           IMAGE               CREATED             STATE               NAME                ATTEMPT             POD ID              POD\na1b2a1b2a1b2a       aa11aa11aa11a       30 seconds ago      Exited              app                 6                   b1c2b1c2b1c2b       web-6d5f4c7b9d-x2k8p\n",
    "rke2/crictl/imagesall": b"IMAGE                        TAG   IMAGE ID        SIZE\nregistry.example.test/web    1     aa11aa11aa11a   10MB\n",
    "rke2/kubectl/pods": PODS_TABLE, "rke2/kubectl/nodes": b"NAME       STATUS   ROLES    AGE   VERSION\nworker-1   Ready    <none>   60d   v1.29.2+rke2r1\n",
    "rke2/kubectl/events": EVENTS_TABLE.replace(b"LAST SEEN", b"NAMESPACE   LAST SEEN").replace(b"30s  ", b"shop        30s  ").replace(b"7m  ", b"shop        7m  "),
    "rke2/kubectl/nodesdescribe": DESCRIBE_NODE,
    "rke2/kubectl/apigroups": b"NAME\tSHORTNAMES\n", "rke2/kubectl/version": b"Server Version: v1.29.2+rke2r1\n",
    "rke2/agent-logs/kubelet.log": KUBELET.replace(b"kubelet[912]: ", b"kubelet: ").replace(b"Mar 05 07:08:10 worker-1 kubelet: ", b""),
    "rke2/agent-logs/containerd.log": CRIO.split(b": ", 1)[1],
    "rke2/certs/server/serving-kube-apiserver.crt": b"Certificate:\n    Data:\n        Version: 3 (0x2)\n",
    "rke2/directories/rke2agent": b"/var/lib/rancher/rke2/agent\n",
    "etcd/memberlist": b"8e9e05c52164694d, started, m0, https://192.0.2.1:2380, https://192.0.2.1:2379, false\n",
}))}  # fmt: skip
CILIUM = under(f"cilium-sysdump-{STAMP}", {
    "cilium-sysdump.log": b"time=\"2024-03-05T07:15:00Z\" level=info msg=\"Collecting Kubernetes nodes\"\n",
    f"k8s-version-{STAMP}.txt": b"v1.29.2\n",
    f"k8s-nodes-{STAMP}.yaml": y(items("Node", NODE_OBJECT)), f"k8s-pods-{STAMP}.yaml": y(items("Pod", POD_OBJECT)),
    f"k8s-pods-{STAMP}.txt": PODS_TABLE, f"k8s-namespaces-{STAMP}.yaml": y(items("Namespace", NAMESPACE_OBJECT)),
    f"k8s-events-{STAMP}.yaml": y(items("Event", EVENT)), f"k8s-events-{STAMP}.html": b"<html><body></body></html>\n",
    f"k8s-leases-{STAMP}.yaml": y(items("Lease", version="coordination.k8s.io/v1")), f"k8s-metrics-{STAMP}.yaml": y(items("PodMetrics", version="metrics.k8s.io/v1beta1")),
    f"ciliumendpoints-{STAMP}.yaml": y(items("CiliumEndpoint", version="cilium.io/v2")), f"ciliumnetworkpolicies-{STAMP}.yaml": y(items("CiliumNetworkPolicy", version="cilium.io/v2")),
    f"cilium-configmap-{STAMP}.yaml": y({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "cilium-config", "namespace": "kube-system"}, "data": {"debug": "false"}}),
    f"cilium-helm-values-{STAMP}.yaml": b"ipam:\n  mode: kubernetes\n",
    f"cilium-helm-metadata-{STAMP}.yaml": b"Namespace: kube-system\nVersion: 1.15.1\n",
    f"logs-{POD}-{BOX}-{STAMP}.log": b"", f"logs-{POD}-{BOX}-{STAMP}-prev.log": LOG,
    f"logs-cilium-x2k8p-cilium-agent-{STAMP}.log": b"2024-03-05T07:00:00.1Z level=info msg=\"Cilium 1.15.1\" subsys=daemon\n",
    f"hubble-flows-cilium-x2k8p-{STAMP}.json": b'{"flow":{"time":"2024-03-05T07:00:00Z","verdict":"FORWARDED"}}\n',
    f"gops-cilium-x2k8p-stats-{STAMP}.txt": b"goroutines: 300\n",
    f"cilium-bugtool-cilium-x2k8p-{STAMP}.tar": targz({"cmd/cilium-status.md": b"```\nKVStore: Ok\n```\n"}),
})  # fmt: skip
ISTIO = under("bug-report", {
    "versions": b"{\n  \"clientVersion\": {}\n}\n",
    "cluster/events": y(items("Event", EVENT)), "cluster/k8s-resources": y(items("Pod", POD_OBJECT)), "cluster/crs": y(items("VirtualService", version="networking.istio.io/v1")),
    "cluster/describe-pods": DESCRIBE_POD, "cluster/nodes": DESCRIBE_NODE, "cluster/k8s-version": b"Server Version: v1.29.2\n", "cluster/secrets": b"NAMESPACE NAME TYPE\n", "cluster/cluster-context": b"CURRENT   NAME\n*         x\n",
    f"proxies/{NS}/{POD}/istio-proxy.log": b"2024-03-05T07:00:00.323650Z\tinfo\tEnvoy proxy is ready\n",
    f"proxies/{NS}/{POD}/clusters": b"outbound|80||web::default_priority::max_connections::1\n", f"proxies/{NS}/{POD}/config_dump": b'{"configs": []}\n',
    f"proxies/{NS}/{POD}/stats/prometheus": b"# TYPE envoy_x counter\nenvoy_x 1\n", f"proxies/{NS}/{POD}/netstat": b"Active Internet connections\n",
    "istio/istio-system/istiod-7c9d8b6f54-x2x7k/discovery.log": b"2024-03-05T07:00:00.323650Z\tinfo\tFLAG: --clusterID=\"\"\n",
    "istio/istio-system/istiod-7c9d8b6f54-x2x7k/debug/syncz": b"[]\n",
    f"proxies/{NS}/{POD}/{BOX}.log": LOG,
    "analyze": b"Info [IST0118] (Service shop/web) Port name \n",
})  # fmt: skip
SOS = under("sosreport-worker-1-2024-03-05-abcdefg", {
    "version.txt": b"sosreport: 4.5.0\n", "environment": b"LANG=C\n", "date": b"Tue Mar  5 07:15:00 UTC 2024\n", "hostname": b"worker-1\n", "uptime": b" 07:15:01 up 60 days\n",
    "free": b"               total        used        free\nMem:        16393244     3045000     1204000\n", "df": b"Filesystem     1K-blocks     Used Available Use% Mounted on\n", "ps": b"USER PID\n", "lsmod": b"Module                  Size  Used by\n",
    "sos_commands/logs/journalctl_--no-pager": JOURNAL, "sos_commands/logs/journalctl_--no-pager_--boot": JOURNAL, "sos_commands/logs/journalctl_--disk-usage": b"Archived and active journals take up 1.0G in the file system.\n",
    "sos_commands/kernel/dmesg": DMESG, "sos_commands/kernel/dmesg_-T": b"[Tue Mar  5 07:00:00 2024] eth0: renamed from tmp1\n", "sos_commands/kernel/uname_-a": b"Linux worker-1 5.14.0\n",
    "sos_commands/openshift/journalctl_--no-pager_--unit_kubelet": KUBELET, "sos_commands/crio/journalctl_--no-pager_--unit_crio": CRIO,
    "sos_commands/crio/crictl_ps_-a": b"CONTAINER           IMAGE               CREATED             STATE               NAME                ATTEMPT             POD ID              POD\na1b2a1b2a1b2a       aa11aa11aa11a       30 seconds ago      Exited              app                 6                   b1c2b1c2b1c2b       web-6d5f4c7b9d-x2k8p\n",
    "sos_commands/crio/crictl_pods": b"POD ID              CREATED             STATE               NAME                   NAMESPACE           ATTEMPT             RUNTIME\nb1c2b1c2b1c2b       15 minutes ago      Ready               web-6d5f4c7b9d-x2k8p   shop                0                   (default)\n",
    f"sos_commands/crio/containers/logs/crictl_logs_-t_{ID[:13]}": LOG,
    f"sos_commands/crio/containers/crictl_inspect_{ID[:13]}": j({"status": {"id": ID, "metadata": {"attempt": 6, "name": BOX}, "state": "CONTAINER_EXITED", "createdAt": "2024-03-05T07:08:08Z", "startedAt": "2024-03-05T07:08:08Z", "finishedAt": "2024-03-05T07:08:09Z", "exitCode": 1, "reason": "Error", "labels": {"io.kubernetes.container.name": BOX, "io.kubernetes.pod.name": POD, "io.kubernetes.pod.namespace": NS}}}),
    f"sos_commands/kubernetes/cluster-info/{NS}/podlogs/{POD}/kubectl_--namespace_{NS}_logs_{POD}_-c_{BOX}": PLAIN,
    f"sos_commands/kubernetes/cluster-info/{NS}/kubectl_get_--namespace_{NS}_pods": PODS_TABLE,
    f"sos_commands/kubernetes/cluster-info/{NS}/kubectl_get_--namespace_{NS}_events": EVENTS_TABLE,
    f"sos_commands/kubernetes/{NS}/pods/kubectl_describe_pod_{POD}": DESCRIBE_POD,
    "sos_commands/kubernetes/kubectl_get_-o_json_nodes": j(items("Node", NODE_OBJECT)),
    "sos_commands/memory/free_-m": b"       total  used\nMem:   16009  2974\n", "sos_commands/systemd/systemctl_list-units": b"  UNIT LOAD ACTIVE SUB DESCRIPTION\n  kubelet.service loaded active running kubelet\n",
    "sos_commands/systemd/systemctl_status_--all": b"\xe2\x97\x8f worker-1\n    State: running\n",
    f"var/log/pods/{NS}_{POD}_{UID}/{BOX}/6.log": CRI,
    "var/log/messages": JOURNAL, "var/log/cron": b"Mar  5 07:01:01 worker-1 CROND[77]: (root) CMD (run-parts /etc/cron.hourly)\n", "var/log/audit/audit.log": b"type=AVC msg=audit(1709622489.250:42): avc:  denied  { read } for  pid=7\n",
    "proc/meminfo": b"MemTotal:       16393244 kB\n", "etc/os-release": b'NAME="Rocky Linux"\n', "etc/kubernetes/kubelet.conf": b"apiVersion: v1\nkind: Config\n",
    "sos_logs/sos.log": b"2024-03-05 07:15:00,123 INFO: [sos.report:setup] executing 'sos report'\n", "sos_reports/manifest.json": b'{"version": "4.5.0"}\n', "sos_reports/sos.html": b"<!DOCTYPE html>\n<html></html>\n",
    "sos_strings/kubernetes/x.tailed": KUBELET,
})  # fmt: skip
VAR_LOG = under("var/log", {
    f"pods/{NS}_{POD}_{UID}/{BOX}/6.log": b"", f"pods/{NS}_{POD}_{UID}/{BOX}/5.log": CRI,
    f"pods/{NS}_{POD}_{UID}/{BOX}/5.log.{STAMP}": CRI[:61], f"pods/{NS}_{POD}_{UID}/{BOX}/4.log.{STAMP}.gz": gzip.compress(CRI.replace(b"T07:08", b"T07:04")),
    f"pods/{NS}_{POD}_{UID}/{BOX}/4.log.{STAMP}.tmp": b"",
    f"containers/{POD}_{NS}_{BOX}-{ID}.log": CRI,
    "journal.txt": JOURNAL, "kubelet.log": KUBELET, "messages": JOURNAL, "messages-20240304.gz": gzip.compress(JOURNAL), "syslog.1": JOURNAL, "syslog.2.gz": gzip.compress(JOURNAL), "kern.log": f"Mar  5 07:08:09 {NODE} kernel: [   12.345678] eth0: renamed from tmp1\n".encode(), "dmesg": DMESG, "dmesg.0": DMESG,
    "kube-proxy.log": b"I0305 07:00:00.000001       1 server_others.go:72] \"Using iptables proxy\"\n", "kube-apiserver-audit.log": b'{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","verb":"get"}\n',
    "secure": f"Mar  5 07:01:01 {NODE} sshd[99]: Accepted publickey for core\n".encode(), "auth.log": f"Mar  5 07:01:01 {NODE} sshd[99]: Accepted publickey for core\n".encode(),
    "cloud-init.log": b"2024-03-05 07:00:00,123 - util.py[DEBUG]: Cloud-init v. 23.1\n", "cloud-init-output.log": b"Cloud-init v. 23.1 running 'init'\n", "yum.log": b"Mar 04 07:00:00 Installed: kubelet-1.29.2\n", "dnf.log": b"2024-03-04T07:00:00+0000 INFO --- logging initialized ---\n", "dpkg.log": b"2024-03-04 07:00:00 status installed kubelet:amd64 1.29.2-1.1\n",
    "wtmp": b"\x07\x00\x00\x00\x00\x01\x02\x03" * 48, "lastlog": b"\0" * 292, "btmp": b"",
    "containers.list": b"x\n", "calico/cni/cni.log": b"2024-03-05 07:00:00.551 [INFO][4035] plugin.go 121: CNI ADD\n", "aws-routed-eni/ipamd.log": b'{"level":"info","ts":"2024-03-05T07:00:35.775Z","caller":"ipamd/ipamd.go:142","msg":"up"}\n',
    "audit/audit.log": b"type=AVC msg=audit(1709622489.250:42): avc:  denied  { read } for  pid=7\n", "sa/sa05": b"\x96\xd5\x75\x21\x00\x01" * 20, "tuned/tuned.log": b"2024-03-05 07:00:00,123 INFO     tuned.daemon.daemon: starting tuning\n",
    "azure/waagent.log": b"2024-03-05T07:00:00.123456Z INFO Daemon Azure Linux Agent Version: 2.9\n",
})  # fmt: skip
MINIKUBE: Tree = {"minikube-logs.txt": b"""
==> Audit <==
|---------|----------------|----------|------|---------|---------------------|---------------------|
| Command |      Args      | Profile  | User | Version |     Start Time      |      End Time       |
|---------|----------------|----------|------|---------|---------------------|---------------------|
| start   | --driver=kvm2  | minikube | ann  | v1.32.0 | 05 Mar 24 06:55 UTC | 05 Mar 24 06:58 UTC |
|---------|----------------|----------|------|---------|---------------------|---------------------|


==> Last Start <==
Log file created at: 2024/03/05 06:55:01
Running on machine: desk
Binary: Built with gc go1.21.3 for linux/amd64
Log line format: [IWEF]mmdd hh:mm:ss.uuuuuu threadid file:line] msg
I0305 06:55:01.123456   19112 out.go:296] Setting OutFile to fd 1 ...


==> Docker <==
Mar 05 07:00:09 worker-1 dockerd[976]: time="2024-03-05T07:00:09.301Z" level=info msg="Loading containers: done."


==> container status <==
CONTAINER           IMAGE               CREATED             STATE               NAME                ATTEMPT             POD ID              POD
a1b2a1b2a1b2a       aa11aa11aa11a       30 seconds ago      Exited              app                 6                   b1c2b1c2b1c2b       web-6d5f4c7b9d-x2k8p


==> coredns [5f4e3d2c1b0a] <==
[INFO] plugin/ready: Still waiting on: "kubernetes"
.:53
CoreDNS-1.11.1


==> describe nodes <==
""" + DESCRIBE_NODE + b"""

==> dmesg <==
[Mar 5 06:56] You have booted with nomodeset. This means your GPU drivers are DISABLED
[  +0.000001] Any video related functionality will be severely degraded
[ +12.345678] kauditd_printk_skb: 33 callbacks suppressed


==> etcd [9a8b7c6d5e4f] <==
{"level":"info","ts":"2024-03-05T07:00:00.1Z","caller":"etcdmain/etcd.go:73","msg":"Running: "}


==> kernel <==
 07:15:01 up 19 min,  0 users,  load average: 0.50, 0.45, 0.30
Linux minikube 5.10.57 #1 SMP x86_64 GNU/Linux
PRETTY_NAME="Buildroot 2021.02.12"


==> kube-apiserver [1a2b3c4d5e6f] <==
I0305 07:00:00.123456       1 options.go:220] external host was not specified, using 192.0.2.7


==> kubelet <==
""" + KUBELET + b"""

==> storage-provisioner [6f5e4d3c2b1a] <==
I0305 07:00:00.123456       1 main.go:116] Initializing the minikube storage provisioner...

"""}  # fmt: skip
PASTE: Tree = {"case.txt": b"".join((  # what somebody pasted from a terminal into one file
    f"$ kubectl -n {NS} get pods\n".encode(), PODS_TABLE, f"$ kubectl -n {NS} describe pod {POD}\n".encode(), DESCRIBE_POD,
    f"$ kubectl -n {NS} logs {POD} --previous\n".encode(), PLAIN, f"$ kubectl -n {NS} get events\n".encode(), EVENTS_TABLE,
))}  # fmt: skip
FLAT: Tree = {
    "describe-pod.txt": DESCRIBE_POD, "events.txt": EVENTS_TABLE, "get-pods.txt": PODS_TABLE, f"{POD}-{BOX}.previous.log": PLAIN,
    "kubelet.log": KUBELET, "describe-node.txt": DESCRIBE_NODE, "notes.txt": b"it broke at nine\n",
}  # fmt: skip


TREES: dict[str, tuple[Tree, frozenset[str]]] = {  # tree, the layouts that its files are of
    "must-gather": (MUST_GATHER, frozenset({"must-gather", "sysinfo", "flat"})),
    "must-gathers of several images side by side": (ADD_ONS, frozenset({"must-gather", "flat"})),
    "oc adm inspect": (OC_INSPECT, frozenset({"inspect"})),
    "oc adm node-logs": (NODE_LOGS, frozenset({"flat"})),
    "cluster-info dump as JSON": (cluster_info("json", j), frozenset({"cluster-info-dump", "flat"})),
    "cluster-info dump as YAML": (cluster_info("yaml", y), frozenset({"cluster-info-dump", "flat"})),
    "Troubleshoot": (TROUBLESHOOT, frozenset({"troubleshoot", "sysinfo", "flat"})),
    "crust-gather": (CRUST, frozenset({"crust-gather", "flat"})),
    "Harvester": (HARVESTER, frozenset({"support-bundle-kit", "flat"})),
    "Longhorn": (LONGHORN, frozenset({"support-bundle-kit"})),
    "Rancher": (RANCHER, frozenset({"rancher"})),
    "Cilium sysdump": (CILIUM, frozenset({"cilium"})),
    "Istio bug-report": (ISTIO, frozenset({"istio"})),
    "sosreport": (SOS, frozenset({"sosreport", "var-log", "sysinfo"})),
    "a node's /var/log": (VAR_LOG, frozenset({"var-log"})),
    "a flat folder": (FLAT, frozenset({"flat", "other"})),
}
