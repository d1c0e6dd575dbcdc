"""The same seed draws the same cases everywhere; what fails shrinks to the smallest case that fails."""

import importlib
import json
import os
import subprocess
import sys

import numpy as np
import pytest

from gradcheck.checking.check import check
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole
from gradcheck.discovery.library import load_library_ops
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.generation import search
from gradcheck.generation.configuration import MOST_AXES
from gradcheck.ops.arithmetic.add import add
from gradcheck.ops.convolution.conv2d import conv2d
from tests.lanes import mark_most_slow

PRINT_CASES = """
import json
from gradcheck.generation import search
from gradcheck.ops.convolution.conv2d import conv2d
print(json.dumps([case.to_json() for case in search.generate_cases(conv2d, 24, 5)]))
"""


def in_a_fresh_process(hash_seed):
    environment = {**os.environ, "PYTHONHASHSEED": str(hash_seed), "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", PRINT_CASES], env=environment, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def shapes(cases):
    return {tuple(a.shape for a in case.point) for case in cases}


@pytest.mark.slow
def test_the_same_seed_draws_the_same_cases_in_every_process():
    here = [case.to_json() for case in search.generate_cases(conv2d, 24, 5)]
    assert in_a_fresh_process(1) == in_a_fresh_process(2) == here


def test_another_seed_draws_other_cases():
    digests = [[case.digest for case in search.generate_cases(conv2d, 8, seed)] for seed in (0, 1)]
    assert not set(digests[0]) & set(digests[1])


@pytest.mark.parametrize("examples", [1, 7, 40])
def test_as_many_cases_are_drawn_as_were_asked_for(examples):
    assert len(list(search.generate_cases(add, examples, 0))) == examples


@pytest.mark.parametrize("op", mark_most_slow(load_library_ops(), 5), ids=lambda op: op.name)
def test_every_case_has_an_upstream_for_each_output(op):
    for case in search.generate_cases(op, 16, 0):
        assert [u.shape for u in case.upstream] == [y.shape for y in Evaluator(op, case).outputs(case.point)]


def test_the_shapes_of_one_pattern_are_not_few():
    dense = Op("dense", lambda x, w: (x @ w, None), lambda dy, cache: dy, inputs={"x": Array("N D"), "w": Array("D M")})
    assert len(shapes(search.generate_cases(dense, 200, 0))) > 25


@pytest.mark.slow
def test_settings_and_shapes_both_vary():
    by_settings = {}
    for case in search.generate_cases(conv2d, 400, 0):
        by_settings.setdefault(tuple(case.settings.items()), []).append(case)
    assert len(by_settings) > 20
    assert len(shapes(search.generate_cases(conv2d, 400, 0))) > 60


def test_broadcasting_is_drawn_in_many_patterns():
    seen = shapes(search.generate_cases(add, 100, 0))
    assert any(len(x) != len(y) for x, y in seen)
    assert any(x != y and len(x) == len(y) for x, y in seen)
    assert max(len(shape) for pair in seen for shape in pair) == MOST_AXES


def planted(wrong, shape="N H W", **parts):
    """An op that doubles, whose gradient is off by one wherever wrong(x, **settings) holds."""

    def forward(x, **settings):
        return 2 * x, (x, settings)

    def backward(dy, cache):
        x, settings = cache
        return 2 * dy + wrong(x, **settings)

    return Op("planted", forward, backward, inputs={"x": Array(shape)}, **parts)


def smallest(op):
    """The case to which the gradient's finding shrinks."""
    (finding,) = check(op, examples=40, laws=("gradient",)).findings
    return finding.case


@pytest.mark.slow
def test_a_fault_everywhere_shrinks_to_one_element():
    assert smallest(planted(lambda x: 1)).inputs["x"].shape == (1, 1, 1)


@pytest.mark.slow
def test_a_fault_where_height_and_width_differ_shrinks_to_the_least_difference():
    case = smallest(planted(lambda x: x.shape[1] != x.shape[2]))
    assert case.inputs["x"].shape in ((1, 1, 2), (1, 2, 1))


@pytest.mark.slow
def test_a_fault_in_batches_alone_shrinks_to_two_rows():
    assert smallest(planted(lambda x: x.shape[0] > 1)).inputs["x"].shape == (2, 1, 1)


@pytest.mark.slow
def test_a_fault_for_one_setting_shrinks_to_it():
    case = smallest(planted(lambda x, stride, pad: stride > 1, settings={"stride": whole(1, 3), "pad": whole(0, 2)}))
    assert case.settings == {"stride": 2, "pad": 0}
    assert case.inputs["x"].size == 1


@pytest.mark.slow
def test_a_fault_at_three_axes_shrinks_to_three_of_length_one():
    assert smallest(planted(lambda x: x.ndim == 3, "*S")).inputs["x"].shape == (1, 1, 1)


@pytest.mark.slow
def test_a_fault_for_negative_values_shrinks_to_minus_one():
    assert smallest(planted(lambda x: x < 0)).inputs["x"].ravel().tolist() == [-1]


def test_shrinking_never_makes_a_case_larger():
    op = planted(lambda x: x.shape[1] != x.shape[2])
    found = next(
        case for case in search.generate_cases(op, 40, 0) if case.inputs["x"].shape[1] != case.inputs["x"].shape[2]
    )
    assert (
        search.shrink_case(op, found, lambda case: case.inputs["x"].shape[1] != case.inputs["x"].shape[2], 0).size
        <= found.size
    )


def test_a_case_that_cannot_be_met_again_is_kept_as_it_was_found():
    op = planted(lambda x: 0)
    found = next(search.generate_cases(op, 1, 0))
    assert search.shrink_case(op, found, lambda case: False, 0) is found


def test_shrinking_looks_at_a_bounded_number_of_cases():
    op = planted(lambda x: 0)
    looked = []

    def fails(case):
        looked.append(case)
        return len(looked) > 3 and bool(np.sum(case.point[0]) != len(looked))

    search.shrink_case(op, next(search.generate_cases(op, 1, 0)), fails, 0)
    assert 0 < len(looked) <= search.MOST_CALLS


def test_values_of_large_inputs_come_from_one_seed():
    wide = Op(
        "wide", lambda x: (x, None), lambda dy, cache: dy.copy(), inputs={"x": Array("N")}, sizes={"N": whole(500, 500)}
    )
    case = next(search.generate_cases(wide, 1, 0))
    assert search.shrink_case(wide, case, lambda c: c.inputs["x"].size == 500, 0).inputs["x"].shape == (500,)


def test_the_cases_of_a_seed_do_not_depend_on_the_modules_that_are_loaded(tmp_path, monkeypatch):
    before = [configuration.key for configuration in search.draw_configurations(conv2d, 25, 0)]
    (tmp_path / "full_of_numbers.py").write_text(f"NUMBERS = {list(range(0, 3000, 7))}\n")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.import_module("full_of_numbers")
    assert [configuration.key for configuration in search.draw_configurations(conv2d, 25, 0)] == before
