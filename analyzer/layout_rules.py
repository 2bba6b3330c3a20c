"""The layouts of support bundles as one ordered table: a shape of path, what stands there, whose it is.

The first rule that matches the end of a path wins, so prefix directories may be anything. Sources, by layout:

must-gather, inspect  https://github.com/openshift/must-gather (collection-scripts), `oc adm inspect`
cluster-info-dump     `kubectl cluster-info dump --output-directory`
var-log, kind         https://kubernetes.io/docs/concepts/cluster-administration/logging/, `kind export logs`
troubleshoot          https://troubleshoot.sh/docs/collect/
crust-gather          https://github.com/crust-gather/crust-gather (src/gather/representation.rs)
support-bundle-kit    https://github.com/rancher/support-bundle-kit (pkg/manager, hack/collector-*): Longhorn, Harvester
rancher               https://github.com/rancherlabs/support-tools (collection/rancher/v2.x/logs-collector)
cilium                https://github.com/cilium/cilium (cilium-cli/sysdump/constants.go)
istio                 https://github.com/istio/istio (tools/bug-report/pkg/archive)
sosreport             https://github.com/sosreport/sos (sos/report/plugins)
sonobuoy, insights    https://sonobuoy.io/docs/, https://github.com/openshift/insights-operator
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from analyzer.model import JUNK


@dataclass(frozen=True, slots=True)
class Rule:
    """One shape of path; `path` has a group for each thing it tells, `shape` is the same for people."""

    layout: str
    role: str
    shape: str
    path: re.Pattern[str]  # from the beginning of a directory's or file's name to the end of the path
    begins: str  # the words that `path` begins with, where it does: to look for them is all that most rules cost
    instance: str | None = None

    def match(self, name: str) -> re.Match[str] | None:
        """The match that begins furthest left."""
        at = name.find(self.begins)
        while at >= 0:
            found = self.path.match(name, at) if not at or name[at - 1] == "/" else None
            if found is not None:
                return found
            at = name.find(self.begins, at + 1) if self.begins else name.find("/", at) + 1 or -1
        return None


_PLAIN: Final = re.compile(r"(?:[\w/-]|\\\.)*(?![?*+{])")


def _rule(layout: str, role: str, shape: str, path: str, instance: str | None = None) -> Rule:
    plain = _PLAIN.match(path)
    begins = plain[0].replace("\\.", ".") if plain is not None else ""
    return Rule(layout, role, shape, re.compile(rf"{path}$"), begins, instance)


_NS: Final = r"(?P<namespace>[a-z0-9][a-z0-9-]{0,62})"
_POD: Final = r"(?P<pod>[a-z0-9][a-z0-9.-]{0,252})"
_CONTAINER: Final = r"(?P<container>[a-z0-9][a-z0-9-]{0,62})"
_NODE: Final = r"(?P<node>[A-Za-z0-9][A-Za-z0-9.-]{0,252})"
_UID: Final = r"(?P<uid>[0-9a-f][0-9a-f-]{7,63})"
_GENERATED_POD: Final = r"(?P<pod>[a-z0-9][a-z0-9.-]*-(?:[bcdfghjklmnpqrstvwxz2456789]{5}|\d{1,3}))"
"""A name that a controller made: the suffix alphabet is that of k8s.io/apimachinery/pkg/util/rand."""
_STEM: Final = r"(?P<stem>[A-Za-z0-9][A-Za-z0-9._:-]{0,252}?)"

_DIRS: Final = r"(?:[^/]+/)*"
_OBJECT_FILE: Final = r"[^/]+\.(?:ya?ml|json)"
_MG_LOGS: Final = rf"namespaces/{_NS}/pods/{_POD}/{_CONTAINER}/[^/]+/logs"
_VAR_PODS: Final = rf"pods/{_NS}_{_POD}_{_UID}/{_CONTAINER}"
_CRUST_KIND: Final = r"(?:v\d\w*|[a-z0-9.-]+-v\d\w*)"  # the API version, "/" written as "-"
_KIT_NODE: Final = rf"nodes/{_NODE}\.zip/{_DIRS}logs/"
_MONITORING: Final = r"monitoring/(?:alerts?|(?:prometheus|alertmanager)/(?:status/)?[a-z-]+)\.(?:json|stderr)"
_SUFFIX: Final = r"(?:[.-][\w.-]+)?"  # of a rotated log
_PREVIOUS: Final = r"(?:[._-]previous|-prev|\.prev)"
_RANCHER: Final = r"(?:k3s|rke2|kubeadm|k8s)"
_STAMP: Final = r"\d{8}-\d{6}"

RULES: Final = (
    _rule(JUNK, "ignored", "files of editors, desktops and version control",
          r"(?:\.git/.+|__MACOSX/.+|\._[^/]+|\.DS_Store|Thumbs\.db|desktop\.ini|\.[^/]+\.swp|[^/]+~)"),
    _rule("sysinfo", "host", "sysinfo.tgz/...", rf"nodes/{_NODE}/sysinfo\.tgz/.+"),
    # what collectors say of their own work: no container's last words
    _rule("must-gather", "collector", "gather*.log, must-gather.logs, timestamp",
          r"(?:(?:must-)?gather[\w-]*\.logs?|timestamp)"),
    _rule("rancher", "collector", "collector-output.log", r"collector-output\.log"),
    _rule("cilium", "collector", "cilium-sysdump.log", r"cilium-sysdump\.log"),
    _rule("support-bundle-kit", "collector", "bundleGenerationError.log", r"bundleGenerationError\.log"),
    _rule("sosreport", "collector", "sos_logs/..., sos_reports/...", r"sos_(?:logs|reports)/.+"),
    # oc adm must-gather with its add-ons, oc adm inspect
    _rule("must-gather", "container_log", "namespaces/<ns>/pods/<pod>/<container>/<container>/logs/current.log",
          rf"{_MG_LOGS}/current\.log", "current"),
    _rule("must-gather", "container_log", "namespaces/<ns>/pods/<pod>/<container>/<container>/logs/previous.log",
          rf"{_MG_LOGS}/previous(?:\.insecure)?\.log", "previous"),
    _rule("must-gather", "container_log", "namespaces/<ns>/pods/<pod>/<container>/<container>/logs/rotated/N.log",
          rf"{_MG_LOGS}/rotated/\d+\.log(?:\.[0-9-]+)?", "rotated"),
    _rule("must-gather", "container_log", "namespaces/<ns>/pods/<pod>/<container>/<container>/logs/N.log.<stamp>",
          rf"{_MG_LOGS}/\d+\.log(?:\.[0-9-]+)?", "rotated"),
    _rule("must-gather", "container_log", "cluster-logging/<component>/<pod>",
          rf"cluster-logging/(?:clo|eo)/{_GENERATED_POD}", "current"),
    _rule("must-gather", "container_log", "namespaces/<ns>/vms/<vm>/<pod>.qemu.log",
          rf"namespaces/{_NS}/vms/[^/]+/{_GENERATED_POD}\.(?:qemu|log)[^/]*\.log", "current"),
    _rule("must-gather", "command", "namespaces/<ns>/vms/<vm>/<pod>.<command>", rf"namespaces/{_NS}/vms/[^/]+/.+"),
    _rule("must-gather", "objects", "cluster-logging/<component>/<name>.yaml",
          rf"cluster-logging/{_DIRS}{_OBJECT_FILE}"),
    _rule("must-gather", "command", "cluster-logging/<component>/<command>", r"cluster-logging/.+"),
    _rule("must-gather", "host", "namespaces/<ns>/pods/<pod>/<container>/<container>/<endpoint>",
          rf"namespaces/{_NS}/pods/{_POD}/{_CONTAINER}/[^/]+/(?:healthz/[^/]+|api_priority_and_fairness/[^/]+|"
          r"metrics\.json|version\.json|logs/.*\.stderr)"),
    _rule("crust-gather", "container_log", "namespaces/<ns>/v1/pod/<pod>/<container>/current.log",
          rf"namespaces/{_NS}/(?:v1/)?pod/{_POD}/{_CONTAINER}/current\.log", "current"),
    _rule("crust-gather", "container_log", "namespaces/<ns>/v1/pod/<pod>/<container>/previous.log",
          rf"namespaces/{_NS}/(?:v1/)?pod/{_POD}/{_CONTAINER}/previous\.log", "previous"),
    _rule("crust-gather", "events", "namespaces/<ns>/v1/event/<name>.yaml",
          rf"namespaces/{_NS}/(?:{_CRUST_KIND}/)?event/{_OBJECT_FILE}"),
    _rule("crust-gather", "objects", "namespaces/<ns>/<version>/<kind>/<name>.yaml",
          rf"namespaces/{_NS}/{_CRUST_KIND}/[a-z]+/{_OBJECT_FILE}"),
    _rule("crust-gather", "objects", "cluster/<version>/<kind>/<name>.yaml",
          rf"cluster/{_CRUST_KIND}/[a-z]+/{_OBJECT_FILE}"),
    _rule("crust-gather", "kubelet_log", "cluster/v1/node/<node>/<unit>/kubelet.log",
          rf"cluster/(?:v1/)?node/{_NODE}/(?:[^/]+/)?[^/]*kubelet[^/]*\.log"),
    _rule("crust-gather", "node_log", "cluster/v1/node/<node>/<unit>/current.log",
          rf"cluster/(?:v1/)?node/{_NODE}/{_DIRS}[^/]+\.log"),
    _rule("must-gather", "events", "namespaces/<ns>/core/events.yaml",
          rf"namespaces/{_NS}/core/events\.(?:ya?ml|json)"),
    _rule("must-gather", "objects", "namespaces/<ns>/pods/<pod>/<pod>.yaml",
          rf"namespaces/{_NS}/pods/{_POD}/{_OBJECT_FILE}"),
    _rule("must-gather", "objects", "namespaces/<ns>/<group>/<resource>.yaml",
          rf"namespaces/{_NS}/{_DIRS}{_OBJECT_FILE}"),
    _rule("must-gather", "objects", "cluster-scoped-resources/<group>/<resource>.yaml",
          rf"cluster-scoped-resources/{_DIRS}{_OBJECT_FILE}"),
    _rule("must-gather", "objects", "apiservices/<name>.yaml, webhooks/..., aggregated-discovery-apis.yaml",
          rf"(?:(?:apiservices|webhooks|pod_network_connectivity_check)/{_DIRS}{_OBJECT_FILE}|"
          r"aggregated-discovery-[a-z]+\.(?:ya?ml|json))"),
    _rule("must-gather", "command", "oc_output/<command>",
          rf"(?:oc_output|must_gather_commands(?:_json_output)?|noobaa/raw_output|network_logs)/{_DIRS}[^/]+"),
    _rule("must-gather", "node_log", "journal_<node>/journal_<node>.gz",
          rf"(?:journal|ceph_daemon_log|crash)_{_NODE}/[^/]+"),
    _rule("must-gather", "kernel_log", "kernel_<node>/kernel_<node>.gz", rf"kernel_{_NODE}/[^/]+"),
    _rule("must-gather", "kubelet_log", "host_service_logs/<role>/kubelet_service.log",
          rf"host_service_logs/{_DIRS}kubelet[^/]*\.log"),
    _rule("must-gather", "runtime_log", "host_service_logs/<role>/crio_service.log",
          rf"host_service_logs/{_DIRS}(?:crio|cri-o|containerd|docker)[^/]*\.log"),
    _rule("must-gather", "node_log", "host_service_logs/<role>/<unit>_service.log", r"host_service_logs/.+\.log"),
    _rule("support-bundle-kit", "kubelet_log", "nodes/<node>.zip/logs/kubelet.log",
          rf"{_KIT_NODE}(?:kubelet|k3s-service|k3s-agent-service|rke2-server|rke2-agent)\.log{_SUFFIX}"),
    _rule("support-bundle-kit", "kernel_log", "nodes/<node>.zip/logs/kernel.log",
          rf"{_KIT_NODE}(?:kernel|dmesg)\.log{_SUFFIX}"),
    _rule("support-bundle-kit", "runtime_log", "nodes/<node>.zip/logs/containerd.log",
          rf"{_KIT_NODE}containerd\.log{_SUFFIX}"),
    _rule("support-bundle-kit", "node_log", "nodes/<node>.zip/logs/<name>",
          rf"{_KIT_NODE}(?:syslog|messages|[^/]+\.log){_SUFFIX}"),
    _rule("support-bundle-kit", "host", "nodes/<node>.zip/hostinfos/<name>",
          rf"nodes/{_NODE}\.zip/{_DIRS}(?:hostinfos|configs)/.+"),
    _rule("support-bundle-kit", "events", "yamls/namespaced/<ns>/<group>/events.yaml",
          rf"yamls/namespaced/{_NS}/{_DIRS}events\.ya?ml"),
    _rule("support-bundle-kit", "objects", "yamls/namespaced/<ns>/<group>/<resource>.yaml",
          rf"yamls/namespaced/{_NS}/{_DIRS}[^/]+\.ya?ml"),
    _rule("support-bundle-kit", "objects", "yamls/cluster/<group>/<resource>.yaml",
          rf"yamls/cluster/{_DIRS}[^/]+\.ya?ml"),
    _rule("must-gather", "kubelet_log", "nodes/<node>/<node>_logs_kubelet", rf"nodes/{_NODE}/[^/]*kubelet[^/]*"),
    _rule("must-gather", "runtime_log", "nodes/<node>/<node>_logs_crio",
          rf"nodes/{_NODE}/[^/]*(?:crio|containerd)[^/]*"),
    _rule("must-gather", "kernel_log", "nodes/<node>/dmesg",
          rf"nodes/{_NODE}/(?:[^/]*dmesg[^/]*|[^/]*kernel[^/]*\.log)"),
    _rule("must-gather", "node_log", "nodes/<node>/<name>.log", rf"nodes/{_NODE}/.+\.log"),
    _rule("must-gather", "command", "nodes/<node>/<command>", rf"nodes/{_NODE}/[^/]+"),
    _rule("must-gather", "control_plane_log", "audit_logs/...", r"(?:audit_logs|static-pods)/.+\.log"),
    _rule("must-gather", "host", "etcd_info/<name>.json, monitoring/<name>.json", rf"(?:etcd_info/.+|{_MONITORING})"),
    _rule("must-gather", "host", "ingress_controllers/<ingress>/<pod>/haproxy.config",
          rf"ingress_controllers/[^/]+/{_POD}/[^/]+"),
    _rule("must-gather", "events", "event-filter.html", r"event-filter\.html"),
    _rule("must-gather", "host", "version", r"(?<!kubectl/)version"),
    # sosreport
    _rule("sosreport", "container_log", "sos_commands/<plugin>/.../podlogs/<pod>/..._logs_<pod>_-c_<container>",
          rf"sos_commands/{_DIRS}{_NS}/podlogs/{_POD}/[^/]*_logs_[^/]+_-c_{_CONTAINER}", "current"),
    _rule("sosreport", "container_log", "sos_commands/crio/containers/logs/crictl_logs_-t_<id>",
          r"sos_commands/[^/]+/containers/(?:logs/)?crictl_logs_[^/]+", "current"),
    _rule("sosreport", "kubelet_log", "sos_commands/<plugin>/journalctl_--no-pager_--unit_kubelet",
          r"sos_commands/[^/]+/journalctl_[^/]*kubelet[^/]*"),
    _rule("sosreport", "runtime_log", "sos_commands/<plugin>/journalctl_--no-pager_--unit_crio",
          r"sos_commands/[^/]+/journalctl_[^/]*(?:crio|containerd|docker)[^/]*"),
    _rule("sosreport", "node_log", "sos_commands/logs/journalctl_--no-pager",
          r"sos_commands/[^/]+/journalctl_[^/]*"),
    _rule("sosreport", "kernel_log", "sos_commands/kernel/dmesg", r"sos_commands/[^/]+/dmesg[^/]*"),
    _rule("sosreport", "command", "sos_commands/<plugin>/<command>", r"sos_commands/.+"),
    _rule("sosreport", "node_log", "sos_strings/<plugin>/<log>.tailed", r"sos_strings/.+"),
    _rule("sosreport", "command", "sosreport-<host>-<stamp>/<command>",
          r"(?:sosreport-[^/]+/(?:[^/]+/)?|(?<!/))(?:date|df|dmidecode|environment|free|hostname|installed-(?:rpms|debs)|ip_addr|"
          r"ip_route|java|last|lsmod|lsof|lspci|mount|netstat|ps|pstree|root-symlinks|route|sestatus|uname|uptime|"
          r"version\.txt|vgdisplay|chkconfig|cmdlineopts\.txt)"),
    # a node's own /var/log, and what kind takes of it
    _rule("var-log", "container_log", "var/log/pods/<ns>_<pod>_<uid>/<container>/N.log.<stamp>",
          rf"{_VAR_PODS}/\d+\.log\.[^/]+", "rotated"),
    _rule("var-log", "container_log", "var/log/pods/<ns>_<pod>_<uid>/<container>/N.log", rf"{_VAR_PODS}/\d+\.log"),
    _rule("var-log", "container_log", "var/log/containers/<pod>_<ns>_<container>-<id>.log",
          rf"containers/{_POD}_{_NS}_{_CONTAINER}-[0-9a-f]{{64}}\.log", "current"),
    _rule("var-log", "container_log", "containers/<id>/<id>-json.log",
          r"containers/[0-9a-f]{64}/[0-9a-f]{64}-json\.log"),
    _rule("var-log", "node_log", "var/log/messages", rf"log/(?:messages|syslog|daemon\.log){_SUFFIX}"),
    _rule("var-log", "kernel_log", "var/log/kern.log", rf"log/(?:kern\.log|dmesg){_SUFFIX}"),
    _rule("var-log", "runtime_log", "var/log/containerd.log", rf"log/(?:containerd|docker|crio)\.log{_SUFFIX}"),
    _rule("var-log", "kubelet_log", "var/log/kubelet.log", rf"var/log/kubelet(?:/kubelet)?(?:\.log)?{_SUFFIX}"),
    _rule("var-log", "control_plane_log", "var/log/kube-proxy.log",
          rf"var/log/(?P<container>kube-apiserver|kube-controller-manager|kube-scheduler|etcd|kube-proxy)\.log{_SUFFIX}",
          "current"),
    _rule("var-log", "node_log", "var/log/...", r"var/log/(?!pods/|containers/).+"),
    _rule("kind", "kubelet_log", "<node>/kubelet.log",
          r"(?P<node>[a-z0-9][a-z0-9.-]*-(?:control-plane|worker)\d*)/kubelet\.log"),
    _rule("kind", "runtime_log", "<node>/containerd.log",
          r"(?P<node>[a-z0-9][a-z0-9.-]*-(?:control-plane|worker)\d*)/containerd\.log"),
    _rule("kind", "node_log", "<node>/journal.log",
          r"(?P<node>[a-z0-9][a-z0-9.-]*-(?:control-plane|worker)\d*)/(?:journal|serial|alternatives|images)\.log"),
    # Replicated Troubleshoot
    _rule("troubleshoot", "collector", "<container>-logs-errors.log",
          rf"{_CONTAINER}-logs-errors\.log"),
    _rule("troubleshoot", "container_log", "cluster-resources/pods/logs/<ns>/<pod>/<container>-previous.log",
          rf"cluster-resources/pods/logs/{_NS}/{_POD}/{_CONTAINER}-previous\.log", "previous"),
    _rule("troubleshoot", "container_log", "cluster-resources/pods/logs/<ns>/<pod>/<container>.log",
          rf"cluster-resources/pods/logs/{_NS}/{_POD}/{_CONTAINER}\.log", "current"),
    _rule("troubleshoot", "events", "cluster-resources/events/<ns>.json", rf"cluster-resources/events/{_NS}\.json"),
    _rule("troubleshoot", "objects", "cluster-resources/<resource>/<ns>.json",
          rf"cluster-resources/(?:auth-cani-list|[a-z-]+|custom-resources/[^/]+)/{_NS}\.(?:json|ya?ml)"),
    _rule("troubleshoot", "objects", "cluster-resources/<resource>.json", r"cluster-resources/.+\.(?:json|ya?ml)"),
    _rule("troubleshoot", "node_log", "host-collectors/journald/<name>.txt", r"host-collectors/journald/[^/]+\.txt"),
    _rule("troubleshoot", "host", "host-collectors/<collector>/<name>", r"host-collectors/.+"),
    _rule("troubleshoot", "host", "<collector>/<node>/stderr.txt, dns/debug.txt, execution-data/summary.txt",
          r"(?:execution-data/summary\.txt|dns/debug\.(?:txt|json)|[^/]+/[^/]+/(?:error|stderr)\.txt)"),
    _rule("troubleshoot", "host", "node-metrics/<node>.json", rf"(?:node-metrics|sysctl)/{_NODE}(?:\.json)?"),
    # Sonobuoy
    _rule("sonobuoy", "container_log", "podlogs/<ns>/<pod>/logs/<container>.txt",
          rf"podlogs/{_NS}/{_POD}/logs/{_CONTAINER}\.txt", "current"),
    _rule("sonobuoy", "objects", "resources/ns/<ns>/<Resource>.json", rf"resources/ns/{_NS}/[^/]+\.json"),
    _rule("sonobuoy", "objects", "resources/cluster/<Resource>.json", r"resources/(?:cluster|non-ns)/[^/]+\.json"),
    _rule("sonobuoy", "host", "plugins/<plugin>/results/...", r"plugins/[^/]+/results/.+"),
    # OpenShift Insights operator
    _rule("insights", "container_log", "config/pod/<ns>/logs/<pod>/<container>_current.log",
          rf"config/pod/{_NS}/logs/{_POD}/{_CONTAINER}_current\.log", "current"),
    _rule("insights", "container_log", "config/pod/<ns>/logs/<pod>/<container>_previous.log",
          rf"config/pod/{_NS}/logs/{_POD}/{_CONTAINER}_previous\.log", "previous"),
    _rule("insights", "container_log", "config/pod/<ns>/logs/<pod>/errors.log",
          rf"config/pod/{_NS}/logs/{_POD}/[^/]+\.log"),
    _rule("insights", "container_log", "namespaces/<ns>/pods/<pod>/containers/<container>/logs/last-N-lines.log",
          rf"namespaces/{_NS}/pods/{_POD}/containers/{_CONTAINER}/logs/[^/]+\.log", "current"),
    _rule("insights", "node_log", "config/node/logs/<node>.log", rf"config/node/logs/{_NODE}\.log"),
    _rule("insights", "host", "config/configmaps/<ns>/<name>/<key>, config/metrics",
          rf"config/(?:configmaps/{_NS}/[^/]+/[^/]+|metrics|dvo_metrics|id)"),
    _rule("insights", "command", "insights_commands/<command>", r"insights_commands/.+"),
    _rule("insights", "objects", "config/pod/<ns>/<pod>.json", rf"config/pod/{_NS}/{_POD}\.json"),
    # Rancher: the logs collector, and support-bundle-kit's pod logs
    _rule("rancher", "container_log", "rke2/podlogs/<ns>-<pod>-previous",
          rf"{_RANCHER}/podlogs/{_STEM}-previous", "previous"),
    _rule("rancher", "container_log", "k8s/podlogs/k8s_<container>_<pod>_<ns>_<uid>_N",
          rf"{_RANCHER}/podlogs/k8s_{_CONTAINER}_{_POD}_{_NS}_{_UID}_\d+", "current"),
    _rule("rancher", "container_log", "rke2/podlogs/<ns>-<pod>", rf"{_RANCHER}/podlogs/{_STEM}", "current"),
    _rule("rancher", "control_plane_log", "k8s/containerlogs/<component>",
          rf"{_RANCHER}/containerlogs/(?P<container>etcd|kube-[a-z-]+)", "current"),
    _rule("rancher", "runtime_log", "rke2/agent-logs/containerd.log",
          rf"{_RANCHER}/agent-logs/containerd\.log{_SUFFIX}"),
    _rule("rancher", "kubelet_log", "journald/rke2-server",
          r"(?:(?:journald|containerlogs)/(?:kubelet|k3s|k3s-agent|rke2-server|rke2-agent)|(?:agent|server)-logs/kubelet\.log)"),
    _rule("rancher", "runtime_log", "journald/containerd", r"journald/(?:containerd|docker)"),
    _rule("rancher", "node_log", "journald/<unit>", r"journald/[\w.-]+"),
    _rule("rancher", "node_log", "systemlogs/messages", rf"systemlogs/(?:messages|syslog){_SUFFIX}"),
    _rule("rancher", "kernel_log", "systeminfo/dmesg", rf"(?:systeminfo/dmesg|systemlogs/kern(?:\.log)?{_SUFFIX})"),
    _rule("rancher", "host", "systeminfo/<command>",
          rf"(?:(?:systeminfo|networking)/[\w-]+|networking/cni/[^/]+|{_RANCHER}/(?:certs|directories|static-pods)/.+)"),
    _rule("rancher", "command", "rke2/kubectl/<resource>", rf"{_RANCHER}/(?:kubectl|crictl)/[^/]+"),
    _rule("rancher", "command", "etcd/memberlist",
          r"etcd/(?:memberlist|endpointstatus|endpointhealth|alarmlist|findserverdbsnap|finddbsnapshots)"),
    _rule("support-bundle-kit", "container_log", "logs/<ns>/<pod>/<container>.log",
          rf"logs/{_NS}/{_POD}/{_CONTAINER}\.log", "current"),
    _rule("support-bundle-kit", "container_log", "logs/<ns>/<pod>/<container>.log.1",
          rf"logs/{_NS}/{_POD}/{_CONTAINER}\.log\.1", "previous"),
    # Cilium sysdump
    _rule("cilium", "container_log", "logs-<pod>-<container>-<stamp>-prev.log", rf"logs-{_STEM}-{_STAMP}-prev\.log",
          "previous"),
    _rule("cilium", "container_log", "logs-<pod>-<container>-<stamp>.log", rf"logs-{_STEM}-{_STAMP}\.log", "current"),
    _rule("cilium", "events", "k8s-events-<stamp>.yaml", rf"k8s-events-{_STAMP}\.ya?ml"),
    _rule("cilium", "objects", "k8s-<resource>-<stamp>.yaml", rf"(?:k8s|cilium|hubble|aws)[a-z-]*-{_STAMP}\.ya?ml"),
    _rule("cilium", "command", "k8s-pods-<stamp>.txt", rf"k8s-[a-z-]+-{_STAMP}\.(?:txt|html)"),
    _rule("cilium", "host", "hubble-flows-<pod>-<stamp>.json, gops-<pod>-stats-<stamp>.txt",
          rf"(?:gops|hubble-flows|hubble-observe)-[a-z0-9.-]+-{_STAMP}\.(?:txt|json|pprof)"),
    _rule("cilium", "host", "cilium-bugtool-<pod>-<stamp>/...", r"cilium-bugtool-[^/]+/.+"),
    # Istio bug-report
    _rule("istio", "container_log", "proxies/<ns>/<pod>/istio-proxy.log",
          rf"(?:proxies|istio|operator|cni|ztunnel)/{_NS}/{_POD}/{_CONTAINER}\.log", "current"),
    _rule("istio", "host", "proxies/<ns>/<pod>/<endpoint>",
          rf"(?:proxies|istio|operator)/{_NS}/{_POD}/(?:[^/.]+/)*[^/.]+"),
    _rule("istio", "events", "cluster/events", r"cluster/events"),
    _rule("istio", "describe", "cluster/describe-pods", r"cluster/(?:describe-pods|nodes)"),
    _rule("istio", "objects", "cluster/k8s-resources", r"cluster/(?:k8s-resources|crs)"),
    _rule("istio", "command", "bug-report/<command>",
          r"(?:bug-report/(?:versions|analyze)|cluster/(?:cluster-context|k8s-version|secrets|services))"),
    # kubectl cluster-info dump, and snapshots of the same shape
    _rule("cluster-info-dump", "container_log", "<ns>/<pod>/logs.txt",
          rf"{_NS}/(?P<pod>[A-Za-z0-9][A-Za-z0-9.-]{{0,252}})/logs\.txt", "current"),
    _rule("cluster-info-dump", "events", "<ns>/events.json", rf"{_NS}/events\.(?:json|ya?ml)"),
    _rule("cluster-info-dump", "objects", "<ns>/pods.json",
          rf"{_NS}/(?:pods|services|deployments|replicasets|daemonsets|replication-controllers|statefulsets)"
          r"\.(?:json|ya?ml)"),
    # Troubleshoot's collectors of logs, under a name the support team chose
    _rule("troubleshoot", "container_log", "<collector>-logs/<ns>/<pod>/<container>-previous.log",
          rf"[^/]+-logs/{_NS}/{_POD}/{_CONTAINER}-previous\.log", "previous"),
    _rule("troubleshoot", "container_log", "<collector>-logs/<ns>/<pod>/<container>.log",
          rf"[^/]+-logs/{_NS}/{_POD}/{_CONTAINER}\.log", "current"),
    _rule("troubleshoot", "container_log", "<collector>-logs/<pod>/<container>-previous.log",
          rf"[^/]+-logs/{_POD}/{_CONTAINER}-previous\.log", "previous"),
    _rule("troubleshoot", "container_log", "<collector>-logs/<pod>/<container>.log",
          rf"[^/]+-logs/{_POD}/{_CONTAINER}\.log", "current"),
    _rule("troubleshoot", "container_log", "<collector>/<pod>/<container>-previous.log",
          rf"[^/]+/{_GENERATED_POD}/{_CONTAINER}-previous\.log", "previous"),
    _rule("troubleshoot", "container_log", "<collector>/<pod>/<container>.log",
          rf"[^/]+/{_GENERATED_POD}/{_CONTAINER}\.log", "current"),
    _rule("troubleshoot", "unknown", "support-bundle-<stamp>/<collector>.json",
          r"(?:support-?bundle|preflight-?bundle)(?:-[^/]*)?/(?:[^/]+/){0,2}[^/]+\.(?:json|ya?ml)"),
    _rule("support-bundle-kit", "unknown", "supportbundle_<uuid>_<stamp>/metadata.yaml",
          r"supportbundle_[^/]+/[^/]+\.ya?ml"),
    # a node's kernel interfaces, copied as files
    _rule("sysinfo", "host", "etc/...",
          r"etc/(?:kubernetes|cni|crio|containers|containerd|systemd|sysconfig|os-release|"
          r"hosts|resolv\.conf|fstab|sysctl)[^\n]*"),
    _rule("sysinfo", "host", "proc/..., sys/...",
          r"(?:proc/(?:cmdline|cpuinfo|meminfo|mounts|interrupts|(?:irq|net|sys|\d+)/.+)|"
          r"sys/(?:devices|bus|class|block|module|kernel|fs|firmware)/.+)"),
    # flat folders, named by hand
    _rule("flat", "node_log", "node-logs*.log, minikube-logs.txt",
          r"[^/]*(?:node[-_]logs|minikube[^/]*logs?)[^/]*\.(?:log|txt)"),
    _rule("flat", "kubelet_log", "kubelet*.log",
          r"(?:(?:[^/]*[._-])?kubelet(?:[._-][^/]*)?|kubelite|k3s(?:-agent|-server)?|rke2(?:-agent|-server)?)"
          r"\.(?:log|txt|journal)(?:\.\d+)?"),
    _rule("flat", "kernel_log", "kernel.log, dmesg*",
          r"(?:(?:kernel|kern|dmesg)[^/]*\.(?:log|txt)(?:\.\d+)?|(?:kernel|dmesg)(?:\.\d+)?|"
          r"[^/]*[._-](?:kernel|dmesg)\.(?:log|txt))"),
    _rule("flat", "runtime_log", "containerd.log, crio.log",
          r"(?:[^/]*[._-])?(?:containerd|crio|cri-o|dockerd?)(?:[._-][^/]*)?\.(?:log|txt)(?:\.\d+)?"),
    _rule("flat", "node_log", "messages, syslog, journal*",
          rf"(?:(?:messages|syslog){_SUFFIX}|journal(?:ctl)?[^/]*\.(?:log|txt))"),
    _rule("flat", "events", "events.txt, events.yaml",
          r"(?:[^/]*[._-])?events?(?:[._-][^/]*)?\.(?:txt|log|ya?ml|json|out)"),
    _rule("flat", "describe", "describe*.txt", r"(?:[^/]*[._-])?describe(?:[._-][^/]*)?\.(?:txt|log|out)"),
    _rule("flat", "objects", "*.yaml, *.json", r"[^/]+\.(?:ya?ml|json)"),
    _rule("flat", "command", "get-*.txt", r"(?:get|top|ls|exec|systemctl|crictl)[-_][^/]*\.(?:txt|log|out)"),
    _rule("flat", "control_plane_log", "kube-scheduler.log",
          r"(?P<container>kube-apiserver|kube-controller-manager|kube-scheduler|etcd|kube-proxy)\.log", "current"),
    _rule("flat", "container_log", "<pod>-<container>.previous.log", rf"{_STEM}{_PREVIOUS}\.(?:log|txt)", "previous"),
    _rule("flat", "container_log", "previous-<pod>-<container>.log", rf"previous[_-]{_STEM}\.(?:log|txt)", "previous"),
    _rule("flat", "container_log", "<pod>-<container>.log", rf"{_STEM}\.log(?:\.txt)?", "current"),
    _rule("flat", "container_log", "<pod>-<container>.log.N", rf"{_STEM}\.log\.\d[\w.-]*", "rotated"),
)  # fmt: skip
