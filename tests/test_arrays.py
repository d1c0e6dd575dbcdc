"""Arrays compared, copied and strung together."""

import numpy as np
import pytest

from gradcheck.arrays import copy_array, flat, is_identical, make_point_key, unflatten, unwrap_matrix

NAN = np.array([0.0, np.nan])


def test_a_copy_is_contiguous_and_shares_no_memory():
    turned = np.arange(6.0).reshape(2, 3).T
    copy = copy_array(turned)
    assert copy.flags.writeable
    assert not np.shares_memory(copy, turned)
    assert np.array_equal(copy, turned)


@pytest.mark.parametrize(
    "other",
    [np.array([0.0, 2.0]), np.array([[0.0, 1.0]]), np.array([0.0, 1.0], np.float32), np.array([-0.0, 1.0])],
    ids=["value", "shape", "dtype", "sign of zero"],
)
def test_what_differs_at_all_is_not_identical(other):
    x = np.array([0.0, 1.0])
    assert not is_identical(x, other)
    assert make_point_key((x,)) != make_point_key((other,))


def test_nan_is_identical_to_itself():
    assert is_identical(NAN, NAN.copy())
    assert make_point_key((NAN,)) == make_point_key((NAN.copy(),))


@pytest.mark.parametrize("shapes", [[(2, 3)], [(2,), (), (0, 3), (1, 2)]])
def test_a_vector_is_cut_back_into_what_it_was_strung_from(shapes):
    arrays = [np.full(shape, float(i)) for i, shape in enumerate(shapes)]
    vector = flat(arrays)
    assert vector.shape == (sum(a.size for a in arrays),)
    assert all(map(is_identical, unflatten(vector, arrays), arrays))
    vector[:] = 7
    assert not any((a == 7).any() for a in arrays)


def test_a_matrix_becomes_an_array_and_other_things_stay_what_they_are():
    with pytest.warns(PendingDeprecationWarning):
        matrix = np.matrix([[1.0, 2.0]])
    assert type(unwrap_matrix(matrix)) is np.ndarray
    x = np.ones(2)
    assert unwrap_matrix(x) is x
    assert unwrap_matrix(None) is None
