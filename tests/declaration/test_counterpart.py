"""An op says which one of the library it computes by a name, or a call with constants, and nothing else."""

import pytest

from gradcheck import Array, Op
from gradcheck.declaration.counterpart import Counterpart, read_counterpart
from gradcheck.declaration.shape import DeclarationError


@pytest.mark.parametrize(
    ("text", "name", "settings"),
    [
        ("softmax", "softmax", {}),
        ("elu()", "elu", {}),
        ("elu(alpha=1.0)", "elu", {"alpha": 1.0}),
        ("clip(min=-1, max=2.5)", "clip", {"min": -1, "max": 2.5}),
        ("reshape(shape=(2, -1))", "reshape", {"shape": (2, -1)}),
        (
            "max(axis=0, keepdims=True, mode='a', pad=None)",
            "max",
            {"axis": 0, "keepdims": True, "mode": "a", "pad": None},
        ),
    ],
)
def test_a_name_or_a_call_with_constants_is_read(text, name, settings):
    assert read_counterpart(text) == Counterpart(name, settings)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "two words",
        "elu(1.0)",
        "elu(alpha=x)",
        "elu(alpha=1.0",
        "elu(**{'alpha': 1.0})",
        "elu(alpha=1.0, **{'beta': 2})",
        "elu(alpha=1.0, alpha=2.0)",
        "ops.elu",
        "ops.elu(alpha=1.0)",
        "elu(alpha=open('/dev/null'))",
        "lambda: elu",
        "'softmax'",
        "soft\0max",
        "elu(alpha=1.0); exp",
        3,
        None,
    ],
    ids=repr,
)
def test_anything_else_is_refused_with_what_to_write(text):
    with pytest.raises(DeclarationError, match="write the name of an op of the library: 'softmax', 'elu"):
        read_counterpart(text)


def test_an_op_is_refused_with_its_name_and_what_to_write():
    with pytest.raises(DeclarationError, match=r"op 'mine': same_as='elu\(1\)': write the name"):
        Op("mine", lambda x: (x, x), lambda dy, x: dy, inputs={"x": Array("N")}, same_as="elu(1)")
