"""A JSON record over several lines is one record of a container's log, standing on all its lines."""

from __future__ import annotations

from pathlib import Path

from analyzer.analysis import analyze

PROBED = """\
{
  "level": "info",
  "msg": "Sent response.",
  "req_method": "GET",
  "req_path": "/healthz",
  "resp_status": 403,
  "time": "2026-03-12T08:33:33Z"
}
"""


def written(folder: Path, text: str) -> Path:
    (folder / "logs").mkdir()
    (folder / "logs" / "judge.log").write_text(text)
    return folder


def test_what_stands_on_two_lines_is_told_by_both(tmp_path: Path) -> None:
    diagnosis = analyze([written(tmp_path, PROBED)])
    assert [f.format for f in diagnosis.files] == ["pretty json log"]
    assert [c.cause for c in diagnosis.causes] == ["probe-wrong-endpoint"]
    quoted = [(e.line, e.text) for e in diagnosis.causes[0].evidence]
    assert (6, '  "resp_status": 403,') in quoted


def test_every_line_is_accounted_for_and_the_time_is_read(tmp_path: Path) -> None:
    text = "starting\n" + PROBED + PROBED.replace("33Z", "43Z") + "Error: something odd\n"
    [entry] = analyze([written(tmp_path, text)]).files
    assert (entry.lines, entry.parsed, entry.unparsed, entry.skipped) == (18, 18, 0, 0)
    assert str(entry.last_timestamp) == "2026-03-12 08:33:43+00:00"


def test_a_record_that_is_cut_off_is_read_line_by_line(tmp_path: Path) -> None:
    text = PROBED + '{\n  "level": "fatal",\n  "error": "panic: open /srv/law.db: no space left on device"\n'
    causes = {c.cause for c in analyze([written(tmp_path, text)]).causes}
    assert "disk-full" in causes


def test_objects_of_the_api_stay_objects(tmp_path: Path) -> None:
    (tmp_path / "pod.json").write_text(
        '{\n  "apiVersion": "v1",\n  "kind": "Pod",\n  "metadata": {"name": "judge"}\n}\n'
    )
    assert [f.format for f in analyze([tmp_path]).files] == ["objects"]
