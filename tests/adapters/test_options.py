"""The options of adapt are defined once, and the three functions that take them have the same."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from gradcheck import AdapterError, adapt, assert_correct, whole
from gradcheck.adapters.options import ADAPT_OPTION_NAMES, CHECK_OPTION_NAMES, OP_FIELD_NAMES, AdaptOptions
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import Whole
from gradcheck.pytest_plugin.check_options import OPTION_NAMES
from gradcheck.pytest_plugin.fixture import GradcheckFixture
from gradcheck.records.results import OpResult

CALLS = {"adapt": adapt, "assert_correct": assert_correct, "the fixture": GradcheckFixture.__call__}
SCOPE = {"Callable": Callable, "Mapping": Mapping, "Sequence": Sequence, "Any": Any, "Op": Op, "Whole": Whole}


def parameters(function):
    """The parameters of a function, with types in place of their names."""
    return inspect.signature(function, eval_str=True, locals={**SCOPE, "OpResult": OpResult}).parameters


@pytest.mark.parametrize("function", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("option", fields(AdaptOptions), ids=ADAPT_OPTION_NAMES)
def test_an_option_is_a_keyword_of_each_function(function, option):
    own = parameters(function)[option.name]
    assert (own.kind, own.annotation, own.default) == (inspect.Parameter.KEYWORD_ONLY, option.type, None)


@pytest.mark.parametrize("function", CALLS.values(), ids=CALLS)
def test_every_keyword_is_documented(function):
    described = inspect.getdoc(function).partition("Parameters\n")[2].partition("\nReturns\n")[0]
    headings = [line.partition(" : ")[0] for line in described.split("\n") if line and not line.startswith(" ")]
    told = {name.strip("* ") for heading in headings for name in heading.split(",")}
    assert set(parameters(function)) - {"self"} <= told


def test_adapt_has_no_other_keywords():
    keywords = [p.name for p in parameters(adapt).values() if p.kind is p.KEYWORD_ONLY]
    assert keywords == list(ADAPT_OPTION_NAMES)


def test_the_options_of_a_check_are_known_for_suggestions():
    assert CHECK_OPTION_NAMES == OPTION_NAMES


def test_the_fields_of_an_op_are_handed_on():
    given = {"dtypes": ("float32",), "sizes": {"N": whole(2, 3)}, "batch": "N", "exceptions": {"linearity": "none"}}
    texts = {"source": "definition", "formula": "y = x²", "convention": "zero", "same_as": "square"}
    op = adapt(lambda x: (x * x, x), lambda dy, x: 2 * x * dy, x="N D", kinks=abs, **given, **texts)
    assert {name: getattr(op, name) for name in OP_FIELD_NAMES} == {**given, **texts, "kinks": abs}


def test_a_parameter_called_like_an_option_is_declared_by_inputs():
    op = adapt(lambda at: (at * at, at), lambda dy, at: 2 * at * dy, inputs={"at": "N D"})
    assert op.inputs["at"].shape == "N D"


def test_a_name_near_an_option_is_asked_about():
    with pytest.raises(AdapterError, match=r"has no parameter 'sorce'; did you mean 'source'\? It has: x"):
        adapt(lambda x: (x * x, x), lambda dy, x: 2 * x * dy, x=np.ones(3), sorce="definition")


def test_an_option_of_one_convention_is_no_parameter_of_another():
    with pytest.raises(AdapterError, match="has no parameter 'param_str'"):
        adapt(lambda x: (x * x, x), lambda dy, x: 2 * x * dy, x="N", param_str="3")


def test_an_op_takes_no_options():
    op = adapt(lambda x: (x * x, x), lambda dy, x: 2 * x * dy, name="square", x="N")
    with pytest.raises(AdapterError, match="square is an Op, which declares itself"):
        adapt(op, name="other")
