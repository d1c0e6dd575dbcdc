"""What the code of a user says of two variables."""

import ast

import pytest

from gradcheck.causes.edits.activations import adds_eps, is_activation_of


@pytest.mark.parametrize(
    "line",
    [
        "a = np.tanh(z)",
        "a = 1 / (1 + np.exp(-z))",
        "a = np.where(z > 0, z, slope * z)",
        "a = self.activation(z).copy()",
        "a = z ** 3",
        "self.z = z; a = relu(self.z)",
    ],
)
def test_a_function_of_another_variable_is_its_activation(line):
    assert is_activation_of(ast.parse(line), "a", "z")


@pytest.mark.parametrize(
    "line",
    [
        "a = z - z.mean(axis=0)",
        "a = z @ w",
        "a = np.tanh(z) + r",
        "a = z.copy()",
        "a = z * 2",
        "a = z * (1 - np.tanh(h) ** 2)",
        "a = z.reshape(2, 3)",
        "z = np.tanh(a)",
    ],
)
def test_a_sum_or_a_product_is_none(line):
    assert not is_activation_of(ast.parse(line), "a", "z")


def test_eps_is_a_small_number_or_has_its_name():
    assert adds_eps(ast.parse("n = np.sqrt(s + self.eps)"), "n")
    assert adds_eps(ast.parse("n = s + 1e-8"), "n")
    assert not adds_eps(ast.parse("n = np.sqrt(s + b)"), "n")
    assert not adds_eps(ast.parse("m = s + 1e-8"), "n")
