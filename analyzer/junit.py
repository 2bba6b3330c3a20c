"""A diagnosis as JUnit XML: one test case for each class of cause, so that a pipeline sees the same cases each time.

The form is the one that Jenkins and GitLab read (https://github.com/testmoapp/junitxml): a class that was diagnosed has
a failure, what could not be read is an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.etree import ElementTree as xml

from analyzer import verdict, wording
from analyzer.diagnosis import Cause, Diagnosis, EvidenceLine
from patterns.schema import CAUSES
from reports.visible import one_line, visible


def junit(diagnosis: Diagnosis) -> bytes:
    """A well-formed document in UTF-8; control characters are written as visible escapes."""
    root = xml.Element("testsuites", name="podtopsy")
    known = {name for classes in CAUSES.values() for name in classes}
    for category, classes in CAUSES.items():
        suite = _suite(root, category)
        for name in classes:
            _case(suite, name, [c for c in diagnosis.causes if c.cause == name])
    if others := sorted({c.cause for c in diagnosis.causes} - known):  # of the user's own patterns
        suite = _suite(root, "other")
        for name in others:
            _case(suite, name, [c for c in diagnosis.causes if c.cause == name])
    _open_cases(_suite(root, "bundle"), diagnosis)
    for suite in root:
        _count(suite, suite)
    _count(root, root)
    for element in root.iter():  # XML has no way at all to write a control character
        element.text = visible(element.text) if element.text else None
        element.attrib.update({name: visible(value) for name, value in element.attrib.items()})
    xml.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{xml.tostring(root, encoding="unicode")}\n'.encode()


def _suite(root: xml.Element, name: str) -> xml.Element:
    return xml.SubElement(root, "testsuite", name=f"podtopsy.{name}")


def _case(suite: xml.Element, name: str, causes: Sequence[Cause]) -> None:
    case = xml.SubElement(suite, "testcase", name=name, classname=suite.get("name", ""))
    if causes:
        failure = xml.SubElement(case, "failure", message=wording.verdict(causes[0]), type=one_line(causes[0].pattern))
        failure.text = "\n\n".join(map(_told, causes))


def _told(cause: Cause) -> str:
    fixes = [f"Fix: {visible(text.strip())}" for text in cause.mitigation[:1]]
    head = f"{cause.rank}. {wording.sentence(cause.summary)} ({cause.confidence:.2f} of 1)"
    decisive = [cause.evidence[i] for i in verdict.decisive(cause, 4)]
    return "\n".join([visible(head), *fixes, *_lines(decisive)])


def _open_cases(suite: xml.Element, diagnosis: Diagnosis) -> None:
    """Two cases that are about no class: failures without a cause, and files that could not be read."""
    case = xml.SubElement(suite, "testcase", name="every failure has a cause", classname=suite.get("name", ""))
    if diagnosis.unexplained:
        titles = [f"{one_line(u.title)}: {one_line(wording.place(u.about))}" for u in diagnosis.unexplained]
        failure = xml.SubElement(case, "failure", message=titles[0], type="unexplained")
        failure.text = "\n".join([*titles, *_lines(line for u in diagnosis.unexplained for line in u.evidence[:1])])
    case = xml.SubElement(suite, "testcase", name="everything was read", classname=suite.get("name", ""))
    if incomplete := verdict.incomplete(diagnosis):
        error = xml.SubElement(case, "error", message=incomplete, type="incomplete")
        unread = [f for f in diagnosis.files if f.status != "parsed"]
        error.text = "\n".join(f"{one_line(f.path)}: {one_line(f.reason or f.status)}" for f in unread[:100])


def _lines(lines: Iterable[EvidenceLine]) -> list[str]:
    return [one_line(f"{line.path}:{line.line}: {line.text}") for line in lines]


def _count(element: xml.Element, below: xml.Element) -> None:
    element.set("tests", str(len(list(below.iter("testcase")))))
    element.set("failures", str(len(list(below.iter("failure")))))
    element.set("errors", str(len(list(below.iter("error")))))
