"""Somebody's code, called by the names of its parameters, and the Op that is made of it."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradcheck.adapters import inference
from gradcheck.adapters.calls import Calls, PullFunction, RunFunction, find_gradient_by_name
from gradcheck.adapters.inference import Inputs, NoShapes
from gradcheck.adapters.parameters import (
    AdapterError,
    FixedValue,
    Keywords,
    ParameterDeclaration,
    ParameterDict,
    is_input,
)
from gradcheck.checking.reference_trial import drop_unusable_reference
from gradcheck.declaration.inputs import Array, Several, list_declared_arrays
from gradcheck.declaration.op import Op
from gradcheck.declaration.origin import Origin, Script
from gradcheck.declaration.settings import Choice, Rank, Setting, Whole


@dataclass(frozen=True)
class Code:
    """How somebody's code is called.

    parameters: what is known of each, None for nothing.
    run(arguments by name) -> (outputs, cache).
    pull(upstreams, cache) -> gradients, in the order of the inputs or by name.
    written_at: the function in which the gradient is written.  computed_at: that of the value, if it is another.
    plain: forward and backward themselves, where an Op may call them as they are.
    traceable: run under jax.numpy, None where there is no such thing.
    owed: the inputs that have a gradient, None for all that can.
    reference: the formula itself, called as run is, where the thing holds it.
    drops: whether a gradient for an input that is declared to have none means nothing, as where a framework asks for
    the gradients of all inputs.
    leading: whether fewer gradients than inputs are those of the first inputs.
    script(arguments as text by name, gradients' names) -> how a person calls it.
    sent(an array as text, whether it has a gradient) -> the same in the form of the library.
    """

    name: str
    parameters: Mapping[str, ParameterDeclaration | None]
    run: RunFunction
    pull: PullFunction
    written_at: Any
    computed_at: Any = None
    plain: tuple[Callable[..., Any], Callable[..., Any]] | None = None
    traceable: RunFunction | None = None
    owed: tuple[str, ...] | None = None
    reference: RunFunction | None = None
    drops: bool = False
    leading: bool = False
    script: Callable[[Mapping[str, str], Sequence[str]], Script] | None = None
    sent: Callable[[str, bool], str] | None = None
    notes: tuple[str, ...] = ()

    @property
    def places(self) -> tuple[Any, Any]:
        """The functions in which value and gradient are written."""
        return self.computed_at or self.written_at, self.written_at


def build_op(code: Code, keywords: Keywords) -> Op:
    """The op of somebody's code, as it is declared by signature and caller, and inferred where nobody says.

    Raises AdapterError for a parameter that the code does not have, NoShapes where inputs are missing.
    """
    known = {**code.parameters, **keywords.declare_parameters(code.name, code.parameters)}
    inputs = {n: d for n, d in known.items() if is_input(d)}
    if not inputs:
        raise NoShapes(f"{code.name}: forward has no inputs")
    maker = OpBuilder(code, keywords, list(known), {n: d for n, d in known.items() if n not in inputs})
    if (at := keywords.options.at) is not None:
        return maker.finish_op(maker.op(inference.declare_around_point(code.name, list(inputs), at), {}))
    missing = [n for n, d in inputs.items() if d is None]
    if not missing:
        return maker.finish_op(build_declared_op(maker, inputs))
    scalars = {n: d for n, d in inputs.items() if isinstance(d, Array) and not d.axes}
    if len(missing) + len(scalars) < len(inputs):
        raise NoShapes(explain_missing_shapes(code.name, missing))
    try:
        return maker.finish_op(
            inference.find_op_on_usual_shapes(
                missing, lambda found, sizes: maker.inferred({n: {**scalars, **found}[n] for n in inputs}, sizes)
            )
        )
    except NoShapes as reason:
        raise NoShapes(explain_no_shape_fits(code.name, missing, str(reason))) from None


def build_declared_op(maker: "OpBuilder", inputs: Mapping[str, Any]) -> Op:
    """The op of declared inputs and examples, in the order of the parameters."""
    examples = {n: d for n, d in inputs.items() if isinstance(d, np.ndarray)}
    declared = {n: d for n, d in inputs.items() if n not in examples}
    if not examples:
        return maker.op(inference.infer_index_bounds(declared, lambda some: maker.op(some, {})), {})
    if names := [n for n, d in declared.items() if not isinstance(d, Array) or list_named_axes(d)]:
        raise AdapterError(
            f"{maker.code.name}: {', '.join(names)} is given as a shape, {', '.join(examples)} as an example, and "
            "nothing says which axes are the same; give all as shapes, or all as examples"
        )
    op = inference.build_op_around_examples(
        examples, declared, lambda some, sizes: maker.inferred({n: some[n] for n in inputs}, sizes)
    )
    if declared:
        return op
    if reason := inference.find_error_on_examples(op, examples):
        raise AdapterError(f"{maker.code.name}: on the examples themselves {reason}")
    return replace(op, example=examples)


def list_named_axes(array: Array) -> list[str]:
    """The axes of a shape that have names."""
    return [axis.text for axis in array.axes if not axis.text.isdigit()]


def explain_missing_shapes(name: str, missing: Sequence[str]) -> str:
    """What to write where some inputs are declared, others not."""
    return (
        f"{name}: the shape of {', '.join(missing)} is missing; annotate it as the others, as in "
        f'{missing[0]}: "N D", or say it in the call, as in {missing[0]}="N D"'
    )


def explain_no_shape_fits(name: str, names: Sequence[str], reason: str) -> str:
    """What to write where nothing is declared, and no usual shape fits."""
    return (
        f"{name}: forward({', '.join(names)}) runs on none of the shapes tried ({reason}); annotate its parameters, as "
        f'in def forward({names[0]}: "N D", …), give parameters that are no arrays a default, as in axis=1 or '
        f"param={{'mode': 'train'}}, or declare it with Op(…, inputs={{\"{names[0]}\": Array(\"N D\")}})"
    )


@dataclass(frozen=True)
class OpBuilder:
    """Makes the op of some code.  known: its parameters, in their order.  rest: those that are no inputs."""

    code: Code
    keywords: Keywords
    known: Sequence[str]
    rest: Mapping[str, Any]

    def op(self, inputs: Inputs, sizes: Mapping[str, Whole]) -> Op:
        """The op with these inputs, before anything of it has been run."""
        asked = self.keywords.options.gradients
        names = self.code.owed if asked is None else asked
        if names is not None:
            inputs = {n: remove_gradient(a) if n not in names else a for n, a in inputs.items()}
        declared = {
            "dtypes": ("float64",),
            "settings": self.settings(),
            "origin": Origin(notes=self.notes()),
            **self.keywords.options.op_fields(),
        }
        declared["sizes"] = {**sizes, **declared.get("sizes", {})}
        forward, backward = self.build_functions(inputs, self.code.run)
        return Op(self.code.name, forward, backward, inputs=inputs, **declared)

    def calls(self, inputs: Inputs, run: RunFunction) -> Calls:
        """Calls of the code with these inputs."""
        differentiable = tuple(isinstance(a, Several) or a.differentiable for a in inputs.values())
        averaged = locate_averaged_axes(self.code.name, inputs, self.keywords.options.averaged or {})
        several = isinstance(list(inputs.values())[-1], Several)
        return Calls(run, self.code.pull, tuple(inputs), differentiable, self.rest, averaged, several, self.code.drops)

    def build_functions(self, inputs: Inputs, run: RunFunction) -> tuple[Callable[..., Any], Callable[..., Any]]:
        """Forward and backward as an Op wants them."""
        return self.calls(inputs, run).build_functions(*self.code.places)

    def inferred(self, inputs: Inputs, sizes: Mapping[str, Whole]) -> Op:
        """The same, its shapes not being the user's."""
        return self.op(inputs, sizes).with_origin(shapes_inferred=True)

    def finish_op(self, op: Op) -> Op:
        """The op with as many outputs as forward has, with gradients where backward gives some, called as directly as
        it can be, and with a reference.  Raises AdapterError where no input has a gradient."""
        if not any(declared.differentiable for declared in list_declared_arrays(op.inputs)):
            raise AdapterError(
                f"{op.name}: no input has a gradient, since {', '.join(op.inputs)} holds no real numbers; give some, "
                "as in np.array([1.0, 2.0])"
            )
        outputs, cache, gradients = self.run_trial(op)
        if self.code.leading and gradients is not None:
            inputs = keep_leading_gradients(op.inputs, gradients)
            forward, backward = self.build_functions(inputs, self.code.run)
            op = replace(op, inputs=inputs, forward=forward, backward=backward)
        if outputs > 1:
            op = replace(op, outputs=tuple(f"y{i}" for i in range(outputs)))
        if self.code.plain and self.is_directly_callable(op, gradients, cache):
            op = replace(op, forward=self.code.plain[0], backward=self.code.plain[1])
        if left_out := getattr(cache, "left_out", ""):
            return self.add_reference(op).with_note(left_out)
        return self.add_reference(op).with_origin(script=self.script(op))

    def run_trial(self, op: Op) -> tuple[int, Any, Any]:
        """How many outputs forward has in a trial, its cache, and whatever backward returns; 1 and None where they
        raise, which is for the laws to report."""
        case, calls = inference.draw_trial_case(op), self.calls(op.inputs, self.code.run)
        outputs: tuple[Any, ...] = (None,)
        cache = gradients = None
        with suppress(Exception):
            outputs, cache = self.code.run(calls.arguments(case.point, case.settings))
            gradients = self.code.pull(tuple(np.ones(np.shape(y)) for y in outputs), cache)
        return len(outputs), cache, gradients

    def is_directly_callable(self, op: Op, gradients: Any, cache: Any) -> bool:
        """Whether an Op may call forward and backward as they are."""
        listed = gradients if isinstance(gradients, (tuple, list)) else (gradients,)
        complete = gradients is None or (not isinstance(gradients, Mapping) and len(listed) >= len(op.inputs))
        passed = [
            d
            for d in self.rest.values()
            if isinstance(d, ParameterDict) or (isinstance(d, FixedValue) and not d.default)
        ]
        averaged = self.keywords.options.averaged
        return complete and not passed and not averaged and getattr(cache, "standard", True)

    def add_reference(self, op: Op) -> Op:
        """The op with the formula that was given, or that the thing holds, else with its own forward under
        jax.numpy."""
        if self.keywords.options.reference is not None:
            return replace(op, reference=self.keywords.options.reference)
        run = self.code.reference or self.code.traceable
        if run is None:
            return op
        forward, _ = self.build_functions(op.inputs, run)

        def reference(*arrays: Any, **settings: Any) -> Any:
            return forward(*arrays, **settings)[0]

        if self.code.reference is None:
            return replace(op, reference=reference).with_origin(reference_is_forward=True)
        return drop_unusable_reference(replace(op, reference=reference))

    def script(self, op: Op) -> Script | None:
        """How a person calls the code."""
        if self.code.script is None:
            return None
        arguments = {n: n if n in op.inputs else format_argument(n, self.rest[n]) for n in self.known}
        owed = [n for n, a in op.inputs.items() if isinstance(a, Several) or a.differentiable]
        script = self.code.script(arguments, [f"d{n}" for n in owed])
        return script if self.code.sent is None else convert_script_arrays(script, op, self.code.sent)

    def settings(self) -> dict[str, Setting]:
        """The settings, those in dictionaries of parameters among them."""
        inner = [(n, d) for e in self.rest.values() if isinstance(e, ParameterDict) for n, d in e.items.items()]
        return {n: d for n, d in [*self.rest.items(), *inner] if isinstance(d, (Whole, Choice, Rank))}

    def notes(self) -> tuple[str, ...]:
        """Notes on the parameters that were not varied, and on gradients that are averages."""
        fixed = {n: d for n, d in self.rest.items() if isinstance(d, FixedValue) and d.default}
        defaults = ", ".join(f"{n}={d.value!r}" for n, d in fixed.items())
        notes = [f"kept at their defaults: {defaults}; annotate with whole(…) or choice(…) to vary them"] * bool(fixed)
        averaged = self.keywords.options.averaged or {}
        notes += [f"the gradient of {n} is declared an average over {axis}" for n, axis in averaged.items()]
        return (*notes, *self.code.notes)


def convert_script_arrays(script: Script, op: Op, sent: Callable[[str, bool], str]) -> Script:
    """The script, arrays and upstream brought into the form of a library before they are used."""
    lines = [f"{n} = {sent(n, a.differentiable)}" for n, a in op.inputs.items() if isinstance(a, Array)]
    upstream = f"tuple({sent('u', False)} for u in {{dy}})" if len(op.outputs) > 1 else sent("{dy}", False)
    return Script(script.opening, "\n".join([*lines, script.forward]), script.backward.replace("{dy}", upstream))


def format_argument(name: str, declared: Any) -> str:
    """A parameter that is no input, as an argument in a Script."""
    if isinstance(declared, ParameterDict):
        items = ", ".join(f"{key!r}: {format_argument(key, value)}" for key, value in declared.items.items())
        return f"{{{{{items}}}}}"
    if isinstance(declared, (Whole, Choice, Rank)):
        return f"{{{name}}}"
    value = declared.value if isinstance(declared, FixedValue) else declared
    return repr(value).replace("{", "{{").replace("}", "}}")


def remove_gradient(declared: Array | Several) -> Array | Several:
    """An input that backward owes no gradient."""
    return replace(declared, gradient=False) if isinstance(declared, Array) else declared


def keep_leading_gradients(inputs: Inputs, gradients: Any) -> Inputs:
    """The inputs, the first of which have the gradients that there are."""
    count = len(gradients) if isinstance(gradients, (tuple, list)) else 1
    differentiable = [n for n, a in inputs.items() if isinstance(a, Several) or a.differentiable]
    if isinstance(gradients, Mapping):
        owed = [n for n in differentiable if find_gradient_by_name(gradients, n) is not None]
    else:
        owed = differentiable[:count]
    return {n: a if n in owed else remove_gradient(a) for n, a in inputs.items()}


def locate_averaged_axes(name: str, inputs: Inputs, averaged: Mapping[str, str]) -> tuple[tuple[int, int] | None, ...]:
    """For each input, where the axis is that its gradient is an average over.  Raises AdapterError for an input or an
    axis that does not exist."""
    places = {
        axis.text: (i, k)
        for i, a in enumerate(inputs.values())
        if isinstance(a, Array)
        for k, axis in enumerate(a.axes)
    }
    for n, axis in averaged.items():
        if n not in inputs or axis not in places:
            raise AdapterError(
                f"{name}: averaged={{{n!r}: {axis!r}}} wants an input ({', '.join(inputs)}) and an axis of one "
                f"({', '.join(places)})"
            )
    return tuple(places[averaged[n]] if n in averaged else None for n in inputs)
