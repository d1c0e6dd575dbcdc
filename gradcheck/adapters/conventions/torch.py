"""A torch.autograd.Function, or a torch.nn.Module.

A Function may take its context in forward, or have setup_context; it is called through apply.  The inputs of a module
are those of its forward, and its parameters.  Source: PyTorch's notes, Extending PyTorch; torch.func.functional_call.
"""

import copy
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from gradcheck.adapters.calling_convention import ModuleConvention
from gradcheck.adapters.code import Code
from gradcheck.adapters.conversion import is_subclass_by_name, make_identifier, require_library
from gradcheck.adapters.frameworks import torch_graph
from gradcheck.adapters.frameworks.torch_graph import AutogradGraph
from gradcheck.adapters.parameters import AdapterError, Keywords, read_signature
from gradcheck.adapters.source_names import format_import, make_caller
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.origin import Script


def recognises(thing: Any) -> bool:
    """Whether it is a subclass of Function, or a module."""
    return is_autograd_function(thing) or is_torch_module(type(thing))


def is_autograd_function(thing: Any) -> bool:
    """Whether it is a subclass of torch.autograd.Function."""
    return isinstance(thing, type) and is_subclass_by_name(thing, "torch.autograd", "Function")


def is_torch_module(cls: type) -> bool:
    """Whether its instances are modules."""
    return is_subclass_by_name(cls, "torch.nn", "Module")


def code(name: str, thing: Any, keywords: Keywords) -> Code:
    """Return the code of a Function or a module.  Raises AdapterError for anything else, and where PyTorch is not
    installed."""
    require_library("torch", "torch")
    if is_autograd_function(thing):
        return adapt_autograd_function(name, thing)
    if is_torch_module(type(thing)):
        return adapt_torch_module(name, thing)
    advice = f"; give an instance, as in {name}(…)" if isinstance(thing, type) and is_torch_module(thing) else ""
    raise AdapterError(f"{name}: adapter='torch' wants a torch.autograd.Function or a module, not {thing!r}{advice}")


def pull_gradients(upstream: tuple[Any, ...], graph: AutogradGraph) -> list[Any]:
    """Return the gradients of all arrays that were passed, in their order."""
    return graph.pull(upstream)


def format_tensor(text: str, differentiable: bool) -> str:
    """Return the source of a tensor made from an array."""
    return f"torch.tensor({text}, requires_grad=True)" if differentiable else f"torch.tensor({text})"


def format_autograd_call(gradients: Sequence[str]) -> str:
    """Return the source of a call of torch.autograd.grad."""
    inputs = ", ".join(g[1:] for g in gradients)
    return f"{', '.join(gradients)}{',' * (len(gradients) == 1)} = torch.autograd.grad({{y}}, [{inputs}], {{dy}})"


def adapt_autograd_function(name: str, function: Any) -> Code:
    """Return the code of a Function."""
    import torch

    context = function.setup_context is torch.autograd.Function.setup_context
    call = partial(make_caller(function.forward, leave=int(context)), function.apply)
    overridden = function.backward is not torch.autograd.Function.backward

    def script(arguments: Mapping[str, str], gradients: Sequence[str]) -> Script:
        opening = "\n".join(filter(None, ("import torch", format_import(function, function.__name__))))
        return Script(
            opening,
            f"{{y}} = {function.__name__}.apply({', '.join(arguments.values())})",
            format_autograd_call(gradients),
        )

    return Code(
        name,
        read_signature(name, function.forward, leave=int(context)),
        lambda arguments: torch_graph.call_under_autograd(call, arguments),
        pull_gradients,
        function.backward if overridden else function.vjp,
        computed_at=function.forward,
        drops=True,
        sent=format_tensor,
        script=script,
    )


def adapt_torch_module(name: str, module: Any) -> Code:
    """Return the code of a module; every call uses a copy in the precision of the inputs."""
    import torch

    forward_parameters, call = read_signature(name, module.forward), make_caller(module.forward)
    held: dict[str, str] = {}
    for path, _ in module.named_parameters():
        held[make_identifier(path, {*forward_parameters, *held})] = path
    shapes = {label: Array(" ".join(map(str, module.get_parameter(path).shape))) for label, path in held.items()}

    def run(arguments: Mapping[str, Any]) -> Any:
        parameters = {path: arguments[label] for label, path in held.items()}
        own = copy.deepcopy(module).to(find_real_dtype(arguments.values()))
        return call(lambda *args, **others: torch.func.functional_call(own, parameters, args, others), arguments)

    def script(arguments: Mapping[str, str], gradients: Sequence[str]) -> Script:
        parameters = ", ".join(f"{path!r}: {label}" for label, path in held.items())
        inputs = ", ".join(text for n, text in arguments.items() if n in forward_parameters)
        call = f"{{y}} = torch.func.functional_call(module, {{{{{parameters}}}}}, ({inputs},))"
        return Script(
            f"import torch\n# module = the {type(module).__name__} that was checked",
            call,
            format_autograd_call(gradients),
        )

    return Code(
        name,
        {**forward_parameters, **shapes},
        lambda arguments: torch_graph.call_under_autograd(run, arguments),
        pull_gradients,
        find_module_backward(type(module)),
        computed_at=type(module).forward,
        drops=True,
        sent=format_tensor,
        script=script,
    )


def find_real_dtype(values: Iterable[Any]) -> Any:
    """Return the dtype of the real numbers among some values, else float64."""
    import torch

    tensors = torch_graph.iterate_tensors(list(values))
    return next((t.dtype for t in tensors if t.is_floating_point()), torch.float64)


def find_module_backward(cls: Any) -> Any:
    """Return the backward of the only Function that a module's forward refers to, else that forward."""
    scope, names = getattr(cls.forward, "__globals__", {}), getattr(cls.forward, "__code__", None)
    functions = [scope[n] for n in (names.co_names if names else ()) if is_autograd_function(scope.get(n))]
    return functions[0].backward if len(functions) == 1 else cls.forward


CONVENTION = ModuleConvention(
    "torch", "a torch.autograd.Function, or a module", code, recognition_order=10, recognises=recognises
)
