import pytest

from gradcheck.causes.edits.operators import statements
from tests.causes.edits.places_of_text import list_places, list_texts


@pytest.mark.parametrize(
    ("operator", "before", "after"),
    [
        (statements.add_in_place, "x[n] = dy", "x[n] += dy"),
        (statements.add_in_place, "x[n, m] = 1", "x[n, m] -= 1"),
        (statements.add_in_place, "x[n] += dy", "x[n] = dy"),
        (statements.add_in_place, "x[n] += dy", "np.add.at(x, n, dy)"),
        (statements.exchange_returned, "return x, y, v", "return v, y, x"),
        (statements.copy_value, "g = x", "g = x.copy()"),
        (statements.copy_value, "v.append(x)", "v.append(x.copy())"),
    ],
)
def test_a_mistake_is_undone(operator, before, after):
    assert after in list_texts(operator, before)


def test_a_statement_beside_another_is_not_deleted():
    assert [e for p in list_places("x; g += x") for e in statements.delete_statement(p)] == []


def test_a_statement_is_deleted_or_leaves_its_loop():
    assert [e.kind for p in list_places("g += x") for e in statements.delete_statement(p)] == ["delete"]
    assert [e.kind for p in list_places("return x") for e in statements.leave_loop(p)] == ["dedent"]
    assert [e.kind for p in list_places("g = x") for e in statements.leave_loop(p)] == ["dedent", "hoist"]
