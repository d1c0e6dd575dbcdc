"""The JSON Schema of the golden vectors takes every file of reference/, and no spoiled one."""

import json

import pytest
from jsonschema import Draft202012Validator

from gradcheck.records.golden_vectors import VECTORS_SCHEMA
from tests.reference.vector_files import SCHEMA, VECTOR_FILES, read_vectors, write

SCHEMA_DATA = json.loads(SCHEMA.read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA_DATA)


def test_the_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA_DATA)
    assert SCHEMA_DATA["properties"]["schema"]["const"] == VECTORS_SCHEMA


@pytest.mark.slow
@pytest.mark.parametrize("path", VECTOR_FILES, ids=lambda path: path.stem)
def test_a_file_follows_it(path):
    text = path.read_text(encoding="utf-8")
    data = json.loads(text)
    assert [error.message for error in VALIDATOR.iter_errors(data)] == []
    assert data["op"] == path.stem
    assert write(data) == text  # the layout of lines that the README promises
    assert [case["number"] for case in data["cases"]] == list(range(1, len(data["cases"]) + 1))
    assert {flag for case in data["cases"] for flag in case["flags"]} == set(data["flags"])


def change(*path, to):
    """The change of one part of the vectors; to None: it is taken out."""

    def spoil(data):
        for key in path[:-1]:
            data = data[key]
        if to is None:
            del data[path[-1]]
        else:
            data[path[-1]] = to

    return spoil


CASE = ("cases", 0)
INPUT, EXPECTED = (*CASE, "inputs", "x"), (*CASE, "expected", "y")
SPOILED = {
    "no source": change("source", to=None),
    "no upstream": change(*CASE, "upstream", to=None),
    "no dtype": change(*INPUT, "dtype", to=None),
    "no shape": change(*EXPECTED, "shape", to=None),
    "a key too many": change("made", to="yesterday"),
    "another schema": change("schema", to="gradcheck-vectors/2"),
    "a case without flags": change(*CASE, "flags", to=[]),
    "no cases and no reason": change("cases", to=[]),
    "cases and a reason for none": change("infeasible", to="it has no reference formula"),
    "a decimal input": change(*INPUT, "values", 0, to="-1.5580"),
    "a bare input": change(*INPUT, "values", 0, to=-1.5),
    "an input that is not normalised": change(*INPUT, "values", 0, to="0x3.0000000000000p+0"),
    "a whole number of float64": change(*INPUT, "dtype", to="int64"),
    "a dtype that is none": change(*INPUT, "dtype", to="float80"),
    "a bare number": change(*EXPECTED, "values", 0, to=0.07399805),
    "a number without its error": change(*EXPECTED, "values", 0, to="7.39980506e-2"),
    "an error that is no power of ten": change(*EXPECTED, "values", 0, to="7.39980506e-2 +/- 2e-51"),
    "a zero at the end": change(*EXPECTED, "values", 0, to="7.3990e-2 +/- 1e-51"),
    "fifty-one digits": change(*EXPECTED, "values", 0, to=f"7.{'3' * 50}e-2 +/- 1e-51"),
    "a number that is not finite": change(*EXPECTED, "values", 0, to="inf +/- 0"),
    "a negative length": change(*EXPECTED, "shape", 0, to=-3),
    "a label with a gap": change(*CASE, "gradients", "x 0", to={"shape": [], "values": []}),
}


def test_what_is_not_spoiled_is_taken():
    assert VALIDATOR.is_valid(read_vectors())


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED)
def test_a_spoiled_file_is_refused(spoil):
    data = read_vectors()
    spoil(data)
    assert not VALIDATOR.is_valid(data)
