"""Assignments that ask for some rows of one that comes with gradcheck."""

import json
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gradcheck.audit.assignment import ASSIGNMENT_FOLDER


def write_rows(folder: Path, name: str, rows: Sequence[str]) -> Path:
    """Write an assignment that asks for some rows of one that comes with gradcheck; return the path of its file."""
    (folder / f"{name}.py").write_bytes((ASSIGNMENT_FOLDER / f"{name}.py").read_bytes())
    course = tomllib.loads((ASSIGNMENT_FOLDER / f"{name}.toml").read_text())
    lines = [f"title = {json.dumps(course['title'])}", f'model = "{name}.py"']
    for row in course["functions"]:
        if row["name"] in rows:
            lines += ["[[functions]]", *(f"{key} = {render_toml(value)}" for key, value in row.items())]
    path = folder / "some_rows.toml"
    path.write_text("\n".join(lines))
    return path


def render_toml(value: Any) -> str:
    """Return a value as TOML."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {render_toml(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(render_toml, value)) + "]"
    return json.dumps(value)
