"""Postmortem to page: one self-contained HTML file, or Markdown."""

from __future__ import annotations

import base64
import datetime as dt
import functools
import hashlib
import re
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from reports.cascade_drawing import cascades
from reports.context import Postmortem
from reports.swimlanes import views
from reports.visible import one_line, visible

STYLE: Final = ("style.css", "timeline.css", "controls.css")
_MARKDOWN_SPECIAL: Final = re.compile(r"([\\`*\[\]|~#!]|(?<![^\W_])_|_(?![^\W_]))")
_BLOCK_START: Final = re.compile(r"^(\s*\d*)([-+=.)])(?=[-=\s]|$)")  # lists, rules, underlined headings


def html(postmortem: Postmortem) -> str:
    """The page: needs no network and no other file; its small script adds to it, and all is there without.

    Same postmortem, same text.
    """
    environment = _html_environment()
    style = "".join(environment.get_template(name).render() for name in STYLE)
    script = environment.get_template("page.js").render()
    page = environment.get_template("page.html")
    # Markup: style sheet and script are ours, and their hashes are of exactly these characters.
    return page.render(
        postmortem=postmortem,
        style=Markup(style),
        style_hash=_digest(style),
        script=Markup(script),
        script_hash=_digest(script),
    )


def _digest(text: str) -> str:
    """As a content security policy names an inline part."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def markdown(postmortem: Postmortem) -> str:
    """The postmortem as Markdown (CommonMark with tables) to paste into a ticket."""
    text = _markdown_environment().get_template("postmortem.md").render(postmortem=postmortem)
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n"


@functools.cache
def _html_environment() -> Environment:
    environment = _environment()
    environment.finalize = _visible_text
    environment.filters.update(views=views, cascades=cascades)
    return environment


@functools.cache
def _markdown_environment() -> Environment:
    environment = _environment()
    environment.finalize = _markdown_text
    environment.filters.update(code=_code_span, fence=_fence, paragraphs=_paragraphs)
    return environment


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        instant=_instant, clock=_clock, day=_day, machine=_machine, number=_number, signed=_signed, percent=_percent
    )
    return environment


def _visible_text(value: object) -> object:
    """Every text a template prints goes through here before it is escaped; markup is our own."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _markdown_text(value: object) -> object:
    """Text as Markdown that shows it literally, on one line."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    text = one_line(" ".join(value.split("\n")))
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("@", "&#64;")
    text = _MARKDOWN_SPECIAL.sub(r"\\\1", text)
    return Markup(_BLOCK_START.sub(r"\1\\\2", text))


def _code_span(text: str) -> Markup:
    """`text` between enough backticks."""
    line = one_line(text)
    ticks = "`" * (1 + _longest_run_of_ticks(line))
    blank = " " if line[:1] == "`" or line[-1:] == "`" or not line else ""
    return Markup(f"{ticks}{blank}{line}{blank}{ticks}")


def _fence(text: str, language: str = "") -> Markup:
    """`text` as a fenced code block."""
    ticks = "`" * max(3, 1 + _longest_run_of_ticks(text))
    word = language if language.isascii() and language.isalpha() else ""
    return Markup(f"{ticks}{word}\n{visible(text)}\n{ticks}")


def _paragraphs(text: str) -> Markup:
    """Several lines of text, each shown literally on a line of its own."""
    lines = [str(_markdown_text(line)) for line in text.split("\n")]
    return Markup("  \n".join(lines))


def _longest_run_of_ticks(text: str) -> int:
    return max((len(run) for run in re.findall(r"`+", text)), default=0)


def _instant(time: dt.datetime | None) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S} UTC" if time else "time unknown"


def _clock(time: dt.datetime | None) -> str:
    return f"{time:%H:%M:%S}" if time else "time unknown"


def _day(time: dt.datetime) -> str:
    return f"{time:%Y-%m-%d}"


def _machine(time: dt.datetime) -> str:
    """The form of <time datetime>."""
    return f"{time:%Y-%m-%dT%H:%M:%S}.{time.microsecond:06d}Z"


def _number(value: int) -> str:
    return f"{value:,}"


def _signed(value: float) -> str:
    """`+0.25`, `−0.10`."""
    return f"{value:+.2f}".replace("-", "−")


def _percent(fraction: float) -> str:
    return f"{100 * min(1.0, max(0.0, fraction)):.2f}%"
