"""The declarations of the inputs of a case are looked up once, by label."""

from gradcheck.declaration.domain import indices, positive, real
from gradcheck.declaration.input_declarations import InputDeclarations
from gradcheck.declaration.inputs import Array
from gradcheck.ops.shaping.concat import concat

ARRAYS = (Array("N D"), Array("D N", positive()), Array("V", indices(3)))


def test_inputs_stand_in_order():
    declared = InputDeclarations(ARRAYS, "N")
    assert declared.differentiable == (True, True, False)
    assert declared.batch_axes == (0, 1, None)
    assert [domain.name for domain in declared.domains] == [array.domain.name for array in ARRAYS]


def test_without_a_batch_no_axis_is_one():
    assert InputDeclarations(ARRAYS, None).batch_axes == (None, None, None)


def test_inputs_are_free_where_every_domain_is():
    assert InputDeclarations((Array("N"), Array("D", real())), None).free
    assert not InputDeclarations(ARRAYS, None).free


def test_an_op_looks_its_labels_up_once():
    labels = ("xs[0]", "xs[1]")
    declared = concat.input_declarations(labels)
    assert declared.arrays == (concat.inputs["xs"].array,) * 2
    assert concat.input_declarations(labels) is declared
