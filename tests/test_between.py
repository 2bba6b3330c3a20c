"""What a script wrote between the dumps it collected is no unread line, and cuts no object in two."""

from __future__ import annotations

import pytest
from trees import DESCRIBE_NODE, DESCRIBE_POD, EVENTS_TABLE, NODE, NODE_OBJECT, POD, POD_OBJECT, PODS_TABLE, j, y

from analyzer.analysis import Options, read, screen_of
from analyzer.bundle import Bundle
from analyzer.ingest.between import is_between
from analyzer.model import Evidence
from patterns.load import load_library

SCREEN = screen_of(load_library(()))


def evidence(**files: bytes) -> Evidence:
    return read(Bundle.of_files({n.replace("_", "."): d for n, d in files.items()}), SCREEN, Options(strict=True))


@pytest.mark.parametrize(
    "line",
    [
        "2024-03-05 07:15:00",
        "idx,12,TAKEN,2024-03-05T07:15:00,2024-03-05T01:15:00,-,-",
        "Tue Mar  5 07:15:00 UTC 2024",
        "Tue 05 Mar 2024 07:15:00 AM UTC",
        "round 3 at 07:15:00",
        "===== pods =====",
        "#### describe nodes ####",
        "--- kubectl get events ---",
        ">>> node worker-1 <<<",
    ],
)
def test_a_time_or_a_heading_is_a_script_s_line(line: str) -> None:
    assert is_between(line)


@pytest.mark.parametrize(
    "line",
    [
        "creationTimestamp: 2024-03-05T07:00:00Z",
        "Start Time:       Tue, 05 Mar 2024 07:00:00 +0000",
        "  2024-03-05 07:15:00",
        "2024-03-05T07:15:00Z connection refused by the database at startup",
        "-----------------                 ------------------",
        "====",
        "---",
        "30s         Warning   BackOff     pod/web-0   Back-off restarting failed container",
        "",
    ],
)
def test_lines_of_dumps_and_logs_are_no_script_s(line: str) -> None:
    assert not is_between(line)


@pytest.mark.parametrize("said", [b"idx,%d,TAKEN,2024-03-05T07:15:0%d\n", b"===== round %d of %d =====\n"])
def test_dumps_taken_in_a_loop_are_read_whole(said: bytes) -> None:
    def twice(dump: bytes) -> bytes:
        return said % (1, 2) + dump + said % (2, 2) + dump

    found = evidence(
        pod_yaml=twice(b"---\n" + y(POD_OBJECT)),
        node_json=twice(j(NODE_OBJECT)),
        describe_txt=twice(DESCRIBE_POD + b"\n" + DESCRIBE_NODE),
        events_txt=twice(EVENTS_TABLE),
        pods_txt=twice(PODS_TABLE),
    )

    assert [(f.path, f.status, f.unparsed) for f in found.files if f.unparsed] == []
    assert {row.name for row in found.pods} == {POD}
    assert {row.node for row in found.nodes} == {NODE}
    messages = {r.message for r in found.records if r.source == "event"}
    assert not [m for m in messages if "TAKEN" in m or "round" in m]


def test_a_file_of_nothing_but_times_is_known_as_that() -> None:
    [entry] = evidence(times_txt=b"start,UTC,2024-03-05T07:15:00\nend,UTC,2024-03-05T07:16:00\n").files
    assert (entry.format, entry.status) == ("times", "parsed")


def test_the_events_of_a_pod_that_is_gone_are_that_pod_s() -> None:
    gone = (
        b"Pod 'web-0': error 'pods \"web-0\" not found', but found events.\n"
        b"Events:\n"
        b"  Type     Reason   Age   From     Message\n"
        b"  ----     ------   ----  ----     -------\n"
        b"  Warning  BackOff  30s   kubelet  Back-off restarting failed container\n"
    )
    found = evidence(describe_txt=DESCRIBE_POD + b"\n\n" + gone)

    [entry] = found.files
    assert entry.unparsed == 0
    assert [r.line for r in found.records if r.name == "web-0" and r.reason == "BackOff"] == [43]


def test_the_ledger_shows_the_first_line_of_a_description_that_fits_nowhere() -> None:
    [entry] = evidence(events_txt=EVENTS_TABLE + b"\n\nwho wrote this?\n").files
    assert (entry.status, entry.unparsed, entry.sample, entry.sample_line) == ("partial", 1, "who wrote this?", 6)


def test_a_template_and_a_readme_that_look_like_objects_are_texts() -> None:
    found = evidence(
        chart_yaml=b'apiVersion: v1\nkind: ConfigMap\nmetadata: {{ include "labels" . }}\n  {{- if .x }}\n   a: "\n',
        README_md=b"# Chart\n\nUse it:\n\napiVersion: v2\nthis is a chart\nand text\n",
    )
    assert [(f.path, f.status, f.format, f.unparsed) for f in found.files] == [
        ("README.md", "parsed", "document", 0),
        ("chart.yaml", "parsed", "yaml", 0),
    ]
