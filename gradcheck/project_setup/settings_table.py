"""The table [tool.gradcheck], added to the text of a pyproject.toml, of which nothing else changes."""

import json
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gradcheck.running.settings import SettingsError


def read_pyproject(file: Path) -> tuple[str, dict[str, Any]]:
    """Read a pyproject.toml, as it is and as data; both are empty where there is none.  Raises SettingsError."""
    if not file.exists():
        return "", {}
    try:
        text = file.read_bytes().decode("utf-8")
        return text, tomllib.loads(text)
    except (OSError, ValueError) as error:
        raise SettingsError(f"{file} cannot be read: {error}; correct it first") from error


def get_table(data: dict[str, Any], *keys: str) -> dict[str, Any]:
    """Return the table under these keys, an empty one where there is none."""
    for key in keys:
        data = data.get(key, {}) if isinstance(data, dict) else {}
    return data if isinstance(data, dict) else {}


def compose_settings_table(targets: Sequence[str]) -> str:
    """Compose the table that lists these targets, a line each where there are several."""
    quoted = [json.dumps(target, ensure_ascii=False) for target in targets]
    listed = f"[{quoted[0]}]" if len(quoted) == 1 else "".join(["[\n", *(f"    {name},\n" for name in quoted), "]"])
    return f"[tool.gradcheck]\nops = {listed}\n"


def add_settings_table(text: str, targets: Sequence[str], file: Path) -> str:
    """Add the table behind a text without one, with its line ends.  Raises SettingsError where a table cannot be added,
    as behind `tool = {…}`."""
    table = compose_settings_table(targets)
    newline = "\r\n" if "\r\n" in text else "\n"
    gap = newline * (0 if not text else 1 if text.endswith("\n") else 2)
    whole = text + gap + table.replace("\n", newline)
    try:
        whole.encode()
        added = tomllib.loads(whole)["tool"]["gradcheck"]
    except ValueError as error:
        raise SettingsError(f"{file}: the table cannot be added ({error}); write it yourself:\n{table}") from error
    assert added == {"ops": list(targets)}
    return whole
