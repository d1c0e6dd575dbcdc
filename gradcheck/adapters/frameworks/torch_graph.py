"""One call under PyTorch's autograd: NumPy arrays in, outputs and gradients as NumPy arrays out.

Tensors stand on the memory of the arrays that they are made of, so that whatever user code changes in place is seen.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradcheck.adapters.conversion import convert_arrays, holds_numbers, make_shareable
from gradcheck.adapters.frameworks.torch_noise import perturb_torch_operations


@dataclass(frozen=True)
class AutogradGraph:
    """The tensors that autograd needs: the outputs that have a gradient, and the inputs, both tensors.

    saved: what a Function keeps for its backward, as arrays on the same memory.  left_out: which outputs are not
    looked at, as they have no gradient; "" for none.
    """

    outputs: tuple[Any, ...]
    inputs: tuple[Any, ...]
    saved: tuple[Any, ...]
    left_out: str

    def __deepcopy__(self, memo: Any) -> "AutogradGraph":
        return replace(self, saved=tuple(map(np.array, self.saved)))

    def pull(self, upstream: tuple[Any, ...]) -> list[Any]:
        """A gradient for each input, zeros where nothing depends on it, None for whole numbers; may be asked again."""
        import torch

        wanted = [x for x in self.inputs if x.requires_grad]
        ups = [to_tensor(np.asarray(u)) for u in upstream]
        with perturb_torch_operations(upstream):
            found = torch.autograd.grad(
                self.outputs, wanted, ups, retain_graph=True, allow_unused=True, materialize_grads=True
            )
        gradients = iter(found)
        return [copy_to_numpy(next(gradients)) if x.requires_grad else None for x in self.inputs]


def call_under_autograd(
    function: Callable[[Mapping[str, Any]], Any], arguments: Mapping[str, Any]
) -> tuple[tuple[Any, ...], AutogradGraph]:
    """Outputs, and the graph behind them.  function(arguments by name) -> a tensor, or any number of them, nested."""
    import torch

    given = {n: convert_arrays(value, to_torch_input) for n, value in arguments.items()}
    inputs = [t for n, value in arguments.items() if holds_numbers(value) for t in iterate_tensors(given[n])]
    with torch.enable_grad(), perturb_torch_operations(arguments.values()):
        every = list(iterate_tensors(function(given)))
    looked_at = [y for y in every if y.requires_grad] or every
    apart = [str(i) for i, y in enumerate(every) if not any(y is other for other in looked_at)]
    left_out = f"not looked at, as it has no gradient: output {', '.join(apart)}" if apart else ""
    return tuple(copy_to_numpy(y) for y in looked_at), AutogradGraph(
        tuple(looked_at), tuple(inputs), tuple(iterate_saved_arrays(looked_at)), left_out
    )


def iterate_saved_arrays(outputs: Sequence[Any]) -> Iterator[Any]:
    """Yield the tensors that the Function behind some outputs saved, and those among its context's attributes."""
    for context in {id(y.grad_fn): y.grad_fn for y in outputs if hasattr(y.grad_fn, "saved_tensors")}.values():
        for kept in iterate_tensors([context.saved_tensors, list(vars(context).values())]):
            yield kept.detach().numpy()


def to_torch_input(a: Any) -> Any:
    """Numbers as PyTorch takes them, a tensor, which has a gradient unless they are whole."""
    made = to_tensor(np.asarray(a))
    return made.requires_grad_() if made.is_floating_point() or made.is_complex() else made


def to_tensor(a: Any) -> Any:
    """A tensor on the memory of an array, or of a copy where it cannot stand there."""
    import torch

    return torch.from_numpy(make_shareable(a))


def copy_to_numpy(t: Any) -> Any:
    """The numbers of a tensor, a copy."""
    return np.array(t.detach().numpy())


def iterate_tensors(tree: Any) -> Iterator[Any]:
    """The tensors in what a function returned, in order."""
    import torch

    if isinstance(tree, torch.Tensor):
        yield tree
    elif isinstance(tree, (tuple, list)):
        for part in tree:
            yield from iterate_tensors(part)
    elif isinstance(tree, dict):
        yield from iterate_tensors(list(tree.values()))
