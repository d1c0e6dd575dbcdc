"""A declaration that cannot be checked says what is wrong with it, by name; one that can knows itself."""

import math

import numpy as np
import pytest

from gradcheck.declaration.domain import Domain, indices, positive, real
from gradcheck.declaration.op import Array, Op, Several, choice, pointwise, rank, whole
from gradcheck.declaration.shape import DeclarationError
from gradcheck.ops.pointwise.trigonometric import sin


def forward(x, **settings):
    return x, None


def backward(dy, cache):
    return dy.copy()


def declare(name="op", forward=forward, backward=backward, reference=None, **parts):
    return Op(name, forward, backward, reference, **{"inputs": {"x": Array("N D")}, **parts})


@pytest.mark.parametrize(
    ("shape", "named"),
    [
        ("N 2x", "2x"),
        ("N H/2", "H/2"),
        ("N f(H)", "f(H)"),
        ("*", "*"),
        ("*#2", "*#2"),
        ("?", "?"),
        ("N 1.5", "1.5"),
        ("N H**2", "H**2"),
        ("-H", "-H"),
    ],
)
def test_an_unreadable_word_of_a_shape_is_quoted(shape, named):
    with pytest.raises(DeclarationError, match="shape") as error:
        Array(shape)
    assert repr(named) in str(error.value)


@pytest.mark.parametrize("shape", ["", "N", "N groups*C H W", "*S", "*#S", "*A ?D *B", "4*H", "N 3", "(H+2)//2"])
def test_a_readable_shape_is_taken(shape):
    assert [axis.text for axis in Array(shape).axes] == [word.lstrip("*#?") for word in shape.split()]


def test_an_array_wants_a_domain():
    with pytest.raises(DeclarationError, match="'positive' is not a domain"):
        Array("N", "positive")


@pytest.mark.parametrize(("least", "most"), [(0, 3), (3, 2)])
def test_several_wants_at_least_one_and_an_order(least, most):
    with pytest.raises(DeclarationError, match=f"{least} and {most}"):
        Several(Array("N"), least, most)


def test_a_choice_wants_an_option():
    with pytest.raises(DeclarationError, match="at least one option"):
        choice()


@pytest.mark.parametrize(
    ("option", "kept"),
    [
        (np.int64(1), 1),
        (np.float32(0.5), 0.5),
        (np.float64(np.inf), math.inf),
        (np.longdouble(2), 2.0),
        (np.bool_(True), True),
        (np.str_("same"), "same"),
        ((np.int64(1), ("a", np.float64(2))), (1, ("a", 2.0))),
    ],
    ids=repr,
)
def test_an_option_of_numpys_becomes_pythons(option, kept):
    assert repr(choice(0, option).options) == repr((0, kept))


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (np.tanh, "option 2 of choice() is <ufunc 'tanh'>, which no case can keep; write 'tanh', and let forward"),
        (np.float32, "write 'float32', and let forward look it up by that name"),
        ([1, 2], "option 2 of choice() is [1, 2], which no case can keep; write a tuple"),
        ((1, [2]), "is [2], which no case can keep; write a tuple"),
        (np.ones(2), "write a tuple of numbers, or declare it as an input"),
        ({"a": 1}, "write a number, text, None, or a tuple of them"),
        (1j, "write a number, text, None, or a tuple of them"),
    ],
    ids=repr,
)
def test_an_option_that_no_case_can_keep_is_refused_with_what_to_write(option, words):
    with pytest.raises(DeclarationError) as error:
        choice(0, option)
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"name": ""}, "wants a name"),
        ({"forward": None}, "forward is None"),
        ({"backward": "minus"}, "backward is 'minus'"),
        ({"reference": 3}, "reference is 3"),
        ({"kinks": 3}, "kinks is 3"),
        ({"inputs": {}}, "inputs is empty"),
        ({"inputs": {"x": "N D"}}, "input 'x' is 'N D'"),
        ({"settings": {"stride": 2}}, "'stride' is 2"),
        ({"settings": {"axis": rank("A")}}, r"axis = rank\('A'\), but no shape has \*A"),
        ({"settings": {"pad": whole(0, "K-1")}}, r"bounds of 'pad' speak of \['K'\]"),
        ({"sizes": {"D": whole("K", None)}}, r"bounds of 'D' speak of \['K'\]"),
        ({"sizes": {"K": whole(1, 3)}}, r"sizes gives bounds for \['K'\]"),
        ({"inputs": {"i": Array("N", indices("V"))}}, r"indices\(V\) speaks of \['V'\]"),
        ({"inputs": {"x": Array("*N"), "y": Array("N")}}, r"\['N'\] cannot be both"),
        ({"settings": {"D": choice(1, 2)}}, r"\['D'\] cannot be both"),
        ({"batch": "M"}, "batch is 'M', which is no axis"),
        ({"exceptions": {"gradient": ""}}, "'gradient' wants a reason"),
        ({"dtypes": ("float16",)}, r"unknown dtype \['float16'\]"),
    ],
)
def test_a_part_that_does_not_fit_is_named(parts, words):
    with pytest.raises(DeclarationError, match=words):
        declare(**parts)


def test_the_message_names_the_op():
    with pytest.raises(DeclarationError, match=r"^op 'lookup': batch is 'M'"):
        declare("lookup", batch="M")


@pytest.mark.parametrize("bounds", ["K/2", "max(K, 2)", "2 +", "K if L else 2", "True", "'2'"])
def test_bounds_that_are_no_arithmetic_are_quoted(bounds):
    with pytest.raises(DeclarationError) as error:
        whole(bounds, None)
    assert repr(bounds) in str(error.value)


def test_bounds_in_a_circle_are_named_where_the_op_is_declared():
    with pytest.raises(DeclarationError, match=r"op 'op'.*D, N.*circle"):
        declare(sizes={"N": whole("D", None), "D": whole("N+1", None)})


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: real(3, 3), "real"),
        (lambda: real(5, 2), "lower bound"),
        (lambda: positive(0), "above zero"),
        (lambda: indices("V/2"), "V/2"),
    ],
)
def test_an_impossible_domain_is_refused(build, words):
    with pytest.raises(DeclarationError, match=words):
        build()


def test_whole_numbers_owe_no_gradient_unless_declared():
    assert Array("N").differentiable
    assert not Array("N", indices(3)).differentiable
    assert not Array("N", gradient=False).differentiable


def test_an_op_implemented_by_others_keeps_its_declaration():
    mine = sin.implemented_by(forward, backward)
    assert (mine.forward, mine.backward) == (forward, backward)
    assert (mine.name, mine.inputs, mine.reference, mine.source) == (sin.name, sin.inputs, sin.reference, sin.source)


def test_an_op_knows_where_its_backward_stands():
    file, line = declare().location
    assert file == __file__
    with open(file) as source:
        assert source.readlines()[line - 1].startswith("def backward")


def test_a_pointwise_op_stands_where_its_slope_does():
    assert sin.family == "pointwise"
    assert sin.location[0].endswith("trigonometric.py")


def test_a_pointwise_op_multiplies_the_upstream_by_the_slope():
    square = pointwise("square", value=np.square, slope=lambda x, y: 2 * x, reference=lambda x: x**2)
    y, cache = square.forward(np.array([3.0]))
    assert y.tolist() == [9.0]
    assert square.backward(np.array([10.0]), cache).tolist() == [60.0]


def test_an_op_is_summed_up_by_its_formula_or_by_the_documentation_of_its_forward():
    def documented(x):
        """y = x.

        More.
        """
        return x, None

    assert sin.summary == sin.formula
    assert declare(forward=documented).summary == "y = x."


def test_domains_are_data():
    assert isinstance(real(), Domain)
