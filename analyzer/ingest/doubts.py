"""What in a YAML document has two readings, or one that podtopsy does not follow.

Anchors are not resolved and tags are not obeyed: both can be made to explode or to run code, and no tool that
dumps Kubernetes objects writes them. A doubt costs nothing but a note.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

from analyzer.ingest.glance import Trait

# Each begins with a byte that is rare in such files: a dump of 100 MB is searched in a moment.
_TOKENS: Final = (
    (
        Trait.ANCHOR,
        re.compile(rb"&[A-Za-z0-9_-]{1,64}(?=[ \t\r\n,\]])"),
        "an anchor (&name): what refers to it is not resolved",
    ),
    (
        Trait.TAG,
        re.compile(rb"![A-Za-z!][\w/:.]{0,64}(?=[ \t\r\n,\]{\[])"),
        "a tag (!type): it is not obeyed, its value is read as text",
    ),
)
_CONTROL: Final = bytes(b for b in range(32) if b not in b"\t\n\f\r") + b"\x7f"
_AT_ONCE: Final = 1 << 20  # bytes that are copied to be looked through
_FIRST_KEY: Final = re.compile(rb"([A-Za-z]\w*):(?=[ \t\r\n])")
_TOP_KEY: Final = re.compile(rb"\n([A-Za-z]\w*):(?=[ \t\r\n])")
_FLOW: Final = re.compile(rb"\{([A-Za-z]\w{0,64}: [^{}\n]{1,4096})\}")
_FLOW_KEY: Final = re.compile(rb"(?:^|,)[ \t]*([A-Za-z]\w*):[ \t]")
_BLOCK: Final = re.compile(rb"[:-][ \t]+[|>][-+0-9]*[ \t]*\r?$", re.M)
_TWICE: Final = "a key stands twice: the last one counts"


def doubts(raw: bytes, start: int, end: int, traits: Collection[Trait]) -> Iterator[tuple[int, str]]:
    """(Offset, what is doubtful) of one YAML document, each kind once; `traits` are those of the whole file."""
    for trait, pattern, problem in _TOKENS:
        if trait not in traits:
            continue
        match = next((m for m in pattern.finditer(raw, start, end) if _is_token(raw, start, m.start())), None)
        if match is not None:
            yield match.start(), problem
    if Trait.CONTROL in traits and _has_control(raw, start, end):
        yield start, "control characters, which YAML does not allow"
    if (Trait.KEY_TWICE in traits and _top_key_twice(raw, start, end)) or (
        Trait.FLOW in traits and _flow_key_twice(raw, start, end)
    ):
        yield start, _TWICE


def _top_key_twice(raw: bytes, start: int, end: int) -> bool:
    first = _FIRST_KEY.match(raw, start, end)
    keys = [match[1] for match in (*([first] if first else []), *_TOP_KEY.finditer(raw, start, end))]
    return len(keys) != len(set(keys))


def _flow_key_twice(raw: bytes, start: int, end: int) -> bool:
    for flow in _FLOW.finditer(raw, start, end):
        keys = _FLOW_KEY.findall(flow[1])
        if len(keys) != len(set(keys)) and not _in_block(raw, start, flow.start()):
            return True
    return False


def _has_control(raw: bytes, start: int, end: int) -> bool:
    for at in range(start, end, _AT_ONCE):
        text = raw[at : min(at + _AT_ONCE, end)]
        if len(text.translate(None, _CONTROL)) != len(text):
            return True
    return False


def _is_token(raw: bytes, start: int, at: int) -> bool:
    """Whether a value begins here, outside of any text."""
    line = raw.rfind(b"\n", start, at) + 1 or start
    before = raw[line:at].rstrip(b" \t")
    begins = not before or (before[-1:] in b":-" and raw[at - 1 : at] in b" \t") or before[-1:] in b"[,"
    return begins and before.count(b'"') % 2 == 0 and before.count(b"'") % 2 == 0 and not _in_block(raw, start, at)


def _in_block(raw: bytes, start: int, at: int) -> bool:
    """Whether this stands in a block scalar, such as a text in a ConfigMap, where anything may stand."""
    line = raw.rfind(b"\n", start, at) + 1 or start
    indent = _indent(raw[line : line + 200])
    while line > start and indent:
        previous = raw.rfind(b"\n", start, line - 1) + 1 or start
        text = raw[previous : line - 1]
        depth = _indent(text)
        if text.strip() and depth < indent:
            if _BLOCK.search(text):
                return True
            indent = depth
        line = previous
    return False


def _indent(text: bytes) -> int:
    return len(text) - len(text.lstrip(b" "))
