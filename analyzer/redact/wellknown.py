"""Names that every cluster has, or that belong to nobody in particular: they stay when a bundle is anonymized."""

from __future__ import annotations

import re
from typing import Final

TOP_LEVEL: Final = (
    "com|net|org|edu|gov|mil|int|info|biz|cloud|app|dev|tech|online|site|corp|lan|home|intranet|internal|local|localdomain|"
    "example|test|invalid|bank|company|group|systems|network|host|eu|uk|de|fr|ch|at|nl|be|es|pl|cz|se|dk|fi|ru|cn|jp|kr|au|"
    "nz|ca|br|mx|za|sg|hk|tw"
)
_NAMES: Final = re.compile(
    r"(?:default|kube-[a-z0-9-]+|openshift|openshift-[a-z0-9-]+|kubernetes|istio-system|cert-manager|ingress-nginx|"
    r"local-path-storage|cattle-[a-z-]+|longhorn-system|metallb-system|calico-system|tigera-operator|cilium|"
    r"monitoring|logging|flux-system|argocd|localhost|cluster|node|master|none|system|unknown|host)"
)
_USERS: Final = re.compile(
    r"(?:system:.*|system|root|admin|nobody|kube.*|kubernetes.*|core|daemon|anonymous|\d+|default|user)", re.IGNORECASE
)
_DOMAINS: Final = (
    "kubernetes.io", "k8s.io", "kubernetes.dev", "x-k8s.io", "openshift.io", "openshift.com", "redhat.com",
    "redhat.io", "quay.io", "docker.io", "docker.com", "gcr.io", "ghcr.io", "pkg.dev", "mcr.microsoft.com",
    "public.ecr.aws", "github.com", "githubusercontent.com", "gitlab.com", "golang.org", "google.com",
    "googleapis.com", "coreos.com", "cncf.io", "helm.sh", "istio.io", "cert-manager.io", "prometheus.io",
    "grafana.com", "cilium.io", "rancher.io", "cattle.io", "longhorn.io", "projectcalico.org", "tigera.io",
    "fluxcd.io", "argoproj.io", "etcd.io", "fedoraproject.org", "centos.org", "ubuntu.com", "debian.org",
    "alpinelinux.org", "amazonaws.com", "azure.com", "windows.net", "microsoft.com", "example.com", "example.org",
    "example.net", "operatorframework.io", "metal3.io", "ovn.org", "cluster.local", "svc.local", "apache.org",
    "elastic.co", "hashicorp.com", "mozilla.org", "w3.org", "ietf.org", "schema.org", "json-schema.org",
    "rubygems.org", "maven.org", "java.com", "python.org", "kernel.org",
)  # fmt: skip
_SERVICE: Final = re.compile(r"(?:^|\.)(?:svc|svc\.cluster\.local|cluster\.local|pod|localdomain)$")
_API_GROUP: Final = re.compile(r"(?:^|\.)(?:k8s|openshift|kubernetes)(?:\.|$)")


def is_name(name: str) -> bool:
    """Whether a namespace or a node of this name tells nothing."""
    return _NAMES.fullmatch(name) is not None or len(name) < 3


def is_user(name: str) -> bool:
    """Whether this user is no person and no customer."""
    return _USERS.fullmatch(name) is not None


def is_domain(folded: str) -> bool:
    """Whether a host of this domain, in lower case, is public or the cluster's own."""
    if _SERVICE.search(folded) or _API_GROUP.search(folded):
        return True
    return any(folded == known or folded.endswith("." + known) for known in _DOMAINS)
