"""The same seed draws the same cases everywhere, and they differ in shapes and settings."""

import json
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from gradcheck import check, real, whole
from gradcheck.coverage.execution import CodeRun, Execution
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.generation.configuration import MOST_AXES
from gradcheck.generation.search import NEIGHBOURS, generate_cases
from gradcheck.generation.values import ARRANGEMENTS, VALUE_KINDS
from gradcheck.ops.arithmetic.add import add
from gradcheck.ops.convolution.conv2d import conv2d

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
    here = [case.to_json() for case in generate_cases(conv2d, 24, 5)]
    assert in_a_fresh_process(1) == in_a_fresh_process(2) == here


def test_another_seed_draws_other_cases():
    digests = [[case.digest for case in generate_cases(conv2d, 8, seed)] for seed in (0, 1)]
    assert not set(digests[0]) & set(digests[1])


@pytest.mark.parametrize("examples", [1, 7, 40])
def test_as_many_cases_are_drawn_as_were_asked_for(examples):
    assert len(list(generate_cases(add, examples, 0))) == examples


def test_the_shapes_of_one_pattern_are_not_few():
    dense = Op("dense", lambda x, w: (x @ w, None), lambda dy, cache: dy, inputs={"x": Array("N D"), "w": Array("D M")})
    assert len(shapes(generate_cases(dense, 200, 0))) > 25


def test_settings_and_shapes_both_vary():
    by_settings = {}
    for case in generate_cases(conv2d, 400, 0):
        by_settings.setdefault(tuple(case.settings.items()), []).append(case)
    assert len(by_settings) > 20
    assert len(shapes(generate_cases(conv2d, 400, 0))) > 60


def test_broadcasting_is_drawn_in_many_patterns():
    seen = shapes(generate_cases(add, 100, 0))
    assert any(len(x) != len(y) for x, y in seen)
    assert any(x != y and len(x) == len(y) for x, y in seen)
    assert max(len(shape) for pair in seen for shape in pair) == MOST_AXES


def test_axes_have_a_long_tail():
    lengths = {n for case in generate_cases(add, 100, 0) for a in case.point for n in a.shape}
    assert max(lengths) > 128
    assert len([n for n in lengths if 4 < n < 66]) > 8


def count_elements(case):
    return sum(a.size for a in case.point)


@pytest.mark.parametrize("largest", [1, 60, 500])
def test_a_case_with_a_long_axis_has_no_more_elements_than_asked(largest):
    usual = {case.shapes for case in generate_cases(add, 200, 0, largest=1)}
    cases = list(generate_cases(add, 200, 0, largest=largest))
    assert all(case.shapes in usual or count_elements(case) <= largest for case in cases)
    assert (max(max(a.shape, default=1) for case in cases for a in case.point) > 4) == (largest > 4)


def test_declared_bounds_are_met_at_both_ends():
    sized = Op("sized", add.forward, add.backward, inputs={"x": Array("N"), "y": Array("N")}, sizes={"N": whole(3, 21)})
    lengths = {len(case.point[0]) for case in generate_cases(sized, 100, 0)}
    assert {3, 21} <= lengths
    assert max(lengths) == 21
    set_up = Op("set", lambda x, k: (x, k), lambda dy, k: dy, inputs={"x": Array("N")}, settings={"k": whole(0, 1000)})
    assert {0, 1000} <= {case.settings["k"] for case in generate_cases(set_up, 60, 0)}


def test_values_lie_at_the_ends_of_a_domain_and_beside():
    bounded = Op("bounded", lambda x: (x, None), lambda dy, cache: dy, inputs={"x": Array("N", real(-700, 700))})
    values = np.concatenate([np.abs(case.point[0]) for case in generate_cases(bounded, 100, 0)])
    assert np.any(values == 700)
    assert np.any((values > 699.99) & (values < 700))


def test_every_kind_is_drawn_and_recorded():
    kinds = {case.kind for case in generate_cases(add, 100, 0)}
    assert kinds >= {*VALUE_KINDS, *ARRANGEMENTS}


def test_the_cases_do_not_depend_on_the_name():
    renamed = replace(add, name="renamed")
    assert [replace(case, op="add").digest for case in generate_cases(renamed, 30, 0)] == [
        case.digest for case in generate_cases(add, 30, 0)
    ]


def test_they_do_not_depend_on_kept_cases():
    kept = list(generate_cases(add, 5, 7))
    with_them, without = (check(add, examples=30, laws=("contract",), kept=k).searched for k in (kept, ()))
    assert with_them == without


def test_after_a_case_that_runs_more_others_like_it_come():
    cases, execution = [], Execution([])
    for case in generate_cases(add, 60, 0, execution=execution):
        cases.append(case)
        if len(cases) == 21:
            execution.runs[shapes.__code__] = CodeRun({0})
    unguided = list(generate_cases(add, 60, 0))
    changed = [
        i for i, (a, b) in enumerate(zip(cases, unguided, strict=True)) if a.shapes != b.shapes or a.kind != b.kind
    ]
    assert 0 < len(changed) <= NEIGHBOURS
    assert {(cases[i].shapes, cases[i].kind) for i in changed} == {(cases[20].shapes, cases[20].kind)}
