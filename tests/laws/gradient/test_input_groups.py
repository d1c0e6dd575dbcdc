"""Many inputs on which the reference is silent are judged in groups."""

from dataclasses import replace

import numpy as np
import pytest

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.laws.gradient.input_groups import MOST_ALONE, report_groups
from gradcheck.laws.gradient.preparation import GradientCase, prepare_case
from gradcheck.laws.gradient.reports import Reports, report_together
from gradcheck.oracles.directional import Care
from gradcheck.records.case import Case

MANY = 40


def weigh(scales, wrong=None):
    """An op of an input for each scale, y = Σ scale·sin(x), and its inputs; one of its gradients may be wrong."""

    def backward(dy, points):
        return tuple(
            dy * s * np.cos(x) * (1.5 if i == wrong else 1.0)
            for i, (s, x) in enumerate(zip(scales, points, strict=True))
        )

    return Op(
        "weigh",
        lambda *points: (sum(s * np.sin(x) for s, x in zip(scales, points, strict=True)), points),
        backward,
        inputs={f"x{i}": Array("") for i in range(len(scales))},
    )


def prepare(op) -> GradientCase:
    """The op's case at fixed values, with full care."""
    inputs = {name: np.array(0.1 + 0.01 * i) for i, name in enumerate(op.inputs)}
    prepared = prepare_case(Evaluator(op, Case(op.name, inputs, (np.array(1.0),), {}, 0)), Care.FULL)
    assert prepared
    return prepared


def count_forwards(op):
    """How many forwards the reports on every input take, and whether every one agrees."""
    calls = []

    def forward(*points):
        calls.append(1)
        return op.forward(*points)

    case = prepare(replace(op, forward=forward))
    reports = Reports(case, {}, list(report_together(case)))
    return len(calls), all(r.agrees for i in case.differentiable for r in reports.of(i))


@pytest.mark.parametrize("scales", [[1.0] * MANY, [10.0**-i for i in range(MANY)], [1.0] + [0.0] * (MANY - 1)])
def test_no_more_forwards_for_twice_the_inputs(scales):
    few, many = count_forwards(weigh(scales)), count_forwards(weigh([*scales, *scales]))
    assert few[1]
    assert many[1]
    assert many[0] < 1.5 * few[0]


def test_inputs_whose_shares_are_alike_are_judged_together():
    case = prepare(weigh([1.0] * 10 + [1e-6] * 10 + [0.0] * 5))
    found = report_groups(case, case.differentiable)
    assert found.keys() == set(range(25))
    assert all(r.agrees for reports in found.values() for r in reports)
    assert [len({id(found[i]) for i in part}) for part in (range(10), range(10, 20), range(20, 25))] == [1, 1, 1]
    assert len({id(reports) for reports in found.values()}) == 3


def test_zeros_are_judged_together():
    case = prepare(weigh([0.0] * MANY))
    assert report_groups(case, case.differentiable).keys() == set(range(MANY))


def test_few_inputs_move_alone():
    case = prepare(weigh([1.0] * MOST_ALONE))
    assert report_groups(case, case.differentiable) == {}


@pytest.mark.parametrize("wrong", [0, 17, MANY - 1])
def test_a_wrong_one_is_told_from_the_others(wrong):
    case = prepare(weigh([1.0] + [1e-9] * (MANY - 1), wrong))
    reports = Reports(case, {}, list(report_together(case)))
    assert [i for i in case.differentiable if not all(r.agrees for r in reports.of(i))] == [wrong]


def test_where_no_digit_is_known_some_move_alone_and_the_others_are_silent():
    case = prepare(weigh([1e300] + [1e-300] * MANY))
    found = report_groups(case, case.differentiable[1:])
    assert len(found) == MANY - MOST_ALONE
    assert all(r.is_silent for reports in found.values() for r in reports)
