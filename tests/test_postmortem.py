from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest
from hand_made import BIG, FLUENTD, HEALTHY, STORY, at, file
from test_cli import SAMPLE, podtopsy, told
from test_reports import Page

from analyzer.compose import compose
from analyzer.diagnosis import Diagnosis, Step, Victim
from analyzer.draft import FIELDS
from analyzer.model import Note
from analyzer.notes import parse, read_notes
from reports.context import Draft
from reports.render import html, markdown


def draft(diagnosis: Diagnosis, notes: str = "") -> Draft:
    made = compose(diagnosis, parse(notes).texts).draft
    assert made is not None
    return made


def form(diagnosis: Diagnosis, notes: str = "") -> str:
    """The section's visible text."""
    source = html(compose(diagnosis, parse(notes).texts))
    return Page(re.sub(r".*(<section id=\"draft\".*?</section>).*", r"\1", source, flags=re.DOTALL)).text


def test_a_bundle_without_an_incident_has_no_postmortem() -> None:
    assert compose(HEALTHY).draft is None


def test_the_headings_are_those_of_a_blameless_postmortem() -> None:
    source = html(compose(STORY)).split('<section id="draft"')[1]
    assert re.findall(r"<h4>(.*?)</h4>", source) == [
        "Summary",
        "Impact",
        "Root cause and trigger",
        "Detection",
        "Resolution",
        "Timeline",
        "Contributing factors",
        "Five whys",
        "Action items",
        "What we learned",
    ]


def test_every_field_is_there_once_empty_and_can_be_written_in() -> None:
    source = html(compose(STORY))
    for number, (name, _) in enumerate(FIELDS, 1):
        assert source.count(f'id="field-{number}"') == 1
        assert re.search(rf'id="field-{number}"[^>]*contenteditable="true"[^>]*></div>', source)
        assert f'<p class="name" id="field-{number}-name">{name}</p>' in source


def test_facts_lead_to_their_lines_and_what_is_concluded_is_marked() -> None:
    made = draft(STORY)
    assert [q.label for q in made.summary.quotes] == ["E1", "E2", "E3", "E4"]
    assert not made.summary.is_inferred
    assert [why.because.is_inferred for why in made.whys] == [True, True, False]
    assert all(factor.is_inferred for factor in made.factors)


def test_the_whys_go_from_the_symptom_back_to_the_cause() -> None:
    whys = draft(STORY).whys
    assert [why.effect for why in whys] == [
        "fluentd is restarted until its memory limit bites: OOMKilled",
        "fluentd finds no configuration and exits",
        "config-init writes to /tmp/fluentd, fluentd reads /etc/fluentd",
    ]
    assert whys[0].because.text == "fluentd finds no configuration and exits."
    assert whys[-1].because.text.startswith("config-init writes fluent.conf into volume shared-config")


def test_detection_says_how_long_after_the_first_trace_a_symptom_showed() -> None:
    assert draft(STORY).detection.text == (
        "The first visible symptom is of 14 March 2026, 09:17:52 UTC: fluentd is restarted until its memory limit "
        "bites: OOMKilled, 3 minutes after the first trace of the cause."
    )


def test_each_action_has_its_type_and_the_arrow_it_cuts() -> None:
    cause = dataclasses.replace(FLUENTD, prevent=("Alert on restarts.", "Set the path in one place."))
    actions = draft(dataclasses.replace(STORY, causes=(cause,))).actions
    first, second = FLUENTD.chain[0].title, FLUENTD.chain[1].title
    assert [(a.kind, a.cuts) for a in actions] == [
        ("Fix", f"{first} → {second}"),
        ("Detect", "none; it is noticed sooner"),
        ("Prevent", f"what set it off → {first}"),
    ]


def test_another_diagnosis_at_the_same_time_is_a_factor_to_look_at() -> None:
    assert "At hand at the same time, with a cause of its own: The registry wants credentials" in form(BIG)


def test_a_cause_without_steps_or_times_still_makes_a_postmortem() -> None:
    bare = dataclasses.replace(FLUENTD, chain=(), last_seen=None, mitigation=(), prevent=())
    text = form(dataclasses.replace(STORY, causes=(bare,)))
    assert "The bundle does not say what changed." in text
    assert "No symptom in the bundle has a time." in text
    undated = dataclasses.replace(bare, chain=(Step(role="cause", title="x", timestamp=None, evidence=()),))
    assert "The bundle does not say what changed." in form(dataclasses.replace(STORY, causes=(undated,)))


def test_the_trigger_is_the_first_trace_and_what_came_before_is_not_guessed() -> None:
    assert at(9, 14, 58).isoformat() == "2026-03-14T09:14:58+00:00"
    text = form(STORY)
    assert "The first trace in the bundle is of 14 March 2026, 09:14:58 UTC" in text
    assert "What changed before that, the bundle does not say." in text


NOTES = """\
Written on the train.

# what went well
Alert within *two* minutes.
<b>Nobody</b> paged twice.

## Lessons ##

One path, one place.

# Weather
Fair.
"""


def test_notes_fill_the_fields_by_their_headings_as_plain_text() -> None:
    source = html(compose(STORY, parse(NOTES).texts))
    assert "Alert within *two* minutes.\n&lt;b&gt;Nobody&lt;/b&gt; paged twice.</div>" in source
    assert "One path, one place.</div>" in source
    text = markdown(compose(STORY, parse(NOTES).texts))
    assert "**What went well:** \nAlert within \\*two\\* minutes.  \n&lt;b&gt;Nobody&lt;/b&gt; paged twice.\n" in text


def test_a_heading_that_names_no_field_is_told_and_left_out() -> None:
    notes = parse(NOTES)
    assert notes.unknown == ("Weather",)
    assert sorted(notes.texts) == ["lessons", "what went well"]


@pytest.mark.parametrize("name", [name for name, _ in FIELDS])
def test_every_field_can_be_filled_from_notes(name: str) -> None:
    assert "Seventeen words." in form(STORY, f"# {name.upper()}:\r\nSeventeen words.\r\n")


def test_the_command_takes_notes_and_names_what_it_does_not_know(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text(NOTES, encoding="utf-8")
    done = podtopsy("diagnose", SAMPLE, "--json", tmp_path / "d.json", "--notes", tmp_path / "notes.md")
    assert "no field is called 'Weather'; it is left out" in told(done)
    done = podtopsy("report", tmp_path / "d.json", "--notes", tmp_path / "notes.md", "--format", "html")
    assert "One path, one place.</div>" in done.stdout.decode()


def test_notes_that_cannot_be_read_are_one_sentence_and_exit_2(tmp_path: Path) -> None:
    assert podtopsy("diagnose", SAMPLE, "--notes", tmp_path / "none.md").returncode == 2
    (tmp_path / "big.md").write_bytes(b"#" * (1 << 21))
    (tmp_path / "odd.md").write_bytes(b"\xff\xfe\x00")
    for name, words in (("big.md", "is larger than 1 MB"), ("odd.md", "is not UTF-8 text")):
        with pytest.raises(Exception, match=words):
            read_notes(tmp_path / name)


def test_everything_seen_is_a_table_with_what_became_of_it() -> None:
    source = html(compose(STORY)).split('<section id="seen"')[1].split("</section>")[0]
    rows = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in re.findall(r"<tr>(.*?)</tr>", source)]
    assert [len(row) for row in rows] == [7, 7, 7]
    assert rows[1][2:4] == ["the cause of diagnosis 1", "12"]
    assert ">2026-03-14 09:14:58 UTC</time>" in rows[1][4]
    assert rows[1][6] == "…/fluentd/logs/previous.log:7"
    assert rows[2][1:4] == ["shop / cart-0 / cart and 2 more", "it succeeded later", "1,200"]


def test_the_tool_and_its_patterns_are_named() -> None:
    text = Page(html(compose(STORY))).text
    assert "130 patterns (110 name a cause, 2 of them given with --patterns), fingerprint 0123456789ab" in text
    assert "The terms add up to a sum s; the confidence is 1 / (1 + e^(−1.45 × (s − 0.45)))" in text


def test_a_bundle_of_thousands_of_pods_files_and_findings_stays_a_page_that_can_be_mailed() -> None:
    victims = tuple(
        Victim(namespace="shop", pod=f"cart-7c9d8b6f54-{n:05}", container="cart", node=f"worker-{n}")
        for n in range(2000)
    )
    long = dataclasses.replace(
        FLUENTD.evidence[3], text="x" * 5000, before=("y" * 5000,) * 10, after=("z" * 5000,) * 10
    )
    cause = dataclasses.replace(FLUENTD, victims=victims, evidence=(*FLUENTD.evidence, *(long,) * 4))
    huge = dataclasses.replace(
        STORY,
        causes=(cause, *(dataclasses.replace(BIG.causes[1], rank=n) for n in range(2, 11))),
        seen=STORY.seen * 2500,
        files=tuple(file(f"must-gather/logs/{n:05}/current.log", 100) for n in range(20_000)),
        notes=tuple(Note(path=f"must-gather/logs/{n:05}", problem="cut short", line=n) for n in range(5000)),
    )
    source = html(compose(huge))
    assert len(source.encode()) < 1_500_000
    text = Page(source).text
    assert "And 1,500 more, which the JSON output lists." in text
    assert "Shown are the first 400 rows; the JSON output lists the other 4,600." in text
    assert "podtopsy files lists the other 19,700." in text


def test_a_patch_stands_in_the_remedy_with_where_its_values_come_from() -> None:
    text = Page(html(compose(STORY))).text
    assert "A change in Deployment api-v2 in namespace shop" in text
    assert "- mountPath: /tmp + mountPath: /etc/fluentd" in text
    assert "save it as patch.yaml" in text
    assert "Inferred At /etc/fluentd the file would have been found. E1 E2" in text


def test_a_diff_keeps_its_lines_and_blanks_when_it_is_copied() -> None:
    source = html(compose(STORY)).split('<figure class="patch">')[1]
    code = re.sub(r"</?(ins|del)>", "", source.split("<code>")[1].split("</code>")[0])
    assert code == "   - name: shared-config\n-    mountPath: /tmp\n+    mountPath: /etc/fluentd"
