"""A blob as a Caffe layer sees it."""

import numpy as np

from gradcheck.adapters.caffe_blob import Blob, Blobs


def test_a_gradient_that_nobody_wrote_is_nan():
    blob = Blob(np.ones((2, 3)))
    assert blob.diff.shape == (2, 3)
    assert np.isnan(blob.diff).all()
    blob.diff[...] = 4
    assert (blob.diff == 4).all()


def test_numbers_are_written_in_place():
    data, diff = np.zeros(3), np.zeros(3)
    blob = Blob(data)
    blob.hold(data, diff)
    blob.data[...] = 1
    blob.diff[...] = 2
    assert (data.tolist(), diff.tolist()) == ([1, 1, 1], [2, 2, 2])


def test_the_lengths_of_missing_axes_are_one():
    blob = Blob(np.zeros((2, 3)))
    assert (blob.num, blob.channels, blob.height, blob.width, blob.count) == (2, 3, 1, 1, 6)
    assert Blob(np.zeros(())).count == 1


def test_another_shape_clears_the_numbers_and_the_same_one_does_not():
    blob = Blob(np.ones((2, 3), np.float32))
    blob.reshape(2, 3)
    assert (blob.data == 1).all()
    blob.reshape(4)
    assert blob.data.tolist() == [0, 0, 0, 0]
    assert blob.data.dtype == np.float32
    assert np.isnan(blob.diff).all()


def test_parameters_are_added_as_zeros():
    blobs = Blobs()
    blobs.add_blob(2, 3)
    assert [b.shape for b in blobs] == [(2, 3)]
    assert (blobs[0].data == 0).all()


def test_a_blob_has_no_attributes_that_a_law_could_take_for_a_cache():
    assert not hasattr(Blob(np.zeros(1)), "__dict__")
