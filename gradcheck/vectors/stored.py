"""The stored vectors of an op beside those that are made anew: where they differ, in words."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gradcheck.formatting import pluralise

LONGEST_SHOWN = 100
"""Characters of a value in a message: any number is shorter."""


def describe_stored(path: Path, made: str) -> str:
    """Describe how a stored file differs from what is made anew; "" where it has the same bytes."""
    try:
        stored = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return "there is no file"
    except (OSError, UnicodeDecodeError) as error:
        return f"the file cannot be read: {error}"
    if stored == made:
        return ""
    try:
        differences = list(find_differences(json.loads(stored), json.loads(made)))
    except ValueError as error:
        return f"the file is no JSON, or it is truncated: {error}"
    others = f" (and {pluralise(len(differences) - 1, 'other difference')})" if len(differences) > 1 else ""
    return f"{differences[0]}{others}" if differences else "the file is laid out otherwise"


def find_differences(stored: Any, made: Any, place: str = "") -> Iterator[str]:
    """Yield the values that differ, and where they stand."""
    if isinstance(stored, dict) and isinstance(made, dict):
        for key in sorted(stored.keys() | made.keys()):
            there = f"{place}, {key}" if place else key
            if key in stored and key in made:
                yield from find_differences(stored[key], made[key], there)
            else:
                yield f"{there}: is only in {'what is made anew' if key in made else 'the file'}"
    elif isinstance(stored, list) and isinstance(made, list):
        for i, (before, after) in enumerate(zip(stored, made, strict=False), 1):
            yield from find_differences(before, after, f"{place.removesuffix('s')} {i}")
        if len(stored) != len(made):
            yield f"{place or 'the file'}: {len(stored)} in the file, {len(made)} made anew"
    elif (before := json.dumps(stored)) != (after := json.dumps(made)):
        yield f"{place or 'the file'}: {before:.{LONGEST_SHOWN}} in the file, {after:.{LONGEST_SHOWN}} made anew"
