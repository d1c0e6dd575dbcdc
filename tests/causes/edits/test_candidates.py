import pytest

from gradcheck.causes.edits.candidates import rank_candidates
from gradcheck.causes.edits.editable_statements import list_editable_statements
from gradcheck.causes.telling_cases import draw_telling_cases
from tests.causes.edits import wrong_code


@pytest.fixture(scope="module")
def candidates():
    statements = list_editable_statements(next(draw_telling_cases(wrong_code.affine, 0)), "w")
    return list(rank_candidates(statements))


def test_the_likely_edits_of_the_nearest_lines_come_first(candidates):
    ranks = [candidate.rank for candidate in candidates]
    assert ranks == sorted(ranks)
    assert candidates[0].of.distance == 0


def test_a_patch_has_the_line_before_and_after(candidates):
    patches = [(c.make_patch(3), c.cause) for c in candidates]
    patch, cause = next(row for row in patches if row[0].after == "dw = x.T @ dout")
    assert (patch.before, patch.cases) == ("dw = x.T @ dout / x.shape[0]", 3)
    assert (cause.name, cause.hint) == ("divided-by-length", "Write `dw = x.T @ dout`.")


def test_no_line_has_the_same_edit_twice(candidates):
    keys = [(c.edit.start, c.edit.end, c.edit.text, c.edit.kind) for c in candidates]
    assert len(set(keys)) == len(keys)


def test_hardly_anyone_computes_with_a_name_that_is_returned(candidates):
    returned = [c for c in candidates if c.adds_to_returned_name]
    assert {c.make_patch(0).before for c in returned} >= {"return dx, dw, db"}
    assert all(c.rank > c.of.first_rank + 1 for c in returned)


def test_most_edits_are_python(candidates):
    compiled = 0
    for candidate in candidates[:100]:
        try:
            compiled += bool(candidate.compile())
        except (SyntaxError, ValueError):
            continue
    assert compiled > 90
