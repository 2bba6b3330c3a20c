"""Nodes whose network agent is down, and the pods there that are without network."""

from __future__ import annotations

from analyzer.derive.dependents import NO_NETWORK, network_agents
from analyzer.derive.exits import last_errors
from analyzer.derive.facts import Facts, Owner, derived, quote
from analyzer.model import Pod, Record

LINES: tuple[str, ...] = ()

STATED = frozenset({"ErrImagePull", "ImagePullBackOff", "CreateContainerConfigError", "OOMKilled"})
"""What its status says of an agent that is a cause by itself, and the story of the node follows from it."""
MOST = 3  # lines quoted of those without network


def network_agents_down(facts: Facts) -> list[Record]:
    """A network plugin's pod is down, and on its node a pod has no network or the node waits for the plugin."""
    out = []
    for agent in network_agents(facts):
        without = _without_network(facts, agent)
        if not without:
            continue
        owner = Owner(agent.namespace or "", agent.name)
        failing = [c for c in facts.containers_of(owner) if facts.is_failing(owner.of(c.container))]
        if any(c.reason in STATED or c.last_reason in STATED for c in failing):
            continue
        about = owner.of(failing[0].container) if failing else owner
        message = f"network agent {agent.name} is down on node {agent.node}, and without it {without[0].message[:300]}"
        last = last_errors(facts, about)
        cites = [quote(r) for r in (*last, *without[:MOST])]
        reason = "ProxyDown" if agent.name.startswith("kube-proxy-") else "NetworkAgentDown"
        out.append(derived(reason, message, [*without[:1], *last][-1], about, cites))
    return out


def _without_network(facts: Facts, agent: Pod) -> list[Record]:
    """What pods of the agent's node, or the node itself, say of a network that is not there; one record each."""
    found: dict[str, Record] = {}
    for owner, record in facts.owned_records():
        pod = facts.pod(owner) if owner.pod else None
        is_pod = pod is not None and pod.node == agent.node and pod.name != agent.name and facts.is_failing(owner)
        is_node = record.source == "node_condition" and agent.node in (record.name, record.node)
        words = NO_NETWORK.search(record.message) or (is_node and "etwork" in record.message)
        if (is_pod or is_node) and words:
            found.setdefault(owner.pod, record)
    return [found[name] for name in sorted(found)]
