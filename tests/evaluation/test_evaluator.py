"""The evaluator runs code under test on copies, once per point, and says what came back wrong."""

import sys

import numpy as np
import pytest

from gradcheck.arrays import flat, unflatten
from gradcheck.declaration.domain import indices
from gradcheck.declaration.inputs import Array, Several
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import COPIED, CacheChange, Evaluator, Malformed, UserError
from gradcheck.records.case import LARGE, Case

X, B, DY = np.arange(6.0).reshape(2, 3), np.ones(3), np.full((2, 3), 2.0)


def forward(x, b):
    return x + b, {"x": x}


def backward(dy, cache):
    return dy.copy(), dy.sum(axis=0)


def evaluator(forward=forward, backward=backward, **parts):
    op = Op("bias", forward, backward, **{"inputs": {"x": Array("N D"), "b": Array("D")}, **parts})
    return Evaluator(op, Case("bias", {"x": X.copy(), "b": B.copy()}, (DY.copy(),), {}, 0))


def gradients(**parts):
    one = evaluator(**parts)
    return one.gradients(one.case.point, one.case.upstream)


def trial(**parts):
    one = evaluator(**parts)
    return one.watch_call(one.case.point, one.case.upstream)


def test_outputs_and_gradients_are_those_of_the_op():
    one = evaluator()
    assert one.outputs((X, B))[0].tolist() == (X + 1).tolist()
    assert [g.tolist() for g in one.gradients((X, B), (DY,))] == [DY.tolist(), [4, 4, 4]]


def test_code_that_writes_to_its_arguments_leaves_the_case_alone():
    def destructive_forward(x, b):
        x += b
        return x, None

    def destructive_backward(dy, cache):
        dy *= 0
        return dy, dy.sum(axis=0)

    one = evaluator(destructive_forward, destructive_backward)
    one.gradients(one.case.point, one.case.upstream)
    assert np.array_equal(one.case.inputs["x"], X)
    assert np.array_equal(one.case.upstream[0], DY)


def test_one_point_is_computed_once():
    calls = []

    def counted(x, b):
        calls.append(x)
        return forward(x, b)

    one = evaluator(counted)
    for _ in range(3):
        one.outputs(one.case.point)
    assert len(calls) == 1
    one.outputs((X + 1, B))
    assert len(calls) == 2


def test_zeros_of_different_sign_are_different_points():
    one = evaluator(lambda x, b: (np.signbit(x).astype(float) + b, None))
    zeros = np.zeros((2, 3))
    assert one.outputs((zeros, B))[0].tolist() != one.outputs((-zeros, B))[0].tolist()


@pytest.mark.parametrize("part", ["forward", "backward"])
def test_an_exception_names_the_part_and_the_line_that_raised(part):
    def broken(*args):
        raise KeyError("gamma")

    one = evaluator(**{part: broken})
    with pytest.raises(UserError, match=f"{part} raised KeyError: 'gamma'") as error:
        one.gradients(one.case.point, one.case.upstream)
    assert error.value.part == part
    assert (error.value.file, error.value.line) == (__file__, broken.__code__.co_firstlineno + 1)


def test_an_exception_deep_in_a_library_is_placed_in_the_code_under_test():
    def broken(x, b):
        return np.linalg.inv(x), None

    with pytest.raises(UserError, match="LinAlgError") as error:
        evaluator(broken).outputs((X, B))
    assert error.value.file == __file__


def test_leaving_the_interpreter_is_an_exception_like_others():
    with pytest.raises(UserError, match="SystemExit"):
        gradients(backward=lambda dy, cache: sys.exit(3))


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (X, r"forward returned an array of shape \(2, 3\), not \(output, cache\)"),
        (None, "forward returned None"),
        ((X, 1, 2), "a tuple of 3"),
        ((None, None), "output y is None"),
        (("text", None), "output y is str 'text'"),
    ],
)
def test_a_forward_of_another_form_is_described(result, words):
    with pytest.raises(Malformed, match=words):
        evaluator(lambda x, b: result).outputs((X, B))


@pytest.mark.parametrize(
    ("result", "label", "words"),
    [
        (DY, "", "1 gradient, expected 2, one for each of x, b"),
        ((DY, B, B), "", "3 gradients, expected 2"),
        ((None, B), "x", r"gradient of x is None, expected an array of shape \(2, 3\)"),
        ((DY, "b"), "b", "gradient of b is str 'b'"),
        ((DY, B[None]), "b", r"gradient of b has shape \(1, 3\), expected \(3,\)"),
        ((DY.T, B), "x", r"gradient of x has shape \(3, 2\), expected \(2, 3\)"),
        ((DY, DY), "b", r"gradient of b has shape \(2, 3\)"),
        ((DY, B.astype(int)), "b", "gradient of b has dtype int64"),
        ((DY, B.astype(bool)), "b", "gradient of b has dtype bool"),
    ],
)
def test_a_gradient_that_is_not_owed_like_this_is_described(result, label, words):
    with pytest.raises(Malformed, match=words) as error:
        gradients(backward=lambda dy, cache: result)
    assert error.value.subject.name == label


@pytest.mark.parametrize(
    ("result", "hint"), [((DY, B[None]), "keepdims"), ((DY.T, B), "transposed"), ((DY, DY), "Sum over")]
)
def test_a_wrong_shape_comes_with_what_usually_brings_it_about(result, hint):
    with pytest.raises(Malformed) as error:
        gradients(backward=lambda dy, cache: result)
    assert hint in error.value.hint


def test_an_input_without_a_gradient_wants_none():
    inputs = {"x": Array("N D"), "b": Array("D", indices(3))}
    assert gradients(backward=lambda dy, cache: (dy.copy(), None), inputs=inputs)[1] is None
    with pytest.raises(Malformed, match=r"gradient of b .* expected None"):
        gradients(inputs=inputs)


def test_several_outputs_go_out_and_come_back_as_tuples():
    op = Op(
        "two",
        lambda x: ((x, 2 * x), None),
        lambda ups, cache: ups[0] + 2 * ups[1],
        inputs={"x": Array("N")},
        outputs=("y", "z"),
    )
    one = Evaluator(op, Case("two", {"x": B}, (B, B), {}, 0))
    assert [y.tolist() for y in one.outputs((B,))] == [[1, 1, 1], [2, 2, 2]]
    assert one.gradients((B,), (B, B))[0].tolist() == [3, 3, 3]


def test_too_few_outputs_are_described():
    op = Op("two", lambda x: (x, None), lambda ups, cache: ups[0], inputs={"x": Array("N")}, outputs=("y", "z"))
    with pytest.raises(Malformed, match=r"expected \(y, z\)"):
        Evaluator(op, Case("two", {"x": B}, (B, B), {}, 0)).outputs((B,))


def test_the_members_of_several_owe_a_gradient_each():
    op = Op(
        "sum",
        lambda *xs: (sum(xs), len(xs)),
        lambda dy, n: [dy.copy() for _ in range(n)],
        inputs={"xs": Several(Array("N"))},
    )
    one = Evaluator(op, Case("sum", {"xs[0]": B, "xs[1]": B}, (B,), {}, 0))
    assert one.differentiable == (True, True)
    assert len(one.gradients((B, B), (B,))) == 2


def test_a_clean_trial_has_nothing_to_say():
    seen = trial()
    assert (seen.changed, seen.shared_memory) == ((), ())


def changing_input(x, b):
    x += 1
    return x + b, None


def changing_upstream(dy, cache):
    dx = dy.copy()
    dy *= 0
    return dx, dx.sum(axis=0)


def changing_cache(dy, cache):
    cache["x"] = cache["x"] + 1
    return dy.copy(), dy.sum(axis=0)


def counting(dy, cache):
    cache["t"] = cache.get("t", 0) + 1
    return dy.copy(), dy.sum(axis=0)


def sharing_with_each_other(dy, cache):
    dx = dy.copy()
    return dx, dx[0]


def changing_cached_input(dy, cache):
    cache["x"] += 1
    return dy.copy(), dy.sum(axis=0)


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"forward": changing_input}, ("forward changes x",)),
        ({"backward": changing_upstream}, ("backward changes the upstream of y",)),
        ({"backward": changing_cached_input}, ("backward changes x",)),
    ],
)
def test_a_trial_sees_what_is_changed(parts, words):
    assert trial(**parts).changed == words


def using_up(dy, cache):
    return dy * cache.pop("x"), dy.sum(axis=0)


def adding_up(dy, cache):
    cache["x"] = cache["x"] + dy
    return cache["x"], dy.sum(axis=0)


@pytest.mark.parametrize(
    ("backward", "change"),
    [
        (lambda dy, cache: (dy.copy(), dy.sum(axis=0)), CacheChange.NONE),
        (changing_cache, CacheChange.SAME_ANSWER),
        (counting, CacheChange.SAME_ANSWER),
        (changing_cached_input, CacheChange.SAME_ANSWER),
        (using_up, CacheChange.SAME_ANSWER),
        (adding_up, CacheChange.OTHER_ANSWER),
    ],
)
def test_a_trial_sees_what_comes_of_a_changed_cache(backward, change):
    assert trial(backward=backward).cache_change is change


@pytest.mark.parametrize(
    ("backward", "words"),
    [
        (lambda dy, cache: (dy, dy.sum(axis=0)), ("the gradient of x shares memory with the upstream of y",)),
        (lambda dy, cache: (dy.T.T[::1], dy.sum(axis=0)), ("the gradient of x shares memory with the upstream of y",)),
        (lambda dy, cache: (dy.copy(), (dy[0] * 1)[:]), ()),
        (
            lambda dy, cache: (cache["x"], dy.sum(axis=0)),
            ("the gradient of x shares memory with x", "the gradient of x shares memory with the cache"),
        ),
        (
            sharing_with_each_other,
            ("the gradient of b shares memory with the gradient of x",),
        ),
    ],
)
def test_a_trial_sees_what_is_shared(backward, words):
    assert trial(backward=backward).shared_memory == words


def test_what_backward_stores_on_a_layer_is_not_shared_with_what_it_needs():
    class Layer:
        db = None

        def backward(self, dy):
            self.db = dy.sum(axis=0)
            return dy.copy(), self.db

    seen = trial(forward=lambda x, b: (x + b, Layer()), backward=lambda dy, layer: layer.backward(dy))
    assert (seen.changed, seen.shared_memory) == ((), ())


def test_a_cache_that_cannot_be_copied_is_not_watched_and_says_why():
    seen = trial(
        forward=lambda x, b: (x + b, (row for row in x)), backward=lambda dy, cache: (dy.copy(), dy.sum(axis=0))
    )
    assert seen.changed == ()
    assert seen.unwatched_reason == (
        "the cache cannot be copied, so that a change would go unseen: cannot pickle 'generator' object"
    )


def test_interleaving_shows_state_kept_between_calls():
    kept = {}

    def forward(x, b):
        kept["x"] = x.copy()
        return x * b, None

    def backward(dy, cache):
        return dy.copy(), (dy * kept["x"]).sum(axis=0)

    one = evaluator(forward, backward)
    alone = one.gradients((X, B), (DY,))[1]
    _, cache = one.forward((X, B), COPIED)
    assert one.interleave(cache, (X + 1, B), (DY,))[1].tolist() != alone.tolist()


def test_a_vector_is_cut_back_into_the_arrays_it_came_from():
    arrays = (X, np.array(3.0), np.zeros((0, 2)), B)
    again = unflatten(flat(arrays), arrays)
    assert [a.tolist() for a in again] == [a.tolist() for a in arrays]


def make_large_evaluator(forward=lambda x: (2 * x, x), backward=lambda dy, x: 2 * dy):
    op = Op("double", forward, backward, inputs={"x": Array("N")})
    x = np.linspace(1, 2, LARGE)
    return Evaluator(op, Case("double", {"x": x}, (np.ones(LARGE),), {}, 0))


def test_a_large_case_remembers_its_own_results_alone():
    calls = []
    one = make_large_evaluator(lambda x: (calls.append(1), (2 * x, x))[1])
    case = one.case
    for _ in range(2):
        one.outputs(case.point)
        one.gradients(case.point, case.upstream)
        one.outputs((case.point[0] + 1,))
    assert len(calls) == 1 + 2 + 1
    one.compute_once("something", lambda: 1)
    one.forget_workings()
    assert len(one.memory) == 2
    one.gradients(case.point, case.upstream)
    assert len(calls) == 4


def test_what_an_evaluator_of_another_op_shares():
    one = make_large_evaluator()
    one.results(one.case.point, one.case.upstream)
    other = one.with_op(Op("double", forward_that_raises, backward, inputs={"x": Array("N")}))
    assert other.outputs(other.case.point)[0][0] == 2


def forward_that_raises(x):
    raise AssertionError


def test_arrays_of_the_case_are_never_handed_over_themselves():
    one = make_large_evaluator(lambda x: (np.multiply(x, 2, out=x), None))
    one.call_forward_once(one.case.point)
    assert one.case.point[0][0] == 1


@pytest.mark.parametrize("copies", [0, 3], ids=["light", "heavy"])
def test_answers_that_depend_on_the_call_before_are_no_repetition(copies):
    seen = []

    def remember(x):
        seen.append(x[0])
        return 2 * x, [x.copy() for _ in range(copies)]

    one = make_large_evaluator(remember)
    assert one.repeats_interleaved((one.case.point[0] + 1,))
    one = make_large_evaluator(remember, lambda dy, cache: (seen[-1] if not cache else len(seen)) * dy)
    assert not one.repeats_interleaved((one.case.point[0] + 1,))


@pytest.mark.parametrize("write", [False, True])
def test_a_heavy_cache_is_watched_without_a_copy(write):
    def backward(dy, cache):
        cache[2][7] += write
        return 2 * dy

    one = make_large_evaluator(lambda x: (2 * x, [x.copy() for _ in range(4)]), backward)
    seen = one.watch_call(one.case.point, one.case.upstream)
    assert seen.cache_change is (CacheChange.SAME_ANSWER if write else CacheChange.NONE)
