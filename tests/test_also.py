"""What went wrong besides is told, and nothing is told twice."""

from __future__ import annotations

import functools

from analyzer.analysis import analyze_bundle
from analyzer.bundle import Bundle
from analyzer.compose import compose
from analyzer.diagnosis import Diagnosis
from analyzer.document import document
from patterns.load import load_library
from patterns.schema import Library
from reports import render

LOG = "must-gather/ns/namespaces/shop/pods/{0}/app/app/logs/current.log"
EVENT = """apiVersion: v1
kind: Event
metadata: {{name: e.{0}, namespace: shop}}
involvedObject: {{kind: Pod, name: {0}, namespace: shop}}
reason: Oddness
message: nothing known happened
type: Warning
"""


@functools.cache
def library() -> Library:
    return load_library(())


def diagnosis(files: dict[str, bytes]) -> Diagnosis:
    return analyze_bundle(Bundle.of_files(files), library())


def test_a_warning_that_no_diagnosis_needs_is_listed_with_its_pod_and_line() -> None:
    said = b"2026-03-14T09:00:00Z INFO started\n2026-03-14T09:00:01Z WARN only in this log\n"
    also = diagnosis({LOG.format("web-0"): said}).also
    assert [(r.about.name, r.evidence[0].line, r.evidence[0].text[-21:]) for r in also.records] == [
        ("web-0", 2, "WARN only in this log"),
        ("web-0", 1, "9:00:00Z INFO started"),
    ]


def test_a_warning_event_without_a_time_is_listed() -> None:
    found = diagnosis({"events.yaml": EVENT.format("web-1").encode()})
    assert [(r.title, r.about.name) for r in found.also.records] == [("Oddness", "web-1")]
    assert found.also.hidden == 0


def test_what_is_not_listed_is_counted() -> None:
    events = "---\n".join(EVENT.format(f"web-{n}") for n in range(230))
    found = diagnosis({"events.yaml": events.encode()})
    assert (len(found.also.records), found.also.hidden) == (200, 30)
    also = document(found)["also"]
    assert isinstance(also, dict)
    assert also["hidden"] == 30


def test_the_page_quotes_what_else_went_wrong_with_its_place() -> None:
    said = b'2026-03-14T09:00:01Z WARN a user "app" is odd <b>\n'
    page = render.html(compose(diagnosis({LOG.format("web-0"): said})))
    assert '<h2 id="asides-title">What else went wrong</h2>' in page
    assert "WARN a user &#34;app&#34; is odd &lt;b&gt;</code>" in page
    assert f"{LOG.format('web-0')}:1" in page


def test_the_page_says_how_many_of_them_it_leaves_out() -> None:
    events = "---\n".join(EVENT.format(f"web-{n}") for n in range(230))
    page = render.html(compose(diagnosis({"events.yaml": events.encode()})))
    assert "<summary>Lines: 230</summary>" in page
    assert "And 130 more, of which the JSON output lists" in page
