"""Adapters: code in other calling conventions as an Op.

Each convention is a file of `conventions`, which declares itself at its end; `registry` lists them, with those that
other packages add.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

from gradcheck.adapters.calling_convention import CallingConvention, ModuleConvention
from gradcheck.adapters.code import Code
from gradcheck.adapters.conventions.torch import is_torch_module
from gradcheck.adapters.frameworks.under_jax import substitute_jax_numpy
from gradcheck.adapters.inference import CrashedTrialError, NoShapes
from gradcheck.adapters.option_clashes import separate_declarations
from gradcheck.adapters.options import AdaptOptions
from gradcheck.adapters.parameters import AdapterError, Keywords, read_signature
from gradcheck.adapters.pipeline import build_op
from gradcheck.adapters.registry import find_convention, list_conventions, recognise_convention
from gradcheck.adapters.source_names import UNNAMED
from gradcheck.checking.replaced_names import describe_replacements
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import Whole
from gradcheck.evaluation.descriptions import describe_raised
from gradcheck.evaluation.process_state import preserve_process_state
from gradcheck.isolation import silence_warnings
from gradcheck.process_exit import forbid_exit

__all__ = [
    "AdaptOptions",
    "AdapterError",
    "CallingConvention",
    "Code",
    "Keywords",
    "ModuleConvention",
    "adapt",
    "adapt_with_options",
    "read_signature",
    "recognise_convention",
]


def adapt(
    thing: Any,
    backward: Callable[..., Any] | None = None,
    *,
    adapter: str | None = None,
    name: str | None = None,
    reference: Callable[..., Any] | None = None,
    inputs: Mapping[str, Any] | None = None,
    at: Sequence[Any] | None = None,
    averaged: Mapping[str, str] | None = None,
    gradients: Sequence[str] | None = None,
    parameters: Mapping[str, Any] | None = None,
    upstream: bool | None = None,
    xp: Any = None,
    dtypes: tuple[str, ...] | None = None,
    sizes: Mapping[str, Whole] | None = None,
    batch: str | None = None,
    exceptions: Mapping[str, str] | None = None,
    source: str | None = None,
    formula: str | None = None,
    convention: str | None = None,
    kinks: Callable[..., Any] | None = None,
    same_as: str | None = None,
    **declarations: Any,
) -> Op:
    """Make an Op of code that has a forward and a backward.

    Parameters
    ----------
    thing : callable, class or object
        The forward, or one object that has both forward and backward: a layer, a model, a torch.autograd.Function, a
        JAX rule and so on.  Its calling convention is recognised where that is certain.
    backward : callable, optional
        The backward, where it is a function of its own.
    adapter : str, optional
        The name of the calling convention, where it is not recognised: "loss", "closure", "array_api", ...
    name : str, optional
        The name of the op; by default that of the function or the class.
    reference : callable, optional
        The textbook formula, written for JAX or the array API.  Without one the forward itself is tried under
        jax.numpy, which is no witness of the value.
    inputs : mapping, optional
        Declarations of parameters whose names are those of options.
    at : sequence of array_like, optional
        One array for each input: the op is checked at this point and around it.
    averaged : mapping of str to str, optional
        ``{"w": "N"}`` declares that the gradient of w is an average over the axis N.
    gradients : sequence of str, optional
        The names of the inputs that have a gradient; by default all of real numbers.
    parameters : mapping, optional
        For a layer, the attribute with the gradient of each parameter: ``{"W": "grad_of_W"}``; for a Caffe layer, the
        shapes of its blobs.
    upstream : bool, optional
        Whether backward takes the gradient that arrives at the output; that of a loss may not.
    xp : namespace, optional
        The library of the arrays, for ``adapter="array_api"``.
    dtypes, sizes, batch, exceptions, source, formula, convention, kinks, same_as : optional
        As in `Op`; dtypes is ``("float64",)`` by default.
    **declarations
        The declaration of each parameter of the code, by its name: a shape ``"N D"``, ``Array("N D", positive())``, an
        example array around which shapes vary, ``whole(1, 3)`` or ``choice(...)`` for a setting, a dictionary of these,
        or a fixed value.  For an undeclared parameter annotations are read, and usual shapes tried.  A calling
        convention may take options of its own here, as "caffe" takes tops and param_str.

    Returns
    -------
    Op
        The op, for `check`.  An Op is returned unchanged, with its forward as reference where it has none.

    Raises
    ------
    AdapterError
        If no op can be made of `thing`, or a name is none of its parameters; the message says what to write.
    NoShapes
        If the shapes of inputs are neither declared nor usual ones.
    DeclarationError
        If the declarations are inconsistent.

    Examples
    --------
    >>> from gradcheck import adapt
    >>> def square(x):
    ...     return x * x, x
    >>> def square_backward(dy, x):
    ...     return 2 * x * dy
    >>> op = adapt(square, square_backward, x="N D", reference=lambda x: x**2)
    >>> op.name, op.inputs["x"].shape
    ('square', 'N D')
    """
    return adapt_with_options(thing, backward, AdaptOptions.of(locals()), declarations)


def adapt_with_options(
    thing: Any, backward: Callable[..., Any] | None, options: AdaptOptions, declarations: Mapping[str, Any]
) -> Op:
    """Make an Op as `adapt` does, from options and declarations that were collected before."""
    if isinstance(thing, Op):
        if backward is not None or options.given() or declarations:
            raise AdapterError(f"{thing.name} is an Op, which declares itself; change it by dataclasses.replace")
        return thing if thing.reference else use_forward_as_reference(thing)
    with forbid_exit(), refuse_replaced_names(), silence_warnings():
        names = list_parameter_names(thing)
        options, declarations = separate_declarations(options, declarations, names)
        name = options.name or infer_name(thing)
        convention = choose_convention(name, thing, backward, options.adapter)
        keywords = Keywords.of(options, declarations, convention.options)
        code = convention.code(name, thing if backward is None else (thing, backward), keywords)
        try:
            return build_op(code, keywords)
        except (AdapterError, NoShapes) as error:
            clashes = [n for n in options.given() if n in names and n not in keywords.parameters]
            if not clashes:
                raise
            raise type(error)(f"{error}; {explain_clash(clashes[0])}") from None


def list_parameter_names(thing: Any) -> set[str]:
    """Return the names of the parameters of a function, or of the methods of an object that are called."""
    methods = [getattr(thing, method, None) for method in ("forward", "loss")]
    names: set[str] = set()
    for function in [thing, *methods]:
        with suppress(TypeError, ValueError):
            names |= set(inspect.signature(function).parameters) if callable(function) else set()
    return names


def explain_clash(name: str) -> str:
    """Say how to declare a parameter that has the name of an option."""
    return f"{name}=… is an option of gradcheck; declare the parameter of that name by inputs={{{name!r}: 'N D'}}"


@contextmanager
def refuse_replaced_names() -> Iterator[None]:
    """Preserve the state of the process while an op is made.  Raises CrashedTrialError for any exception where the
    code under test had replaced names."""
    replaced: list[str] = []
    try:
        with preserve_process_state() as replaced:
            yield
    except Exception as error:
        if not replaced:
            raise
        claim = f"{describe_replacements(replaced)}, and the check could not go on: {describe_raised(error)}"
        raise CrashedTrialError(claim) from error


def use_forward_as_reference(op: Op) -> Op:
    """Return a declared op with its own forward under jax.numpy as its reference."""
    forward = substitute_jax_numpy(op.forward)

    def reference(*inputs: Any, **settings: Any) -> Any:
        return forward(*inputs, **settings)[0]

    return replace(op, reference=reference).with_origin(reference_is_forward=True)


def infer_name(thing: Any) -> str:
    """Return the name of a function, a class or an instance."""
    name = getattr(thing, "__name__", None) or type(thing).__name__
    return name.removesuffix("_forward") if name not in ("forward", "<lambda>") else UNNAMED


def choose_convention(name: str, thing: Any, backward: Any, adapter: str | None) -> CallingConvention:
    """Return the convention that `thing` follows.  Raises AdapterError where it is not certain, or does not exist."""
    if backward is not None:
        return choose_pair_convention(name, thing, backward, find_convention(adapter or "pair"))
    chosen = find_convention(adapter) if adapter is not None else recognise_convention(thing)
    if chosen is None and is_factory(thing):
        chosen = find_convention("layer")
    if chosen is None:
        raise AdapterError(f"{name}: {explain_unrecognised(thing)}")
    if chosen.takes_two_functions:
        raise AdapterError(f"{name}: the backward is missing; adapter={adapter!r} wants two functions")
    return chosen


def is_factory(thing: Any) -> bool:
    """Whether a function takes no arguments, so that it can only make an object."""
    try:
        return inspect.isfunction(thing) and not inspect.signature(thing).parameters
    except (TypeError, ValueError):
        return False


def choose_pair_convention(name: str, thing: Any, backward: Any, chosen: CallingConvention) -> CallingConvention:
    """Return the convention for two functions.  Raises AdapterError where they are not functions, or the convention
    takes one object."""
    for part, function in (("forward", thing), ("backward", backward)):
        if not callable(function):
            raise AdapterError(f"{name}: the {part} is {function!r}, which cannot be called")
    if not chosen.takes_two_functions:
        raise AdapterError(
            f"{name}: adapter={chosen.name!r} wants one thing that holds both forward and backward, not two"
        )
    return chosen


def explain_unrecognised(thing: Any) -> str:
    """Return what to write for an object whose convention is not certain."""
    owner = getattr(thing, "__self__", None)
    if isinstance(owner, type) and recognise_convention(owner):
        whole = owner.__name__
        return f"give {whole} itself, which holds both forward and backward, not {whole}.{thing.__name__}"
    if isinstance(thing, type) and (is_torch_module(thing) or hasattr(thing, "loss")):
        return f"give an instance, as in {thing.__name__}(…), not the class"
    if callable(thing) and not isinstance(thing, type):
        return (
            "the backward is missing; give it as well, or say what the function returns: adapter='loss' for (loss, "
            "gradients), 'closure' for (y, backprop), 'layer' for an object with methods forward and backward"
        )
    ways = "; ".join(f"{c.name!r} for {c.description}" for c in list_conventions() if not c.takes_two_functions)
    return f"{thing!r} is nothing that holds a forward and a backward for certain; name it by adapter=: {ways}"
