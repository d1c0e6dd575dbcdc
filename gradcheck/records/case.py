"""Case: one configuration with values, on which an op is examined, and its exact JSON."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.seeding import make_philox

SCHEMA = "gradcheck-case/1"
LARGE = 2**17
"""Elements of inputs and outputs together beyond which a case is large."""


class CaseError(ValueError):
    """A case that cannot be read; the message says which part is wrong."""


@dataclass(frozen=True)
class Case:
    """One point at which an op is examined, with all that is needed to examine it again.

    Parameters
    ----------
    op : str
        The name of the op.
    inputs : mapping of str to array
        The inputs by label, in the order of forward: "x", or "xs[1]" in a Several.
    upstream : tuple of array
        The gradient that arrives at each output, of its shape; empty while forward has not run.
    settings : mapping
        The settings by name.
    seed : int
        The seed of all random numbers in this case.
    dtype : str, optional
        The dtype in which the op is examined.
    kind : str, optional
        The kind of values that were drawn, which identifies no case; "" where they were not drawn.

    Examples
    --------
    >>> import numpy as np
    >>> from gradcheck import Case
    >>> case = Case("square", {"x": np.array([1.0, 0.5])}, (np.ones(2),), {}, seed=0)
    >>> case.shapes
    'x (2,)'
    >>> Case.from_json(case.to_json()).point
    (array([1. , 0.5]),)
    """

    op: str
    inputs: Mapping[str, Values]
    upstream: tuple[Values, ...]
    settings: Mapping[str, Any]
    seed: int
    dtype: str = "float64"
    kind: str = ""

    @cached_property
    def point(self) -> tuple[Values, ...]:
        """The inputs in the order in which forward takes them."""
        return tuple(self.inputs.values())

    @cached_property
    def elements(self) -> int:
        """The number of elements of inputs and outputs together."""
        return sum(a.size for a in (*self.point, *self.upstream))

    @property
    def is_large(self) -> bool:
        """Whether inputs and outputs have so many elements that each pass over them counts."""
        return self.elements > LARGE

    @property
    def shapes(self) -> str:
        """The shapes of the inputs as text: x (2, 3), b (3,)."""
        return ", ".join(f"{label} {a.shape}" for label, a in self.inputs.items())

    def at(self, point: tuple[Values, ...], upstream: tuple[Values, ...] | None = None) -> "Case":
        """Return this case at another point, and with another upstream where one is given."""
        return replace(
            self,
            inputs=dict(zip(self.inputs, point, strict=True)),
            upstream=self.upstream if upstream is None else upstream,
        )

    def rng(self, purpose: str) -> np.random.Generator:
        """Return a generator of random numbers for one purpose; it starts anew at every call."""
        return np.random.Generator(make_philox(f"{self.seed}:{purpose}"))

    def to_json(self) -> dict[str, Any]:
        """Return plain data from which `from_json` restores exactly this case."""
        return {
            "schema": SCHEMA,
            "op": self.op,
            "inputs": {label: encode(a) for label, a in self.inputs.items()},
            "upstream": [encode(u) for u in self.upstream],
            "settings": {name: encode_setting(value) for name, value in self.settings.items()},
            "dtype": self.dtype,
            "seed": self.seed,
            "kind": self.kind,
        }

    @classmethod
    def from_json(cls, data: Any) -> "Case":
        """Return the case that to_json wrote.  Raises CaseError where the data is of another schema or incomplete."""
        if not isinstance(data, dict) or data.get("schema") != SCHEMA:
            schema = data.get("schema") if isinstance(data, dict) else type(data).__name__
            raise CaseError(f"this is no case: its schema is {schema!r}, and this version reads {SCHEMA!r}")
        try:
            inputs = {str(label): decode(a) for label, a in data["inputs"].items()}
            upstream = tuple(decode(u) for u in data["upstream"])
            settings = {str(name): decode_setting(value) for name, value in data["settings"].items()}
            seed, dtype, kind = int(data["seed"]), str(data["dtype"]), str(data.get("kind", ""))
            return cls(str(data["op"]), inputs, upstream, settings, seed, dtype, kind)
        except KeyError as missing:
            raise CaseError(f"the case has no {missing}") from None
        except (TypeError, ValueError, AttributeError, ArithmeticError, RecursionError, MemoryError) as error:
            raise CaseError(f"the case cannot be read: {error}") from None

    @property
    def digest(self) -> str:
        """Eight hex digits that identify the case."""
        data = {name: value for name, value in self.to_json().items() if name != "kind"}
        return hashlib.blake2b(json.dumps(data, sort_keys=True).encode(), digest_size=4).hexdigest()

    @property
    def size(self) -> tuple[int, int, float]:
        """A sort key for readability: number of elements, then of elements that are not zero or one, then their
        size."""
        arrays = [np.asarray(a, float) for a in (*self.point, *self.upstream)]
        plain = sum(int(np.sum((a != 0) & (a != 1))) for a in arrays)
        return sum(a.size for a in arrays), plain, sum(float(np.sum(np.minimum(np.abs(a), 1e6))) for a in arrays)


def encode(a: Values) -> dict[str, Any]:
    """Encode an array as shape, dtype and exact values: whole numbers as they are, floats as hex."""
    values = a.ravel().tolist()
    return {
        "shape": list(a.shape),
        "dtype": a.dtype.name,
        "values": [v.hex() if isinstance(v, float) else v for v in values],
    }


def decode(data: Mapping[str, Any]) -> Values:
    """Return the array that encode wrote.  Raises ValueError, TypeError or KeyError for what it never writes."""
    dtype, shape, values = data["dtype"], data["shape"], data["values"]
    if dtype not in SAVED_DTYPES:
        raise ValueError(f"an array has the dtype {dtype!r:.60}")
    if not isinstance(shape, list) or not all(type(n) is int and n >= 0 for n in shape):
        raise ValueError(f"an array has the shape {shape!r:.60}")
    if not isinstance(values, list):
        raise ValueError(f"an array has the values {values!r:.60}")
    if len(values) != math.prod(shape):
        raise ValueError(f"{len(values)} values do not fill the shape {tuple(shape)!r:.60}")
    numbers = [decode_number(value, dtype) for value in values]
    return np.array(numbers, dtype=dtype).reshape(shape)


SAVED_DTYPES = (
    "bool",
    "float16",
    "float32",
    "float64",
    *(f"{u}int{bits}" for u in ("", "u") for bits in (8, 16, 32, 64)),
)
"""The dtypes of the arrays that cases hold."""


def decode_number(value: Any, dtype: str) -> float | bool:
    """Return one number of an array of this dtype.  Raises ValueError or OverflowError for anything else."""
    if dtype.startswith("float") and isinstance(value, str):
        return float.fromhex(value)
    if dtype == "bool" and isinstance(value, bool):
        return value
    if "int" in dtype and type(value) is int:
        return value
    raise ValueError(f"an array of {dtype} holds {value!r:.60}")


def encode_setting(value: Any) -> Any:
    """Encode a setting for JSON: tuples as lists, and infinities and NaN as {"float": "inf"}."""
    if isinstance(value, (tuple, list)):
        return [encode_setting(part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": str(float(value))}
    return value


def decode_setting(value: Any) -> Any:
    """Return the setting that encode_setting wrote."""
    if isinstance(value, list):
        return tuple(decode_setting(part) for part in value)
    return float(value["float"]) if isinstance(value, dict) else value
