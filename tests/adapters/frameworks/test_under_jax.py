"""The forward itself under jax.numpy: a private copy, and a witness only where it computes the same."""

import subprocess
import sys

import numpy as np
import pytest
from numpy import exp

from gradcheck import Array, Op, adapt, check
from gradcheck.adapters.frameworks.under_jax import substitute_jax_numpy
from gradcheck.checking.reference_trial import with_usable_reference

SCALE = np.array([2.0])


def softplus(x):
    return np.log1p(exp(-np.abs(x))) + np.maximum(x, 0)


def by_helper(x):
    return softplus(x) * SCALE, x


def by_helper_backward(dy, x):
    return 2 * dy / (1 + np.exp(-x))


@pytest.mark.slow
def test_numpy_and_what_came_from_it_and_own_functions_are_jax():
    import jax

    y, _ = substitute_jax_numpy(by_helper)(jax.numpy.ones(3))
    assert isinstance(y, jax.Array)


def test_nothing_of_the_users_is_touched():
    before = dict(globals())
    result = check(adapt(by_helper, by_helper_backward, x="N"), examples=8)
    assert "autodiff" in result.witnesses
    assert all(globals()[name] is value for name, value in before.items())
    assert by_helper.__globals__["np"] is np


def test_a_closure_is_copied_too():
    library, factor = np, 3.0

    def forward(x):
        return library.sin(x) * factor, x

    assert "autodiff" in check(adapt(forward, lambda dy, x: 3 * dy * np.cos(x), x="N"), examples=8).witnesses


def test_a_declared_op_without_a_reference_borrows_its_forward():
    op = Op("double", lambda x: (2 * x, None), lambda dy, cache: 2 * dy, inputs={"x": Array("N")})
    assert "autodiff" in check(adapt(op), examples=8).witnesses


def test_a_forward_that_jax_computes_otherwise_is_no_witness():
    def forward(x):
        return x * (1.0 if hasattr(x, "ctypes") else 2.0), None

    def backward(dy, cache):
        return 1.0 * dy

    op = with_usable_reference(adapt(forward, backward, x="N"))
    assert (op.reference, op.origin.reference_is_forward) == (None, False)
    assert (
        op.origin.notes[-1] == "no reference: forward does not run under jax.numpy (it computes something else there)"
    )
    result = check(adapt(forward, backward, x="N"), examples=8)
    assert (result.status, result.witnesses) == ("passed", ("complex step", "differences"))


def test_of_the_value_it_says_nothing():
    verdict = check(adapt(by_helper, by_helper_backward, x="N"), examples=8).verdict("value")
    assert (verdict.status, verdict.reason) == ("inapplicable", "the reference is the forward itself")


@pytest.mark.slow
def test_it_catches_a_wrong_gradient():
    result = check(adapt(by_helper, lambda dy, x: dy, x="N"), examples=8)
    assert "autodiff" in {e.witness for f in result.findings for e in f.evidence if not e.agrees}


@pytest.mark.slow
@pytest.mark.parametrize("statement", ["adapt(lambda x: (x * x, x), lambda dy, x: 2 * x * dy, x='N')"])
def test_adapting_loads_no_jax(statement):
    code = f"import sys; from gradcheck import adapt; {statement}; print('jax' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
