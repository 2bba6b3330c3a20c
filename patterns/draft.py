"""The text of a new pattern file, for its author to complete."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

# What a container's own cause usually brings about; the author takes out what does not follow.
EXPLAINED_BY_A_CONTAINER = (
    "crash-loop-backoff",
    "container-terminated-error",
    "pod-not-ready",
    "pod-failed",
    "deployment-unavailable",
    "rollout-stuck",
    "probe-failed",
    "app-crash",
)
COMPLETE = "Say here"  # begins every sentence that only the author can write


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is known of a pattern before its author has written a word."""

    title: str
    role: str
    cause: str | None
    source: str
    reason: str | None
    message: str | None  # regex
    found: Mapping[str, str]  # files of the example that finds
    missed: Mapping[str, str]  # files of the near miss
    explains: tuple[str, ...] = ()
    also: tuple[str, ...] = ()  # other causes that fire on the example
    captures: tuple[str, ...] = field(default=())  # names of the regex's groups


def text_of(draft: Draft) -> str:
    """The YAML of the pattern, in the order of fields that the reader asks for."""
    lines = [f"title: {_quoted(draft.title)}", f"role: {draft.role}"]
    if draft.cause:
        lines.append(f"cause: {draft.cause}")
    lines += ["severity: critical", "status: experimental"]
    if draft.role == "cause":
        named = "".join(f" ({name}: ${name})" for name in draft.captures)
        lines.append(f"summary: {_quoted(f'$container says{named}: $message')}")
    lines += [
        f"meaning: {_quoted(f'{COMPLETE} what this line tells somebody who has never seen it.')}",
        f"impact: {_quoted(f'{COMPLETE} what stops working, and for whom.')}",
        "diagnosis:",
        "  - kubectl -n $namespace logs $pod -c $container --previous",
        "mitigation:",
        f"  - {_quoted(f'{COMPLETE} the one thing to do.')}",
        "match:",
        *_selector(draft),
    ]
    if draft.explains:
        lines.append(f"explains: [{', '.join(draft.explains)}]")
    lines += [
        "examples:",
        *_example("the line as it was found", "the bundle that this pattern was written from", draft.found),
    ]
    lines.append("    finds: [{}]")
    if draft.also:
        lines.append(f"    also: [{', '.join(draft.also)}]")
    lines += [
        *_example("a line that looks like it", "made: the same program, well", draft.missed),
        "    finds: nothing",
    ]
    return "\n".join(lines) + "\n"


def _selector(draft: Draft) -> Iterable[str]:
    yield f"  source: {draft.source}"
    if draft.reason:
        yield f"  reason: {draft.reason}"
    if draft.message:
        yield "  message: '" + draft.message.replace("'", "''") + "'"


def _example(name: str, origin: str, files: Mapping[str, str]) -> Iterable[str]:
    yield f"  - name: {name}"
    yield f"    origin: {_quoted(origin)}"
    yield "    files:"
    for path, content in files.items():
        yield f"      {path}: {_quoted(content)}"


def _quoted(text: str) -> str:
    """A YAML double-quoted scalar, which JSON's strings are (yaml.org/spec/1.2.2, section 1.3)."""
    return json.dumps(text, ensure_ascii=False)
