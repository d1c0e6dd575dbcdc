"""A patch survives JSON, and a broken one is refused."""

from dataclasses import replace

import pytest

from gradcheck.records.codec import encode_record
from gradcheck.records.patch import Patch

PATCH = Patch("layers.py", 14, "dx[i] = dy", "dx[i] += dy", 24)


@pytest.mark.parametrize("moved", ["", "before the loop", "behind the loop"])
def test_a_patch_reads_back_exactly(moved):
    patch = replace(PATCH, moved=moved)
    assert Patch.from_json(encode_record(patch)) == patch


@pytest.mark.parametrize(("name", "value"), [("line", "last"), ("cases", None), ("moved", "elsewhere")])
def test_a_broken_patch_is_refused(name, value):
    with pytest.raises((TypeError, ValueError)):
        Patch.from_json({**encode_record(PATCH), name: value})


def test_a_patch_without_one_of_its_parts_is_refused_by_name():
    saved = encode_record(PATCH)
    del saved["after"]
    with pytest.raises(KeyError, match="after"):
        Patch.from_json(saved)
