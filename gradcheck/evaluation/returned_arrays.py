"""What code under test returns as arrays of floating-point numbers, or why it is none."""

import sys
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.escaping import cut_text, escape_unprintable
from gradcheck.evaluation.descriptions import describe_raised, describe_value
from gradcheck.evaluation.outside_stops import comes_from_outside
from gradcheck.records.subject import Subject

MAX_ELEMENTS = 2**27
"""Elements of an output: more than these take a gigabyte, and a case has some hundred numbers."""

NUMBERS = (np.ndarray, np.generic, float, int)

RETURN_NUMBERS = "Return an array of numbers with the dtype of the inputs."
SEVERAL_OUTPUTS_HINT = f"Name several outputs, outputs=('a', 'b', …).  {RETURN_NUMBERS}"
LIST_HINT = "Return an array, np.array(…)."
MASKED_HINT = "Return a plain array: y.filled(0), or np.where(mask, 0, y)."
OBJECTS_HINT = (
    "An array of objects comes of rows of different lengths, or of numbers that are no NumPy's: make it with "
    "np.array(…, dtype=float)."
)
HINTS_BY_KIND = {
    "b": "A truth value carries no gradient: return numbers with the dtype of the inputs.",
    "i": "Whole numbers carry no gradient: create arrays with the dtype of the input, np.zeros(shape, x.dtype).",
    "u": "Whole numbers carry no gradient: create arrays with the dtype of the input, np.zeros(shape, x.dtype).",
    "c": "Return real numbers: y.real, or real and imaginary part as two outputs.",
    "O": OBJECTS_HINT,
}
"""What to return instead of an array of other kinds, by the kind of its dtype."""


class Malformed(Exception):
    """Code under test returned something that is not what the declaration says.  input: the input whose gradient it
    is, or ""."""

    def __init__(self, claim: str, input: str = "", hint: str = "") -> None:
        super().__init__(claim)
        self.subject, self.hint = Subject.of_input(input), hint


def read_sequence(value: Any) -> tuple[Any, ...]:
    """Return the members of a tuple or a list, whatever a subclass says of them; none of anything else."""
    for kind in (tuple, list):
        if issubclass(type(value), kind):
            return tuple(kind.__iter__(value))
    return ()


def suggest_array(value: Any) -> str:
    """Suggest what to return instead of a value that is no array."""
    if issubclass(type(value), tuple):
        return SEVERAL_OUTPUTS_HINT
    return LIST_HINT if issubclass(type(value), list) else RETURN_NUMBERS


def is_array_like(value: Any) -> bool:
    """Arrays of any library, and numbers, which are arrays of no axes."""
    if issubclass(type(value), NUMBERS):
        return True
    try:
        return hasattr(value, "__array__")
    except BaseException as error:
        if comes_from_outside(error):
            raise
        return False


def is_plain_array(value: Any) -> bool:
    """Whether it is an array of NumPy's own with floating-point numbers, as nearly all are: nothing is to be done."""
    return type(value) is np.ndarray and value.dtype.kind == "f" and value.dtype.isnative


def convert_to_array(words: str, value: Any, label: str = "") -> Values:
    """Return an array, or a number, as an array of NumPy's own; what is shared stays shared.

    words: what it is, in the claim.  label: the input whose gradient it is.  Raises Malformed.
    """
    if is_masked_array(value):
        raise Malformed(f"{words} is a masked array, expected a plain one", label, MASKED_HINT)
    try:
        array = np.asarray(value)
    except BaseException as error:
        if comes_from_outside(error):
            raise
        claim = f"{words} is {describe_value(value)}, which gives no array: {describe_raised(error)}"
        raise Malformed(claim, label, RETURN_NUMBERS) from None
    return array.astype(float) if type(value) is int and array.dtype.kind == "i" else array


def is_masked_array(value: Any) -> bool:
    """Whether it is a masked array; NumPy loads the module when it is first used."""
    masked = sys.modules.get("numpy.ma")
    return masked is not None and issubclass(type(value), masked.MaskedArray)


def require_floating_point(words: str, array: Values, label: str = "", kinds: str = "f") -> Values:
    """Return the array in the byte order of this machine.  Raises Malformed for other dtypes.

    kinds: of the dtypes that are accepted.
    """
    if array.dtype.kind not in kinds:
        hint = HINTS_BY_KIND.get(array.dtype.kind, RETURN_NUMBERS)
        dtype = escape_unprintable(cut_text(str(array.dtype)))
        raise Malformed(f"{words} has dtype {dtype}, expected a floating-point one", label, hint)
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def convert_output(name: str, value: Any, kinds: str) -> Values:
    """Return an output as an array.  kinds: of the dtypes that are accepted.  Raises Malformed."""
    words = f"output {name}"
    array = require_floating_point(words, convert_to_array(words, value), kinds=kinds)
    if array.size > MAX_ELEMENTS:
        claim = f"{words} has {array.size:,} elements, of shape {array.shape}"
        raise Malformed(claim, hint="Gradients of so many numbers are not computed: is an axis repeated?")
    return array
