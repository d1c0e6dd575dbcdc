"""Reading an assignment: a TOML file, and the names in the file of model answers beside it."""

import tomllib
from dataclasses import replace
from pathlib import Path

from gradcheck.audit.assignment import (
    ASSIGNMENT_FOLDER,
    DISPLAYS,
    AskedFunction,
    Assignment,
    AssignmentError,
    Points,
    list_assignments,
    list_lenient_laws,
)
from gradcheck.audit.model_names import ModelNames
from gradcheck.audit.toml_table import TomlTable
from gradcheck.audit.variant_reading import VARIANT_KEYS, inherit_keys, read_variant
from gradcheck.laws.registry import load_laws
from gradcheck.spelling import suggest_name

FUNCTION_KEYS = (*VARIANT_KEYS, "points", "needs", "random", "accept")
ASSIGNMENT_KEYS = ("title", "source", "model", "warn", "skip", "show", "points", "functions")


def read_assignment(name_or_path: str | Path) -> Assignment:
    """Return an assignment that comes with gradcheck, by its name, or that of a TOML file.

    Raises AssignmentError where there is none, or it cannot be read.
    """
    path = find_assignment_file(name_or_path)
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise AssignmentError(f"{path}: cannot be read as TOML: {error}") from None
    return read_assignment_table(path, TomlTable(str(path), values))


def find_assignment_file(name_or_path: str | Path) -> Path:
    """Return the TOML file of an assignment.  Raises AssignmentError where there is none."""
    names, text = list_assignments(), str(name_or_path)
    if text in names:
        return ASSIGNMENT_FOLDER / f"{text}.toml"
    path = Path(name_or_path)
    if path.is_file():
        return path
    if path.suffix == ".toml":
        raise AssignmentError(f"{path}: no such file; `gradcheck audit --new {path}` writes a template")
    known = f"there are: {', '.join(names)}; or name a TOML file"
    raise AssignmentError(f"there is no assignment {text!r}; {suggest_name(text, names)}{known}")


def read_assignment_table(path: Path, table: TomlTable) -> Assignment:
    """Return the assignment of a file that is read as TOML.  Raises AssignmentError."""
    table.require_known(ASSIGNMENT_KEYS)
    model = path.parent / table.read("model", "text")
    names = ModelNames.of(table, model)
    points = read_points(table, Points())
    rows = table.read_tables("functions", "function")
    if not rows:
        raise AssignmentError(f"{path}: it asks for no function; write [[functions]] with name and forward")
    functions = tuple(read_function(row, points, names) for row in rows)
    require_distinct_rows(path, functions)
    if (show := table.read("show", "text", DISPLAYS[0])) not in DISPLAYS:
        table.refuse("show", f"is {show!r}; write one of {', '.join(DISPLAYS)}")
    laws = load_laws()
    return Assignment(
        name=path.stem,
        title=table.read("title", "text", path.stem),
        model=model,
        functions=functions,
        source=table.read("source", "text", ""),
        warn=table.read_names("warn", laws, "law") if "warn" in table.values else list_lenient_laws(),
        skip=table.read_names("skip", laws, "law"),
        show=show,
    )


def read_points(table: TomlTable, default: Points) -> Points:
    """Return the points of a table: { value = 1, gradient = 2 }, or a number for both together."""
    given = table.values.get("points")
    if given is None:
        return default
    if not isinstance(given, dict):
        return require_points(table, Points(0, 0, table.read("points", "a number")))
    parts = TomlTable(f"{table.where}: points", given)
    parts.require_known(("value", "gradient"))
    return require_points(table, Points(parts.read("value", "a number", 0), parts.read("gradient", "a number", 0)))


def require_points(table: TomlTable, points: Points) -> Points:
    """Return points, none of which is negative.  Raises AssignmentError."""
    if min(points.value, points.gradient, points.both) < 0:
        table.refuse("points", "has a number below zero; write 0 for a function that is only reported")
    return points


def read_function(table: TomlTable, points: Points, model: ModelNames) -> AskedFunction:
    """Return a row of an assignment.  Raises AssignmentError."""
    table.require_known(FUNCTION_KEYS)
    name = table.read("name", "text")
    main = replace(read_variant(table, model), name="")
    others = []
    for other in table.read_tables("accept", "accepted convention"):
        other.require_known(VARIANT_KEYS)
        other.read("name", "text")
        others.append(read_variant(inherit_keys(table, other), model))
    random = table.read("random", "true or false", False)
    return AskedFunction(name, main, tuple(others), read_points(table, points), table.read_texts("needs"), random)


def require_distinct_rows(path: Path, functions: tuple[AskedFunction, ...]) -> None:
    """Raise AssignmentError for two rows of a name, and for needs that are no rows before theirs."""
    before: list[str] = []
    for function in functions:
        if function.name in before:
            raise AssignmentError(f"{path}: two functions are named {function.name!r}; rename one")
        for need in function.needs:
            if need not in before:
                advice = suggest_name(need, before)
                raise AssignmentError(
                    f"{path}: {function.name} needs {need!r}, which is no function above it; {advice}write its name, "
                    "and put it first"
                )
        before.append(function.name)
