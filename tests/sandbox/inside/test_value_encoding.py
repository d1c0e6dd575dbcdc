"""Every value arrives as it was sent, and what is none is refused by name."""

import collections

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from gradcheck.sandbox.inside.value_decoding import decode_value
from gradcheck.sandbox.inside.value_encoding import encode_value
from gradcheck.sandbox.inside.values import MAX_NESTING, SENT_DTYPES, Held, UnsendableValue

ROOM = 1 << 20

ARRAYS = st.sampled_from(sorted(SENT_DTYPES)).flatmap(
    lambda name: arrays.arrays(name, arrays.array_shapes(min_dims=0, min_side=0, max_side=4))
)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-(2**255), 2**255), st.floats(), st.text(), st.binary())
HELD = st.integers(0, 2**63 - 1).map(Held)
VALUES = st.recursive(
    st.one_of(SCALARS, ARRAYS, HELD),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(st.one_of(st.text(), st.integers()), inner, max_size=4),
    ),
    max_leaves=12,
)


def send(value):
    header, buffers = encode_value(value, ROOM)
    return decode_value(header, memoryview(b"".join(buffers)))


def is_same(one, other):
    """Whether two values have the same types and the same bits."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(is_same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(is_same(one[key], other[key]) for key in one)
    return repr(one) == repr(other)


@pytest.mark.slow
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(VALUES)
def test_a_value_arrives_as_it_was_sent(value):
    assert is_same(send(value), value)


def test_an_array_that_arrived_owns_its_memory():
    header, buffers = encode_value([np.ones(3, bool), np.arange(3.0)], ROOM)
    payload = bytearray(b"".join(buffers))
    flags, numbers = decode_value(header, memoryview(payload))
    payload[:] = bytes(len(payload))
    assert flags.all()
    assert numbers.tolist() == [0.0, 1.0, 2.0]
    assert numbers.flags.aligned
    assert numbers.flags.writeable


def test_subclasses_are_sent_as_what_they_are_subclasses_of():
    pair = collections.namedtuple("pair", "a b")(1, True)
    assert send([pair, collections.OrderedDict(a=1), np.float32(2), np.ones(2).view(np.matrix)])[:2] == [
        (1, True),
        {"a": 1},
    ]
    assert send(np.float32(2)).dtype == np.float32
    assert type(send(np.ones((1, 2)).view(np.matrix))) is np.ndarray


def nest(depth):
    return [nest(depth - 1)] if depth else 0


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (object(), "object"),
        ({1.5: 0}, "dict key of type float"),
        ({True: 0}, "dict key of type bool"),
        (np.array([None]), "dtype object"),
        (np.zeros(1, "U3"), "dtype <U3"),
        (np.zeros(1, "f8,i4"), "dtype"),
        (np.zeros(1, np.longdouble), "dtype"),
        (1j, "complex"),
        (dict.fromkeys(range(5000)), "5,000 entries"),
        (np.broadcast_to(np.int8(0), (1 << 40,)), "1,099,511,627,776 bytes"),
        ([np.zeros(ROOM, np.int8), b"x"], "where 0 are left"),
        ("x" * (1 << 17), "text of 131,072"),
        (1 << 300, "301 bits"),
        (nest(MAX_NESTING + 1), "nested deeper"),
    ],
)
def test_what_is_no_value_is_refused(value, words):
    with pytest.raises(UnsendableValue, match=words):
        encode_value(value, ROOM)
