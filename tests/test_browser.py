"""The page in Chromium: opened from a file, without a network, with the script and without."""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hand_made import BIG, LEADS, POISONED, STORY

from analyzer import analyze
from analyzer.compose import compose
from analyzer.diagnosis import Diagnosis
from reports.render import html

ROOT = Path(__file__).resolve().parent.parent
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SAMPLES = sorted(path.parent.name for path in (ROOT / "samples").glob("*/label.json"))
HAND_MADE = {"leads": LEADS, "two": BIG, "hostile": POISONED}
QUIET = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
QUIET += ("--disable-component-update", "--disable-sync", "--hide-scrollbars", "--enable-logging=stderr")
NOWHERE = "--proxy-server=127.0.0.1:9"  # whatever asks the network is refused, and that is told on the console
ADDED = {"Copy"}  # words of buttons that the script makes


class Words(HTMLParser):
    """The visible words of a document."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.tag = ""
        self.feed(source)

    def handle_starttag(self, tag: str, _: list[tuple[str, str | None]]) -> None:
        self.tag = tag

    def handle_data(self, data: str) -> None:
        if self.tag not in ("style", "script", "title"):
            self.words += data.split()


@cache
def diagnosis_of(name: str) -> Diagnosis:
    return HAND_MADE[name] if name in HAND_MADE else analyze([ROOT / "samples" / name / "bundle"])


def opened(page: Path, profile: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """The document after it was opened; skips where Chromium does not run."""
    if BROWSER is None:
        pytest.skip("no Chromium on this machine")
    command = [BROWSER, *QUIET, NOWHERE, f"--user-data-dir={profile}", *more, "--dump-dom", page.as_uri()]
    for _ in range(2):  # on a busy machine it sometimes gives up at its start
        try:
            run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        except subprocess.TimeoutExpired:
            pytest.skip("Chromium does not start here within a minute")
        if run.returncode == 0 and run.stdout:
            return run
    pytest.skip(f"Chromium does not run here: {run.stderr[-300:]}")


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("profile")


@pytest.mark.parametrize("name", [*HAND_MADE, *SAMPLES])
def test_a_page_opens_from_a_file_without_a_message_or_a_request(name: str, tmp_path: Path, profile: Path) -> None:
    source = html(compose(diagnosis_of(name)))
    (tmp_path / "report.html").write_text(source, encoding="utf-8")
    run = opened(tmp_path / "report.html", profile)
    told = [row for row in run.stderr.split("\n") if "CONSOLE" in row or "Content Security Policy" in row]
    assert told == []
    shown = [word for word in Words(run.stdout).words if word not in ADDED]
    assert shown == [word for word in Words(source).words if word not in ADDED]
    assert 'class="copy"' in run.stdout or 'class="copyable"' not in run.stdout  # the script has run


def test_where_no_script_may_run_all_is_there_and_its_controls_are_hidden(tmp_path: Path, profile: Path) -> None:
    """The policy forbids it here: with scripting switched off altogether, Chromium dumps no document."""
    source = html(compose(STORY))
    forbidden = re.sub(r"script-src 'sha256-[^']*'", "script-src 'none'", source)
    (tmp_path / "report.html").write_text(forbidden, encoding="utf-8")
    run = opened(tmp_path / "report.html", profile)
    assert Words(run.stdout).words == Words(source).words
    assert 'class="copy"' not in run.stdout
    assert len(re.findall(r"data-script=\"\" hidden=\"\"", run.stdout)) == source.count("data-script hidden")


def tried(source: str, script: str, tmp_path: Path, profile: Path) -> str:
    """What `script` writes into the title of the page; the policy is taken out so that the test's script may run."""
    free = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", source)
    (tmp_path / "tried.html").write_text(free.replace("</body>", f"<script>{script}</script></body>"), encoding="utf-8")
    run = opened(tmp_path / "tried.html", profile, "--virtual-time-budget=3000")
    found = re.search(r"<title>(.*?)</title>", run.stdout, re.DOTALL)
    assert found is not None
    return found[1]


def test_a_saved_copy_is_the_page_with_what_was_written_and_is_allowed_by_its_own_policy(
    tmp_path: Path, profile: Path
) -> None:
    source = html(compose(STORY))
    script = """
      let kept; const make = URL.createObjectURL;
      URL.createObjectURL = (blob) => { kept = blob; return make(blob); };
      HTMLAnchorElement.prototype.click = () => {};
      document.querySelector("#field-11").textContent = "Two <b>bold</b> lines\\nhere";
      document.querySelector("#zone").click();
      document.querySelector("#seen-filter").value = "probe";
      document.querySelector("#save").click();
      kept.text().then((text) => { document.title = btoa(unescape(encodeURIComponent(text))); });
    """
    import base64

    saved = base64.b64decode(tried(source, script, tmp_path, profile)).decode()
    assert saved.startswith('<!doctype html>\n<html lang="en">')
    assert ">Two &lt;b&gt;bold&lt;/b&gt; lines\nhere</div>" in saved
    assert 'class="copy"' not in saved
    assert "09:14:58 UTC" in saved
    (tmp_path / "saved.html").write_text(saved.replace("<head>", f"<head>{policy_of(source)}"), encoding="utf-8")
    run = opened(tmp_path / "saved.html", profile)
    written = ["Two", "<b>bold</b>", "lines", "here"]
    assert [w for w in Words(run.stdout).words if w not in (*ADDED, *written)] == [
        w for w in Words(source).words if w not in (*ADDED, *written)
    ]


def policy_of(source: str) -> str:
    found = re.search(r'<meta http-equiv="Content-Security-Policy"[^>]*>', source)
    assert found is not None
    return found[0]


def test_the_table_of_everything_seen_sorts_and_filters(tmp_path: Path, profile: Path) -> None:
    script = """
      const rows = () => Array.from(document.querySelectorAll("#seen-table tbody tr"));
      const first = () => rows()[0].cells[3].textContent;
      const head = document.querySelectorAll("#seen-table .sort")[3];
      const told = [first()];
      head.click(); told.push(first());
      head.click(); told.push(first(), head.parentElement.getAttribute("aria-sort"));
      const filter = document.querySelector("#seen-filter");
      filter.value = "PROBE"; filter.dispatchEvent(new Event("input"));
      told.push(rows().filter((row) => !row.hidden).length, document.querySelector("#seen-count").textContent);
      document.title = told.join("|");
    """
    told = tried(html(compose(STORY)), script, tmp_path, profile)
    assert told == "12|12|1,200|descending|1|1 of 2"


def test_times_are_shown_in_the_local_zone_and_back(tmp_path: Path, profile: Path) -> None:
    script = """
      const time = document.querySelector("#draft time"), zone = document.querySelector("#zone");
      const told = [time.textContent];
      zone.click();
      told.push(/^2026-03-1[345] ..:..:.. [(]...:..[)]$/.test(time.textContent));
      zone.click();
      told.push(time.textContent);
      document.title = told.join("|");
    """
    told = tried(html(compose(STORY)), script, tmp_path, profile)
    assert told == "2026-03-14 09:14:58 UTC|true|2026-03-14 09:14:58 UTC"


def test_a_copied_patch_keeps_its_lines(tmp_path: Path, profile: Path) -> None:
    script = """
      let taken = "";
      document.execCommand = () => { taken = String(getSelection()); return true; };
      document.querySelector(".patch .copy").click();
      document.title = JSON.stringify(taken) + document.querySelector("#said").textContent;
    """
    told = tried(html(compose(STORY)), script, tmp_path, profile)
    assert told == '"   - name: shared-config\\n-    mountPath: /tmp\\n+    mountPath: /etc/fluentd"Copied'
