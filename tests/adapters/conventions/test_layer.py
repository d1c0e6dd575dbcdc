"""Gates and layers with state, losses, networks and closures: right ones hold, wrong ones are told from them."""

import json

import numpy as np
import pytest

from gradcheck import Array, adapt, check, indices
from gradcheck.adapters import AdapterError
from gradcheck.checking.op_check import format_declared_shapes
from gradcheck.report.text import render_findings
from tests.adapters import layers as at

LABELS = Array("N", indices("C"))
SOFTMAX = {"adapter": "loss", "x": "N C", "y": LABELS}
CLASSIFIER = {"adapter": "loss", "W": "D C", "X": "N D", "y": LABELS, "reg": 0.1}
NETWORK = {"X": "N 4", "y": Array("N", indices(3))}

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
    "loss": lambda: adapt(at.softmax_loss, **SOFTMAX),
    "classifier": lambda: adapt(at.softmax_classifier, **CLASSIFIER),
    "network": lambda: adapt(at.TwoLayerNet(4, 5, 3), **NETWORK),
    "network of layers": lambda: adapt(at.NetOfLayers(4, 3), **NETWORK),
    "closure": lambda: adapt(at.relu, adapter="closure", x="N D"),
    "closure of two": lambda: adapt(at.dense, adapter="closure"),
}

WRONG = {
    "gate": (lambda: adapt(at.WrongGate), "x"),
    "constructor": (lambda: adapt(at.WrongAffine), "b"),
    "instance": (lambda: adapt(at.WrongAffine(np.ones((3, 2)), np.ones(2)), x="N 3"), "b"),
    "made by the constructor": (lambda: adapt(at.WrongDense, n_in=3, x="N 3"), "b"),
    "loss": (lambda: adapt(at.wrong_softmax_loss, **SOFTMAX), "x"),
    "classifier": (lambda: adapt(at.wrong_classifier, **CLASSIFIER), "W"),
    "network": (lambda: adapt(at.WrongNet(2, 2, 2), X="N 2", y=Array("N", indices(2))), "W1"),
    "closure": (lambda: adapt(at.wrong_dense, adapter="closure"), "w"),
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_one_holds(name):
    result = check(RIGHT[name](), examples=40)
    assert result.status == "passed", [f.claim for f in result.findings]
    assert result.verdict("gradient").examined > 15


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_one_is_caught_at_its_input(name):
    make, label = WRONG[name]
    result = check(make(), examples=24, shrink=False)
    assert (result.status, label in {f.input for f in result.findings if f.law == "gradient"}) == ("failed", True)


@pytest.mark.parametrize("name", WRONG)
def test_the_counterexample_shows_the_gradient_that_is_claimed(name):
    make, _ = WRONG[name]
    result = check(make(), examples=8, laws=("gradient",))
    finding = result.findings[0]
    text = render_findings([finding], result.script)
    program = "\n".join(line[6:] for line in text.split("\n") if line.startswith(" " * 6))
    shown = []
    scope = {"net": at.WrongNet(2, 2, 2), "layer": at.WrongAffine(np.ones((3, 2)), np.ones(2))}
    exec(program, {**scope, "print": shown.append})
    place = tuple(json.loads(finding.where.removeprefix("at ")))
    assert finding.claim.startswith(f"gradient of {finding.input} is {shown[0][place]:.9g} {finding.where}")


@pytest.mark.parametrize("seed", range(2))
def test_a_network_of_relu_units_is_not_accused_where_a_faint_kink_is_met(seed):
    result = check(RIGHT["network"](), examples=40, seed=seed + 1)
    assert result.status == "passed", [f.claim for f in result.findings]


@pytest.mark.parametrize("name", ["gate", "constructor", "lists", "dictionaries", "two outputs", "closure"])
def test_the_forward_itself_under_jax_is_a_witness(name):
    assert "autodiff" in check(RIGHT[name](), examples=8, laws=("gradient",)).witnesses


def test_where_the_forward_does_not_run_under_jax_the_report_says_so():
    result = check(RIGHT["loss"](), examples=8)
    assert "autodiff" not in result.witnesses
    assert any(note.startswith("no reference: forward does not run under jax.numpy") for note in result.notes)


def test_the_backward_is_where_findings_point():
    (finding, *_) = check(adapt(at.WrongAffine), examples=16, laws=("gradient",)).findings
    assert (finding.file, finding.line) == (at.__file__, at.WrongAffine.backward.__code__.co_firstlineno)


def test_a_parameter_whose_gradient_nobody_can_tell_is_told():
    op = adapt(at.Named(), x="N 2", parameters={"W": "slope"})
    assert "not checked: scale; name where the gradient is, parameters={'scale': …}" in op.origin.notes


def test_parameters_without_any_gradient_are_told():
    op = adapt(at.Named(), x="N 2")
    assert (list(op.inputs), op.origin.notes[0].partition(";")[0]) == (["x"], "not checked: W, slope, scale")


def test_a_number_without_a_gradient_is_told():
    layer = at.Affine(np.ones((3, 2)), np.ones(2))
    layer.eps = 1e-5
    op = adapt(layer, x="N 3")
    assert list(op.inputs) == ["x", "W", "b"]
    assert "not checked: eps; name where the gradient is, parameters={'eps': …}" in op.origin.notes


def test_parameters_of_layers_within_are_told():
    layer = at.Block()
    assert adapt(layer, x="N 3").origin.notes == ()
    layer.others = [at.Halves(), at.Affine(np.ones((3, 2)), np.ones(2))]
    assert adapt(layer, x="N 3").origin.notes == ("not checked: the parameters of others_1; check each by itself",)


def test_what_forward_keeps_for_backward_is_no_parameter():
    layer = at.Kept()
    layer.forward(np.ones((4, 3)))
    layer.backward(np.ones((4, 2)))
    result = check(op := adapt(layer, x="N 3"), examples=16)
    assert (result.status, list(op.inputs)) == ("passed", ["x", "W"]), [f.claim for f in result.findings]
    assert op.origin.notes == ("not checked: z; name where the gradient is, parameters={'z': …}",)


def test_parameters_that_the_first_forward_makes_are_told_and_checked_after_it():
    layer = at.Lazy(2)
    assert "not checked: W, b, which forward makes; call it once before" in adapt(layer, X="N 3").origin.notes
    layer.forward(np.ones((4, 3)))
    assert list(adapt(layer, X="N 3").inputs) == ["X", "W", "b"]


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


def test_a_loss_that_is_none_is_a_finding():
    def total(x):
        return np.sum(x)

    (finding, *_) = check(adapt(total, adapter="loss", x="N"), examples=4).findings
    assert "TypeError: it returned a float64, not (loss, gradients)" in finding.claim


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: adapt(at.TwoLayerNet, adapter="model"), "a model is an instance .* this is the class TwoLayerNet"),
        (lambda: adapt(at.Listed, adapter="closure", x="N 3"), "Listed has no parameter 'x'; It has: n, m"),
        (lambda: adapt(at.Affine, x="N D", W=np.ones((3, 4)), b=[1.0]), "x is given as a shape, W, b as an example"),
        (lambda: adapt(lambda n: n, adapter="layer"), "must work without arguments"),
        (lambda: adapt(lambda: 3, adapter="layer"), "gives 3, which has no methods forward and backward"),
        (lambda: adapt(3, adapter="layer"), "3 has no methods forward and backward"),
        (lambda: adapt(at.Named(), x="N 2", parameters={"V": "dV"}), "there is no attribute 'V'"),
    ],
)
def test_what_is_no_such_thing_is_refused(make, words):
    with pytest.raises(AdapterError, match=words):
        make()
