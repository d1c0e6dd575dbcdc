"""A function that returns (loss, gradients): loss, dx = softmax_loss(x, y), or loss, dW = svm_loss(W, X, y, reg).

The gradients are those of the first inputs, or of those that `gradients=["W"]` names.  It takes no upstream: a loss is
the end of everything, so its gradients are scaled by one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from gradcheck.adapters.frameworks.under_jax import under_jax
from gradcheck.adapters.layers.calls import scaled
from gradcheck.adapters.parameters import Keywords, parameters_of
from gradcheck.adapters.pipeline import Code
from gradcheck.adapters.source_names import import_of, name_in_source, reading
from gradcheck.declaration.op import Script


def code(name: str, thing: Any, keywords: Keywords) -> Code:
    """The code of a loss function."""
    source = name_in_source(thing, "loss")

    def script(arguments: Mapping[str, str], gradients: Sequence[str]) -> Script:
        of = gradients[0] if len(gradients) == 1 else f"({', '.join(gradients)})"
        return Script(import_of(thing, source), f"{{y}}, {of} = {source}({', '.join(arguments.values())})", "")

    return Code(
        name,
        parameters_of(name, thing),
        reading(thing, split),
        lambda upstream, gradients: scaled(gradients, upstream[0]),
        thing,
        traceable=reading(under_jax(thing), split),
        leading=True,
        script=script,
    )


def split(returned: Any) -> tuple[tuple[Any], Any]:
    """The loss, and the gradients as a cache.  Raises TypeError where they are not there."""
    if not isinstance(returned, tuple) or len(returned) < 2:
        raise TypeError(f"it returned a {type(returned).__name__}, not (loss, gradients)")
    loss, *gradients = returned
    return (loss,), gradients[0] if len(gradients) == 1 else gradients
