"""What the signature does not say is said in the test."""

import numpy as np
import pytest
from mynet.layers import softmax_loss
from mynet.mistakes import unscaled_loss

from gradcheck import Array, indices

SCORES = {"adapter": "loss", "x": "N C", "y": Array("N", indices("C"))}


def test_softmax_loss(gradcheck):
    gradcheck(softmax_loss, **SCORES)


def test_softmax_loss_around_an_example(gradcheck):
    gradcheck(softmax_loss, adapter="loss", x=np.ones((4, 3)), y=np.array([0, 2, 1, 1]))


@pytest.mark.gradcheck(laws=["gradient"], examples=24)
def test_unscaled_loss(gradcheck):
    gradcheck(unscaled_loss, **SCORES)
