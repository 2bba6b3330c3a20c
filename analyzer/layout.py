"""A path says what a file is and whose: the layouts of support bundles as one ordered table.

`RULES` is tried from the top; the first that matches the end of the path wins, so prefix directories may
be anything. Sources: the trees that `oc adm must-gather` and `oc adm inspect`
(https://github.com/openshift/must-gather), `kubectl cluster-info dump`, a node's /var/log
(https://kubernetes.io/docs/concepts/cluster-administration/logging/), Troubleshoot
(https://troubleshoot.sh/docs/collect/), Sonobuoy and the Insights operator write.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from analyzer.placement import Placement

CONTROL_PLANE: Final = frozenset(
    ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd", "cloud-controller-manager", "kube-proxy")
)
_COMPRESSION: Final = re.compile(r"\.(?:gz|xz|bz2|zst)$")
_NS: Final = r"(?P<namespace>[a-z0-9][a-z0-9-]{0,62})"
_POD: Final = r"(?P<pod>[a-z0-9][a-z0-9.-]{0,252})"
_CONTAINER: Final = r"(?P<container>[a-z0-9][a-z0-9-]{0,62})"
_NODE: Final = r"(?P<node>[A-Za-z0-9][A-Za-z0-9.-]{0,252})"
_UID: Final = r"(?P<uid>[0-9a-f][0-9a-f-]{7,63})"
_GENERATED_POD: Final = r"(?P<pod>[a-z0-9][a-z0-9.-]*-(?:[bcdfghjklmnpqrstvwxz2456789]{5}|\d{1,3}))"
"""A name that a controller made: the suffix alphabet is that of k8s.io/apimachinery/pkg/util/rand."""
_STEM: Final = r"(?P<stem>[A-Za-z0-9][A-Za-z0-9._-]{0,252}?)"


@dataclass(frozen=True, slots=True)
class Rule:
    """One shape of path; `path` has a group for each thing it tells, `shape` is the same for people."""

    layout: str
    role: str
    shape: str
    path: re.Pattern[str]
    instance: str | None = None


def _rule(layout: str, role: str, shape: str, path: str, instance: str | None = None) -> Rule:
    return Rule(layout, role, shape, re.compile(rf"(?:^|/){path}$"), instance)


_MG_LOGS: Final = rf"namespaces/{_NS}/pods/{_POD}/{_CONTAINER}/[^/]+/logs"
_VAR_PODS: Final = rf"pods/{_NS}_{_POD}_{_UID}/{_CONTAINER}"
_PREVIOUS: Final = r"(?:[._-]previous|-prev|\.prev)"

RULES: Final = (
    _rule("junk", "ignored", "files of editors, desktops and version control",
          r"(?:\.git/.+|__MACOSX/.+|\._[^/]+|\.DS_Store|Thumbs\.db|desktop\.ini|\.[^/]+\.swp|[^/]+~)"),
    # oc adm must-gather, oc adm inspect
    _rule("must-gather", "container_log", "namespaces/<ns>/pods/<pod>/<container>/<container>/logs/current.log",
          rf"{_MG_LOGS}/current\.log", "current"),
    _rule("must-gather", "container_log", "namespaces/<ns>/pods/<pod>/<container>/<container>/logs/previous.log",
          rf"{_MG_LOGS}/previous(?:\.insecure)?\.log", "previous"),
    _rule("must-gather", "container_log", "namespaces/<ns>/pods/<pod>/<container>/<container>/logs/rotated/N.log",
          rf"{_MG_LOGS}/rotated/\d+\.log\.[0-9-]+", "rotated"),
    _rule("must-gather", "events", "namespaces/<ns>/core/events.yaml",
          rf"namespaces/{_NS}/core/events\.(?:ya?ml|json)"),
    _rule("must-gather", "objects", "namespaces/<ns>/pods/<pod>/<pod>.yaml",
          rf"namespaces/{_NS}/pods/{_POD}/[^/]+\.(?:ya?ml|json)"),
    _rule("must-gather", "objects", "namespaces/<ns>/<group>/<resource>.yaml",
          rf"namespaces/{_NS}/(?:[^/]+/)*[^/]+\.(?:ya?ml|json)"),
    _rule("must-gather", "objects", "cluster-scoped-resources/<group>/<resource>.yaml",
          r"cluster-scoped-resources/(?:[^/]+/)*[^/]+\.(?:ya?ml|json)"),
    _rule("must-gather", "kubelet_log", "host_service_logs/<role>/kubelet_service.log",
          r"host_service_logs/(?:[^/]+/)*kubelet[^/]*\.log"),
    _rule("must-gather", "runtime_log", "host_service_logs/<role>/crio_service.log",
          r"host_service_logs/(?:[^/]+/)*(?:crio|cri-o|containerd|docker)[^/]*\.log"),
    _rule("must-gather", "node_log", "host_service_logs/<role>/<unit>_service.log", r"host_service_logs/.+\.log"),
    _rule("must-gather", "kubelet_log", "nodes/<node>/<node>_logs_kubelet", rf"nodes/{_NODE}/[^/]*kubelet[^/]*"),
    _rule("must-gather", "runtime_log", "nodes/<node>/<node>_logs_crio",
          rf"nodes/{_NODE}/[^/]*(?:crio|containerd)[^/]*"),
    _rule("must-gather", "kernel_log", "nodes/<node>/dmesg",
          rf"nodes/{_NODE}/(?:[^/]*dmesg[^/]*|[^/]*kernel[^/]*\.log)"),
    _rule("must-gather", "node_log", "nodes/<node>/...", rf"nodes/{_NODE}/.+\.log"),
    _rule("must-gather", "control_plane_log", "audit_logs/...", r"(?:audit_logs|static-pods)/.+\.log"),
    # a node's own /var/log
    _rule("var-log", "container_log", "var/log/pods/<ns>_<pod>_<uid>/<container>/N.log.<stamp>",
          rf"{_VAR_PODS}/\d+\.log\.[^/]+", "rotated"),
    _rule("var-log", "container_log", "var/log/pods/<ns>_<pod>_<uid>/<container>/N.log", rf"{_VAR_PODS}/\d+\.log"),
    _rule("var-log", "container_log", "var/log/containers/<pod>_<ns>_<container>-<id>.log",
          rf"containers/{_POD}_{_NS}_{_CONTAINER}-[0-9a-f]{{64}}\.log", "current"),
    _rule("var-log", "node_log", "var/log/messages", r"log/(?:messages|syslog|daemon\.log)(?:[.-][\w.-]+)?"),
    _rule("var-log", "kernel_log", "var/log/kern.log", r"log/(?:kern\.log|dmesg)(?:[.-][\w.-]+)?"),
    _rule("var-log", "runtime_log", "var/log/containerd.log", r"log/(?:containerd|docker|crio)\.log(?:[.-][\w.-]+)?"),
    # Replicated Troubleshoot
    _rule("troubleshoot", "container_log", "cluster-resources/pods/logs/<ns>/<pod>/<container>-previous.log",
          rf"cluster-resources/pods/logs/{_NS}/{_POD}/{_CONTAINER}-previous\.log", "previous"),
    _rule("troubleshoot", "container_log", "cluster-resources/pods/logs/<ns>/<pod>/<container>.log",
          rf"cluster-resources/pods/logs/{_NS}/{_POD}/{_CONTAINER}\.log", "current"),
    _rule("troubleshoot", "events", "cluster-resources/events/<ns>.json", rf"cluster-resources/events/{_NS}\.json"),
    _rule("troubleshoot", "objects", "cluster-resources/<resource>/<ns>.json",
          rf"cluster-resources/(?:auth-cani-list|[a-z-]+)/{_NS}\.json"),
    _rule("troubleshoot", "objects", "cluster-resources/<resource>.json", r"cluster-resources/.+\.json"),
    # Sonobuoy
    _rule("sonobuoy", "container_log", "podlogs/<ns>/<pod>/logs/<container>.txt",
          rf"podlogs/{_NS}/{_POD}/logs/{_CONTAINER}\.txt", "current"),
    _rule("sonobuoy", "objects", "resources/ns/<ns>/<Resource>.json", rf"resources/ns/{_NS}/[^/]+\.json"),
    _rule("sonobuoy", "objects", "resources/cluster/<Resource>.json", r"resources/(?:cluster|non-ns)/[^/]+\.json"),
    # OpenShift Insights operator
    _rule("insights", "container_log", "config/pod/<ns>/logs/<pod>/<container>_current.log",
          rf"config/pod/{_NS}/logs/{_POD}/{_CONTAINER}_current\.log", "current"),
    _rule("insights", "container_log", "config/pod/<ns>/logs/<pod>/<container>_previous.log",
          rf"config/pod/{_NS}/logs/{_POD}/{_CONTAINER}_previous\.log", "previous"),
    _rule("insights", "container_log", "config/pod/<ns>/logs/<pod>/errors.log",
          rf"config/pod/{_NS}/logs/{_POD}/[^/]+\.log"),
    _rule("insights", "node_log", "config/node/logs/<node>.log", rf"config/node/logs/{_NODE}\.log"),
    _rule("insights", "objects", "config/pod/<ns>/<pod>.json", rf"config/pod/{_NS}/{_POD}\.json"),
    # kubectl cluster-info dump, and snapshots of the same shape
    _rule("cluster-info-dump", "container_log", "<ns>/<pod>/logs.txt", rf"{_NS}/{_POD}/logs\.txt", "current"),
    _rule("cluster-info-dump", "events", "<ns>/events.json", rf"{_NS}/events\.(?:json|ya?ml)"),
    _rule("cluster-info-dump", "objects", "<ns>/pods.json",
          rf"{_NS}/(?:pods|services|deployments|replicasets|daemonsets|replication-controllers|statefulsets)"
          r"\.(?:json|ya?ml)"),
    # Troubleshoot's collectors of logs, under a name the support team chose
    _rule("troubleshoot", "container_log", "<collector>/<ns>/<pod>/<container>-previous.log",
          rf"[^/]+-logs/{_NS}/{_POD}/{_CONTAINER}-previous\.log", "previous"),
    _rule("troubleshoot", "container_log", "<collector>/<ns>/<pod>/<container>.log",
          rf"[^/]+-logs/{_NS}/{_POD}/{_CONTAINER}\.log", "current"),
    _rule("troubleshoot", "container_log", "<collector>-logs/<pod>/<container>-previous.log",
          rf"[^/]+-logs/{_POD}/{_CONTAINER}-previous\.log", "previous"),
    _rule("troubleshoot", "container_log", "<collector>-logs/<pod>/<container>.log",
          rf"[^/]+-logs/{_POD}/{_CONTAINER}\.log", "current"),
    _rule("troubleshoot", "container_log", "<collector>/<pod>/<container>-previous.log",
          rf"[^/]+/{_GENERATED_POD}/{_CONTAINER}-previous\.log", "previous"),
    _rule("troubleshoot", "container_log", "<collector>/<pod>/<container>.log",
          rf"[^/]+/{_GENERATED_POD}/{_CONTAINER}\.log", "current"),
    # flat folders, named by hand
    _rule("flat", "kubelet_log", "kubelet*.log", r"(?:[^/]*[._-])?kubelet(?:[._-][^/]*)?\.(?:log|txt|journal)"),
    _rule("flat", "kernel_log", "kernel.log, dmesg*",
          r"(?:(?:kernel|kern|dmesg)[^/]*\.(?:log|txt)|(?:kernel|dmesg)|[^/]*[._-](?:kernel|dmesg)\.(?:log|txt))"),
    _rule("flat", "runtime_log", "containerd.log, crio.log",
          r"(?:[^/]*[._-])?(?:containerd|crio|cri-o|dockerd?)(?:[._-][^/]*)?\.(?:log|txt)"),
    _rule("flat", "node_log", "messages, syslog, journal*", r"(?:messages|syslog|journal(?:ctl)?[^/]*\.(?:log|txt))"),
    _rule("flat", "events", "events.txt, events.yaml",
          r"(?:[^/]*[._-])?events?(?:[._-][^/]*)?\.(?:txt|log|ya?ml|json|out)"),
    _rule("flat", "describe", "describe*.txt", r"(?:[^/]*[._-])?describe(?:[._-][^/]*)?\.(?:txt|log|out)"),
    _rule("flat", "objects", "*.yaml, *.json", r"[^/]+\.(?:ya?ml|json)"),
    _rule("flat", "unknown", "get-*.txt", r"(?:get|top|ls|exec|systemctl|crictl)[-_][^/]*\.(?:txt|log|out)"),
    _rule("flat", "control_plane_log", "kube-scheduler.log",
          r"(?P<container>kube-apiserver|kube-controller-manager|kube-scheduler|etcd|kube-proxy)\.log", "current"),
    _rule("flat", "container_log", "<pod>-<container>.previous.log", rf"{_STEM}{_PREVIOUS}\.(?:log|txt)", "previous"),
    _rule("flat", "container_log", "previous-<pod>-<container>.log", rf"previous[_-]{_STEM}\.(?:log|txt)", "previous"),
    _rule("flat", "container_log", "<pod>-<container>.log", rf"{_STEM}\.log(?:\.txt)?", "current"),
    _rule("flat", "container_log", "<pod>-<container>.log.N", rf"{_STEM}\.log\.\d[\w.-]*", "rotated"),
)  # fmt: skip


def place(path: str) -> Placement:
    """What the path alone tells; role "unknown" leaves the decision to the content. Never raises."""
    name = _COMPRESSION.sub("", path)
    for rule in RULES:
        match = rule.path.search(name)
        if match is not None:
            return _placement(rule, match, path)
    return Placement(layout="other", why="no known layout: the content decides")


def _placement(rule: Rule, match: re.Match[str], path: str) -> Placement:
    told = match.groupdict()
    role = rule.role
    if role == "container_log" and told.get("container") in CONTROL_PLANE:
        role = "control_plane_log"
    is_inspect = rule.layout == "must-gather" and "inspect.local." in path
    return Placement(
        layout="inspect" if is_inspect else rule.layout,
        why=f"path matches {rule.shape}",
        role=role,
        namespace=told.get("namespace"),
        pod=told.get("pod"),
        container=told.get("container"),
        node=told.get("node"),
        uid=told.get("uid"),
        instance=rule.instance,
        stem=told.get("stem"),
    )
