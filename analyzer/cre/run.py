"""CRE rules over one log, as `podtopsy cre run` and `podtopsy cre test` do it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from analyzer.bundle import open_bundle
from analyzer.cre.rule import Rule
from analyzer.cre.translate import Translation
from analyzer.diagnosis import Detection
from analyzer.ingest.bulk import read_log
from analyzer.model import Note, SoughtLine
from analyzer.placement import Placement
from analyzer.screen import Screen

_ANY = Placement(layout="flat", why="given as a log")
LOG, FALSE_LOG = "test.log", "test-fp.log"


def run(rules: Sequence[Rule], log: str) -> tuple[tuple[Detection, ...], tuple[Note, ...]]:
    """The rules that hold for a log (a file, a directory, an archive, or - for standard input), whatever its source.

    With them a note of each that could not be judged on every line. Raises InputError where the log cannot be read.
    """
    if Path(log).is_file() and not Path(log).stat().st_size:
        return (), ()
    translation = Translation.of(rules)
    screen = Screen.build((), sought=translation.sought())
    lines: list[SoughtLine] = []
    latest = None
    for file in open_bundle([log]).files():
        harvest = read_log(file.open(), _ANY, screen, file.path)
        lines += harvest.sought
        if harvest.last_timestamp is not None and not harvest.is_yearless:
            latest = max(latest or harvest.last_timestamp, harvest.last_timestamp)
    return translation.detect(lines, latest), translation.notes()


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of one rule's own logs."""

    rule: Rule
    problem: str  # "" when it holds for the one log, and not for the other
    is_tried: bool = True  # False: there is no log beside it


def trials(rules: Sequence[Rule]) -> list[Trial]:
    """Each rule on the test.log beside its file, where it must hold, and on test-fp.log, where it must not."""
    return [_trial(rule) for rule in rules]


def _trial(rule: Rule) -> Trial:
    place = Path(rule.path).parent
    if not (place / LOG).is_file():
        return Trial(rule, f"there is no {LOG} beside it", is_tried=False)
    if not run([rule], str(place / LOG))[0]:
        return Trial(rule, f"finds nothing in {place / LOG}")
    if (place / FALSE_LOG).is_file() and (found := run([rule], str(place / FALSE_LOG))[0]):
        proof = found[0].evidence[0]
        return Trial(rule, f"finds something in {place / FALSE_LOG}, line {proof.line}, where there is nothing")
    return Trial(rule, "")
