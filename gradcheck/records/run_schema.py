"""The JSON Schema of a saved run, made from the dataclasses that are saved, so that it never says anything else."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from enum import Enum
from inspect import cleandoc
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from gradcheck.records.case import SAVED_DTYPES, Case
from gradcheck.records.case import SCHEMA as CASE_SCHEMA
from gradcheck.records.codec import saved_fields, was_added_later
from gradcheck.records.demonstration import ArrayForm, Demonstration
from gradcheck.records.results import SCHEMA, OpResult, Run

DIALECT = "https://json-schema.org/draft/2020-12/schema"
NUMBER = {"anyOf": [{"type": "number"}, {"enum": ["inf", "-inf", "nan"]}]}
JSON_TYPES: Mapping[Any, Any] = {
    Any: {},
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: NUMBER,
    NoneType: {"type": "null"},
}
"""The schemas of types that are no records."""


def list_of(items: Any) -> dict[str, Any]:
    """Return the schema of a list."""
    return {"type": "array", "items": items}


def object_of(values: Any) -> dict[str, Any]:
    """Return the schema of an object with keys of any name."""
    return {"type": "object", "additionalProperties": values}


def record_of(properties: Mapping[str, Any], required: list[str] | None = None) -> dict[str, Any]:
    """Return the schema of an object with these properties.  required: those that are always there, by default all."""
    return {"type": "object", "properties": dict(properties), "required": required or list(properties)}


ARRAY = {"$ref": "#/$defs/Array"}
OWN_DEFINITIONS: Mapping[str, Any] = {
    "Array": record_of(
        {
            "shape": list_of({"type": "integer", "minimum": 0}),
            "dtype": {"enum": list(SAVED_DTYPES)},
            "values": list_of({"type": ["string", "integer", "boolean"]}),
        }
    )
    | {"description": "An array, row by row: whole numbers and booleans as they are, floats as hexadecimal text."},
    "Case": record_of(
        {
            "schema": {"const": CASE_SCHEMA},
            "op": JSON_TYPES[str],
            "inputs": object_of(ARRAY),
            "upstream": list_of(ARRAY),
            "settings": object_of({}),
            "dtype": JSON_TYPES[str],
            "seed": JSON_TYPES[int],
            "kind": JSON_TYPES[str],
        }
    )
    | {"description": "What an op is checked on: inputs by name, an upstream for each output, settings."},
    "Demonstration": record_of(
        {
            "upstream": list_of(ARRAY),
            "direction": object_of(ARRAY),
            "form": {"enum": [form.value for form in ArrayForm]},
            "parts": list_of(list_of(JSON_TYPES[int])),
            "batch_axes": object_of(JSON_TYPES[int]),
            "between": list_of(ARRAY),
            "before": list_of(list_of(ARRAY)),
            "keeps_gradients": JSON_TYPES[bool],
            "overwrites_output": JSON_TYPES[bool],
        }
    )
    | {"description": "How the number of a claim comes about, where it is not simply a result of the case."},
}
"""The schemas of records that encode themselves."""


def make_run_schema() -> dict[str, Any]:
    """Return the schema of a saved run, and under $defs/Line that of a line of JSON lines."""
    records = {record.__name__: describe_record(record) for record in find_records(Run)}
    run = records.pop("Run")
    kind, version = {"record": {"const": "run"}}, {"schema": {"const": SCHEMA}}
    head = {name: schema for name, schema in run["properties"].items() if name != "results"}
    op = describe_reference(OpResult)
    lines = [
        record_of({**kind, **version, **head}),
        {"allOf": [op, record_of({"record": {"const": "op"}})]},
    ]
    line = {"anyOf": lines, "description": "A line of JSON lines: the run without its results, then each result."}
    return {
        "$schema": DIALECT,
        "$id": f"urn:{SCHEMA.replace('/', ':')}",
        "title": SCHEMA,
        **run,
        "properties": {**version, **run["properties"]},
        "required": ["schema", *run["required"]],
        "$defs": {"Line": line, **OWN_DEFINITIONS, **records},
    }


def render_run_schema() -> str:
    """Return the schema of a saved run as JSON text."""
    return json.dumps(make_run_schema(), indent=1) + "\n"


def find_records(record: Any, found: tuple[Any, ...] = ()) -> tuple[Any, ...]:
    """Return a dataclass and those in its fields that do not encode themselves, each once."""
    found = (*found, record)
    for hint in get_type_hints(record).values():
        for part in list_type_parts(hint):
            if is_dataclass(part) and part not in (Case, Demonstration, *found):
                found = find_records(part, found)
    return found


def list_type_parts(hint: Any) -> Iterator[Any]:
    """Yield the types that a type is made of."""
    yield hint
    for part in get_args(hint):
        yield from list_type_parts(part)


def describe_record(record: Any) -> dict[str, Any]:
    """Return the schema of a dataclass: its saved fields, with what its documentation says first."""
    hints = get_type_hints(record)
    properties = {field.name: describe_hint(hints[field.name]) for field in saved_fields(record)}
    required = [field.name for field in saved_fields(record) if not was_added_later(field)]
    return {**record_of(properties, required), "description": cleandoc(record.__doc__ or "").partition("\n\n")[0]}


def describe_reference(record: Any) -> dict[str, str]:
    """Return the reference to the schema of a record."""
    return {"$ref": f"#/$defs/{record.__name__}"}


def describe_hint(hint: Any) -> dict[str, Any]:
    """Return the schema of a type as `gradcheck.records.codec.encode_record` encodes it.  Raises TypeError for one that
    it has no form for."""
    if get_args(hint):
        return describe_generic(get_origin(hint), get_args(hint))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return {"enum": [member.value for member in hint]}
    if is_dataclass(hint):
        return describe_reference(hint)
    if hint not in JSON_TYPES:
        raise TypeError(f"{hint} has no form in JSON; give it one in JSON_TYPES")
    return dict(JSON_TYPES[hint])


def describe_generic(origin: Any, parts: tuple[Any, ...]) -> dict[str, Any]:
    """Return the schema of a type that is made of others: a tuple, a mapping, a choice."""
    if origin is Literal:
        return {"enum": list(parts)}
    if origin is UnionType:
        return {"anyOf": [describe_hint(part) for part in parts]}
    return list_of(describe_hint(parts[0])) if origin is tuple else object_of(describe_hint(parts[1]))
