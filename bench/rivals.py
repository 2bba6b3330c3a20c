"""The public tools that podtopsy is measured against, each as a command over the same bytes or as a reason why not."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from measure import ROOT, Command

GREP_SECONDS: Final = 20.0  # for 8 MB; what takes longer would take hours for the whole
GREP_KILOBYTES: Final = 2_000_000  # its automaton of all expressions has no bound of its own
_CLASSES: Final = {r"\d": "0-9", r"\w": "[:alnum:]_", r"\s": "[:space:]"}


def podtopsy(*arguments: str) -> Command:
    return Command([sys.executable, "-m", "analyzer", *arguments])


def expressions(directory: Path) -> Path:
    """The library's log expressions, as the command prints them for ripgrep."""
    listed = subprocess.run(
        podtopsy("patterns", "list", "--regex").arguments, cwd=ROOT, capture_output=True, text=True, check=True
    )
    path = directory / "patterns.txt"
    path.write_text(listed.stdout, encoding="utf-8")
    return path


def ripgrep(patterns: Path, logs: Path) -> Command | str:
    """`rg -c -f` with the library's own expressions."""
    beside = Path(sys.executable).parent / "rg"
    found = str(beside) if beside.exists() else shutil.which("rg")
    if found is None:
        return "rg is not installed (pip install ripgrep)"
    return Command([found, "-c", "-f", str(patterns), str(logs)], accepted=(0, 1))


def grep(patterns: Path, logs: Path, place: Path) -> Command | str:
    """`grep -E -f` with those of the expressions that its dialect can say."""
    if shutil.which("grep") is None:
        return "grep is not installed"
    written = [line for line in patterns.read_text(encoding="utf-8").split("\n") if line]
    extended = [e for e in map(to_extended, written) if e is not None]
    path = place / "patterns-extended.txt"
    path.write_text("\n".join(extended) + "\n", encoding="utf-8")
    sample = place / "sample.log"
    with next(p for p in sorted(logs.rglob("*")) if p.is_file()).open("rb") as file:
        sample.write_bytes(file.read(8_000_000))
    limited = f'ulimit -v {GREP_KILOBYTES} && exec grep -E -c -f "$@"'
    command = ["sh", "-c", limited, "grep", str(path)]
    try:
        done = subprocess.run([*command, str(sample)], capture_output=True, timeout=GREP_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return f"grep -E with {len(extended)} of {len(written)} expressions did not end 8 MB in {GREP_SECONDS:.0f} s"
    if done.returncode > 1:
        said = done.stderr.decode().strip().partition("\n")[0][:120]
        return f"grep -E with {len(extended)} of {len(written)} expressions gives up within 2 GB of memory: {said}"
    return Command([*command, "-r", str(logs)], accepted=(0, 1))


def to_extended(expression: str) -> str | None:
    """The same in POSIX's extended dialect, as GNU writes it; None where it has no word for it."""
    if "(?i" in expression:
        return None
    text = re.sub(r"\(\?(?:P<\w+>|:)", "(", expression)
    text = re.sub(r"([*+?}])\?", r"\1", text)
    out, position = "", 0
    while position < len(text):
        if text[position] == "[":
            end = position + 2 + (text[position + 1] == "^")
            while text[end] != "]":
                end += 2 if text[end] == "\\" else 1
            inside = re.sub(r"\\.", lambda m: _CLASSES.get(m[0], m[0][1]), text[position + 1 : end])
            out += _bracket(inside)
            position = end + 1
        elif text[position] == "\\":
            pair = text[position : position + 2]
            out += f"[{_CLASSES[pair]}]" if pair == r"\d" else {r"\t": "\t"}.get(pair, pair)
            position += 2
        else:
            out += text[position]
            position += 1
    return out


def _bracket(inside: str) -> str:
    """A bracket expression: in POSIX a `]` stands first in it, and a `-` last."""
    negated, members = ("^", inside[1:]) if inside.startswith("^") else ("", inside)
    first = "]" if "]" in re.sub(r"\[:\w+:\]", "", members) else ""
    if first:
        members = re.sub(r"(?<!:)\]", "", members)
    return f"[{negated}{first}{members}]"


def lnav(logs: Path) -> Command | str:
    """`lnav -n` filtering for a few of the same words."""
    found = shutil.which("lnav")
    if found is None:
        return "lnav is not installed (apt-get install lnav)"
    wanted = ":filter-in panic:|connection refused|no such file|permission denied|OutOfMemory"
    return Command([found, "-n", "-r", "-c", wanted, str(logs)])


def igzip(archive: Path, to: Path | None) -> Command:
    """`python -m isal.igzip -d`: decompressing alone, thrown away or into a file."""
    target = ["-c"] if to is None else ["-f", "-o", str(to)]
    return Command([sys.executable, "-m", "isal.igzip", "-d", *target, str(archive)])


def count_lines(logs: Path) -> Command | str:
    """`wc -l`."""
    if shutil.which("wc") is None:
        return "wc is not installed"
    return Command(["sh", "-c", 'find "$0" -type f -exec wc -l {} +', str(logs)])
