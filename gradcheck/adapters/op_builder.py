"""The op of some code, its inputs known: called as directly as can be, with a reference, notes and a script."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradcheck.adapters import inference
from gradcheck.adapters.calls import Calls, RunFunction
from gradcheck.adapters.code import Code
from gradcheck.adapters.inference import Inputs
from gradcheck.adapters.input_gradients import keep_leading_gradients, locate_averaged_axes, remove_gradient
from gradcheck.adapters.parameters import AdapterError, FixedValue, Keywords, ParameterDict
from gradcheck.adapters.scripts import convert_script_arrays, format_argument
from gradcheck.checking.reference_trial import drop_unusable_reference
from gradcheck.declaration.inputs import Several, list_declared_arrays
from gradcheck.declaration.op import Op
from gradcheck.declaration.origin import Origin, Script
from gradcheck.declaration.settings import Choice, Rank, Setting, Whole
from gradcheck.evaluation.outside_stops import suppress_own_errors
from gradcheck.evaluation.returned_arrays import is_array_like, read_sequence


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
        """Build the op of shapes that the user did not give."""
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
        with suppress_own_errors():
            outputs, cache = self.code.run(calls.arguments(case.point, case.settings))
            shapes = [np.shape(y) if is_array_like(y) else () for y in outputs]
            gradients = self.code.pull(tuple(map(np.ones, shapes)), cache)
        return len(outputs), cache, gradients

    def is_directly_callable(self, op: Op, gradients: Any, cache: Any) -> bool:
        """Whether an Op may call forward and backward as they are."""
        listed = read_sequence(gradients) if issubclass(type(gradients), (tuple, list)) else (gradients,)
        complete = gradients is None or (not issubclass(type(gradients), Mapping) and len(listed) >= len(op.inputs))
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
