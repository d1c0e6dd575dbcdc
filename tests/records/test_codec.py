"""Frozen data as JSON knows it."""

import json
from dataclasses import dataclass, field

import numpy as np
import pytest

from gradcheck.records.case import Case
from gradcheck.records.codec import ADDED_LATER, NOT_SAVED, encode_record, select_fields
from gradcheck.records.status import Status


@dataclass(frozen=True)
class Record:
    """A record with a field that follows from the others."""

    name: str
    parts: tuple["Record", ...] = ()
    length: int = field(default=0, metadata=NOT_SAVED)


def test_records_are_objects_without_the_fields_that_follow():
    record = Record("a", (Record("b", length=3),), 7)
    assert encode_record(record) == {"name": "a", "parts": [{"name": "b", "parts": []}]}


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan")])
def test_what_is_not_finite_is_a_word_that_float_reads(value):
    assert repr(float(encode_record(value))) == repr(value)
    assert encode_record(0.1) == 0.1


def test_keys_statuses_and_cases_are_text_that_json_takes():
    case = Case("op", {"x": np.ones(2)}, (np.ones(2),), {}, 0)
    encoded = encode_record({3: Status.FAILED, "case": case})
    assert encoded == {"3": "failed", "case": case.to_json()}
    assert json.loads(json.dumps(encoded))["3"] == "failed"


def test_the_fields_of_a_record_are_picked_and_a_missing_one_is_named():
    assert select_fields(Record, {"name": "a", "parts": [], "more": 1}) == {"name": "a", "parts": []}
    with pytest.raises(KeyError, match="parts"):
        select_fields(Record, {"name": "a"})


@dataclass(frozen=True)
class GrownRecord:
    """A record that had one field before."""

    name: str
    line: int = field(default=0, metadata=ADDED_LATER)


def test_a_field_that_was_added_later_may_be_missing_and_no_other():
    assert select_fields(GrownRecord, {"name": "a"}) == {"name": "a"}
    assert select_fields(GrownRecord, {"name": "a", "line": 3}) == {"name": "a", "line": 3}
    with pytest.raises(KeyError, match="name"):
        select_fields(GrownRecord, {"line": 3})
