"""One op before the laws: what is put to which law, what is counted, and what an exception is."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gradcheck import Array, Case, Op
from gradcheck.checking.kept_cases import examine_kept_cases
from gradcheck.checking.op_check import (
    MAX_FAILURES_ALIKE,
    OpCheck,
    examine_case,
    format_declared_shapes,
    forward_raises,
    locate_in_folder,
    reason_not_applicable,
)
from gradcheck.declaration.inputs import Several
from gradcheck.laws.accumulator import Observation
from gradcheck.laws.findings import make_finding
from gradcheck.laws.law import Law
from gradcheck.records.evidence import Evidence
from gradcheck.records.status import Status
from gradcheck.records.subject import Subject

SQUARE = Op("square", lambda x: (x * x, x), lambda dy, x: 2 * x * dy, lambda x: x * x, inputs={"x": Array("N")})
WRONG = (Evidence("autodiff", 1.0, 2.0, 1e-9, False),)


def case_of(*x, seed=0):
    """A case of SQUARE."""
    return Case("square", {"x": np.array(x)}, (np.ones(len(x)),), {}, seed)


def find_wrong(status=Status.FAILED):
    """A law's function that finds the gradient of x wrong."""

    def examine(op, case, evaluator):
        finding = make_finding(op, "gradient", case, "wrong", Subject.of_input("x"), status=status, evidence=WRONG)
        return Observation((finding,))

    return examine


def law_named(name, examine=lambda op, case, evaluator: Observation(), **parts):
    return Law(name, "statement", "rationale", examine, **parts)


def test_a_law_is_asked_until_nothing_new_is_found():
    check = OpCheck(SQUARE, [law_named("gradient", find_wrong())])
    for seed in range(MAX_FAILURES_ALIKE + 5):
        check.take(case_of(1.0, seed=seed))
    assert check.accumulators["gradient"].examined == MAX_FAILURES_ALIKE + 1
    assert check.cases == MAX_FAILURES_ALIKE + 5
    assert check.result().verdict("gradient").reason.startswith("asked until ")


def test_a_structural_law_is_always_asked():
    check = OpCheck(SQUARE, [law_named("contract", find_wrong(), is_structural=True)])
    for seed in range(MAX_FAILURES_ALIKE + 5):
        check.take(case_of(1.0, seed=seed))
    assert check.accumulators["contract"].examined == check.cases


def test_a_law_that_does_not_apply_gives_its_reason():
    silent = law_named("batching", explain_inapplicability=lambda op: "no batch axis is declared")
    assert reason_not_applicable(SQUARE, silent) == "no batch axis is declared"
    excepted = replace(SQUARE, exceptions={"batching": "rows are ranked"})
    assert reason_not_applicable(excepted, silent) == "rows are ranked"
    check = OpCheck(SQUARE, [silent])
    check.take(case_of(1.0))
    verdict = check.result().verdict("batching")
    assert (verdict.status, verdict.reason, verdict.examined) == (
        "inapplicable",
        "no batch axis is declared",
        0,
    )


def test_without_a_case_nothing_is_passed():
    verdict = OpCheck(SQUARE, [law_named("value")]).result().verdict("value")
    assert (verdict.status, verdict.reason) == ("inconclusive", "nothing was examined")


def refuse(*args):
    raise ZeroDivisionError("no")


def call_forward(op, case, evaluator):
    """A law's function that calls forward."""
    evaluator.outputs(case.point)
    return Observation()


def call_backward(op, case, evaluator):
    """A law's function that calls backward."""
    evaluator.gradients(case.point, case.upstream)
    return Observation()


def test_an_exception_is_a_finding_of_the_law_that_met_it_first():
    laws = [law_named(name, call_forward) for name in ("contract", "value", "linearity")]
    seen = examine_case(replace(SQUARE, forward=refuse), case_of(1.0), laws)
    (finding,) = seen["contract"].findings
    assert (finding.status, finding.input) == ("crashed", "forward")
    for name in ("value", "linearity"):
        assert seen[name].findings == ()
        assert seen[name].abstained.startswith("follows from contract: ")


def test_an_exception_of_backward_says_nothing_of_lawful_inputs():
    laws = [law_named("contract", call_backward)]
    (finding,) = examine_case(replace(SQUARE, backward=refuse), case_of(1.0), laws)["contract"].findings
    assert (finding.status, finding.input, finding.hint) == ("crashed", "backward", "")


def test_what_a_broken_structure_may_bring_about_says_so():
    laws = [law_named("purity", find_wrong(), is_structural=True), law_named("gradient", find_wrong())]
    seen = examine_case(SQUARE, case_of(1.0), laws)
    assert seen["purity"].findings[0].follows == ""
    assert seen["gradient"].findings[0].follows == "purity"


def find_random(op, case, evaluator):
    finding = make_finding(op, "purity", case, "it draws at random")
    return Observation((finding,) if case.seed else (), unrepeatable=bool(case.seed))


def test_an_op_whose_equal_calls_differ_has_one_finding():
    laws = [law_named("purity", find_random, is_structural=True), law_named("gradient", find_wrong())]
    check = OpCheck(SQUARE, laws, complete=True)
    for seed in (0, 1, 2):
        check.take(case_of(1.0, seed=seed))
    result = check.result()
    assert [finding.claim for finding in result.findings] == ["it draws at random"]
    gradient = result.verdict("gradient")
    assert (gradient.status, gradient.reason) == ("inconclusive", "follows from purity: it draws at random")
    assert result.verdict("purity").examined == 3


def test_what_kept_cases_show_of_such_an_op_is_left_out_too():
    gradient = law_named("gradient", find_wrong())
    check = OpCheck(SQUARE, [law_named("purity", find_random, is_structural=True), gradient])
    examine_kept_cases(check, [case_of(1.0, seed=0)])
    check.take(case_of(1.0, seed=1))
    assert [finding.law for finding in check.result().findings] == ["purity"]


def test_a_warning_brings_nothing_about():
    warning = law_named("purity", find_wrong(Status.WARNING), is_structural=True)
    seen = examine_case(SQUARE, case_of(1.0), [warning, law_named("gradient", find_wrong())])
    assert seen["gradient"].findings[0].follows == ""


def test_a_law_that_warns_is_asked_on_and_its_verdict_is_a_warning():
    check = OpCheck(SQUARE, [law_named("value", find_wrong(Status.WARNING))], complete=True)
    for seed in range(MAX_FAILURES_ALIKE + 5):
        check.take(case_of(1.0, seed=seed))
    verdict = check.result().verdict("value")
    assert (verdict.status, verdict.reason, verdict.examined) == ("warning", "", check.cases)


def test_a_warning_does_not_hide_that_too_little_was_examined():
    def examine(op, case, evaluator):
        return replace(find_wrong(Status.WARNING)(op, case, evaluator), unjudged={"the gradient of x": "no digit"})

    check = OpCheck(SQUARE, [law_named("value", examine, is_required=True)], complete=True)
    check.take(case_of(1.0))
    statuses = [finding.status for finding in check.result().verdict("value").findings]
    assert (check.result().status, statuses) == ("inconclusive", ["warning", "inconclusive"])


def test_a_warning_does_not_hide_that_the_check_was_stopped():
    check = OpCheck(SQUARE, [law_named("value", find_wrong(Status.WARNING))], stop_reason="stopped after 1 second")
    check.take(case_of(1.0))
    assert (check.result().status, check.result().verdicts[0].reason) == ("inconclusive", "stopped after 1 second")


@pytest.mark.parametrize(("error", "raises"), [(ValueError, True), (NameError, False), (AttributeError, False)])
def test_an_exception_speaks_against_a_shape_unless_no_shape_brings_it_about(error, raises):
    def forward(x):
        raise error("no")

    assert forward_raises(replace(SQUARE, forward=forward), case_of(1.0)) is raises
    assert forward_raises(SQUARE, case_of(1.0)) is False


def test_where_shapes_are_inferred_a_case_that_forward_refuses_is_left_out():
    def forward(x):
        if x.size > 1:
            raise ValueError("one at a time")
        return x * x, x

    check = OpCheck(replace(SQUARE, forward=forward).with_origin(shapes_inferred=True), [law_named("value")])
    check.take(case_of(1.0))
    check.take(case_of(1.0, 2.0))
    assert (check.cases, check.rejected_cases) == (1, 1)
    notes = check.result().notes
    assert "shapes were inferred: x: (N)" in notes
    assert "1 case left out, which forward refused: forward raised ValueError: one at a time" in notes


def test_shapes_are_told_in_the_shape_language():
    op = replace(SQUARE, inputs={"x": Array("N groups*C"), "ws": Several(Array("C"))})
    assert format_declared_shapes(op) == "x: (N groups*C), ws: (C)"


def test_an_op_is_located_relative_to_the_folder_and_elsewhere_not_at_all(tmp_path, monkeypatch):
    monkeypatch.chdir(Path(__file__).parents[1])
    file, line = locate_in_folder(SQUARE)
    assert file == "checking/test_op_check.py"
    assert "SQUARE = Op(" in Path(file).read_text().splitlines()[line - 1]
    monkeypatch.chdir(tmp_path)
    assert locate_in_folder(SQUARE) == ("", 0)
    assert locate_in_folder(replace(SQUARE, backward=np.multiply)) == ("", 0)
