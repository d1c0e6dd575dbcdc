"""Suites of tests as JUnit XML: counts, texts, and characters that XML cannot hold."""

from xml.etree import ElementTree

from gradcheck.report.junit_suites import JUnitCase, JUnitSuite, render_suites

SUITE = JUnitSuite(
    "layers",
    (
        JUnitCase("passed"),
        JUnitCase("told", text="beside"),
        JUnitCase("failed", "failure", "wrong", "one\ntwo", "first\nsecond"),
        JUnitCase("crashed", "error", "crashed"),
        JUnitCase("left", "skipped", message="why", group="others"),
    ),
    (("cases", "8"),),
)


def test_a_suite_counts_its_cases():
    (suite,) = ElementTree.fromstring(render_suites("run", [SUITE]))
    assert suite.attrib == {"name": "layers", "tests": "5", "failures": "1", "errors": "1", "skipped": "1"}
    assert [property.attrib for property in suite.find("properties")] == [{"name": "cases", "value": "8"}]


def test_a_case_holds_what_became_of_it():
    cases = ElementTree.fromstring(render_suites("run", [SUITE])).findall("testsuite/testcase")
    assert [[part.tag for part in case] for case in cases] == [[], ["system-out"], ["failure"], ["error"], ["skipped"]]
    assert [case.attrib["classname"] for case in cases] == ["layers"] * 4 + ["others"]
    assert cases[1][0].text == "beside"
    assert cases[2][0].attrib == {"message": r"one\ntwo", "type": "wrong"}
    assert cases[2][0].text == "first\nsecond"


def test_what_xml_cannot_hold_is_written_as_python_does():
    hostile = ']]> <b> & " \x00 \x1b \ufffe \ud800'
    root = ElementTree.fromstring(
        render_suites(hostile, [JUnitSuite(hostile, (JUnitCase(hostile, "error", text=hostile),))])
    )
    escaped = ']]> <b> & " \\x00 \\x1b \\ufffe \\ud800'
    assert root.attrib["name"] == root[0].attrib["name"] == root[0][0].attrib["name"] == root[0][0][0].text == escaped
