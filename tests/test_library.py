"""Every op of the library is documented, its formula is written independently, and small faults in its gradient are caught."""

import ast
import inspect
import sys
import textwrap
from dataclasses import replace

import numpy as np
import pytest

from gradcheck.engine import check
from gradcheck.ops import library

FACTORS = {"negated": -1.0, "zeroed": 0.0, "too large by a millionth": 1 + 1e-6}
EXAMPLES = 60
ENOUGH = 50

every = pytest.mark.parametrize("op", library(), ids=lambda op: op.name)


def scaled(op, factor):
    """The op with every gradient multiplied by a number."""

    def backward(upstream, cache):
        gradients = op.backward(upstream, cache)
        if isinstance(gradients, (tuple, list)):
            return tuple(None if g is None else np.asarray(factor * g) for g in gradients)
        return np.asarray(factor * gradients)

    return replace(op, backward=backward)


@every
@pytest.mark.parametrize("fault", FACTORS)
def test_a_faulty_gradient_is_caught(op, fault):
    result = check(scaled(op, FACTORS[fault]), examples=EXAMPLES, laws=("gradient",), shrink=False)
    verdict = result.verdict("gradient")
    assert verdict.status == "failed", verdict.reason
    assert verdict.examined >= ENOUGH


@every
def test_every_gradient_is_caught_by_itself(op):
    result = check(scaled(op, 1 + 1e-6), examples=EXAMPLES, laws=("gradient",), shrink=False)
    owed = {name for name, declared in op.inputs.items() if getattr(declared, "array", declared).differentiable}
    assert {f.input.partition("[")[0] for f in result.findings if f.status == "failed"} >= owed


def called(function):
    """The functions of its own module that a function calls by name, and what those call in turn."""
    module = sys.modules[function.__module__]
    names, waiting = set(), [function]
    while waiting:
        tree = ast.parse(textwrap.dedent(inspect.getsource(waiting.pop())))
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id not in names and inspect.isfunction(getattr(module, node.id, None)):
                names.add(node.id)
                waiting.append(getattr(module, node.id))
    return names


@every
def test_the_reference_shares_no_function_with_the_forward(op):
    assert op.reference is not None
    assert op.reference.__module__ == op.backward.__module__
    own = called(op.backward.written_at) if hasattr(op.backward, "written_at") else called(op.forward) | called(op.backward)
    assert called(op.reference) & own <= {"namespace"}


@every
def test_an_op_says_what_it_computes_and_where_that_comes_from(op):
    assert op.formula
    assert op.source
    assert sys.modules[op.backward.__module__].__doc__
    assert op.location[1]


def test_names_are_unique():
    names = [op.name for op in library()]
    assert len(set(names)) == len(names)


def test_the_library_is_in_the_order_of_families_and_names():
    keys = [(op.family, op.name) for op in library()]
    assert keys == sorted(keys)
