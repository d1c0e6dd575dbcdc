from dataclasses import replace

import numpy as np
import pytest

from gradcheck.causes.edits.operators import factors
from gradcheck.causes.edits.tracing import describe_value_seen
from tests.causes.edits.places_of_text import list_places, list_texts


@pytest.mark.parametrize(
    ("operator", "before", "after"),
    [
        (factors.multiply_by_length, "g = x.T @ dy", "g = x.T @ dy / n"),
        (factors.multiply_by_length, "g = x.T @ dy", "g = x.T @ dy / x.shape[0]"),
        (factors.multiply_by_number, "g = x + y", "g = x + 2 * y"),
        (factors.remove_factors, "g = x / n", "g = x"),
        (factors.remove_factors, "g = x * y", "g = y"),
        (factors.multiply_by_seen, "g = dy", "g = dy * mask"),
        (factors.multiply_by_seen, "g = dy", "g = dy * (1 - y ** 2)"),
        (factors.multiply_by_seen, "g = dy * mask", "g = dy * mask / (1 - p)"),
        (factors.multiply_by_seen, "g = dy @ x", "g = dy * mask @ x"),
        (factors.multiply_by_matrix, "g = dy", "g = x.T @ dy"),
        (factors.move_factor_inside, "g = f(x) * y", "g = f(x * y)"),
        (factors.move_factor_inside, "g = f(x * y)", "g = f(x) * y"),
        (factors.remove_function, "g = np.abs(x) * y", "g = x * y"),
        (factors.remove_function, "g = 1 - np.tanh(x) ** 2", "g = 1 - x ** 2"),
        (factors.remove_functions_of_output, "g = dy * f(x) * (1 - f(x))", "g = dy * x * (1 - x)"),
        (factors.multiply_as_elsewhere, "g = dy, x / np.sqrt(n)", "g = dy / np.sqrt(n), x / np.sqrt(n)"),
    ],
)
def test_a_mistake_is_undone(operator, before, after):
    assert after in list_texts(operator, before)


def test_the_slope_comes_first_that_fits_the_activation():
    (place,) = [place for place in list_places("g = dy") if place.text == "dy"]
    values = {"relu": [0.0, 2.0], "tanh": [-0.5, 0.9], "sigmoid": [0.1, 0.9]}
    seen = {name: describe_value_seen(np.array(value)) for name, value in values.items()}
    edits = [*factors.multiply_by_seen(replace(place, seen=seen))]
    first = {edit.text for edit in edits if edit.tier == 1}
    assert first == {"dy * (relu > 0)", "dy * (1 - tanh ** 2)", "dy * sigmoid * (1 - sigmoid)"}


def test_a_factor_of_a_product_gets_no_other():
    names = [place.text for place in list_places("g = x * y + v") if factors.is_factor_place(place)]
    assert names == ["x * y + v", "x * y", "v"]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("g = 2 * reg * x", "regularisation-twice"),
        ("g = reg * x / n", "regularisation-divided"),
        ("g = x / n", "divided-by-length"),
        ("g = 2 * x", "factor-extra"),
    ],
)
def test_a_factor_too_many_has_its_name(line, name):
    assert name in {edit.name for place in list_places(line) for edit in factors.remove_factors(place)}


@pytest.mark.parametrize(("text", "penalty"), [("reg * W", True), ("self.reg * W", True), ("region * W", False)])
def test_the_weight_of_a_regularisation_is_known_by_its_name(text, penalty):
    assert factors.is_penalty(text) is penalty


@pytest.mark.parametrize(
    ("line", "name"), [("g = dy + 2 * reg * x", "regularisation-divided"), ("g = dy + 2 * p * x", "divided-by-length")]
)
def test_a_regularisation_that_is_divided_has_its_name(line, name):
    edits = [edit for place in list_places(line) for edit in factors.multiply_by_length(place)]
    assert name in {edit.name for edit in edits if edit.text.endswith("* x * n")}


def test_a_count_that_is_multiplied_counted_too_few():
    edits = [edit for place in list_places("g = x.shape[0]") for edit in factors.multiply_by_length(place)]
    assert {edit.name for edit in edits if edit.text == "x.shape[0] * x.shape[1]"} == {"wrong-count"}
