"""Monte Carlo arithmetic under PyTorch: while Noisy arrays are passed, every inexact operation that PyTorch dispatches
has its result moved by a random relative nudge, in forward and backward alike.

See oracles.monte_carlo, which does the same for NumPy.  Source: PyTorch's notes, Extending torch native API with modes.
"""

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any

import numpy as np

from gradcheck.adapters.conversion import find_noise_of_arguments
from gradcheck.oracles.noisy_arrays import Noise, perturb_normwise
from gradcheck.private_interfaces import (
    TORCH_DISPATCH_MODE,
    TORCH_IS_VIEW,
    TORCH_OVERLOAD_PACKET,
    find_private_interface,
)

EXACT_OPERATION_NAMES = """
    abs amax amin aminmax arange argmax argmin cat ceil clamp clamp_max clamp_min clone constant_pad_nd copy diag_embed
    embedding empty empty_like eq eye fill flip floor full full_like gather hardtanh index index_fill index_select
    kthvalue masked_fill masked_select max max_pool2d_with_indices maximum median min minimum neg new_empty new_full
    new_ones new_zeros nll_loss_forward ones ones_like relu repeat roll round scalar_tensor scatter select_backward sgn
    sign slice_backward sort stack threshold threshold_backward topk tril triu trunc where zero zeros zeros_like
    _to_copy _unsafe_view
"""
EXACT_TORCH_OPERATIONS = frozenset(EXACT_OPERATION_NAMES.split())
"""Operations that move numbers about, or choose among them."""

NORMWISE_TORCH_PREFIXES = (
    "native_",
    "_softmax",
    "_log_softmax",
    "logsumexp",
    "gelu",
    "var",
    "std",
    "linalg_",
    "_linalg_",
    "_scaled",
)
"""Beginnings of names of operations that hold a whole formula, which may cancel inside: operands and results are moved
by the size of the largest element."""


def perturb_torch_operations(values: Iterable[Any]) -> AbstractContextManager[Any]:
    """Where operations are moved by the noise of some arrays, and exact where they have none."""
    noise = find_noise_of_arguments(values)
    if noise is None:
        return nullcontext()
    perturbing_mode = get_perturbing_mode()
    if perturbing_mode is None:
        return nullcontext()
    mode = perturbing_mode()
    mode.noise = noise
    return mode


@cache
def get_perturbing_mode() -> Any:
    """The mode in which every operation is moved by a noise; None where PyTorch's insides are other than
    expected, which is told."""
    import torch

    operation: Any = torch.ops.aten.add.Tensor
    mode = find_private_interface(TORCH_DISPATCH_MODE)
    described = (find_private_interface(inside, operation) for inside in (TORCH_OVERLOAD_PACKET, TORCH_IS_VIEW))
    if mode is None or any(inside is None for inside in described):
        return None

    def dispatch(self: Any, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return run_perturbed_operation(self.noise, function, args, kwargs or {})

    return type("PerturbingMode", (mode,), {"__torch_dispatch__": dispatch})


def run_perturbed_operation(noise: Noise, function: Any, args: tuple[Any, ...], settings: dict[str, Any]) -> Any:
    """The result of one operation, moved unless it is exact, or stands on the memory of an operand unasked."""
    name = function.overloadpacket.__name__
    whole = name.startswith(NORMWISE_TORCH_PREFIXES)
    operands = tuple(perturb_tensor_normwise(noise, a) if whole and is_inexact_tensor(a) else a for a in args)
    returned = function(*operands, **settings)
    if function.is_view or name.removesuffix("_") in EXACT_TORCH_OPERATIONS:
        return returned
    memory = set() if name.endswith("_") else {a.untyped_storage().data_ptr() for a in args if is_inexact_tensor(a)}
    for result in returned if isinstance(returned, (tuple, list)) else (returned,):
        if is_inexact_tensor(result) and result.untyped_storage().data_ptr() not in memory:
            result.copy_(perturb_tensor_normwise(noise, result)) if whole else result.mul_(
                draw_tensor_factors(noise, result)
            )
    return returned


def is_inexact_tensor(value: Any) -> bool:
    """Whether it is a tensor of real or complex numbers."""
    import torch

    return isinstance(value, torch.Tensor) and (value.is_floating_point() or value.is_complex())


def draw_tensor_factors(noise: Noise, t: Any) -> Any:
    """One plus a random nudge for each element, in the same dtype."""
    import torch

    return torch.from_numpy(np.array(noise.factors(tuple(t.shape)))).to(t.dtype)


def perturb_tensor_normwise(noise: Noise, t: Any) -> Any:
    """A copy, each element moved by a random nudge of the largest."""
    import torch

    return torch.from_numpy(perturb_normwise(noise, t.detach().numpy()))
