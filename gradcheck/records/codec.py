"""Encoding of frozen data as JSON, and back."""

import math
from collections.abc import Mapping
from dataclasses import Field, fields
from typing import Any

from gradcheck.records.case import Case
from gradcheck.records.demonstration import Demonstration

NOT_SAVED: Mapping[str, Any] = {"saved": False}
"""The metadata of a field that is not saved in JSON, since it follows from the others."""
ADDED_LATER: Mapping[str, Any] = {"added_later": True}
"""The metadata of a field that earlier files of the same schema lack: its default is read there."""


def encode_record(value: Any) -> Any:
    """Encode dataclasses, tuples, cases and demonstrations as JSON values; inf and nan as strings."""
    if isinstance(value, (Case, Demonstration)):
        return value.to_json()
    if hasattr(value, "__dataclass_fields__"):
        return {f.name: encode_record(getattr(value, f.name)) for f in saved_fields(value)}
    if isinstance(value, Mapping):
        return {str(key): encode_record(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [encode_record(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def select_fields(cls: type, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a dataclass from data, without those added later that it lacks.  Raises KeyError naming any
    other that is missing."""
    return {f.name: data[f.name] for f in saved_fields(cls) if f.name in data or not was_added_later(f)}


def was_added_later(field: Field[Any]) -> bool:
    """Whether earlier files of the same schema lack a field."""
    return ADDED_LATER.items() <= field.metadata.items()


def saved_fields(record: Any) -> list[Field[Any]]:
    """Return the fields of a dataclass, or of an instance, that JSON contains."""
    return [f for f in fields(record) if NOT_SAVED.items() - f.metadata.items()]
