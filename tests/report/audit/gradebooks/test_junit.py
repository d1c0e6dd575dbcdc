from xml.etree import ElementTree

import pytest

from gradcheck.report.audit.gradebooks.junit import JUNIT
from gradcheck.report.audit.show import Show
from tests.report.audit.example_audits import make_audit


@pytest.fixture(scope="module")
def root():
    """The document."""
    return ElementTree.fromstring(JUNIT.render(make_audit(), Show.COUNTEREXAMPLE, "")["junit.xml"])


@pytest.fixture(scope="module")
def suites(root):
    """The suites by student."""
    return {suite.attrib["name"]: suite for suite in root}


def test_a_suite_is_a_student_with_its_counts(root, suites):
    assert (root.tag, len(suites)) == ("testsuites", 5)
    for suite in suites.values():
        assert suite.tag == "testsuite"
        assert int(suite.attrib["tests"]) == len(suite.findall("testcase")) == 4
        for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(suite.attrib[name]) == len(suite.findall(f"testcase/{tag}"))


def test_the_diagnosis_is_the_text_of_the_failure(suites):
    (failure, _) = suites["ben"].findall("testcase/failure")
    assert failure.attrib == {"message": "wrong", "type": "failure"}
    assert "dy.sum(axis=0)" in failure.text


def test_what_is_unfinished_is_skipped_and_what_crashed_is_an_error(root):
    first = root[0]
    tags = [(case.attrib["classname"], case.attrib["name"], case[0].tag) for case in first]
    assert tags == [
        ("affine", "contract", "skipped"),
        ("affine", "gradient", "skipped"),
        ("relu", "contract", "error"),
        ("relu", "gradient", "error"),
    ]


def test_what_could_not_be_loaded_is_an_error(suites):
    assert len(suites["zoe"].findall("testcase/error")) == 4
