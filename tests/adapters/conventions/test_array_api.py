"""Two functions on arrays of another library."""

import jax.numpy as jnp
import numpy as np
import pytest

from gradcheck import Array, check, choice
from gradcheck.adapters import AdapterError, adapt
from gradcheck.declaration.domain import indices
from tests.adapters.script import run
from tests.source_lines import holds_line

strict = pytest.importorskip("array_api_strict")
torch = pytest.importorskip("torch")

LIBRARIES = {"array_api_strict": strict, "torch": torch, "jax.numpy": jnp}


def namespace(x):
    return x.__array_namespace__() if hasattr(x, "__array_namespace__") else torch


def layer_norm(x, eps=1e-5):
    xp = namespace(x)
    centred = x - xp.mean(x, axis=-1, keepdims=True)
    r = (xp.mean(centred**2, axis=-1, keepdims=True) + eps) ** -0.5
    return centred * r, (centred * r, r)


def layer_norm_backward(dy, cache):
    (h, r), xp = cache, namespace(dy)
    return r * (dy - xp.mean(dy, axis=-1, keepdims=True) - h * xp.mean(dy * h, axis=-1, keepdims=True))


def affine(x, w, b):
    return x @ w + b, (x, w)


def affine_averaged(dy, cache):
    x, w = cache
    return dy @ w.T, x.T @ dy, namespace(dy).mean(dy, axis=0)


def affine_in_place(dy, cache):
    x, w = cache
    dy *= 2
    return dy @ w.T / 2, x.T @ dy / 2, namespace(dy).sum(dy, axis=0) / 2


def sin_cos(x):
    return (namespace(x).sin(x), namespace(x).cos(x)), x


def sin_cos_backward(dys, x):
    return dys[0] * namespace(x).cos(x) - dys[1] * namespace(x).sin(x)


def embed(table, ids):
    picked = namespace(table).arange(table.shape[0])[None, :] == ids[:, None]
    picked = namespace(table).where(picked, table[0, 0] * 0 + 1, table[0, 0] * 0)
    return picked @ table, picked


def embed_backward(dy, picked):
    return {"dtable": picked.T @ dy}


every = pytest.mark.parametrize("library", LIBRARIES)


def adapted(library, forward, backward, **declared):
    return adapt(forward, backward, adapter="array_api", xp=LIBRARIES[library], **declared)


@pytest.mark.slow
@every
def test_a_right_pair_passes_also_where_digits_cancel(library):
    op = adapted(library, layer_norm, layer_norm_backward, x="N D", eps=choice(1e-5, 1e-3))
    result = check(op, examples=8)
    assert result.status == "passed", [f.claim for f in result.findings]


@pytest.mark.slow
@every
def test_shapes_are_inferred_and_a_forgotten_sum_is_found(library):
    finding = check(adapted(library, affine, affine_averaged), examples=6).findings[0]
    assert (finding.law, finding.input) == ("gradient", "b")
    assert finding.file == __file__
    assert holds_line(affine_averaged, finding.line)


@pytest.mark.slow
@pytest.mark.parametrize("library", ["array_api_strict", "torch"])
def test_a_change_of_the_upstream_is_seen(library):
    result = check(adapted(library, affine, affine_in_place, x="N D", w="D M", b="M"), examples=6)
    assert result.findings[0].claim.startswith("backward changes the upstream")


@pytest.mark.slow
@every
def test_several_outputs_whole_numbers_and_gradients_by_name(library):
    assert check(adapted(library, sin_cos, sin_cos_backward, x="N D"), examples=6).status == "passed"
    ids = Array("N", indices("V"))
    assert check(adapted(library, embed, embed_backward, table="V D", ids=ids), examples=6).status == "passed"


@pytest.mark.slow
@every
def test_the_script_leaves_the_gradients(library):
    for op in (
        adapted(library, layer_norm, layer_norm_backward, x="N D"),
        adapted(library, sin_cos, sin_cos_backward, x="N D"),
    ):
        ran, owed = run(op)
        np.testing.assert_allclose(np.from_dlpack(ran["dx"]), owed["dx"])


@pytest.mark.slow
def test_float64_stays_with_the_check():
    check(adapted("jax.numpy", sin_cos, sin_cos_backward, x="N D"), examples=2)
    assert jnp.ones(1).dtype == jnp.float32


@pytest.mark.parametrize(("xp", "said"), [(None, "xp is missing"), (3, "xp is 3, which has no asarray")])
def test_without_a_library_it_is_asked_for(xp, said):
    with pytest.raises(AdapterError, match=f"{said}; give the library of its arrays, as in xp=array_api_strict"):
        adapt(affine, affine_averaged, adapter="array_api", xp=xp)
