"""A network with its parameters in params, and loss(X, y) -> (loss, grads), grads by the names of the parameters.

Source: CS231n's assignments, TwoLayerNet and FullyConnectedNet.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from gradcheck.adapters.calling_convention import ModuleConvention
from gradcheck.adapters.code import Code
from gradcheck.adapters.conventions.loss import split_loss_and_gradients
from gradcheck.adapters.input_labels import make_input_label
from gradcheck.adapters.layers.calls import declare_exact_shape, scale_gradients, show_changes
from gradcheck.adapters.layers.method_copies import use_copied_methods
from gradcheck.adapters.layers.parameter_paths import copy_with_values
from gradcheck.adapters.parameters import AdapterError, Keywords, read_signature
from gradcheck.adapters.source_names import make_caller
from gradcheck.declaration.origin import Script


def recognises(thing: Any) -> bool:
    """Whether it is an instance with a dictionary of parameters, and a loss."""
    return callable(getattr(thing, "loss", None)) and isinstance(getattr(thing, "params", None), dict)


def code(name: str, thing: Any, keywords: Keywords) -> Code:
    """Return the code of a network; only its parameters have gradients.  Raises AdapterError for anything else."""
    if not recognises(thing):
        description = f"the class {thing.__name__}" if isinstance(thing, type) else repr(thing)
        raise AdapterError(
            f"{name}: a model is an instance with params, a dictionary, and loss(X, y); this is {description}"
        )
    keys = {make_input_label(key, "params"): key for key in thing.params}
    loss_parameters = read_signature(name, type(thing).loss, leave=1)
    call = make_caller(type(thing).loss, leave=1)

    def run(arguments: Mapping[str, Any]) -> Any:
        values = {("params", key): arguments[n] for n, key in keys.items()}
        net = use_copied_methods(copy_with_values(thing, values))
        returned = call(net.loss, arguments)
        show_changes(net, values)
        return split_loss_and_gradients(returned)

    def pull(upstream: tuple[Any, ...], gradients: Any) -> dict[str, Any]:
        return {n: scale_gradients(gradients.get(key), upstream[0]) for n, key in keys.items()}

    def script(arguments: Mapping[str, str], gradients: Sequence[str]) -> Script:
        sets = "\n".join(f"net.params[{key!r}] = {n}" for n, key in keys.items())
        call = f"{{y}}, grads = net.loss({', '.join(arguments[n] for n in loss_parameters)})"
        reads = "\n".join(f"d{n} = grads[{key!r}]" for n, key in keys.items())
        return Script(f"# net = the {type(thing).__name__} that was checked", f"{sets}\n{call}", reads)

    shapes = {n: declare_exact_shape(thing.params[key]) for n, key in keys.items()}
    return Code(name, {**loss_parameters, **shapes}, run, pull, type(thing).loss, owed=tuple(keys), script=script)


CONVENTION = ModuleConvention(
    "model", "a network with params, and loss(X, y) -> (loss, grads)", code, recognition_order=60, recognises=recognises
)
