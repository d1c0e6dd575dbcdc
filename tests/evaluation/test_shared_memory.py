"""Arrays that share memory are found by their addresses."""

import numpy as np

from gradcheck.evaluation.shared_memory import find_shared_memory

LINE = np.arange(12.0)


def test_pairs_that_share_an_element_are_found_in_order():
    arrays = [LINE[:4], LINE[8:], np.zeros(3), LINE[2:10], LINE[::-1]]
    assert list(find_shared_memory(arrays, 3)) == [(3, 0), (3, 1), (4, 0), (4, 1), (4, 3)]


def test_arrays_before_the_first_are_not_compared_with_each_other():
    assert list(find_shared_memory([LINE, LINE, np.zeros(3)], 2)) == []


def test_ranges_that_overlap_need_not_share_an_element():
    assert list(find_shared_memory([LINE[::2], LINE[1::2]], 1)) == []


def test_empty_arrays_and_numbers_share_nothing():
    assert list(find_shared_memory([LINE, LINE[:0], np.array(1.0)], 0)) == []
    assert list(find_shared_memory([], 0)) == []
