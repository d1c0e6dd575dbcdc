"""Functions with a rule of their own under JAX."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from gradcheck import Array, Several, check, choice, positive
from gradcheck.adapters import AdapterError, adapt
from gradcheck.adapters.conventions.jax import recognises
from gradcheck.adapters.frameworks.jax_program import TracedPrograms
from gradcheck.declaration.domain import indices
from tests.adapters.script import run
from tests.source_lines import holds_line


def log1pexp(x):
    return jnp.log(1 + jnp.exp(x))


def log1pexp_jvp(primals, tangents):
    return jnp.logaddexp(*primals, 0.0), jax.nn.sigmoid(*primals) * tangents[0]


def layer_norm(x, gamma, eps=1e-5):
    centred = x - x.mean(-1, keepdims=True)
    return gamma * centred / jnp.sqrt((centred**2).mean(-1, keepdims=True) + eps)


def layer_norm_fwd(x, gamma, eps=1e-5):
    r = jax.lax.rsqrt(x.var(-1, keepdims=True) + eps)
    h = (x - x.mean(-1, keepdims=True)) * r
    return gamma * h, (h, r, gamma)


def layer_norm_bwd(eps, kept, dy):
    h, r, gamma = kept
    dh = dy * gamma
    return r * (dh - dh.mean(-1, keepdims=True) - h * (dh * h).mean(-1, keepdims=True)), (dy * h).sum(0)


def term_missing(eps, kept, dy):
    h, r, gamma = kept
    dh = dy * gamma
    return r * (dh - dh.mean(-1, keepdims=True)), (dy * h).sum(0)


def cross_entropy(x, labels):
    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(x), labels[:, None], axis=1))


def cross_entropy_fwd(x, labels):
    return cross_entropy(x, labels), (jax.nn.softmax(x), labels)


def cross_entropy_bwd(kept, dy):
    p, labels = kept
    return dy * (p - jax.nn.one_hot(labels, p.shape[1])) / len(labels), None


def cross_entropy_in_float32(kept, dy):
    dx, _ = cross_entropy_bwd(
        jax.tree.map(lambda a: a.astype(jnp.float32 if a.dtype.kind == "f" else a.dtype), kept), 1
    )
    return (dy * dx).astype(jnp.float64), None


def sin_cos(x):
    return {"sin": jnp.sin(x), "cos": jnp.cos(x)}


def sin_cos_fwd(x):
    return sin_cos(x), x


def sin_cos_bwd(x, dy):
    return (dy["sin"] * jnp.cos(x) - dy["cos"] * jnp.sin(x),)


def total(*xs: Several(Array("N"))):
    return 2 * sum(xs)


def total_fwd(*xs):
    return total(*xs), len(xs)


def total_bwd(several, dy):
    return (2 * dy,) * several


def clip_fwd(low, high, x):
    return x, None


def clip_bwd(low, high, _, dy):
    return (jnp.clip(dy, low, high),)


def scaled_sine_fwd(x):
    return 1.001 * jnp.sin(x), x


def sine_bwd(x, dy):
    return (dy * jnp.cos(x),)


def newton(a, state):
    return state[0] + 1, (state[1] + a / state[1]) / 2


def root(a):
    step = partial(newton, a)
    return jax.lax.while_loop(lambda state: state[0] < 40, step, (0, a + 1))[1]


def root_fwd(a):
    return root(a), root(a)


def root_bwd(y, dy):
    return (dy / (2 * y),)


def with_vjp(function, fwd, bwd, **declared):
    made = jax.custom_vjp(function, **declared)
    made.defvjp(fwd, bwd)
    return made


def with_jvp(function, rule):
    made = jax.custom_jvp(function)
    made.defjvp(rule)
    return made


NORM = with_vjp(layer_norm, layer_norm_fwd, layer_norm_bwd, nondiff_argnums=(2,))
CLIP = with_vjp(lambda low, high, x: x, clip_fwd, clip_bwd, nondiff_argnums=(0, 1))
ENTROPY = with_vjp(cross_entropy, cross_entropy_fwd, cross_entropy_bwd)
SIN_COS = with_vjp(sin_cos, sin_cos_fwd, sin_cos_bwd)
LABELS = {"x": "N C", "labels": Array("N", indices("C"))}
CLIPPED = "it clips the gradient, that is what it is for"
RIGHT = {
    "custom_jvp": (with_jvp(log1pexp, log1pexp_jvp), {"x": "N D"}),
    "under jit": (jax.jit(with_jvp(log1pexp, log1pexp_jvp)), {"x": "N D"}),
    "inferred": (with_jvp(log1pexp, log1pexp_jvp), {}),
    "cancellation inside": (NORM, {"x": "N D", "gamma": "D"}),
    "a constant that varies": (NORM, {"x": "N D", "gamma": "D", "eps": choice(1e-5, 1e-3)}),
    "labels": (ENTROPY, LABELS),
    "a tree of outputs": (SIN_COS, {"x": "N D"}),
    "any number of inputs": (with_vjp(total, total_fwd, total_bwd), {}),
    "a declared deviation": (
        CLIP,
        {"low": -1.0, "high": 1.0, "x": "N", "exceptions": dict.fromkeys(("gradient", "linearity", "kinks"), CLIPPED)},
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", RIGHT)
def test_a_right_one_passes(name):
    thing, declared = RIGHT[name]
    assert recognises(thing)
    op = adapt(thing, name="op", **declared)
    assert not op.origin.reference_is_forward
    assert op.reference
    result = check(op, examples=5)
    assert result.status == "passed", [f.claim for f in result.findings]


WRONG = {
    "a term is missing": (
        with_vjp(layer_norm, layer_norm_fwd, term_missing, nondiff_argnums=(2,)),
        {"x": "1 3", "gamma": "3"},
        ("gradient", term_missing),
    ),
    "float32 inside": (
        with_vjp(cross_entropy, cross_entropy_fwd, cross_entropy_in_float32),
        {"x": "1 3", "labels": Array("1", indices(3))},
        ("gradient", cross_entropy_in_float32),
    ),
    "undeclared clipping": (CLIP, {"low": -1.0, "high": 1.0, "x": "2"}, ("gradient", clip_bwd)),
    "a forward of its own": (with_vjp(jnp.sin, scaled_sine_fwd, sine_bwd), {"x": "2"}, ("value", scaled_sine_fwd)),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_one_is_found_where_it_is_written(name):
    thing, declared, (law, function) = WRONG[name]
    finding = check(adapt(thing, name="op", **declared), examples=4).findings[0]
    assert finding.law == law
    assert finding.file == __file__
    assert holds_line(function, finding.line)


@pytest.mark.slow
def test_a_function_that_jax_cannot_differentiate_is_checked_without_a_reference():
    op = adapt(with_vjp(root, root_fwd, root_bwd), a=Array("N", positive()), batch="N")
    assert op.reference is None
    assert any(n.startswith("no reference: JAX does not differentiate it") for n in op.origin.notes)
    assert check(op, examples=2, laws=("gradient",)).status == "passed"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["cancellation inside", "labels", "custom_jvp"])
def test_the_script_leaves_the_gradients(name):
    thing, declared = RIGHT[name]
    ran, owed = run(adapt(thing, **declared), layer_norm=NORM, cross_entropy=ENTROPY, log1pexp=thing)
    for gradient, value in owed.items():
        np.testing.assert_allclose(ran[gradient], value)


@pytest.mark.slow
def test_the_precision_of_the_process_is_left_alone():
    check(adapt(with_jvp(log1pexp, log1pexp_jvp), x="N D"), examples=2)
    assert jnp.ones(1).dtype == jnp.float32


def test_constants_are_told_apart_by_every_element():
    moved = TracedPrograms(lambda arguments: ([arguments["x"] * arguments["config"]["w"].sum()], None))
    constants = [np.zeros(2000), np.zeros(2000)]
    constants[1][1000] = 1
    found = [moved({"x": np.ones(()), "config": {"w": w}}, ())[0] for w in constants]
    assert found == [0, pytest.approx(1)]


def test_constants_want_a_value():
    with pytest.raises(AdapterError, match=r"high is in nondiff_argnums; give its value, as in high=0.5"):
        adapt(CLIP, low=-1.0, x="N")


def test_a_rule_that_was_forgotten_is_asked_for():
    with pytest.raises(AdapterError, match=r"log1pexp has no rule yet: call log1pexp.defvjp\(fwd, bwd\) first"):
        adapt(jax.custom_vjp(log1pexp), x="N D")


def test_trees_of_arrays_are_refused():
    tree = with_vjp(lambda p: p["w"] * p["x"], lambda p: (p["w"] * p["x"], p), lambda p, dy: (dy,))
    with pytest.raises(AdapterError, match=r"p is a tree of arrays.*a function of its leaves"):
        adapt(tree, name="tree", p={"w": Array("N"), "x": Array("N")})


def test_functions_without_a_rule_are_refused():
    assert not recognises(jax.jit(log1pexp))
    assert not recognises(partial(log1pexp))
    with pytest.raises(AdapterError, match=r"wants a function with jax.custom_vjp or custom_jvp"):
        adapt(log1pexp, adapter="jax")
