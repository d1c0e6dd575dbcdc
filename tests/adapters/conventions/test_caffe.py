"""A Caffe layer in Python."""

import numpy as np
import pytest

from gradcheck import Array, check
from gradcheck.adapters import AdapterError, adapt
from gradcheck.adapters.conventions.caffe import recognises
from gradcheck.declaration.domain import indices
from tests.adapters.script import run
from tests.adapters.verdicts import assert_right
from tests.source_lines import holds_line


class EuclideanLoss:
    """As in Caffe's examples/pycaffe/layers/pyloss.py, with the weight of the loss."""

    def setup(self, bottom, top):
        if len(bottom) != 2:
            raise ValueError("Need two inputs to compute distance.")

    def reshape(self, bottom, top):
        self.diff = np.zeros_like(bottom[0].data)
        top[0].reshape(1)

    def forward(self, bottom, top):
        self.diff[...] = bottom[0].data - bottom[1].data
        top[0].data[...] = np.sum(self.diff**2) / bottom[0].num / 2

    def backward(self, top, propagate_down, bottom):
        for blob, sign, wanted in zip(bottom, (1, -1), propagate_down, strict=True):
            if wanted:
                blob.diff[...] = sign * self.diff / blob.num * top[0].diff[0]


class WithoutWeight(EuclideanLoss):
    def backward(self, top, propagate_down, bottom):
        for blob, sign in zip(bottom, (1, -1), strict=True):
            blob.diff[...] = sign * self.diff / blob.num


class Adds(EuclideanLoss):
    def backward(self, top, propagate_down, bottom):
        for blob, sign in zip(bottom, (1, -1), strict=True):
            blob.diff[...] += sign * self.diff / blob.num * top[0].diff[0]


class Picked:
    def setup(self, bottom, top):
        pass

    def reshape(self, bottom, top):
        top[0].reshape(bottom[0].num)

    def forward(self, bottom, top):
        self.places = np.arange(bottom[0].num), bottom[1].data.astype(int)
        top[0].data[...] = bottom[0].data[self.places]

    def backward(self, top, propagate_down, bottom):
        bottom[0].diff[...] = 0
        bottom[0].diff[self.places] = top[0].diff


class WritesLabels(Picked):
    def backward(self, top, propagate_down, bottom):
        super().backward(top, propagate_down, bottom)
        bottom[1].diff[...] = 0


class InnerProduct:
    def setup(self, bottom, top):
        outputs = int(self.param_str)
        self.blobs.add_blob(outputs, bottom[0].channels)
        self.blobs.add_blob(outputs)

    def reshape(self, bottom, top):
        top[0].reshape(bottom[0].num, self.blobs[0].num)

    def forward(self, bottom, top):
        top[0].data[...] = bottom[0].data @ self.blobs[0].data.T + self.blobs[1].data

    def backward(self, top, propagate_down, bottom):
        self.blobs[0].diff[...] += top[0].diff.T @ bottom[0].data
        self.blobs[1].diff[...] += top[0].diff.sum(axis=0)
        if propagate_down[0]:
            bottom[0].diff[...] = top[0].diff @ self.blobs[0].data


class Averages(InnerProduct):
    def backward(self, top, propagate_down, bottom):
        super().backward(top, propagate_down, bottom)
        self.blobs[1].diff[...] /= bottom[0].num


class SinCos:
    def setup(self, bottom, top):
        pass

    def reshape(self, bottom, top):
        for blob in top:
            blob.reshape(*bottom[0].shape)

    def forward(self, bottom, top):
        top[0].data[...], top[1].data[...] = np.sin(bottom[0].data), np.cos(bottom[0].data)

    def backward(self, top, propagate_down, bottom):
        bottom[0].diff[...] = top[0].diff * top[1].data - top[1].diff * top[0].data


PAIR = {"x": "N D", "target": "N D"}
PICKED = {"x": "N C", "labels": Array("N", indices("C"))}
PRODUCT = {"x": "N D", "parameters": {"weight": "3 D", "bias": "3"}, "param_str": "3"}
RIGHT = {
    "two bottoms": (EuclideanLoss, PAIR),
    "one that has no gradient": (EuclideanLoss, {**PAIR, "gradients": ["x"]}),
    "a loss of weight one": (WithoutWeight, {**PAIR, "upstream": False}),
    "labels": (Picked, PICKED),
    "parameters": (InnerProduct, PRODUCT),
    "an instance": (InnerProduct(), PRODUCT),
    "two tops": (SinCos, {"x": "N D", "tops": 2}),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", RIGHT)
def test_a_right_one_passes(name):
    assert_right(recognises, *RIGHT[name])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("layer", "declared", "label"),
    [
        (WithoutWeight, {"x": "1 2", "target": "1 2"}, "x"),
        (Adds, {"x": "1 2", "target": "1 2"}, "x"),
        (Averages, {**PRODUCT, "x": "2 1", "parameters": {"weight": "3 1", "bias": "3"}}, "bias"),
    ],
)
def test_a_wrong_one_is_found_in_its_backward(layer, declared, label):
    finding = check(adapt(layer, **declared), examples=8).findings[0]
    assert (finding.law, finding.input) == ("gradient", label)
    assert finding.file == __file__
    assert any(holds_line(one, finding.line) for one in (layer, EuclideanLoss))


def test_what_propagate_down_forbids_is_not_written():
    finding = check(adapt(WritesLabels, **PICKED), examples=4).findings[0]
    assert "backward writes bottom[1].diff, though propagate_down[1] is False" in finding.claim


@pytest.mark.parametrize("name", RIGHT)
def test_the_script_leaves_the_gradients(name):
    thing, declared = RIGHT[name]
    ran, owed = run(adapt(thing, **declared))
    assert owed
    for gradient, value in owed.items():
        np.testing.assert_allclose(ran[gradient], value)


def test_bottoms_want_names():
    with pytest.raises(AdapterError, match="EuclideanLoss: what are its bottoms\\? Name them in their order, as in x="):
        adapt(EuclideanLoss)
    with pytest.raises(AdapterError, match="x is 3, but bottoms and parameters are arrays"):
        adapt(EuclideanLoss, x=3)


def test_other_parameters_than_the_layer_has_are_told():
    finding = check(adapt(InnerProduct, x="N D", param_str="3"), examples=4).findings[0]
    assert "declare them in this order" in finding.claim


def test_anything_else_is_refused():
    with pytest.raises(AdapterError, match="adapter='caffe' wants a class with setup, reshape and forward"):
        adapt(np.sin, adapter="caffe")
