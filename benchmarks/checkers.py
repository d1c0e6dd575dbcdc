"""One function per gradient checker, ours and its peers: does it let these gradients pass?

All are given the same forward and backward at the same inputs in float64, each by its own public interface and at its
defaults.  JAX cannot run NumPy code: it is given the same arithmetic in `jax_rules`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache, partial
from importlib.util import find_spec
from typing import Any

import numpy as np

from gradcheck.checking.op_check import OpCheck, examine_case
from gradcheck.declaration.op import Op
from gradcheck.laws.registry import load_laws
from gradcheck.records.case import Case
from workload import forward_and_backward

Pair = Callable[..., Any]
Settings = tuple[tuple[str, Any], ...]
OWN_WORK = "own_work"
"""No checker: the work that is checked, as a floor."""

CS231N_STEP, CS231N_WORRYING = 1e-5, 1e-4
"""The assignments' step; and the relative error above which the notes say that one should feel uncomfortable."""

EXAMINATIONS: dict[int, OpCheck] = {}
"""By the identity of the op, which the examination keeps alive."""


@dataclass(frozen=True)
class Checker:
    """A way to check a gradient, and how much work it is.

    passes(op, case): whether the gradients are let pass.  translate: makes of an op what this checker takes.  needs:
    the library that must be installed.
    """

    name: str
    passes: Callable[[Op, Case], bool]
    directions: str
    elementwise: bool
    reference: bool
    tolerance: str
    translate: Callable[[Op], Op] = lambda op: op
    needs: str = "numpy"
    known: dict[str, Op] = field(default_factory=dict)

    @property
    def installed(self) -> bool:
        """Whether it can run here."""
        return find_spec(self.needs) is not None

    def translated(self, op: Op) -> Op:
        """The op as this checker takes it, for one name the same object every time."""
        if op.name not in self.known:
            self.known[op.name] = self.translate(op)
        return self.known[op.name]


def ours(op: Op, case: Case) -> bool:
    """What `gradcheck check --law gradient` does with each case."""
    seen = examine_case(op, case, [load_laws()["gradient"]])["gradient"]
    if seen.abstained:
        raise RuntimeError(f"{op.name} at {case.shapes} was not examined: {seen.abstained}")
    return not seen.findings


def ours_arbitrated(op: Op, case: Case) -> bool:
    """The same as one more case of the op's examination, in which XLA sees the first of each pattern."""
    examination = standing(op)
    tally = examination.accumulators["gradient"]
    examination.take(case)
    examination.arbitration.settle()
    passed = not tally.findings and not examination.arbitration.fault
    tally.findings.clear()
    return passed


def standing(op: Op) -> OpCheck:
    """The examination of this op, begun at its first case."""
    if id(op) not in EXAMINATIONS:
        EXAMINATIONS[id(op)] = OpCheck(op, [load_laws()["gradient"]])
    return EXAMINATIONS[id(op)]


def own_work(op: Op, case: Case) -> bool:
    """No check at all: the op's own forward and backward."""
    forward_and_backward(op, case)
    return True


def several(values: Any) -> tuple[Any, ...]:
    """A tuple as it is, anything else as a tuple of one."""
    return values if isinstance(values, tuple) else (values,)


def torch_gradcheck(op: Op, case: Case, fast_mode: bool) -> bool:
    """torch.autograd.gradcheck."""
    import torch

    function = torch_function(op.forward, op.backward, tuple(case.settings.items()))
    inputs = [torch.tensor(a, requires_grad=True) for a in case.point]
    return torch.autograd.gradcheck(function, inputs, fast_mode=fast_mode, raise_exception=False)


@cache
def torch_function(forward: Pair, backward: Pair, settings: Settings) -> Pair:
    """The pair as a torch.autograd.Function."""
    import torch

    class Function(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, *inputs: Any) -> Any:
            outputs, ctx.kept = forward(*(x.detach().numpy() for x in inputs), **dict(settings))
            tensors = tuple(map(torch.as_tensor, several(outputs)))
            return tensors if isinstance(outputs, tuple) else tensors[0]

        @staticmethod
        def backward(ctx: Any, *upstream: Any) -> Any:
            ups = tuple(u.numpy() for u in upstream)
            return tuple(map(torch.as_tensor, several(backward(ups if len(ups) > 1 else ups[0], ctx.kept))))

    return Function.apply


def in_jax(op: Op) -> Op:
    """The op with its rule in JAX."""
    from jax_rules import RULES

    forward, backward = RULES.get(op.name, (op.forward, op.backward))
    return replace(op, forward=forward, backward=backward)


def jax_check_grads(op: Op, case: Case) -> bool:
    """jax.test_util.check_grads of first order in reverse mode."""
    import jax
    from jax.test_util import check_grads

    with jax.enable_x64(True):
        inputs = tuple(map(jax.numpy.asarray, case.point))
        try:
            check_grads(jax_function(op.forward, op.backward), inputs, order=1, modes=["rev"])
        except AssertionError:
            return False
    return True


@cache
def jax_function(forward: Pair, backward: Pair) -> Pair:
    """The pair as a jax.custom_vjp."""
    import jax

    function: Any = jax.custom_vjp(lambda *inputs: forward(*inputs)[0])
    function.defvjp(forward, lambda cache, upstream: several(backward(upstream, cache)))
    return function


def autograd_check_grads(op: Op, case: Case) -> bool:
    """autograd.test_util.check_grads of first order in reverse mode, all inputs moving together."""
    from autograd.test_util import check_grads

    function = autograd_function(op.forward, op.backward, tuple(case.settings.items()))
    every = tuple(range(len(case.point)))
    try:
        check_grads(function, every, modes=["rev"], order=1)(*case.point)
    except AssertionError:
        return False
    return True


@cache
def autograd_function(forward: Pair, backward: Pair, settings: Settings) -> Pair:
    """The pair as an autograd primitive.  The rule is asked for right after the forward, so one cache is kept."""
    from autograd.extend import defvjp_argnums, primitive

    kept: list[Any] = [None]

    @primitive
    def function(*inputs: Any) -> Any:
        outputs, kept[0] = forward(*inputs, **dict(settings))
        return outputs

    def rule(argnums: Any, outputs: Any, inputs: Any, named: Any) -> Pair:
        cache = kept[0]

        def pull(upstream: Any) -> Any:
            gradients = several(backward(upstream, cache))
            return [gradients[i] for i in argnums]

        return pull

    defvjp_argnums(function, rule)
    return function


def cs231n_loop(op: Op, case: Case) -> bool:
    """The assignments' eval_numerical_gradient_array on every input, and the largest relative error."""
    _, cache = op.forward(*case.point, **case.settings)
    gradients = several(op.backward(case.upstream if len(op.outputs) > 1 else case.upstream[0], cache))
    errors = [relative_error(numerical_gradient_array(op, case, i), gradient) for i, gradient in enumerate(gradients)]
    return max(errors) <= CS231N_WORRYING


def numerical_gradient_array(op: Op, case: Case, which: int) -> Any:
    """Centred differences, one element after the other."""
    inputs = [a.copy() for a in case.point]
    x, gradient = inputs[which], np.zeros_like(inputs[which])
    for index in np.ndindex(x.shape):
        old = x[index]
        x[index] = old + CS231N_STEP
        ahead = several(op.forward(*inputs, **case.settings)[0])
        x[index] = old - CS231N_STEP
        behind = several(op.forward(*inputs, **case.settings)[0])
        x[index] = old
        rise = sum(np.sum((a - b) * u) for a, b, u in zip(ahead, behind, case.upstream, strict=True))
        gradient[index] = rise / (2 * CS231N_STEP)
    return gradient


def relative_error(x: Any, y: Any) -> float:
    """The assignments' rel_error."""
    return float(np.max(np.abs(x - y) / np.maximum(1e-8, np.abs(x) + np.abs(y))))


CHECKERS = (
    Checker(OWN_WORK, own_work, "none", False, False, "everything"),
    Checker("ours", ours, "one, and more in doubt, all inputs together", True, True, "each witness's own error bar"),
    Checker(
        "ours_arbitrated",
        ours_arbitrated,
        "one, and more in doubt, all inputs together",
        True,
        True,
        "each witness's own error bar",
    ),
    Checker(
        "ours_without_reference",
        ours,
        "one, and more in doubt, all inputs together",
        False,
        False,
        "the differences' own error bar",
        translate=lambda op: replace(op, reference=None),
    ),
    Checker(
        "autograd",
        autograd_check_grads,
        "one, all inputs together",
        False,
        False,
        "absolute 1e-6 or relative 1e-6",
        needs="autograd",
    ),
    Checker(
        "torch_fast",
        partial(torch_gradcheck, fast_mode=True),
        "one per input, positive entries",
        False,
        False,
        "relative 1e-3 plus absolute 1e-5 × Σu Σv of the directions",
        needs="torch",
    ),
    Checker(
        "torch_slow",
        partial(torch_gradcheck, fast_mode=False),
        "every element of every input",
        True,
        False,
        "relative 1e-3 plus absolute 1e-5",
        needs="torch",
    ),
    Checker("cs231n_loop", cs231n_loop, "every element of every input", True, False, "relative 1e-4"),
    Checker(
        "jax_check_grads",
        jax_check_grads,
        "one, all inputs together",
        False,
        False,
        "(relative 1e-5 plus absolute 1e-5) × size",
        translate=in_jax,
        needs="jax",
    ),
)
"""From the cheapest to the dearest."""


def installed() -> list[Checker]:
    """The checkers that can run here."""
    return [checker for checker in CHECKERS if checker.installed]


def absent() -> list[str]:
    """The names of those that cannot."""
    return [checker.name for checker in CHECKERS if not checker.installed]
