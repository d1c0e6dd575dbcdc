"""XLA as an arbiter: what it makes of a reference, and where that differs from what NumPy makes of it."""

import jax
import numpy as np
import pytest

from gradcheck import load
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.generation.search import generate_cases
from gradcheck.isolation import silence_warnings
from gradcheck.oracles import xla
from gradcheck.oracles.autodiff import run_reference
from gradcheck.records.case import Case

X, DY = np.array([0.5, -1.25, 3.0]), np.array([1.0, 2.0, -4.0])


def evaluator_of(reference):
    """The evaluator of an op that is all reference, at X."""
    op = Op("f", lambda x: (x, None), lambda dy, cache: dy, reference, inputs={"x": Array("N")})
    return Evaluator(op, Case("f", {"x": X}, (DY,), {}, 0))


@pytest.fixture
def square():
    return evaluator_of(lambda x: x * x)


def test_outputs_and_gradients_are_those_of_the_reference(square):
    ((y, dx),) = xla.run_by_xla([(square, (X,))])
    assert y.dtype == dx.dtype == np.float64
    assert y.tolist() == (X * X).tolist()
    assert dx.tolist() == (2 * X * DY).tolist()


def test_several_cases_are_one_program(square):
    cube = evaluator_of(lambda x: x * x * x)
    (y, _), (z, _) = xla.run_by_xla([(square, (X,)), (cube, (X + 1,))])
    assert y.tolist() == (X**2).tolist()
    assert z.tolist() == ((X + 1) ** 3).tolist()


def test_where_numpy_and_xla_agree_nothing_is_said():
    op = load("", "softmax")
    evaluators = [Evaluator(op, case) for case in generate_cases(op, 3, 0)]
    with silence_warnings():
        assert list(xla.find_xla_disagreements(evaluators)) == []
    assert list(xla.find_xla_disagreements([])) == []


def test_results_that_are_further_apart_than_both_bars_are_told(square):
    answer = run_reference(square, (X,), (DY,))
    outputs, (dx,) = answer.outputs, answer.gradients
    off = [*outputs, dx + np.array([0, 1e-3, 0])]
    assert list(xla.find_differences_from_xla(square, (X,), [*outputs, dx])) == []
    (said,) = xla.find_differences_from_xla(square, (X,), off)
    assert said.startswith("the gradient of x of the reference is ")
    assert said.endswith(" by XLA")


def test_what_xla_cannot_run_is_told_and_its_neighbours_are_arbitrated(square):
    def reference(x):
        raise RuntimeError("no XLA today")

    refused = evaluator_of(reference)
    ((evaluator, said),) = xla.find_xla_disagreements([square, refused, evaluator_of(lambda x: x + 1)])
    assert evaluator is refused
    assert said == "NumPy runs the reference, XLA does not (RuntimeError: no XLA today)"


def test_compiled_programs_are_kept_in_a_folder(tmp_path):
    before = jax.config.jax_compilation_cache_dir
    try:
        xla.enable_compilation_cache(tmp_path / "xla")
        assert jax.config.jax_compilation_cache_dir == str(tmp_path / "xla")
    finally:
        jax.config.update("jax_compilation_cache_dir", before)


def test_a_program_of_many_equations_gives_the_results_of_the_reference(monkeypatch, square):
    monkeypatch.setattr(xla, "MANY_EQUATIONS", 0)
    found = xla.run_by_xla([(square, (X,)), (square, (2 * X,)), (square, (3 * X,))])
    assert [y.tolist() for y, _ in found] == [(n * n * X * X).tolist() for n in (1, 2, 3)]
    assert [dx.tolist() for _, dx in found] == [(2 * n * X * DY).tolist() for n in (1, 2, 3)]
