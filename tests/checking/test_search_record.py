"""What the cases of a check looked at, and which code none of them ran."""

import importlib

import numpy as np
import pytest

from gradcheck import adapt, check, load
from gradcheck.checking.search_record import MOST_TOLD, SearchRecord
from gradcheck.declaration.op import Op
from gradcheck.generation.search import generate_cases


def forward(x):
    return x * x, x


def backward(dy, x):
    dx = 2 * x * dy
    if x.size > 10**6:
        dx = dx * 0
    return dx


@pytest.fixture(scope="module")
def result():
    return check(adapt(forward, backward, x="N D", name="square"), examples=60, laws=("contract", "gradient"))


def test_code_that_no_case_ran_is_not_checked(result):
    (place,) = result.not_checked
    assert place.name.startswith("backward, line ")
    assert place.reason == "`if x.size > 10**6` was never true"


def test_what_was_looked_at_is_told(result):
    assert result.searched.axes[0] == 1
    assert result.searched.axes[1] > 16
    assert result.searched.sizes[0] < 1e-6
    assert result.searched.sizes[1] > 1e5
    assert 0 < result.searched.lines_reached < result.searched.lines


def test_all_lines_of_the_library_are_reached():
    searched = check(load("", "max_pool2d"), examples=25, laws=("contract",)).searched
    assert searched.lines == searched.lines_reached > 10


def test_code_that_is_not_python_is_unknown():
    op = Op("tanh", lambda x: (np.tanh(x), x), np.multiply, inputs=load("", "tanh").inputs)
    record = SearchRecord(op)
    assert [code.co_name for code in record.execution.runs] == ["<lambda>"]


def test_code_that_raises_is_watched_up_to_there():
    def raising(dy, x):
        if x is not None:
            raise ValueError
        return dy

    record = SearchRecord(adapt(forward, raising, x="N", name="raising"))
    for case in generate_cases(record.op, 2, 0):
        record.take(case)
    assert [place.reason for place in record.list_unreached()] == ["`if x is not None` was never false"]


def test_of_many_places_the_first_are_told(tmp_path, monkeypatch):
    lines = [f"    dy = dy * 2 if x.size == -{i} else dy" for i in range(1, MOST_TOLD + 4)]
    (tmp_path / "many_places.py").write_text("\n".join(["def back(dy, x):", *lines, "    return 2 * x * dy", ""]))
    monkeypatch.syspath_prepend(tmp_path)
    op = adapt(forward, importlib.import_module("many_places").back, x="N", name="many")
    places = check(op, examples=4, laws=("contract",)).not_checked
    assert [place.name for place in places][:2] == ["back, line 2", "back, line 3"]
    assert str(places[-1]) == "3 more places (no case ran them)"
