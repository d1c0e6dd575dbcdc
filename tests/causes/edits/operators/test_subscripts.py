import pytest

from gradcheck.causes.edits.operators import subscripts
from tests.causes.edits.places_of_text import list_places, list_texts

TURNED = "g = np.cumsum(x[:, ::-1], axis=1)[:, ::-1]"


@pytest.mark.parametrize(
    ("operator", "before", "after"),
    [
        (subscripts.permute_subscripts, 'g = np.einsum("ij,jk->ki", x, y)', 'g = np.einsum("ij,jk->ik", x, y)'),
        (subscripts.permute_subscripts, "g = np.einsum('ij, jk -> ik', x, y)", "g = np.einsum('ij,kj->ik', x, y)"),
        (subscripts.reverse_running_sum, "g = np.cumsum(x, axis=1)", TURNED),
        (subscripts.reverse_running_sum, "g = np.cumsum(v)", "g = np.cumsum(v[::-1])[::-1]"),
        (subscripts.reverse_running_sum, "g = x.cumsum(-1)", "g = x[..., ::-1].cumsum(-1)[..., ::-1]"),
    ],
)
def test_a_mistake_is_undone(operator, before, after):
    assert after in list_texts(operator, before)


def test_no_other_text_has_subscripts():
    assert list_texts(subscripts.permute_subscripts, 'g = cache["ij"]') == []


@pytest.mark.parametrize(("line", "name"), [("ij,jk->ki", "transposed"), ("nij,jk->kin", "axes-permuted")])
def test_two_subscripts_in_another_order_are_a_transpose(line, name):
    places = list_places(f'g = np.einsum("{line}", x, y)')
    outputs = [e for place in places for e in subscripts.permute_subscripts(place) if "of its output" in e.words]
    assert {edit.name for edit in outputs} == {name}
