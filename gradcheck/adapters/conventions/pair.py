"""A forward and a backward, two functions, in the forms in which people write them.

forward returns (y, cache), ((h, c), cache), (h, c, cache), or only the outputs; backward takes (dy, cache), ((dh, dc),
cache), (dh, dc, cache), or the upstream and inputs by name, backward(dy, x, w).
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

from gradcheck.adapters.calling_convention import ModuleConvention
from gradcheck.adapters.code import Code
from gradcheck.adapters.frameworks.under_jax import substitute_jax_numpy
from gradcheck.adapters.parameters import Keywords, read_signature
from gradcheck.adapters.source_names import format_import, get_source_name, make_caller
from gradcheck.declaration.origin import Script
from gradcheck.evaluation.private_copies import choose_copy

OUTPUT_NAMES = frozenset({"y", "out", "output", "result", "z"})
"""Names under which backward may take the output of forward."""


@dataclass(frozen=True)
class ForwardResult:
    """The result of forward, split by the parameters of backward.

    by_name: arguments of backward that are inputs or outputs; separate: whether each output has an upstream of its own;
    nested: whether the outputs came in a tuple.  standard: whether this is the form of an Op.
    """

    outputs: tuple[Any, ...]
    cache: Any
    has_cache: bool
    by_name: Mapping[str, Any]
    separate: bool
    standard: bool
    nested: bool = False

    def without_values(self) -> "ForwardResult":
        """Return what the signatures are read from alone: the arrays may be large."""
        outputs = (None,) * len(self.outputs)
        return replace(self, outputs=outputs, cache=None, by_name=dict.fromkeys(self.by_name))

    def format_signatures(self, arguments: Mapping[str, str]) -> tuple[str, str]:
        """Return the results of forward and the arguments of backward as source text."""
        named = [f"{n}={arguments.get(n, '{y}')}" for n in self.by_name]
        if not self.has_cache:
            return "{y}", ", ".join(["{dy}", *named])
        flat = len(self.outputs) > 1 and not self.nested
        upstream = "*{dy}" if self.separate else "{dy}"
        return f"{'*' * flat}{{y}}, cache", ", ".join([upstream, "cache", *named])


def code(name: str, thing: tuple[Callable[..., Any], Callable[..., Any]], keywords: Keywords) -> Code:
    """Return the code of two functions."""
    forward, backward = thing
    required, optional = list_required_parameters(backward), list_optional_names(backward)
    seen: list[ForwardResult] = []

    def run_by(function: Callable[..., Any]) -> Callable[[Mapping[str, Any]], tuple[tuple[Any, ...], ForwardResult]]:
        call = make_caller(function)

        def run(arguments: Mapping[str, Any]) -> tuple[tuple[Any, ...], ForwardResult]:
            returned = split_forward_result(call(function, arguments), arguments, required, optional)
            seen[:] = [returned.without_values()]
            return returned.outputs, replace(returned, by_name=keep_outputs(returned))

        return run

    def pull(upstream: tuple[Any, ...], returned: ForwardResult) -> Any:
        together = upstream if returned.separate or len(upstream) == 1 else (upstream,)
        caches = (returned.cache,) if returned.has_cache else ()
        return choose_copy(backward)(*together, *caches, **returned.by_name)

    def script(arguments: Mapping[str, str], gradients: Sequence[str]) -> Script:
        forwards, backwards = get_source_name(forward, "forward"), get_source_name(backward, "backward")
        returned, backward_arguments = seen[-1].format_signatures(arguments) if seen else ("{y}, cache", "{dy}, cache")
        return Script(
            "\n".join(filter(None, (format_import(forward, forwards), format_import(backward, backwards)))),
            f"{returned} = {forwards}({', '.join(arguments.values())})",
            f"{', '.join(gradients)} = {backwards}({backward_arguments})",
        )

    return Code(
        name,
        read_signature(name, forward),
        run_by(forward),
        pull,
        backward,
        computed_at=forward,
        plain=(forward, backward),
        traceable=run_by(substitute_jax_numpy(forward)),
        unpacks=True,
        script=script,
    )


def keep_outputs(returned: ForwardResult) -> dict[str, Any]:
    """Return what backward is given by name, with copies of outputs: who calls it so hands over what forward
    returned."""
    outputs = {id(y) for y in returned.outputs}
    return {name: copy(value) if id(value) in outputs else value for name, value in returned.by_name.items()}


def list_required_parameters(backward: Callable[..., Any]) -> list[str]:
    """Return the parameters of backward that have no default."""
    try:
        signature = inspect.signature(backward).parameters.values()
    except (TypeError, ValueError):
        return ["dy", "cache"]
    return [
        p.name for p in signature if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    ]


def list_optional_names(backward: Callable[..., Any]) -> list[str]:
    """Return the parameters of backward that have a default."""
    try:
        signature = inspect.signature(backward).parameters.values()
    except (TypeError, ValueError):
        return []
    return [p.name for p in signature if p.default is not p.empty]


def split_forward_result(
    result: Any, arguments: Mapping[str, Any], wanted: Sequence[str], optional: Sequence[str] = ()
) -> ForwardResult:
    """Split the result of forward into outputs and cache, according to the parameters of backward.

    optional: those that have a default, which are given where forward has an argument of that name, and no cache.
    """
    if isinstance(result, tuple) and len(result) >= 2:
        return split_result_with_cache(result, arguments, wanted)
    outputs = result if isinstance(result, tuple) else (result,)
    known = {**dict.fromkeys(OUTPUT_NAMES, result), **arguments}
    if len(wanted) > 1 and set(wanted[1:]) <= known.keys():
        names = [*wanted[1:], *(n for n in optional if n in arguments)]
        return ForwardResult(outputs, None, False, {n: known[n] for n in names}, False, False)
    return ForwardResult(outputs, None, True, {}, False, True)  # the laws say that it is no (output, cache)


def split_result_with_cache(
    result: tuple[Any, ...], arguments: Mapping[str, Any], wanted: Sequence[str]
) -> ForwardResult:
    """Split (y, cache) and its variants: the cache comes last, outputs are flat or in a tuple, and so are upstreams."""
    *flat, cache = result
    nested = len(flat) == 1 and isinstance(flat[0], tuple)
    outputs = flat[0] if nested else tuple(flat)
    separate = len(outputs) > 1 and len(wanted) > len(outputs)
    extra = wanted[(len(outputs) if separate else 1) + 1 :]
    by_name = {n: arguments[n] for n in extra if n in arguments}
    standard = not by_name and not separate and (nested or len(outputs) == 1)
    return ForwardResult(outputs, cache, True, by_name, separate, standard, nested)


CONVENTION = ModuleConvention("pair", "forward and backward, two functions", code, takes_two_functions=True)
