"""Functions named in source code, and called by the names of their parameters."""

import json

import pytest

from gradcheck.adapters.source_names import (
    format_import,
    get_source_name,
    is_importable,
    make_caller,
    make_splitting_caller,
)

ARGUMENTS = {"x": 1, "rest": (2, 3), "scale": 4}


class Layer:
    """A class with a method."""

    def forward(self, x, scale):
        return x * scale


def test_what_stands_in_a_module_is_imported_by_its_name():
    assert format_import(json.dumps, "dumps") == "from json import dumps"
    assert format_import(Layer, "Layer") == f"from {__name__} import Layer"


@pytest.mark.parametrize("thing", [lambda x: x, Layer.forward, 3], ids=["a lambda", "a method", "a number"])
def test_what_has_no_name_in_a_module_cannot_be_imported(thing):
    assert not is_importable(thing)
    assert format_import(thing, "thing") == ""


def test_what_has_no_name_is_called_otherwise():
    assert get_source_name(json.dumps, "layer") == "dumps"
    assert get_source_name(lambda x: x, "layer") == "layer"


def by_position(x, /, scale):
    return ("position", x, scale)


def with_several(x, *rest, scale):
    return ("several", x, rest, scale)


def test_arguments_go_where_the_signature_has_them():
    assert make_caller(by_position)(by_position, ARGUMENTS) == ("position", 1, 4)
    assert make_caller(with_several)(with_several, ARGUMENTS) == ("several", 1, (2, 3), 4)


def test_parameters_that_are_bound_already_are_left_out():
    assert make_caller(Layer.forward, leave=1)(Layer().forward, ARGUMENTS) == 4


def test_what_is_returned_is_split():
    call = make_splitting_caller(by_position, lambda returned: returned[1:])
    assert call(ARGUMENTS) == (1, 4)
