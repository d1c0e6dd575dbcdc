"""Names that the code under test replaced are a failed finding of the op."""

from gradcheck.checking.replaced_names import add_replacement_finding, describe_replacements
from gradcheck.records.results import OpResult, Verdict
from gradcheck.records.status import Status

PASSED = OpResult("op", "", (Verdict("op", "contract", Status.PASSED, 4), Verdict("op", "purity", Status.PASSED, 4)))


def test_the_finding_is_one_of_the_first_law():
    result = add_replacement_finding(PASSED, ["numpy.sum"])
    (finding,) = result.findings
    assert (finding.law, finding.status, result.status) == ("contract", "failed", "failed")
    assert finding.claim == "the code under test replaced numpy.sum"
    assert result.verdict("contract").examined == 4
    assert result.verdict("purity").status == "passed"


def test_nothing_replaced_is_nothing_found():
    assert add_replacement_finding(PASSED, []) is PASSED


def test_the_first_of_many_names_are_told():
    assert describe_replacements("abcdef") == "the code under test replaced a, b, c, d and 2 more"
