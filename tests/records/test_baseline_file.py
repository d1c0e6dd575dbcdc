"""A baseline is a file that diffs well, and reads back as what was written."""

import math
import tomllib
from dataclasses import replace

import pytest

from gradcheck.records.baseline_file import BaselineError, read_baseline_text, write_baseline
from gradcheck.records.evidence import ErrorKey
from gradcheck.records.measured_run import MeasuredOp, MeasuredRun

VERSIONS = {"numpy": "2.4.6", "jax": "0.10.2"}
X, Y = ErrorKey("x", "autodiff"), ErrorKey("y", "autodiff")
RUN = MeasuredRun(
    {
        "tan": MeasuredOp("tan", "beef", {Y: 1.23456e-16, X: 0.0}, VERSIONS),
        "sin": MeasuredOp("sin", "c0ffee", {X: math.inf}, {**VERSIONS, "numpy": "2.5.0"}),
    },
    7,
    VERSIONS,
)
TEXT = """schema = "gradcheck-baseline/1"
seed = 7

[environment]
jax = "0.10.2"
numpy = "2.4.6"

[ops.sin]
cases = "c0ffee"
environment = { numpy = "2.5.0" }
"x, autodiff" = inf

[ops.tan]
cases = "beef"
"x, autodiff" = 0.00e+00
"y, autodiff" = 1.23e-16
"""


def test_a_baseline_is_sorted_with_a_line_for_each_error_of_three_digits():
    assert write_baseline(RUN) == TEXT


def test_what_is_written_is_read_and_written_again_with_the_same_bytes():
    read = read_baseline_text(TEXT)
    assert (read.seed, read.environment, read.ops["sin"]) == (7, VERSIONS, RUN.ops["sin"])
    assert read.ops["tan"].errors[Y] == 1.23e-16
    assert write_baseline(read) == TEXT


def test_another_error_is_another_line_and_another_op_leaves_all_lines():
    tan = replace(RUN.ops["tan"], errors={Y: 2e-16, X: 0.0})
    changed = write_baseline(replace(RUN, ops={**RUN.ops, "tan": tan})).splitlines()
    assert [line for line in changed if line not in TEXT.splitlines()] == ['"y, autodiff" = 2.00e-16']
    more = write_baseline(replace(RUN, ops={**RUN.ops, "sinh": MeasuredOp("sinh", "f00d", {X: 1.0}, VERSIONS)}))
    assert more.replace('[ops.sinh]\ncases = "f00d"\n"x, autodiff" = 1.00e+00\n\n', "") == TEXT


@pytest.mark.parametrize("name", ['a"b', "back\\slash", "a\nb", "\x1b[2J\x7f", "\u202ertl", "größe ∇", "", "a.b"])
def test_a_hostile_name_is_one_line_that_reads_back(name):
    text = write_baseline(MeasuredRun({name: MeasuredOp(name, "", {ErrorKey(name, "w"): 0.5})}, 0))
    assert text.replace("\n", "").isprintable()
    assert read_baseline_text(text).ops[name].errors == {ErrorKey(name, "w"): 0.5}
    assert [*tomllib.loads(text)["ops"]] == [name]


def test_a_name_that_is_no_unicode_is_refused():
    with pytest.raises(BaselineError, match=r"'\\ud800' is no Unicode"):
        write_baseline(MeasuredRun({"\ud800": MeasuredOp("\ud800", "", {})}, 0))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<<<<<<< HEAD", "this is no baseline, or it is truncated"),
        (TEXT[:-9], "this is no baseline, or it is truncated"),
        (TEXT.replace("baseline/1", "baseline/0"), "its schema is 'gradcheck-baseline/0', and this version reads"),
        ("x = 1", "its schema is None"),
        (TEXT.replace("seed", "sed"), "has no 'seed'"),
        (TEXT.replace("cases", "case"), "has no 'cases'"),
        (TEXT.replace("y, autodiff", "y"), "'y' names no input and witness"),
        (TEXT.replace("1.23e-16", '"little"'), "cannot be read: could not convert"),
        (TEXT.replace("[ops.tan]", "[ops]\ntan = 3\n[rest]"), "cannot be read: 'int' object"),
    ],
)
def test_a_broken_baseline_is_refused_with_what_is_wrong(text, words):
    with pytest.raises(BaselineError, match=words):
        read_baseline_text(text)
