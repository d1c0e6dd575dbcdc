"""Notebooks as cells of Python: what the notebook itself understands, magics and shell commands, is blanked."""

import ast
import json
import re
import warnings
from typing import Any

LINE_MAGIC = re.compile(r"^(\s*)(?:[%!].*|[\w.]+\?+|\?+[\w.]+)\s*$")
ASSIGNED_MAGIC = re.compile(r"^(\s*[\w, ]+=\s*)[%!].*$")
RUN_CELL_MAGICS = ("%%time", "%%timeit", "%%capture", "%%prun")
"""Magics of a cell whose other lines are Python."""


def list_cells(text: str) -> list[str]:
    """Return the code of each cell, "" for one that is no code, so that a cell is known by its number.
    ValueError: this is no notebook."""
    notebook = json.loads(text)
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if cells is None and isinstance(notebook, dict) and isinstance(notebook.get("worksheets"), list):
        cells = [cell for sheet in notebook["worksheets"] for cell in sheet.get("cells") or []]
    if not isinstance(cells, list):
        raise ValueError("there are no cells in it")
    return [read_code_cell(cell) for cell in cells]


def read_code_cell(cell: Any) -> str:
    """Return the code of a cell, "" for another kind; a source is text, or a list of lines."""
    if not isinstance(cell, dict) or cell.get("cell_type") != "code":
        return ""
    source = cell.get("source", cell.get("input", ""))
    lines = source if isinstance(source, list) else [source]
    return drop_magics("".join(line for line in lines if isinstance(line, str)))


def drop_magics(source: str) -> str:
    """Return the code of a cell with magics blanked, each in its line: a cell that is Python stays as it is."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        lines = source.split("\n")
        first = next((line.strip() for line in lines if line.strip()), "")
        if first.startswith("%%") and not first.startswith(RUN_CELL_MAGICS):
            return ""
        return "\n".join(ASSIGNED_MAGIC.sub(r"\1None", LINE_MAGIC.sub(r"\1pass", line)) for line in lines)
    return source
