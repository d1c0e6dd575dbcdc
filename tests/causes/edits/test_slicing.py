import ast

import numpy as np

from gradcheck.causes.edits.slicing import locate_in_returned, slice_gradients
from gradcheck.causes.edits.traced_functions import list_traced_functions
from gradcheck.causes.edits.tracing import trace_gradients
from gradcheck.causes.telling_cases import draw_telling_cases
from tests.causes.edits import wrong_code


def read_slices(op):
    """The statements that bear on each gradient of an op."""
    case = next(draw_telling_cases(op, 0))
    trace = trace_gradients(case)
    slices = slice_gradients(trace, list_traced_functions(trace), case)
    return {label: {ast.unparse(s).splitlines()[0] for _, s in own.statements} for label, own in slices.items()}


def test_each_gradient_has_its_own_statements():
    slices = read_slices(wrong_code.affine)
    assert "dw = x.T @ dout / x.shape[0]" in slices["w"]
    assert "dw = x.T @ dout / x.shape[0]" not in slices["x"] | slices["b"]
    assert "x, w, _ = cache" in slices["x"] & slices["w"]


def test_gradients_in_attributes_are_followed_into_methods():
    slices = read_slices(wrong_code.layer)
    assert "self.dW = self.x.T @ dz" in slices["W"] - slices["x"]
    assert "return 1 - self.y ** 2" in slices["W"] & slices["x"]


def test_a_gradient_in_a_dictionary_or_a_row_is_found():
    a, b = np.ones(2), np.zeros(2)
    both = ast.parse("(f(u), {'b': g(v)})", mode="eval").body
    assert [ast.unparse(e) for e in locate_in_returned((a, {"b": b}), both, b, 1, 2)] == ["g(v)"]
    assert [ast.unparse(e) for e in locate_in_returned((a, {"b": b}), both, a, 0, 2)] == ["f(u)"]
    assert list(locate_in_returned({"b": b}, ast.Name("grads"), b, 0, 1)) == ["grads['b']"]
