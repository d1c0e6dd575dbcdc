"""Whatever is sent, reading it gives a value or ProtocolViolation."""

import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gradcheck.sandbox.inside.value_decoding import decode_value
from gradcheck.sandbox.inside.values import MAX_NESTING, ProtocolViolation

KINDS = ["array", "bytes", "dict", "held", "list", "tuple", "float64", "bool", "object", "int8"]
NODES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-2, 12), st.integers(), st.floats(), st.sampled_from(KINDS)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=5),
        st.tuples(st.sampled_from(KINDS), inner, inner).map(list),
        st.dictionaries(st.text(), inner, max_size=2),
    ),
    max_leaves=12,
)
WITHOUT_A_CLOCK = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.slow
@WITHOUT_A_CLOCK
@given(NODES, st.binary(max_size=32))
def test_a_node_is_a_value_or_a_violation(node, payload):
    try:
        decode_value(json.dumps(node).encode(), memoryview(payload))
    except ProtocolViolation:
        return


@WITHOUT_A_CLOCK
@given(st.binary())
def test_bytes_are_a_value_or_a_violation(header):
    try:
        decode_value(header, memoryview(b""))
    except ProtocolViolation:
        return


@pytest.mark.parametrize(
    "node",
    [
        [],
        {},
        [1],
        ["list", ["set"]],
        ["array", "float64"],
        ["array", "object", [1]],
        ["array", ["float64"], [1]],
        ["array", "float64", [2]],
        ["array", "float64", [-1, -1]],
        ["array", "float64", [True]],
        ["array", "float64", [1.0]],
        ["array", "float64", 1],
        ["array", "float64", [1] * 33],
        ["array", "int8", [1 << 63, 8]],
        ["array", "int8", [1 << 62, 1 << 62, 0]],
        ["bytes", -1],
        ["bytes", 9],
        ["bytes", "8"],
        ["held", -1],
        ["held", 1 << 63],
        ["held", True],
        ["dict", ["a"]],
        ["dict", [["list"], 1]],
        ["dict", ["a", 1], ["a", 2]],
        ["dict", [True, 1]],
        ["dict", [None, 1]],
        ["dict", *([i * (2**61 - 1), 0] for i in range(4097))],
        "x" * (1 << 17),
    ],
    ids=lambda node: str(node)[:40],
)
def test_a_node_that_is_no_value_is_a_violation(node):
    with pytest.raises(ProtocolViolation):
        decode_value(json.dumps(["list", node]).encode(), memoryview(bytes(8)))


@pytest.mark.parametrize("header", [b"", b"[" * 60000, b"1" * 81, b"\xff", b"nul", b'"' + b"x" * 10], ids=len)
def test_a_header_that_is_no_json_is_a_violation(header):
    with pytest.raises(ProtocolViolation):
        decode_value(header, memoryview(b""))


def test_nesting_has_an_end():
    node = 0
    for _ in range(MAX_NESTING + 1):
        node = ["list", node]
    with pytest.raises(ProtocolViolation, match="too deep"):
        decode_value(json.dumps(node).encode(), memoryview(b""))


def test_bytes_that_belong_to_nothing_are_a_violation():
    with pytest.raises(ProtocolViolation, match="belong to no array"):
        decode_value(b"1", memoryview(b"x"))


def test_a_truth_value_is_0_or_1_in_memory():
    array = decode_value(b'["array","bool",[3]]', memoryview(b"\x00\x02\xff"))
    assert array.view(np.uint8).tolist() == [0, 1, 1]
