"""Parts of a cluster that others live by, told by their names: network agents, kube-proxy, DNS, autoscalers, drivers.

Where a bundle has the pods with their state, `analyzer.derive.dependents` joins callers to what they call. Events and
logs alone have no such objects; but what a failing network agent leaves undone is known by its class.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from analyzer.diagnosis import ObjectRef


@dataclass(frozen=True, slots=True)
class Provider:
    """A part of the cluster, and what is missing without it."""

    name: re.Pattern[str]  # of its pod or its container
    causes: frozenset[str]  # classes that others show while it is down
    words: re.Pattern[str]  # which of their messages are about it
    kinds: frozenset[str] = frozenset({"", "Pod", "DaemonSet", "Deployment"})  # of what it may be; "" of a log alone


_ANY: Final = re.compile("")
PROVIDERS: Final = (
    Provider(
        re.compile(
            r"(?:calico-node|canal|kube-flannel|flannel|cilium|aws-node|ovnkube-node|sdn|multus|kube-multus|weave-net|"
            r"antrea-agent|kube-router|kindnet|azure-cns|kube-ovn-cni)(?:-|$)"
        ),
        frozenset({"cni-failure"}),
        _ANY,
    ),
    Provider(
        re.compile(r"kube-proxy(?:-|$)"),
        frozenset({"dependency-unreachable", "dns-failure", "apiserver-unreachable"}),
        # an address of a Service: a name in the cluster, the resolver's own, or the API server's first address
        re.compile(r"\.svc\b|\bon (?:\d{1,3}\.){3}\d{1,3}:53\b|https://(?:\d{1,3}\.){3}1:443/"),
    ),
    Provider(
        re.compile(r"(?:coredns|kube-dns|dns-default|rke2-coredns-rke2-coredns|node-local-dns)(?:-|$)"),
        frozenset({"dns-failure"}),
        _ANY,
    ),
    Provider(
        re.compile(r"(?:[a-z0-9-]{1,40}-)?(?:cluster-autoscaler|karpenter)(?:-|$)"),
        frozenset({"insufficient-resources"}),
        _ANY,
    ),
    Provider(
        _ANY,
        frozenset({"insufficient-resources"}),
        _ANY,
        frozenset({"Machine", "MachineSet", "NodeClaim", "NodePool", "EC2NodeClass"}),
    ),
    Provider(
        re.compile(r"(?:[a-z0-9-]{1,40}-)?cloud-controller-manager(?:-|$)"),
        frozenset({"placement-constraint"}),
        re.compile(r"cloudprovider\.kubernetes\.io/uninitialized"),
    ),
    Provider(
        re.compile(r"(?:[a-z0-9-]{1,40}-)?csi(?:-[a-z0-9-]{1,60})?$"),
        frozenset({"mount-failed", "pvc-unbound"}),
        re.compile(r"(?i)\bcsi\b|provision"),
    ),
)


def provides(behind: ObjectRef, about: ObjectRef, cause: str, message: str) -> bool:
    """Whether what is wrong with `behind` leaves `about` without what its message misses."""
    if behind.node and about.node and behind.node != about.node:
        return False
    mine = provider_of(behind)
    if mine is None or cause not in mine.causes or provider_of(about) is mine:
        return False
    return mine.words.search(message) is not None


def provider_of(ref: ObjectRef) -> Provider | None:
    """The part of the cluster that this is of, where others live by it."""
    return next((p for p in PROVIDERS if ref.kind in p.kinds and p.name.match(ref.name or ref.container)), None)
