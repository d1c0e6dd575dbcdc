"""Suites and cases of tests as JUnit XML, in the form that Jenkins and its likes take (junit-10.xsd)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from xml.etree import ElementTree

from gradcheck.escaping import cut_text, escape_lines, escape_unprintable


@dataclass(frozen=True)
class JUnitCase:
    """A case of a suite.

    tag: "failure", "error" or "skipped", "" where it passed.  kind: the type of that.  message: one line.  text: more
    lines; of a case that passed, its output.  group: its class, by default the name of its suite.
    """

    name: str
    tag: str = ""
    kind: str = ""
    message: str = ""
    text: str = ""
    group: str = ""


@dataclass(frozen=True)
class JUnitSuite:
    """A suite: its name, its cases, and properties of it."""

    name: str
    cases: tuple[JUnitCase, ...]
    properties: tuple[tuple[str, str], ...] = ()


def render_suites(name: str, suites: Iterable[JUnitSuite]) -> str:
    """Write suites under a name; what XML cannot hold is escaped as Python writes it."""
    root = ElementTree.Element("testsuites", escape_attributes({"name": name}))
    for suite in suites:
        add_suite(root, suite)
    ElementTree.indent(root, " ")
    return ElementTree.tostring(root, "utf-8", xml_declaration=True).decode() + "\n"


def add_suite(root: ElementTree.Element, suite: JUnitSuite) -> None:
    """Add a suite to the root, with its counts."""
    count = Counter(case.tag for case in suite.cases)
    counts = {"tests": len(suite.cases), "failures": count["failure"], "errors": count["error"]}
    attributes = {"name": suite.name, **{name: str(n) for name, n in counts.items()}, "skipped": str(count["skipped"])}
    element = ElementTree.SubElement(root, "testsuite", escape_attributes(attributes))
    if suite.properties:
        listed = ElementTree.SubElement(element, "properties")
        for name, value in suite.properties:
            ElementTree.SubElement(listed, "property", escape_attributes({"name": name, "value": value}))
    for case in suite.cases:
        add_case(element, suite, case)


def add_case(element: ElementTree.Element, suite: JUnitSuite, case: JUnitCase) -> None:
    """Add a case to its suite."""
    names = escape_attributes({"classname": case.group or suite.name, "name": case.name})
    added = ElementTree.SubElement(element, "testcase", names)
    if case.tag:
        said = ElementTree.SubElement(added, case.tag, escape_attributes({"message": case.message, "type": case.kind}))
        said.text = escape_lines(case.text)
    elif case.text:
        ElementTree.SubElement(added, "system-out").text = escape_lines(case.text)


def escape_attributes(attributes: dict[str, str]) -> dict[str, str]:
    """Cut and escape the values of attributes."""
    return {name: escape_unprintable(cut_text(value)) for name, value in attributes.items()}
