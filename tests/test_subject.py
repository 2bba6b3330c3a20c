"""Which pod a diagnosis is about, where the decisive line does not say it."""

from __future__ import annotations

from analyzer.analysis import analyze_bundle
from analyzer.bundle import Bundle
from analyzer.diagnosis import Cause
from patterns.load import load_library


def first(files: dict[str, str]) -> Cause:
    bundle = Bundle.of_files({path: text.encode() for path, text in files.items()})
    return analyze_bundle(bundle, load_library()).causes[0]


def test_of_several_pods_alike_the_first_one_listed_is_named() -> None:
    table = """\
NAME                     READY   STATUS             RESTARTS   AGE
seats-7d6183kwc0-vnbpq   0/1     CrashLoopBackOff   7          16m
seats-1w0949gnf3-zghxx   0/1     CrashLoopBackOff   8          16m
"""
    log = "standard_init_linux.go:219: exec user process caused: exec format error\n"
    assert first({"get-pods.txt": table, "logs/seats.log": log}).about.name == "seats-7d6183kwc0-vnbpq"


def test_pods_that_wait_for_a_node_are_victims_of_the_only_one() -> None:
    table = """\
NAME                     READY   STATUS    RESTARTS   AGE
seats-7d6183kwc0-vnbpq   0/1     Pending   0          37m
"""
    node = """\
Name:               node-1
Taints:             node.kubernetes.io/disk-pressure:NoSchedule
Unschedulable:      false
Conditions:
  Type           Status  LastHeartbeatTime                 LastTransitionTime                Reason
  ----           ------  -----------------                 ------------------                ------
  DiskPressure   True    Wed, 05 Aug 2020 12:43:36 +0000   Tue, 04 Aug 2020 23:02:06 +0000   KubeletHasDiskPressure
"""
    cause = first({"get-pods.txt": table, "describe-node.txt": node})
    assert cause.cause == "node-pressure-eviction"
    assert [v.pod for v in cause.victims] == [None, "seats-7d6183kwc0-vnbpq"]


def test_an_event_without_its_object_is_about_the_pod_that_its_words_name() -> None:
    events = (
        "  Warning  FailedCreatePodSandBox  21s (x204 over 8m)  kubelet, node-1  Failed create pod sandbox: rpc error: "
        'code = Unknown desc = NetworkPlugin cni failed to set up pod "seats-56d8dcb746-487td_shop" network: '
        "Failed to allocate address: No available addresses\n"
    )
    about = first({"describe-pod.txt": events}).about
    assert (about.namespace, about.pod, about.node) == ("shop", "seats-56d8dcb746-487td", "node-1")
