"""Names of kinds and owners as tools write them, brought to the API's spelling."""

from __future__ import annotations

import re
from typing import Final

KINDS: Final = (
    "Pod", "Node", "Event", "Namespace", "ConfigMap", "Secret", "Service", "Endpoints", "EndpointSlice",
    "ServiceAccount", "PersistentVolumeClaim", "PersistentVolume", "StorageClass", "VolumeAttachment",
    "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "ReplicationController", "DeploymentConfig",
    "Job", "CronJob", "ResourceQuota", "LimitRange", "PodDisruptionBudget", "HorizontalPodAutoscaler",
    "NetworkPolicy", "Ingress", "Route", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding",
    "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration", "APIService", "PriorityClass",
    "ClusterOperator", "ClusterVersion", "MachineConfigPool", "Machine", "Lease", "CSIDriver", "CSINode",
)  # fmt: skip
"""Kinds that become rows; others are read and hold nothing of interest."""

_SHORT: Final = {
    "po": "Pod", "no": "Node", "ev": "Event", "ns": "Namespace", "cm": "ConfigMap", "svc": "Service",
    "ep": "Endpoints", "sa": "ServiceAccount", "pvc": "PersistentVolumeClaim", "pv": "PersistentVolume",
    "sc": "StorageClass", "deploy": "Deployment", "rs": "ReplicaSet", "sts": "StatefulSet", "ds": "DaemonSet",
    "rc": "ReplicationController", "dc": "DeploymentConfig", "cj": "CronJob", "quota": "ResourceQuota",
    "limits": "LimitRange", "pdb": "PodDisruptionBudget", "hpa": "HorizontalPodAutoscaler",
    "netpol": "NetworkPolicy", "ing": "Ingress", "co": "ClusterOperator", "mcp": "MachineConfigPool",
    "endpoint": "Endpoints", "networkpolicies": "NetworkPolicy", "ingresses": "Ingress",
    "storageclasses": "StorageClass", "priorityclasses": "PriorityClass",
}  # fmt: skip

_BY_NAME: Final = (
    {kind.lower(): kind for kind in KINDS}
    | {kind.lower() + "s": kind for kind in KINDS if not kind.endswith("s")}
    | _SHORT
)

# The alphabet of generated names, k8s.io/apimachinery/pkg/util/rand: no vowels, no 0, 1 and 3.
_GENERATED: Final = re.compile(r"-[bcdfghjklmnpqrstvwxz2456789]{6,10}")


def kind_of(word: str) -> str:
    """The API kind of a resource name: "pods", "po", "pod", "deployment.apps" and "Pod" alike."""
    return _BY_NAME.get(word.partition(".")[0].lower(), word)


def is_known(word: str) -> bool:
    """Whether this is a kind, resource or short name that `kind_of` can tell."""
    return word.partition(".")[0].lower() in _BY_NAME


def workload(kind: str | None, name: str | None, template_hash: str | None) -> tuple[str | None, str | None]:
    """The Deployment behind a ReplicaSet; any other owner as it is.

    A ReplicaSet of a Deployment is called <deployment>-<pod-template-hash>
    (k8s.io/kubernetes/pkg/controller/deployment/sync.go).
    """
    if kind != "ReplicaSet" or name is None:
        return kind, name
    if template_hash and name.endswith("-" + template_hash):
        return "Deployment", name[: -len(template_hash) - 1]
    stem, dash, tail = name.rpartition("-")
    if stem and _GENERATED.fullmatch(dash + tail) and any(c.isdigit() for c in tail):
        return "Deployment", stem
    return kind, name
