"""Errors are measured on a pinned corpus, the same in every process."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from gradcheck import Array, Op, real
from gradcheck.checking.pinned_errors import RAISED, digest_pinned_cases, draw_tail_cases, measure_gradient_errors
from gradcheck.discovery.library import load_library_ops
from gradcheck.records.evidence import ErrorKey

PINNED = {
    "add": "ff266f645b8b9fec10d8aa2f3f7fd2d5",
    "concat": "64881ba11f2c3e9074928136cc4dab07",
    "conv2d": "cb8930a2082a532cf5ad7615c67d9c45",
    "embedding": "12f3a09514073ed574d76bba6e0b47e2",
    "lstm_step": "d2998b74a42dda8a5fbc39df4bd9db78",
    "sin": "d9892ca02c90c4670fb1c26f46011215",
}
"""The corpora of some ops.  One changes when its declaration does, or how all are drawn, and every baseline with it."""


def square(backward=lambda dy, x: 2 * x * dy, forward=lambda x: (x * x, x)):
    return Op("square", forward, backward, lambda x: x * x, inputs={"x": Array("*S")})


def test_the_corpus_reaches_the_tails_in_plain_and_bounded_domains():
    for op in (square(), replace(square(), inputs={"x": Array("*S", real(-30, 30))})):
        sizes = np.concatenate([np.abs(case.point[0]).ravel() for case in draw_tail_cases(op)])
        assert (sizes.max() > 25, sizes.max() <= 40) == (True, True)


def test_measuring_twice_gives_the_same_errors():
    assert measure_gradient_errors(square()) == measure_gradient_errors(square())


@pytest.mark.slow
def test_a_worse_gradient_measures_worse_and_one_that_raises_infinitely():
    def refusing(dy, x):
        raise ValueError("not today")

    assert max(measure_gradient_errors(square()).values()) < 1e-9
    assert measure_gradient_errors(square(lambda dy, x: 2.002 * x * dy))[ErrorKey("x", "autodiff")] == pytest.approx(
        1e-3
    )
    assert measure_gradient_errors(square(refusing)) == {RAISED: np.inf}


def test_the_corpus_is_pinned():
    assert {op.name: digest_pinned_cases(op) for op in load_library_ops() if op.name in PINNED} == PINNED


@pytest.mark.slow
def test_the_corpus_is_the_same_in_whatever_process():
    code = f"""
from gradcheck.checking.pinned_errors import digest_pinned_cases
from gradcheck.discovery.library import load_library_ops
import sys
print(*(digest_pinned_cases(op) for op in load_library_ops() if op.name in {[*PINNED]}), "hypothesis" in sys.modules)"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [*(PINNED[op.name] for op in load_library_ops() if op.name in PINNED), "False"]


def test_the_digest_runs_no_code_under_test_and_knows_the_declaration():
    def forbidden(*args):
        raise AssertionError("code under test ran")

    assert digest_pinned_cases(square(forbidden, forbidden)) == digest_pinned_cases(square())
    assert digest_pinned_cases(replace(square(), inputs={"x": Array("N")})) != digest_pinned_cases(square())
