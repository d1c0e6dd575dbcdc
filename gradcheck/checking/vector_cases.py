"""The golden vectors that an op hears: those of the op of the library that it says it computes, where they fit."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from gradcheck.checking.case_fit import explain_misfit
from gradcheck.declaration.counterpart import Counterpart, read_counterpart
from gradcheck.declaration.inputs import input_name
from gradcheck.declaration.op import Op
from gradcheck.declaration.origin import LEFT_OUT, NotChecked
from gradcheck.declaration.shape import DeclarationError
from gradcheck.formatting import pluralise
from gradcheck.records.golden_vectors import GoldenVector, VectorsError, list_vector_names, load_vectors
from gradcheck.spelling import suggest_name


@dataclass(frozen=True)
class FittingVectors:
    """Golden vectors with the labels of an op.  name: of the op of the library whose they are.  unfit: the number of
    those that do not fit.  reason: why the first of these does not."""

    name: str = ""
    vectors: tuple[GoldenVector, ...] = ()
    unfit: int = 0
    reason: str = ""

    def list_unheard(self, heard: int) -> Iterator[NotChecked]:
        """Yield what was not heard, and why; nothing where all were."""
        left = self.unfit + len(self.vectors) - heard
        if left:
            reason = self.reason or "forward refuses their shapes"
            yield NotChecked(f"{left} of {left + heard} golden vectors of {self.name}", reason)


def find_vectors(op: Op) -> FittingVectors:
    """Find the golden vectors that an op hears.  Raises DeclarationError where there are none of that name or none with
    a setting that is named, or their file is broken."""
    if not op.same_as:
        return FittingVectors()
    counterpart = read_counterpart(op.same_as)
    fitting, reasons = list[GoldenVector](), list[str]()
    for vector in load_counterpart(op, counterpart):
        renamed = rename_inputs(op, vector, counterpart)
        reason = renamed if isinstance(renamed, str) else explain_misfit(op, renamed.case)
        if isinstance(renamed, str) or reason:
            reasons.append(reason)
        else:
            fitting.append(renamed)
    return FittingVectors(counterpart.name, tuple(fitting), len(reasons), next(iter(reasons), ""))


def load_counterpart(op: Op, counterpart: Counterpart) -> tuple[GoldenVector, ...]:
    """Load the vectors of an op of the library.  Raises DeclarationError."""
    try:
        file = load_vectors(counterpart.name)
    except VectorsError as error:
        raise DeclarationError(f"op {op.name!r}: same_as={op.same_as!r}: {error}") from error
    if file is None:
        suggestion = suggest_name(counterpart.name, list_vector_names())
        raise DeclarationError(
            f"op {op.name!r}: same_as={op.same_as!r}: there are no golden vectors of {counterpart.name!r}; "
            f"{suggestion}`gradcheck ops` lists the names"
        )
    settings = {name for vector in file.vectors for name in vector.case.settings}
    if unknown := [name for name in counterpart.settings if file.vectors and name not in settings]:
        raise DeclarationError(
            f"op {op.name!r}: same_as={op.same_as!r}: {counterpart.name} has no setting {unknown[0]!r}; "
            + (f"its settings are {', '.join(sorted(settings))}" if settings else "it has none")
        )
    return file.vectors


def rename_inputs(op: Op, vector: GoldenVector, counterpart: Counterpart) -> GoldenVector | str:
    """Return a vector with the op's own names of inputs, in their order, and its settings; or why it cannot be."""
    theirs, ours = list(dict.fromkeys(map(input_name, vector.case.inputs))), list(op.inputs)
    if len(theirs) != len(ours):
        takes = f"{counterpart.name} of the library takes {', '.join(theirs)}, and {op.name} takes {', '.join(ours)}"
        return f"{takes}; take the same, in the same order"
    if len(vector.outputs) != len(op.outputs):
        counts = pluralise(len(vector.outputs), "output"), pluralise(len(op.outputs), "output")
        return f"{counterpart.name} of the library has {counts[0]}, and {op.name} has {counts[1]}"
    names = dict(zip(theirs, ours, strict=True))
    inputs = {
        label.replace(input_name(label), names[input_name(label)], 1): a for label, a in vector.case.inputs.items()
    }
    settings = choose_settings(op, vector.case.settings, counterpart)
    if isinstance(settings, str):
        return settings
    return replace(vector, case=replace(vector.case, op=op.name, inputs=inputs, settings=settings))


def choose_settings(op: Op, theirs: Mapping[str, Any], counterpart: Counterpart) -> dict[str, Any] | str:
    """Return the settings of a vector as an op takes them, or why it cannot take them."""
    for name, value in theirs.items():
        if name in op.settings or (name in counterpart.settings and counterpart.settings[name] == value):
            continue
        if name in counterpart.settings:
            return f"they have another {name}, such as {value!r}"
        return f"{op.name} has no setting {name}; name the value that it has: {counterpart.name}({name}=…)"
    own = {name: theirs[name] for name in op.settings if name in theirs}
    return own | ({LEFT_OUT: ""} if LEFT_OUT in op.settings else {})
