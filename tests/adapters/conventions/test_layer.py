"""Gates and layers with state: right ones hold, wrong ones are told from them."""

import numpy as np
import pytest

from gradcheck import Array, adapt, check, indices, whole
from gradcheck.adapters import AdapterError
from gradcheck.checking.op_check import format_declared_shapes
from tests.adapters import example_layers as at
from tests.adapters import gradient_layers as places
from tests.adapters.verdicts import assert_caught, assert_counterexample_shows_claim, assert_passes
from tests.lanes import mark_most_slow
from tests.source_lines import holds_line

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
    assert finding.file == at.__file__
    assert holds_line(at.WrongAffine.backward, finding.line)


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


# where gradients are

HIDDEN = places.Hidden(np.ones(3))
PLACES = {
    "added to zeros": (places.Accumulating, lambda cls: adapt(cls(), x="N 3")),
    "objects": (places.OfParameters, lambda cls: adapt(cls(), x="N 3")),
    "a list of layers": (places.Sequence, lambda cls: adapt(cls(), x="N 3")),
    "a dictionary of layers": (places.NamedParts, lambda cls: adapt(cls(), x="N 3")),
    "lists": (places.Lists, lambda cls: adapt(cls(), x="N 3")),
    "one list": (places.OneList, lambda cls: adapt(cls(), x="N 3")),
    "a dictionary within": (places.Nested, lambda cls: adapt(cls(), x="N 3")),
    "grad by key": (places.ByKey, adapt),
    "other names": (places.Renamed, adapt),
    "copies": (places.Copying, adapt),
    "a layer within": (places.Wrapped, adapt),
    "grad": (places.Bias, adapt),
    "returned": (places.Returning, adapt),
    "returned by an instance": (places.Returning, lambda cls: adapt(cls(places.WEIGHT, places.BIAS), x="N 3")),
    "returned by name": (places.ReturningNames, adapt),
    "returned in both ways": (places.ReturningBoth, adapt),
    "returned in both ways by an instance": (
        places.ReturningBoth,
        lambda cls: adapt(cls(places.WEIGHT, places.BIAS), x="N 3"),
    ),
    "made by a function": (places.Lists, lambda cls: adapt(lambda: [cls()][0], x="N 3")),
    "made by the first forward": (places.Lazy, lambda cls: adapt(cls(), x="N 4")),
    "made by the first forward of a class": (places.Lazy, lambda cls: adapt(cls, m=3, x="N 4")),
    "inferred after the first forward": (places.Lazy, lambda cls: adapt(cls())),
    "declared before the first forward": (places.Lazy, lambda cls: adapt(cls(), x="N D")),
}


@pytest.mark.parametrize("name", mark_most_slow(PLACES, 6))
def test_gradients_are_found_where_they_are(name):
    cls, make = PLACES[name]
    op = make(cls)
    assert (op.origin.not_checked, len(op.inputs) > 1) == ((), True)
    result = check(op, examples=12)
    assert result.status == "passed", [f.claim for f in result.findings]


@pytest.mark.slow
@pytest.mark.parametrize("name", PLACES)
def test_a_wrong_gradient_is_caught_wherever_it_is(name):
    cls, make = PLACES[name]
    findings = check(make(places.make_wrong(cls)), examples=8, laws=("contract", "gradient"), shrink=False).findings
    assert [f.law for f in findings] == ["gradient"]


@pytest.mark.parametrize("given", [{}, {"parameters": {"table": "grad"}}])
def test_the_gradient_of_the_only_parameter_may_be_called_grad(given):
    op = adapt(places.Embedding, ids=Array("N", indices("V")), table="V D", **given)
    assert check(op, examples=8).status == "passed"


def test_gradients_that_are_left_from_before_are_not_added_to():
    layer = places.Accumulating()
    layer.forward(np.ones((4, 3)))
    layer.backward(np.ones((4, 2)))
    assert check(adapt(layer, x="N 3"), examples=8).status == "passed"
    assert layer.db.tolist() == [4, 4]


@pytest.mark.parametrize("make", [lambda: adapt(places.Hidden, x="N D", table="D"), lambda: adapt(places.Hidden)])
def test_a_gradient_of_a_constructor_that_is_not_found_is_told(make):
    (told,) = tell(op := make())
    assert told == (
        "table (no gradient found: looked at dtable, grad_table, grads['table'], grad, …; name it, as in "
        "parameters={'table': 'grad'}, or None where there is none)"
    )
    assert check(op, examples=8).status == "passed"


def test_a_gradient_of_an_instance_that_is_not_found_is_told_by_its_path():
    layer = places.Sequence()
    layer.layers[1] = places.Hidden(np.ones(4))
    (told,) = tell(adapt(layer, x="N 3"))
    assert told.startswith("layers[1].table (no gradient found: looked at layers[1].dtable, layers[1].grad_table,")


@pytest.mark.parametrize("thing", [places.Hidden, HIDDEN], ids=["class", "instance"])
def test_that_an_array_has_no_gradient_is_said_by_none(thing):
    shapes = {"x": "N 3"} if thing is HIDDEN else {"x": "N D", "table": "D"}
    op = adapt(thing, parameters={"table": None}, **shapes)
    assert tell(op) == []
    assert check(op, examples=8).status == "passed"


def test_layers_that_know_each_other_are_walked_once():
    net = places.Sequence()
    for layer in net.layers:
        layer.net, layer.peers = net, [*net.layers]
    assert len(adapt(net, x="N 3").inputs) == 5


def test_an_array_that_the_constructor_makes_beside_its_arguments_is_told():
    class Affine(places.ByKey):
        def __init__(self, W, m=1):
            super().__init__(W, np.ones(1))
            self.seen = np.zeros(3)

    assert tell(adapt(Affine)) == ["b (the constructor makes it; give an instance to check it)"]
    assert tell(adapt(Affine, m=whole(1, 3))) == ["b (the constructor makes it; give an instance to check it)"]
    assert tell(adapt(places.Copying)) == []


def test_an_array_on_which_nothing_depends_is_not_told():
    layer = places.Accumulating()
    layer.seen = np.zeros(3)
    assert tell(adapt(layer, x="N 3")) == []


def test_no_gradient_at_all_is_refused_with_where_it_was_looked_for():
    with pytest.raises(AdapterError, match=r"no gradient was found to check: table \(no gradient found: looked at"):
        adapt(places.Hidden, x=Array("N D", indices(3)), table="D")


def test_static_methods_and_class_methods_are_two_functions():
    op = adapt(places.Static)
    assert (list(op.inputs), check(op, examples=8).status) == (["x", "w"], "passed")
    assert op.origin.script.opening.startswith("from tests.adapters.gradient_layers import Static")
    assert op.origin.script.forward == "{y}, cache = Static.forward(x, w)"
    assert_caught(adapt(places.WrongStatic), "w")


@pytest.mark.parametrize(
    "make", [lambda: adapt(places.Updating(), x="N 3"), lambda: adapt(places.UpdatingNet(), X="N 3")]
)
def test_code_that_changes_its_own_parameters_is_a_finding_of_purity(make):
    findings = check(make(), examples=4, laws=("purity",)).findings
    assert [f.claim.partition(";")[0] for f in findings] in (["backward changes W"], ["forward changes W"])


def test_the_script_of_a_lazy_layer_says_that_it_ran_once():
    script = adapt(places.Lazy, m=3, x="N 4").origin.script
    assert script.opening == (
        "from tests.adapters.gradient_layers import Lazy\nlayer = Lazy(m=3)\n"
        "layer.forward(np.ones((3, 4)))  # makes its parameters"
    )
    opening = adapt(places.Lazy(3), x="N 4").origin.script.opening
    assert opening.startswith("# layer = the Lazy that was checked\nlayer.forward(")


def test_a_dictionary_of_shapes_is_taken_by_a_constructor():
    class Dense:
        def __init__(self, params):
            self.params, self.grads = params, {}

        def forward(self, x):
            self.x = x
            return x @ self.params["W"] + self.params["b"]

        def backward(self, dy):
            self.grads = {"W": self.x.T @ dy, "b": dy.sum(axis=0)}
            return dy @ self.params["W"].T

    for params in ({"W": "D M", "b": "M"}, {"W": Array("D M"), "b": Array("M")}):
        op = adapt(Dense, x="N D", params=params)
        assert check(op, examples=8).status == "passed"
        assert "layer = Dense({{'W': W, 'b': b}})" in op.origin.script.forward


def returns(gradients):
    """A gate whose backward returns these of its factors."""

    class Gate:
        def forward(self, x, w):
            self.x, self.w = x, w
            return x * w

        def backward(self, dy):
            self.dx, self.dw = dy * self.w, 9 * dy * self.x
            return gradients(self)

    return Gate


@pytest.mark.slow
@pytest.mark.parametrize(
    "gradients",
    [lambda g: [g.dx, g.dw], lambda g: {"x": g.dx, "dw": g.dw}, lambda g: None],
    ids=["row", "keys", "none"],
)
def test_the_counterexample_takes_gradients_as_backward_returns_them(gradients):
    gate = returns(gradients)
    assert_counterexample_shows_claim(adapt(gate), Gate=gate)
