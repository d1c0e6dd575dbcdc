import pytest

from gradcheck import adapt
from gradcheck.causes.edits.candidates import rank_candidates
from gradcheck.causes.edits.editable_statements import list_editable_statements
from gradcheck.causes.telling_cases import draw_telling_cases
from tests.causes.edits import wrong_code


@pytest.fixture(scope="module")
def candidates():
    statements = list_editable_statements(next(draw_telling_cases(wrong_code.affine, 0)), "w")
    return list(rank_candidates(statements))


def test_the_likely_edits_of_the_nearest_lines_come_first(candidates):
    later = [candidate for candidate in candidates if not candidate.of.in_forward]
    ranks = [candidate.rank for candidate in later]
    assert ranks == sorted(ranks)
    assert later[0].of.distance == 0


def test_a_patch_has_the_line_before_and_after(candidates):
    patches = [(c.make_patch(3), c.cause) for c in candidates]
    patch, cause = next(row for row in patches if row[0].after == "dw = x.T @ dout")
    assert (patch.before, patch.cases) == ("dw = x.T @ dout / x.shape[0]", 3)
    assert (cause.name, cause.hint) == ("divided-by-length", "Write `dw = x.T @ dout`.")


def forward_in_place(x: "N D"):  # noqa: F722
    c = x - x.mean()
    kept = c
    y = c**3
    c *= 2
    return y, kept


def test_what_forward_writes_to_what_it_keeps_is_tried_first():
    op = adapt(forward_in_place, lambda dy, c: 3 * dy * c**2)
    ranked = rank_candidates(list_editable_statements(next(draw_telling_cases(op, 0)), "x"))
    first = [next(ranked) for _ in range(4)]
    assert {c.cause.name for c in first} == {"cache-corrupted"}
    assert {"", "kept = c.copy()"} <= {c.make_patch(0).after for c in first}


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
