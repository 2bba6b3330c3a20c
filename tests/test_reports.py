from __future__ import annotations

import ast
import base64
import dataclasses
import hashlib
import inspect
import itertools
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hand_made import BIG, FLUENTD, HALF_READ, HEALTHY, LEADS, POISONED, STORY, at, file, line
from jinja2 import Environment, nodes

import reports.cascade_drawing
import reports.context
import reports.lanes
import reports.swimlanes
import reports.ticks
from analyzer.appendix import SHOWN_READ
from analyzer.compose import compose
from analyzer.diagnosis import Diagnosis, Step
from reports.render import html, markdown
from reports.visible import one_line, visible

CASES = {
    "story": STORY,
    "healthy": HEALTHY,
    "half read": HALF_READ,
    "leads": LEADS,
    "two causes": BIG,
    "hostile": POISONED,
    "nothing": dataclasses.replace(HEALTHY, files=()),
}
every_case = pytest.mark.parametrize("diagnosis", CASES.values(), ids=CASES.keys())
CONTEXT = [
    value
    for module in (reports.context, reports.lanes, reports.swimlanes, reports.ticks, reports.cascade_drawing)
    for value in vars(module).values()
    if dataclasses.is_dataclass(value) and isinstance(value, type) and value.__module__ == module.__name__
]
BEFORE_DRAWING = {reports.lanes.Bar, reports.lanes.Mark, reports.lanes.Level}  # drawn as Box, Shape and Stem
INSIDE_DRAWING = {
    "bars",
    "marks",
    "restarts",
    "levels",
    "lanes",
}  # drawn as parts of a Row or a View
TEMPLATES = Path(inspect.getfile(reports)).parent / "templates"
VOID = {"meta", "br", "link", "img", "input", "hr"}
HIDDEN = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]"


class Page(HTMLParser):
    """What a browser would see: elements, attributes, visible text, nesting."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.texts: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.feed(source)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((self.open[-1] if self.open else "", data))

    @property
    def text(self) -> str:
        return " ".join("".join(data for tag, data in self.texts if tag not in ("style", "script")).split())

    def values(self, name: str) -> list[str]:
        return [value for _, attribute, value in self.attributes if attribute == name]


def page(diagnosis: Diagnosis) -> Page:
    return Page(html(compose(diagnosis)))


@every_case
def test_every_page_is_well_formed_and_refers_only_to_itself(diagnosis: Diagnosis) -> None:
    seen = page(diagnosis)
    ids = seen.values("id")
    assert len(ids) == len(set(ids))
    targets = [value for tag, name, value in seen.attributes if (tag, name) == ("a", "href") and value[:1] == "#"]
    assert {target[1:] for target in targets} <= set(ids)
    assert {part for value in seen.values("aria-labelledby") for part in value.split()} <= set(ids)
    assert seen.tags.count("script") == 1
    assert not {"link", "img", "iframe", "object", "embed", "form", "base"} & set(seen.tags)
    assert not {"src", "style", "srcset", "action"} & {name for _, name, _ in seen.attributes}
    assert not [name for _, name, _ in seen.attributes if name.startswith("on")]
    assert all(v.startswith(("#", "https://")) for v in seen.values("href"))


@every_case
def test_every_attribute_is_quoted(diagnosis: Diagnosis) -> None:
    body = re.sub(r"<(style|script)>.*?</\1>", "", html(compose(diagnosis)), flags=re.DOTALL)
    for tag in re.findall(r"<[a-z][^>]*>", body):
        assert not re.search(r"=[^\"]", re.sub(r'="[^"]*"', "", tag)), tag


@every_case
def test_the_policy_allows_our_style_sheet_and_script_by_their_hashes_and_nothing_else(diagnosis: Diagnosis) -> None:
    source = html(compose(diagnosis))
    style, script = (source.split(f"<{tag}>")[1].split(f"</{tag}>")[0] for tag in ("style", "script"))
    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script)]
    policy = (
        f"default-src 'none'; style-src 'sha256-{digests[0]}'; script-src 'sha256-{digests[1]}'; base-uri 'none'; "
        "form-action 'none'"
    )
    assert f'content="{policy}"' in source
    assert "url(" not in style
    assert "@import" not in style
    assert not re.search(r"https?:|\bfetch\b|XMLHttp|WebSocket|\bimport\b|\beval\b|innerHTML|Function\(", script)


def test_no_word_of_a_bundle_reaches_the_script() -> None:
    assert html(compose(POISONED)).split("<script>")[1] == html(compose(STORY)).split("<script>")[1]


@every_case
def test_headings_descend_one_level_at_a_time(diagnosis: Diagnosis) -> None:
    levels = [int(tag[1]) for tag in page(diagnosis).tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


@every_case
def test_a_page_has_its_landmarks(diagnosis: Diagnosis) -> None:
    tags = page(diagnosis).tags
    assert [tags.count(tag) for tag in ("header", "main", "footer", "nav")] == [1, 1, 1, 1]


@every_case
def test_no_output_holds_a_hidden_character(diagnosis: Diagnosis) -> None:
    postmortem = compose(diagnosis)
    for output in (html(postmortem), markdown(postmortem)):
        assert re.findall(HIDDEN, output) == []
        output.encode()


@every_case
def test_the_same_diagnosis_gives_the_same_bytes(diagnosis: Diagnosis) -> None:
    assert html(compose(diagnosis)) == html(compose(diagnosis))
    assert markdown(compose(diagnosis)) == markdown(compose(diagnosis))


def test_hostile_text_is_shown_literally() -> None:
    text = page(POISONED).text
    assert "<script>alert(1)</script>\"'`|*[x](javascript:y)" in text
    assert "\\u001b[31mred\\u001b[0m \\u202egnp\\u202c \\u200b\\u0000\\u009b \\ud800 {{ 7*7 }} &amp;" in text


def test_hostile_text_stays_text_in_markdown() -> None:
    text = markdown(compose(POISONED))
    outside = re.sub(r"^(`{3,}).*?^\1$", "", text, flags=re.DOTALL | re.MULTILINE)
    outside = re.sub(r"(?<![\\`])(`+)(?!`).+?(?<!`)\1(?!`)", "", outside)
    assert "<script" not in outside
    assert re.search(r"(?<!\\)\[x", outside) is None


def test_markdown_leaves_numbers_alone_and_escapes_what_starts_a_list() -> None:
    assert "very likely (0.86 of 1)" in markdown(compose(STORY))
    postmortem = dataclasses.replace(compose(STORY), explanation="1. one\n# two")
    assert "\n1\\. one \\# two\n" in markdown(postmortem)


def test_markdown_fences_are_longer_than_the_backticks_within() -> None:
    cause = dataclasses.replace(FLUENTD, evidence=(line("a.log", 1, "container_log", "```` end"),), chain=())
    assert "`````text\n```` end\n`````\n" in markdown(compose(dataclasses.replace(STORY, causes=(cause,))))


def test_the_first_screen_states_verdict_confidence_impact_fix_and_proof() -> None:
    first = Page(
        re.sub(r".*(<section class=\"verdict.*?</section>).*", r"\1", html(compose(STORY)), flags=re.DOTALL)
    ).text
    assert "Container fluentd of deployment api-v2 cannot find a needed file" in first
    assert "very likely 0.86 of 1" in first
    assert "1 pod of deployment api-v2, namespace shop" in first
    assert "14 March 2026, 09:14:58 to 09:33:41 UTC (19 minutes)" in first
    assert "Mount shared-config at /etc/fluentd in config-init too." in first
    assert "fluentd/fluentd/logs/previous.log:7" in first
    assert "cannot load config file /etc/fluentd/fluent.conf: No such file" in first
    assert "config-init/config-init/logs/current.log:4" in first
    assert "Incomplete" not in first


def test_the_cascade_ends_in_oomkilled_as_a_symptom() -> None:
    text = page(STORY).text
    assert "symptom · 09:17:52 fluentd is restarted until its memory limit bites: OOMKilled" in text


def test_a_step_without_evidence_is_called_inferred() -> None:
    guess = Step(role="mechanism", title="the volume shadows the file", timestamp=None, evidence=())
    cause = dataclasses.replace(FLUENTD, chain=(*FLUENTD.chain[:1], guess))
    text = page(dataclasses.replace(STORY, causes=(cause,))).text
    assert "mechanism · no time the volume shadows the file Inferred: no line states it." in text


def test_a_healthy_page_says_that_nothing_is_wrong() -> None:
    seen = page(HEALTHY).text
    assert "No root cause found: nothing in this bundle is in a bad state." in seen
    assert "Five whys" not in seen


def test_a_half_read_page_says_so_first_and_never_that_nothing_is_wrong() -> None:
    seen = page(HALF_READ).text
    assert "No root cause found in the part of this bundle that could be read." in seen
    assert "Not everything was read: 1 file could not be read." in seen
    assert "nothing in this bundle is in a bad state" not in seen
    assert "No failure seen" not in seen
    assert seen.index("kubelet.log.gz not read: truncated gzip after 3 MB.") < seen.index("Files read in full: 4")


def test_a_reading_that_is_incomplete_without_an_unread_file_is_told_too() -> None:
    postmortem = compose(dataclasses.replace(HEALTHY, complete=False))
    assert postmortem.incomplete.startswith("Not everything was read: part of the bundle could not be read.")
    assert "nothing in this bundle" not in postmortem.headline


def test_a_bundle_without_readable_files_is_called_unread() -> None:
    postmortem = compose(CASES["nothing"])
    assert (postmortem.outcome, postmortem.headline) == ("unread", "Nothing in this bundle could be read.")


def test_failures_without_a_cause_are_listed_as_leads() -> None:
    seen = page(LEADS).text
    assert "No root cause found, but there are failures." in seen
    assert "Container worker exits with code 2" in seen
    assert "cart-0.yaml:90" in seen


def test_a_second_diagnosis_lists_all_its_victims() -> None:
    seen = page(BIG).text
    assert "2. Container app in 20 pods of deployment ledger cannot start" in seen
    assert all(f"pay / ledger-{n} / app on node worker-{n % 3}" in seen for n in range(20))


def test_the_list_of_what_is_quoted_is_in_time_order() -> None:
    timeline = compose(BIG).timeline
    times = [event.time for event in timeline.events]
    assert times == sorted(times)
    assert timeline.undated == 2


def test_files_beyond_the_cap_are_counted() -> None:
    files = tuple(file(f"logs/{n:04}.log", 1) for n in range(SHOWN_READ + 7))
    text = page(dataclasses.replace(HEALTHY, files=files)).text
    assert "Files read in full: 307" in text
    assert "Shown are the first 300; podtopsy files lists the other 7." in text


def test_a_very_long_line_is_cut_with_a_count() -> None:
    cause = dataclasses.replace(FLUENTD, evidence=(line("a.log", 1, "container_log", "x" * 5000),), chain=())
    (quote,) = compose(dataclasses.replace(STORY, causes=(cause,))).causes[0].quotes
    assert quote.text == "x" * 4096 + " … (904 more characters)"


def test_commands_for_what_is_missing_stand_in_one_block() -> None:
    double = dataclasses.replace(STORY, missing=STORY.missing * 2)
    assert compose(double).commands == "oc adm node-logs worker-2 -u kubelet --since=-2h"


def test_steps_that_cite_lines_that_do_not_exist_are_survived() -> None:
    wild = Step(role="cause", title="t", timestamp=at(9, 0), evidence=(99, -1, 0))
    postmortem = compose(dataclasses.replace(STORY, causes=(dataclasses.replace(FLUENTD, chain=(wild,)),)))
    assert [quote.label for quote in postmortem.causes[0].steps[0].quotes] == ["E1"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ünïcode → 日本", "plain ünïcode → 日本"),
        ("\x1b[1m\r\x00", "\\u001b[1m\\u000d\\u0000"),
        ("a\u202eb\u200bc\ufeff\u2028", "a\\u202eb\\u200bc\\ufeff\\u2028"),
        ("\udcff\U000e0041", "\\udcff\\U000e0041"),
        ("tab\tline\n", "tab\tline\n"),
    ],
)
def test_hidden_characters_become_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_one_line_is_one_line() -> None:
    assert one_line("a\tb\nc\r") == "a b\\nc\\u000d"


def used_names() -> set[str]:
    """Attributes that the templates read, except of Jinja's own objects."""
    names = set()
    for path in sorted(path for path in TEMPLATES.iterdir() if path.suffix in {".html", ".md"}):
        for node in Environment().parse(path.read_text()).find_all(nodes.Getattr):
            is_own = isinstance(node.node, nodes.Name) and node.node.name in {"loop", "pieces"}
            if not is_own and node.attr not in {"startswith", "split"}:
                names.add(node.attr)
    return names


def test_templates_use_every_documented_field_and_no_other() -> None:
    shown = [v for v in CONTEXT if v not in BEFORE_DRAWING and not v.__name__.startswith("_")]
    fields = {field.name for value in shown for field in dataclasses.fields(value)}
    assert used_names() == fields - INSIDE_DRAWING


def test_every_field_of_the_context_says_what_it_is() -> None:
    for module in (reports.context, reports.lanes):
        source = inspect.getsource(module)
        rows = source.split("\n")
        for node in ast.parse(source).body:
            for field in getattr(node, "body", []):
                if isinstance(field, ast.AnnAssign):
                    assert "  # " in rows[field.lineno - 1], rows[field.lineno - 1]


def test_reports_know_nothing_of_the_analyzer() -> None:
    for path in sorted(TEMPLATES.parent.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [name for name in names if name.split(".")[0] in {"analyzer", "patterns", "polars"}]


def test_the_colours_contrast_enough_in_light_and_dark() -> None:
    style = (TEMPLATES / "style.css").read_text()
    added = iter(re.findall(r":root \{(.*?)\}", (TEMPLATES / "controls.css").read_text()))
    for block in re.findall(r":root \{(.*?)\}", style, flags=re.DOTALL)[:2]:
        colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block + next(added)))
        pairs = [(ink, ground) for ink in ("ink", "soft", "accent") for ground in ("paper", "wash")]
        pairs += [("accent", "accent-wash"), ("accent", "raised"), ("mark", "mark-wash"), ("ink", "mark-wash")]
        pairs += [("bad", "bad-wash"), ("good", "good-wash"), ("soft", "raised")]
        for ink, ground in pairs:
            assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)
        assert contrast(colours["line"], colours["paper"]) >= 3.0


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
