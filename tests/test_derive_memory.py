from __future__ import annotations

from typing import Any

from deriving import CRASHING, RUNNING, container, derived, event, listing, messages, of, pod

UID = "0f3c9a56-1d2e-4b7a-9c11-5a6b7c8d9e0f"
CID = "c0ffee" * 10 + "beef"
SLICE = f"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{UID.replace('-', '_')}.slice"
KILLED = (
    "Killed process 4242 (ruby) total-vm:612344kB, anon-rss:131072kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:5kB"
)


def kernel(*lines: str) -> str:
    return "".join(f"Mar 14 09:21:0{i} node-1 kernel: [88123.50{i}] {line}\n" for i, line in enumerate(lines))


def oom_kill(constraint: str, limited: str, task: str) -> str:
    return (
        f"oom-kill:constraint=CONSTRAINT_{constraint},nodemask=(null),cpuset=x,mems_allowed=0,{limited}task_memcg={task},"
        "task=ruby,pid=4242,uid=0"
    )


def bundle(*lines: str, limit: str | None = "128Mi", status: dict[str, Any] | None = None) -> dict[str, Any]:
    killed = {**CRASHING, "lastState": {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}}
    killed = {**(status or killed), "containerID": f"containerd://{CID}"}
    resources = {"resources": {"limits": {"memory": limit}}} if limit else {}
    made = pod({"app": (container("app"), RUNNING), "fluentd": (container("fluentd", **resources), killed)})
    return {"pod.json": made, "kernel.log": kernel(*lines)}


OWN = (
    "ruby invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=999",
    oom_kill("MEMCG", f"oom_memcg={SLICE}/cri-containerd-{CID}.scope,", f"{SLICE}/cri-containerd-{CID}.scope"),
    f"Memory cgroup out of memory: {KILLED}",
)
NODE_WIDE = (
    "java invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=871",
    oom_kill("NONE", "global_oom,", f"{SLICE}/cri-containerd-{CID}.scope"),
    f"Out of memory: {KILLED}",
)


def test_a_kill_in_the_containers_own_cgroup_names_container_and_limit() -> None:
    (found,) = of("ContainerHitMemoryLimit", bundle(*OWN))
    assert found.message == (
        "the kernel killed process 4242 (ruby), which held 128Mi of anonymous memory, because container fluentd "
        "reached its memory limit of 128Mi"
    )
    assert (found.name, found.container, found.node) == ("web-0", "fluentd", "node-1")
    assert [q.line for q in found.cites] == [2, 3]


def test_a_limit_of_the_pod_is_not_called_the_containers() -> None:
    lines = (OWN[0], oom_kill("MEMCG", f"oom_memcg={SLICE},", f"{SLICE}/cri-containerd-{CID}.scope"), OWN[2])
    found = derived(bundle(*lines))
    assert [(r.reason, r.message) for r in found] == [
        (
            "PodHitMemoryLimit",
            "the kernel killed process 4242 (ruby), which held 128Mi of anonymous memory, because pod web-0 as a whole "
            "reached its memory limit",
        )
    ]


def test_a_node_wide_kill_is_never_the_containers_limit() -> None:
    found = derived(bundle(*NODE_WIDE))
    assert [(r.reason, r.message) for r in found] == [
        (
            "NodeRanOutOfMemory",
            "the kernel killed process 4242 (ruby), which held 128Mi of anonymous memory, because node node-1 ran out "
            "of memory; its victim was container fluentd, whose own limit is 128Mi",
        )
    ]


def test_the_limit_of_all_pods_together_is_the_nodes() -> None:
    lines = (OWN[0], oom_kill("MEMCG", "oom_memcg=/kubepods.slice,", f"{SLICE}/cri-containerd-{CID}.scope"), OWN[2])
    (found,) = of("NodeRanOutOfMemory", bundle(*lines))
    assert "because all pods on node node-1 together reached the memory set aside for pods" in found.message


def test_the_limit_of_one_cgroup_below_the_pods_is_never_the_nodes_however_its_names_were_shortened() -> None:
    short = "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod7a.slice/cri-containerd-4b1c.scope"
    lines = (OWN[0], oom_kill("MEMCG", f"oom_memcg={short},", short), OWN[2])
    assert of("NodeRanOutOfMemory", bundle(*lines)) == []


def test_a_service_of_the_node_that_hit_its_own_limit_is_no_pods_matter() -> None:
    service = "/system.slice/backup.service"
    lines = (OWN[0], oom_kill("MEMCG", f"oom_memcg={service},", service), OWN[2])
    assert derived(bundle(*lines, status=RUNNING)) == []


def test_the_older_kernels_lines_with_cgroupfs_names_are_joined_by_uid_and_id() -> None:
    cgroup = f"/kubepods/burstable/pod{UID}/{CID}"
    lines = (
        "ruby invoked oom-killer: gfp_mask=0x24000c0, order=0, oom_score_adj=999",
        f"Task in {cgroup} killed as a result of limit of {cgroup}",
        "memory: usage 204800kB, limit 204800kB, failcnt 31",
        "Memory cgroup out of memory: Kill process 4242 (ruby) score 1960 or sacrifice child",
        "Killed process 4242 (ruby) total-vm:612344kB, anon-rss:190000kB, file-rss:0kB, shmem-rss:0kB",
    )
    assert messages("ContainerHitMemoryLimit", bundle(*lines, limit=None)) == [
        "the kernel killed process 4242 (ruby), which held 185.5Mi of anonymous memory, because container fluentd "
        "reached its memory limit of 200Mi"
    ]


def test_log_directories_tell_whose_uid_it_is_when_there_are_no_objects() -> None:
    task = f"{SLICE}/cri-containerd-{CID}.scope"
    line = oom_kill("MEMCG", f"oom_memcg={task},", task).replace("task=ruby", "task=cache")
    killed = f"Memory cgroup out of memory: {KILLED.replace('ruby', 'cache')}"
    files = {
        f"var/log/pods/shop_web-0_{UID}/cache/3.log": "2026-03-14T09:20:00.000000000Z stdout F warming\n",
        f"var/log/pods/shop_web-0_{UID}/app/0.log": "2026-03-14T09:20:00.000000000Z stdout F serving\n",
        "var/log/messages": kernel(OWN[0], line, killed),
    }
    (found,) = of("ContainerHitMemoryLimit", files)
    assert (found.namespace, found.name, found.container) == ("shop", "web-0", "cache")


def test_many_kills_of_one_container_are_one_record() -> None:
    later = [line.replace("4242", "5151") for line in OWN]
    (found,) = of("ContainerHitMemoryLimit", bundle(*OWN, *later))
    assert (found.count, found.line) == (2, 5)


def test_a_victim_that_is_well_again_is_left_out() -> None:
    assert derived(bundle(*OWN, status=RUNNING)) == []


def test_an_oom_killed_container_without_a_limit_is_the_victim_of_its_node() -> None:
    told = event("SystemOOM", "System OOM encountered, victim process: java, pid: 99", kind="Node", name="node-1")
    files = {**bundle(limit=None), "events.json": listing(told)}
    del files["kernel.log"]
    assert sorted(messages("NodeRanOutOfMemory", files)) == [
        "container fluentd was OOMKilled without a memory limit of its own, and node node-1 ran out of memory",
        "node node-1 ran out of memory: System OOM encountered, victim process: java, pid: 99",
    ]


def test_an_eviction_names_resource_threshold_and_node() -> None:
    message = (
        "The node was low on resource: memory. Threshold quantity: 100Mi, available: 88Mi. Container app was using "
        "512Mi, request is 64Mi, has larger consumption of memory. "
    )
    made = pod({}, status={"phase": "Failed", "reason": "Evicted", "message": message})
    (found,) = of("EvictedByNodePressure", {"pod.json": made, "events.json": listing(event("Evicted", message))})
    assert found.message == (
        "the kubelet evicted pod web-0 because node node-1 was low on memory (threshold 100Mi, available 88Mi)"
    )


def test_a_pod_over_its_own_ephemeral_storage_limit_is_not_evicted_by_its_node() -> None:
    message = "Pod ephemeral local storage usage exceeds the total limit of containers 1Gi. "
    assert derived({"events.json": listing(event("Evicted", message))}) == []


def test_kills_of_earlier_lives_are_counted_with_the_one_container_that_was_oom_killed() -> None:
    earlier = [line.replace(CID, "ba" * 32).replace("4242", "1111") for line in OWN]
    (found,) = of("ContainerHitMemoryLimit", bundle(*earlier, *OWN))
    assert (found.container, found.count) == ("fluentd", 2)


def test_an_eviction_is_about_the_container_that_used_most() -> None:
    message = (
        "The node was low on resource: memory. Threshold quantity: 100Mi, available: 88Mi. Container thumbs was using "
        "2611208Ki, request is 100Mi, has larger consumption of memory. "
    )
    made = pod({}, status={"phase": "Failed", "reason": "Evicted", "message": message})
    (found,) = of("EvictedByNodePressure", {"pod.json": made, "events.json": listing(event("Evicted", message))})
    assert (found.name, found.container) == ("web-0", "thumbs")
