"""A declaration that cannot be checked says what is wrong with it, by name."""

import pytest

from gradcheck.declaration.domain import indices
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice, rank, whole
from gradcheck.declaration.shape import DeclarationError


def forward(x, **settings):
    return x, None


def backward(dy, cache):
    return dy.copy()


def declare(name="op", forward=forward, backward=backward, reference=None, **parts):
    return Op(name, forward, backward, reference, **{"inputs": {"x": Array("N D")}, **parts})


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
        ({"aliases": {"Caffe": " "}}, r"aliases\['Caffe'\] is ' '; write its names"),
        ({"aliases": {"Caffe": ("ReLU",)}}, r"aliases\['Caffe'\] is \('ReLU',\); write its names"),
    ],
)
def test_a_part_that_does_not_fit_is_named(parts, words):
    with pytest.raises(DeclarationError, match=words):
        declare(**parts)


def test_the_message_names_the_op():
    with pytest.raises(DeclarationError, match=r"^op 'lookup': batch is 'M'"):
        declare("lookup", batch="M")


def test_bounds_in_a_circle_are_named_where_the_op_is_declared():
    with pytest.raises(DeclarationError, match=r"op 'op'.*D, N.*circle"):
        declare(sizes={"N": whole("D", None), "D": whole("N+1", None)})


def test_the_first_setting_that_does_not_fit_is_named_before_the_second():
    with pytest.raises(DeclarationError, match="bounds of 'pad'"):
        declare(settings={"pad": whole(0, "K"), "stride": 2})
