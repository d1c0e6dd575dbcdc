"""A case has an upstream wherever its forward runs."""

import numpy as np
import pytest

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.generation.case_building import add_upstream, make_case_without_upstream, make_pinned_case
from gradcheck.generation.configuration import PinnedChoices, draw_configuration
from gradcheck.generation.search import generate_cases
from gradcheck.ops.arithmetic.add import add
from tests.lanes import sample_library


@pytest.mark.parametrize("op", sample_library(), ids=lambda op: op.name)
def test_every_case_has_an_upstream_for_each_output(op):
    for case in generate_cases(op, 16, 0):
        assert [u.shape for u in case.upstream] == [y.shape for y in Evaluator(op, case).outputs(case.point)]


def test_a_case_on_which_forward_raises_has_no_upstream():
    def refuse(x):
        raise ValueError("no")

    op = Op("refuse", refuse, lambda dy, cache: dy, inputs={"x": Array("N")})
    counter = PinnedChoices(0)
    configuration = draw_configuration(op, counter)
    case = make_pinned_case(op, configuration, "plain", counter)
    assert case.upstream == ()


def test_the_same_counter_gives_the_same_case():
    configuration = draw_configuration(add, PinnedChoices(3))
    first, again, other = (make_pinned_case(add, configuration, "plain", PinnedChoices(row)) for row in (1, 1, 2))
    assert first.digest == again.digest != other.digest


def test_an_upstream_is_drawn_for_the_outputs():
    configuration = draw_configuration(add, PinnedChoices(3))
    bare = make_case_without_upstream(add, configuration, "plain", PinnedChoices(1))
    assert bare.upstream == ()
    case = add_upstream(add, bare, lambda outputs: tuple(7 + 0 * y for y in outputs))
    (y,) = Evaluator(add, bare).outputs(bare.point)
    assert case.upstream[0].tolist() == np.full(y.shape, 7.0).tolist()
