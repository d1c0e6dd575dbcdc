"""A parameter that is no input is an argument of the call that is pasted."""

from dataclasses import replace

import pytest

from gradcheck import Array, Op, choice, indices, whole
from gradcheck.adapters.parameters import FixedValue, ParameterDict
from gradcheck.adapters.scripts import convert_script_arrays, format_argument
from gradcheck.declaration.origin import Script


@pytest.mark.parametrize(
    ("declared", "text"),
    [
        (choice("sum", "mean"), "{mode}"),
        (FixedValue(3), "3"),
        (FixedValue({"a": 1}), "{{'a': 1}}"),
        (ParameterDict({"pad": whole(0, 2), "stride": 1}), "{{'pad': {pad}, 'stride': 1}}"),
    ],
)
def test_a_parameter_that_is_no_input_is_an_argument_in_a_script(declared, text):
    assert format_argument("mode", declared) == text


def test_arrays_and_upstream_are_brought_into_the_form_of_the_library():
    def send(text, gradient):
        return f"send({text}, {gradient})"

    script = Script("import mine", "{y} = mine.f(x, i)", "dx = mine.b({dy})")
    op = Op(
        "f", lambda x, i: (x, None), lambda dy, cache: (dy, None), inputs={"x": Array("N"), "i": Array("N", indices(3))}
    )
    converted = convert_script_arrays(script, op, send)
    assert converted.forward.splitlines() == ["x = send(x, True)", "i = send(i, False)", "{y} = mine.f(x, i)"]
    assert converted.backward == "dx = mine.b(send({dy}, False))"
    two = convert_script_arrays(script, replace(op, outputs=("y", "z")), send)
    assert two.backward == "dx = mine.b(tuple(send(u, False) for u in {dy}))"
