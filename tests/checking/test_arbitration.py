"""XLA arbitrates: a fault in our own execution of a reference is told as ours, and accuses no op."""

import re

import numpy as np
import pytest

from gradcheck import check, load
from gradcheck.checking.arbitration import MOST_WITHOUT_FINDINGS
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.generation.search import generate_cases
from gradcheck.oracles import autodiff, xla
from gradcheck.oracles.jaxpr import trace


@pytest.fixture
def fresh_traces():
    """No program that was written before or during a test is used outside of it."""

    def forget():
        for cache in (trace.try_trace, trace.trace_concrete_shapes):
            cache.cache_clear()
        for programs in (autodiff.PROGRAMS, autodiff.ANEW_TRACES):
            programs.clear()

    forget()
    yield
    forget()


@pytest.mark.slow
def test_a_wrong_primitive_is_our_fault_and_not_the_ops(monkeypatch, fresh_traces):
    from gradcheck.oracles.jaxpr import primitives  # the table of the package, where it is looked up

    monkeypatch.setitem(primitives.TABLE, "cos", lambda x: np.cos(x) * 1.001)
    result = check(load("", "sin"), examples=8, shrink=False)
    gradient = result.verdict("gradient")
    assert gradient.status == "disputed"
    (finding,) = gradient.findings
    assert "by NumPy" in finding.claim
    assert "a fault of gradcheck" in finding.claim


@pytest.mark.slow
def test_every_layout_of_an_op_shares_one_trace_but_for_what_is_examined_fully(fresh_traces, monkeypatch):
    traced, trace_at_sizes = [], trace.trace_at_sizes
    monkeypatch.setattr(trace, "trace_at_sizes", lambda *given: traced.append(given[1]) or trace_at_sizes(*given))
    check(load("", "lstm_step"), examples=40, laws=("gradient",))
    shared = [pattern for pattern in traced if any(isinstance(size, str) for shape in pattern for size in shape)]
    assert len(shared) == 1
    assert len(traced) - len(shared) <= 1
    assert trace.trace_concrete_shapes.cache_info().currsize == 0


def asked(monkeypatch, examples, op=None, **options):
    """How often XLA is asked."""
    calls = []
    monkeypatch.setattr(xla, "find_xla_disagreements", lambda evaluators: calls.extend(evaluators) or ())
    from gradcheck.checking.op_check import OpCheck
    from gradcheck.laws.registry import load_laws

    op = op or load("", "linear")
    seen = OpCheck(op, [load_laws()["gradient"]], **options)
    for case in generate_cases(op, examples, 0):
        seen.take(case)
    seen.arbitration.settle()
    return len(calls)


def test_the_first_case_of_a_pattern_is_arbitrated_or_all(monkeypatch):
    assert asked(monkeypatch, 20) == 1
    assert asked(monkeypatch, 20, arbitrate_all=True) == 20


def test_of_what_agrees_a_sample_of_the_patterns_is_arbitrated_and_all_of_what_is_found(monkeypatch):
    right = load("", "multiply")  # of broadcasting shapes, hence of many patterns
    wrong = right.implemented_by(right.forward, lambda dy, cache: tuple(2 * g for g in right.backward(dy, cache)))
    assert asked(monkeypatch, 60, right) == MOST_WITHOUT_FINDINGS
    monkeypatch.setattr("gradcheck.checking.op_check.MAX_FAILURES_ALIKE", 1000)
    assert asked(monkeypatch, 60, wrong) > MOST_WITHOUT_FINDINGS


def test_a_reference_that_asks_for_its_sizes_is_traced_anew_and_that_is_said():
    def reference(x):
        return namespace(x).stack([x[i] for i in range(x.shape[0])])

    op = Op("same", lambda x: (x.copy(), None), lambda dy, cache: dy.copy(), reference, inputs={"x": Array("N")})
    anew, silent = check(op, examples=8, laws=("gradient",)).notes
    assert "layouts were traced anew" in anew
    assert re.fullmatch(r"autodiff: silent in \d cases? of many elements, .* too long to be traced", silent)


@pytest.mark.slow
def test_a_primitive_without_a_counterpart_runs_on_xla_and_that_is_said():
    import jax  # the references of users may be JAX code

    def reference(x):
        return jax.scipy.special.gammainc(x, 2.0)

    def forward(x):
        from scipy.special import gammainc

        return gammainc(x, 2.0), x

    op = Op("gammainc", forward, lambda dy, x: dy, reference, inputs={"x": Array("N")})
    assert any("XLA runs" in note for note in check(op, examples=4, laws=("gradient",), shrink=False).notes)


@pytest.mark.slow
def test_a_reference_that_compares_its_sizes_accuses_nobody():
    """A symbol is not 1, whatever number it stands for: what depends on that is traced anew before anything is said."""

    def reference(x):
        xp = namespace(x)
        return xp.sum(x) if x.shape[0] == 1 else xp.sum(x) * 2 if x.shape[0] % 2 == 0 else xp.sum(x * x)

    def forward(x):
        n = x.shape[0]
        return (x.sum() if n == 1 else 2 * x.sum() if n % 2 == 0 else (x * x).sum()), x

    def backward(dy, x):
        n = x.shape[0]
        return dy * (np.ones(n) if n == 1 else np.full(n, 2.0) if n % 2 == 0 else 2 * x)

    op = Op("fickle", forward, backward, reference, inputs={"x": Array("N")}, dtypes=("float64",))
    result = check(op, examples=60)
    assert result.findings == ()
    wrong = Op("fickle", forward, lambda dy, x: dy * 2 * x, reference, inputs={"x": Array("N")})
    assert check(wrong, examples=60, laws=("gradient",), shrink=False).status == "failed"
