"""A diagnosis on standard output: JSON for programs, one screen of text for people."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from analyzer import verdict, wording
from analyzer.diagnosis import Cause, Detection, Diagnosis, Step
from analyzer.document import document
from reports.visible import escape_of, one_line

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

LABEL: Final = 12  # columns of the labels on the left
MOST_DETECTIONS: Final = 3  # of CRE rules that hold
MOST_CALM: Final = 4  # of the warnings that are no incident
SCREEN: Final = 23  # lines of a terminal, less one for the prompt

_STEERING: Final = re.compile(
    "[\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff\U000e0000-\U000e0fff]"
)
_HEADER: Final = re.compile(
    r"(?:(?:\d{4}-\d\d-\d\d[T ][0-9:.,]{8,18}(?:Z| ?[+-]\d\d:?\d\d)? (?:std(?:out|err) [FP] )?){1,3}"
    r"|[A-Z][a-z]{2} [ \d]\d [0-9:.]{8,15} )"
    r"(?:\S{1,253} [\w.-]{1,64}\[\d{1,8}\]: )?(?:[IWEF]\d{4} [0-9:.]{8,15} {1,7}\d{1,8} \S{1,100}:\d{1,6}\] )?"
)
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How much of each part is shown, so that the whole fits on one screen."""

    quotes: int
    quote_lines: int
    step_lines: int
    ruled_out: int
    summary_lines: int
    is_asking: bool  # shows the command that fetches what is missing


ROOMS: Final = tuple(
    Room(
        quotes=quotes,
        quote_lines=quote_lines,
        step_lines=step_lines,
        ruled_out=ruled_out,
        summary_lines=summary_lines,
        is_asking=is_asking,
    )
    for quotes, quote_lines, step_lines, ruled_out, summary_lines, is_asking in (
        (3, 3, 4, 3, 6, True),
        (3, 2, 4, 2, 6, True),
        (2, 2, 4, 2, 6, True),
        (2, 2, 3, 1, 6, True),
        (2, 2, 3, 1, 6, False),
        (2, 2, 2, 1, 5, False),
        (2, 1, 3, 1, 5, False),
        (2, 1, 2, 1, 4, False),
        (2, 1, 2, 0, 4, False),
    )
)
"""From generous to narrow; the first that fits is taken, the last when none does."""


def to_json(diagnosis: Diagnosis) -> bytes:
    """`podtopsy/diagnosis/v1`."""
    return json_bytes(document(diagnosis))


def json_bytes(content: Mapping[str, object]) -> bytes:
    """A JSON document, indented by two, with a line feed at the end.

    Hidden characters keep their meaning but are written as JSON escapes, so that no terminal obeys them; a lone
    surrogate, which JSON cannot carry, becomes the text of its escape.
    """
    import orjson

    option = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    try:
        text = orjson.dumps(content, option=option)
    except orjson.JSONEncodeError:  # a lone surrogate somewhere, which is rare: nothing is looked through before
        text = orjson.dumps(_encodable(content), option=option)
    return _STEERING.sub(lambda match: _json_escape(match.group()), text.decode()).encode()


def _json_escape(character: str) -> str:
    r"""`character` as JSON writes it in ASCII: above U+FFFF as a surrogate pair (RFC 8259, 7)."""
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))


def _encodable(value: Any) -> Any:
    """`value` with lone surrogates (of file names that are not UTF-8) as visible escapes."""
    if isinstance(value, str):
        return _SURROGATE.sub(lambda match: escape_of(match.group()), value)
    if isinstance(value, dict):
        return {key: _encodable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_encodable(item) for item in value]
    return value


def to_text(diagnosis: Diagnosis, width: int = 80, color: bool = False, report: str | None = None) -> str:
    """The verdict for a terminal of `width` columns, ending in a line feed.

    A single diagnosis of usual size fits on 24 lines. With `color`, ANSI styles are added; nothing from the
    bundle is ever read as markup. `report` is the path of the HTML file, when one was written.
    """
    from rich.console import Console

    width = max(width, 40)
    # _environ: the output must not depend on the environment; color is the caller's decision.
    console = Console(
        file=io.StringIO(),
        width=width,
        force_terminal=color,
        color_system="standard" if color else None,
        no_color=not color,
        legacy_windows=False,
        _environ={},
    )
    lines: list[Text] = []
    for room in ROOMS:
        lines = _Page(console, width).fill(diagnosis, room, report)
        if len(lines) <= SCREEN:
            break
    with console.capture() as capture:
        for line in lines:
            console.print(line, overflow="ignore", no_wrap=True, crop=False)
    return capture.get()


class _Page:
    """Labelled blocks, wrapped to the width."""

    def __init__(self, console: Console, width: int) -> None:
        self.console, self.width, self.lines = console, width - LABEL, list[Any]()

    def block(self, label: str, text: str, style: str = "", limit: int = 0, lead: str = "") -> None:
        """Add `text` under `label`, cut to `limit` lines unless 0; `lead` stands before it and indents it."""
        from rich.cells import set_cell_size
        from rich.text import Text

        room = self.width - len(lead)
        rows = [row.plain.rstrip() for row in Text(one_line(text)).wrap(self.console, room)]
        if limit and len(rows) > limit:
            rows = rows[:limit]
            rows[-1] = set_cell_size(rows[-1], min(room - 1, len(rows[-1]))).rstrip() + "…"
        for row in rows:
            self.lines.append(Text.assemble((f"{label:<{LABEL}}", "cyan"), lead, (row, style)))
            label, lead = "", " " * len(lead)

    def fill(self, diagnosis: Diagnosis, room: Room, report: str | None) -> list[Text]:
        """All lines of the page."""
        if diagnosis.causes:
            self.cause(diagnosis, diagnosis.causes[0], room)
        else:
            self.block("Verdict", verdict.headline(diagnosis), "bold")
            self.incomplete(diagnosis)
            self.block("", verdict.explanation(diagnosis))
            self.calm(diagnosis)
        self.others(diagnosis)
        self.detections(diagnosis.detections)
        if diagnosis.missing:
            first = diagnosis.missing[0]
            state = wording.STATES.get(first.state, first.state)
            more = f" (first of {len(diagnosis.missing)})" if len(diagnosis.missing) > 1 else ""
            self.block("Missing", f"{first.what}, {state}{more}")
            if first.command and room.is_asking:
                self.block("", first.command, "dim", limit=2)
        self.files(diagnosis, report)
        return self.lines

    def files(self, diagnosis: Diagnosis, report: str | None) -> None:
        """How many files were read, the first that was not, where the report is."""
        files = [f for f in diagnosis.files if not f.is_left_out]
        whole = sum(f.status == "parsed" for f in files)
        text = f"{whole:,} of {wording.count(len(files), 'file')} read in full"
        if left_out := len(diagnosis.files) - len(files):
            text += f", {left_out:,} of editors or desktops left out"
        unread = sorted((f.path, f.reason or "") for f in files if f.status != "parsed")
        joined = f"{text}; the report is {report}"
        if report and not unread and len(joined) <= self.width:
            self.block("Files", joined)
            return
        if unread:
            path, reason = unread[0]
            more = f" (first of {len(unread):,})" if len(unread) > 1 else ""
            self.block("Files", f"{text}; not in full{more}:")
            self.block("", self.short(path, 2), lead="  ")
            if reason:
                self.block("", reason, limit=1, lead="  ")
        else:
            self.block("Files", text)
        if report:
            self.block("Report", report)

    def calm(self, diagnosis: Diagnosis) -> None:
        """What looked like trouble and is none, so that nobody goes looking for it."""
        label = "Seen"
        for item in diagnosis.calm[:MOST_CALM]:
            times = wording.count(item.count, "time")
            self.block(label, f"{item.title}, {times}: {item.because}", limit=2)
            label = ""

    def incomplete(self, diagnosis: Diagnosis) -> None:
        """The warning that not everything was read."""
        if text := verdict.incomplete(diagnosis):
            self.block("Incomplete", text, "yellow")

    def cause(self, diagnosis: Diagnosis, cause: Cause, room: Room) -> None:
        """The first diagnosis in full."""
        self.block("Root cause" if cause.confidence >= wording.EVEN_ODDS else "Possibly", cause.title, "bold")
        self.incomplete(diagnosis)
        self.block("", cause.summary, limit=room.summary_lines)
        self.block("Where", wording.place(cause.about))
        pods = len(wording.pods_of(cause))
        if pods > 1:
            self.block("Hit", verdict.who(cause))
        sure = f"{wording.confidence_words(cause.confidence)} ({cause.confidence:.2f} of 1)"
        self.block("When", wording.span(cause.first_seen, cause.last_seen))
        told = diagnosis.explained
        if told.warnings:
            sure += f"; {told.explained:,} of {wording.count(told.warnings, 'warning')} explained"
        self.block("Confidence", sure)
        self.cascade(cause.chain, room)
        label = "Proof"
        for index in verdict.decisive(cause, room.quotes):
            line = cause.evidence[index]
            self.block(label, self.short(f"{line.path}:{line.line}" if line.line else line.path), "dim")
            self.block("", self.told(line.text), limit=room.quote_lines, lead="  ")
            label = ""
        if cause.mitigation:
            self.block("Fix", cause.mitigation[0].strip(), "bold")
        if cause.verify:
            self.block("Verify", cause.verify[0].strip())
        label = "Ruled out"
        for other in cause.ruled_out[: room.ruled_out]:
            self.block(label, f"{wording.class_words(other.cause)}: {wording.sentence(other.because)}", limit=1)
            label = ""

    def cascade(self, chain: Sequence[Step], room: Room) -> None:
        """What the cause led to, in order, mechanisms before symptoms."""
        after = sorted(chain[1:], key=lambda step: step.role == "symptom")
        if after:
            self.block("It led to", " → ".join(step.title for step in after), limit=room.step_lines)

    def others(self, diagnosis: Diagnosis) -> None:
        """Further diagnoses and failures without a cause, one line each."""
        label = "Also"
        for cause in diagnosis.causes[1:4]:
            text = f"{cause.rank}. {cause.title}: {wording.place(cause.about)} ({cause.confidence:.2f})"
            self.block(label, text, limit=2)
            label = ""
        if len(diagnosis.causes) > 4:
            self.block("", f"and {wording.count(len(diagnosis.causes) - 4, 'more diagnosis', 'more diagnoses')}")
        leads = diagnosis.unexplained
        if leads and diagnosis.causes:
            self.block("Unexplained", f"{wording.count(len(leads), 'failure')} without a root cause")
            return
        label = "Leads"
        for lead in leads[:4]:
            self.block(label, f"{lead.title}: {wording.place(lead.about)}", limit=2)
            label = ""
            for line in lead.evidence[:1]:
                self.block("", self.short(f"{line.path}:{line.line}", 2), "dim", lead="  ")
                self.block("", self.told(line.text), limit=1, lead="  ")
        if len(leads) > 4:
            self.block("", f"and {wording.count(len(leads) - 4, 'more failure')}")

    def detections(self, found: Sequence[Detection]) -> None:
        """CRE rules that hold, one line each."""
        label = "CRE rules"
        for detection in found[:MOST_DETECTIONS]:
            where = wording.place(detection.about)
            text = f"{detection.id} {detection.title}{f': {where}' if where else ''}"
            self.block(label, text, limit=1)
            label = ""
        if len(found) > MOST_DETECTIONS:
            self.block("", f"and {len(found) - MOST_DETECTIONS:,} more")

    def told(self, text: str) -> str:
        """A quoted line; one too long for the page begins after its time, which the page tells elsewhere."""
        line = text.strip()
        header = _HEADER.match(line) if len(line) > self.width - 2 else None
        return f"…{line[header.end() :]}" if header else line

    def short(self, path: str, indent: int = 0) -> str:
        """`path` on one line of the page, its middle left out where it is too long."""
        from rich.cells import cell_len, chop_cells

        text, room = one_line(path), self.width - indent
        if cell_len(text) <= room:
            return text
        head = chop_cells(text, room // 3)[0]
        tail = chop_cells(text[::-1], room - cell_len(head) - 1)[0][::-1]
        return f"{head}…{tail}"
