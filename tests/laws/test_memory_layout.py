"""layout: how an array lies in memory changes nothing."""

from dataclasses import replace

import numpy as np
import pytest

from gradcheck.checking.check import check
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.laws.memory_layout import MEMORY_LAYOUTS
from gradcheck.records.case import LARGE
from tests.laws.observing import claims, observe

X = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
TRIPLE = Op("triple", lambda x: (3 * x, None), lambda dy, cache: 3 * dy, inputs={"x": Array("*S")})


@pytest.mark.parametrize("arrange", MEMORY_LAYOUTS.values(), ids=MEMORY_LAYOUTS)
@pytest.mark.parametrize("a", [X, X[0], np.array(7.0), np.zeros((0, 2)), np.arange(3)], ids=lambda a: str(a.shape))
def test_a_layout_holds_the_same_numbers(arrange, a):
    arranged = arrange(a)
    assert np.array_equal(arranged, a)
    assert np.asarray(arranged).dtype == a.dtype


def test_each_layout_is_what_it_is_called():
    strided, fortran, read_only, scalar = (arrange(X) for arrange in MEMORY_LAYOUTS.values())
    assert strided.strides[-1] == -2 * X.itemsize
    assert fortran.flags.f_contiguous
    assert not fortran.flags.c_contiguous
    assert not read_only.flags.writeable
    assert scalar.flags.c_contiguous
    assert type(list(MEMORY_LAYOUTS.values())[3](np.array(7.0))) is np.float64


def test_what_goes_by_indices_is_right():
    assert observe("layout", TRIPLE, X).findings == ()


@pytest.mark.parametrize(
    ("backward", "words"),
    [
        (lambda dy, cache: 3 * dy.ravel(order="K").reshape(dy.shape), "with Fortran-ordered arrays, the gradient of x"),
        (lambda dy, cache: np.multiply(dy, 3, out=dy), "with read-only arrays, backward raised ValueError"),
    ],
    ids=["order in memory", "writes to its upstream"],
)
def test_what_goes_by_memory_is_found(backward, words):
    said = claims("layout", replace(TRIPLE, backward=backward), X)
    assert any(claim.startswith(words) for claim in said), said


def test_a_number_in_place_of_an_array_without_axes_is_met():
    wrong = replace(TRIPLE, forward=lambda x: (3 * x if isinstance(x, np.ndarray) else 2 * x, None))
    (claim,) = claims("layout", wrong, 2.0)
    assert claim.startswith("with numbers for arrays of no axes, y is 4, expected 6")


def clip_in_place(x):
    x[np.abs(x) > 1e300] = 0
    return 3 * x, None


def test_a_write_to_a_given_array_is_a_warning_and_no_crash():
    (finding,) = observe("layout", replace(TRIPLE, forward=clip_in_place), X).findings
    assert finding.status == "warning"
    assert finding.claim.startswith("with read-only arrays, forward raised ValueError: assignment destination")
    assert "write to a copy" in finding.hint


def test_an_exception_in_another_layout_is_a_crash():
    def backward(dy, cache):
        if not dy.flags.c_contiguous:
            raise ValueError("not contiguous")
        return 3 * dy

    assert {f.status for f in observe("layout", replace(TRIPLE, backward=backward), X).findings} == {"crashed"}


def test_what_changes_an_array_of_the_caller_in_some_case_is_told_by_purity_first():
    def backward(dy, x):
        dy[x < 0] = 0
        return dy * 1.0

    op = Op("rectifier", lambda x: (np.maximum(x, 0), x), backward, inputs={"x": Array("N")})
    result = check(op, examples=12, laws=("purity", "layout"), shrink=False)
    told = {f.law: (f.status, f.claim, f.follows) for f in result.findings}
    assert told["purity"] == ("failed", "backward changes the upstream of y", "")
    assert (told["layout"][0], told["layout"][2]) == ("warning", "purity")


LARGE_X = np.random.default_rng(0).normal(size=(2, LARGE))


def take_memory(dy, cache):
    """Reads the numbers one after the other, wherever they lie."""
    end = dy.__array_interface__["data"][0] - (dy.base if dy.base is not None else dy).__array_interface__["data"][0]
    return 3 * dy if end == 0 else 3 * dy[::-1]


@pytest.mark.parametrize(
    ("backward", "words"),
    [
        (lambda dy, cache: 3 * dy.ravel(order="K").reshape(dy.shape), "with Fortran-ordered arrays, the gradient of x"),
        (lambda dy, cache: np.multiply(dy, 3, out=dy), "with read-only arrays, backward raised ValueError"),
        (take_memory, "with strided arrays, the gradient of x"),
    ],
    ids=["order in memory", "writes to its upstream", "strides"],
)
def test_what_goes_by_memory_in_a_large_case_is_found(backward, words):
    said = claims("layout", replace(TRIPLE, backward=backward), LARGE_X)
    assert any(claim.startswith(words) for claim in said), said


def test_a_large_case_is_asked_in_one_unusual_layout():
    seen = []

    def forward(x):
        seen.append((x.flags.writeable, x.flags.c_contiguous, x.strides[-1]))
        return 3 * x, None

    assert observe("layout", replace(TRIPLE, forward=forward), LARGE_X).findings == ()
    assert seen[2:] == [(False, False, -2 * LARGE_X.itemsize)]
