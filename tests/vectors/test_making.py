"""Vectors made anew have the bytes of the stored file; an op that gives none says why."""

import json

import numpy as np
import pytest

from gradcheck import Array, Several, indices, namespace, positive
from gradcheck.discovery.library import load_library_ops
from gradcheck.records.golden_vectors import VectorFile, find_vector_file
from gradcheck.vectors.making import describe_op, make_vectors
from gradcheck.vectors.stored import describe_stored
from tests.vectors.reference_ops import call, make_op

LIBRARY = {op.name: op for op in load_library_ops()}


@pytest.mark.parametrize("name", ["reciprocal", "max", "slice", pytest.param("max_pool2d", marks=pytest.mark.slow)])
def test_an_op_made_anew_gives_the_bytes_of_its_file(name):
    path, made = find_vector_file(name), make_vectors(LIBRARY[name]).to_json()
    assert describe_stored(path, made) == ""
    assert path.read_bytes() == made.encode()


def test_vectors_are_numbered_and_their_flags_explained():
    file = make_vectors(make_op(call("exp")))
    assert [vector.number for vector in file.vectors] == list(range(1, len(file.vectors) + 1))
    assert set(file.flags) == {flag for vector in file.vectors for flag in vector.flags}
    assert all(len(set(vector.flags)) == len(vector.flags) for vector in file.vectors)
    assert file.infeasible == ""


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        (None, "it has no reference formula"),
        (call("cumulative_sum"), "the reference calls cumulative_sum, which ball arithmetic here has not"),
        (lambda x: x * (1 / 3), "the reference computes with 0.3333333333333333, which is rounded to float64"),
        (np.exp, "the reference raises TypeError for balls: operand 'BallArray' does not"),
        (lambda x: np.where(x > 0, x, 0), "the reference calls functions of NumPy"),
        (lambda x: namespace(x).log(x - x), "which is not positive"),
        (lambda x: abs(x - x), "cannot be told apart"),
    ],
)
def test_an_op_whose_reference_cannot_be_run_has_no_vectors_and_the_reason(reference, words):
    file = make_vectors(make_op(reference))
    assert (file.vectors, file.flags) == ((), {})
    assert words in file.infeasible
    assert VectorFile.from_json(file.to_json()).infeasible == file.infeasible


def test_an_op_whose_cases_are_all_too_large_says_that_none_could_be_drawn():
    assert make_vectors(make_op(lambda x: x, inputs={"x": Array("1000")})).infeasible == "no case could be drawn"


def test_an_op_is_described_as_plain_data():
    op = make_op(
        lambda x, i, ws: x,
        inputs={"x": Array("N D", positive()), "i": Array("N", indices("D")), "ws": Several(Array("*S"), 1, 2)},
        formula="y = x",
        source="definition",
        convention="zero",
    )
    described = describe_op(op)
    assert json.loads(json.dumps(described)) == described
    assert (described["formula"], described["source"], described["convention"]) == ("y = x", "definition", "zero")
    assert [(d["name"], d["shape"], d["several"], d["gradient"]) for d in described["inputs"]] == [
        ("x", "N D", False, True),
        ("i", "N", False, False),
        ("ws", "*S", True, True),
    ]
    assert described["inputs"][0]["domain"] == positive().name
