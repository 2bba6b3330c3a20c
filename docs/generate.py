"""Write the reference pages of patterns and formats, and the JSON Schema of a pattern: `make docs`.

Everything below docs/patterns/, docs/formats.md and patterns/pattern.schema.json is written here; a test compares.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from analyzer import formats
from patterns import json_schema
from patterns.load import load_library
from patterns.schema import CAUSES, Library, Pattern, Selector

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs" / "patterns"


def pages() -> dict[Path, bytes]:
    """Every generated file with its content."""
    library = load_library()
    texts = {PAGES / f"{p.id}.md": _page(p, library) for p in library.patterns.values()}
    texts[PAGES / "README.md"] = _index(library)
    texts[ROOT / "docs" / "formats.md"] = _formats()
    found = {path: text.encode() for path, text in texts.items()}
    found[ROOT / "patterns" / json_schema.PATH] = json_schema.json_schema()
    return found


def _index(library: Library) -> str:
    lines = [
        "# Patterns",
        "",
        f"{len(library.patterns)} patterns, by what they are about. `podtopsy patterns show ID` prints a page too.",
    ]
    for category in (*CAUSES, "symptom"):
        mine = [p for p in library.patterns.values() if p.category == category]
        lines += ["", f"## {category.capitalize()}", "", "| Pattern | Cause | Title |", "| --- | --- | --- |"]
        lines += [f"| [{p.id}]({p.id}.md) | {p.cause or 'symptom'} | {_cell(p.title)} |" for p in mine]
    return "\n".join(lines) + "\n"


def _page(pattern: Pattern, library: Library) -> str:
    role = f"cause, class `{pattern.cause}`" if pattern.cause else "symptom"
    lines = [
        f"# {pattern.title}",
        "",
        f"`{pattern.id}`: {role}, {pattern.severity}, {pattern.status}.",
        "",
        f"**Meaning.** {_prose(pattern.meaning)}",
        "",
        f"**Impact.** {_prose(pattern.impact)}",
    ]
    for heading, texts, is_code in (
        ("Diagnosis", pattern.diagnosis, True),
        ("Mitigation", pattern.mitigation, False),
        ("Verify", pattern.verify, True),
        ("Avoid", pattern.avoid, False),
        ("Prevent", pattern.prevent, False),
    ):
        if texts:
            lines += ["", f"## {heading}", ""]
            lines += ["```sh", *texts, "```"] if is_code else [f"- {_prose(t)}" for t in texts]
    lines += ["", "## Seen in", "", f"{'All' if pattern.match.is_all else 'Any'} of:", ""]
    lines += [line for selector in pattern.match.selectors for line in _selector(selector)]
    explains = [f"[{e}]({e}.md)" for e in pattern.explains]
    causes = [f"[{p.id}]({p.id}.md)" for p in library.patterns.values() if pattern.id in p.explains]
    lines += ["", f"Explains: {', '.join(explains)}."] if explains else []
    lines += ["", f"Explained by: {', '.join(causes)}."] if causes else []
    lines += ["", "## Examples", ""]
    lines += [f"- {_prose(e.name)} ({'found' if e.finds else 'near miss, not found'})" for e in pattern.examples]
    if pattern.references:
        lines += ["", "## References", "", *(f"- <{r}>" for r in pattern.references)]
    return "\n".join(lines) + "\n"


def _selector(selector: Selector) -> Iterator[str]:
    asked = [f"source {', '.join(selector.sources)}"]
    asked += [f"reason {', '.join(selector.reasons)}"] if selector.reasons else []
    asked += [f"{column} {', '.join(map(str, values))}" for column, values in selector.where]
    yield f"- {'; '.join(asked)}"
    if selector.message is not None:
        yield from ("", "  ```text", f"  {selector.message}", "  ```", "")


def _formats() -> str:
    parts = (
        ("Layouts: what a path says", formats.layouts()),
        ("Structured files", formats.structured()),
        ("Journals written out field by field, and binary ones", formats.journals()),
        ("Lines of logs, in layers", formats.lines()),
    )
    lines = ["# Formats", "", "What is recognised, with a sample each; `podtopsy formats` prints the same."]
    for title, samples in parts:
        lines += ["", f"## {title}", "", "| Group | Name | Sample |", "| --- | --- | --- |"]
        lines += [f"| {s.group} | {s.name} | {_code(s.text)} |" for s in samples]
    return "\n".join(lines) + "\n"


def _code(text: str) -> str:
    """Text in a table's cell as code, whatever it holds."""
    shown = text.strip().replace("\t", "\\t").replace("\n", "\\n").replace("|", "\\|")
    return f"`` {shown} ``" if "`" in shown else f"`{shown}`"


def _prose(text: str) -> str:
    return text.replace("<", "&lt;")


def _cell(text: str) -> str:
    return _prose(text).replace("|", "\\|")


def main() -> None:
    """Write all of them, and nothing else below docs/patterns."""
    shutil.rmtree(PAGES, ignore_errors=True)
    PAGES.mkdir(parents=True)
    for path, content in pages().items():
        path.write_bytes(content)
    print(f"{len(pages())} files written")


if __name__ == "__main__":
    main()
