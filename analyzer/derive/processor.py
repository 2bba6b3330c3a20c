"""A container at its cpu limit, or on a node without cpu left, whose probes time out meanwhile."""

from __future__ import annotations

from typing import Final

from analyzer.derive.facts import Facts, derived
from analyzer.derive.probe_stories import Failure, Story, count, stories
from analyzer.model import Quote, Record, Usage

LINES: Final[tuple[str, ...]] = ()  # those of probe_stories, which probes.py asks for

EXHAUSTED: Final = 95  # percent of a node's allocatable, or of a container's limit: what sampling leaves of 100


def processor_exhausted(facts: Facts) -> list[Record]:
    """One record a container whose probes time out while `kubectl top` shows no cpu left for it."""
    if not facts.usages:
        return []
    found = []
    for story in stories(facts):
        slow = story.of("liveness", "timeout") + story.of("readiness", "timeout") + story.of("startup", "timeout")
        if slow:
            found += _of_container(facts, story, slow) or _of_node(facts, story, slow)
    return found


def _of_container(facts: Facts, story: Story, slow: list[Failure]) -> list[Record]:
    container = facts.container(story.owner)
    limit = container.cpu_limit_millicores if container else None
    alone = len(facts.container_names(story.owner)) == 1
    for usage in facts.usages:
        is_same = (usage.namespace or story.owner.namespace, usage.pod) == (story.owner.namespace, story.owner.pod)
        if not is_same or not (usage.container == story.owner.container or (alone and not usage.container)):
            continue
        if limit and usage.cpu_millicores is not None and usage.cpu_millicores * 100 >= limit * EXHAUSTED:
            message = (
                f"{story.owner.container} used {usage.cpu_millicores}m of its cpu limit of {limit}m, "
                f"while its {slow[0].probe} probe timed out {_times(slow)}"
            )
            return [derived("CpuAtLimit", message, slow[0].record, story.owner, [_quote(usage)], count=count(slow))]
    return []


def _of_node(facts: Facts, story: Story, slow: list[Failure]) -> list[Record]:
    pod, container = facts.pod(story.owner), facts.container(story.owner)
    node = slow[0].record.node or (pod.node if pod else None) or (container.node if container else None)
    usage = next((u for u in facts.usages if node and u.node == node and (u.cpu_percent or 0) >= EXHAUSTED), None)
    if usage is None:
        return []
    message = (
        f"node {node} used {usage.cpu_percent} % of its cpu, while the {slow[0].probe} probe of "
        f"{story.owner.container} timed out {_times(slow)}"
    )
    record = derived(
        "NodeCpuExhausted", message, slow[0].record, story.owner, [_quote(usage)], count=count(slow), node=node
    )
    return [record]


def _times(slow: list[Failure]) -> str:
    number = count(slow)
    return "once" if number == 1 else f"{number:,} times"


def _quote(usage: Usage) -> Quote:
    return Quote(path=usage.path, line=usage.line, text=usage.text, source="object")
