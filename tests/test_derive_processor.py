"""No processor time left, and probes that time out over it."""

from __future__ import annotations

from typing import Any

import pytest
from deriving import RUNNING, container, event, listing, of, pod

SLOW = event(
    "Unhealthy", 'Liveness probe failed: Get "http://10.1.2.3:8080/healthz": context deadline exceeded', "app", 7
)
UNREADY = {**RUNNING, "ready": False, "restartCount": 3}


def bundle(top: str, answer: dict[str, Any] = SLOW) -> dict[str, Any]:
    spec = {"resources": {"limits": {"cpu": "500m"}}, "livenessProbe": {"httpGet": {"path": "/healthz", "port": 8080}}}
    made = pod({"app": (container("app", **spec), UNREADY), "proxy": (container("proxy"), RUNNING)})
    return {"pod.json": made, "events.json": listing(answer), "top.txt": top}


PODS = (
    "POD     NAME    CPU(cores)   MEMORY(bytes)\n"
    "web-0   app     {cpu}         120Mi\n"
    "web-0   proxy   3m           18Mi\n"
)
NODES = (
    "NAME       CPU(cores)   CPU%   MEMORY(bytes)   MEMORY%\nnode-1     3921m        {share}    5210Mi          67%\n"
)


def test_a_container_at_its_limit_whose_probe_times_out_is_told_with_both_numbers() -> None:
    (found,) = of("CpuAtLimit", bundle(PODS.format(cpu="499m")))
    assert found.message == "app used 499m of its cpu limit of 500m, while its liveness probe timed out 7 times"
    assert [(q.path, q.line) for q in found.cites][-1] == ("top.txt", 2)


def test_a_node_without_cpu_left_is_told_with_its_share() -> None:
    (found,) = of("NodeCpuExhausted", bundle(NODES.format(share="98%")))
    assert found.message == "node node-1 used 98 % of its cpu, while the liveness probe of app timed out 7 times"
    assert found.node == "node-1"


@pytest.mark.parametrize("top", [PODS.format(cpu="310m"), NODES.format(share="61%"), PODS.format(cpu="<unknown>")])
def test_with_cpu_left_or_unknown_nothing_is_said(top: str) -> None:
    assert not of("CpuAtLimit", bundle(top))
    assert not of("NodeCpuExhausted", bundle(top))


def test_a_probe_that_is_refused_has_nothing_to_do_with_cpu() -> None:
    refused = event("Unhealthy", "Liveness probe failed: dial tcp 10.1.2.3:8080: connect: connection refused", "app", 7)
    assert not of("CpuAtLimit", bundle(PODS.format(cpu="499m"), refused))
