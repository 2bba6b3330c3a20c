"""The quoted lines of a diagnosis, looked up again in the bundle they come from."""

from __future__ import annotations

import codecs
import dataclasses
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from analyzer.bundle import Bundle
from analyzer.diagnosis import Diagnosis, EvidenceLine
from analyzer.encoding import decode, looks_binary, wide_encoding
from analyzer.ingest.parts import part_of

NEAR: Final = 3  # lines before and behind a quoted line, in every report of a bundle that is quick to read again
WIDE: Final = 10  # the same in an evidence file
QUICK_BYTES: Final = 32 << 20  # a bundle of up to so many bytes is read again without being asked
QUICK_FILES: Final = 10_000  # and of so many files, each of which is opened again
LONGEST_LINE: Final = 4096  # characters of a quoted line or neighbour; records are cut there too
BLOCK_BYTES: Final = 1 << 20
_HEAD_BYTES: Final = 4096
_MASK: Final = re.compile(r"<[a-z][a-z-]{0,40}(?:-\d{1,6})?>")  # what a secret was replaced by

Places = Mapping[tuple[str, int], str]  # path, line -> the line as it stands there


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Misplaced:
    """A quoted line that does not stand where it is said to stand."""

    path: str
    line: int
    problem: str  # "the file is not in the bundle"


def with_neighbours(diagnosis: Diagnosis, bundle: Bundle, width: int) -> Diagnosis:
    """The diagnosis with up to `width` lines before and behind each quoted line; a file that changed adds none."""
    places = _look_up(bundle, _wanted(diagnosis, width))

    def widened(line: EvidenceLine) -> EvidenceLine:
        if not line.line or not _is_same(line.text, places.get((line.path, line.line))):
            return line
        near = range(line.line - width, line.line + width + 1)
        before = tuple(places[line.path, n] for n in near if n < line.line and (line.path, n) in places)
        after = tuple(places[line.path, n] for n in near if n > line.line and (line.path, n) in places)
        # what was kept behind a line may be longer than the width: a stack trace belongs together
        kept_before, kept_after = (line.before, line.after)
        return dataclasses.replace(
            line,
            before=before if len(before) >= len(kept_before) else kept_before,
            after=after if len(after) >= len(kept_after) else kept_after,
        )

    return _with_lines(diagnosis, widened)


def verify(diagnosis: Diagnosis, bundle: Bundle) -> tuple[Misplaced, ...]:
    """The quoted lines that are not in `bundle` as they are quoted, each once, in order of path and line."""
    wanted = _wanted(diagnosis, 0)
    read: set[str] = set()
    places = _look_up(bundle, wanted, read)
    out: dict[tuple[str, int], str] = {}
    for line in _lines(diagnosis):
        if not line.line:
            continue
        there = places.get((line.path, line.line))
        if line.path not in read:
            out[line.path, line.line] = "the file is not in the bundle"
        elif there is None:
            out[line.path, line.line] = "the file has no such line"
        elif not _is_same(line.text, there):
            out[line.path, line.line] = "another text stands there"
    return tuple(Misplaced(path=p, line=n, problem=why) for (p, n), why in sorted(out.items()))


def count(diagnosis: Diagnosis) -> int:
    """How many different places are quoted."""
    return len({(line.path, line.line) for line in _lines(diagnosis) if line.line})


def _is_same(quoted: str, there: str | None) -> bool:
    """Whether the quote is the line, or the line a part of it: a runtime writes one long line as several."""
    if there is None:
        return False
    text, line = quoted[:LONGEST_LINE].strip(), there.strip()
    if text in line or _stand_in_order(_MASK.split(text), line):
        return True
    part = part_of(there.encode())
    return part is not None and decode(part.text).strip() in text


def _stand_in_order(parts: Sequence[str], line: str) -> bool:
    """Whether a quote in which secrets were masked can be the line: what is left of it stands there in its order."""
    at = 0
    for part in parts if len(parts) > 1 else ():
        found = line.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return at > 0


def _lines(diagnosis: Diagnosis) -> Iterator[EvidenceLine]:
    for quotes in (
        *(c.evidence for c in diagnosis.causes),
        *(u.evidence for u in diagnosis.unexplained),
        *(d.evidence for d in diagnosis.detections),
    ):
        yield from quotes


def _with_lines(diagnosis: Diagnosis, change: Callable[[EvidenceLine], EvidenceLine]) -> Diagnosis:
    return dataclasses.replace(
        diagnosis,
        causes=tuple(dataclasses.replace(c, evidence=tuple(map(change, c.evidence))) for c in diagnosis.causes),
        unexplained=tuple(
            dataclasses.replace(u, evidence=tuple(map(change, u.evidence))) for u in diagnosis.unexplained
        ),
    )


def _wanted(diagnosis: Diagnosis, width: int) -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for line in _lines(diagnosis):
        if line.line:
            found[line.path] |= {n for n in range(line.line - width, line.line + width + 1) if n > 0}
    return {path: frozenset(numbers) for path, numbers in found.items()}


def _look_up(bundle: Bundle, wanted: Mapping[str, frozenset[int]], read: set[str] | None = None) -> Places:
    """The wanted lines that are there; the first wins where a path stands twice in an archive."""
    found: dict[tuple[str, int], str] = {}
    for file in bundle.files() if wanted else ():
        if file.path not in wanted:
            continue
        if read is not None:
            read.add(file.path)
        for number, text in _lines_at(_blocks(file.open().read), wanted[file.path]):
            found.setdefault((file.path, number), text)
    return found


def _blocks(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """The content as UTF-8 in blocks; nothing of a file that is no text, such as a binary journal."""
    head = read(_HEAD_BYTES)
    encoding = wide_encoding(head)
    if encoding is None and looks_binary(head):
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace") if encoding else None
    block = head
    while block:
        yield decoder.decode(block).lstrip("\ufeff").encode("utf-8", "replace") if decoder else block
        block = read(BLOCK_BYTES)


def _lines_at(blocks: Iterable[bytes], wanted: frozenset[int]) -> Iterator[tuple[int, str]]:
    """(number, text) of the wanted lines; the rest is counted and let go."""
    last, number, begun = max(wanted, default=0), 1, b""  # `begun`: what is known of line `number`
    for block in blocks:
        ends = block.count(b"\n")
        if not ends:
            begun = (begun + block)[: 4 * LONGEST_LINE]
            continue
        if any(number <= n <= number + ends for n in wanted):
            *whole, rest = block.split(b"\n")
            whole[0] = begun + whole[0]
            for n, line in enumerate(whole, number):
                if n in wanted:
                    yield n, _text(line)
        else:
            rest = block[block.rfind(b"\n") + 1 :]
        number, begun = number + ends, rest
        if number > last:
            return
    if begun and number in wanted:
        yield number, _text(begun)


def _text(line: bytes) -> str:
    return decode(line[: 4 * LONGEST_LINE]).rstrip("\r")[:LONGEST_LINE]
