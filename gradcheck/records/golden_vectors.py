"""Golden vectors: cases of an op with value and gradients to fifty digits, and the JSON of its file in reference/."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from gradcheck.declaration.inputs import input_name
from gradcheck.records.case import Case, decode, decode_setting, encode, encode_setting
from gradcheck.records.exact_numbers import ExactArray, ExactNumber

VECTORS_SCHEMA = "gradcheck-vectors/1"


PACKAGE = Path(__file__).parents[1]


class VectorsError(ValueError):
    """A file of golden vectors that cannot be read; the message says which part is wrong."""


@dataclass(frozen=True)
class GoldenVector:
    """One case with its exact results.

    op: of the library, whose they are.  number: counts from 1 in its file.  flags: what the case probes.  reasons: why,
    in words.  outputs: in the order of forward.  gradients: of Σ upstream · outputs, one for each input, None for an
    input that has none.
    """

    op: str
    number: int
    flags: tuple[str, ...]
    case: Case
    outputs: tuple[ExactArray, ...]
    gradients: tuple[ExactArray | None, ...]
    reasons: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"golden vector {self.number} of {self.op} ({', '.join(self.flags)})"


@dataclass(frozen=True)
class VectorFile:
    """The golden vectors of one op.

    about: what the op is, as plain data: formula, source, inputs and so on.  flags: why each flag is there.
    infeasible: why there are no vectors, "" where there are.
    """

    op: str
    about: Mapping[str, Any]
    outputs: tuple[str, ...]
    flags: Mapping[str, str]
    vectors: tuple[GoldenVector, ...]
    infeasible: str = ""

    def to_json(self) -> str:
        """Return the file as JSON text: sorted, one number a line."""
        data = {
            **self.about,
            "schema": VECTORS_SCHEMA,
            "op": self.op,
            "outputs": list(self.outputs),
            "flags": dict(self.flags),
            "cases": [encode_vector(vector, self.outputs) for vector in self.vectors],
            **({"infeasible": self.infeasible} if self.infeasible else {}),
        }
        return json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "VectorFile":
        """Return the file that to_json wrote.  Raises VectorsError where it is broken or of another schema."""
        try:
            data = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise VectorsError(f"this is not JSON, or it is truncated: {error}") from None
        if not isinstance(data, dict) or data.get("schema") != VECTORS_SCHEMA:
            schema = data.get("schema") if isinstance(data, dict) else type(data).__name__
            raise VectorsError(f"these are no golden vectors: the schema is {schema!r}, expected {VECTORS_SCHEMA!r}")
        try:
            op, outputs = str(data["op"]), tuple(map(str, data["outputs"]))
            names = [str(declared["name"]) for declared in data["inputs"]]
            flags = {str(flag): str(why) for flag, why in data["flags"].items()}
            decoded = (decode_vector(one, op, names, outputs) for one in data["cases"])
            vectors = tuple(replace(one, reasons=" ".join(flags[flag] for flag in one.flags)) for one in decoded)
            own = ("schema", "op", "outputs", "flags", "cases", "infeasible")
            about = {key: value for key, value in data.items() if key not in own}
            return cls(op, about, outputs, flags, vectors, str(data.get("infeasible", "")))
        except KeyError as missing:
            raise VectorsError(f"there is no {missing}") from None
        except (TypeError, ValueError, AttributeError, ArithmeticError) as error:
            raise VectorsError(f"the vectors cannot be read: {error}") from None


def encode_vector(vector: GoldenVector, outputs: Sequence[str]) -> dict[str, Any]:
    """Return one vector as plain data."""
    case = vector.case
    gradients = zip(case.inputs, vector.gradients, strict=True)
    return {
        "number": vector.number,
        "flags": list(vector.flags),
        "settings": {name: encode_setting(value) for name, value in case.settings.items()},
        "inputs": {label: encode(a) for label, a in case.inputs.items()},
        "upstream": {name: encode(u) for name, u in zip(outputs, case.upstream, strict=True)},
        "expected": {name: encode_exactly(y) for name, y in zip(outputs, vector.outputs, strict=True)},
        "gradients": {label: encode_exactly(gradient) for label, gradient in gradients if gradient is not None},
    }


def encode_exactly(array: ExactArray) -> dict[str, Any]:
    """Return an exact array as plain data."""
    return {"shape": list(array.shape), "values": [str(number) for number in array.numbers]}


def decode_vector(data: Mapping[str, Any], op: str, names: Sequence[str], outputs: Sequence[str]) -> GoldenVector:
    """Return the vector that encode_vector wrote.  names: of the inputs, in the order of forward."""
    labels = sorted(data["inputs"], key=lambda label: (names.index(input_name(label)), len(label), label))
    inputs = {label: decode(data["inputs"][label]) for label in labels}
    upstream = tuple(decode(data["upstream"][name]) for name in outputs)
    settings = {str(name): decode_setting(value) for name, value in data["settings"].items()}
    gradients = data["gradients"]
    if unknown := set(gradients) - set(inputs):
        raise ValueError(f"a gradient is of {min(unknown)!r}, which is no input")
    return GoldenVector(
        op,
        int(data["number"]),
        tuple(map(str, data["flags"])),
        Case(op, inputs, upstream, settings, seed=int(data["number"])),
        tuple(decode_exactly(data["expected"][name], upstream[i].shape) for i, name in enumerate(outputs)),
        tuple(decode_exactly(gradients[label], a.shape) if label in gradients else None for label, a in inputs.items()),
    )


def decode_exactly(data: Mapping[str, Any], shape: tuple[int, ...]) -> ExactArray:
    """Return the array that encode_exactly wrote.  Raises ValueError for another shape than its counterpart's."""
    numbers = tuple(ExactNumber.read(text) for text in data["values"])
    if tuple(data["shape"]) != shape or len(numbers) != math.prod(shape):
        raise ValueError(f"{len(numbers)} numbers of shape {data['shape']} stand for an array of shape {list(shape)}")
    return ExactArray(shape, numbers)


def find_vector_folder() -> Path:
    """Return the folder of the library's vectors: in an installed package within it, in a repository beside it."""
    packaged = PACKAGE / "reference"
    return packaged if packaged.is_dir() else PACKAGE.parent / "reference"


def list_vector_names() -> list[str]:
    """List the ops of the library of which there are vectors."""
    return sorted(path.stem for path in find_vector_folder().glob("*.json") if path.stem.isidentifier())


def find_vector_file(op: str) -> Path:
    """Return the file in which the vectors of an op of the library are stored, whether or not it exists."""
    return find_vector_folder() / f"{op}.json"


@cache
def load_vectors(op: str) -> VectorFile | None:
    """Return the vectors of an op of the library; None where there is no file of them.  Raises VectorsError, naming the
    file, where it is broken."""
    path = find_vector_file(op)
    try:
        return VectorFile.from_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise VectorsError(f"{path}: {error}") from error
