"""The conventions of a row of an assignment: the main one, and others that are accepted."""

from gradcheck.adapters.parameters import AdapterError
from gradcheck.adapters.registry import find_convention
from gradcheck.audit.assignment import Variant
from gradcheck.audit.assignment_options import OPTION_READERS, read_options
from gradcheck.audit.model_names import ModelNames
from gradcheck.audit.toml_table import TomlTable

VARIANT_KEYS = ("name", "forward", "backward", "adapter", "model", "reference", "through", *OPTION_READERS)


def inherit_keys(row: TomlTable, other: TomlTable) -> TomlTable:
    """Return an accepted convention with what it takes from its row: everything that it does not say itself; of one
    that asks for other names, nothing about these."""
    about_names = ("backward", "adapter", "model", "through", "reference")
    left = about_names if "forward" in other.values else ("reference",) if "model" in other.values else ()
    kept = {key: value for key, value in row.values.items() if key in VARIANT_KEYS and key not in left}
    return TomlTable(other.where, {**kept, **other.values})


def read_variant(table: TomlTable, model: ModelNames) -> Variant:
    """Return a convention of a row, whose names exist in the model file.  Raises AssignmentError."""
    forward, backward = table.read("forward", "text"), table.read("backward", "text", "")
    stem, adapter = table.read("model", "text", ""), table.read("adapter", "text", "")
    if adapter:
        require_adapter(table, adapter, bool(backward))
    through, through_backward = read_through(table, bool(backward))
    options = read_options(table)
    default = f"{stem or forward.replace('_forward', '')}_reference"
    found = Variant(
        name=table.read("name", "text"),
        forward=forward,
        backward=backward,
        adapter=adapter,
        model_forward=(f"{stem}_forward" if backward else stem) if stem else forward,
        model_backward=(f"{stem}_backward" if stem else backward) if backward else "",
        reference=table.read("reference", "text", default if default in model.names else ""),
        through=through,
        through_backward=through_backward,
        options=options,
    )
    asked = {"forward": found.model_forward, "backward": found.model_backward, "reference": found.reference}
    asked |= {"through": through, "through.backward": through_backward, "kinks": options.get("kinks", "")}
    for key, function in asked.items():
        model.require(table, key, function)
    return found


def require_adapter(table: TomlTable, adapter: str, is_pair: bool) -> None:
    """Raise AssignmentError where there is no such calling convention, or it takes another number of functions."""
    try:
        takes_two = find_convention(adapter).takes_two_functions
    except AdapterError as error:
        table.refuse("adapter", f"is unknown: {error}")
    if takes_two != is_pair:
        table.refuse("adapter", f"is {adapter!r}, which takes {'a backward as well' if takes_two else 'no backward'}")


def read_through(table: TomlTable, is_pair: bool) -> tuple[str, str]:
    """Return the functions of the model file that call what is asked for: one, or for a pair one each."""
    if "through" not in table.values:
        return "", ""
    if not is_pair:
        return table.read("through", "text"), ""
    parts = TomlTable(f"{table.where}: through", table.read("through", "a table"))
    parts.require_known(("forward", "backward"))
    return parts.read("forward", "text"), parts.read("backward", "text")
