"""Pairs, classes and declarations of a module are ops, and whatever stands in the way is told with its remedy."""

import pytest

from gradcheck import DeclarationError, TargetError, find
from gradcheck.discovery.target_errors import UncheckedWarning
from gradcheck.discovery.targets import list_target_contents
from tests.discovery.written_files import DECLARED, GATE, PAIR, SIZED, names, refused, write

pytestmark = pytest.mark.usefixtures("folder")

REFERENCE = """
def NAMEreference(x):
    return x ** 2
"""


def test_a_plain_pair_is_named_after_its_file():
    write("layers/square.py", PAIR)
    assert names("layers/square.py") == ["square"]


def test_named_pairs_are_named_after_their_functions():
    write("layers.py", PAIR + PAIR.replace("NAME", "cube_"), "square_")
    assert names("layers.py") == ["square", "cube"]


def test_a_plain_pair_and_named_ones_live_in_one_file():
    write("square.py", PAIR.replace("NAME", "cube_") + PAIR)
    assert sorted(names("square.py")) == ["cube", "square"]


def test_a_reference_beside_its_pair_is_picked_up_and_no_other():
    write("layers.py", PAIR + REFERENCE + PAIR.replace("NAME", "cube_"), "square_")
    square, cube = find("layers.py")
    assert square.reference(3) == 9
    assert (square.origin.reference_is_forward, cube.origin.reference_is_forward) == (False, True)


def test_a_plain_reference_is_picked_up():
    write("square.py", PAIR + REFERENCE)
    assert find("square.py")[0].reference(3) == 9


def test_an_op_and_its_own_functions_are_one():
    write("square.py", PAIR + DECLARED)
    (op,) = find("square.py")
    assert not op.origin.shapes_inferred


def test_an_op_under_two_names_is_one():
    write("square.py", PAIR + DECLARED + "again = square\n")
    assert names("square.py") == ["square"]


def test_functions_imported_from_elsewhere_are_not_found_again():
    write("square.py", PAIR)
    write("user.py", "from square import forward, backward\n" + PAIR.replace("NAME", "own_"))
    assert names("user.py") == ["own"]


def test_the_variants_of_a_pair_are_pairs():
    variant = PAIR.replace("NAMEforward", "square_forward_naive").replace("NAMEbackward", "square_backward_naive")
    write("layers.py", variant + PAIR + REFERENCE, "square_")
    naive, square = find("layers.py")
    assert (naive.name, square.name) == ("square_naive", "square")
    assert naive.origin.reference_is_forward
    assert (square.origin.reference_is_forward, square.reference(3)) == (False, 9)


def test_another_backward_of_one_forward_is_a_pair_with_its_reference():
    alternative = "def square_backward_alt(dy, x):\n    return dy * (x + x)\n"
    write("layers.py", PAIR + REFERENCE + alternative, "square_")
    alt, square = find("layers.py")
    assert (alt.name, square.name) == ("square_alt", "square")
    assert (alt.reference(3), square.reference(3)) == (9, 9)


def test_a_forward_may_have_the_name_alone():
    write("layers.py", PAIR.replace("NAMEforward", "square") + REFERENCE, "square_")
    (square,) = find("layers.py")
    assert (square.name, square.origin.reference_is_forward, square.reference(3)) == ("square", False, 9)
    write("layers.py", PAIR.replace("NAMEforward", "square"), "square_")
    assert find("layers.py")[0].origin.reference_is_forward
    write("layers.py", PAIR.replace("NAMEforward", "square") + PAIR, "square_")
    assert names("layers.py") == ["square"]


def test_a_variant_of_one_part_alone_is_no_pair():
    write("layers.py", PAIR + "def forward_all(x):\n    return x\ndef cube_backward_fast(dy, x):\n    return x\n")
    assert names("layers.py") == ["layers"]


@pytest.mark.parametrize(("there", "missing"), [("forward", "backward"), ("backward", "forward")])
@pytest.mark.parametrize("name", ["", "square_"])
def test_half_of_a_pair_is_told_the_other_half(name, there, missing):
    write("layers.py", f"def {name}{there}(x):\n    return x, x\n")
    refused("layers.py", "layers.py", f"{name}{there} has no {name}{missing} beside it", "write one, or rename it")


def test_shapes_that_do_not_fit_are_told_how_to_annotate():
    write("layers.py", PAIR.replace("return x * x, x", "raise ValueError('never')"), "square_")
    refused("layers.py", "square: forward(x) runs on none of the shapes tried", 'def forward(x: "N D", …)', "Op(…")


def test_an_annotation_that_cannot_be_read_is_refused():
    write("layers.py", PAIR.replace("(x):", '(x: "N D+"):'), "square_")
    refused("layers.py", "square", "'N D+'", "an axis is a name")


def test_a_broken_declaration_keeps_its_own_message():
    write("square.py", PAIR + DECLARED.replace("*S", "N-"))
    with pytest.raises((DeclarationError, TargetError), match="N-"):
        find("square.py")


def test_a_class_with_both_methods_is_found():
    write("gates.py", GATE)
    (op,) = find("gates.py")
    assert (op.name, list(op.inputs), op.location[1]) == ("Square", ["x"], 6)


def test_a_class_for_others_to_inherit_from_and_a_private_one_are_left_out():
    base = "class Layer:\n    def forward(self, x): raise NotImplementedError\n    def backward(self, dy): pass\n"
    write("gates.py", base + GATE.replace("Square", "_Square"))
    refused("gates.py", "no ops found")


def test_a_class_that_cannot_be_made_is_told_and_the_others_are_found():
    write("gates.py", GATE + SIZED)
    with pytest.warns(UncheckedWarning, match=r"Sized is not checked: its constructor takes n, m; declare it, as in"):
        assert names("gates.py") == ["Square"]


def left_out(target):
    """What is not checked in a target, and why."""
    return {part.name: part.reason for part in list_target_contents(target).not_checked}


def test_functions_and_classes_that_are_no_ops_are_told():
    write("layers.py", PAIR + "def svm_loss(x): pass\ndef shape(x): pass\nclass Net: pass\n", "square_")
    assert left_out("layers.py") == {
        "svm_loss": "no svm_loss_backward beside it; if it returns (loss, gradients), write "
        'op = gradcheck.adapt(svm_loss, adapter="loss")',
        "shape": "no shape_backward beside it",
        "Net": "no forward and backward in it",
    }


def test_what_ops_use_directly_or_not_is_not_told_nor_are_tests_errors_and_private_code():
    helpers = """
def twice(x): return 2 * x
def power(x): return x * twice(x) / 2
class Cache:
    def __init__(self, x): self.x = keep(x)
def keep(x): return x
class Trouble(ValueError): pass
def test_it(): pass
def _private(): pass
"""
    write("layers.py", helpers + PAIR.replace("return x * x, x", "return power(x), Cache(x)"), "square_")
    assert left_out("layers.py") == {}


def test_what_a_declared_op_was_adapted_of_is_not_found_again():
    wrapped = (
        PAIR + "from gradcheck import adapt\ndouble = adapt(square_forward, square_backward, x='N', averaged={})\n"
    )
    write("layers.py", wrapped, "square_")
    assert (names("layers.py"), left_out("layers.py")) == (["square"], {})


def test_two_declared_ops_of_one_name_are_named_after_their_variables():
    write("ops.py", PAIR + DECLARED + DECLARED.replace("square =", "other =").replace("*S", "N D"))
    assert names("ops.py") == ["square", "other"]


def test_a_pair_and_a_class_of_one_name_are_numbered():
    write("ops.py", PAIR + GATE, "Square_")
    assert names("ops.py") == ["Square", "Square (2)"]
