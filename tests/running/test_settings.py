"""The [tool.gradcheck] table: where it is found, what it may say, and what goes over what."""

import pytest

from gradcheck.running.settings import (
    EXAMPLES_BY_PROFILE,
    SETTING_KEYS,
    SettingsError,
    drop_overridden,
    expand_profile,
    find_pyproject,
    read_defaults,
    relocate_target,
)


@pytest.fixture
def folder(tmp_path):
    """A project with a folder below it."""
    (tmp_path / "below").mkdir()
    (tmp_path / "layers.py").write_text("")
    return tmp_path


@pytest.fixture
def write(folder):
    """Write the table of the project."""
    return lambda *lines: (folder / "pyproject.toml").write_text("\n".join(["[tool.gradcheck]", *lines]))


def test_the_nearest_file_upwards_is_read(folder, write):
    write("examples = 5")
    assert find_pyproject(folder / "below") == folder / "pyproject.toml"
    assert read_defaults(folder / "below") == {"examples": 5}
    (folder / "below" / "pyproject.toml").write_text("")
    assert read_defaults(folder / "below") == {}


def test_keys_set_the_parameters_of_the_command(folder, write):
    write("fail-on = 'imprecise'", "strict = true", "timeout = 1.5", "laws = ['value']", "jobs = 2")
    assert read_defaults(folder) == {
        "fail_on": "imprecise",
        "strict": True,
        "timeout": 1.5,
        "laws": ["value"],
        "jobs": 2,
    }


def test_files_are_those_of_the_folder_of_the_table(folder, write):
    write("ops = ['layers.py:square', 'mynet.layers']", "against = 'base.json'")
    assert read_defaults(folder / "below") == {
        "targets": ["../layers.py:square", "mynet.layers"],
        "against": "../base.json",
    }
    assert relocate_target("nowhere.py", folder, folder / "below") == "nowhere.py"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("exmples = 3", "has no key 'exmples'; did you mean 'examples'"),
        ("examples = true", "'examples' in .* is True; it wants a whole number above zero"),
        ("examples = 1.5", "it wants a whole number above zero"),
        ("seed = -1", "it wants a whole number, not negative"),
        ("timeout = 0", "it wants a number of seconds above zero"),
        ("laws = 'value'", "it wants a list of names of laws"),
        ("profile = 'slow'", "it wants one of quick, default, thorough"),
        ("strict = 1", "it wants true or false"),
        ("against = ''", "it wants the path of a baseline"),
        ("regression = 3", "it wants a table: factor, floor, ops"),
        ("regression.factr = 3", r"\[tool.gradcheck.regression\] has no key 'factr'; did you mean 'factor'"),
        ("regression.factor = 0.5", r"'factor' in \[tool.gradcheck.regression\] is 0.5; it wants a number, 1 or more"),
        ("regression.floor = true", "it wants a relative error, 0 or more"),
        ("regression.floor = inf", "it wants a relative error, 0 or more"),
        ("regression.ops = 3", "it wants a table with a table for each op"),
        ("regression.ops.sin = 3", r"'sin' in \[tool.gradcheck.regression.ops\] is 3; it wants a table: factor, floor"),
        ("regression.ops.sin.flor = 3", r"\[tool.gradcheck.regression.ops.sin\] has no key 'flor'; did you mean"),
        ("arbitrate = 'some'", 'it wants "first" or "all"'),
        ("= 3", "cannot be read"),
    ],
)
def test_what_does_not_fit_is_named_with_file_and_key(folder, write, line, words):
    write(line)
    with pytest.raises(SettingsError, match=words) as refusal:
        read_defaults(folder)
    assert str(folder / "pyproject.toml") in str(refusal.value)


def test_what_is_no_table_is_refused(folder):
    (folder / "pyproject.toml").write_text("[tool]\ngradcheck = 3")
    with pytest.raises(SettingsError, match=r"tool.gradcheck is 3; write a table, \[tool.gradcheck\]"):
        read_defaults(folder)


def test_a_profile_stands_for_a_number_of_examples_unless_one_is_given():
    assert expand_profile({"profile": "quick", "seed": 1}) == {"examples": EXAMPLES_BY_PROFILE["quick"], "seed": 1}
    assert expand_profile({"profile": "quick", "examples": 3}) == {"examples": 3}


def test_a_stronger_source_drops_what_it_makes_pointless():
    weaker = {"skip": ["value"], "against": "base.json", "examples": 5, "seed": 1}
    assert drop_overridden(weaker, {"examples": 6}) == {"skip": ["value"], "against": "base.json", "seed": 1}
    assert drop_overridden(weaker, {"laws": ["value"], "save": "run.json"}) == {"examples": 5, "seed": 1}


def test_every_key_says_what_it_wants():
    assert all(key.expected_value and not key.fits(None) for key in SETTING_KEYS.values())
