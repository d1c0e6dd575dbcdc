"""A function with a custom derivative in JAX: jax.custom_vjp or jax.custom_jvp, also under jax.jit.

The forward is that of the rule, the backward is jax.vjp's, both in float64; the function without its rule is the
reference.  Source: JAX's documentation, Custom derivative rules for JAX-transformable Python functions.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from gradcheck.adapters.calling_convention import ModuleConvention
from gradcheck.adapters.code import Code
from gradcheck.adapters.conversion import holds_numbers
from gradcheck.adapters.frameworks.jax_rule import JaxRule
from gradcheck.adapters.parameters import AdapterError, FixedValue, Keywords, ParameterDeclaration, read_signature
from gradcheck.adapters.source_names import format_import, get_source_name
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.origin import Script
from gradcheck.declaration.settings import Choice, Whole

RULE_CLASSES = {"custom_vjp": "bwd", "custom_jvp": "jvp"}
"""JAX's classes of functions with a rule, and the attribute that contains the derivative."""


def recognises(thing: Any) -> bool:
    """Whether it is a function with a rule, or jax.jit of one."""
    return is_rule(thing) or is_rule(getattr(thing, "__wrapped__", None))


def is_rule(thing: Any) -> bool:
    """Whether it is a JAX object with a rule."""
    return type(thing).__name__ in RULE_CLASSES and type(thing).__module__.startswith("jax.")


def code(name: str, thing: Any, keywords: Keywords) -> Code:
    """Return the code of a function with a rule.  Raises AdapterError for anything else, for one that lacks its rule,
    and for parameters that are trees of arrays, or constants without a value."""
    inner: Any = thing if is_rule(thing) else getattr(thing, "__wrapped__", None)
    if not is_rule(inner):
        raise AdapterError(f"{name}: adapter='jax' wants a function with jax.custom_vjp or custom_jvp, not {thing!r}")
    forward, derivative = find_rule_functions(name, inner)
    parameters = read_signature(name, inner.fun)
    constant = frozenset(list(parameters)[i] for i in inner.nondiff_argnums)
    check_jax_parameters(name, parameters, keywords.parameters, constant)
    rule = JaxRule(thing, constant)
    plain = JaxRule(inner.fun, constant)
    source = get_source_name(inner, "function")

    def script(arguments: Mapping[str, str], gradients: Sequence[str]) -> Script:
        inputs = ", ".join(g[1:] for g in gradients)
        others = ", ".join(arguments.values())
        opening = [
            "import jax, jax.numpy as jnp",
            'jax.config.update("jax_enable_x64", True)',
            format_import(inner, source),
        ]
        return Script(
            "\n".join(filter(None, opening)),
            f"{{y}}, pull = jax.vjp(lambda {inputs}: {source}({others}), {inputs})",
            f"{', '.join(gradients)}{',' * (len(gradients) == 1)} = pull({{dy}})",
        )

    return Code(
        name,
        parameters,
        rule.run,
        rule.pull,
        derivative,
        computed_at=forward,
        reference=lambda arguments: (tuple(plain.outputs(arguments)), None),
        drops=True,
        sent=lambda text, differentiable: f"jnp.asarray({text})",
        script=script,
    )


def find_rule_functions(name: str, inner: Any) -> tuple[Any, Any]:
    """Return the functions in which value and derivative are written.  Raises AdapterError where there is no rule
    yet."""
    kind = type(inner).__name__
    derivative = getattr(inner, RULE_CLASSES[kind], None)
    if derivative is None:
        how = "defvjp(fwd, bwd)" if kind == "custom_vjp" else "defjvp(rule)"
        raise AdapterError(f"{name} has no rule yet: call {name}.{how} first")
    if derivative.__module__.startswith("jax."):  # defjvps wraps the functions that it is given
        return inner.fun, inner.fun
    return getattr(inner, "fwd", derivative), derivative


def check_jax_parameters(
    name: str,
    parameters: Mapping[str, ParameterDeclaration | None],
    declarations: Mapping[str, Any],
    constant: frozenset[str],
) -> None:
    """Raise AdapterError for trees of arrays, and for constants without a value."""
    for n, value in declarations.items():
        if isinstance(value, dict) and any(
            isinstance(v, (Array, dict, list)) or holds_numbers(v) for v in value.values()
        ):
            raise AdapterError(
                f"{name}: {n} is a tree of arrays, which has no single shape; check a function of its leaves, as in "
                f"lambda {', '.join(map(str, value))}: {name}({{…}}), under a rule of its own"
            )
    for n in constant - declarations.keys():
        if not isinstance(parameters[n], (FixedValue, Whole, Choice)):
            raise AdapterError(f"{name}: {n} is in nondiff_argnums; give its value, as in {n}=0.5, or choice(…)")


CONVENTION = ModuleConvention(
    "jax", "a function with a jax.custom_vjp or custom_jvp rule", code, recognition_order=20, recognises=recognises
)
