"""A counterexample is Python that can be pasted, and the numbers in it are the same to the last bit."""

import contextlib
import importlib
import io
from dataclasses import replace

import numpy as np
import pytest

from gradcheck import Array, Op, check
from gradcheck.isolation import silence_warnings
from gradcheck.records.results import FindingKind, Verdict
from gradcheck.records.status import Status
from gradcheck.records.subject import Part, Subject
from gradcheck.report import render_run
from gradcheck.report.counterexample import format_array_literal, format_setting_value, write_counterexample
from tests.report.example_runs import CASE, FINDING, make_result, make_run


def test_a_setting_is_written_as_python():
    assert [format_setting_value(v) for v in ("same", 2, -np.inf, (1,), ("a", (np.inf, 2)))] == [
        "'same'",
        "2",
        'float("-inf")',
        "(1,)",
        "('a', (float(\"inf\"), 2))",
    ]


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


def write_lines(case, **said):
    """The snippet of a finding with this case."""
    return write_counterexample(replace(FINDING, case=case, **said), "a.py", None).split("\n")


def test_members_of_a_several_get_names():
    case = replace(CASE, inputs={"xs[0]": np.ones(1), "xs[1]": np.ones(2)}, settings={})
    lines = write_lines(case, subject=Subject.of_input("xs[1]"))
    assert "y, cache = op.forward(xs_0, xs_1)" in lines
    assert lines[-2:] == ["dxs_0, dxs_1 = op.backward(dy, cache)", "print(dxs_1[0])"]


def test_names_that_mean_something_else_are_changed():
    case = replace(CASE, inputs={"lambda": np.ones(1), "op": np.ones(1), "y": np.ones(1)}, settings={})
    lines = write_lines(case)
    assert "z, cache = op.forward(lambda_, op_, y)" in lines
    assert "dlambda_, dop_, dy = op.backward(dz, cache)" in lines


def test_a_label_that_begins_with_a_digit_becomes_a_name():
    assert "_0_weight = np.array([1.0])" in write_lines(replace(CASE, inputs={"0.weight": np.ones(1)}, settings={}))


def test_an_output_that_is_not_finite_is_printed():
    assert write_lines(CASE, law="extremes", subject=Subject.of_output("y"))[-1] == "print(y)"


def test_several_outputs_have_one_upstream_each():
    case = replace(CASE, upstream=(np.array(1.0), np.array([2.0])))
    assert "dy = (np.array(1.0), np.array([2.0]))" in write_lines(case)


def test_one_input_has_one_gradient():
    case = replace(CASE, inputs={"x": np.ones(1)}, settings={})
    assert "dx = op.backward(dy, cache)" in write_lines(case)


def test_a_forward_that_raises_is_called_alone():
    lines = write_lines(
        replace(CASE, upstream=()),
        status=Status.CRASHED,
        subject=Subject.of_function(Part.FORWARD),
        kind=FindingKind.RAISED,
    )
    assert lines[-2:] == ["y, cache = op.forward(x, b, axis=1, mode='a')", "print(y)"]


def test_a_reference_that_raises_is_the_one_called():
    assert (
        write_lines(CASE, status=Status.CRASHED, subject=Subject.of_function(Part.REFERENCE))[-1]
        == "op.reference(x, b, axis=1, mode='a')"
    )


def test_a_wrong_value_is_printed():
    assert write_lines(CASE, law="value", subject=Subject.of_output("y"))[-1] == "print(y)"


def test_a_large_case_is_loaded_from_its_file():
    case = replace(CASE, inputs={"x": np.ones((20, 20))}, settings={})
    large = Verdict("affine", "gradient", Status.FAILED, findings=(replace(FINDING, case=case),))
    told = render_run(make_run(make_result("affine", large)), "text")
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


def print_pasted(op, finding):
    """What the snippet of a finding prints when it runs beside forward and backward."""
    printed = io.StringIO()
    names = {"forward": op.forward, "backward": op.backward, "reference": op.reference}
    with contextlib.redirect_stdout(printed), silence_warnings():
        exec(write_counterexample(finding, None, None), names)
    return printed.getvalue().strip()


@pytest.mark.parametrize(
    "law", ["gradient", "linearity", "kinks", "batching", "broadcasting", "layout", "precision", "value", "extremes"]
)
def test_the_pasted_code_prints_the_number_that_is_claimed(law):
    wrong = importlib.import_module(f"tests.corpus.{law}").wrong
    found = check(wrong, examples=100, laws=(law,)).findings
    assert found
    for finding in found:
        printed = print_pasted(wrong, finding)
        claimed = finding.evidence[0].claimed if finding.evidence else "float64" if law == "precision" else np.nan
        assert printed == claimed or np.isclose(float(printed.strip("[]")), claimed, rtol=1e-6, atol=0, equal_nan=True)


def declared(backward, forward=lambda x, w: (x * w, (x, w))):
    return Op("f", forward, backward, inputs={"x": Array("N"), "w": Array("N")})


@pytest.mark.parametrize(
    ("wrong", "printed"),
    [
        (declared(lambda dy, cache: (dy[:0], dy)), "(0,)"),
        (declared(lambda dy, cache: (dy.astype(np.float32), dy)), "float32"),
        (declared(lambda dy, cache: (None, dy)), "None"),
        (declared(lambda dy, cache: (dy, dy, dy)), "(array([0.]), array([0.]), array([0.]))"),
        (declared(lambda dy, cache: (dy, dy), lambda x, w: x * w), "[0.]"),
    ],
    ids=["shape", "dtype", "None", "three gradients", "no cache"],
)
def test_the_pasted_code_shows_a_wrong_form(wrong, printed):
    (finding,) = check(wrong, examples=4, laws=("contract",)).findings
    assert print_pasted(wrong, finding) == printed


def test_the_pasted_code_of_an_exception_raises_it():
    def forward(x, w):
        x *= 1
        return x * w, (x, w)

    wrong = declared(lambda dy, cache: (dy * cache[1], dy * cache[0]), forward)
    (finding,) = check(wrong, examples=4, laws=("layout",)).findings
    assert finding.status is Status.WARNING
    with pytest.raises(ValueError, match="read-only"):
        print_pasted(wrong, finding)


def test_the_pasted_code_of_state_prints_two_answers():
    seen = {}

    def backward(dy, cache):
        """The gradients by the cache of the previous call."""
        x, w = seen.get("cache", cache)
        seen["cache"] = cache
        return dy * w, dy * x

    wrong = declared(backward)
    finding = check(wrong, examples=12, laws=("purity",)).findings[0]
    seen.clear()
    first, second = print_pasted(wrong, finding).split("\n")
    assert first != second
