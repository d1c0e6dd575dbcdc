"""A table of a TOML file, read key by key: what is wrong in it is told with its place."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from gradcheck.audit.assignment import AssignmentError
from gradcheck.spelling import suggest_name

TOML_KINDS: Mapping[str, type | tuple[type, ...]] = {
    "text": str,
    "a number": (int, float),
    "true or false": bool,
    "a list": list,
    "a table": dict,
}
VALUE_EXAMPLES = {
    "text": '"…"',
    "a number": "3",
    "true or false": "true",
    "a list": '["…", "…"]',
    "a table": "{ … }",
}
"""What to write for each kind of value."""


@dataclass(frozen=True)
class TomlTable:
    """The values of a table.  where: the file and the place in it, as messages call them."""

    where: str
    values: Mapping[str, Any]

    def refuse(self, key: str, problem: str) -> NoReturn:
        """Raise AssignmentError for the value of a key."""
        raise AssignmentError(f"{self.where}: {key} {problem}")

    def require_known(self, known: Collection[str]) -> None:
        """Raise AssignmentError for a key that is none of these."""
        for key in self.values:
            if key not in known:
                advice = suggest_name(key, known) or f"there are: {', '.join(known)}"
                raise AssignmentError(f"{self.where}: there is no key {key!r}; {advice.strip()}")

    def read(self, key: str, kind: str, default: Any = None) -> Any:
        """Return the value of a key, which is of a kind of TOML_KINDS.  Without a default it is required."""
        if key not in self.values:
            if default is None:
                raise AssignmentError(f"{self.where}: {key} is missing; write {key} = {VALUE_EXAMPLES[kind]}")
            return default
        return self.require_kind(key, self.values[key], kind)

    def require_kind(self, key: str, value: Any, kind: str) -> Any:
        """Return a value that is of a kind.  Raises AssignmentError where it is not, or is text that is empty."""
        is_bool = isinstance(value, bool) and kind != "true or false"
        if is_bool or not isinstance(value, TOML_KINDS[kind]):
            self.refuse(key, f"is {value!r:.60}, not {kind}; write {key} = {VALUE_EXAMPLES[kind]}")
        if value == "":
            self.refuse(key, "is empty; write a text, or leave the key out")
        return value

    def read_texts(self, key: str) -> tuple[str, ...]:
        """Return the texts in a list, none where there is no such key."""
        return tuple(self.require_kind(key, text, "text") for text in self.read(key, "a list", []))

    def read_names(self, key: str, known: Collection[str], noun: str) -> tuple[str, ...]:
        """Return the texts in a list, each of which is a known name of something."""
        names = self.read_texts(key)
        for name in names:
            if name not in known:
                advice = suggest_name(name, known) or f"there are: {', '.join(known)}"
                self.refuse(key, f"names {name!r}, which is no {noun}; {advice.strip()}")
        return names

    def read_tables(self, key: str, noun: str) -> list["TomlTable"]:
        """Return the tables of a list, each called by its name, or by its number where it has none."""
        tables = []
        for number, values in enumerate(self.read(key, "a list", []), 1):
            self.require_kind(key, values, "a table")
            called = f" ({values['name']})" if isinstance(values.get("name"), str) else ""
            tables.append(TomlTable(f"{self.where}: {noun} {number}{called}", values))
        return tables
