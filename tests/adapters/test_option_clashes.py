"""A parameter called like an option is declared by keyword where its value cannot be the option."""

import numpy as np
import pytest

from gradcheck import Array, adapt, check
from gradcheck.adapters.inference import NoShapes
from gradcheck.adapters.option_clashes import OPTION_TESTS
from gradcheck.adapters.options import ADAPT_OPTION_NAMES


def square_of(name):
    """A square whose input has a name."""
    scope = {}
    exec(f"def forward({name}):\n    return {name} * {name}, {name}", scope)
    return scope["forward"]


def square_backward(dy, x):
    return 2 * x * dy


def test_it_is_known_what_each_option_can_be():
    assert tuple(OPTION_TESTS) == ADAPT_OPTION_NAMES


@pytest.mark.parametrize("name", ADAPT_OPTION_NAMES)
@pytest.mark.parametrize("declared", ["N D", Array("N D")], ids=["text", "array"])
def test_a_shape_declares_a_parameter_of_any_name(name, declared):
    assert adapt(square_of(name), square_backward, **{name: declared}).inputs[name].shape == "N D"


def test_an_example_declares_a_parameter_too():
    op = adapt(square_of("gradients"), square_backward, gradients=np.ones((3, 4)))
    assert list(op.inputs) == ["gradients"]


def test_the_input_of_a_layer_may_be_called_inputs():
    class Tanh:
        def forward(self, inputs):
            self.y = np.tanh(inputs)
            return self.y.copy()

        def backward(self, grad):
            return grad * (1 - self.y**2)

    op = adapt(Tanh, inputs="N D")
    assert list(op.inputs) == ["inputs"]
    assert check(op, examples=8).status == "passed"


def test_an_option_stays_one_where_it_can_be():
    op = adapt(square_of("name"), square_backward, name="square", inputs={"name": "N D"})
    assert (op.name, list(op.inputs)) == ("square", ["name"])


def test_where_it_is_not_certain_the_error_names_the_clash():
    def forward(x, name):
        return x * name, (x, name)

    with pytest.raises(NoShapes, match=r"name=… is an option .* declare the parameter .*inputs=\{'name': 'N D'\}"):
        adapt(forward, lambda dy, c: (dy * c[1], dy * c[0]), x="N D", name="scaling")


def test_a_mapping_is_the_option_inputs():
    with pytest.raises(ValueError, match=r"inputs is 3; write inputs=\{'x': Array\('N D'\)\}"):
        adapt(square_of("x"), square_backward, inputs=3)
