"""How much work an op looks like."""

from gradcheck.declaration.inputs import Array, Several
from gradcheck.declaration.op import Op
from gradcheck.discovery.found_ops import count_axes
from gradcheck.discovery.library import load_library_ops


def test_axes_of_all_inputs_are_counted():
    def shaped(**inputs):
        return Op("op", lambda *xs: (xs, None), lambda dy, cache: dy, inputs=inputs)

    assert count_axes(shaped(x=Array("N D"), w=Array("D M"))) == 4
    assert count_axes(shaped(xs=Several(Array("*S"), most=3), y=Array("N C H W"))) == 7
    assert max(load_library_ops(), key=count_axes).family != "pointwise"
