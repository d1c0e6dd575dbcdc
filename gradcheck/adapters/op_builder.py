"""The op of some code, its inputs known: called as directly as can be, with a reference, notes and a script."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from gradcheck.adapters.calls import Calls, RunFunction, list_inner_labels
from gradcheck.adapters.code import Code
from gradcheck.adapters.inference import Inputs
from gradcheck.adapters.input_gradients import keep_leading_gradients, locate_averaged_axes, remove_gradient
from gradcheck.adapters.parameters import AdapterError, FixedValue, Keywords, ParameterDict
from gradcheck.adapters.scripts import GradientReading, convert_script_arrays, format_argument, read_gradients
from gradcheck.adapters.trial_cases import draw_trial_inputs
from gradcheck.checking.reference_trial import drop_unusable_reference
from gradcheck.declaration.inputs import Array, Several, list_declared_arrays
from gradcheck.declaration.op import Op
from gradcheck.declaration.origin import LEFT_OUT, NotChecked, Origin, Script
from gradcheck.declaration.settings import Choice, Rank, Setting, Whole
from gradcheck.evaluation.outside_stops import suppress_own_errors
from gradcheck.evaluation.returned_arrays import is_array_like, read_sequence

PRESENT_FOR_EACH_ABSENT = 2
"""Options of the setting LEFT_OUT that leave out nothing, for each that leaves out something."""


@dataclass(frozen=True)
class CallTrial:
    """One run of forward and backward.

    outputs: how many forward has.  cache: what backward received.  gradients: whatever backward returned, None where it
    or forward raised.
    """

    outputs: int
    cache: Any
    gradients: Any


@dataclass(frozen=True)
class OpBuilder:
    """Makes the op of some code.

    known: its parameters, in their order.  rest: those that are no inputs.  left_out: the optional inputs, by name and
    separated by spaces, that are left out together in some cases.  not_checked: parameters whose gradients are not
    checked.  inference_notes: what was assumed of inputs.  trials: that of all inputs together, by their declarations.
    """

    code: Code
    keywords: Keywords
    known: Sequence[str]
    rest: Mapping[str, Any]
    left_out: tuple[str, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()
    inference_notes: tuple[str, ...] = ()
    trials: dict[Any, CallTrial] = field(default_factory=dict)

    def op(self, inputs: Inputs, sizes: Mapping[str, Whole]) -> Op:
        """The op with these inputs, before anything of it has been run."""
        asked = self.keywords.options.gradients
        names = self.code.owed if asked is None else asked
        if names is not None:
            inputs = {n: remove_gradient(a) if n not in names else a for n, a in inputs.items()}
        declared = {
            "dtypes": ("float64",),
            "settings": self.settings(),
            "origin": Origin(is_adapted=True, notes=self.notes(inputs)),
            **self.keywords.options.op_fields(),
        }
        declared["sizes"] = {**sizes, **declared.get("sizes", {})}
        forward, backward = self.build_functions(inputs, self.code.run)
        return Op(self.code.name, forward, backward, inputs=inputs, **declared)

    def rebuild(self, op: Op, inputs: Inputs) -> Op:
        """The op with other inputs, in the order of the parameters, and with the settings of this builder."""
        ordered = {n: inputs[n] for n in self.known if n in inputs}
        forward, backward = self.build_functions(ordered, self.code.run)
        return replace(op, inputs=ordered, forward=forward, backward=backward, settings=self.settings())

    def fix_left_out(self, absent: str) -> dict[str, Setting]:
        """The setting that always leaves out some optional inputs."""
        return {LEFT_OUT: Choice((absent,))}

    def calls(self, inputs: Inputs, run: RunFunction) -> Calls:
        """Calls of the code with these inputs."""
        differentiable = tuple(isinstance(a, Several) or a.differentiable for a in inputs.values())
        averaged = locate_averaged_axes(self.code.name, inputs, self.keywords.options.averaged or {})
        several = isinstance(list(inputs.values())[-1], Several)
        rest = {n: d for n, d in self.rest.items() if n not in inputs}
        return Calls(
            run,
            self.code.pull,
            tuple(inputs),
            differentiable,
            rest,
            averaged,
            self.list_parameters(),
            several,
            self.code.drops,
            frozenset(part.name for part in self.not_checked),
        )

    def list_parameters(self) -> tuple[str, ...]:
        """The parameters of the code: the inputs in dictionaries are none themselves."""
        inside = {label for d in self.rest.values() for label in list_inner_labels(d).values()}
        return tuple(n for n in self.known if n not in inside)

    def build_functions(self, inputs: Inputs, run: RunFunction) -> tuple[Callable[..., Any], Callable[..., Any]]:
        """Forward and backward as an Op wants them."""
        return self.calls(inputs, run).build_functions(*self.code.places)

    def inferred(self, inputs: Inputs, sizes: Mapping[str, Whole]) -> Op:
        """Build the op of shapes that the user did not give."""
        return self.name_outputs(self.op(inputs, sizes).with_origin(shapes_inferred=True))

    def name_outputs(self, op: Op) -> Op:
        """The op with as many outputs as forward has in a trial."""
        count = self.run_trial_once(op).outputs
        return replace(op, outputs=tuple(f"y{i}" for i in range(count))) if count > 1 else op

    def finish_op(self, op: Op) -> Op:
        """The op with as many outputs as forward has, with gradients where backward gives some, called as directly as
        it can be, and with a reference.  Raises AdapterError where no input has a gradient."""
        self.require_gradients(op)
        trial, told = self.run_trial_once(op), list(self.inference_notes)
        if self.code.leading and trial.gradients is not None:
            inputs = keep_leading_gradients(op.inputs, trial.gradients)
            told += describe_leading(op.inputs, inputs)
            forward, backward = self.build_functions(inputs, self.code.run)
            op = replace(op, inputs=inputs, forward=forward, backward=backward)
        op = op.with_origin(notes=(*self.notes(op.inputs), *told), not_checked=self.not_checked)
        if self.code.plain and self.is_directly_callable(op, trial):
            op = replace(op, forward=self.code.plain[0], backward=self.code.plain[1])
        if left_out := getattr(trial.cache, "left_out", ""):
            return self.add_reference(op).with_note(left_out)
        return self.add_reference(op).with_origin(script=self.script_with_variants(op, trial))

    def require_gradients(self, op: Op) -> None:
        """Raise AdapterError where no input has a gradient."""
        if any(declared.differentiable for declared in list_declared_arrays(op.inputs)):
            return
        if self.not_checked:
            parts = "; ".join(map(str, self.not_checked))
            raise AdapterError(f"{op.name}: no gradient was found to check: {parts}")
        raise AdapterError(
            f"{op.name}: no input has a gradient, since {', '.join(op.inputs)} holds no real numbers; give some, "
            "as in np.array([1.0, 2.0])"
        )

    def run_trial_once(self, op: Op) -> CallTrial:
        """Run forward and backward once for inputs that are declared alike."""
        key = tuple(op.inputs.items())
        if key not in self.trials:
            self.trials.clear()  # each holds whatever forward keeps for backward
            self.trials[key] = self.run_trial(op)
        return self.trials[key]

    def run_trial(self, op: Op, left_out: str = "") -> CallTrial:
        """Run forward and backward once; where they raise, that is for the laws to report.  left_out: the optional
        inputs that the code does not receive."""
        case, calls = draw_trial_inputs(op), self.calls(op.inputs, self.code.run)
        outputs: tuple[Any, ...] = (None,)
        cache = gradients = None
        with suppress_own_errors():
            settings = {**case.settings, **({LEFT_OUT: left_out} if left_out else {})}
            outputs, cache = self.code.run(calls.arguments(case.point, settings))
            shapes = [np.shape(y) if is_array_like(y) else () for y in outputs]
            gradients = self.code.pull(tuple(map(np.ones, shapes)), cache)
        return CallTrial(len(outputs), cache, gradients)

    def is_directly_callable(self, op: Op, trial: CallTrial) -> bool:
        """Whether an Op may call forward and backward as they are."""
        gradients = trial.gradients
        listed = read_sequence(gradients) if issubclass(type(gradients), (tuple, list)) else (gradients,)
        fits = len(listed) == len(op.inputs) or isinstance(list(op.inputs.values())[-1], Several)
        complete = gradients is None or (not issubclass(type(gradients), Mapping) and fits)
        passed = [
            d
            for d in self.rest.values()
            if isinstance(d, ParameterDict) or (isinstance(d, FixedValue) and not d.default)
        ]
        changed = passed or self.keywords.options.averaged or self.left_out or self.not_checked
        return complete and not changed and getattr(trial.cache, "standard", True)

    def add_reference(self, op: Op) -> Op:
        """The op with the formula that was given, or that the thing holds, else with its own forward under
        jax.numpy."""
        if self.keywords.options.reference is not None:
            return replace(op, reference=self.adapt_reference(op, self.keywords.options.reference))
        run = self.code.reference or self.code.traceable
        if run is None:
            return op
        forward, _ = self.build_functions(op.inputs, run)

        def reference(*arrays: Any, **settings: Any) -> Any:
            return forward(*arrays, **settings)[0]

        if self.code.reference is None:
            return replace(op, reference=reference).with_origin(reference_is_forward=True)
        return drop_unusable_reference(replace(op, reference=reference))

    def adapt_reference(self, op: Op, formula: Callable[..., Any]) -> Callable[..., Any]:
        """The formula as it is, or, where optional inputs are left out in some cases, called with None for these."""
        if not self.left_out:
            return formula
        names = list(op.inputs)

        def reference(*arrays: Any, left_out: str = "", **settings: Any) -> Any:
            absent = left_out.split()
            given = [None if n in absent else a for n, a in zip(names, arrays, strict=True)]
            return formula(*given, **settings)

        return reference

    def script_with_variants(self, op: Op, trial: CallTrial) -> Script | None:
        """How a person calls the code, also where optional inputs are left out."""
        variants = {}
        for absent in self.left_out:
            variant = self.script(op, self.run_trial(op, absent), absent.split())
            if variant:
                variants[absent] = {"forward": variant.forward, "backward": variant.backward}
        if self.left_out or self.code.reference is not None:
            self.run_trial(op)  # an object may be in the state of another call
        script = self.script(op, trial)
        return replace(script, variants=variants) if script else None

    def script(self, op: Op, trial: CallTrial, absent: Sequence[str] = ()) -> Script | None:
        """How a person calls the code.  absent: the optional inputs that are left out."""
        if self.code.script is None:
            return None
        rest = {n: d for n, d in self.rest.items() if n not in op.inputs}
        texts = {n: n if n in op.inputs else format_argument(n, rest[n]) for n in self.list_parameters()}
        arguments = texts | dict.fromkeys(absent, "None")
        owed = [n for n, a in op.inputs.items() if isinstance(a, Several) or a.differentiable]
        if self.code.unpacks:
            reading = read_gradients(trial.gradients, self.calls(op.inputs, self.code.run), owed, absent)
        else:
            reading = GradientReading([f"d{n}" for n in owed if n not in absent])
        script = self.code.script(arguments, reading.targets)
        if reading.lines:
            script = replace(script, backward="\n".join(filter(None, [script.backward, *reading.lines])))
        return script if self.code.sent is None else convert_script_arrays(script, op, self.code.sent)

    def settings(self) -> dict[str, Setting]:
        """The settings, those in dictionaries of parameters among them."""
        inner = [(n, d) for e in self.rest.values() if isinstance(e, ParameterDict) for n, d in e.items.items()]
        declared = {n: d for n, d in [*self.rest.items(), *inner] if isinstance(d, (Whole, Choice, Rank))}
        if self.left_out:
            present = ("",) * (PRESENT_FOR_EACH_ABSENT * len(self.left_out))
            declared[LEFT_OUT] = Choice((*present, *self.left_out))
        return declared

    def notes(self, inputs: Inputs) -> tuple[str, ...]:
        """Notes on the parameters that were not varied, and on gradients that are averages."""
        told = {part.name for part in self.not_checked} | set(inputs)
        fixed = {n: d for n, d in self.rest.items() if isinstance(d, FixedValue) and d.default and n not in told}
        defaults = ", ".join(f"{n}={d.value!r}" for n, d in fixed.items())
        notes = [f"kept at their defaults: {defaults}; annotate with whole(…) or choice(…) to vary them"] * bool(fixed)
        averaged = self.keywords.options.averaged or {}
        notes += [f"the gradient of {n} is declared an average over {axis}" for n, axis in averaged.items()]
        return (*notes, *self.code.notes)


def describe_leading(before: Inputs, after: Inputs) -> list[str]:
    """Return a note on the inputs whose gradients a loss does not return, if there are some."""
    dropped = [n for n, a in after.items() if isinstance(a, Array) and not a.differentiable]
    dropped = [n for n in dropped if list_declared_arrays({n: before[n]})[0].differentiable]
    kept = [n for n in after if n not in dropped and list_declared_arrays({n: after[n]})[0].differentiable]
    return [f"the gradients are those of {', '.join(kept)}; none of {', '.join(dropped)}"] * bool(dropped)
