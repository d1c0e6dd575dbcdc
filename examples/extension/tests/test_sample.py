"""Each of the four at work, once the package is installed."""

import functions
import pytest

from gradcheck import Run, adapt, check
from gradcheck.report import render_run


@pytest.fixture
def square():
    return adapt(functions.square)


@pytest.fixture
def matmul():
    return adapt(functions.matmul)


def test_the_law_finds_a_gradient_that_is_not_contiguous_and_no_other(square, matmul):
    assert check(square, examples=8, laws=("contiguity",)).findings == ()
    (finding,) = check(matmul, examples=8, laws=("contiguity",)).findings
    assert finding.claim == "gradient of x is not contiguous"


def test_the_oracle_measures_the_gradient(square):
    errors = check(square, examples=8, laws=("gradient",)).errors
    assert max(error for key, error in errors.items() if key.witness == "five-point") < 1e-9


def test_the_oracle_is_a_witness_against_a_wrong_gradient():
    def cube(x: "N"):
        return x**3

    cube.gradient = lambda dy, x: 2.9 * x**2 * dy
    (finding,) = check(adapt(cube), examples=8, laws=("gradient",)).findings
    assert ("five-point", False) in [(said.witness, said.agrees) for said in finding.evidence]


def test_the_renderer_writes_a_line_for_each_verdict(square):
    run = Run((check(square, examples=4, laws=("contract",)),), 0, 4)
    assert render_run(run, "tsv") == "square\tcontract\tpassed\t\n"
