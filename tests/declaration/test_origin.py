"""What an adapter knows of an op is added to it, one fact at a time."""

from gradcheck.declaration.origin import Origin, Script
from gradcheck.ops.pointwise.trigonometric import sin


def test_a_declared_op_has_nothing_to_tell():
    assert sin.origin == Origin() == Origin(False, None, False, False, None, ())


def test_a_fact_is_added_and_the_others_stay():
    script = Script("import mine", "{y} = mine.forward(x)", "dx = mine.backward({dy})")
    op = sin.with_origin(script=script).with_note("first").with_note("second")
    assert op.origin == Origin(script=script, notes=("first", "second"))
    assert sin.origin.notes == ()
