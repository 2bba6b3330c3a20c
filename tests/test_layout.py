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
    ("get-pods.txt", "flat", "unknown", None, None, None, None, None),
    ("version", "other", "unknown", None, None, None, None, None),
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


def test_every_rule_is_needed_by_some_path():
    paths = [case[0] for case in CASES]
    seen = {place(path).why for path in paths}
    shapes = {f"path matches {rule.shape}" for rule in RULES}
    assert len(seen & shapes) > len(shapes) // 2


def test_why_names_the_shape_of_the_path():
    assert place("namespaces/shop/core/events.yaml").why == "path matches namespaces/<ns>/core/events.yaml"


def test_a_hostile_path_is_placed_in_no_time():
    assert place("a-" * 20000 + "/" + "b." * 20000).layout == "other"
