"""A diagnosis as SARIF 2.1.0, for tools that show findings at lines of files.

The format is the OASIS standard (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html): a rule for each
pattern that named a cause, a result for each diagnosis and each failure without one, the cascade as a code flow.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from analyzer import verdict, wording
from analyzer.diagnosis import Cause, Diagnosis, EvidenceLine, ObjectRef, Unexplained
from reports.visible import one_line, visible

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS: Final = {"critical": "error", "warning": "warning", "info": "note"}
UNEXPLAINED: Final = "unexplained-failure"


def sarif(diagnosis: Diagnosis) -> dict[str, object]:
    """The log with one run. Paths become relative URIs; lines without a number have no region."""
    rules = _rules(diagnosis)
    ids = [rule["id"] for rule in rules]
    results = [_result(cause, ids.index(cause.pattern)) for cause in diagnosis.causes]
    results += [_lead(lead, ids.index(UNEXPLAINED)) for lead in diagnosis.unexplained]
    driver = {"name": "podtopsy", "version": diagnosis.version, "rules": rules}
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "invocations": [
                    {
                        "executionSuccessful": not diagnosis.broken_parts,
                        "toolExecutionNotifications": [
                            {"level": "warning", "message": {"text": text}} for text in _notifications(diagnosis)
                        ],
                    }
                ],
                "results": results,
            }
        ],
    }


def _notifications(diagnosis: Diagnosis) -> list[str]:
    incomplete = verdict.incomplete(diagnosis)
    return [*([incomplete] if incomplete else []), *map(one_line, diagnosis.broken_parts)]


def _rules(diagnosis: Diagnosis) -> list[dict[str, object]]:
    rules: dict[str, dict[str, object]] = {}
    for cause in diagnosis.causes:
        rule: dict[str, object] = {
            "id": cause.pattern,
            "shortDescription": {"text": one_line(cause.title)},
            "fullDescription": {"text": wording.sentence(cause.meaning) or one_line(cause.title)},
            "help": {"text": "\n".join(cause.mitigation) or "No fix is recorded for this cause."},
            "defaultConfiguration": {"level": LEVELS.get(cause.severity, "warning")},
            "properties": {"cause": cause.cause},
        }
        if cause.references and cause.references[0].startswith("https://"):
            rule["helpUri"] = cause.references[0]
        rules.setdefault(cause.pattern, rule)
    if diagnosis.unexplained:
        rules[UNEXPLAINED] = {
            "id": UNEXPLAINED,
            "shortDescription": {"text": "A failure without a root cause"},
            "defaultConfiguration": {"level": "warning"},
        }
    return list(rules.values())


def _result(cause: Cause, rule: int) -> dict[str, object]:
    decisive = verdict.decisive(cause, 1)
    first = [cause.evidence[i] for i in decisive] or list(cause.evidence[:1])
    flow = [
        {"location": _location(cause.evidence[i], cause.about, step.title), "executionOrder": n}
        for n, step in enumerate(cause.chain, 1)
        for i in step.evidence[:1]
        if 0 <= i < len(cause.evidence)
    ]
    result: dict[str, object] = {
        "ruleId": cause.pattern,
        "ruleIndex": rule,
        "level": LEVELS.get(cause.severity, "warning"),
        "kind": "fail",
        "rank": round(100 * cause.confidence, 2),
        "message": {"text": f"{wording.verdict(cause)} {wording.sentence(cause.summary)}"},
        "locations": [_location(line, cause.about) for line in first],
        "relatedLocations": [
            {"id": n, **_location(line, cause.about, wording.source_words(line.source))}
            for n, line in enumerate(cause.evidence, 1)
        ],
        "partialFingerprints": {"cause/v1": _fingerprint(cause.pattern, cause.about)},
        "properties": {"cause": cause.cause, "confidence": cause.confidence, "rank": cause.rank},
    }
    if flow:
        result["codeFlows"] = [{"threadFlows": [{"locations": flow}]}]
    return result


def _lead(lead: Unexplained, rule: int) -> dict[str, object]:
    return {
        "ruleId": UNEXPLAINED,
        "ruleIndex": rule,
        "level": "warning",
        "kind": "open",
        "message": {"text": f"{one_line(lead.title)}: {one_line(wording.place(lead.about))}"},
        "locations": [_location(line, lead.about) for line in lead.evidence[:1]],
        "partialFingerprints": {"cause/v1": _fingerprint(lead.title, lead.about)},
    }


def _location(line: EvidenceLine, about: ObjectRef, message: str = "") -> dict[str, object]:
    place: dict[str, object] = {"artifactLocation": {"uri": _uri(line.path)}}
    if line.line > 0:
        place["region"] = {"startLine": line.line, "snippet": {"text": visible(line.text)}}
    location: dict[str, object] = {"physicalLocation": place}
    parts = [part for part in (about.namespace, about.name, about.container) if part]
    if parts:
        location["logicalLocations"] = [
            {"fullyQualifiedName": one_line("/".join(parts)), "kind": one_line(about.kind or "object").lower()}
        ]
    if message:
        location["message"] = {"text": one_line(message)}
    return location


def _uri(path: str) -> str:
    """A relative reference (RFC 3986); a colon in its first part would be read as a scheme."""
    return quote(visible(path), safe="/")


def _fingerprint(what: str, about: ObjectRef) -> str:
    """The same for the same cause on the same object of two bundles."""
    words: Sequence[str] = (what, about.namespace, about.kind, about.name, about.container)
    return hashlib.sha256("\0".join(words).encode("utf-8", "backslashreplace")).hexdigest()[:32]
