import re
from dataclasses import replace

import pytest

from gradcheck.declaration.origin import NotChecked
from gradcheck.records.audit import FunctionResult, FunctionState
from gradcheck.records.patch import Patch
from gradcheck.records.results import FindingKind, Verdict
from gradcheck.records.status import Status
from gradcheck.report.audit.function_section import build_hint, build_section, is_open_hint, relocate_finding
from gradcheck.report.audit.show import Show
from tests.report.audit.example_audits import CRASHED, UNFINISHED, check_affine, check_relu
from tests.report.example_runs import EXPLAINED, EXPLAINED_RESULT, FINDING

EXAMPLE = FunctionResult("affine", FunctionState.WRONG, result=EXPLAINED_RESULT, file="hw/layers.py", line=9)


def list_words(section):
    """All that a section says of what is wrong, as text."""
    return repr((section.reason, section.found, section.unexamined, section.output))


@pytest.mark.parametrize("check", [check_affine, check_relu])
def test_a_counterexample_shows_all_that_is_known(check):
    section = build_section(check(), Show.COUNTEREXAMPLE)
    (found,) = section.found
    assert found.law == "gradient"
    assert "np.array" in found.block.code
    assert found.block.change.before
    assert "expected" in list_words(section)


@pytest.mark.parametrize("check", [check_affine, check_relu])
def test_a_hint_names_the_mistake_without_a_number_a_patch_or_a_case(check):
    section = build_section(check(), Show.HINT)
    (found,) = section.found
    assert found.block.cause
    assert (found.block.code, found.block.change, found.block.picture, section.output) == ("", None, None, "")
    assert not re.search(r"\d", list_words(section))


@pytest.mark.parametrize("make", [check_affine, lambda: UNFINISHED, lambda: CRASHED])
def test_none_shows_points_and_state_alone(make):
    function = make()
    section = build_section(function, Show.NONE)
    assert (section.reason, section.found, section.unexamined, section.output, section.place) == ("", (), (), "", "")
    assert section.points.endswith(" of 4")
    assert section.state is function.state


def test_the_reason_of_a_wrong_function_is_no_hint():
    assert build_section(replace(check_affine(), reason="off by 0.125"), Show.HINT).reason == ""
    assert build_section(replace(check_affine(), reason="off by 0.125"), Show.COUNTEREXAMPLE).reason == "off by 0.125"


def test_a_hint_that_tells_a_number_or_a_message_stays_out():
    assert is_open_hint(FINDING)
    assert not is_open_hint(replace(FINDING, hint="Multiply by 0.5."))
    assert not is_open_hint(replace(FINDING, hint="ValueError: secret", kind=FindingKind.RAISED))
    assert build_hint(replace(FINDING, hint="Multiply by 0.5.", cause_name="")).lines == ()


def test_what_was_not_examined_is_said():
    result = replace(EXPLAINED_RESULT, not_checked=(NotChecked("eps", "it is 1e-5"),), complete=False)
    function = replace(EXAMPLE, result=result, marks=UNFINISHED.marks)
    full = build_section(function, Show.COUNTEREXAMPLE).unexamined
    assert full == ("laws: contract, gradient", "eps: it is 1e-5", "the check was interrupted")
    assert build_section(function, Show.HINT).unexamined == (full[0], "eps", full[2])


@pytest.mark.parametrize(
    ("file", "shown"),
    [
        ("/tmp/x1/hw/layers.py", "hw/layers.py"),
        ("/tmp/x1/lib/sums.py", "sums.py"),
        ("", ""),
        ("hw/layers.py", "hw/layers.py"),
    ],
)
def test_files_are_named_as_in_the_submission(file, shown):
    moved = relocate_finding(replace(EXPLAINED, file=file, patch=Patch(file, 1, "a", "b", 3)), EXAMPLE)
    assert (moved.file, moved.patch.file) == (shown, shown)


def test_long_output_is_cut():
    assert len(build_section(replace(CRASHED, output="x" * 10**6), Show.COUNTEREXAMPLE).output) < 3000


def test_of_many_lines_the_first_are_shown_and_the_others_counted():
    output = build_section(replace(CRASHED, output="here\n" * 30), Show.COUNTEREXAMPLE).output
    assert output == "here\n" * 10 + "… (20 more lines)"


def test_a_hint_for_who_declared_the_op_is_none_for_a_student():
    told = replace(EXPLAINED, hint="If such values are not meant, say so: x=Array('N').")
    assert (relocate_finding(told, EXAMPLE).hint, relocate_finding(EXPLAINED, EXAMPLE).hint) == ("", EXPLAINED.hint)


def test_a_law_that_abstained_in_some_cases_was_examined():
    verdicts = (
        Verdict("affine", "gradient", Status.PASSED, 20, 5, "no derivative"),
        Verdict("affine", "kinks", Status.INCONCLUSIVE, reason="its 60 s are over"),
    )
    result = replace(EXPLAINED_RESULT, verdicts=verdicts)
    said = build_section(replace(EXAMPLE, result=result), Show.COUNTEREXAMPLE).unexamined
    assert said == ("kinks inconclusive: its 60 s are over",)


def test_the_convention_that_a_function_follows_is_said():
    section = build_section(replace(check_affine(), variant="1/m in dW"), Show.COUNTEREXAMPLE)
    assert section.reason == "It follows an accepted convention: 1/m in dW."
