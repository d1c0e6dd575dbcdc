"""purity: nothing that was handed in changes, nothing that is handed out is shared, and answers repeat."""

import re
from dataclasses import replace

import numpy as np
import pytest

from gradcheck import check, positive, whole
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.laws.purity import preserve_global_random_state
from gradcheck.records.case import LARGE
from gradcheck.report.counterexample import write_counterexample
from tests.laws.observing import claims, observe

X = np.array([1.0, -2.0, 3.0])
AFFINE = {"x": Array("N D"), "w": Array("D M")}
LARGE_X = np.random.default_rng(0).normal(size=LARGE)
SQUARE = Op("square", lambda x: (x * x, x), lambda dy, x: 2 * x * dy, lambda x: x * x, inputs={"x": Array("N")})


def double_in_place(dy, x):
    dy *= 2
    return x * dy


def write_to_input(x):
    x += 1
    return x * x, x


def write_to_cache(dy, x):
    x *= 2
    return x * dy


def test_what_leaves_everything_as_it_was_is_right():
    seen = observe("purity", SQUARE, X)
    assert (seen.findings, seen.abstained) == ((), "")


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"backward": double_in_place}, "upstream"),
        ({"forward": write_to_input}, "x"),
        ({"backward": write_to_cache}, "cache"),
        ({"backward": lambda dy, x: dy}, "shares memory"),
    ],
    ids=["upstream", "input", "cache", "shared"],
)
def test_what_changes_or_is_shared_is_named(parts, words):
    (claim,) = claims("purity", replace(SQUARE, **parts), X)
    assert words in claim


def test_shared_memory_alone_is_a_warning():
    assert statuses(replace(SQUARE, backward=lambda dy, x: dy)) == ["warning"]
    assert statuses(replace(SQUARE, backward=double_in_place)) == ["failed"]


def into_a_scratch_array(dy, cache):
    x, scratch = cache
    np.multiply(x, 2, out=scratch)
    return dy * scratch


def using_up(dy, cache):
    return 2 * cache.pop() * dy


@pytest.mark.parametrize(
    ("parts", "claim"),
    [
        ({"forward": lambda x: (x * x, (x, np.zeros_like(x))), "backward": into_a_scratch_array}, "changes its cache"),
        ({"forward": lambda x: (x * x, [x]), "backward": using_up}, "changes its cache"),
        ({"backward": lambda dy, x: x}, "shares memory with x"),
    ],
    ids=["scratch array", "stack", "cached array"],
)
def test_what_changes_no_answer_and_no_array_of_the_caller_is_a_warning(parts, claim):
    (finding,) = observe("purity", replace(SQUARE, **parts), X).findings
    assert finding.status == "warning"
    assert claim in finding.claim


def test_a_cache_that_gives_another_answer_the_second_time_fails():
    def double_the_cache(dy, cache):
        cache *= 2
        return cache * dy

    spoiling = replace(SQUARE, forward=lambda x: (x * x, x.copy()), backward=double_the_cache)
    (finding,) = observe("purity", spoiling, X).findings
    words = "backward changes its cache, and gives another answer when it is called again with it"
    assert (finding.status, finding.claim.partition("; ")[0]) == ("failed", words)


def shift_own_copy(x):
    x = x.copy()
    x -= x.max()
    return x, None


def shift_in_place(x):
    x -= x.max()
    return x.copy(), None


def test_work_in_place_is_free_on_a_copy_and_fails_on_an_array_of_the_caller():
    shift = Op("shift", shift_own_copy, lambda dy, cache: dy * 1.0, inputs={"x": Array("N")})
    assert statuses(shift) == []
    assert claims("purity", replace(shift, forward=shift_in_place), X) == ["forward changes x"]


def statuses(op):
    """The statuses of the findings at X."""
    return [finding.status for finding in observe("purity", op, X).findings]


def draw_at_random(x):
    mask = np.random.rand(*x.shape) < 0.5  # noqa: NPY002
    return x * mask, mask


def test_a_forward_that_draws_at_random_is_found():
    random = replace(SQUARE, forward=draw_at_random, backward=lambda dy, mask: dy * mask)
    assert claims("purity", random, np.ones(50)) == ["forward gives another answer when it is called again"]
    assert observe("purity", random, np.ones(50)).unrepeatable
    assert not observe("purity", replace(SQUARE, backward=double_in_place), X).unrepeatable


def test_what_reseeds_the_global_generator_puts_it_back():
    before = np.random.get_state()[1].tolist()  # noqa: NPY002
    with preserve_global_random_state():
        np.random.seed(3)  # noqa: NPY002
        assert np.random.get_state()[1].tolist() != before  # noqa: NPY002
    assert np.random.get_state()[1].tolist() == before  # noqa: NPY002


def test_what_backward_reads_from_outside_the_cache_is_found():
    last = {}

    def forward(x):
        last["x"] = x
        return x * x, None

    (claim,) = claims("purity", replace(SQUARE, forward=forward, backward=lambda dy, cache: 2 * last["x"] * dy), X)
    assert claim == "backward gives another answer when forward and backward ran somewhere else in between"


def test_a_backward_that_counts_its_calls_is_found():
    calls = []

    def backward(dy, x):
        calls.append(1)
        return 2 * x * dy * len(calls)

    (claim,) = claims("purity", replace(SQUARE, backward=backward), X)
    assert claim == "backward gives another answer when it is called again"


def refill_when_shapes_change(x):
    if KEPT.get("shape") != x.shape:
        KEPT.update(shape=x.shape, x=x.copy())
    return x * x, KEPT["x"]


def fill_one_buffer(dy, x):
    kept = BUFFERS.setdefault(x.shape, np.empty_like(x))
    kept[...] = 2 * x * dy
    return kept


def keep_the_output(x):
    y = np.exp(x)
    return y, y


KEPT, BUFFERS = {}, {}
REFILLED = replace(SQUARE, forward=refill_when_shapes_change)
BUFFERED = replace(SQUARE, backward=fill_one_buffer)
EXP = replace(SQUARE, forward=keep_the_output, backward=lambda dy, y: y * dy, reference=None)


@pytest.mark.parametrize(
    ("op", "status", "claim"),
    [
        (REFILLED, "failed", "forward and backward ran somewhere else in between|after calls with other shapes"),
        (BUFFERED, "failed", "a gradient changes when backward is called again"),
        (EXP, "warning", "backward reads an output that the caller may have overwritten"),
    ],
    ids=["stale buffer", "handed out", "cached output"],
)
def test_what_is_kept_from_call_to_call_is_found(op, status, claim):
    finding = next(f for f in check(op, examples=8, laws=("purity",)).findings if f.status == status)
    assert re.search(claim, finding.claim)


def in_two_buffers(dy, x):
    """The gradient, in one buffer and the other by turns, of which backward empties the other."""
    one, other = TWO.setdefault(x.shape, [np.empty_like(x), np.empty_like(x)])
    TWO[x.shape].reverse()
    np.multiply(2 * x, dy, out=one)
    other[...] = 0
    return one


TWO = {}


def test_a_gradient_that_a_later_call_empties_is_found_without_shared_memory():
    said = claims("purity", replace(SQUARE, backward=in_two_buffers), X)
    assert said == ["a gradient changes when backward is called again"]


def test_a_gradient_that_is_remembered_and_stays_as_it_is_may_be_handed_out_again():
    known = {}

    def backward(dy, x):
        return known.setdefault((x.tobytes(), dy.tobytes()), 2 * x * dy)

    assert claims("purity", replace(SQUARE, backward=backward), X) == []


def shrink_in_place(x):
    """Twice the input, which is kept, and which backward overwrites."""
    y = 2 * x
    return y, [y, x.copy()]


def overwrite_output(dy, cache):
    cache[0] *= 0
    return 2.0 * dy


def test_outputs_that_backward_overwrites_are_compared_as_they_were():
    op = replace(SQUARE, forward=shrink_in_place, backward=overwrite_output)
    assert claims("purity", op, X) == ["backward changes its cache"]


def fill_lazily(x):
    size = np.abs(x).sum()
    return x * x, (x, LAZY.setdefault("size", size) / size)


def clear_when_done(dy, cache):
    LAZY.clear()
    x, share = cache
    return 2 * x * dy * share


LAZY = {}


def test_what_is_filled_by_the_first_forward_until_a_backward_is_found():
    said = claims("purity", replace(SQUARE, forward=fill_lazily, backward=clear_when_done), X)
    assert said == ["backward gives another answer after calls with other shapes, settings and values"]


@pytest.mark.parametrize("op", [BUFFERED, EXP, REFILLED], ids=["handed out", "cached output", "stale buffer"])
def test_the_code_to_paste_shows_two_answers(op, capsys):
    finding = check(op, examples=8, laws=("purity",)).findings[0]
    code = write_counterexample(finding, "tests", None).splitlines()
    KEPT.clear()
    exec("\n".join(line for line in code if "load" not in line), {"op": op})
    first, second = capsys.readouterr().out.splitlines()
    assert first != second


def keep_one_pad(x, pad):
    if KEPT.get("padded") != x.shape:
        KEPT.update(padded=x.shape, pad=pad)
    return x * KEPT["pad"], KEPT["pad"]


def test_a_buffer_that_another_setting_fills_is_found():
    op = Op(
        "padded",
        keep_one_pad,
        lambda dy, pad: dy * pad,
        inputs={"x": Array("N")},
        settings={"pad": whole(1, 3)},
    )
    assert "shapes, settings and values" in check(op, examples=8, laws=("purity",)).findings[0].claim


def invert_the_output(dy, y):
    if np.any(y < 1):
        raise np.linalg.LinAlgError("singular")
    return dy * y


def test_a_backward_that_raises_once_its_output_is_overwritten_reads_it():
    op = replace(EXP, inputs={"x": Array("N", positive())}, backward=invert_the_output)
    (finding,) = observe("purity", op, X + 3).findings
    assert (finding.status, finding.claim) == (
        "warning",
        "backward reads an output that the caller may have overwritten",
    )


def refuse_large(x):
    if np.abs(x).max() > 3:
        raise ValueError("too large")
    return x * x, x.copy()


def test_a_forward_that_raises_at_the_point_in_between_is_not_called_there():
    assert claims("purity", replace(SQUARE, forward=refuse_large), np.array([2.5, 2.9])) == []


@pytest.mark.parametrize(
    ("parts", "advice"),
    [
        ({"backward": lambda dy, x: dy}, "Return a copy"),
        ({"backward": double_in_place}, "Work on a copy"),
        ({"forward": draw_at_random, "backward": lambda dy, mask: dy * mask}, "Pass random draws in as inputs"),
    ],
)
def test_there_is_advice_for_each_kind(parts, advice):
    (finding,) = observe("purity", replace(SQUARE, **parts), X).findings
    assert advice in finding.hint


@pytest.mark.parametrize(
    ("x", "calls"),
    [(X, {"forward": 7, "backward": 4}), (LARGE_X, {"forward": 5, "backward": 4})],
    ids=["small", "large"],
)
def test_a_case_is_asked_by_few_calls(x, calls):
    """One of the calls makes the case."""
    made = {}
    observe("purity", count_calls(SQUARE, made), x)
    assert made == calls


def count_calls(op, calls):
    """The op, counting its calls."""

    def count(part, function):
        def run(*args):
            calls[part] = calls.get(part, 0) + 1
            return function(*args)

        return run

    return replace(op, forward=count("forward", op.forward), backward=count("backward", op.backward))


def in_one_buffer():
    buffer = np.empty(LARGE)
    return lambda dy, x: np.multiply(2 * x, dy, out=buffer)


def with_a_global():
    seen = {}

    def forward(x):
        seen["x"] = x
        return x * x, None

    return {"forward": forward, "backward": lambda dy, cache: 2 * seen["x"] * dy}


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: {"backward": double_in_place}, "backward changes the upstream of y"),
        (lambda: {"forward": write_to_input}, "forward changes x"),
        (lambda: {"backward": write_to_cache}, "backward changes its cache"),
        (lambda: {"backward": lambda dy, x: dy}, "shares memory"),
        (lambda: {"forward": draw_at_random, "backward": lambda dy, mask: dy * mask}, "gives another answer"),
        (lambda: {"backward": in_one_buffer()}, "a gradient changes when backward is called again"),
        (with_a_global, "when forward and backward ran somewhere else in between"),
        (lambda: {"forward": lambda x: 2 * (np.exp(x),), "backward": lambda dy, y: dy * y}, "reads an output"),
    ],
    ids=["upstream", "input", "cache", "shared", "random", "buffer", "global", "output"],
)
def test_what_is_not_pure_in_a_large_case_is_found(make, words):
    said = claims("purity", replace(SQUARE, **make()), LARGE_X)
    assert any(words in claim for claim in said), said


def test_a_parameter_that_is_updated_is_told_from_another_array_that_is_changed():
    def update(dy, cache):
        x, w = cache
        dx, dw = dy @ w.T, x.T @ dy
        w -= 0.1 * dw
        return dx, dw

    def scale(dy, cache):
        x, w = cache
        dx, dw = dy @ w.T, x.T @ dy
        w *= 3
        return dx, dw

    affine = Op("affine", lambda x, w: (x @ w, (x, w)), update, inputs=AFFINE)
    assert name_causes(affine) == {"parameter-updated"}
    assert name_causes(replace(affine, backward=scale)) == {"array-changed"}


def test_one_that_draws_at_random_is_told_from_one_that_keeps_state_whatever_was_met_first():
    def draw(dy, x):
        return 2 * x * dy * (np.random.default_rng().random(x.shape) < 0.5)

    assert name_causes(replace(SQUARE, backward=draw)) == {"random-draws"}


def name_causes(op):
    """The causes of the findings of this law."""
    findings = check(op, laws=["purity"], examples=10).findings
    return {finding.cause_name for finding in findings if finding.law == "purity"}
