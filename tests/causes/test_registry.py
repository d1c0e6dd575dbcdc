"""Each kind of hypothesis is asked, the simplest first."""

import inspect
from importlib import import_module
from pkgutil import walk_packages

import pytest

from gradcheck.causes import hypotheses
from gradcheck.causes.registry import HYPOTHESES
from gradcheck.causes.telling_cases import draw_telling_cases
from gradcheck.isolation import silence_warnings
from tests.causes.ops import affine_with


def test_every_function_that_proposes_for_an_input_is_asked_once():
    modules = (import_module(m.name) for m in walk_packages(hypotheses.__path__, f"{hypotheses.__name__}."))
    found = {
        function
        for module in modules
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if name.startswith("propose_") and list(inspect.signature(function).parameters) == ["case", "i"]
    }
    assert len(set(HYPOTHESES)) == len(HYPOTHESES)
    assert found == set(HYPOTHESES)


@pytest.mark.parametrize("propose", HYPOTHESES, ids=lambda propose: propose.__name__)
def test_nothing_is_proposed_by_an_exception_where_all_is_right(propose):
    with silence_warnings():
        case = next(draw_telling_cases(affine_with(lambda g, dy: g), 0))
        for i in range(len(case.inputs)):
            assert all(h.cause.words and not h.cause.words.endswith(".") for h in propose(case, i))
