import numpy as np
import pytest

from gradcheck import Array, DeclarationError, Op, Several, adapt, check, choice, positive
from gradcheck.checking.vector_cases import find_vectors
from gradcheck.discovery.library import load_library_ops
from gradcheck.records.golden_vectors import load_vectors

LIBRARY = {op.name: op for op in load_library_ops()}


def forward(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return (y := e / e.sum(-1, keepdims=True)), y


def backward(dy, y):
    return y * (dy - (dy * y).sum(-1, keepdims=True))


def make_softmax(shape="*S C", same_as="softmax", **options):
    return adapt(forward, backward, name="mine", x=Array(shape, **options), same_as=same_as)


WITHOUT_VECTORS = {"lenet": "no case could be drawn"}
"""Ops that have none, and why: the least image of LeNet is larger than those that vectors are made of."""


@pytest.mark.parametrize("name", sorted(LIBRARY))
def test_all_vectors_of_an_op_of_the_library_fit_it(name):
    found, stored = find_vectors(LIBRARY[name]), load_vectors(name)
    assert len(found.vectors) == len(stored.vectors)
    assert len(stored.vectors) >= 8 or stored.infeasible == WITHOUT_VECTORS[name]
    assert not found.unfit


def test_an_op_that_names_none_has_none():
    assert find_vectors(make_softmax(same_as=None)).vectors == ()


def test_inputs_are_renamed_in_their_order():
    inputs = {"a": Array("*#S"), "b": Array("*#S")}
    vector = find_vectors(Op("mine", np.divide, np.divide, inputs=inputs, same_as="divide")).vectors[0]
    theirs = load_vectors("divide").vectors[0]
    assert vector.case.op == "mine"
    assert list(vector.case.inputs) == ["a", "b"]
    assert [a.tolist() for a in vector.case.point] == [a.tolist() for a in theirs.case.point]
    assert vector.outputs == theirs.outputs


def test_the_members_of_several_inputs_keep_their_numbers():
    op = Op("mine", lambda *a, axis: (0, 0), lambda dy, c: c, inputs={"parts": Several(Array("*A ?D *B"))},
            settings=LIBRARY["concat"].settings, same_as="concat")  # fmt: skip
    labels = {label for vector in find_vectors(op).vectors for label in vector.case.inputs}
    assert {"parts[0]", "parts[1]"} <= labels <= {"parts[0]", "parts[1]", "parts[2]"}


@pytest.mark.parametrize(
    ("op", "reason"),
    [
        (make_softmax("N C"), "the shape (3, 3, 3) of x is not one of 'N C'"),
        (make_softmax(domain=positive()), "x is outside of positive(0.0625)"),
        (make_softmax(same_as="elu(alpha=1.0)"), "they have another alpha, such as 0.5"),
    ],
)
def test_those_that_do_not_fit_are_counted_and_told(op, reason):
    found, whole = find_vectors(op), load_vectors(op.same_as.partition("(")[0])
    assert 0 < len(found.vectors) < len(whole.vectors)
    assert len(found.vectors) + found.unfit == len(whole.vectors)
    assert found.reason == reason
    note = f"{found.unfit} of {len(whole.vectors)} golden vectors of {whole.op} left out: {reason}"
    assert note in check(op, examples=1, laws=("value",)).notes


@pytest.mark.parametrize(
    ("same_as", "reason"),
    [
        ("elu", "mine has no setting alpha; name the value that it has: elu(alpha=…)"),
        ("elu(alpha=7.0)", "they have another alpha, such as 1.0"),
        ("add", "add of the library takes x, y, and mine takes x; take the same, in the same order"),
        ("fork", "fork of the library has 2 outputs, and mine has 1 output"),
    ],
)
def test_where_none_is_heard_that_is_not_checked(same_as, reason):
    op = make_softmax(same_as=same_as)
    result = check(op, examples=1, laws=("value", "gradient"))
    whole = len(load_vectors(same_as.partition("(")[0]).vectors)
    unheard = [str(part) for part in result.not_checked]
    assert f"{whole} of {whole} golden vectors of {same_as.partition('(')[0]} ({reason})" in unheard
    assert not result.searched.vectors


def test_settings_are_those_of_the_vectors():
    elu = LIBRARY["elu"]
    op = Op(
        "mine", elu.forward, elu.backward, inputs={"z": Array("*S")}, settings={"alpha": choice(0.5)}, same_as="elu"
    )
    found = find_vectors(op)
    assert {vector.case.settings["alpha"] for vector in found.vectors} == {0.5}
    assert found.reason == "the setting alpha of op 'mine' may not be 1.0"


@pytest.mark.parametrize("same_as", ["sofmax", "SoftMax"])
def test_a_name_that_does_not_exist_is_an_error(same_as):
    with pytest.raises(DeclarationError, match=f"no golden vectors of '{same_as}'; did you mean 'softmax'"):
        check(make_softmax(same_as=same_as), examples=1)


@pytest.mark.parametrize(
    ("same_as", "words"),
    [
        ("elu(alpha=1.0, beta=2)", "elu has no setting 'beta'; its settings are alpha"),
        ("softmax(axis=1)", "softmax has no setting 'axis'; it has none"),
    ],
)
def test_a_setting_that_the_op_of_the_library_has_not_is_an_error(same_as, words):
    with pytest.raises(DeclarationError, match=words):
        find_vectors(make_softmax(same_as=same_as))


def test_a_broken_file_is_an_error_that_names_it(monkeypatch, tmp_path):
    (tmp_path / "broken.json").write_text("{")
    monkeypatch.setattr("gradcheck.records.golden_vectors.find_vector_folder", lambda: tmp_path)
    with pytest.raises(DeclarationError, match=r"same_as='broken': .*broken\.json: this is not JSON"):
        find_vectors(make_softmax(same_as="broken"))
