"""A report opens with the answer, leaves nothing out, and its counterexamples can be pasted."""

from dataclasses import replace

import numpy as np
import pytest

from gradcheck.checking.baseline import Comparison, ErrorComparison
from gradcheck.records.case import Case
from gradcheck.records.evidence import ErrorKey, Evidence, read_errors
from gradcheck.records.results import Finding, OpResult, Run, Verdict
from gradcheck.records.status import Status
from gradcheck.records.subject import Part, Subject
from gradcheck.report import content, markdown, render_run, text
from gradcheck.report.answer import compose_comparison_answer
from gradcheck.report.counterexample import format_array_literal, format_setting_value, write_counterexample

CASE = Case(
    "affine", {"x": np.array([[1.0, 2.0]]), "b": np.array([0.1])}, (np.array([[1.0]]),), {"axis": 1, "mode": "a"}, 7
)
FINDING = Finding(
    "affine",
    "gradient",
    Subject.of_input("b"),
    Status.FAILED,
    "gradient of b is 0.5 at [0], expected 1 ± 1e-13",
    (Evidence("autodiff", 0.5, 1.0, 1e-13, False), Evidence("differences", 2.0, 2.0, 0.0, True)),
    "[0]",
    CASE,
    cause="the expected value divided by N=2",
    hint="Sum over the batch.",
    follows="value",
    file="examples/affine.py",
    line=12,
)
ERRORS = read_errors({"x, autodiff": 1e-16, "b, autodiff": 0.5, "b, differences": 2e-9, "x, golden": 3e-16})


def result(name, *verdicts, **said):
    """An op's result with these verdicts."""
    return OpResult(name, "user", verdicts, **{"cases": 8, "shapes": 3, **said})


GOOD = result("sin", Verdict("sin", "gradient", Status.PASSED, 8, 0.25, ERRORS), witnesses=content.WITNESS_COLUMNS)
WRONG = result(
    "affine",
    Verdict("affine", "contract", Status.PASSED, 8),
    Verdict("affine", "gradient", Status.FAILED, 8, 5e12, ERRORS, (FINDING,)),
    witnesses=("autodiff", "differences"),
)
CRASH = Finding(
    "concat", "contract", Subject.of_function(Part.FORWARD), Status.CRASHED, "forward raised ValueError: no"
)
CRASHED = result("concat", Verdict("concat", "contract", Status.CRASHED, 0, findings=(CRASH,)))
BLIND = result("relu", Verdict("relu", "gradient", Status.INCONCLUSIVE, 0, reason="nothing was examined"))
DIGITS = replace(FINDING, op="tanh", status=Status.IMPRECISE, claim="7 of 16 digits are lost")
IMPRECISE = result("tanh", Verdict("tanh", "gradient", Status.IMPRECISE, 8, findings=(DIGITS,)))


def run(*results, **said):
    """A run with these results."""
    return Run(results, **{"seed": 0, "examples": 8, **said})


def answer(*results, **said):
    """The first line of the report."""
    return render_run(run(*results, **said), "text").split("\n")[0]


def test_the_answer_where_all_hold():
    assert answer(GOOD) == "1 op checked on 8 cases: it holds."
    assert answer(GOOD, replace(GOOD, op="cos")) == "2 ops checked on 16 cases: all hold."


def test_the_answer_names_what_fails_and_why():
    told = "2 of 3 ops fail: affine (gradient of b), concat (crashed)."
    assert answer(GOOD, WRONG, CRASHED) == told


def test_the_answer_does_not_call_a_doubt_a_pass():
    told = "3 ops checked on 24 cases: none fails; imprecise: tanh (gradient of b); inconclusive: relu (gradient)."
    assert answer(GOOD, IMPRECISE, BLIND) == told
    assert answer(WRONG, BLIND) == "1 of 2 ops fails: affine (gradient of b); inconclusive: relu (gradient)."


def test_the_answer_says_that_a_run_is_incomplete():
    assert answer(GOOD, complete=False) == "1 op checked on 8 cases: it holds. The run is incomplete."
    assert answer(complete=False) == "No op was checked. The run is incomplete."


def test_the_answer_stays_short():
    many = [replace(WRONG, op=f"op{i}") for i in range(20)]
    assert answer(*many).endswith("op7 (gradient of b) and 12 more.")


def test_what_follows_from_another_finding_is_not_named_as_the_cause():
    root = replace(FINDING, law="value", subject=Subject.of_output("y"), follows="")
    both = result("affine", Verdict("affine", "value", Status.FAILED, 8, findings=(root, FINDING)))
    assert answer(both) == "1 of 1 op fails: affine (value of y)."


def test_a_row_tells_the_largest_error_by_witness():
    table = content.build_summary_table(run(WRONG))
    assert table.headings == (
        "op", "status", "cases", "shapes", "autodiff", "differences", "complex step", "golden", "tightest",
    )  # fmt: skip
    assert table.rows == (("affine", "failed", "8", "3", "5.0e-01", "2.0e-09", "–", "3.0e-16", "5e+12"),)


def test_a_row_of_an_op_that_no_law_could_judge_gives_no_figures():
    assert content.build_summary_table(run(BLIND)).rows == (("relu", "inconclusive", "8", "3", "–", "–", "–", "–"),)


BLOCK = """\
affine: gradient of b is 0.5 at [0], expected 1 ± 1e-13
  cause: the expected value divided by N=2
  hint: Sum over the batch.
  law: gradient
  follows from: value
  witness: autodiff: 1 ± 1e-13 expected, 0.5 found (disagrees)
  witness: differences: 2 expected, 2 found, along its own direction (agrees)
  source: examples/affine.py:12
  counterexample, ready to paste:
      import numpy as np
      from gradcheck import load
      op = load("examples/affine.py", "affine")
      x = np.array([[1.0, 2.0]])
      b = np.array([0.1])
      dy = np.array([[1.0]])
      y, cache = op.forward(x, b, axis=1, mode='a')
      dx, db = op.backward(dy, cache)
      print(db)
  replay: gradcheck replay .gradcheck/affine-gradient-b-DIGEST.json examples/affine.py
"""


def test_a_failure_is_told_with_its_cause_its_witnesses_and_a_counterexample():
    told = render_run(run(replace(WRONG, target="examples/affine.py")), "text")
    assert BLOCK.replace("DIGEST", CASE.digest) in told


def test_a_finding_that_accuses_nobody_stands_apart_with_its_status():
    told = render_run(run(IMPRECISE), "text")
    assert "Failures" not in told
    assert "Not failures, but worth a look\n\ntanh: 7 of 16 digits are lost (imprecise)\n" in told


def test_notes_tell_reasons_exceptions_and_silent_witnesses():
    excused = Verdict.of_exception("abs", "kinks", "straight-through")
    silent = Verdict("abs", "batching", Status.INAPPLICABLE, reason="no batch axis is declared")
    odd = result("abs", excused, silent, notes=("shapes were inferred: x: (N D)",))
    told = render_run(run(odd, BLIND, WRONG), "text").split("Notes\n")[1]
    assert told == (
        "  abs: shapes were inferred: x: (N D)\n"
        "  abs: kinks not asked: declared exception: straight-through\n"
        "  relu: gradient inconclusive: nothing was examined\n"
        "  no witness spoke of the gradient: relu\n"
        "  only autodiff and differences spoke of the gradient: affine\n"
    )


def test_one_reason_is_told_once_for_all_its_laws():
    laws = [Verdict("concat", law, Status.INCONCLUSIVE, reason="forward raised") for law in ("purity", "layout")]
    assert "  concat: purity, layout inconclusive: forward raised\n" in render_run(run(result("concat", *laws)), "text")


def test_a_brief_text_is_the_answer_and_the_claims():
    told = render_run(run(WRONG, IMPRECISE), "text", brief=True)
    assert told.split("\n")[1:] == [f"affine: {FINDING.claim}", "tanh: 7 of 16 digits are lost (imprecise)", ""]


def test_json_is_the_run_itself():
    assert render_run(run(WRONG), "json") == run(WRONG).to_json()


def test_a_setting_is_written_as_python():
    assert [format_setting_value(v) for v in ("same", 2, -np.inf, (1,), ("a", (np.inf, 2)))] == [
        "'same'",
        "2",
        'float("-inf")',
        "(1,)",
        "('a', (float(\"inf\"), 2))",
    ]


ROWS = Comparison(
    (
        ErrorComparison("sin", ErrorKey("x", "autodiff"), 1e-16, 1e-3),
        ErrorComparison("sin", ErrorKey("x", "differences"), 1e-9, 1e-9),
    )
)


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_regressions_are_told_with_both_figures(form):
    told = render_run(run(GOOD), form, ROWS)
    assert "it holds. 1 regression." in told
    after = told.split("Regressions\n")[1]
    assert "x, autodiff" in after
    assert "1.0e-16" in after
    assert "1.0e-03" in after
    assert "differences" not in after


APART = Comparison(
    (
        *ROWS.rows,
        ErrorComparison("sin", ErrorKey("y", "autodiff"), 1e-9, None),
        ErrorComparison("sin", ErrorKey("z", "autodiff"), None, 1e-9),
    )
)


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_a_lost_witness_is_told_with_the_regressions_and_a_new_one_in_a_note(form):
    told = render_run(run(GOOD), form, APART)
    assert "it holds. 2 regressions." in told
    lost = next(line for line in told.splitlines() if "y, autodiff" in line)
    assert lost.replace("|", " ").split()[-3:] == ["1.0e-09", "–", "lost"]
    assert "sin: measured now, and not in the baseline: z, autodiff" in told


def test_a_comparison_counts_what_is_in_one_run_alone():
    assert compose_comparison_answer(APART) == (
        "2 errors compared: 1 regressed, none improved; 1 no longer measured; 1 not measured before."
    )
    assert content.tabulate_changes(APART.rows[-1:]).rows == (("sin", "z, autodiff", "–", "1.0e-09", "new"),)


def test_a_comparison_answers_first():
    assert compose_comparison_answer(ROWS) == "2 errors compared: 1 regressed, none improved."


def test_markdown_says_the_same_in_headings_table_and_code():
    told = render_run(run(replace(WRONG, target="a.py"), GOOD), "markdown")
    assert told.startswith("# gradcheck\n\n**1 of 2 ops fails: affine (gradient of b).**\n")
    assert "| affine | failed   |" in told
    assert "\n## Failures\n\n### affine: gradient of b is 0.5 at [0], expected 1 ± 1e-13\n" in told
    assert "\n- cause: the expected value divided by N=2\n" in told
    assert f"\n```python\n{write_counterexample(FINDING, 'a.py', None)}\n```\n" in told
    assert f"Replay: `gradcheck replay .gradcheck/affine-gradient-b-{CASE.digest}.json a.py`\n" in told


def test_markdown_shows_every_character_as_it_is():
    odd = replace(GOOD, op="a|b*c_d<e>\n`f`")
    told = render_run(run(odd), "markdown")
    row = next(line for line in told.split("\n") if "passed" in line)
    assert r"a\|b\*c\_d\<e> \`f\`" in row
    assert len(markdown.render_markdown_table(content.build_summary_table(run(odd))).split("\n")) == 3


def test_a_table_leaves_numbers_as_they_are_written():
    assert "1.0e-03" in text.render_text_table(content.Table(("n",), (("1.0e-03",),)))


def test_a_saved_run_knows_where_its_ops_are():
    assert 'load("a.py", "affine")' in render_run(run(replace(WRONG, target="a.py")), "text")
    assert 'load("", "affine")' in render_run(run(WRONG), "text")


def test_findings_of_no_target_are_told_without_load_and_replay():
    told = text.render_findings([FINDING, CRASH])
    assert "dx, db = backward(dy, cache)" in told
    assert "load" not in told
    assert "replay" not in told


@pytest.mark.parametrize(
    "a",
    [
        np.array(0.1),
        np.array([np.nan, np.inf, -np.inf, -0.0, 5e-324]),
        np.array([[1, 2], [3, 4]], dtype=np.int64),
        np.array([0.1, 1 / 3], dtype=np.float32),
        np.zeros((0, 3)),
        np.zeros((2, 0), dtype=np.int64),
        np.array([True, False]),
        np.random.default_rng(0).normal(size=(5, 3, 4)),
    ],
    ids=lambda a: f"{a.dtype}{a.shape}",
)
def test_a_pasted_array_is_the_same_to_the_last_bit(a):
    pasted = eval(format_array_literal(a), {"np": np})
    assert (pasted.dtype, pasted.shape, pasted.tobytes()) == (a.dtype, a.shape, a.tobytes())


def written(case, **said):
    """The snippet of a finding with this case."""
    return write_counterexample(replace(FINDING, case=case, **said), "a.py", None).split("\n")


def test_members_of_a_several_get_names():
    case = replace(CASE, inputs={"xs[0]": np.ones(1), "xs[1]": np.ones(2)}, settings={})
    lines = written(case, subject=Subject.of_input("xs[1]"))
    assert "y, cache = op.forward(xs_0, xs_1)" in lines
    assert lines[-2:] == ["dxs_0, dxs_1 = op.backward(dy, cache)", "print(dxs_1)"]


def test_names_that_mean_something_else_are_changed():
    case = replace(CASE, inputs={"lambda": np.ones(1), "op": np.ones(1), "y": np.ones(1)}, settings={})
    lines = written(case)
    assert "z, cache = op.forward(lambda_, op_, y)" in lines
    assert "dlambda_, dop_, dy = op.backward(dz, cache)" in lines


def test_a_label_that_begins_with_a_digit_becomes_a_name():
    assert "_0_weight = np.array([1.0])" in written(replace(CASE, inputs={"0.weight": np.ones(1)}, settings={}))


def test_an_output_that_is_not_finite_is_printed():
    assert written(CASE, law="extremes", subject=Subject.of_output("y"))[-1] == "print(y)"


def test_several_outputs_have_one_upstream_each():
    case = replace(CASE, upstream=(np.array(1.0), np.array([2.0])))
    assert "dy = (np.array(1.0), np.array([2.0]))" in written(case)


def test_one_input_has_one_gradient():
    case = replace(CASE, inputs={"x": np.ones(1)}, settings={})
    assert "dx = op.backward(dy, cache)" in written(case)


def test_a_forward_that_raises_is_called_alone():
    lines = written(replace(CASE, upstream=()), status=Status.CRASHED, subject=Subject.of_function(Part.FORWARD))
    assert lines[-2:] == ["y, cache = op.forward(x, b, axis=1, mode='a')", "print(y)"]


def test_a_reference_that_raises_is_the_one_called():
    assert (
        written(CASE, status=Status.CRASHED, subject=Subject.of_function(Part.REFERENCE))[-1]
        == "op.reference(x, b, axis=1, mode='a')"
    )


def test_a_wrong_value_is_printed():
    assert written(CASE, law="value", subject=Subject.of_output("y"))[-1] == "print(y)"


def test_a_large_case_is_loaded_from_its_file():
    case = replace(CASE, inputs={"x": np.ones((20, 20))}, settings={})
    large = Verdict("affine", "gradient", Status.FAILED, findings=(replace(FINDING, case=case),))
    told = render_run(run(result("affine", large)), "text")
    assert (
        f"""\
      from gradcheck import load, load_case
      op = load("", "affine")
      case = load_case(".gradcheck/affine-gradient-b-{case.digest}.json")
      x, = case.point
      dy = case.upstream[0]
      y, cache = op.forward(x)
      dx = op.backward(dy, cache)
"""
        in told
    )


def test_a_finding_without_a_case_has_no_counterexample():
    assert content.build_block(CRASH).code == ""
    assert content.build_block(CRASH).replay == ""
