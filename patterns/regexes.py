"""The regex dialect of patterns: what Hyperscan, the `regex` package and Rust's regex crate all read alike.

No look-around, no back-references, no possessive or atomic groups, no conditionals: see "Unsupported Constructs" in
https://intel.github.io/hyperscan/dev-reference/compilation.html and https://docs.rs/regex/latest/regex/#syntax.
"""

from __future__ import annotations

import re

_FORBIDDEN = (
    (re.compile(r"(?<!\\)\(\?(?:=|!|<=|<!)"), "look-around is not in the dialect"),
    (re.compile(r"(?<!\\)\(\?(?:>|\()"), "atomic and conditional groups are not in the dialect"),
    (re.compile(r"(?<!\\)\(\?P=|\\[1-9]|\\g<|\\k<"), "back-references are not in the dialect"),
    (re.compile(r"(?<!\\)[*+?}]\+"), "possessive quantifiers are not in the dialect"),
    (re.compile(r"(?<!\\)\.[*+]"), "an unbounded .* or .+ is too greedy here; bound it, as in .{0,200}"),
    (re.compile(r"\\Z|\\A|\\z|\\G"), "anchor with ^ and $, which mean the line's start and end"),
    (re.compile(r"\\[pPNX]"), "Unicode classes are not in the dialect: logs are screened as bytes"),
)


def dialect_problem(expression: str) -> str | None:
    """A sentence on the first thing in `expression` that the dialect lacks, or None."""
    if not expression:
        return "must not be empty"
    for forbidden, sentence in _FORBIDDEN:
        if forbidden.search(expression):
            return sentence
    try:
        compiled = re.compile(expression)
    except re.error as error:
        return f"is not a regex: {error}"
    return "matches the empty line" if compiled.match("") else None


def for_ripgrep(expression: str) -> str:
    """The expression as `rg -f` takes it beside others: groups without names, bytes instead of Unicode.

    Rust's regex crate refuses a group name given twice, and compiles Unicode classes to so much that the
    whole library would exceed ripgrep's size limit (https://docs.rs/regex/latest/regex/#unicode).
    """
    return "(?-u)" + re.sub(r"\(\?P<\w+>", "(?:", expression)


def relax_quotes(expression: str) -> str:
    r"""`"` becomes `\\*"` outside character classes, so that escaped quotes match too.

    The kubelet's structured klog and JSON loggers write `\"` (or deeper) where an event has `"`; one regex
    serves both.
    """
    out: list[str] = []
    in_class = is_escaped = False
    for char in expression:
        if char == '"' and not in_class and not is_escaped:
            out.append(r"\\*")
        if not is_escaped:
            in_class = True if char == "[" else False if char == "]" else in_class
        is_escaped = char == "\\" and not is_escaped
        out.append(char)
    return "".join(out)
