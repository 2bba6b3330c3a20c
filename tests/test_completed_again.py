"""A pod that a table shows as Completed after restarts exits for ever, unless it is a Job's that is done."""

from __future__ import annotations

from pathlib import Path

from analyzer.analysis import analyze

HEAD = "NAME                     READY   STATUS      RESTARTS   AGE\n"


def named_causes(folder: Path, table: str, events: str = "") -> list[tuple[str, str]]:
    (folder / "get-pods.txt").write_text(table)
    if events:
        (folder / "events.txt").write_text(events)
    return [(c.cause, c.about.name) for c in analyze([folder]).causes]


def test_a_deployments_pod_never_completes(tmp_path: Path) -> None:
    table = HEAD + "teller-7d9c5b6f4-x2kqz   0/1     Completed   5          9m\n"
    assert named_causes(tmp_path, table) == [("exits-zero", "teller-7d9c5b6f4-x2kqz")]


def test_a_jobs_pod_that_needed_two_tries_is_done(tmp_path: Path) -> None:
    assert named_causes(tmp_path, HEAD + "report-28-x2kqz          0/1     Completed   2          9m\n") == []


def test_a_pod_in_back_off_that_completed_exits_for_ever(tmp_path: Path) -> None:
    table = HEAD + "teller                   0/1     Completed   5          9m\n"
    events = "LAST SEEN   TYPE      REASON    OBJECT       MESSAGE\n"
    events += "15s         Warning   BackOff   pod/teller   Back-off restarting failed container\n"
    assert named_causes(tmp_path, table, events) == [("exits-zero", "teller")]


def test_of_a_watched_pod_the_last_row_holds(tmp_path: Path) -> None:
    rows = ("1/1     Running            8", "0/1     Completed          8", "0/1     CrashLoopBackOff   8")
    table = HEAD + "".join(f"teller                   {row}          9m\n" for row in rows)
    assert named_causes(tmp_path, table) == [("exits-zero", "teller")]


def test_a_watched_pod_that_came_up_is_well(tmp_path: Path) -> None:
    rows = ("0/1     ContainerCreating  0", "0/1     CrashLoopBackOff   1", "1/1     Running            2")
    assert named_causes(tmp_path, HEAD + "".join(f"teller                   {row}          9m\n" for row in rows)) == []


def test_a_last_state_cut_out_of_a_describe_tells_of_a_restart(tmp_path: Path) -> None:
    (tmp_path / "describe-pod.txt").write_text(
        "    Last State:     Terminated\n      Reason:       Completed\n      Exit Code:    0\n"
    )
    assert [c.cause for c in analyze([tmp_path]).causes] == ["exits-zero"]


def test_a_containers_own_line_is_quoted_where_no_state_is(tmp_path: Path) -> None:
    text = (
        "Containers:\n  teller:\n    Last State:     Terminated\n      Reason:       Completed\n      Exit Code:    0\n"
    )
    (tmp_path / "describe-pod.txt").write_text(text)
    (tmp_path / "get-pods.txt").write_text(HEAD + "teller                   0/1     CrashLoopBackOff   5          9m\n")
    for cause in analyze([tmp_path]).causes:
        for quoted in cause.evidence:
            lines = (tmp_path / quoted.path).read_text().split("\n")
            assert lines[quoted.line - 1] == quoted.text
