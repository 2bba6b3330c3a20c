"""The house rules that a machine can hold."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

KUBECTL_OWN_WORDS = ("Type: ",)  # describe prints the same sentence for every volume of a type
ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted(p for d in ("analyzer", "patterns", "reports") for p in (ROOT / d).rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_each_module_says_what_it_is_in_its_first_line(path: Path) -> None:
    first = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split("\n")[0]
    assert first.endswith((".", ":"))


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_module_is_a_drawer(path: Path) -> None:
    assert path.stem not in {"utils", "helpers", "common", "base", "manager", "misc"}


def test_the_leaves_import_nothing_of_ours() -> None:
    code = "import patterns.load, reports.render, sys; print([m for m in sys.modules if m.split('.')[0] == 'analyzer'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "[]\n"


def test_help_does_not_load_what_only_an_analysis_needs() -> None:
    code = (
        "import sys\nfrom typer.testing import CliRunner\nfrom analyzer.cli import app\n"
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0\n"
        "print(sorted({'polars', 'hyperscan', 'jinja2', 'ryml', 'orjson'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "[]\n"


def test_a_diagnosis_makes_no_frames() -> None:
    code = (
        "import sys\nfrom typer.testing import CliRunner\nfrom analyzer.cli import app\n"
        "done = CliRunner().invoke(app, ['diagnose', 'samples/fluentd-mount-mismatch/bundle', '--format', 'html'])\n"
        "assert done.exit_code == 0\n"
        "print('polars' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "False\n"


def test_the_bundles_we_ship_hold_nothing_of_the_data_beside_the_checkout() -> None:
    shared = ROOT.parent / "shared" / "incidents"
    if not shared.is_dir():
        pytest.skip("no labelled incidents beside the checkout")
    lines: set[str] = set()
    for path in sorted(shared.rglob("input/**/*")):
        if path.is_file():
            lines |= {s for line in path.read_text("utf-8", "replace").split("\n") if len(s := line.strip()) > 90}
    ours = [p for d in ("samples", "patterns", "tests") for p in (ROOT / d).rglob("*") if p.is_file()]
    copied = [
        f"{path.relative_to(ROOT)}: {line.strip()[:80]}"
        for path in ours
        if path.suffix not in {".gz", ".pyc"}
        for line in path.read_text("utf-8", "replace").split("\n")
        if line.strip() in lines and not line.strip().startswith(KUBECTL_OWN_WORDS)
    ]
    assert copied == []
