"""Every op of the library is documented, has a formula of its own, and small faults of its gradient are seen."""

import inspect
import sys
from dataclasses import replace

import numpy as np
import pytest

from gradcheck.checking.check import check
from gradcheck.checking.op_check import MAX_FAILURES_ALIKE
from gradcheck.declaration.array_api import namespace
from gradcheck.discovery.library import load_library_ops
from tests.lanes import mark_most_slow, sample_library

FACTORS = {"negated": -1.0, "zeroed": 0.0, "too large by a millionth": 1 + 1e-6}
EXAMPLES = 16

FLAT = ("ceil", "floor", "round", "sign", "silence", "step")
"""Ops whose gradient is zero, which no factor makes wrong."""

every = pytest.mark.parametrize("op", load_library_ops(), ids=lambda op: op.name)


def scaled(op, factor):
    """The op with every gradient multiplied by a number."""

    def backward(upstream, cache):
        gradients = op.backward(upstream, cache)
        if isinstance(gradients, (tuple, list)):
            return tuple(None if g is None else np.asarray(factor * g) for g in gradients)
        return np.asarray(factor * gradients)

    return replace(op, backward=backward)


def has_gradient(op):
    """Whether a gradient can be wrong; those of a count, such as accuracy, have none."""
    return op.name not in FLAT and any(op.array(name).differentiable for name in op.inputs)


@pytest.mark.parametrize(
    "op", mark_most_slow(list(filter(has_gradient, sample_library())), 100), ids=lambda op: op.name
)
@pytest.mark.parametrize("fault", FACTORS)
def test_a_faulty_gradient_is_caught_in_every_input(op, fault):
    result = check(scaled(op, FACTORS[fault]), examples=EXAMPLES, laws=("gradient",), shrink=False)
    verdict = result.verdict("gradient")
    assert verdict.status == "failed", verdict.reason
    assert verdict.examined >= MAX_FAILURES_ALIKE
    owed = {name for name in op.inputs if op.array(name).differentiable}
    assert {f.input.partition("[")[0] for f in result.findings if f.status in ("failed", "imprecise")} >= owed


def code_objects(code):
    """A code object and those of the functions defined inside it."""
    yield code
    for constant in code.co_consts:
        if inspect.iscode(constant):
            yield from code_objects(constant)


def reached(function):
    """The functions of this package that a function names or holds in its closure, and those that they reach."""
    found, waiting = set(), [function]
    while waiting:
        one = inspect.unwrap(waiting.pop())
        names = {name for code in code_objects(one.__code__) for name in code.co_names}
        held = [cell.cell_contents for cell in one.__closure__ or ()]
        spoken = [one.__globals__[name] for name in names & one.__globals__.keys()]
        new = {f for f in [*held, *spoken] if inspect.isfunction(f) and f.__module__.startswith("gradcheck")} - found
        found |= new
        waiting += new
    return found


@every
def test_the_reference_shares_no_function_with_forward_and_backward(op):
    assert op.reference is not None
    shared = reached(op.reference) & (reached(op.forward) | reached(op.backward) | {op.forward, op.backward})
    assert shared <= {namespace}


@every
def test_an_op_says_what_it_computes_and_where_that_comes_from(op):
    assert op.formula
    assert op.source
    assert sys.modules[op.backward.__module__].__doc__
    assert op.location[1]


def test_names_are_unique():
    names = [op.name for op in load_library_ops()]
    assert len(set(names)) == len(names)


def test_the_library_is_in_the_order_of_families_and_names():
    keys = [(op.family, op.name) for op in load_library_ops()]
    assert keys == sorted(keys)
