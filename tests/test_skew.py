"""What two clocks stamped tells how far the clock of a node is from the API server's."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest
from trees import BOX, EVENT, NODE, NS, POD, POD_OBJECT, items, y

from analyzer.analysis import Options, analyze_bundle, read, screen_of
from analyzer.bundle import Bundle
from analyzer.diagnosis import Diagnosis
from analyzer.document import document
from analyzer.model import Evidence, Note
from patterns.load import load_library

LIBRARY = load_library(())
SCREEN = screen_of(LIBRARY)
START = dt.datetime(2024, 3, 5, 7, 1, 0, tzinfo=dt.UTC)


def stamp(seconds: float) -> str:
    return (START + dt.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def event(number: int, ahead: int, component: str = "kubelet") -> dict[str, Any]:
    """An Event that its node wrote when its own clock was `ahead` of the API server's, delay included."""
    made: dict[str, Any] = copy.deepcopy(EVENT)
    made["metadata"] |= {"name": f"e{number}", "creationTimestamp": stamp(60 * number)}
    made |= {"firstTimestamp": stamp(60 * number + ahead), "lastTimestamp": stamp(60 * number + ahead)}
    made["source"] = {"component": component, "host": NODE}
    return made


def pod(number: int, ahead: int, **metadata: Any) -> dict[str, Any]:
    made: dict[str, Any] = copy.deepcopy(POD_OBJECT)
    made["metadata"] |= {"name": f"web-{number}", "creationTimestamp": stamp(60 * number), **metadata}
    made["status"]["startTime"] = stamp(60 * number + ahead)
    return made


def bundle(events: Sequence[int], pods: Sequence[int] = (), **more: bytes) -> dict[str, bytes]:
    files = {"events.yaml": y(items("Event", *[event(n, ahead) for n, ahead in enumerate(events)]))}
    if pods:
        files["pods.yaml"] = y(items("Pod", *[pod(n, ahead) for n, ahead in enumerate(pods)]))
    return {**files, **{name.replace("_", "."): data for name, data in more.items()}}


def evidence(files: dict[str, bytes]) -> Evidence:
    return read(Bundle.of_files(files), SCREEN, Options(strict=True))


def clocks(files: dict[str, bytes]) -> list[tuple[float, float]]:
    return [(c.ahead_seconds, c.error_seconds) for c in evidence(files).clocks]


@pytest.mark.parametrize(
    ("events", "pods", "expected"),
    [
        # an event that is stored before it happened shows a clock ahead; the least delayed ones say by how much
        ([34, 34, 33, 30, 20], [], [(34.5, 1.5)]),
        ([34], [], [(34.0, 1.0)]),
        ([34, 34, 33], [34, 35, 60], [(34.0, 1.0)]),
        # a pod that was seen before it was made shows a clock behind
        ([], [-50], [(-50.0, 1.0)]),
        ([-50, -51, -51, -60, -90], [-50, -50, -40], [(-50.0, 1.0)]),
        # events of several minutes that were stored late, equally late: the clock is behind
        ([-50, -50, -50, -51, -60], [], [(-50.0, 1.0)]),
        # the clock was set in between: anything from one bound to the other
        ([34, 34, 33], [0, 0, 0], [(17.0, 16.0)]),
    ],
)
def test_the_skew_is_what_both_bounds_leave(
    events: list[int], pods: list[int], expected: list[tuple[float, float]]
) -> None:
    assert clocks(bundle(events, pods)) == expected


@pytest.mark.parametrize(
    ("events", "pods"),
    [
        ([0, 0, 0, -1, -3], [0, 0, 1, 7]),  # clocks that agree, as on every real cluster with NTP
        ([1, 1, 1], [1, 1, 1]),  # the rounding of the stamps
        ([-50, -50], []),  # two late events are late, no more
        ([-5, -90, -200, -300, -400], []),  # events that waited for an API server that was away
        ([-50, -50, -50, -50, -50], [0, 0, 0]),  # the same beside pods that were seen at once
        ([], [40, 41, 300]),  # pods that waited for a node
    ],
)
def test_delay_is_no_skew(events: list[int], pods: list[int]) -> None:
    assert clocks(bundle(events, pods)) == []


def test_other_reporters_and_static_pods_tell_nothing_of_a_node() -> None:
    scheduler = {"events.yaml": y(items("Event", event(1, 34, "default-scheduler")))}
    static = {"pod.yaml": y(pod(1, -900, annotations={"kubernetes.io/config.mirror": "x"}))}
    assert (clocks(scheduler), clocks(static)) == ([], [])


def test_an_event_that_stands_in_two_files_counts_once_among_the_least_delayed() -> None:
    one = y(items("Event", event(1, -50), event(2, -51)))
    assert clocks({"events.yaml": one, "all-events.yaml": one, "more/events.yaml": one}) == []


def test_a_burst_of_events_that_waited_counts_once() -> None:
    burst = [event(1, -50) for _ in range(6)]
    for number, made in enumerate(burst):
        made["metadata"]["name"] = f"e{number}"
    assert clocks({"events.yaml": y(items("Event", *burst))}) == []


def test_the_times_of_a_node_whose_clock_differs_carry_the_error() -> None:
    files = bundle(
        [34, 34, 34],
        **{
            "pod_yaml": y({**POD_OBJECT, "status": {**POD_OBJECT["status"], "startTime": "2024-03-05T07:00:34Z"}}),
            f"{POD}-{BOX}_log": b"2024-03-05T07:08:09Z panic: out of luck\n",
            "kubelet_log": f"2024-03-05T07:08:09Z {NODE} kubelet[9]: E0305 07:08:09.1  9 a.go:1] panic: x\n".encode(),
            "other_log": b"2024-03-05T07:08:09Z panic: elsewhere\n",
        },
    )
    told = {(r.path, r.timestamp_error_seconds) for r in evidence(files).records if r.source != "derived"}

    assert ("events.yaml", 35.0) in told
    assert (f"{POD}-{BOX}.log", 35.0) in told
    assert ("other.log", 0.0) in told
    assert {error for path, error in told if path == "pod.yaml"} == {35.0, 0.0}  # its status; its conditions


def diagnosis(files: dict[str, bytes]) -> Diagnosis:
    return analyze_bundle(Bundle.of_files(files), LIBRARY, Options(strict=True))


def test_the_estimate_is_told_with_its_error_and_the_file_that_shows_it() -> None:
    found = diagnosis(bundle([34, 34, 33, 30, 20]))
    sentence = (
        "the clock of node worker-1 is 34 s ahead of the API server's (give or take 2 s, from 5 times that both "
        "wrote): its times are that uncertain"
    )

    assert [(n.path, n.problem) for n in found.notes if isinstance(n, Note)] == [("events.yaml", sentence)]
    assert found.complete
    facts: Any = document(found)["bundle"]
    assert facts["clocks"] == [{"node": NODE, "ahead_seconds": 34.5, "error_seconds": 1.5, "pairs": 5}]


def precedes(events: list[int]) -> tuple[float, str]:
    """The term of a missing file that the log told 20 s before the container ended."""
    state = copy.deepcopy(POD_OBJECT)
    state["metadata"]["creationTimestamp"] = state["status"]["startTime"] = stamp(events[0])
    files = bundle(events)
    files["pod.yaml"] = y(state)
    files[f"{POD}-{BOX}.previous.log"] = (
        b"2024-03-05T07:07:49Z fatal: open /etc/web/web.yaml: no such file or directory\n"
    )
    [cause] = diagnosis(files).causes
    assert (cause.cause, cause.about.namespace) == ("config-file-missing", NS)
    [term] = [t for t in cause.score if t.name == "precedes"]
    return term.value, term.because


def test_what_lies_within_the_error_of_the_clocks_is_not_put_in_order() -> None:
    assert precedes([0, 0, 0, 0, 0]) == (0.2, "it was seen 20 s before the failure")
    value, because = precedes([34, 34, 34, 34, 34])
    assert value == 0.1
    assert because.startswith("it was seen about when the failure was; the clocks tell no more than ")
