"""A function that returns (loss, gradients): loss, dx = softmax_loss(x, y), or loss, dW = svm_loss(W, X, y, reg).

The gradients are those of the first inputs, or of those that `gradients=["W"]` names.  It takes no upstream: its
gradients are multiplied by that of the loss.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from gradcheck.adapters.calling_convention import ModuleConvention
from gradcheck.adapters.code import Code
from gradcheck.adapters.frameworks.under_jax import substitute_jax_numpy
from gradcheck.adapters.layers.calls import scale_gradients
from gradcheck.adapters.parameters import Keywords, read_signature
from gradcheck.adapters.source_names import format_import, get_source_name, make_splitting_caller
from gradcheck.declaration.origin import Script


def code(name: str, thing: Any, keywords: Keywords) -> Code:
    """Return the code of a loss function."""
    source = get_source_name(thing, "loss")

    def script(arguments: Mapping[str, str], gradients: Sequence[str]) -> Script:
        of = gradients[0] if len(gradients) == 1 else f"({', '.join(gradients)})"
        return Script(format_import(thing, source), f"{{y}}, {of} = {source}({', '.join(arguments.values())})", "")

    return Code(
        name,
        read_signature(name, thing),
        make_splitting_caller(thing, split_loss_and_gradients),
        lambda upstream, gradients: scale_gradients(gradients, upstream[0]),
        thing,
        traceable=make_splitting_caller(substitute_jax_numpy(thing), split_loss_and_gradients),
        leading=True,
        unpacks=True,
        script=script,
    )


def split_loss_and_gradients(returned: Any) -> tuple[tuple[Any], Any]:
    """Return the loss, and the gradients as a cache.  Raises TypeError where the result is not (loss, gradients)."""
    if not isinstance(returned, tuple) or len(returned) < 2:
        raise TypeError(f"it returned a {type(returned).__name__}, not (loss, gradients)")
    loss, *gradients = returned
    return (loss,), gradients[0] if len(gradients) == 1 else gradients


CONVENTION = ModuleConvention("loss", "a function that returns (loss, gradients)", code)
