"""The other gradient checkers: does one accuse this gradient?

Each runs the hand-written NumPy forward and backward itself, by its public interface, at its defaults, in float64, in
reverse mode at first order, which is what a hand-written backward can be asked for.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np

from checkers import CS231N_STEP, CS231N_WORRYING, relative_error
from problem import Array, Problem

SCIPY_LIKELY = 1e-5
"""`check_grad` gives no verdict; of its sister `check_derivative` the documentation says that a gradient is likely
right when the figure is of the order of 1e-6, or lower."""

SAYS_SO = re.compile("returned an invalid gradient|incorrect number of gradients|bwd rule must produce")
"""What torch and JAX say where they refuse a gradient for its shape, before they check it: an accusation, too."""


@dataclass(frozen=True)
class Peer:
    """accuses(problem): whether the gradient is said to be wrong.  settings: what was assumed.  needs: the library that
    must be installed."""

    name: str
    title: str
    accuses: Callable[[Problem], bool]
    settings: str
    needs: str = "numpy"

    @property
    def installed(self) -> bool:
        """Whether it can run here."""
        return find_spec(self.needs) is not None


def torch_gradcheck(problem: Problem, fast_mode: bool) -> bool:
    """torch.autograd.gradcheck."""
    import torch

    class Pair(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, *inputs: Any) -> Any:
            outputs, ctx.kept = problem.forward(*(x.detach().numpy() for x in inputs))
            return only(tuple(torch.as_tensor(np.asarray(y, order="C")) for y in outputs))

        @staticmethod
        def backward(ctx: Any, *upstream: Any) -> Any:
            gradients = problem.backward(tuple(u.numpy() for u in upstream), ctx.kept)
            return tuple(None if g is None else torch.as_tensor(g) for g in gradients)

    inputs = [torch.tensor(a, requires_grad=True) for a in problem.point]
    return not torch.autograd.gradcheck(Pair.apply, inputs, fast_mode=fast_mode, raise_exception=False)


def only(outputs: tuple[Any, ...]) -> Any:
    """One output by itself, several as a tuple."""
    return outputs if len(outputs) > 1 else outputs[0]


def jax_function(problem: Problem) -> Callable[..., Any]:
    """The pair as a jax.custom_vjp.  Nothing is traced in reverse mode, so that NumPy may do the work."""
    import jax

    def forward(*inputs: Any) -> Any:
        outputs, cache = problem.forward(*map(np.array, inputs))
        hidden = jax.tree_util.Partial(lambda: cache)  # for which JAX wants no arrays of its own
        return only(tuple(map(jax.numpy.asarray, outputs))), hidden

    def backward(hidden: Any, upstream: Any) -> Any:
        ups = upstream if isinstance(upstream, tuple) else (upstream,)
        gradients = problem.backward(tuple(map(np.array, ups)), hidden())
        return tuple(None if g is None else jax.numpy.asarray(g) for g in gradients)

    function: Any = jax.custom_vjp(lambda *inputs: forward(*inputs)[0])
    function.defvjp(forward, backward)
    return function


def jax_check_grads(problem: Problem) -> bool:
    """jax.test_util.check_grads."""
    import jax
    from jax.test_util import check_grads

    with jax.enable_x64(True):
        inputs = tuple(map(jax.numpy.asarray, problem.point))
        return asserted(partial(check_grads, jax_function(problem), inputs, order=1, modes=["rev"]))


def chex_numerical_grads(problem: Problem) -> bool:
    """chex.assert_numerical_grads."""
    import chex
    import jax

    with jax.enable_x64(True):
        inputs = tuple(map(jax.numpy.asarray, problem.point))
        return asserted(partial(chex.assert_numerical_grads, jax_function(problem), inputs, order=1, modes=["rev"]))


def asserted(check: Callable[[], object]) -> bool:
    """Whether an assertion fails."""
    try:
        check()
    except AssertionError:
        return True
    return False


def autograd_check_grads(problem: Problem) -> bool:
    """autograd.test_util.check_grads, all inputs moving together."""
    from autograd.extend import defvjp_argnums, primitive
    from autograd.test_util import check_grads

    kept: list[Any] = [None]

    @primitive
    def function(*inputs: Any) -> Any:
        outputs, kept[0] = problem.forward(*inputs)
        return only(outputs)

    def rule(argnums: Any, outputs: Any, inputs: Any, named: Any) -> Callable[[Any], Any]:
        own = kept[0]

        def pull(upstream: Any) -> Any:
            gradients = problem.backward(upstream if isinstance(upstream, tuple) else (upstream,), own)
            return [gradients[i] for i in argnums]

        return pull

    defvjp_argnums(function, rule)
    np.random.seed(problem.case.seed % 2**32)  # noqa: NPY002 - autograd draws its directions from the global generator
    every = tuple(range(len(problem.point)))
    return asserted(lambda: check_grads(function, every, modes=["rev"], order=1)(*problem.point))


def scipy_check_grad(problem: Problem) -> bool:
    """scipy.optimize.check_grad, of the inputs as one vector and a random combination of the outputs."""
    from scipy.optimize import check_grad

    ends = np.cumsum([a.size for a in problem.point])[:-1]

    def inputs(vector: Array) -> list[Array]:
        parts = zip(np.split(vector, ends), problem.point, strict=True)
        return [part.reshape(a.shape) for part, a in parts]

    def gradient(vector: Array) -> Array:
        _, cache = problem.forward(*inputs(vector))
        return np.concatenate([np.ravel(np.asarray(g, float)) for g in problem.backward(problem.case.upstream, cache)])

    vector = np.concatenate([np.ravel(a) for a in problem.point])
    return not check_grad(lambda v: problem.projected(problem.forward(*inputs(v))[0]), gradient, vector) <= SCIPY_LIKELY


def cs231n_recipe(problem: Problem) -> bool:
    """The relative error of every element against centred differences, as the assignments' code has it."""
    _, cache = problem.forward(*problem.point)
    gradients = problem.backward(problem.case.upstream, cache)
    errors = [relative_error(numerical_gradient(problem, i), gradient) for i, gradient in enumerate(gradients)]
    return not max(errors) <= CS231N_WORRYING


def numerical_gradient(problem: Problem, which: int) -> Array:
    """Centred differences of the projected outputs, one element after the other."""
    inputs = problem.point
    x = inputs[which]
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        old = x[index]
        x[index] = old + CS231N_STEP
        ahead = problem.projected(problem.forward(*inputs)[0])
        x[index] = old - CS231N_STEP
        behind = problem.projected(problem.forward(*inputs)[0])
        x[index] = old
        gradient[index] = (ahead - behind) / (2 * CS231N_STEP)
    return gradient


PEERS = (
    Peer(
        "torch_slow",
        "torch `gradcheck`",
        partial(torch_gradcheck, fast_mode=False),
        "a torch.autograd.Function that calls NumPy; eps 1e-6, atol 1e-5, rtol 1e-3",
        needs="torch",
    ),
    Peer(
        "torch_fast",
        "torch `gradcheck`, fast mode",
        partial(torch_gradcheck, fast_mode=True),
        "the same with fast_mode=True",
        needs="torch",
    ),
    Peer(
        "jax_check_grads",
        "JAX `check_grads`",
        jax_check_grads,
        'a jax.custom_vjp that calls NumPy; x64 enabled, order 1, modes=["rev"]',
        needs="jax",
    ),
    Peer(
        "chex",
        "chex `assert_numerical_grads`",
        chex_numerical_grads,
        "the same function, x64 enabled; atol 0.01 × the size of the first input",
        needs="chex",
    ),
    Peer(
        "autograd",
        "autograd `check_grads`",
        autograd_check_grads,
        'a primitive with defvjp; order 1, modes=["rev"]; its directions are drawn from a seeded generator',
        needs="autograd",
    ),
    Peer(
        "scipy",
        "SciPy `check_grad`",
        scipy_check_grad,
        "inputs as one vector, outputs times a random upstream; SciPy names no bound for the norm that it returns: "
        f"{SCIPY_LIKELY:g}, for its documentation of check_derivative calls the order of 1e-6 likely right",
        needs="scipy",
    ),
    Peer(
        "cs231n",
        "CS231n's recipe",
        cs231n_recipe,
        f"eval_numerical_gradient_array with a random upstream, step {CS231N_STEP:g}; a relative error above "
        f"{CS231N_WORRYING:g}, which the notes call uncomfortable, is an accusation",
    ),
)
