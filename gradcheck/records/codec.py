"""Frozen data as JSON knows it, and back."""

import math
from collections.abc import Mapping
from dataclasses import Field, fields
from typing import Any

from gradcheck.records.case import Case

NOT_SAVED: Mapping[str, Any] = {"saved": False}
"""The metadata of a field that JSON does not hold, since it follows from the others."""


def encode_record(value: Any) -> Any:
    """Dataclasses, tuples and cases as JSON knows them; inf and nan as words."""
    if isinstance(value, Case):
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
    """The fields of a dataclass found in data.  Raises KeyError naming one that is missing."""
    return {f.name: data[f.name] for f in saved_fields(cls)}


def saved_fields(record: Any) -> list[Field[Any]]:
    """The fields of a dataclass, or of an instance, that JSON holds."""
    return [f for f in fields(record) if NOT_SAVED.items() - f.metadata.items()]
