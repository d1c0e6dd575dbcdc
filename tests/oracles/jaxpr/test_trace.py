"""One trace serves every shape of its pattern; what cannot be symbolic is traced anew, what NumPy lacks XLA runs."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from gradcheck import check
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.oracles.autodiff import evaluate_reference, trace_reference
from gradcheck.oracles.jaxpr.symbolic_sizes import SETTINGS_ARGUMENT
from gradcheck.oracles.jaxpr.trace import (
    CHEAP_COMPILER_OPTIONS,
    AnewTraces,
    ReferenceTooLong,
    Signature,
    compile_cheaply,
    find_compiler_options,
    locate_symbols,
    trace_first_possible,
    try_trace,
    use_jax_in_float64,
)
from gradcheck.records.case import Case
from tests.lanes import mark_most_slow

ULPS = 64
"""What both sides round, on the largest element of a result."""


def signature(reference, pattern, settings=(), dtypes=None, moving=None):
    """The signature of a reference whose inputs are float64 and all have a gradient, unless told otherwise."""
    count = len(pattern)
    return Signature(reference, tuple(settings), dtypes or ("float64",) * count, moving or (True,) * count)


def drawn(signature, shapes):
    """Inputs of these shapes: normal numbers, or whole ones from 0 to 2."""
    rng = np.random.default_rng(0)
    kinds = zip(shapes, signature.dtypes, strict=True)
    return [rng.normal(size=s) if "float" in d else rng.integers(0, 3, s).astype(d) for s, d in kinds]


def compared(signature, pattern, shapes):
    """Assert that the program for a pattern, run at these shapes, gives what JAX does; the program."""
    with use_jax_in_float64():
        found = trace_first_possible([(signature, pattern)], shapes, AnewTraces())
        point, settings = drawn(signature, shapes), dict(signature.settings)

        def of_moving(*moved):
            remaining = iter(moved)
            inputs = [next(remaining) if m else a for a, m in zip(point, signature.moving, strict=True)]
            y = signature.reference(*inputs, **settings)
            return y if isinstance(y, tuple) else (y,)

        outputs, pull = jax.vjp(of_moving, *(a for a, m in zip(point, signature.moving, strict=True) if m))
        ups = [np.cos(1 + np.arange(y.size)).reshape(y.shape) for y in outputs]
        wanted = [np.asarray(y) for y in (*outputs, *pull(tuple(map(jnp.asarray, ups))))]
    assert found.outputs == len(outputs)
    assert found.program.shapes(*point, *ups) == [y.shape for y in wanted]
    for y, exact in zip(found.program.run(*point, *ups), wanted, strict=True):
        assert (y.dtype, y.shape) == (exact.dtype, exact.shape)
        assert np.all(np.abs(y - exact) <= ULPS * np.finfo(float).eps * np.max(np.abs(exact), initial=1))
    return found


def softmax(x):
    return jax.nn.softmax(x, -1)


def layer_norm(x, scale):
    centred = x - x.mean(-1, keepdims=True)
    return scale * centred / jnp.sqrt((centred**2).mean(-1, keepdims=True) + 1e-5)


def attention(q, k, v):
    weights = jax.nn.softmax(jnp.einsum("bqd,bkd->bqk", q, k) / jnp.sqrt(q.shape[-1]), -1)
    return jnp.einsum("bqk,bkd->bqd", weights, v)


def masked_attention(q, k, v):
    scores = jnp.einsum("bqd,bkd->bqk", q, k)
    seen = jnp.arange(q.shape[1])[:, None] >= jnp.arange(k.shape[1])
    return jax.nn.softmax(jnp.where(seen, scores, -jnp.inf), -1) @ v


def convolution_by_gather(x, w, stride):
    rows = [jnp.arange((n - k) // stride + 1) * stride for n, k in zip(x.shape[2:], w.shape[2:], strict=True)]
    i = rows[0][:, None, None, None] + jnp.arange(w.shape[2])[:, None]
    j = rows[1][:, None, None] + jnp.arange(w.shape[3])
    return jnp.einsum("nchwij,mcij->nmhw", x[:, :, i, j], w)


def lstm(x, h, c, w, u):
    def step(state, row):
        hidden, cell = state
        i, f, g, o = jnp.split(row @ w + hidden @ u, 4, axis=-1)
        cell = jax.nn.sigmoid(f) * cell + jax.nn.sigmoid(i) * jnp.tanh(g)
        hidden = jax.nn.sigmoid(o) * jnp.tanh(cell)
        return (hidden, cell), hidden

    (h, c), rows = lax.scan(step, (h, c), x)
    return rows, h, c


def gates(x, h, w):
    y = (x @ w) * jnp.tile(h, 4)
    width = y.shape[1] // 4
    return jnp.concatenate([jnp.tanh(y[:, :width]), y[:, width:]], axis=1)


def gated_linear_unit(x, bias):
    a, b = x[:, : x.shape[1] // 2], x[:, x.shape[1] // 2 :]
    return a * jax.nn.sigmoid(b + bias)


def padded_to_even(x):
    return jnp.pad(x, ((0, 0), (1, x.shape[1] % 2)), constant_values=2.0) ** 2


SYMBOLIC = {
    "softmax": (softmax, [("d0", "d1")], [(2, 3), (1, 1), (4, 7)]),
    "layer norm": (layer_norm, [("d0", "d1"), ("d1",)], [(2, 3), (5, 4)]),
    "attention": (attention, [("d0", "d1", "d2"), ("d0", "d3", "d2"), ("d0", "d3", "d4")], [(2, 3, 4, 5, 6), (1,) * 5]),
    "masked attention": (
        masked_attention,
        [("d0", "d1", "d2"), ("d0", "d1", "d2"), ("d0", "d1", "d3")],
        [(2, 3, 4, 2), (1, 1, 1, 1)],
    ),
    "cumsum": (lambda x: jnp.cumsum(x, 0), [("d0", "d1")], [(3, 2), (7, 1)]),
    "sort": (lambda x: jnp.sort(x, -1), [("d0", "d1")], [(3, 2), (2, 9)]),
    "prod of a batch": (lambda x: x.sum(0) * x[0], [("d0", 3)], [(4,), (1,)]),
    "moments": (lambda x: (x.mean(), x.var(0)), [("d0", "d1")], [(4, 2), (3, 5)]),
    "outer": (lambda x: jnp.outer(x, x).reshape(-1), [("d0",)], [(4,), (1,)]),
    "gates": (gates, [("d0", "d1"), ("d0", "d2"), ("d1", "4*d2")], [(2, 3, 5), (1, 2, 1)]),
    "gated linear unit": (gated_linear_unit, [("d0", "2*d1"), ("d1",)], [(2, 3), (3, 1)]),
    "padding": (padded_to_even, [("d0", "d1")], [(2, 3), (2, 4)]),
    "recurrence": (
        lstm,
        [("d0", "d1", "d2"), ("d1", "d3"), ("d1", "d3"), ("d2", "4*d3"), ("d3", "4*d3")],
        [(3, 2, 4, 5), (1, 1, 1, 1), (6, 2, 1, 2)],
    ),
    "flat": (lambda x: x.reshape(-1)[::-1], [("d0", "d1")], [(2, 3), (4, 4)]),
    "maximum": (lambda x: (x.max(1), jnp.argmax(x, 1) * x[:, 0]), [("d0", "d1")], [(2, 3), (4, 4)]),
    "triangle": (lambda x: jnp.tril(x) @ jnp.eye(x.shape[1]), [("d0", "d0")], [(2,), (4,)]),
}


def sized(pattern, names, lengths):
    """The shapes of a pattern where its symbols stand for lengths."""
    values = dict(zip(names, lengths, strict=True))
    return tuple(tuple(eval(str(size), {}, values) for size in dims) for dims in pattern)


@pytest.mark.parametrize("name", mark_most_slow(SYMBOLIC, 20))
def test_one_trace_serves_every_shape_of_its_pattern(name):
    reference, pattern, lengths = SYMBOLIC[name]
    names = sorted({size for dims in pattern for size in dims if str(size).isidentifier()})
    found = [
        compared(signature(reference, pattern), tuple(pattern), sized(pattern, names, length)) for length in lengths
    ]
    assert all(one is found[0] for one in found)
    assert found[0].anew == ""
    assert found[0].program.foreign == set()


@pytest.mark.slow
@pytest.mark.parametrize(("size", "lengths"), [("2*d0", (2, 6)), ("d0+3", (4, 9)), ("2*(d0-1)+3", (3, 7))])
def test_a_size_may_be_read_off_a_multiple_of_it(size, lengths):
    one = signature(softmax, ((size,),))
    assert [compared(one, ((size,),), ((n,),)).anew for n in lengths] == ["", ""]


@pytest.mark.slow
@pytest.mark.parametrize(("size", "length"), [("d0*d0", 4), ("(d0+1)//2", 3), ("7-d0", 2)])
def test_a_size_is_not_read_off_what_is_no_multiple(size, length):
    assert "d0" in compared(signature(softmax, ((size,),)), ((size,),), ((length,),)).anew


@pytest.mark.slow
def test_a_convolution_by_gather_serves_every_shape():
    pattern = (("d0", "d1", "d2", "d3"), ("d4", "d1", 2, 3))
    one = signature(convolution_by_gather, pattern, settings=[("stride", 2)])
    for shapes in (((2, 3, 4, 5), (1, 3, 2, 3)), ((1, 1, 7, 6), (4, 1, 2, 3))):
        assert compared(one, pattern, shapes).anew == ""


@pytest.mark.slow
def test_whole_numbers_have_no_gradient_and_take_rows():
    pattern = (("d0", "d1"), ("d2",))
    one = signature(lambda w, i: w[i], pattern, dtypes=("float64", "int64"), moving=(True, False))
    for shapes in (((3, 2), (5,)), ((4, 1), (1,))):
        assert compared(one, pattern, shapes).anew == ""


def test_a_number_made_of_a_size_is_computed_from_the_shape():
    pattern = (("d0", "d1"),)
    found = compared(signature(lambda x: x.sum() * jnp.log(x.shape[0]), pattern), pattern, ((3, 2),))
    assert "dim=d0" in found.program.source


def parts(found):
    """The source of a program: what is done once per size, and what is done every time."""
    prepared, _, rest = found.program.source.partition("def program(")
    return prepared, rest.partition("def shapes(")[0]


@pytest.mark.slow
def test_indices_are_computed_once_per_size():
    pattern = (("d0", "d1"),)
    one = signature(lambda x: x[:, jnp.arange(x.shape[1] - 1) + 1], pattern)
    for shapes in (((3, 4),), ((2, 7),), ((3, 4),)):
        prepared, body = parts(compared(one, pattern, shapes))
        assert "dtype=" in prepared
        assert "dtype=" not in body


@pytest.mark.slow
def test_what_nothing_needs_is_left_out_and_what_is_written_twice_is_computed_once():
    def wasteful(x):
        jnp.cos(x)
        return jnp.exp(x) + 2 * jnp.exp(x)

    _, body = parts(compared(signature(wasteful, (("d0",),)), (("d0",),), ((3,),)))
    assert body.count("(a0)") == 1


@pytest.mark.slow
def test_what_numpy_repeats_by_itself_is_not_repeated_before():
    pattern = (("d0", "d1"), ("d1",))
    _, body = parts(compared(signature(lambda x, b: jnp.tanh(x) * b, pattern), pattern, ((3, 2), (2,))))
    assert "broadcast_to" not in body


def looping(x):
    y = 0 * x[0]
    for i in range(x.shape[0]):
        y = y + (i + 1) * x[i] ** 2
    return y


NOT_SYMBOLIC = {
    "counts to a size": (looping, "TypeError: "),
    "a number that decides": (lambda x: x if x.shape[0] > 2 else 2 * x, "InconclusiveDimensionOperation: "),
    "an associative scan": (lax.cumprod, "NotImplementedError: associative scan"),
    "the smaller of two sizes": (lambda x: jnp.diagonal(x) * 2, "InconclusiveDimensionOperation: "),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", NOT_SYMBOLIC)
def test_what_asks_for_a_size_is_traced_anew_for_every_shape_and_says_why(name):
    reference, reason = NOT_SYMBOLIC[name]
    pattern = (("d0", "d1"),)
    one = signature(reference, pattern)
    found = [compared(one, pattern, shapes) for shapes in (((3, 2),), ((5, 1),), ((3, 2),))]
    assert found[0] is not found[1]
    assert found[0] is found[2]
    assert all(f.anew.startswith(reason) for f in found)
    assert "\n" not in found[0].anew


@pytest.mark.slow
def test_the_attempt_at_a_pattern_is_made_once():
    before, pattern = try_trace.cache_info().misses, (("d0",),)
    one = signature(looping, pattern)
    for n in (2, 3, 4):
        compared(one, pattern, ((n,),))
    assert try_trace.cache_info().misses == before + 1


def test_shapes_that_do_not_fit_together_for_every_size_are_traced_anew():
    pattern = (("d0",), ("d1",))
    assert "d0" in compared(signature(lambda x, y: x + y, pattern), pattern, ((3,), (3,))).anew


def shifted(x, by):
    """x moved to the right by some places, zeros before it."""
    return jnp.concatenate([jnp.zeros(by), x])[: x.shape[0]] * (by + 1)


def asking(x, by):
    """The same by a reference that asks how far."""
    return x if by == 0 else shifted(x, by)


def answered(op, x, **settings):
    """The program that a case of an op is given, and its answer."""
    point = (np.asarray(x, float),)
    evaluator = Evaluator(op, Case(op.name, {"x": point[0]}, point, settings, 0))
    return trace_reference(evaluator, point), evaluate_reference(evaluator, point, point)


def op_of(reference, **settings):
    """An op of which only the reference matters."""
    return Op("f", untouched, untouched, reference, inputs={"x": Array("N")}, settings=settings)


def untouched(*args, **settings):
    """A function that is never called."""


X = np.array([1.0, 2.0, 3.0, 4.0])


def test_whole_number_settings_share_a_trace():
    op = op_of(shifted, by=whole(0, None))
    programs = set()
    for by in range(4):
        program, given = answered(op, X, by=by)
        programs.add(program)
        moved = np.concatenate([np.zeros(by), X])[:4]
        assert np.array_equal(given.outputs[0], (by + 1) * moved)
        assert np.array_equal(given.gradients[0], (by + 1) * np.concatenate([X, np.zeros(by)])[by:])
    assert len(programs) == 1
    assert program.free == ("by",)


def doubled(x, times):
    for _ in range(times):
        x = 2 * x
    return x


def test_a_setting_that_is_asked_for_is_a_number():
    op = op_of(doubled, times=whole(1, 3))
    for times in (1, 3):
        program, given = answered(op, X, times=times)
        assert (program.free, program.anew) == ((), "")
        assert np.array_equal(given.outputs[0], 2**times * X)


def test_a_symbol_that_lies_about_a_setting_accuses_nobody():
    """JAX says of a symbol that it is not 0, without being asked whether it may be."""
    right = Op(
        "f",
        lambda x, by: (asked(x, by), by),
        lambda dy, by: np.concatenate([dy, np.zeros(by)])[by:] * (by + 1),
        asking,
        inputs={"x": Array("N")},
        settings={"by": whole(0, 3)},
    )
    assert check(right, examples=60, laws=("value", "gradient")).status == "passed"


def asked(x, by):
    return np.concatenate([np.zeros(by), x])[: len(x)] * (by + 1)


@pytest.mark.parametrize(
    ("settings", "shapes", "wanted"),
    [
        (["s0 - 1"], [("d0",)], {"s0": (SETTINGS_ARGUMENT, 0, -1, 1), "d0": (0, 0, 0, 1)}),
        (["s0"], [("s0*d1",)], {"s0": (SETTINGS_ARGUMENT, 0, 0, 1), "d1": (0, 0, 0, "s0")}),
        ([], [("d0*d1",), ("d0",)], {"d0": (1, 0, 0, 1), "d1": (0, 0, 0, "d0")}),
        ([], [("2*d0 + 1",)], {"d0": (0, 0, 1, 2)}),
        ([], [("d0*d0",)], {}),
        ([], [("d0//2",)], {}),
    ],
)
def test_where_a_size_is_read_off(settings, shapes, wanted):
    assert locate_symbols(tuple(shapes), settings) == wanted


def test_what_the_reference_raises_at_the_shapes_is_raised():
    def refusing(x):
        raise ZeroDivisionError("no")

    with pytest.raises(ZeroDivisionError), use_jax_in_float64():
        trace_first_possible([(signature(refusing, ((3,),)), (("d0",),))], ((3,),), AnewTraces())


@pytest.mark.slow
def test_a_static_pattern_needs_no_symbols():
    assert compared(signature(softmax, ((0, 3),)), ((0, 3),), ((0, 3),)).anew == ""


@pytest.mark.slow
def test_what_numpy_lacks_runs_on_xla_in_float64_and_is_named():
    pattern = (("d0",), ("d0",))
    found = compared(
        signature(lambda a, x: jax.scipy.special.gammainc(jnp.exp(a), jnp.exp(x)), pattern), pattern, ((4,), (4,))
    )
    assert found.anew == ""
    assert found.program.foreign == {"igamma_grad_a"}


def dropout(x):
    return jnp.where(jax.random.bernoulli(jax.random.split(jax.random.key(0))[1], 0.5, x.shape), 2 * x, 0.0)


@pytest.mark.slow
def test_random_numbers_come_from_xla_at_every_shape_anew():
    pattern = (("d0", 3),)
    found = compared(signature(dropout, pattern), pattern, ((4, 3),))
    assert "random_bits" in found.program.foreign
    assert found.anew.startswith("NotImplementedError: random_bits runs on XLA")


def test_a_loop_over_elements_is_not_traced_for_many_of_them():
    traces = AnewTraces()
    traces.require_few(200)
    with pytest.raises(ReferenceTooLong, match="2000 elements are too many"):
        traces.require_few(2000)
    traces.equations |= {10: 50, 20: 100}
    traces.require_few(40)
    with pytest.raises(ReferenceTooLong):
        traces.require_few(200)


def test_what_does_not_grow_with_its_elements_is_traced_for_many_of_them():
    traces = AnewTraces()
    traces.equations |= {10: 50, 20: 50}
    traces.require_few(10**6)


def test_options_that_this_xla_has_not_are_left_out(monkeypatch):
    known = dict(find_compiler_options())
    monkeypatch.setitem(CHEAP_COMPILER_OPTIONS, "xla_cpu_no_such_option", True)
    find_compiler_options.cache_clear()
    try:
        assert find_compiler_options() == known
        assert compile_cheaply(jax.jit(lambda x: 2 * x).lower(1.0))(3.0) == 6
    finally:
        find_compiler_options.cache_clear()
