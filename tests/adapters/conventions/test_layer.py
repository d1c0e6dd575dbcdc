"""Gates and layers with state: right ones hold, wrong ones are told from them."""

import numpy as np
import pytest

from gradcheck import adapt, check
from gradcheck.adapters import AdapterError
from gradcheck.checking.op_check import format_declared_shapes
from tests.adapters import example_layers as at
from tests.adapters.verdicts import assert_caught, assert_counterexample_shows_claim, assert_passes
from tests.lanes import mark_most_slow

RIGHT = {
    "gate": lambda: adapt(at.MultiplyGate),
    "constructor": lambda: adapt(at.Affine),
    "declared": lambda: adapt(at.Affine, x="N D", W="D M", b="M"),
    "example": lambda: adapt(at.Affine, x=np.ones((2, 3)), W=np.ones((3, 4)), b=np.ones(4)),
    "instance": lambda: adapt(at.Affine(np.ones((3, 2)), np.ones(2)), x="N 3", parameters={"W": "dW", "b": "db"}),
    "gradients made by backward": lambda: adapt(at.Affine(np.ones((3, 2)), np.ones(2)), x="N 3"),
    "made by the constructor": lambda: adapt(at.Dense, n_in=3, x="N 3"),
    "equal numbers": lambda: adapt(at.Line(), x="N D"),
    "layer within": lambda: adapt(at.Block(), x="N 3"),
    "lists": lambda: adapt(at.Listed(3, 2), x="N 3"),
    "made by a function": lambda: adapt(lambda: at.Listed(3, 2), adapter="layer", x="N 3"),
    "dictionaries": lambda: adapt(at.FullyConnected(3, 2), X=np.ones((5, 3))),
    "attribute by name": lambda: adapt(at.Named(), x="N 2", parameters={"W": "slope"}),
    "two outputs": lambda: adapt(at.Halves, x="N D"),
    "no upstream": lambda: adapt(at.MeanSquare, x="N D", t="N D"),
}

WRONG = {
    "gate": (lambda: adapt(at.WrongGate), "x"),
    "constructor": (lambda: adapt(at.WrongAffine), "b"),
    "instance": (lambda: adapt(at.WrongAffine(np.ones((3, 2)), np.ones(2)), x="N 3"), "b"),
    "made by the constructor": (lambda: adapt(at.WrongDense, n_in=3, x="N 3"), "b"),
}


@pytest.mark.parametrize("name", mark_most_slow(RIGHT, 5))
def test_a_right_layer_holds(name):
    assert_passes(RIGHT[name]())


@pytest.mark.slow
@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_layer_is_caught_at_its_input(name):
    make, label = WRONG[name]
    assert_caught(make(), label)


@pytest.mark.slow
@pytest.mark.parametrize("name", WRONG)
def test_the_counterexample_shows_the_gradient_that_is_claimed(name):
    make, _ = WRONG[name]
    assert_counterexample_shows_claim(make(), layer=at.WrongAffine(np.ones((3, 2)), np.ones(2)))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["gate", "constructor", "lists", "dictionaries", "two outputs"])
def test_the_forward_itself_under_jax_is_a_witness(name):
    assert "autodiff" in check(RIGHT[name](), examples=8, laws=("gradient",)).witnesses


@pytest.mark.slow
def test_the_backward_is_where_findings_point():
    (finding, *_) = check(adapt(at.WrongAffine), examples=16, laws=("gradient",)).findings
    assert (finding.file, finding.line) == (at.__file__, at.WrongAffine.backward.__code__.co_firstlineno)


def tell(op):
    """What is told to be not checked, as text."""
    return [str(part) for part in op.origin.not_checked]


def test_a_parameter_whose_gradient_nobody_can_tell_is_not_checked():
    (told,) = tell(adapt(at.Named(), x="N 2", parameters={"W": "slope"}))
    assert told.startswith("scale (no gradient found: looked at dscale, grad_scale, grads['scale'], grad, …; name it")


def test_parameters_without_any_gradient_are_not_checked():
    op = adapt(at.Named(), x="N 2")
    assert (list(op.inputs), [part.name for part in op.origin.not_checked]) == (["x"], ["W", "scale"])


def test_a_number_without_a_gradient_is_told():
    layer = at.Affine(np.ones((3, 2)), np.ones(2))
    layer.eps = 1e-5
    op = adapt(layer, x="N 3")
    assert list(op.inputs) == ["x", "W", "b"]
    assert "kept as they are: eps; name a gradient to check one, parameters={'eps': …}" in op.origin.notes
    assert tell(op) == []


def test_what_forward_keeps_for_backward_is_no_parameter():
    layer = at.Kept()
    layer.forward(np.ones((4, 3)))
    layer.backward(np.ones((4, 2)))
    result = check(op := adapt(layer, x="N 3"), examples=16)
    assert (result.status, list(op.inputs)) == ("passed", ["x", "W"]), [f.claim for f in result.findings]
    assert tell(op) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "given", [{"x": "N D", "W": "D M", "b": "M"}, {"at": [np.ones((4, 3)), np.ones((3, 2)), np.ones(2)]}]
)
def test_parameters_whose_gradients_backward_makes_are_declared_as_others_are(given):
    op = adapt(at.WrongAffine(np.ones((3, 2)), np.ones(2)), **given)
    assert {f.input for f in check(op, examples=16, laws=("gradient",)).findings} == {"b"}


def test_beside_numbers_usual_shapes_are_tried():
    op = adapt(at.Line())
    assert (format_declared_shapes(op), op.origin.shapes_inferred) == ("x: (N D), slope: (), offset: ()", True)


def test_a_layer_is_left_as_it_was():
    layer = at.Listed(3, 2)
    check(adapt(layer, x="N 3"), examples=8)
    assert not hasattr(layer, "x")
    assert np.array_equal(layer.params[0], np.full((3, 2), 0.5))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: adapt(at.Affine, x="N D", W=np.ones((3, 4)), b=[1.0]), "x is given as a shape, W, b as an example"),
        (lambda: adapt(lambda n: n, adapter="layer"), "must work without arguments"),
        (lambda: adapt(lambda: 3, adapter="layer"), "gives 3, which has no methods forward and backward"),
        (lambda: adapt(3, adapter="layer"), "3 has no methods forward and backward"),
        (lambda: adapt(at.Named(), x="N 2", parameters={"V": "dV"}), "there is no attribute 'V'"),
    ],
)
def test_what_is_no_layer_is_refused(make, words):
    with pytest.raises(AdapterError, match=words):
        make()
