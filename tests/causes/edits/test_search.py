import pytest

from gradcheck.causes.edits.search import SearchCount, find_patches, find_patches_along_directions
from gradcheck.causes.telling_cases import draw_telling_cases
from tests.causes.edits import wrong_code
from tests.lanes import mark_most_slow


def collect(op, label, most=3):
    """The first telling cases in which the gradient of an input is wrong."""
    cases = (case for case in draw_telling_cases(op, 0) if case.is_wrong(case.labels.index(label)))
    return [case for case, _ in zip(cases, range(most), strict=False)]


MENDED = [
    ("frames", "x", "stride-ignored", "start = f * hop"),
    ("scaled", "x", "setting-factor", "return dy * scale"),
    ("sums", "x", "overwritten", "dx = np.zeros(shape)"),
    ("affine", "w", "divided-by-length", "dw = x.T @ dout"),
    ("affine", "b", "divided-by-length", "db = dout.sum(axis=0)"),
    ("windows", "x", "overwritten", "dx[:, i : i + 2] += dout[:, i : i + 1]"),
    ("layer", "b", "sum-missing", "self.db = dz.sum(axis=0)"),
    ("penalty", "W", "regularisation-half", "reg * np.sum(W * W), X.T @ s + 2 * reg * W"),
    ("swish", "x", "term-sign", "return dy * (s + x * s * (k - s))"),
    ("closed", "w", "transposed", "dw = x.T @ dy"),
    ("mean", "x", "wrong-variable", "compute_scale(shape[1])"),
    ("count", "x", "sign", "dx[:, i] = dy"),
    ("sine", "x", "sign", 'slope=lambda x, y: np.cos(x), reference=lambda x: x, source="definition")'),
    ("linear", "w", "divided-by-length", "x.T @ dy"),
]


@pytest.mark.parametrize("mended", mark_most_slow(MENDED, 5), ids=lambda row: f"{row[0]}-{row[1]}")
def test_a_line_is_mended(mended):
    name, label, cause, after = mended
    op = getattr(wrong_code, name)
    ((found, patch),) = find_patches(op, label, collect(op, label), budget=60)
    assert (found.name, patch.after[-len(after) :]) == (cause, after)
    assert found.words.startswith(f"line {patch.line} ")
    assert patch.cases > 8


@pytest.mark.slow
def test_a_line_that_is_moved_keeps_its_text():
    ((_, patch),) = find_patches(wrong_code.sums, "x", collect(wrong_code.sums, "x"), budget=60)
    assert (patch.after, patch.moved) == (patch.before, "before the loop")


def test_a_line_is_mended_where_one_direction_of_each_input_is_looked_at():
    ((found, patch),) = find_patches_along_directions(wrong_code.windows, "x", budget=60)
    assert (found.name, patch.after) == ("overwritten", "dx[:, i : i + 2] += dout[:, i : i + 1]")
    assert find_patches_along_directions(wrong_code.affine, "x") == []


def test_cases_without_finite_outputs_tell_nothing():
    ((found, patch),) = find_patches(wrong_code.unit, "x", collect(wrong_code.unit, "x"), budget=60)
    assert (found.name, patch.after[-4:]) == ("power", "n**3")


def test_what_no_edit_mends_has_no_patch():
    trials = SearchCount()
    clock = iter([0.0] * 200 + [9.0] * 10)
    assert find_patches(wrong_code.far, "x", collect(wrong_code.far, "x"), 2.0, lambda: next(clock), trials) == []
    assert 0 < trials.trials < 200


def test_a_right_gradient_has_no_patch():
    cases = list(draw_telling_cases(wrong_code.affine, 0))[:2]
    assert find_patches(wrong_code.affine, "x", cases) == []


def test_the_code_and_its_globals_are_as_they_were():
    before = wrong_code.mean_backward.__code__
    cases = collect(wrong_code.mean, "x")
    wrong_code.CALLS.clear()
    find_patches(wrong_code.mean, "x", cases, budget=60)
    assert wrong_code.mean_backward.__code__ is before
    assert len(wrong_code.CALLS) == 1  # by the trace, which runs the code as it is
    assert wrong_code.compute_scale(4) == 0.25


def test_the_code_is_put_back_where_the_search_is_stopped():
    def ring():
        if next(times) > 40:
            raise KeyboardInterrupt
        return 0.0

    times, code = iter(range(1000)), wrong_code.affine_backward.__code__
    with pytest.raises(KeyboardInterrupt):
        find_patches(wrong_code.affine, "w", collect(wrong_code.affine, "w"), clock=ring)
    assert wrong_code.affine_backward.__code__ is code
