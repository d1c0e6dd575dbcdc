"""Whatever is returned as an array becomes a plain one, or is called what it is."""

import numpy as np
import pytest

from gradcheck.audit.agent.plain_arrays import (
    BadOutputError,
    choose_dtype,
    describe_dtype,
    join_complex,
    make_number_array,
    make_plain_array,
    split_complex,
)


class Liar(np.ndarray):
    def __eq__(self, other):
        return True

    __hash__ = None

    def __array_function__(self, *args, **kwargs):
        raise RuntimeError("not with me")

    def view(self, *args):
        raise RuntimeError("nor so")

    @property
    def shape(self):
        return (10**9,)


def test_a_subclass_becomes_a_base_array_of_its_own():
    liar = np.arange(3.0).view(Liar)
    plain, name = make_plain_array(liar)
    assert (type(plain), plain.tolist(), name) == (np.ndarray, [0.0, 1.0, 2.0], "Liar")
    assert not np.may_share_memory(plain, np.asarray(liar))


@pytest.mark.parametrize(
    "array",
    [np.arange(6.0).reshape(2, 3).T, np.arange(4, dtype=">f8"), np.arange(4, dtype=np.longdouble), np.ones(3)[::-1]],
)
def test_order_and_bytes_are_those_of_the_machine(array):
    plain, _ = make_plain_array(array)
    assert plain.flags.c_contiguous
    assert plain.dtype == np.float64
    assert plain.tolist() == array.astype(float).tolist()


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (np.array([1, None], dtype=object), r"shape \(2,\) that holds objects, not numbers"),
        (np.zeros(2, dtype=[("a", float)]), "holds records"),
        (np.array(["a"]), "holds text"),
        (np.array(["2020-01-01"], dtype="M8[D]"), "holds dates"),
        (np.ma.masked_array([1.0, 2.0], [True, False]), r"a masked array of shape \(2,\)"),
        (np.broadcast_to(np.float64(1), (2**40,)), "larger than 33,554,432 bytes"),
    ],
)
def test_what_is_no_array_of_numbers_is_called_what_it_is(value, words):
    with pytest.raises(BadOutputError, match=words):
        make_plain_array(value)


def test_numbers_are_arrays_of_rank_0():
    made = [make_number_array(value) for value in (True, 3, 2.5, 1j)]
    assert [(one.dtype.kind, one.ndim, one.item()) for one in made] == [
        ("b", 0, True),
        ("i", 0, 3),
        ("f", 0, 2.5),
        ("c", 0, 1j),
    ]


def test_an_integer_that_is_too_long_is_refused():
    with pytest.raises(BadOutputError, match="more than 18 digits"):
        make_number_array(10**5000)


@pytest.mark.parametrize("shape", [(), (2,), (2, 3)])
def test_complex_numbers_are_pairs_of_real_ones(shape):
    numbers = np.full(shape, 1 + 2j)
    pairs = split_complex(numbers)
    assert (pairs.shape, pairs.dtype) == ((*shape, 2), np.float64)
    assert np.array_equal(join_complex(pairs), numbers)


def test_dtypes_are_named_and_chosen():
    assert choose_dtype(np.dtype(np.clongdouble)) == np.complex128
    assert choose_dtype(np.dtype(">i4")) == np.int32
    assert describe_dtype(np.dtype("S3")) == "bytes"
