"""The wheel holds every file of the three packages, and runs from another directory."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("analyzer", "patterns", "reports")
SAMPLE = ROOT / "samples" / "fluentd-mount-mismatch" / "bundle"


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(folder), str(ROOT))
        (wheel,) = folder.glob("*.whl")
        missing, extra = differences(wheel)
        if missing or extra:
            sys.exit(f"wheel: not in it {missing}; not in the tree {extra}")
        home = folder / "venv"
        venv.create(home, with_pip=True)
        python = home / "bin" / "python"
        run(str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(wheel))
        out = run(str(home / "bin" / "podtopsy"), "diagnose", str(SAMPLE), "--format", "json", cwd=folder)
        if '"cause": "volume-mount-mismatch"' not in out:
            sys.exit("wheel: the installed command does not find the sample's cause")
        run(str(home / "bin" / "podtopsy"), "diagnose", str(SAMPLE), "--html", "report.html", cwd=folder)
        if "</html>" not in (folder / "report.html").read_text(encoding="utf-8"):
            sys.exit("wheel: the installed command writes no report")
    print("wheel: complete, and it runs from another directory")


def differences(wheel: Path) -> tuple[list[str], list[str]]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", *PACKAGES], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    tree = {name for name in listed.split("\0") if name}
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if name.split("/")[0] in PACKAGES}
    return sorted(tree - packed), sorted(packed - tree)


def run(*command: str, cwd: Path | None = None) -> str:
    done = subprocess.run(command, cwd=cwd, check=False, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"wheel: {' '.join(command)} ended with {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
