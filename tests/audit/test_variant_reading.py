"""Conventions of a row: which names they ask for, which model answers are theirs, and what they take from their row."""

import pytest

from tests.audit.assignment_files import HEAD, ROW, is_refused, read_text


def read_row(folder, text):
    return read_text(folder, HEAD + text).functions[0]


def test_model_answers_have_the_names_that_are_asked_for(tmp_path):
    main = read_row(tmp_path, ROW).main
    assert (main.model_forward, main.model_backward, main.reference) == (
        "square_forward",
        "square_backward",
        "square_reference",
    )


def test_model_answers_may_have_names_of_their_own(tmp_path):
    main = read_row(tmp_path, ROW + 'model = "half"').main
    assert (main.forward, main.model_forward, main.model_backward) == (
        "square_forward",
        "half_forward",
        "half_backward",
    )
    assert main.reference == ""
    assert read_row(tmp_path, ROW + 'reference = "call_square"').main.reference == "call_square"


def test_an_accepted_convention_takes_from_its_row_what_it_does_not_say(tmp_path):
    row = read_row(tmp_path, ROW + 'batch = "N"\naccept = [{ name = "half", model = "half", averaged = { x = "N" } }]')
    (half,) = row.accept
    assert (half.name, half.forward, half.model_backward, half.reference) == (
        "half",
        "square_forward",
        "half_backward",
        "",
    )
    assert (row.main.options, half.options) == ({"batch": "N"}, {"batch": "N", "averaged": {"x": "N"}})
    assert row.main.name == ""


def test_a_convention_of_another_form_takes_no_names_from_its_row(tmp_path):
    row = read_row(tmp_path, ROW + 'accept = [{ name = "as a class", forward = "Square", adapter = "layer" }]')
    (layer,) = row.accept
    assert (layer.model_forward, layer.backward, layer.model_backward, layer.reference) == ("Square", "", "", "")


def test_what_calls_a_class_or_both_parts_of_a_pair_is_named(tmp_path):
    single = '[[functions]]\nname = "s"\nforward = "Square"\nadapter = "loss"\nthrough = "call_square"\n'
    assert read_row(tmp_path, single).main.through == "call_square"
    pair = ROW + 'through = { forward = "call_square", backward = "half_backward" }'
    main = read_row(tmp_path, pair).main
    assert (main.through, main.through_backward) == ("call_square", "half_backward")


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ('model = "haf"', ["forward is 'haf_forward'", "did you mean 'half_forward'?"]),
        ('reference = "square_refrence"', ["reference is", "did you mean 'square_reference'?"]),
        ('kinks = "margins"', ["kinks is 'margins'", "write it there"]),
        ('through = "call_square"', ["through is 'call_square', not a table"]),
        ('through = { forward = "call_square" }', ["through: backward is missing"]),
        ('adapter = "pear"', ["adapter is unknown", "did you mean 'pair'?"]),
        ('adapter = "loss"', ["adapter is 'loss', which takes no backward"]),
        ('accept = [{ model = "half" }]', ["accepted convention 1: name is missing"]),
        ('accept = [{ name = "half", mdel = "half" }]', ["convention 1 (half)", "did you mean 'model'?"]),
        ('accept = [{ name = "half", points = 1 }]', ["no key 'points'"]),
    ],
)
def test_a_wrong_convention_is_refused(tmp_path, keys, words):
    assert is_refused(tmp_path, HEAD + ROW + keys, "function 1 (square)", *words)


def test_an_adapter_of_pairs_wants_a_backward(tmp_path):
    text = HEAD + '[[functions]]\nname = "square"\nforward = "square_forward"\nadapter = "pair"'
    assert is_refused(tmp_path, text, "adapter is 'pair', which takes a backward as well")
