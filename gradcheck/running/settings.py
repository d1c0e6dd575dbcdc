"""The [tool.gradcheck] table of the nearest pyproject.toml, for the command line and for pytest.

Precedence: the arguments of a call, the marker of a test, options, this table, the built-in defaults.
"""

import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradcheck.spelling import suggest_name

EXAMPLES_BY_PROFILE: Mapping[str, int] = {"quick": 25, "default": 100, "thorough": 1000}
"""The number of examples for each op, by the name of a profile."""


class SettingsError(ValueError):
    """A table that cannot be used; the message names the file and the key."""


def is_toml_number(value: Any) -> bool:
    """Whether a value of TOML is a number; true and false are none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_list_of_strings(value: Any) -> bool:
    """Whether a value of TOML is a list of strings."""
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


@dataclass(frozen=True)
class SettingKey:
    """One key of the table: the parameter of `check` that it sets, the value that it expects in words, and a test of
    it."""

    parameter: str
    expected_value: str
    fits: Callable[[Any], bool]


SETTING_KEYS: Mapping[str, SettingKey] = {
    "ops": SettingKey("targets", "a list of targets", is_list_of_strings),
    "examples": SettingKey(
        "examples", "a whole number above zero", lambda v: is_toml_number(v) and isinstance(v, int) and v > 0
    ),
    "seed": SettingKey(
        "seed", "a whole number, not negative", lambda v: is_toml_number(v) and isinstance(v, int) and v >= 0
    ),
    "largest": SettingKey(
        "largest", "a whole number above zero", lambda v: is_toml_number(v) and isinstance(v, int) and v > 0
    ),
    "jobs": SettingKey(
        "jobs", "a whole number above zero", lambda v: is_toml_number(v) and isinstance(v, int) and v > 0
    ),
    "arbitrate": SettingKey("arbitrate", '"first" or "all"', lambda v: v in ("first", "all")),
    "timeout": SettingKey("timeout", "a number of seconds above zero", lambda v: is_toml_number(v) and v > 0),
    "fail-on": SettingKey("fail_on", '"imprecise" or "warning"', lambda v: v in ("imprecise", "warning")),
    "strict": SettingKey("strict", "true or false", lambda v: isinstance(v, bool)),
    "laws": SettingKey("laws", "a list of names of laws", is_list_of_strings),
    "skip": SettingKey("skip", "a list of names of laws", is_list_of_strings),
    "profile": SettingKey(
        "profile", f"one of {', '.join(EXAMPLES_BY_PROFILE)}", lambda v: v in tuple(EXAMPLES_BY_PROFILE)
    ),
    "against": SettingKey("against", "the path of a saved run", lambda v: isinstance(v, str) and v != ""),
    "allow-missing": SettingKey("allow_missing", "true or false", lambda v: isinstance(v, bool)),
    "allow-new": SettingKey("allow_new", "true or false", lambda v: isinstance(v, bool)),
    "annotations": SettingKey("annotations", "true or false", lambda v: isinstance(v, bool)),
}


def find_pyproject(start: Path) -> Path | None:
    """Find the pyproject.toml of `start` or of the nearest folder above it."""
    files = (folder / "pyproject.toml" for folder in (start, *start.parents))
    return next((file for file in files if file.is_file()), None)


def read_defaults(start: Path) -> dict[str, Any]:
    """Read the nearest table, by parameter of `check`, with paths relative to `start`; empty where there is no table.
    Raises SettingsError."""
    file = find_pyproject(start)
    if file is None:
        return {}
    import tomllib  # every run of pytest passes here, most without a file to read

    try:
        table = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {}).get("gradcheck", {})
    except (OSError, ValueError) as error:
        raise SettingsError(f"{file} cannot be read: {error}") from None
    if not isinstance(table, dict):
        raise SettingsError(f"{file}: tool.gradcheck is {table!r}; write a table, [tool.gradcheck]")
    given = {SETTING_KEYS[key].parameter: value for key, value in table.items() if validate_setting(file, key, value)}
    if "targets" in given:
        given["targets"] = [relocate_target(target, file.parent, start) for target in given["targets"]]
    if "against" in given:
        given["against"] = make_relative_path(start, file.parent / given["against"])
    return expand_profile(given)


def expand_profile(given: Mapping[str, Any]) -> dict[str, Any]:
    """Replace the profile of one source by its number of examples, unless the source gives their number as well."""
    others = {name: value for name, value in given.items() if name != "profile"}
    return {"examples": EXAMPLES_BY_PROFILE[given["profile"]], **others} if "profile" in given else others


def drop_overridden(weaker: Mapping[str, Any], given: Collection[str]) -> dict[str, Any]:
    """Drop from a source what one of higher precedence sets; laws that this names are not skipped, and a run that this
    saves is not compared with a baseline."""
    overridden = {*given}
    overridden |= {"skip"} if "laws" in given else set()
    overridden |= {"against"} if "save" in given else set()
    return {name: value for name, value in weaker.items() if name not in overridden}


def validate_setting(file: Path, key: str, value: Any) -> bool:
    """Return True.  Raises SettingsError for a key that does not exist, or a value that its key does not accept."""
    if key not in SETTING_KEYS:
        raise SettingsError(
            f"{file}: [tool.gradcheck] has no key {key!r}; {suggest_name(key, SETTING_KEYS)}"
            f"the keys are {', '.join(SETTING_KEYS)}"
        )
    if not SETTING_KEYS[key].fits(value):
        raise SettingsError(
            f"{file}: {key!r} in [tool.gradcheck] is {value!r}; it wants {SETTING_KEYS[key].expected_value}"
        )
    return True


def relocate_target(target: str, folder: Path, start: Path) -> str:
    """Make the path of a target, given from the folder of the pyproject.toml, relative to `start`; modules stay."""
    path, colon, attribute = target.partition(":")
    if not (folder / path).exists():
        return target
    return make_relative_path(start, folder / path) + colon + attribute


def make_relative_path(start: Path, path: Path) -> str:
    """Make a path relative to a folder."""
    return Path(os.path.relpath(path, start)).as_posix()
