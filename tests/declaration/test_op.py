"""An op knows where it is written and what it is called."""

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.ops.pointwise.trigonometric import sin


def forward(x, **settings):
    return x, None


def backward(dy, cache):
    return dy.copy()


def declare(name="op", forward=forward, backward=backward, reference=None, **parts):
    return Op(name, forward, backward, reference, **{"inputs": {"x": Array("N D")}, **parts})


def test_an_op_implemented_by_others_keeps_its_declaration():
    mine = sin.implemented_by(forward, backward)
    assert (mine.forward, mine.backward) == (forward, backward)
    assert (mine.name, mine.inputs, mine.reference, mine.source) == (sin.name, sin.inputs, sin.reference, sin.source)


def test_an_op_knows_where_its_backward_stands():
    file, line = declare().location
    assert file == __file__
    with open(file) as source:
        assert source.readlines()[line - 1].startswith("def backward")


def test_an_op_is_summed_up_by_its_formula_or_by_the_documentation_of_its_forward():
    def documented(x):
        """y = x.

        More.
        """
        return x, None

    assert sin.summary == sin.formula
    assert declare(forward=documented).summary == "y = x."
