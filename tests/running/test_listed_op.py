"""An op by its name and target."""

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.running.listed_op import ListedOp
from gradcheck.running.located_op import LocatedOp


def backward(dy, cache):
    return dy


def test_a_made_op_is_listed_by_its_name_target_and_place():
    op = Op("one", lambda x: (x, x), backward, inputs={"x": Array("N")}, family="mine")
    listed = LocatedOp(op, "a.py").listed
    assert listed == ListedOp("one", "a.py", "a.py", "mine", *op.location)
    assert listed.line == backward.__code__.co_firstlineno
