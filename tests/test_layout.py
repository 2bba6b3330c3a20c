# ruff: noqa: E501  (a table reads best with one case a line)
import pytest

from analyzer.layout import RULES, place

UID = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
ID = "a1b2" * 16

CASES = [
    # path, layout, role, namespace, pod, container, node, instance
    ("mg/q/namespaces/shop/pods/web-0/app/app/logs/current.log", "must-gather", "container_log", "shop", "web-0", "app", None, "current"),
    ("namespaces/shop/pods/web-0/app/app/logs/previous.log", "must-gather", "container_log", "shop", "web-0", "app", None, "previous"),
    ("namespaces/shop/pods/web-0/app/app/logs/previous.insecure.log", "must-gather", "container_log", "shop", "web-0", "app", None, "previous"),
    ("namespaces/shop/pods/web-0/app/app/logs/rotated/0.log.20240101-101010.gz", "must-gather", "container_log", "shop", "web-0", "app", None, "rotated"),
    ("inspect.local.12/namespaces/shop/pods/web-0/web-0.yaml", "inspect", "objects", "shop", "web-0", None, None, None),
    ("namespaces/shop/core/events.yaml", "must-gather", "events", "shop", None, None, None, None),
    ("namespaces/shop/apps/deployments.yaml", "must-gather", "objects", "shop", None, None, None, None),
    ("namespaces/shop/shop.yaml", "must-gather", "objects", "shop", None, None, None, None),
    ("x/cluster-scoped-resources/core/nodes/node-1.yaml", "must-gather", "objects", None, None, None, None, None),
    ("x/host_service_logs/masters/kubelet_service.log", "must-gather", "kubelet_log", None, None, None, None, None),
    ("x/host_service_logs/masters/crio_service.log", "must-gather", "runtime_log", None, None, None, None, None),
    ("x/host_service_logs/masters/NetworkManager_service.log", "must-gather", "node_log", None, None, None, None, None),
    ("x/nodes/worker-1/worker-1_logs_kubelet.gz", "must-gather", "kubelet_log", None, None, None, "worker-1", None),
    ("x/nodes/worker-1/dmesg", "must-gather", "kernel_log", None, None, None, "worker-1", None),
    ("namespaces/kube-system/pods/etcd-m0/etcd/etcd/logs/current.log", "must-gather", "control_plane_log", "kube-system", "etcd-m0", "etcd", None, "current"),
    (f"var/log/pods/shop_web-0_{UID}/app/3.log", "var-log", "container_log", "shop", "web-0", "app", None, None),
    (f"var/log/pods/shop_web-0_{UID}/app/3.log.20240101-101010.gz", "var-log", "container_log", "shop", "web-0", "app", None, "rotated"),
    (f"var/log/containers/web-0_shop_app-{ID}.log", "var-log", "container_log", "shop", "web-0", "app", None, "current"),
    ("sos/var/log/messages", "var-log", "node_log", None, None, None, None, None),
    ("sos/var/log/kern.log.1", "var-log", "kernel_log", None, None, None, None, None),
    ("sb/cluster-resources/pods/logs/shop/web-0/app.log", "troubleshoot", "container_log", "shop", "web-0", "app", None, "current"),
    ("sb/cluster-resources/pods/logs/shop/web-0/app-previous.log", "troubleshoot", "container_log", "shop", "web-0", "app", None, "previous"),
    ("sb/cluster-resources/events/shop.json", "troubleshoot", "events", "shop", None, None, None, None),
    ("sb/cluster-resources/pods/shop.json", "troubleshoot", "objects", "shop", None, None, None, None),
    ("sb/cluster-resources/nodes.json", "troubleshoot", "objects", None, None, None, None, None),
    ("sb/shop-logs/shop/web-6d4cf56db6-x2x4z/app.log", "troubleshoot", "container_log", "shop", "web-6d4cf56db6-x2x4z", "app", None, "current"),
    ("sb/shop-logs/web/app-previous.log", "troubleshoot", "container_log", None, "web", "app", None, "previous"),
    ("sb/anything/web-6d4cf56db6-x2x4z/app.log", "troubleshoot", "container_log", None, "web-6d4cf56db6-x2x4z", "app", None, "current"),
    ("dump/shop/web-0/logs.txt", "cluster-info-dump", "container_log", "shop", "web-0", None, None, "current"),
    ("dump/shop/events.json", "cluster-info-dump", "events", "shop", None, None, None, None),
    ("dump/shop/pods.json", "cluster-info-dump", "objects", "shop", None, None, None, None),
    ("podlogs/shop/web-0/logs/app.txt", "sonobuoy", "container_log", "shop", "web-0", "app", None, "current"),
    ("config/pod/shop/logs/web-0/app_previous.log", "insights", "container_log", "shop", "web-0", "app", None, "previous"),
    ("kubelet.log", "flat", "kubelet_log", None, None, None, None, None),
    ("case/kernel.log", "flat", "kernel_log", None, None, None, None, None),
    ("case/dmesg.txt", "flat", "kernel_log", None, None, None, None, None),
    ("events.txt", "flat", "events", None, None, None, None, None),
    ("describe-pod.txt", "flat", "describe", None, None, None, None, None),
    ("pod.yaml", "flat", "objects", None, None, None, None, None),
    ("logs/kube-scheduler.log", "flat", "control_plane_log", None, None, "kube-scheduler", None, "current"),
    ("get-pods.txt", "flat", "command", None, None, None, None, None),
    ("versions", "other", "unknown", None, None, None, None, None),
    ("__MACOSX/x/._pod.yaml", "junk", "ignored", None, None, None, None, None),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_a_path_tells_what_the_file_is_and_whose(case):
    path, *expected = case
    found = place(path)
    assert [
        found.layout,
        found.role,
        found.namespace,
        found.pod,
        found.container,
        found.node,
        found.instance,
    ] == expected


@pytest.mark.parametrize(
    ("path", "stem", "instance"),
    [
        ("web-0-app.log", "web-0-app", "current"),
        ("logs/web-0-app.previous.log", "web-0-app", "previous"),
        ("web-0-app-previous.log", "web-0-app", "previous"),
        ("logs/app.log.1", "app", "rotated"),
    ],
)
def test_a_flat_name_leaves_pod_and_container_open(path, stem, instance):
    found = place(path)
    assert (found.role, found.stem, found.instance, found.pod, found.container) == (
        "container_log", stem, instance, None, None,
    )  # fmt: skip


MG = "namespaces/shop/pods/web-0/app/app"
STAMP = "20240620-022100"
EXAMPLES = {
    "gather*.log, must-gather.logs, timestamp": ("x/gather-acm.log", "x/gathering.txt"),
    "collector-output.log": ("w1/collector-output.log", "w1/collector-output.txt"),
    "cilium-sysdump.log": ("cilium-sysdump-1/cilium-sysdump.log", "cilium.log"),
    "bundleGenerationError.log": ("supportbundle_1/bundleGenerationError.log", "supportbundle_1/error.log"),
    "sos_logs/..., sos_reports/...": ("sos/sos_logs/sos.log", "sos/logs/sos.log"),
    "namespaces/<ns>/vms/<vm>/<pod>.qemu.log": (
        "namespaces/shop/vms/vm-1/virt-launcher-vm-1-x2k8p.qemu.log",
        "namespaces/shop/vms/vm-1/virt-launcher-vm-1-x2k8p.bridge.txt",
    ),
    "namespaces/<ns>/vms/<vm>/<pod>.<command>": (
        "namespaces/shop/vms/vm-1/virt-launcher-vm-1-x2k8p.dumpxml.xml",
        "namespaces/shop/vm/vm-1/x.xml",
    ),
    "cluster-logging/<component>/<name>.yaml": ("cluster-logging/lokistack/loki.yaml", "logging/lokistack/loki.yaml"),
    "cluster-logging/<component>/<command>": ("cluster-logging/es/es/health", "logging/es/es/health"),
    "apiservices/<name>.yaml, webhooks/..., aggregated-discovery-apis.yaml": (
        "x/webhooks/mutating/v/mutatingwebhookconfiguration.yaml",
        "x/webhook/v.yaml",
    ),
    "journal_<node>/journal_<node>.gz": ("ceph/journal_w1/journal_w1.gz", "ceph/journals/w1.gz"),
    "kernel_<node>/kernel_<node>.gz": ("ceph/kernel_w1/kernel_w1.gz", "ceph/kernels/w1.gz"),
    "sos_strings/<plugin>/<log>.tailed": ("sos_strings/logs/journalctl.tailed", "strings/logs/journalctl.tailed"),
    "sosreport-<host>-<stamp>/<command>": ("sosreport-w1-2024-03-05-abc/uptime", "sosreport-w1-2024-03-05-abc/uptimes"),
    "etc/...": ("sos/etc/kubernetes/kubelet.conf", "sos/etc/passwd"),
    "var/log/kubelet.log": ("var/log/kubelet.log.1", "var/log/kubeletting.log"),
    "var/log/kube-proxy.log": ("var/log/kube-proxy.log", "var/log/kube-dns.log"),
    "var/log/...": ("sos/var/log/audit/audit.log", "sos/var/lib/audit.log"),
    "rke2/agent-logs/containerd.log": ("rke2/agent-logs/containerd.log", "rke2/agent-logs/containers.log"),
    "etcd/memberlist": ("w1/etcd/memberlist", "w1/etcd/members"),
    "hubble-flows-<pod>-<stamp>.json, gops-<pod>-stats-<stamp>.txt": (
        f"gops-cilium-x2x4z-stats-{STAMP}.txt",
        "gops-cilium-x2x4z-stats.txt",
    ),
    "insights_commands/<command>": ("host_01/insights_commands/uptime", "host_01/insights/uptime"),
    "bug-report/<command>": ("bug-report/analyze", "bug-reports/analyze"),
    "supportbundle_<uuid>_<stamp>/metadata.yaml": ("supportbundle_ab_2024/metadata.yaml", "bundle_ab_2024/metadata.yaml"),
    "support-bundle-<stamp>/<collector>.json": ("support-bundle-2024/ceph/status.json", "bundle/ceph/status.json"),
    # shape of the rule: (a path of it, a near miss)
    "files of editors, desktops and version control": ("x/.git/config", "x/.gitlab/config"),
    "sysinfo.tgz/...": ("nodes/w1/sysinfo.tgz/proc/cmdline", "nodes/w1/sysinfo.tar/proc/cmdline"),
    "namespaces/<ns>/pods/<pod>/<container>/<container>/logs/current.log": (f"{MG}/logs/current.log", f"{MG}/logs/current.txt"),
    "namespaces/<ns>/pods/<pod>/<container>/<container>/logs/previous.log": (f"{MG}/logs/previous.insecure.log", f"{MG}/logs/previous.secure.log"),
    "namespaces/<ns>/pods/<pod>/<container>/<container>/logs/rotated/N.log": (f"{MG}/logs/rotated/12.log", f"{MG}/logs/rotated/app.log"),
    "namespaces/<ns>/pods/<pod>/<container>/<container>/logs/N.log.<stamp>": (f"{MG}/logs/0.log.{STAMP}.gz", f"{MG}/logs/zero.log"),
    "cluster-logging/<component>/<pod>": ("cluster-logging/clo/cluster-logging-operator-74dd5994f-6ttgt", "cluster-logging/clo/deployment"),
    "namespaces/<ns>/pods/<pod>/<container>/<container>/<endpoint>": (f"{MG}/healthz/index", f"{MG}/health/index"),
    "namespaces/<ns>/v1/pod/<pod>/<container>/current.log": ("namespaces/shop/v1/pod/web-0/app/current.log", "namespaces/shop/v1/job/web-0/app/current.log"),
    "namespaces/<ns>/v1/pod/<pod>/<container>/previous.log": ("namespaces/shop/pod/web-0/app/previous.log", "namespaces/shop/pod/web-0/previous.log"),
    "namespaces/<ns>/v1/event/<name>.yaml": ("namespaces/shop/v1/event/web-0.17a.yaml", "namespaces/shop/v1/events/web-0.17a.yaml"),
    "namespaces/<ns>/<version>/<kind>/<name>.yaml": ("namespaces/shop/apps-v1/deployment/web.yaml", "namespaces/shop/apps/deployment/web.yaml"),
    "cluster/<version>/<kind>/<name>.yaml": ("cluster/v1/node/w1.yaml", "cluster/core/node/w1.yaml"),
    "cluster/v1/node/<node>/<unit>/kubelet.log": ("cluster/v1/node/w1/kubelet/kubelet.log", "cluster/v1/pod/w1/kubelet/kubelet.txt"),
    "cluster/v1/node/<node>/<unit>/current.log": ("cluster/v1/node/w1/crio/current.log", "cluster/v1/nodes/w1/crio/current.log"),
    "namespaces/<ns>/core/events.yaml": ("namespaces/shop/core/events.json", "namespaces/shop/core/event.json"),
    "namespaces/<ns>/pods/<pod>/<pod>.yaml": ("namespaces/shop/pods/web-0/web-0.yaml", "namespaces/shop/pod/web-0/web-0.yaml"),
    "namespaces/<ns>/<group>/<resource>.yaml": ("namespaces/shop/apps/deployments.yaml", "namespace/shop/apps/deployments.yaml"),
    "cluster-scoped-resources/<group>/<resource>.yaml": ("cluster-scoped-resources/core/nodes/w1.yaml", "cluster-resources/core/nodes/w1.yaml"),
    "oc_output/<command>": ("ceph/namespaces/all/oc_output/pods_-owide", "ceph/namespaces/all/oc_outputs"),
    "host_service_logs/<role>/kubelet_service.log": ("host_service_logs/masters/kubelet_service.log", "host_logs/masters/x.log"),
    "host_service_logs/<role>/crio_service.log": ("host_service_logs/masters/crio_service.log", "host_service_logs/masters/micro_service.log"),
    "host_service_logs/<role>/<unit>_service.log": ("host_service_logs/masters/chronyd_service.log", "host_service_logs/masters/chronyd_service"),
    "nodes/<node>.zip/logs/kubelet.log": ("nodes/w1.zip/w1/logs/rke2-agent.log", "nodes/w1/w1/logs/rke2-agent.log"),
    "nodes/<node>.zip/logs/kernel.log": ("nodes/w1.zip/logs/kernel.log.1", "nodes/w1.zip/kernel.log.1"),
    "nodes/<node>.zip/logs/containerd.log": ("nodes/w1.zip/logs/containerd.log", "nodes/w1.zip/logs/containers.log"),
    "nodes/<node>.zip/logs/<name>": ("nodes/w1.zip/logs/messages-20240101", "nodes/w1.zip/logs/proc_mounts"),
    "nodes/<node>.zip/hostinfos/<name>": ("nodes/w1.zip/hostinfos/hostinfo", "nodes/w1.zip/hostinfo"),
    "yamls/namespaced/<ns>/<group>/events.yaml": ("yamls/namespaced/shop/kubernetes/events.yaml", "yamls/namespaced/shop/kubernetes/event.yaml"),
    "yamls/namespaced/<ns>/<group>/<resource>.yaml": ("yamls/namespaced/shop/v1/pods.yaml", "yaml/namespaced/shop/v1/pods.yaml"),
    "yamls/cluster/<group>/<resource>.yaml": ("yamls/cluster/kubernetes/nodes.yaml", "yamls/clusters/kubernetes/nodes.yaml"),
    "nodes/<node>/<node>_logs_kubelet": ("nodes/w1/w1_logs_kubelet.gz", "nodes/w1/w1_logs_kube"),
    "nodes/<node>/<node>_logs_crio": ("nodes/w1/w1_logs_crio", "nodes/w1/w1_logs_micro"),
    "nodes/<node>/dmesg": ("nodes/w1/dmesg", "nodes/dmesg"),
    "nodes/<node>/<name>.log": ("nodes/w1/sysinfo.log", "nodes/sysinfo.log"),
    "nodes/<node>/<command>": ("nodes/w1/lscpu", "nodes/w1/deep/lscpu"),
    "audit_logs/...": ("audit_logs/kube-apiserver/audit.log", "audit_logs/kube-apiserver/audit.txt"),
    "etcd_info/<name>.json, monitoring/<name>.json": ("monitoring/alerts.json", "monitoring/pods.json"),
    "ingress_controllers/<ingress>/<pod>/haproxy.config": ("ingress_controllers/default/router-default-x/haproxy.config", "ingress_controllers/default/haproxy.config"),
    "version": ("mg/quay-io-x/version", "mg/quay-io-x/version.txt"),
    "event-filter.html": ("mg/event-filter.html", "mg/event-filter.htm"),
    "sos_commands/<plugin>/.../podlogs/<pod>/..._logs_<pod>_-c_<container>": (
        "sos_commands/kubernetes/cluster-info/shop/podlogs/web-0/kubectl_--namespace_shop_logs_web-0_-c_app",
        "sos_commands/kubernetes/cluster-info/shop/podlogs/web-0/kubectl_get_pod_web-0",
    ),
    "sos_commands/crio/containers/logs/crictl_logs_-t_<id>": ("sos_commands/crio/containers/logs/crictl_logs_-t_ab12", "sos_commands/crio/containers/crictl_inspect_ab12"),
    "sos_commands/<plugin>/journalctl_--no-pager_--unit_kubelet": ("sos_commands/kubernetes/journalctl_--no-pager_--unit_kubelet", "sos_commands/kubernetes/journalctl_--no-pager_--unit_kube-proxy"),
    "sos_commands/<plugin>/journalctl_--no-pager_--unit_crio": ("sos_commands/crio/journalctl_--no-pager_--unit_crio", "sos_commands/crio/crio_config"),
    "sos_commands/logs/journalctl_--no-pager": ("sos_commands/logs/journalctl_--no-pager", "sos_commands/logs/journald_conf"),
    "sos_commands/kernel/dmesg": ("sos_commands/kernel/dmesg_-T", "sos_commands/kernel/uname_-a"),
    "sos_commands/<plugin>/<command>": ("sos_commands/crio/crictl_ps_-a", "sos_reports/crio/crictl_ps_-a"),
    "var/log/pods/<ns>_<pod>_<uid>/<container>/N.log.<stamp>": (f"pods/shop_web-0_{UID}/app/0.log.{STAMP}", f"pods/shop_web-0/app/0.log.{STAMP}"),
    "var/log/pods/<ns>_<pod>_<uid>/<container>/N.log": (f"log/pods/shop_web-0_{UID}/app/0.log", f"log/pods/shop_web-0_{UID}/0.log"),
    "var/log/containers/<pod>_<ns>_<container>-<id>.log": (f"containers/web-0_shop_app-{ID}.log", "containers/web-0_shop_app-a1b2.log"),
    "containers/<id>/<id>-json.log": (f"docker/containers/{ID}/{ID}-json.log", f"docker/containers/{ID}/json.log"),
    "var/log/messages": ("var/log/syslog.2.gz", "var/log/messenger"),
    "var/log/kern.log": ("var/log/dmesg.0", "var/log/kern"),
    "var/log/containerd.log": ("var/log/docker.log-20240101", "var/log/dockerfile"),
    "<node>/kubelet.log": ("demo-control-plane/kubelet.log", "demo-control/kubelet.log"),
    "<node>/containerd.log": ("demo-worker2/containerd.log", "demo-workers/containerd.log"),
    "<node>/journal.log": ("demo-worker/journal.log", "demo-worker/app.log"),
    "<container>-logs-errors.log": ("cluster-resources/pods/logs/shop/web-0/app-logs-errors.log", "cluster-resources/pods/logs/shop/web-0/app-errors.log"),
    "cluster-resources/pods/logs/<ns>/<pod>/<container>-previous.log": ("cluster-resources/pods/logs/shop/web-0/app-previous.log", "cluster-resources/pods/logs/web-0/app-previous.log"),
    "cluster-resources/pods/logs/<ns>/<pod>/<container>.log": ("cluster-resources/pods/logs/shop/web-0/app.log", "cluster-resources/pods/shop/web-0/app.log"),
    "cluster-resources/events/<ns>.json": ("cluster-resources/events/shop.json", "cluster-resources/event/shop.json"),
    "cluster-resources/<resource>/<ns>.json": ("cluster-resources/custom-resources/things.example.com/shop.yaml", "cluster-resources/pods/Shop.json"),
    "cluster-resources/<resource>.json": ("cluster-resources/nodes.json", "cluster-resources/nodes.txt"),
    "host-collectors/journald/<name>.txt": ("host-collectors/journald/kubelet.txt", "host-collectors/run-host/kubelet.txt"),
    "host-collectors/<collector>/<name>": ("host-collectors/system/memory.json", "host-collector/system/memory.json"),
    "<collector>/<node>/stderr.txt, dns/debug.txt, execution-data/summary.txt": ("copy/w1/stderr.txt", "copy/stderrs.txt"),
    "node-metrics/<node>.json": ("sysctl/w1", "sysctls/w1"),
    "podlogs/<ns>/<pod>/logs/<container>.txt": ("podlogs/shop/web-0/logs/app.txt", "podlogs/shop/web-0/app.txt"),
    "resources/ns/<ns>/<Resource>.json": ("resources/ns/shop/Events.json", "resources/ns/Events.json"),
    "resources/cluster/<Resource>.json": ("resources/non-ns/Nodes.json", "resources/nons/Nodes.json"),
    "plugins/<plugin>/results/...": ("plugins/e2e/results/global/output", "plugins/results/global/output"),
    "config/configmaps/<ns>/<name>/<key>, config/metrics": ("config/configmaps/shop/web/ca.crt", "config/configmap/shop/web/ca.crt"),
    "config/pod/<ns>/logs/<pod>/<container>_current.log": ("config/pod/shop/logs/web-0/app_current.log", "config/pod/shop/logs/web-0/app-current.log"),
    "config/pod/<ns>/logs/<pod>/<container>_previous.log": ("config/pod/shop/logs/web-0/app_previous.log", "config/pod/shop/logs/web-0/app-previous.log"),
    "config/pod/<ns>/logs/<pod>/errors.log": ("config/pod/shop/logs/web-0/errors.log", "config/pod/shop/web-0/errors.log"),
    "namespaces/<ns>/pods/<pod>/containers/<container>/logs/last-N-lines.log": (
        "conditional/namespaces/shop/pods/web-0/containers/app/logs/last-50-lines.log",
        "conditional/namespaces/shop/pods/web-0/containers/logs/last-50-lines.log",
    ),
    "config/node/logs/<node>.log": ("config/node/logs/w1.log", "config/nodes/logs/w1.log"),
    "config/pod/<ns>/<pod>.json": ("config/pod/shop/web-0.json", "config/pods/shop/web-0.json"),
    "rke2/podlogs/<ns>-<pod>-previous": ("rke2/podlogs/kube-system-etcd-m0-previous", "logs/kube-system-etcd-m0-previous"),
    "k8s/podlogs/k8s_<container>_<pod>_<ns>_<uid>_N": (f"k8s/podlogs/k8s_app_web-0_shop_{UID}_3", "k8s/podlogs/app_web-0_shop_3"),
    "rke2/podlogs/<ns>-<pod>": ("k3s/podlogs/shop-web-0", "k4s/podlogs/shop-web-0"),
    "k8s/containerlogs/<component>": ("k8s/containerlogs/kube-apiserver", "k8s/containerlogs/nginx-proxy"),
    "journald/rke2-server": ("journald/rke2-server", "journald/rke2-serverless"),
    "journald/containerd": ("journald/docker", "journald/dockerd"),
    "journald/<unit>": ("journald/cloud-init", "journal/cloud-init"),
    "systemlogs/messages": ("systemlogs/syslog.1", "systemlogs/cloud-init.log"),
    "systeminfo/dmesg": ("systeminfo/dmesg", "systeminfo/dfh"),
    "systeminfo/<command>": ("networking/iptables", "networking/pods.json"),
    "rke2/kubectl/<resource>": ("rke2/kubectl/pods", "rke2/kube/pods"),
    "logs/<ns>/<pod>/<container>.log": ("bundle/logs/shop/web-0/app.log", "bundle/log/shop/web-0/app.log"),
    "logs/<ns>/<pod>/<container>.log.1": ("logs/shop/web-0/app.log.1", "logs/shop/app.log.1"),
    "logs-<pod>-<container>-<stamp>-prev.log": (f"logs-cilium-x2x4z-agent-{STAMP}-prev.log", "logs-cilium-x2x4z-agent-prev.log"),
    "logs-<pod>-<container>-<stamp>.log": (f"logs-cilium-x2x4z-agent-{STAMP}.log", "logs-cilium-x2x4z-agent.log"),
    "k8s-events-<stamp>.yaml": (f"k8s-events-{STAMP}.yaml", f"k8s-event-{STAMP}.yaml"),
    "k8s-<resource>-<stamp>.yaml": (f"k8s-nodes-{STAMP}.yaml", "k8s-nodes-2024.yaml"),
    "k8s-pods-<stamp>.txt": (f"k8s-pods-{STAMP}.txt", "k8s-pods.txt"),
    "cilium-bugtool-<pod>-<stamp>/...": (f"cilium-bugtool-cilium-x2x4z-{STAMP}.tar/cmd/dmesg.md", "cilium-bug-cilium/cmd/dmesg.md"),
    "proxies/<ns>/<pod>/istio-proxy.log": ("bug-report/proxies/shop/web-0/istio-proxy.log", "bug-report/proxy/shop/web-0/istio-proxy.log"),
    "proxies/<ns>/<pod>/<endpoint>": ("istio/istio-system/istiod-0/debug", "istio/istio-system/istiod-0/debug.txt"),
    "cluster/events": ("bug-report/cluster/events", "bug-report/clusters/events"),
    "cluster/describe-pods": ("bug-report/cluster/nodes", "bug-report/cluster/node"),
    "cluster/k8s-resources": ("bug-report/cluster/crs", "bug-report/cluster/crds"),
    "<ns>/<pod>/logs.txt": ("dump/shop/web-0/logs.txt", "dump/shop/web-0/log.txt"),
    "<ns>/events.json": ("dump/shop/events.yaml", "dump/shop/event.yaml"),
    "<ns>/pods.json": ("dump/shop/replicasets.json", "dump/shop/secrets.json"),
    "<collector>-logs/<ns>/<pod>/<container>-previous.log": ("app-logs/shop/web-0/app-previous.log", "app/shop/web-0/app-previous.log"),
    "<collector>-logs/<ns>/<pod>/<container>.log": ("app-logs/shop/web-0/app.log", "app-log/shop/web-0/app.log"),
    "<collector>-logs/<pod>/<container>-previous.log": ("app-logs/web-0/app-previous.log", "app-logs/app-previous.log"),
    "<collector>-logs/<pod>/<container>.log": ("app-logs/web-0/app.log", "app-logs/app.log"),
    "<collector>/<pod>/<container>-previous.log": ("all/web-6d4cf56db6-x2x4z/app-previous.log", "all/web-releases/app-previous.log"),
    "<collector>/<pod>/<container>.log": ("all/web-0/app.log", "all/web/app.log"),
    "proc/..., sys/...": ("node/sys/class/net/eth0", "node/sys/app.log"),
    "node-logs*.log, minikube-logs.txt": ("node-logs-w1.txt", "node-log-w1.txt"),
    "kubelet*.log": ("w1-kubelet.log.1", "kubelets.log"),
    "kernel.log, dmesg*": ("w1.dmesg.txt", "w1-dmesgs.txt"),
    "containerd.log, crio.log": ("w1-crio.log", "micro.log"),
    "messages, syslog, journal*": ("messages-20240101.gz", "message"),
    "events.txt, events.yaml": ("shop-events.txt", "eventual.txt"),
    "describe*.txt": ("describe-pod.txt", "described.txt"),
    "*.yaml, *.json": ("pod.yaml", "pod.yml.txt"),
    "get-*.txt": ("get-pods.txt", "getpods.txt"),
    "kube-scheduler.log": ("kube-scheduler.log", "kube-scheduler-m0.log"),
    "<pod>-<container>.previous.log": ("web-0-app.previous.log", "web-0-app-previously.log"),
    "previous-<pod>-<container>.log": ("previous_web-0-app.log", "previousweb-0-app.log"),
    "<pod>-<container>.log": ("web-0-app.log", "web-0-app.out"),
    "<pod>-<container>.log.N": ("web-0-app.log.1", "web-0-app.log.old"),
}  # fmt: skip


def test_every_rule_has_an_example_and_no_shape_is_told_twice():
    assert sorted(rule.shape for rule in RULES) == sorted(EXAMPLES)


@pytest.mark.parametrize("shape", EXAMPLES)
def test_the_example_of_a_rule_meets_it_and_the_near_miss_does_not(shape):
    path, near_miss = EXAMPLES[shape]
    why = f"path matches {shape}"
    assert (place(path).why == why, place(near_miss).why == why) == (True, False)


@pytest.mark.parametrize("prefix", ["", "a/", "must-gather.local.1/quay-io-x-sha256-ab/", "upload.tar.gz/deep/er/"])
def test_a_layout_is_recognised_at_any_depth(prefix):
    wrong = {shape: place(prefix + path).why for shape, (path, _) in EXAMPLES.items()}
    assert {shape: why for shape, why in wrong.items() if why != f"path matches {shape}"} == {}


def test_names_in_the_path_tell_whose_the_log_is():
    told = {
        "yamls": place("yamls/namespaced/shop/v1/pods.yaml").namespace,
        "docker": place(f"k8s/podlogs/k8s_app_web-0_shop_{UID}_3"),
        "node": place("nodes/w1.zip/w1/logs/kubelet.log").node,
        "sos": place("sos_commands/kubernetes/cluster-info/shop/podlogs/web-0/kubectl_x_logs_web-0_-c_app"),
    }
    assert (told["yamls"], told["node"]) == ("shop", "w1")
    assert (told["docker"].namespace, told["docker"].pod, told["docker"].container) == ("shop", "web-0", "app")
    assert (told["sos"].namespace, told["sos"].pod, told["sos"].container) == ("shop", "web-0", "app")


def test_why_names_the_shape_of_the_path():
    assert place("namespaces/shop/core/events.yaml").why == "path matches namespaces/<ns>/core/events.yaml"


def test_a_hostile_path_is_placed_in_no_time():
    assert place("a-" * 20000 + "/" + "b." * 20000).layout == "other"
