"""The same seed draws the same cases everywhere, and they differ in shapes and settings."""

import json
import os
import subprocess
import sys

import pytest

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.generation.configuration import MOST_AXES
from gradcheck.generation.search import generate_cases
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
